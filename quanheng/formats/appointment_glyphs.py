"""Which characters of a form the kept fonts can draw. Known from a list, without opening a font."""

from bisect import bisect_right
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from quanheng.formats.appointment import AppointmentForm
from quanheng.formats.appointment_text import clean
from quanheng.formats.elements import ELEMENTS, FAMILY_ELEMENTS, GROUP, ITEM

COVERAGE = Path(__file__).parent / "fonts/coverage.txt"
GAP = "〓"  # what printers set where a character is missing
NOT_PRINTED = {
    "family",
    "photo",
    "version",
    "identity_number",
    "age_computed_on",
    "age_limit_before_reform",
    "filled_on",
}


def missing_characters(form: AppointmentForm) -> list[tuple[str, str]]:
    """Place (element path, as in findings) and character, each once; to be shown before printing."""
    found = [(place, sign) for place, text in printed_texts(form) for sign in clean(text) if not is_covered(sign)]
    return list(dict.fromkeys(found))


def printed_texts(form: AppointmentForm) -> Iterator[tuple[str, str]]:
    for element in ELEMENTS:
        if element.attribute not in NOT_PRINTED:
            yield element.tag, getattr(form, element.attribute)
    for number, item in enumerate(form.family, start=1):
        for element in FAMILY_ELEMENTS:
            yield f"{GROUP}/{ITEM}[{number}]/{element.tag}", getattr(item, element.attribute)


def is_covered(sign: str) -> bool:
    if sign == "\n" or " " <= sign <= "~":
        return True
    firsts, lasts = coverage()
    place = bisect_right(firsts, ord(sign)) - 1
    return place >= 0 and ord(sign) <= lasts[place]


def show_gaps(text: str) -> str:
    """〓 for what cannot be drawn, so that a form printed all the same shows where to write by hand."""
    return text.translate({ord(sign): GAP for sign in set(text) if not is_covered(sign)})


@cache
def coverage() -> tuple[list[int], list[int]]:
    """First and last character of each run."""
    codes = [int(code, 16) for code in COVERAGE.read_text(encoding="ascii").split()]
    return codes[::2], codes[1::2]
