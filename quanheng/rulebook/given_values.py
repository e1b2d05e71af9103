"""One value of a situation as somebody wrote it, in any spelling that leaves no doubt; None where it is no such value.

A day may be quoted; a truth be yes or 是; brackets and commas of a code be those of either width (8(3), 8（3）).
"""

from collections.abc import Callable, Collection, Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from quanheng.rulebook.fields import ratio
from quanheng.rulebook.situation import Bounded, Raw
from quanheng.rulebook.strict_yaml import Lined
from quanheng.rulebook.types import Kind

BOUNDS = ("at_least", "at_most")
_TRUTHS = {"true": True, "yes": True, "是": True, "false": False, "no": False, "否": False}
YEARS = (1900, 2999)
_WIDTHS = str.maketrans("（），：；", "(),:;")


def day(given: Any) -> date | None:
    if isinstance(given, date):
        return given
    try:
        return date.fromisoformat(given) if isinstance(given, str) and len(given) == len("2025-06-01") else None
    except ValueError:
        return None


def truth(given: Any) -> bool | None:
    return given if isinstance(given, bool) else _TRUTHS.get(given.lower()) if isinstance(given, str) else None


def number(given: Any) -> int | Fraction | Bounded | None:
    if isinstance(given, Lined):
        return _bounds(given)
    is_number = isinstance(given, int | Fraction) and not isinstance(given, bool)
    found = Fraction(given) if is_number else ratio(given)
    return int(found) if found is not None and found.denominator == 1 else found


def _bounds(given: Lined) -> Bounded | None:
    lo, hi = (None if given.get(name) is None else number(given[name]) for name in BOUNDS)
    if not set(given) <= set(BOUNDS) or isinstance(lo, Bounded) or isinstance(hi, Bounded):
        return None
    if any(given.get(name) is not None and found is None for name, found in zip(BOUNDS, (lo, hi), strict=True)):
        return None
    return None if lo is not None and hi is not None and lo > hi else Bounded(lo, hi)


def is_of_unit(made: Raw, unit: str) -> bool:
    """Nobody has fewer than no months, a count is whole, and a year has four digits."""
    ends = (made.lo, made.hi) if isinstance(made, Bounded) else (made,)
    numbers = [each for each in ends if isinstance(each, int | Fraction) and not isinstance(each, bool)]
    match unit:
        case "count":
            return all(each >= 0 and isinstance(each, int) for each in numbers)
        case "year":
            return all(isinstance(each, int) and YEARS[0] <= each <= YEARS[1] for each in numbers)
    return not unit or all(each >= 0 for each in numbers)


def text(given: Any) -> str | None:
    return str(given).strip() if isinstance(given, str | int | date) and not isinstance(given, bool) else None


def code(given: Any, known: Collection[str]) -> str | None:
    """The one of `known` that is meant; what is given where none is."""
    if not isinstance(given, str) or given in known:
        return given if isinstance(given, str) else None
    return next((each for each in known if narrow(each) == narrow(given)), given)


def narrow(word: str) -> str:
    """With brackets and commas of one width, for comparing."""
    return word.translate(_WIDTHS).replace(" ", "")


READERS: Mapping[Kind, Callable[[Any], Raw]] = {
    Kind.TRUTH: truth,
    Kind.NUMBER: number,
    Kind.DATE: day,
    Kind.TEXT: text,
}
