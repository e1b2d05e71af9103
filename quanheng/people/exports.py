"""Rosters and forms that leave the system: made of what the actor may see, each person's entry in the ledger."""

import io
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import xlsxwriter

from quanheng.formats import appointment_pdf, appointment_word, lrmx
from quanheng.formats.appointment import AppointmentForm
from quanheng.kernel.actor import Actor, Purpose
from quanheng.kernel.errors import Refused
from quanheng.papers.models import StoredFile
from quanheng.people.actions import record_export
from quanheng.people.form import form_of, to_print
from quanheng.people.models import Cadre
from quanheng.people.queries import dossiers_on
from quanheng.people.roster import Row

MAX_FORMS = 1000
CHUNK = 100


class CannotExport(Refused):
    """Nobody chosen, or more forms at once than are made in one go."""


def forms_of(cadres: Sequence[Cadre], on: date) -> Iterator[AppointmentForm]:
    """The forms of cadres already fetched through `access`, with photos, a hundred at a time."""
    for start in range(0, len(cadres), CHUNK):
        dossiers = dossiers_on(cadres[start : start + CHUNK], on)
        files = StoredFile.objects.in_bulk([dossier.photo.file_id for dossier in dossiers if dossier.photo])
        for dossier in dossiers:
            photo = bytes(files[dossier.photo.file_id].content) if dossier.photo else b""
            yield form_of(dossier, photo=photo)


def export_forms(
    *, actor: Actor, cadres: Sequence[Cadre], kind: str, at: datetime, on: date, purpose: Purpose | None = None
) -> bytes:
    """One PDF of all, or a zip of single files. `kind`: pdf, docx, lrmx; one docx or lrmx is not zipped.

    Raises CannotExport; a character that no kept font has is for the caller to ask of `missing_characters`.
    """
    if not 0 < len(cadres) <= MAX_FORMS:
        raise CannotExport("nobody" if not cadres else "too-many", count=len(cadres), limit=MAX_FORMS)
    forms = list(forms_of(cadres, on))
    if kind != "lrmx":
        forms = [to_print(form, on=on, filled_by=actor.name) for form in forms]
    content = _WRITERS[kind](forms, on)
    record_export(actor=actor, cadres=[cadre.pk for cadre in cadres], kind=kind, at=at, purpose=purpose)
    return content


def export_files(
    *, actor: Actor, cadres: Sequence[Cadre], kind: str, at: datetime, on: date
) -> Iterator[tuple[str, bytes]]:
    """Name and content of a docx or lrmx for each, a hundred in memory at a time.

    The entries of a hundred are in the ledger before the first of them is given away.
    """
    names = file_names([cadre.name for cadre in cadres])
    for start in range(0, len(cadres), CHUNK):
        part = cadres[start : start + CHUNK]
        contents = [_file_of(form, kind, actor, on) for form in forms_of(part, on)]
        record_export(actor=actor, cadres=[cadre.pk for cadre in part], kind=kind, together=len(cadres), at=at)
        for name, content in zip(names[start : start + CHUNK], contents, strict=True):
            yield f"{name}.{kind}", content


def _file_of(form: AppointmentForm, kind: str, actor: Actor, on: date) -> bytes:
    if kind == "lrmx":
        return lrmx.write(form)
    return appointment_word.docx(to_print(form, on=on, filled_by=actor.name), on=on)


def _pdf(forms: Sequence[AppointmentForm], on: date) -> bytes:
    return appointment_pdf.pdf(forms, on=on)


def _docx(forms: Sequence[AppointmentForm], on: date) -> bytes:
    return _single_or_zip(forms, "docx", lambda form: appointment_word.docx(form, on=on))


def _lrmx(forms: Sequence[AppointmentForm], on: date) -> bytes:
    return _single_or_zip(forms, "lrmx", lrmx.write)


_WRITERS: Mapping[str, Callable[[Sequence[AppointmentForm], date], bytes]] = {
    "pdf": _pdf,
    "docx": _docx,
    "lrmx": _lrmx,
}


