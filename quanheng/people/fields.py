"""The single values of a file: how the text of a form becomes columns of Cadre, and back.

One table serves the import, the officer's form, the export and the evidence. A text that cannot be
read keeps its raw form in FieldSource, leaves the column empty and is flagged.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Field

from quanheng.formats import codes, dates, identity, party
from quanheng.people.choices import Sex
from quanheng.people.models import Cadre

NAME_LENGTH = 60
Columns = dict[str, object]
Parsed = tuple[Columns, bool]  # columns of Cadre, and whether the value is flagged


@dataclass(frozen=True, slots=True)
class IdentityField:
    key: str  # attribute of formats.appointment.AppointmentForm
    element: str  # element of the file, named in findings
    columns: tuple[str, ...]
    parse: Callable[[str], Parsed]
    render: Callable[[Cadre], str]
    is_sealed: bool = False


def month_of(raw: str) -> date | None:
    month = dates.parse_month(raw)
    return dates.first_day(month) if month else None


def month_text(day: date | None) -> str:
    return day.strftime("%Y%m") if day else ""


def column_of(name: str) -> Field[Any, Any]:
    """Of Cadre; no reverse relation."""
    found = Cadre._meta.get_field(name)
    assert isinstance(found, Field)
    return found


def _fits(column: str, text: str) -> bool:
    """SQLite would take any length; PostgreSQL refuses, and with it the whole import."""
    length = column_of(column).max_length
    assert length is not None
    return len(text) <= length


def _text(column: str) -> Callable[[str], Parsed]:
    return lambda raw: ({column: raw}, False) if _fits(column, raw) else ({column: ""}, True)


def _month(column: str) -> Callable[[str], Parsed]:
    def parse(raw: str) -> Parsed:
        value = month_of(raw)
        return {column: value}, bool(raw) and value is None

    return parse


def _code(column: str, table: str) -> Callable[[str], Parsed]:
    def parse(raw: str) -> Parsed:
        code = codes.table(table).code_of(raw) if raw else ""
        kept = raw if _fits(column, raw) else ""
        return {column: kept if code is None else code}, code is None

    return parse


def _sex(raw: str) -> Parsed:
    value = {"男": Sex.MALE, "女": Sex.FEMALE, "1": Sex.MALE, "2": Sex.FEMALE}.get(raw, "")
    return {"sex": value}, bool(raw) and not value


def _name(raw: str) -> Parsed:
    return {"name": raw[:NAME_LENGTH]}, not _fits("name", raw) or not raw


def _party_joining(raw: str) -> Parsed:
    """`200108`, a party's name, 无党派, 群众, or `200108；民建` (RuDangShiJian)."""
    stated, table = party.parse_party(raw), codes.table("political_affiliations")
    known = [code for text in stated.others if (code := table.code_of(text))]
    is_flagged = party.party_problem(raw) is not None or len(known) < len(stated.others)
    first = "01" if stated.joined else (known[0] if known else "".join(stated.others[:1]))
    joined = dates.first_day(stated.joined) if stated.joined else None
    first = first if _fits("political_affiliation", first) else ""
    return {"party_joined_month": joined, "political_affiliation": first}, is_flagged


def _render_party_joining(cadre: Cadre) -> str:
    if cadre.party_joined_month:
        return month_text(cadre.party_joined_month)
    return codes.table("political_affiliations").name_of(cadre.political_affiliation)


def _identity_number(raw: str) -> Parsed:
    """Kept as written even when the check fails: the officer decides, the finding says why."""
    number = raw.upper() or None
    return {"identity_number": number}, bool(number) and not identity.is_valid(number or "")


def _health(raw: str) -> Parsed:
    return {"health": raw or None}, False


IDENTITY_FIELDS: tuple[IdentityField, ...] = (
    IdentityField("name", "XingMing", ("name",), _name, lambda c: c.name),
    IdentityField("sex", "XingBie", ("sex",), _sex, lambda c: {"male": "男", "female": "女"}.get(c.sex, "")),
    IdentityField(
        "birth", "ChuShengNianYue", ("birth_month",), _month("birth_month"), lambda c: month_text(c.birth_month)
    ),
    IdentityField(
        "ethnicity",
        "MinZu",
        ("ethnicity",),
        _code("ethnicity", "ethnic_groups"),
        lambda c: codes.table("ethnic_groups").name_of(c.ethnicity),
    ),
    IdentityField("native_place", "JiGuan", ("native_place",), _text("native_place"), lambda c: c.native_place),
    IdentityField("birth_place", "ChuShengDi", ("birth_place",), _text("birth_place"), lambda c: c.birth_place),
    IdentityField(
        "party_joining",
        "RuDangShiJian",
        ("party_joined_month", "political_affiliation"),
        _party_joining,
        _render_party_joining,
    ),
    IdentityField(
        "work_start",
        "CanJiaGongZuoShiJian",
        ("work_start_month",),
        _month("work_start_month"),
        lambda c: month_text(c.work_start_month),
    ),
    IdentityField("health", "JianKangZhuangKuang", ("health",), _health, lambda c: c.health or "", is_sealed=True),
    IdentityField(
        "specialties", "ShuXiZhuanYeYouHeZhuanChang", ("specialties",), _text("specialties"), lambda c: c.specialties
    ),
    IdentityField(
        "identity_number",
        "ShenFenZheng",
        ("identity_number",),
        _identity_number,
        lambda c: c.identity_number or "",
        is_sealed=True,
    ),
)
BY_KEY: Mapping[str, IdentityField] = {field.key: field for field in IDENTITY_FIELDS}


def columns_before(cadre: Cadre, field: IdentityField) -> Columns:
    return {column: getattr(cadre, column) for column in field.columns}
