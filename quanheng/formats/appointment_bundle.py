"""Forms of many people as one zip, a file each, named after the person."""

import io
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Literal
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from quanheng.formats.appointment import AppointmentForm
from quanheng.formats.appointment_pdf import pdf
from quanheng.formats.appointment_word import docx

Kind = Literal["pdf", "docx"]
UNSAFE = re.compile(r'[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e/\\:*?"<>|]')  # on any office machine
NAMELESS = "未命名"


def bundle(forms: Sequence[AppointmentForm], kind: Kind, *, on: date) -> bytes:
    files = ((form.name, pdf([form], on=on) if kind == "pdf" else docx(form, on=on)) for form in forms)
    return zip_by_name(files, kind, on=on)


def zip_by_name(files: Iterable[tuple[str, bytes]], suffix: str, *, on: date) -> bytes:
    """Namesakes are numbered: 张伟.pdf, 张伟（2）.pdf. Entries bear the day `on`: the same files are the same zip."""
    target = io.BytesIO()
    with ZipFile(target, "w") as archive:
        for name, content in number_namesakes(files):
            entry = ZipInfo(f"{name}.{suffix}", (on.year, on.month, on.day, 0, 0, 0))
            archive.writestr(entry, content, ZIP_DEFLATED)
    return target.getvalue()


def number_namesakes(files: Iterable[tuple[str, bytes]]) -> Iterator[tuple[str, bytes]]:
    used: set[str] = set()
    for person, content in files:
        first = name = UNSAFE.sub("", person).strip(". ")[:60] or NAMELESS
        number = 1
        while name.casefold() in used:
            number += 1
            name = f"{first}（{number}）"
        used.add(name.casefold())
        yield name, content
