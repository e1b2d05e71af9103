"""`quanheng backup | restore | harden-postgres`: what an operator does now and then."""

import argparse
import getpass
import os
import sys
from pathlib import Path
from typing import Any

from quanheng.cli import (
    DONE,
    FINDINGS,
    add_json,
    end_progress,
    progress,
    say,
    say_json,
    with_database,
    with_django,
    wrong_use,
)


def add_commands(commands: Any) -> None:
    backup = commands.add_parser("backup", help="encrypted backup of one moment, with the ledger's checkpoint")
    backup.add_argument("target", type=Path, metavar="FILE")
    _add_secret(backup, "--passphrase-file", "QUANHENG_PASSPHRASE")
    backup.set_defaults(run=_backup)
    restore = commands.add_parser("restore", help="restore a backup into an empty database")
    restore.add_argument("source", type=Path, metavar="FILE")
    restore.add_argument("--verify", action="store_true", help="prove the restored ledger")
    restore.add_argument(
        "--checkpoint", action="append", default=[], type=Path, metavar="FILE", help="a note kept outside"
    )
    _add_secret(restore, "--passphrase-file", "QUANHENG_PASSPHRASE")
    restore.set_defaults(run=_restore)
    harden = commands.add_parser("harden-postgres", help="a role that may only append to the ledger")
    harden.add_argument("--role", required=True, metavar="NAME", help="made if absent; serve with it from then on")
    _add_secret(harden, "--password-file", "QUANHENG_ROLE_PASSWORD")
    harden.set_defaults(run=_harden)


def _add_secret(parser: argparse.ArgumentParser, option: str, variable: str) -> None:
    parser.add_argument(option, dest="secret_file", type=Path, metavar="FILE", help=f"else {variable}, else asked for")
    add_json(parser)


def _secret(arguments: argparse.Namespace, variable: str, question: str) -> str:
    if arguments.secret_file:
        return str(arguments.secret_file.read_text(encoding="utf-8").strip())
    if known := os.environ.get(variable):
        return known
    if not sys.stdin.isatty():
        raise SystemExit(wrong_use(f"没有口令可用，也没有人可问。请设 {variable}，或给出口令文件。"))
    return getpass.getpass(question)


def _passphrase(arguments: argparse.Namespace) -> str:
    return _secret(arguments, "QUANHENG_PASSPHRASE", "备份口令：")


def _new_passphrase(arguments: argparse.Namespace) -> str:
    """Typed twice: with a slip of the finger nobody would ever open the backup."""
    passphrase = _passphrase(arguments)
    is_typed = not arguments.secret_file and not os.environ.get("QUANHENG_PASSPHRASE")
    if is_typed and passphrase != getpass.getpass("再输一次："):
        raise SystemExit(wrong_use("两次输入的口令不同。没有备份。"))
    return passphrase


def _backup(arguments: argparse.Namespace) -> int:
    with_database()
    from quanheng.kernel import clock
    from quanheng.operations import backup

    counts = backup.back_up(
        target=arguments.target,
        passphrase=_new_passphrase(arguments),
        at=clock.now(),
        progress=lambda table, count: progress(f"{table} {count}"),
    )
    end_progress()
    if arguments.json:
        say_json({"file": str(arguments.target), "rows": counts})
    else:
        say(f"已备份 {sum(counts.values())} 行到 {arguments.target}，密钥只以口令加密的形式在其中。")
    return DONE


def _restore(arguments: argparse.Namespace) -> int:
    with_django()
    from quanheng.cli.running import migrate_tables
    from quanheng.kernel import clock
    from quanheng.operations import restore

    external = [path.read_text(encoding="utf-8") for path in arguments.checkpoint]
    migrate_tables()
    restored = restore.restore(
        source=arguments.source,
        passphrase=_passphrase(arguments),
        progress=lambda table, count: progress(f"{table} {count}"),
    )
    end_progress()
    proof = restore.prove(restored=restored, at=clock.now(), external=external) if arguments.verify else None
    restore.record_restore(restored=restored, at=clock.now())
    _tell_restored(arguments, restored, proof)
    return FINDINGS if proof and (proof.is_older or not proof.report.is_whole) else DONE


def _tell_restored(arguments: argparse.Namespace, restored: Any, proof: Any) -> None:
    from quanheng.cli.ledger import as_json, finding_lines

    if arguments.json:
        ledger = as_json(proof.report) | {"older": proof.is_older} if proof else None
        say_json({"taken_at": restored.taken_at.isoformat(), "rows": restored.counts, "ledger": ledger})
        return
    say(f"已恢复 {sum(restored.counts.values())} 行，备份时间 {restored.taken_at:%Y-%m-%d %H:%M}（UTC）。")
    if not proof:
        say("台账没有核对。核对：quanheng ledger verify")
        return
    say(f"台账 {proof.report.entries} 条：{'完整' if proof.report.is_whole else '不符'}")
    if proof.is_older:
        say(f"这是较早的备份：外存的第 {proof.newest} 号检查点晚于它，其后的记录不在其中。")
    for line in finding_lines(proof.report):
        say(line)


def _harden(arguments: argparse.Namespace) -> int:
    with_database()
    from django.db import connection

    from quanheng.operations import roles

    roles.require_owner(connection, role=arguments.role)
    password = _secret(arguments, "QUANHENG_ROLE_PASSWORD", f"{arguments.role} 的口令：")
    roles.harden(connection, role=arguments.role, password=password)
    if arguments.json:
        say_json({"role": arguments.role})
    else:
        say(f"角色 {arguments.role} 只能往台账追加。今后用它运行：QUANHENG_DATABASE=postgresql://{arguments.role}:…")
        say("升级（manage.py migrate）和恢复仍用表的所有者。")
    return DONE
