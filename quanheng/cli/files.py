"""`quanheng formats`: read and convert files without any database."""

import argparse
import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO

from quanheng.cli import DONE, FINDINGS, add_json, say, say_json, wrong_use


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
    """0 when every file was read without findings. Each person is printed as soon as he is read."""
    is_clean = True
    for path in arguments.files:
        for value in _objects(path):
            say_json(value)
            is_clean = is_clean and value["ok"] and not value["findings"]
    return DONE if is_clean else FINDINGS


def _objects(path: Path) -> Iterator[dict[str, Any]]:
    from quanheng.formats import archives, report

    try:
        with path.open("rb") as file:
            if archives.is_archive(file.read(8)):
                yield from _members(path, file)
            else:
                file.seek(0)
                yield _object(str(path), _bounded(file))
    except OSError as error:
        yield _unreadable(str(path), f"打不开这个文件：{error.strerror}。")
    except archives.CannotUnpack as error:
        yield _unreadable(str(path), report.error_sentence(error))


def _members(path: Path, file: BinaryIO) -> Iterator[dict[str, Any]]:
    """A member that does not come out is told by itself; the others are still read."""
    from quanheng.formats import archives, report

    for member in archives.members(file):
        name = f"{path}/{member.name}"
        try:
            yield _object(name, member.data)
        except archives.CannotUnpack as error:
            yield _unreadable(name, report.error_sentence(error))


def _bounded(file: BinaryIO) -> bytes:
    """One byte more than the reader takes at most, so that it refuses a huge file without its lying in memory."""
    from quanheng.formats import lrmx

    return file.read(lrmx.Limits().file_bytes + 1)


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
    from quanheng.formats import lrmx

    kind = arguments.target.suffix.lower().lstrip(".")
    if kind not in ("pdf", "docx", "lrmx"):
        return wrong_use("目标文件须以 .pdf、.docx 或 .lrmx 结尾。")
    with arguments.source.open("rb") as file:
        reading = lrmx.read(_bounded(file))
    findings = [*(_finding(finding) for finding in reading.findings), *_write(arguments, reading.form, kind)]
    _tell(arguments, findings)
    return FINDINGS if findings else DONE


def _finding(finding: Any) -> dict[str, str]:
    return {"place": finding.place, "value": finding.value, "reason": finding.reason}


def _write(arguments: argparse.Namespace, form: Any, kind: str) -> list[dict[str, str]]:
    """Write the target beside itself and move it there; gives what no font could print."""
    from quanheng.formats import appointment_pdf, appointment_word, lrmx

    form = _with_clean_photo(form)
    on = arguments.on or _today()
    writers = {
        "pdf": lambda: appointment_pdf.pdf([form], on=on),
        "docx": lambda: appointment_word.docx(form, on=on),
        "lrmx": lambda: lrmx.write(form),
    }
    put(arguments.target, writers[kind]())
    return _unprintable(form) if kind == "pdf" else []


def put(path: Path, content: bytes, mode: int = 0o666) -> None:
    """A file appears whole or not at all."""
    draft = path.with_name(f".{path.name}.part")
    draft.unlink(missing_ok=True)
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
            file.write(content)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def _with_clean_photo(form: Any) -> Any:
    """A photo that is no picture has its finding already and is left out."""
    from dataclasses import replace

    from quanheng.formats import photos

    if not form.photo:
        return form
    try:
        return replace(form, photo=photos.normalise(form.photo).data)
    except photos.CannotReadPhoto:
        return replace(form, photo=b"")


def _unprintable(form: Any) -> list[dict[str, str]]:
    from quanheng.formats import appointment_glyphs

    reason = "这个字没有字形，打印为〓。请手工补写，或改用规范字。"
    missing = appointment_glyphs.missing_characters(form)
    return [{"place": place, "value": character, "reason": reason} for place, character in missing]


def _today() -> date:
    from quanheng.kernel import clock

    return clock.today()


def _tell(arguments: argparse.Namespace, findings: list[dict[str, str]]) -> None:
    if arguments.json:
        say_json({"file": str(arguments.target), "findings": findings})
        return
    say(f"已写入 {arguments.target}")
    for finding in findings:
        say(f"  {finding['place']}：{finding['reason']}")
