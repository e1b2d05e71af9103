"""干部任免审批表 as PDF: two pages a person, more where a text goes on. Drawn by Typst in this process."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime, time
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import typst

from quanheng.formats import appointment_grid as grid
from quanheng.formats.appointment import AppointmentForm
from quanheng.formats.appointment_layout import lay_out
from quanheng.formats.appointment_photo import printable

HERE = Path(__file__).parent


def pdf(forms: Sequence[AppointmentForm], *, on: date) -> bytes:
    """One file for all; `on` is the day of printing, for ages where a form names no month for them."""
    with TemporaryDirectory(prefix="quanheng-") as folder:
        pages = [page_data(form, on, Path(folder, f"{place}.jpg")) for place, form in enumerate(forms)]
        # Texts travel as data: nothing a person's file says is read as markup. The root is a folder of
        # this call, so that the template reaches these photos and no other file.
        printed: bytes = typst.compile(
            template(),
            root=folder,
            font_paths=fonts(),
            ignore_system_fonts=True,
            format="pdf",
            sys_inputs={"data": json.dumps({"grid": grid_data(), "forms": pages}, ensure_ascii=False)},
            timestamp=int(datetime.combine(on, time(), UTC).timestamp()),  # same forms, same bytes
        )
    return printed


def page_data(form: AppointmentForm, on: date, photo: Path) -> dict[str, Any]:
    layout = lay_out(form, on=on)
    picture = printable(form.photo)
    if picture:
        photo.write_bytes(picture)
    continues = layout.continuation.is_needed
    return {**asdict(layout), "continues": continues, "photo": f"/{photo.name}" if picture else None}


def grid_data() -> dict[str, Any]:
    names = ("PAGE", "FIRST_MARGINS", "SECOND_MARGINS", "FIRST_COLUMNS", "SECOND_COLUMNS", "FIRST_ROWS", "SECOND_ROWS")
    names += ("TITLE", "CONTINUED_TITLE", "TITLE_BAND", "INSET", "TEXT_INSET")
    return {name.lower(): getattr(grid, name) for name in names}


@cache
def template() -> bytes:
    return (HERE / "templates/appointment_form.typ").read_bytes()


@cache
def fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(HERE / "fonts")])
