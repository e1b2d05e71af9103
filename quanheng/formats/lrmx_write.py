"""Writing `.lrmx`: strict. Every element, in order, BOM, LF, text escaped (never CDATA), Version our own.

Values pass through the same `clean` as in reading, so that `write(read(write(form)).form)` gives the same bytes.
"""

import re
from base64 import b64encode
from collections.abc import Iterator
from xml.sax.saxutils import escape  # noqa: S406  writes only

from quanheng.formats.appointment import AppointmentForm, FamilyItem
from quanheng.formats.clean import clean
from quanheng.formats.elements import ELEMENTS, FAMILY_ELEMENTS, GROUP, ITEM, ROOT, VERSION, Element, Kind
from quanheng.formats.lrmx_xml import Limits, is_whole
from quanheng.kernel.errors import Refused

BOM = "\ufeff"
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


class CannotWrite(Refused):
    """The file would not be read back. Codes: illegal-character (element, character), unknown (element),
    too-many-relatives (count, limit)."""


def write(form: AppointmentForm) -> bytes:
    if len(form.family) > Limits().relatives:
        raise CannotWrite("too-many-relatives", count=len(form.family), limit=Limits().relatives)
    lines = [BOM + '<?xml version="1.0" encoding="utf-8"?>', f"<{ROOT}>"]
    for element in ELEMENTS:
        lines += _lines_of(element, form)
    lines += [f"  {_whole(path, xml, ROOT)}" for path, xml in form.unknown if "/" not in path]
    return "\n".join([*lines, f"</{ROOT}>", ""]).encode()


def _lines_of(element: Element, form: AppointmentForm) -> Iterator[str]:
    match element.kind:
        case Kind.FAMILY:
            yield from _family_lines(form)
        case Kind.PHOTO:
            yield "  " + _element(element.tag, b64encode(form.photo).decode("ascii"))
        case Kind.VERSION:
            yield "  " + _element(element.tag, VERSION)
        case _:
            yield "  " + _element(element.tag, _text(element, getattr(form, element.attribute)))


def _family_lines(form: AppointmentForm) -> Iterator[str]:
    yield f"  <{GROUP}>"
    for item in form.family:
        texts = [(element.tag, _text(element, getattr(item, element.attribute))) for element in FAMILY_ELEMENTS]
        if any(text for _, text in texts) or item.unknown:
            yield from _item_lines(texts, item)
    yield from (f"    {_whole(path, xml, GROUP)}" for path, xml in form.unknown if "/" in path)
    yield f"  </{GROUP}>"


def _item_lines(texts: list[tuple[str, str]], item: FamilyItem) -> Iterator[str]:
    yield f"    <{ITEM}>"
    yield from (f"      {_element(tag, text)}" for tag, text in texts)
    yield from (f"      {_whole(path, xml, ITEM)}" for path, xml in item.unknown)
    yield f"    </{ITEM}>"


def _element(tag: str, text: str) -> str:
    return f"<{tag}>{text}</{tag}>" if text else f"<{tag} />"


def _text(element: Element, value: str) -> str:
    if found := _ILLEGAL.search(value):
        raise CannotWrite("illegal-character", element=element.tag, character=f"U+{ord(found[0]):04X}")
    return escape(clean(element.kind, value))


def _whole(path: str, xml: str, within: str) -> str:
    if not is_whole(path, xml, within=within):
        raise CannotWrite("unknown", element=path)
    return xml
