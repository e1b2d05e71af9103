"""`quanheng import` and `quanheng export`: what the pages do, with the grants of the user named."""

import argparse
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, BinaryIO

from quanheng.cli import DONE, FINDINGS, add_json, end_progress, progress, say, say_json, with_database
from quanheng.cli.files import put


def add_commands(commands: Any) -> None:
    _add_import(commands)
    target = commands.add_parser("export", help="export the persons of a unit and all below it")
    target.add_argument("--unit", required=True, metavar="CODE", help="code of the unit")
    target.add_argument("--format", required=True, choices=["lrmx", "xlsx", "pdf", "docx"])
    target.add_argument("--to", required=True, type=Path, metavar="DIR", help="folder, made if absent")
    target.add_argument("--as", dest="user", required=True, metavar="USER", help="account whose grants decide")
    add_json(target)
    target.set_defaults(run=_export)


def _add_import(commands: Any) -> None:
    source = commands.add_parser("import", help="import .lrmx files or zips of them")
    source.add_argument("files", nargs="+", type=Path, metavar="FILE", help=".lrmx files or zips")
    source.add_argument("--as", dest="user", required=True, metavar="USER", help="account whose grants decide")
    source.add_argument("--unit", metavar="CODE", help="unit of persons who are new (default: the user's own unit)")
    source.add_argument("--category", default="city", help="management category of persons who are new")
    source.add_argument("--sender", default="", help="sender whose readings are remembered")
    source.add_argument("--reason", default="由命令行 quanheng import 导入", help="reason for the ledger")
    source.add_argument(
        "--accept-findings", action="store_true", help="take persons with findings too; what is unread stays flagged"
    )
    source.add_argument("--dry-run", action="store_true", help="read and compare, write nothing")
    add_json(source)
    source.set_defaults(run=_import)


def _import(arguments: argparse.Namespace) -> int:
    with_database()
    with ExitStack() as opened:
        files = _opened(arguments.files, opened)
        return _tell_import(arguments, _rehearse(arguments, files) if arguments.dry_run else _write(arguments, files))


def _opened(paths: list[Path], stack: ExitStack) -> list[tuple[str, BinaryIO]]:
    """All are opened before anything is written: a wrong name is wrong use."""
    return [(path.name, stack.enter_context(path.open("rb"))) for path in paths]


def _placing(arguments: argparse.Namespace, files: list[tuple[str, BinaryIO]]) -> dict[str, Any]:
    """What uploading and rehearsing are told."""
    from quanheng.accounts.choices import ManagementCategory
    from quanheng.intake.refusals import CannotImport
    from quanheng.kernel import clock

    if arguments.category not in ManagementCategory.values:
        raise CannotImport("unknown-category", category=arguments.category, known=ManagementCategory.values)
    actor, unit = _actor_and_unit(arguments.user, arguments.unit)
    return {
        "actor": actor,
        "files": files,
        "unit": unit,
        "category": arguments.category,
        "sender": arguments.sender,
        "at": clock.now(),
        "on": clock.today(),
    }


def _actor_and_unit(username: str, code: str | None) -> tuple[Any, Any]:
    """The user with the grants of this moment; the unit by its code, within those, or the user's own."""
    from quanheng.accounts.queries import find_account
    from quanheng.intake.refusals import CannotImport
    from quanheng.organization.access import unit_by_code
    from quanheng.web.shared.tasks import actor_by_key

    account = find_account(username)
    actor = actor_by_key(account.pk)
    if code:
        return actor, unit_by_code(actor, code)
    if account.unit is None:
        raise CannotImport("no-unit")
    return actor, account.unit


def _rehearse(arguments: argparse.Namespace, files: list[tuple[str, BinaryIO]]) -> dict[str, Any]:
    from quanheng.intake.refusals import require_reason
    from quanheng.intake.rehearse import rehearse

    require_reason(arguments.reason)
    persons = [_person(item, arguments.accept_findings) for item in rehearse(**_placing(arguments, files))]
    taken = sum(person["decision"] == "accept" for person in persons)
    return {"number": None, "written": taken, "skipped": len(persons) - taken, "persons": persons}


def _write(arguments: argparse.Namespace, files: list[tuple[str, BinaryIO]]) -> dict[str, Any]:
    """Upload, read, decide and apply in this process, without the background worker."""
    from quanheng.intake import apply_actions, queries, reading_actions, upload_actions
    from quanheng.intake.refusals import require_reason
    from quanheng.kernel import clock
    from quanheng.operations.statistics import refresh_after_import

    require_reason(arguments.reason)
    placing = _placing(arguments, files)
    actor = placing["actor"]
    batch = upload_actions.upload(**placing)
    batch = reading_actions.start_reading(actor=actor, batch=batch.pk, at=clock.now())
    progress(f"读取 {batch.total} 份文件…")
    reading_actions.read_items(actor=actor, batch=batch, clock=clock.now, on=clock.today())
    if arguments.accept_findings:
        _accept_pending(actor, batch)
    batch = apply_actions.start_applying(actor=actor, batch=batch.pk, reason=arguments.reason, at=clock.now())
    batch = apply_actions.apply_items(actor=actor, batch=batch, clock=clock.now, on=clock.today())
    refresh_after_import(batch.done)
    end_progress()
    persons = [_person(item, arguments.accept_findings) for item in queries.items_of(batch)]
    return {"number": batch.number, "written": batch.done, "skipped": batch.skipped, "persons": persons}


