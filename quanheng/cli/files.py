"""`quanheng formats`: read and convert files without any database."""

import argparse
import sys
from datetime import date
from pathlib import Path
from typing import Any

from quanheng.cli import DONE, FINDINGS, WRONG_USE, add_json, say, say_json


def add_commands(commands: Any) -> None:
    formats = commands.add_parser("formats", help="read and convert .lrmx files")
    actions = formats.add_subparsers(dest="action", required=True, metavar="ACTION")
    read = actions.add_parser("read", help="print one JSON object for each person")
    read.add_argument("files", nargs="+", type=Path, metavar="FILE", help=".lrmx files, or zips of them")
    add_json(read)
    read.set_defaults(run=_read)
    convert = actions.add_parser("convert", help="make a .pdf, .docx or clean .lrmx of a .lrmx")
    convert.add_argument("source", type=Path, metavar="FROM", help="a .lrmx file")
    convert.add_argument("target", type=Path, metavar="TO", help="a file ending in .pdf, .docx or .lrmx")
    convert.add_argument("--on", type=date.fromisoformat, help="date for ages where the form names none")
    add_json(convert)
    convert.set_defaults(run=_convert)


def _read(arguments: argparse.Namespace) -> int:
    """0 when every file was read without findings."""
    objects = [value for path in arguments.files for value in _objects(path)]
    for value in objects:
        say_json(value)
    return DONE if all(value["ok"] and not value["findings"] for value in objects) else FINDINGS


def _objects(path: Path) -> list[dict[str, Any]]:
    from quanheng.formats import archives, report

    try:
        data = path.read_bytes()
    except OSError as error:
        return [_unreadable(str(path), f"打不开这个文件：{error.strerror}。")]
    if not archives.is_archive(data[:8]):
        return [_object(str(path), data)]
    try:
        return [_object(f"{path}/{member.name}", member.data) for member in archives.members(data)]
    except archives.CannotUnpack as error:
        return [_unreadable(str(path), report.error_sentence(error))]


def _object(name: str, data: bytes) -> dict[str, Any]:
    from quanheng.formats import lrmx, report

    try:
        return report.as_json(name, lrmx.read(data))
    except lrmx.CannotRead as error:
        return report.as_json(name, error)


def _unreadable(name: str, error: str) -> dict[str, Any]:
    empty: dict[str, Any] = {"fields": {}, "resume": [], "family": [], "photo": None, "unknown": {}, "findings": []}
    return {"file": name, "ok": False, "error": error, **empty}


def _convert(arguments: argparse.Namespace) -> int:
    from quanheng.formats import lrmx, report

    kind = arguments.target.suffix.lower().lstrip(".")
    if kind not in ("pdf", "docx", "lrmx"):
        sys.stderr.write("quanheng: 目标文件须以 .pdf、.docx 或 .lrmx 结尾。\n")
        return WRONG_USE
    try:
        reading = lrmx.read(arguments.source.read_bytes())
    except OSError as error:
        sys.stderr.write(f"quanheng: 打不开 {arguments.source}：{error.strerror}。\n")
        return WRONG_USE
    except lrmx.CannotRead as error:
        sys.stderr.write(f"quanheng: {arguments.source}：{report.error_sentence(error)}\n")
        return FINDINGS
    missing = _write(arguments, reading.form, kind)
    _tell(arguments, [finding.reason for finding in reading.findings] + missing)
    return FINDINGS if missing or reading.findings else DONE


def _write(arguments: argparse.Namespace, form: Any, kind: str) -> list[str]:
    """Write the target beside itself and move it there; gives what no font could print."""
    from quanheng.formats import appointment_pdf, appointment_word, lrmx, photos

    if form.photo:
        form = _with_clean_photo(form, photos)
    on = arguments.on or _today()
    writers = {
        "pdf": lambda: appointment_pdf.pdf([form], on=on),
        "docx": lambda: appointment_word.docx(form, on=on),
        "lrmx": lambda: lrmx.write(form),
    }
    draft = arguments.target.with_name(f".{arguments.target.name}.part")
    draft.write_bytes(writers[kind]())
    draft.replace(arguments.target)
    return _unprintable(form) if kind == "pdf" else []


def _with_clean_photo(form: Any, photos: Any) -> Any:
    from dataclasses import replace

    try:
        return replace(form, photo=photos.normalise(form.photo).data)
    except photos.CannotReadPhoto:
        return replace(form, photo=b"")


def _unprintable(form: Any) -> list[str]:
    from quanheng.formats import appointment_glyphs

    missing = appointment_glyphs.missing_characters(form)
    return [f"{place} 里的“{character}”没有字形，打印为〓。请手工补写，或改用规范字。" for place, character in missing]


def _today() -> date:
    from quanheng.kernel import clock

    return clock.today()


def _tell(arguments: argparse.Namespace, findings: list[str]) -> None:
    if arguments.json:
        say_json({"file": str(arguments.target), "findings": findings})
        return
    say(f"已写入 {arguments.target}")
    for finding in findings:
        say(f"  {finding}")
