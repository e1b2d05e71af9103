"""From the bytes of a file to what an import keeps of it, and from an officer's corrections to a new reading."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from quanheng.formats import codes, lrmx, photos
from quanheng.formats.appointment import AppointmentForm, FamilyItem
from quanheng.formats.elements import BY_ATTRIBUTE
from quanheng.formats.findings import Finding
from quanheng.kernel.errors import Refused

# Texts that may be remembered for a sender: words of code tables, never a name or a number.
REMEMBERED_FIELDS = (
    "sex",
    "ethnicity",
    "party_joining",
    "full_time_education",
    "full_time_degree",
    "on_job_education",
    "on_job_degree",
)


class CannotCorrect(Refused):
    """A correction that no file could hold: unknown field, or a character that cannot be written."""


@dataclass(frozen=True, slots=True)
class FileReading:
    """The form without its photo, the photo in our form, what a person should look at."""

    form: AppointmentForm
    findings: tuple[Finding, ...]
    photo: photos.Photo | None


def read_file(data: bytes, remembered: Mapping[tuple[str, str], str]) -> FileReading:
    """Raises lrmx.CannotRead. `remembered` maps (field, raw) to the value an officer read it as before."""
    reading = lrmx.read(data)
    findings = list(reading.findings)
    photo = _photo_of(reading.form.photo, findings)
    form = replace(reading.form, photo=b"")
    known = {key: remembered[key, raw] for key in REMEMBERED_FIELDS if (key, raw := getattr(form, key)) in remembered}
    if known:
        form, again = reread(_with_texts(form, known))
        return FileReading(form, (*again, *(item for item in findings if item.place.startswith("ZhaoPian"))), photo)
    return FileReading(form, (*findings, *_unknown_codes(form, findings)), photo)


def _photo_of(data: bytes, findings: list[Finding]) -> photos.Photo | None:
    if not data:
        return None
    try:
        return photos.normalise(data)
    except photos.CannotReadPhoto as error:
        told = [finding for finding in findings if finding.place == "ZhaoPian"]
        if not told or error.code == "too-large":  # the reader has said that it would be made smaller
            findings[:] = [finding for finding in findings if finding.place != "ZhaoPian"]
            findings.append(Finding("ZhaoPian", "", _PHOTO_CODES[error.code], _texts_of(error)))
        return None


_PHOTO_CODES = {
    "empty": "photo-no-picture",
    "no-picture": "photo-no-picture",
    "damaged": "photo-damaged",
    "too-large": "photo-over-limit",
    "too-many-pixels": "photo-too-many-pixels",
}


def _texts_of(error: Refused) -> dict[str, str | int]:
    return {name: value for name, value in error.facts.items() if isinstance(value, str | int)}


def reread(form: AppointmentForm) -> tuple[AppointmentForm, tuple[Finding, ...]]:
    """What a file of this content would be read as: one set of checks for files and for corrections."""
    try:
        reading = lrmx.read(lrmx.write(form))
    except (lrmx.CannotWrite, lrmx.CannotRead) as error:
        raise CannotCorrect("not-writable") from error
    form = replace(reading.form, photo=b"", version=form.version)
    return form, (*reading.findings, *_unknown_codes(form, reading.findings))


def _unknown_codes(form: AppointmentForm, findings: Sequence[Finding]) -> list[Finding]:
    """Words that no code table knows, where the reader has not already said something of the place."""
    told = {finding.place for finding in findings}
    return [
        Finding(place, raw, "unknown-code", {"label": label})
        for place, label, raw, table in _coded_words(form)
        if raw and place not in told and codes.table(table).code_of(raw) is None
    ]


def _coded_words(form: AppointmentForm) -> Iterator[tuple[str, str, str, str]]:
    """(place, label, text, table) of everything a code table should know."""
    for attribute, table in _CODED.items():
        element = BY_ATTRIBUTE[attribute]
        yield element.tag, element.label, getattr(form, attribute), table
    for index, item in enumerate(form.family, start=1):
        yield f"JiaTingChengYuan/Item[{index}]/ChengWei", "称谓", item.relation, "family_relations"


_CODED = {
    "ethnicity": "ethnic_groups",
    "full_time_education": "education_levels",
    "full_time_degree": "degrees",
    "on_job_education": "education_levels",
    "on_job_degree": "degrees",
}


def as_json(form: AppointmentForm, findings: Sequence[Finding]) -> dict[str, Any]:
    content = asdict(form)
    del content["photo"]
    return {"form": content, "findings": [_finding_json(finding) for finding in findings]}


def _finding_json(finding: Finding) -> dict[str, Any]:
    return {"place": finding.place, "value": finding.value, "code": finding.code, "facts": dict(finding.facts)}


def form_from_json(reading: Mapping[str, Any]) -> AppointmentForm:
    content = dict(reading["form"])
    content["family"] = tuple(_relative(item) for item in content["family"])
    content["unknown"] = tuple(tuple(pair) for pair in content["unknown"])
    return AppointmentForm(**content)


def _relative(item: Mapping[str, Any]) -> FamilyItem:
    return FamilyItem(**{**item, "unknown": tuple(tuple(pair) for pair in item["unknown"])})


def findings_from_json(reading: Mapping[str, Any]) -> tuple[Finding, ...]:
    return tuple(Finding(**finding) for finding in reading["findings"])


_TEXTS = frozenset(field.name for field in fields(AppointmentForm)) - {"photo", "family", "unknown", "version"}
_RELATIVE_TEXTS = frozenset(field.name for field in fields(FamilyItem)) - {"unknown"}


def correct(form: AppointmentForm, values: Mapping[str, str]) -> tuple[AppointmentForm, tuple[Finding, ...]]:
    """Texts by attribute, or `family/2/birth` for the second relative, put in place and read again."""
    family = list(form.family)
    texts: dict[str, str] = {}
    for place, text in values.items():
        if place in _TEXTS:
            texts[place] = text
        else:
            index, attribute = _place_of_relative(place, len(family))
            family[index] = FamilyItem(**{**asdict(family[index]), "unknown": family[index].unknown, attribute: text})
    return reread(_with_texts(replace(form, family=tuple(family)), texts))


def _with_texts(form: AppointmentForm, texts: Mapping[str, str]) -> AppointmentForm:
    values: dict[str, Any] = dict(texts)
    return replace(form, **values)


def _place_of_relative(place: str, count: int) -> tuple[int, str]:
    parts = place.split("/")
    if len(parts) == 3 and parts[0] == "family" and parts[1].isdigit() and parts[2] in _RELATIVE_TEXTS:
        index = int(parts[1]) - 1
        if 0 <= index < count:
            return index, parts[2]
    raise CannotCorrect("unknown-field", field=place)
