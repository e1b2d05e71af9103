"""What a rule says of one subject (and item): outcome, consequence, and all that explains it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from quanheng.rulebook.instrument import OnFail, Parameter
from quanheng.rulebook.situation import FactValue
from quanheng.rulebook.types import FIRST, LAST
from quanheng.rulebook.values import Day, Number, State


class Outcome(StrEnum):
    NOT_APPLICABLE = "not_applicable"
    MET = "met"
    NOT_MET = "not_met"
    UNKNOWN = "unknown"
    NEEDS_PERSON = "needs_person"


@dataclass(frozen=True, slots=True)
class Use:
    """A fact that was looked at: its value (None: unknown), and of records the keys of those that counted."""

    fact: str
    value: FactValue
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """A single condition and how it stood. `place`: applies, requires or person_decides."""

    place: str
    text: str
    state: State
    lo: date
    hi: date
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Trace:
    uses: tuple[Use, ...] = ()
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """`consequence`: what a failure leads to, at most `warn` while nobody has signed the rule, None where a waiver
    lifts it. [lo, hi): when the condition holds by today's facts; `earliest` only while it is NOT_MET. `numbers` and
    `dates` are the rule's own, by name, with `earliest` among the dates where known. `prepared`: how the computed part
    stood when a person has to decide. `is_provisional`: rests on working days that nobody has announced."""

    rule: str
    subject: str
    item: str | None
    outcome: Outcome
    consequence: OnFail | None
    citation: str
    parameters: tuple[Parameter, ...] = ()
    numbers: Mapping[str, Number] = field(default_factory=dict)
    dates: Mapping[str, Day] = field(default_factory=dict)
    lo: date = FIRST
    hi: date = LAST
    earliest: date | None = None
    missing: tuple[str, ...] = ()
    prepared: State | None = None
    waived_by: str = ""
    is_signed: bool = True
    is_provisional: bool = False
    trace: Trace = Trace()
