"""From the bytes of a file to what an import keeps of it, and from an officer's corrections to a new reading."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from quanheng.formats import lrmx, photos
from quanheng.formats.appointment import AppointmentForm, FamilyItem
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
        findings = [*again, *(item for item in findings if item.place.startswith("ZhaoPian"))]
    return FileReading(form, tuple(findings), photo)


def _photo_of(data: bytes, findings: list[Finding]) -> photos.Photo | None:
    if not data:
        return None
    try:
        return photos.normalise(data)
    except photos.CannotReadPhoto as error:
        if not any(finding.place == "ZhaoPian" for finding in findings):
            findings.append(Finding("ZhaoPian", "", error.code))
        return None


def reread(form: AppointmentForm) -> tuple[AppointmentForm, tuple[Finding, ...]]:
    """What a file of this content would be read as: one set of checks for files and for corrections."""
    try:
        reading = lrmx.read(lrmx.write(form))
    except (lrmx.CannotWrite, lrmx.CannotRead) as error:
        raise CannotCorrect("not-writable") from error
    return replace(reading.form, photo=b"", version=form.version), reading.findings


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