def _accept_pending(actor: Any, batch: Any) -> None:
    from quanheng.intake import actions, queries
    from quanheng.intake.choices import ImportDecision
    from quanheng.kernel import clock

    waiting = [item.pk for item in queries.items_of(batch) if item.decision == ImportDecision.PENDING]
    actions.decide_items(actor=actor, batch=batch.pk, items=waiting, decision=ImportDecision.ACCEPT, at=clock.now())


def _person(item: Any, takes_findings: bool) -> dict[str, Any]:
    from quanheng.intake import queries

    findings = queries.corrected(item)[1] if queries.has_form(item) else ()
    return {
        "file": item.file_name,
        "match": str(item.match),
        "decision": _decision(item, takes_findings),
        "error": _error(item) or None,
        "findings": [{"place": f.place, "value": f.value, "reason": f.reason} for f in findings],
    }


def _decision(item: Any, takes_findings: bool) -> str:
    """accept, skip, or pending: waits for a person, whom the batch as a whole did not wait for."""
    from quanheng.intake import queries

    if item.decision == "accept" or item.error not in ("", "undecided") or not queries.needs_person(item):
        return str(item.decision)
    return "accept" if takes_findings and item.match in ("new", "changed") else "pending"


def _error(item: Any) -> str:
    from quanheng.formats import lrmx, report
    from quanheng.kernel.errors import Refused
    from quanheng.web.shared.refusals import sentence

    if item.match == "unreadable":
        return report.error_sentence(lrmx.CannotRead(item.error, **item.reading["facts"]))
    known = item.error not in ("", "undecided")  # undecided is told as pending
    return sentence(Refused(item.error)) if known else ""


_MATCHES = {
    "new": "新增",
    "changed": "有变化",
    "unchanged": "无变化",
    "duplicate": "疑似重复，须到页面上认定",
    "out_of_scope": "不能由本账号导入",
    "unreadable": "读不出",
}


def _tell_import(arguments: argparse.Namespace, outcome: dict[str, Any]) -> int:
    if arguments.json:
        say_json(outcome | {"dry_run": arguments.dry_run})
    else:
        for line in _lines(outcome, arguments.dry_run):
            say(line)
    is_clean = all(_needs_nobody(person) for person in outcome["persons"])
    return DONE if is_clean else FINDINGS


def _lines(outcome: dict[str, Any], is_dry_run: bool) -> Iterator[str]:
    for person in outcome["persons"]:
        waits = "；待人看，未采用（--accept-findings 可连同存疑处一并采用）" if person["decision"] == "pending" else ""
        yield f"{person['file']}：{_MATCHES[person['match']]}{waits}"
        if person["error"]:
            yield f"    {person['error']}"
        for finding in person["findings"]:
            yield f"    {finding['place']}：{finding['reason']}"
    number = f"（{outcome['number']}）" if outcome["number"] else ""
    verb = "将写入" if is_dry_run else "已写入"
    yield f"{verb} {outcome['written']} 人，跳过 {outcome['skipped']} 人{number}"


def _needs_nobody(person: dict[str, Any]) -> bool:
    is_settled = person["decision"] == "accept" or person["match"] == "unchanged"
    return is_settled and not person["error"] and not person["findings"]


def _export(arguments: argparse.Namespace) -> int:
    with_database()
    from quanheng.kernel import clock
    from quanheng.people import exports, roster

    actor, unit = _actor_and_unit(arguments.user, arguments.unit)
    found = roster.find_cadres(actor, roster.Filter(unit_path=unit.path), clock.today())
    cadres = list(roster.official_order(found))
    if not cadres:
        raise exports.CannotExport("nobody", count=0)
    arguments.to.mkdir(mode=0o700, parents=True, exist_ok=True)
    files = []
    for name, content in _contents(arguments.format, actor, unit, cadres):
        put(arguments.to / name, content, mode=0o600)
        files.append(name)
        progress(f"已写 {len(files)} 个文件…")
    end_progress()
    if arguments.json:
        say_json({"persons": len(cadres), "files": files})
    else:
        say(f"已导出 {len(cadres)} 人到 {arguments.to}（{len(files)} 个文件）")
    return DONE


def _contents(kind: str, actor: Any, unit: Any, cadres: list[Any]) -> Iterator[tuple[str, bytes]]:
    from quanheng.kernel import clock
    from quanheng.people import exports

    at, on = clock.now(), clock.today()
    if kind == "xlsx":
        yield f"{unit.name}.xlsx", _workbook(actor, unit, cadres)
    elif kind == "pdf":
        for number, start in enumerate(range(0, len(cadres), exports.MAX_FORMS), start=1):
            part = cadres[start : start + exports.MAX_FORMS]
            content = exports.export_forms(actor=actor, cadres=part, kind=kind, at=at, on=on)
            yield f"{unit.name}{number if len(cadres) > exports.MAX_FORMS else ''}.pdf", content
    else:
        yield from exports.export_files(actor=actor, cadres=cadres, kind=kind, at=at, on=on)


def _workbook(actor: Any, unit: Any, cadres: list[Any]) -> bytes:
    from quanheng.kernel import clock
    from quanheng.people import exports, roster
    from quanheng.web.shared.columns import workbook_columns

    at, on = clock.now(), clock.today()
    rows, title = roster.rows_of(cadres, on), f"{unit.name}干部名册"
    return exports.roster_workbook(actor=actor, rows=rows, columns=workbook_columns(), title=title, at=at, on=on)
