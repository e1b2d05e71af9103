"""`quanheng import` and `quanheng export`: what the pages do, with the grants of the user named."""

import argparse
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, BinaryIO

from quanheng.cli import DONE, FINDINGS, WRONG_USE, add_json, end_progress, progress, say, say_json, with_django


def add_commands(commands: Any) -> None:
    source = commands.add_parser("import", help="import .lrmx files or zips of them")
    source.add_argument("files", nargs="+", type=Path, metavar="FILE", help=".lrmx files or zips")
    source.add_argument("--as", dest="user", required=True, metavar="USER", help="account whose grants decide")
    source.add_argument("--unit", help="code of the unit for persons who are new (default: the user's own unit)")
    source.add_argument("--category", default="city", help="management category of persons who are new")
    source.add_argument("--sender", default="", help="sender whose readings are remembered")
    source.add_argument("--reason", default="由命令行 quanheng import 导入", help="reason for the ledger")
    source.add_argument("--dry-run", action="store_true", help="read and compare, write nothing")
    add_json(source)
    source.set_defaults(run=_import)
    target = commands.add_parser("export", help="export the persons of a unit and all below it")
    target.add_argument("--unit", required=True, metavar="CODE", help="code of the unit")
    target.add_argument("--format", required=True, choices=["lrmx", "xlsx", "pdf", "docx"])
    target.add_argument("--to", required=True, type=Path, metavar="DIR", help="folder, made if absent")
    target.add_argument("--as", dest="user", required=True, metavar="USER", help="account whose grants decide")
    add_json(target)
    target.set_defaults(run=_export)


def _import(arguments: argparse.Namespace) -> int:
    with_django()
    missing = [str(path) for path in arguments.files if not path.is_file()]
    if missing:
        sys.stderr.write(f"quanheng: 找不到文件 {'、'.join(missing)}\n")
        return WRONG_USE
    outcome = _rehearse(arguments) if arguments.dry_run else _run_import(arguments)
    return _tell_import(arguments, outcome)


def _rehearse(arguments: argparse.Namespace) -> dict[str, Any]:
    """A dry run is a run that is taken back."""
    from django.db import transaction

    with transaction.atomic():
        outcome = _run_import(arguments)
        transaction.set_rollback(True)
    return outcome


def _run_import(arguments: argparse.Namespace) -> dict[str, Any]:
    """Upload, read and apply in this process, without the background worker."""
    from quanheng.kernel import clock
    from quanheng.people.imports import actions, apply, queries

    actor, unit = _actor_and_unit(arguments.user, arguments.unit)
    with ExitStack() as opened:
        files = _opened(arguments.files, opened)
        batch = actions.upload(
            actor=actor,
            files=files,
            unit=unit,
            category=arguments.category,
            sender=arguments.sender,
            at=clock.now(),
            on=clock.today(),
        )
    batch = actions.start_reading(actor=actor, batch=batch.pk, at=clock.now())
    progress(f"读取 {batch.total} 份文件…")
    actions.read_items(actor=actor, batch=batch, clock=clock.now, on=clock.today())
    persons = [_person(item) for item in queries.items_of(batch)]
    batch = apply.start_applying(actor=actor, batch=batch.pk, reason=arguments.reason, at=clock.now())
    batch = apply.apply_items(actor=actor, batch=batch, clock=clock.now, on=clock.today())
    end_progress()
    return {"number": batch.number, "applied": batch.done, "skipped": batch.skipped, "persons": persons}


def _opened(paths: list[Path], stack: ExitStack) -> Iterator[tuple[str, BinaryIO]]:
    for path in paths:
        yield path.name, stack.enter_context(path.open("rb"))


def _person(item: Any) -> dict[str, Any]:
    from quanheng.people.imports import queries

    findings = queries.corrected(item)[1] if queries.has_form(item) else ()
    return {
        "file": item.file_name,
        "match": item.match,
        "decision": item.decision,
        "error": item.error or None,
        "findings": [{"place": f.place, "value": f.value, "reason": f.reason} for f in findings],
    }