KINDS = frozenset(_WRITERS)


def _single_or_zip(
    forms: Sequence[AppointmentForm], extension: str, write: Callable[[AppointmentForm], bytes]
) -> bytes:
    if len(forms) == 1:
        return write(forms[0])
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, form in zip(file_names([form.name for form in forms]), forms, strict=True):
            archive.writestr(f"{name}.{extension}", write(form))
    return packed.getvalue()


def file_names(persons: Sequence[str]) -> list[str]:
    """The name of each person, namesakes numbered; what no file system takes is left out."""
    names, seen = [], dict[str, int]()
    for person in persons:
        name = "".join(c for c in person if c.isalnum() or c in "·-") or "未命名"
        seen[name] = seen.get(name, 0) + 1
        names.append(name if seen[name] == 1 else f"{name}{seen[name]}")
    return names


def media_type(kind: str, count: int) -> str:
    if kind != "pdf" and count > 1:
        return "application/zip"
    return {
        "pdf": "application/pdf",
        "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "lrmx": "application/xml",
    }[kind]


# No value becomes a formula, not even `{=…}`, or a link on the reader's machine.
TEXT_STAYS_TEXT = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
Column = tuple[str, int, Callable[[Row], Any]]  # title, width in characters, value


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table of texts beside that of the people."""

    name: str
    heads: tuple[tuple[str, int], ...]  # with their widths
    rows: tuple[tuple[str, ...], ...]


def roster_workbook(
    *,
    actor: Actor,
    rows: Sequence[Row],
    columns: Sequence[Column],
    title: str,
    at: datetime,
    on: date,
    purpose: Purpose | None = None,
    sheet: str = "名册",
    beside: Sequence[Sheet] = (),
) -> bytes:
    """The 名册 as a workbook: title, as-of line, header, one row a person; what else belongs to it on sheets beside."""
    if not rows:
        raise CannotExport("nobody", count=0)
    packed = io.BytesIO()
    with xlsxwriter.Workbook(packed, TEXT_STAYS_TEXT) as book:
        _fill(book, sheet, rows, columns, f"{title}（{on.isoformat()}）")
        for each in beside:
            _fill_texts(book, each)
    record_export(actor=actor, cadres=[row.cadre.pk for row in rows], kind="xlsx", at=at, purpose=purpose)
    return packed.getvalue()


def _fill_texts(book: Any, each: Sheet) -> None:
    sheet = book.add_worksheet(each.name)
    head, cell = book.add_format({"bold": True, "bottom": 1}), book.add_format({"text_wrap": True, "valign": "vcenter"})
    for index, (name, width) in enumerate(each.heads):
        sheet.set_column(index, index, width)
        sheet.write_string(0, index, name, head)
    for line, row in enumerate(each.rows, start=1):
        for index, text in enumerate(row):
            sheet.write_string(line, index, _safe(text), cell)
    sheet.freeze_panes(1, 0)
    sheet.set_landscape()
    sheet.set_paper(9)


def _fill(book: Any, name: str, rows: Sequence[Row], columns: Sequence[Column], title: str) -> None:
    sheet = book.add_worksheet(name)
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "vcenter"})
    cell = book.add_format({"text_wrap": True, "valign": "vcenter", "bottom": 4})
    sheet.merge_range(0, 0, 0, max(1, len(columns) - 1), title, book.add_format({"bold": True, "font_size": 14}))
    for index, (name, width, _value) in enumerate(columns):
        sheet.set_column(index, index, width)
        sheet.write_string(1, index, name, head)
    for line, row in enumerate(rows, start=2):
        for index, (_name, _width, value) in enumerate(columns):
            sheet.write(line, index, _safe(value(row)), cell)
    sheet.freeze_panes(2, 2)
    sheet.autofilter(1, 0, len(rows) + 1, max(0, len(columns) - 1))
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.repeat_rows(1)


def _safe(value: Any) -> Any:
    """A text that begins like a formula stays a text."""
    return f"'{value}" if isinstance(value, str) and value[:1] in "=+-@" and value[1:2] else value
