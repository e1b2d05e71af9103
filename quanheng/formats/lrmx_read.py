"""Reading `.lrmx`: as tolerant as can be, with a finding for each thing a person should look at."""

import binascii
from dataclasses import dataclass

from quanheng.formats import lrmx_checks, photos, resume
from quanheng.formats.appointment import AppointmentForm, FamilyItem
from quanheng.formats.clean import clean
from quanheng.formats.elements import ELEMENTS, FAMILY_ELEMENTS, GROUP, ITEM, POSITIONS, ROOT, Element, Kind
from quanheng.formats.findings import Finding
from quanheng.formats.lrmx_xml import CannotRead, Limits, RawFile, RawItem, is_whole, read_raw
from quanheng.formats.photos import PhotoFacts
from quanheng.formats.resume import ResumeEntry

__all__ = ["CannotRead", "Limits", "Reading", "read"]

LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Reading:
    form: AppointmentForm
    findings: tuple[Finding, ...]
    resume: tuple[ResumeEntry, ...]
    raw: tuple[tuple[str, str], ...]  # (element, its text as it stands), without family and photo
    photo: PhotoFacts | None  # of form.photo, if that is a picture at all


def read(data: bytes, *, limits: Limits = LIMITS) -> Reading:
    """Raises CannotRead, and nothing else, for what is no file of ours."""
    raw = read_raw(data, limits)
    findings = list(raw.findings)
    photo = _decode_photo(raw.texts.pop("ZhaoPian", ""), findings)
    form = _form_of(raw, photo, limits, findings)
    entries, resume_findings = resume.parse(form.resume)
    facts = photos.probe(photo) if photo else None
    findings += [*lrmx_checks.check(form, raw), *resume_findings, *lrmx_checks.check_photo(photo, facts)]
    return Reading(form, in_order(findings), entries, _texts_in_order(raw), facts)


def in_order(findings: list[Finding]) -> tuple[Finding, ...]:
    """As the elements stand on the form, findings about the whole file first."""
    return tuple(sorted(findings, key=lambda finding: POSITIONS.get(finding.place.partition("/")[0], -1)))


def _form_of(raw: RawFile, photo: bytes, limits: Limits, findings: list[Finding]) -> AppointmentForm:
    if len(raw.relatives) > limits.relatives:
        findings.append(Finding(GROUP, "", "too-many-relatives", {"max_items": limits.relatives}))
    items = (_item_of(item, findings) for item in raw.relatives[: limits.relatives])
    return AppointmentForm(
        **{element.attribute: _clean(element, raw.texts) for element in ELEMENTS if _is_text(element)},
        family=tuple(item for item in items if item != FamilyItem()),
        photo=photo,
        unknown=_keep_all(raw.unknown, findings),
    )


def _item_of(item: RawItem, findings: list[Finding]) -> FamilyItem:
    texts = {element.attribute: _clean(element, item.texts) for element in FAMILY_ELEMENTS}
    return FamilyItem(**texts, unknown=_keep(item.unknown, ITEM, findings))


def _is_text(element: Element) -> bool:
    return element.kind not in (Kind.FAMILY, Kind.PHOTO)


def _clean(element: Element, texts: dict[str, str]) -> str:
    return clean(element.kind, texts.get(element.tag, ""))


def _keep_all(unknown: list[tuple[str, str]], findings: list[Finding]) -> tuple[tuple[str, str], ...]:
    below_root = [pair for pair in unknown if "/" not in pair[0]]
    in_group = [pair for pair in unknown if "/" in pair[0]]
    return _keep(below_root, ROOT, findings) + _keep(in_group, GROUP, findings)


def _keep(unknown: list[tuple[str, str]], within: str, findings: list[Finding]) -> tuple[tuple[str, str], ...]:
    """Those that can be written again, as they are."""
    kept = []
    for path, read_xml in unknown:
        xml = read_xml.replace("\r\n", "\n").replace("\r", "\n")
        if is_whole(path, xml, within=within):
            kept.append((path, xml))
        else:
            findings.append(Finding(path, xml, "unknown-dropped", {"element": path}))
    return tuple(kept)


def _decode_photo(text: str, findings: list[Finding]) -> bytes:
    packed = text.strip()
    try:
        return binascii.a2b_base64(packed, strict_mode=True)
    except ValueError:
        return _decode_loosely(packed, findings)


def _decode_loosely(text: str, findings: list[Finding]) -> bytes:
    """Lines are broken by some programs."""
    try:
        return binascii.a2b_base64("".join(text.split()), strict_mode=True)
    except ValueError:
        findings.append(Finding("ZhaoPian", text[:40], "photo-base64"))
        return b""


def _texts_in_order(raw: RawFile) -> tuple[tuple[str, str], ...]:
    return tuple((element.tag, raw.texts[element.tag]) for element in ELEMENTS if element.tag in raw.texts)
