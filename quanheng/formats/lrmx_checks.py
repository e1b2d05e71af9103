"""Findings about the values of a form that could be read."""

from collections.abc import Iterator

from quanheng.formats import identity
from quanheng.formats.appointment import AppointmentForm
from quanheng.formats.clean import clean, has_control, has_lost_dot
from quanheng.formats.dates import month_problem, parse_month, parse_year
from quanheng.formats.elements import ELEMENTS, FAMILY_ELEMENTS, GROUP, ITEM, Element, Kind, label_of
from quanheng.formats.findings import Finding
from quanheng.formats.lrmx_xml import RawFile
from quanheng.formats.party import party_problem
from quanheng.formats.photos import PhotoFacts

MAX_PHOTO = 5 * 1024 * 1024  # the editor's limit


def check(form: AppointmentForm, raw: RawFile) -> Iterator[Finding]:
    for element in ELEMENTS:
        if text := raw.texts.get(element.tag, ""):
            yield from _check_element(element, element.tag, text)
    if not form.name:
        yield Finding("XingMing", "", "name-missing", {"label": "姓名"})
    if form.identity_number:
        yield from _check_identity(form)
    for index, item in enumerate(raw.relatives, start=1):
        yield from _check_item(index, item.texts)


def _check_item(index: int, texts: dict[str, str]) -> Iterator[Finding]:
    place = f"{GROUP}/{ITEM}[{index}]"
    for element in FAMILY_ELEMENTS:
        if text := texts.get(element.tag, ""):
            yield from _check_element(element, f"{place}/{element.tag}", text, index)
    name = texts.get("XingMing", "").strip()
    if name and not texts.get("ChengWei", "").strip():
        yield Finding(f"{place}/ChengWei", name, "relation-missing")


def _check_element(element: Element, place: str, raw: str, relative: int | None = None) -> Iterator[Finding]:
    text, label = clean(element.kind, raw), label_of(element, relative)
    for code, facts in _problems(element, raw, text):
        yield Finding(place, raw.strip(" \t\r\n"), code, {"label": label, **facts})


_Facts = tuple[str, dict[str, int] | dict[str, str]]


def _problems(element: Element, raw: str, text: str) -> Iterator[_Facts]:
    yield from _check_characters(raw)
    if element.kind is Kind.NAME and has_lost_dot(raw):
        yield "name-mark", {"read": text}
    yield from _check_value(element.kind, text)
    yield from _check_length(element, text)


def _check_characters(raw: str) -> Iterator[_Facts]:
    if has_control(raw):
        yield "control", {}
    if "\ufffd" in raw:
        yield "replacement", {}


def _check_length(element: Element, text: str) -> Iterator[_Facts]:
    if element.max_length is not None and len(text) > element.max_length:
        yield "too-long", {"length": len(text), "max_length": element.max_length}


def _check_value(kind: Kind, text: str) -> Iterator[_Facts]:
    if not text:
        return
    match kind:
        case Kind.MONTH | Kind.BIRTH if kind is Kind.MONTH or parse_year(text) is None:
            yield from filter(None, [month_problem(text)])
        case Kind.PARTY:
            yield from filter(None, [party_problem(text)])
        case Kind.SEX if text not in ("男", "女"):
            yield "sex", {}
        case Kind.ETHNICITY if len(text) == 1:
            yield "ethnicity", {}
        case Kind.IDENTITY:
            yield from _check_number(text)
        case _:
            return


def _check_number(number: str) -> Iterator[_Facts]:
    code = identity.problem(number)
    if code == "identity-check":
        yield code, {"last": number[-1], "expected": identity.check_digit(number[:17])}
    elif code:
        yield code, {"length": len(number)}


def _check_identity(form: AppointmentForm) -> Iterator[Finding]:
    """Where the number and the form say different things; also of a number with a wrong check character."""
    number = form.identity_number
    if identity.problem(number) not in (None, "identity-check"):
        return
    birth, born = parse_month(form.birth), identity.birth_month(number)
    if birth and born and birth != born:
        yield Finding("ShenFenZheng", number, "identity-birth-differs", {"birth": birth, "identity": born})
    sex = identity.sex(number)
    if form.sex in ("男", "女") and sex != form.sex:
        yield Finding("ShenFenZheng", number, "identity-sex-differs", {"sex": form.sex, "identity": str(sex)})


def check_photo(photo: bytes, facts: PhotoFacts | None) -> Iterator[Finding]:
    if not photo:
        return
    if facts is None:
        yield Finding("ZhaoPian", "", "photo-no-picture")
    elif facts.media_type != "image/jpeg":
        yield Finding("ZhaoPian", "", "photo-type", {"media_type": facts.media_type})
    if len(photo) > MAX_PHOTO:
        yield Finding("ZhaoPian", "", "photo-too-large", {"size": len(photo), "max_size": MAX_PHOTO})
