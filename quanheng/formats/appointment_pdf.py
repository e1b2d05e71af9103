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
from quanheng.formats.appointment_glyphs import show_gaps
from quanheng.formats.appointment_layout import lay_out

HERE = Path(__file__).parent
MANY = 10  # forms, from which on the memory is given back after printing
MEASURES = (
    *("PAGE", "FIRST_MARGINS", "SECOND_MARGINS", "FIRST_COLUMNS", "SECOND_COLUMNS", "FIRST_ROWS", "SECOND_ROWS"),
    *("TITLE", "CONTINUED_TITLE", "CONTINUED_LABEL", "TITLE_BAND", "INSET", "TEXT_INSET"),
)


def pdf(forms: Sequence[AppointmentForm], *, on: date) -> bytes:
    """One file for all; `on` is the day of printing, for ages where a form names no month for them."""
    with TemporaryDirectory(prefix="quanheng-") as folder:
        pages = [page_data(form, on, Path(folder, f"{place}.jpg")) for place, form in enumerate(forms)]
        data = json.dumps({"grid": grid_data(), "forms": pages}, ensure_ascii=False)
        # Texts travel as data: nothing a person's file says is read as markup. The root is a folder of
        # this call, so that the template reaches these photos and no other file.
        setter = typst.Compiler(
            template(),
            root=folder,
            font_paths=fonts(),
            ignore_system_fonts=True,
            sys_inputs={"data": show_gaps(data)},
        )
        printed = setter.compile(format="pdf", timestamp=int(datetime.combine(on, time(), UTC).timestamp()))
    if len(forms) > MANY:
        forget()
    assert isinstance(printed, bytes)  # other formats give a list of pages
    return printed


def forget() -> None:
    """Empty the caches of Typst, which keeps what its last ten compilations made, 1–2 MB a form.

    Measured: batches of 100 forms in one process settle at 190 MB instead of 830 MB, for 0.15 s a batch.
    """
    for _ in range(11):
        typst.Compiler(b"", font_paths=fonts(), ignore_system_fonts=True).compile(format="pdf")


def page_data(form: AppointmentForm, on: date, photo: Path) -> dict[str, Any]:
    layout = lay_out(form, on=on)
    if layout.photo:
        photo.write_bytes(layout.photo)
    return {
        **asdict(layout),
        "continues": layout.continuation.is_needed,
        "photo": f"/{photo.name}" if layout.photo else None,
    }


def grid_data() -> dict[str, Any]:
    """The measures as the template names them."""
    return {name.lower(): getattr(grid, name) for name in MEASURES}


@cache
def template() -> bytes:
    return (HERE / "templates/appointment_form.typ").read_bytes()


@cache
def fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(HERE / "fonts")])
