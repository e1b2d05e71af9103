"""Which way a number of the central rules is stricter. What is not listed cannot be set locally.

A local instrument may ask more than the centre, never less. Not listed are: periods of effect of sanctions and the
times within which a person may ask for a remedy (nobody may lengthen or shorten them to somebody's cost), credits,
counts that only name items, and lists of codes.
"""

import re
from collections.abc import Mapping
from enum import StrEnum
from fractions import Fraction

from quanheng.rulebook.instrument import Parameter, RuleText

_NUMBER = re.compile(r"\d{1,6}(\.\d{1,4}|/[1-9]\d{0,5})?%?", re.ASCII)


class Direction(StrEnum):
    HIGHER = "higher"  # at least that many: years, votes, hours
    LOWER = "lower"  # at most that many: shares, terms, time for an office


_HIGHER: Mapping[str, tuple[str, ...]] = {
    "SEL-QUAL-08-1a": ("min_work_years",),
    "SEL-QUAL-08-1b": ("min_grassroots_years",),
    "SEL-QUAL-08-2": ("min_posts_one_level_below",),
    "SEL-QUAL-08-3a": ("min_years_in_deputy",),
    "SEL-QUAL-08-3b": ("min_years_in_lower_principal",),
    "SEL-QUAL-08-7": ("party_standing_years_city_and_above", "party_standing_years_county"),
    "SEL-EXC-09a": ("min_months_since_last_promotion",),
    "SEL-EXCL-24-3": ("look_back_years",),
    "SEL-INS-33": ("min_members",),
    "SEL-DEC-37a": ("quorum",),
    "SEL-DEC-37b": ("majority",),
    "SEL-DEC-37d": ("reconsider_majority",),
    "SEL-PUB-41": ("min_workdays",),
    "SEL-PRO-42": ("months",),
    "SEL-REC-QUO": ("min_attendance_ratio",),
    **{f"RNK-Y-{number:02d}": ("min_years",) for number in range(1, 12)},
    "RNK-INST": ("min_years",),
    "RNK-PROC": ("publicity_workdays",),
    "TRN-14-1": ("months", "hours"),
    "TRN-14-2": ("days", "hours"),
    "TRN-67": ("induction_days", "division_days", "township_days"),
    "TRN-SEED40": ("min_ratio",),
    "APP-PROC": ("excellent_publicity_workdays",),
    "YNG-THIRD": ("ratio",),
    "YNG-3TO1": ("min_candidates_per_post",),
    "YNG-TALK": ("per_year",),
    "YNG-XDS": ("min_years",),
    "DWN-EV": ("min_sources",),
    "ARC-SELF": ("min_readers",),
    "PMR-RAND": ("ratio",),
    "CSL-23": ("months",),
    "PIP-55": ("keep_years",),
}
_LOWER: Mapping[str, tuple[str, ...]] = {
    "SEL-REC-16": ("valid_months",),
    "SEL-QUAL-08-5": ("grace_months_after_promotion",),
    "SEL-PUB-RES": ("hold_max_months",),
    "EXC-10": ("years",),
    "EXC-10L": ("years",),
    "TRM-2": ("max_consecutive_terms",),
    "TRM-15": ("max_years",),
    "TRM-STAB": ("max_special_moves",),
    "APP-EXC-20": ("max", "max_with_approval"),
    "APP-LDR-Q": (
        *("group_excellent_max", "leader_excellent_max", "excellent_group_max"),
        *("fair_group_max", "poor_group_max"),
    ),
    "APP-ROUT": ("good_max",),
    "PMR-CHG": ("days",),
    "PMR-NEW": ("days",),
    "ARC-FILE": ("months",),
    "SAN-FILE": ("months",),
    "SAN-INQ": ("workdays",),
    "REP-15": ("workdays",),
    "REP-FB": ("workdays",),
    "REP-5": ("workdays",),
    "PET-15": ("days",),
    "PET-60": ("days",),
    "APL-96a": ("days",),
    "APL-96b": ("days",),
}


def direction(rule: str, parameter: str) -> Direction | None:
    """None: nobody may set this number locally."""
    if parameter in _HIGHER.get(rule, ()):
        return Direction.HIGHER
    return Direction.LOWER if parameter in _LOWER.get(rule, ()) else None


def declared() -> tuple[tuple[str, str], ...]:
    """Every (rule, parameter) with a direction."""
    return tuple((rule, name) for table in (_HIGHER, _LOWER) for rule, names in table.items() for name in names)


def settable(text: RuleText) -> tuple[Parameter, ...]:
    """Those of a rule that an office may set: with a direction, or left to it by the centre."""
    return tuple(each for each in text.parameters if each.is_local or direction(text.id, each.name))


def is_stricter(rule: str, parameter: Parameter, value: int | Fraction) -> bool:
    """Where the centre gives no number, any number of the office is stricter than none."""
    if parameter.is_local:
        return True
    way, held = direction(rule, parameter.name), parameter.value
    if way is None or isinstance(held, bool | str | tuple) or held is None:
        return False
    return value > held if way is Direction.HIGHER else value < held


def read_number(text: str) -> int | Fraction | None:
    """`3`, `1/4`, `25%`; None for what is no number above nought."""
    written = text.strip().replace("％", "%")
    if not _NUMBER.fullmatch(written):  # Fraction itself would work out 1e9999999
        return None
    number = Fraction(written.removesuffix("%")) / (100 if written.endswith("%") else 1)
    if number <= 0:
        return None
    return int(number) if number.denominator == 1 else number
