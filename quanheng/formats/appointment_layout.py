"""What stands in each cell of the printed 干部任免审批表, at which size, and what goes to a continuation page.

Made once for the PDF and the Word file.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from quanheng.formats import appointment_grid as grid
from quanheng.formats.appointment import AppointmentForm, FamilyItem
from quanheng.formats.appointment_resume import Resume, ResumeRow, lay_resume, wrap_rows
from quanheng.formats.appointment_text import CONTINUED, Text, clean, fit, rows, set_text, split
from quanheng.formats.dates import Month, month_index, month_of, parse_month, parse_year
from quanheng.formats.family import is_deceased
from quanheng.formats.photos import CannotReadPhoto, normalise

SEE = "见续页"
SEE_REST = "（见续页）"
FAMILY_ROWS = 7
MONTH_INSIDE = re.compile(r"(?<!\d)\d{6}(?:\d{2})?(?!\d)")

RelativeRow = tuple[Text, ...]  # 称谓 姓名 年龄 政治面貌 工作单位及职务
NOTHING = Text((), 12.0)
EMPTY_ROW: RelativeRow = (NOTHING,) * 5


@dataclass(frozen=True, slots=True)
class Section:
    """A row of the continuation page: the heading of its cell and the text that had no room there."""

    label: str
    text: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Continuation:
    sections: tuple[Section, ...] = ()
    resume: tuple[ResumeRow, ...] = ()
    family: tuple[RelativeRow, ...] = ()

    @property
    def is_needed(self) -> bool:
        return bool(self.sections or self.resume or self.family)


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    name: str
    cells: dict[str, Text]  # by name in grid.CELLS
    resume: Resume
    family: tuple[RelativeRow, ...]  # always seven
    family_goes_on: bool
    photo: bytes  # JPEG; empty leaves the cell empty
    continuation: Continuation


def lay_out(form: AppointmentForm, *, on: date) -> Layout:
    """`on` is the day of printing: ages are computed for it when the form names no month for them."""
    month = parse_month(form.age_computed_on) or parse_month(form.filled_on) or month_of(on.year, on.month)
    texts = dict(texts_of(form, month))
    placed = {name: place(clean(texts[name]), cell) for name, cell in grid.CELLS.items()}
    resume, rest = lay_resume(clean(form.resume), grid.RESUME, SEE_REST)
    relatives = [lay_relative(item, month, grid.RELATIVE) for item in form.family[:FAMILY_ROWS]]
    others = [lay_relative(item, month, grid.CONTINUED_RELATIVE) for item in form.family[FAMILY_ROWS:]]
    sections = [Section(grid.CELLS[name].label, left) for name, (_, left) in placed.items() if left]
    return Layout(
        name=clean(form.name),
        cells={name: text for name, (text, _) in placed.items()},
        resume=resume,
        family=(*(row for row, _ in relatives), *[EMPTY_ROW] * (FAMILY_ROWS - len(relatives))),
        family_goes_on=bool(others),
        photo=printable(form.photo),
        continuation=Continuation(
            sections=(*sections, *(section for _, left in relatives for section in left)),
            resume=wrap_rows(rest, grid.CONTINUED_WIDTH, CONTINUED),
            family=tuple(row for row, _ in others),
        ),
    )


def texts_of(form: AppointmentForm, month: Month) -> Iterator[tuple[str, str]]:
    """The text of each cell, before it is sized."""
    written = ("name", "sex", "ethnicity", "native_place", "birth_place", "health", "professional_title")
    posts = ("specialties", "current_post", "proposed_post", "removed_post")
    second = ("rewards_and_sanctions", "annual_grades", "reason", "reporting_unit", "filled_by")
    for name in (*written, *posts, *second):
        yield name, getattr(form, name)
    yield "birth", born(form.birth, month)
    for name in ("party_joining", "work_start", "retirement_due"):
        yield name, dotted(getattr(form, name))
    yield "full_time_study", lines(form.full_time_education, form.full_time_degree)
    yield "full_time_school", lines(form.full_time_education_school, form.full_time_degree_school)
    yield "on_job_study", lines(form.on_job_education, form.on_job_degree)
    yield "on_job_school", lines(form.on_job_education_school, form.on_job_degree_school)


def lines(level: str, degree: str) -> str:
    """Level over degree; one line in the middle when the other is empty or says the same."""
    return "\n".join(dict.fromkeys(text for text in (level.strip(), degree.strip()) if text))


def dotted(raw: str) -> str:
    """Months in print form, also inside a text: 200108；民建 → 2001.08；民建."""
    if month := parse_month(raw):
        return month.replace("-", ".")
    return MONTH_INSIDE.sub(lambda found: (parse_month(found.group()) or found.group()).replace("-", "."), raw)


def born(raw: str, month: Month) -> str:
    age = age_in(raw, month)
    return f"{dotted(raw)}\n（{age}岁）" if age else dotted(raw)


def age_in(raw: str, month: Month) -> str:
    """Completed years by month; of a year alone the difference of the years; blank when it cannot be known."""
    if birth := parse_month(raw):
        months = month_index(month) - month_index(birth)
    elif year := parse_year(raw):
        months = (int(month[:4]) - year) * 12
    else:
        return ""
    return str(months // 12) if months >= 0 else ""


def place(text: str, cell: grid.Cell) -> tuple[Text, Text | None]:
    """The text as it stands in the cell, and what goes to the continuation page, if anything."""
    if placed := fit(text, *cell.box, largest=cell.largest):
        return placed, None
    if not cell.is_running:
        return set_text(SEE, cell.box.width, CONTINUED), set_text(text, grid.CONTINUED_WIDTH, CONTINUED)
    room = rows(cell.box.height, CONTINUED) - 1
    kept, left = split(set_text(text, cell.box.width, CONTINUED), room)
    return Text((*kept.paragraphs, (SEE_REST,)), CONTINUED), set_text(left, grid.CONTINUED_WIDTH, CONTINUED)


def lay_relative(
    item: FamilyItem, month: Month, cells: tuple[grid.Cell, ...]
) -> tuple[RelativeRow, tuple[Section, ...]]:
    """The row of a relative, and sections for texts too long for it."""
    age = "" if is_deceased(item) else age_in(item.birth, month)
    texts = map(clean, (item.relation, item.name, age, item.political_affiliation, item.work))
    placed = [place(text, cell) for text, cell in zip(texts, cells, strict=True)]
    who = clean(f"{item.relation}{item.name}")
    left = [(cell.label, rest) for (_, rest), cell in zip(placed, cells, strict=True) if rest]
    return tuple(text for text, _ in placed), tuple(Section(f"{who} {label}", rest) for label, rest in left)


def printable(photo: bytes) -> bytes:
    """A photo in our form; none when there is none or it is no picture, since a broken one must not be printed."""
    try:
        return normalise(photo).data
    except CannotReadPhoto:
        return b""