def _tell_import(arguments: argparse.Namespace, outcome: dict[str, Any]) -> int:
    if arguments.json:
        say_json(outcome | {"dry_run": arguments.dry_run})
    else:
        for person in outcome["persons"]:
            say(f"{person['file']}：{_LABELS[person['match']]}{_error(person)}")
            for finding in person["findings"]:
                say(f"    {finding['place']}：{finding['reason']}")
        verb = "将写入" if arguments.dry_run else "已写入"
        say(f"{verb} {outcome['applied']} 人，跳过 {outcome['skipped']} 人（{outcome['number']}）")
    has_findings = outcome["skipped"] or any(person["findings"] for person in outcome["persons"])
    return FINDINGS if has_findings else DONE


_LABELS = {
    "new": "新增",
    "changed": "有变化",
    "unchanged": "无变化",
    "duplicate": "疑似重复，未采用",
    "out_of_scope": "不能由本账号导入",
    "unreadable": "读不出",
}


def _error(person: dict[str, Any]) -> str:
    return f"（{person['error']}）" if person["error"] else ""


def _actor_and_unit(username: str, code: str | None) -> tuple[Any, Any]:
    from quanheng.accounts.queries import find_account
    from quanheng.kernel.errors import NotFound
    from quanheng.organization.models import Unit
    from quanheng.web.shared.tasks import actor_by_key

    account = find_account(username)
    unit = Unit.objects.filter(code=code).first() if code else account.unit
    if unit is None:
        raise NotFound
    return actor_by_key(account.pk), unit


def _export(arguments: argparse.Namespace) -> int:
    with_django()
    from quanheng.kernel import clock
    from quanheng.people import roster

    actor, unit = _actor_and_unit(arguments.user, arguments.unit)
    found = roster.find_cadres(actor, roster.Filter(unit_path=unit.path), clock.today())
    cadres = list(roster.official_order(found))
    arguments.to.mkdir(parents=True, exist_ok=True)
    files = _write_export(arguments, actor, unit, cadres)
    if arguments.json:
        say_json({"persons": len(cadres), "files": files})
    else:
        say(f"已导出 {len(cadres)} 人到 {arguments.to}（{len(files)} 个文件）")
    return DONE if cadres else FINDINGS


def _write_export(arguments: argparse.Namespace, actor: Any, unit: Any, cadres: list[Any]) -> list[str]:
    from quanheng.kernel import clock
    from quanheng.people import exports, roster
    from quanheng.web.shared.columns import workbook_columns

    written = []
    size = 1 if arguments.format in ("lrmx", "docx") else exports.MAX_FORMS
    if arguments.format == "xlsx":
        rows = roster.rows_of(cadres, clock.today())
        title = f"{unit.name}干部名册"
        content = exports.roster_workbook(
            actor=actor, rows=rows, columns=workbook_columns(), title=title, at=clock.now(), on=clock.today()
        )
        return [_put(arguments.to / f"{unit.name}.xlsx", content)]
    names = exports.file_names([cadre.name for cadre in cadres]) if size == 1 else []
    for start in range(0, len(cadres), size):
        part = cadres[start : start + size]
        content = exports.export_forms(
            actor=actor, cadres=part, kind=arguments.format, at=clock.now(), on=clock.today()
        )
        name = names[start] if names else f"{unit.name}{start // size + 1}"
        written.append(_put(arguments.to / f"{name}.{arguments.format}", content))
        progress(f"导出 {min(start + size, len(cadres))} / {len(cadres)} 人")
    end_progress()
    return written


def _put(path: Path, content: bytes) -> str:
    draft = path.with_name(f".{path.name}.part")
    draft.write_bytes(content)
    draft.replace(path)
    return path.name
