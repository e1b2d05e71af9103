"""`quanheng ledger`: prove it whole, take a checkpoint outside."""

import argparse
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from quanheng.cli import DONE, FINDINGS, add_json, end_progress, progress, say, say_json, with_database
from quanheng.cli.files import put

_WORDS = {
    "gap": "缺号",
    "repeated": "重号",
    "broken-link": "与前一号不相连",
    "hash": "内容与散列不符",
    "detail": "明细与散列不符",
    "reason": "理由与散列不符",
    "detail-missing": "明细被删，没有删除记录",
    "unreadable": "读不出",
    "head": "与链头不符",
    "head-missing": "没有链头",
    "entries-missing": "末尾少了记录",
    "differs-from-checkpoint": "与检查点不符",
    "shorter-than-checkpoint": "比检查点短",
    "root": "根散列与检查点不符",
    "checkpoint-missing": "缺这个检查点",
    "checkpoint-invalid": "检查点签名无效",
    "checkpoint-differs": "库内检查点与外存的不同",
}


def add_commands(commands: Any) -> None:
    ledger = commands.add_parser("ledger", help="prove the ledger, export checkpoints")
    actions = ledger.add_subparsers(dest="action", required=True, metavar="ACTION")
    verify = actions.add_parser("verify", help="prove every entry; name the first broken one of each stream")
    verify.add_argument(
        "--checkpoint", action="append", default=[], type=Path, metavar="FILE", help="a note kept outside"
    )
    add_json(verify)
    verify.set_defaults(run=_verify)
    checkpoint = actions.add_parser("checkpoint", help="sign what the ledger holds now and write the note to a file")
    checkpoint.add_argument("--to", required=True, type=Path, metavar="FILE", help="file outside this machine, best")
    add_json(checkpoint)
    checkpoint.set_defaults(run=_checkpoint)
    protect = actions.add_parser("protect", help="put back the triggers that refuse changes of the ledger")
    add_json(protect)
    protect.set_defaults(run=_protect)


def _verify(arguments: argparse.Namespace) -> int:
    with_database()
    from quanheng.kernel import clock
    from quanheng.ledger import checkpoint_actions

    external = [path.read_text(encoding="utf-8", errors="replace") for path in arguments.checkpoint]
    report = checkpoint_actions.verify_ledger(
        at=clock.now(), external=external, progress=lambda count: progress(f"已核 {count} 条…")
    )
    end_progress()
    _tell(arguments, report)
    return DONE if report.is_whole else FINDINGS


def _tell(arguments: argparse.Namespace, report: Any) -> None:
    if arguments.json:
        say_json(as_json(report))
        return
    state = "完整" if report.is_whole else "不符"
    say(f"台账 {report.entries} 条，{len(report.streams)} 条链，核对检查点 {report.checkpoints} 个：{state}")
    for line in finding_lines(report):
        say(line)
    if report.unanchored:
        say(f"  自 {report.unanchored_since} 起 {report.unanchored} 条还没有外存的检查点覆盖，改写不会被发现。")
    if report.erased:
        say(f"  {report.erased} 条明细已按规定删除，链仍可核。")


def finding_lines(report: Any) -> Iterator[str]:
    for finding in report.findings:
        where = f"{finding.stream} 第 {finding.seq} 号" if finding.stream else f"第 {finding.checkpoint} 号检查点"
        against = f"（第 {finding.checkpoint} 号）" if finding.stream and finding.checkpoint else ""
        yield f"  {where}：{_WORDS[finding.code]}{against}"


def as_json(report: Any) -> dict[str, Any]:
    return {
        "whole": report.is_whole,
        "entries": report.entries,
        "streams": dict(report.streams),
        "findings": [asdict(finding) for finding in report.findings],
        "erased": report.erased,
        "checkpoints": report.checkpoints,
        "unanchored": report.unanchored,
        "unanchored_since": report.unanchored_since.isoformat() if report.unanchored_since else None,
    }


def _checkpoint(arguments: argparse.Namespace) -> int:
    """The note counts as the anchor only once it lies in its file."""
    with_database()
    from quanheng.kernel import clock
    from quanheng.ledger import checkpoint_actions

    _require_folder(arguments.to)
    made = checkpoint_actions.make_checkpoint(at=clock.now())
    put(arguments.to, made.note.encode())
    checkpoint_actions.export_checkpoint(checkpoint=made, at=clock.now())
    if arguments.json:
        say_json({"number": made.number, "size": made.size, "root": made.root, "file": str(arguments.to)})
    else:
        say(f"检查点 {made.number}：{made.size} 条，根 {made.root[:16]}…，已写入 {arguments.to}。请把它存到本机以外。")
    return DONE


def _require_folder(file: Path) -> None:
    if not file.parent.is_dir():
        raise FileNotFoundError(2, "没有这个文件夹", str(file.parent))


def _protect(arguments: argparse.Namespace) -> int:
    with_database()
    from django.db import connection

    from quanheng.ledger import protection

    was_there = protection.is_installed(connection)
    if not was_there:
        protection.install(connection)
    if arguments.json:
        say_json({"installed": not was_there})
    else:
        say("触发器本来就在。" if was_there else "已装回触发器。请运行 quanheng ledger verify 核对。")
    return DONE
