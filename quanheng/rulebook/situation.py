"""What is asked: a day, the facts of one subject, of the target and of the case, and how switches stand."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from quanheng.rulebook.instrument import Scalar
from quanheng.rulebook.workdays import Calendar


@dataclass(frozen=True, slots=True)
class Bounded:
    """A number of which only bounds are known; None: no bound."""

    lo: int | Fraction | None
    hi: int | Fraction | None


Raw = int | Fraction | bool | str | date | Bounded | None  # None: not recorded


@dataclass(frozen=True, slots=True)
class Record:
    """`key` names it in traces (`posts[0]`, a primary key). A field left out is not recorded."""

    key: str
    values: Mapping[str, Raw]


FactValue = Raw | tuple[Record, ...]


@dataclass(frozen=True, slots=True)
class Situation:
    """A fact that is not among `facts` is unknown; records that are there are all there are, even if none.

    Who builds one from a register leaves out open-world records of which there are none. `signed`: ids of rules that
    are signed off; None: all. `calendar` is needed only by rules that count working days.
    """

    on: date
    facts: Mapping[str, FactValue]
    subject: str = ""
    switches: Mapping[str, Scalar] = field(default_factory=dict)
    calendar: Calendar | None = None
    signed: frozenset[str] | None = None

    def is_signed(self, rule: str) -> bool:
        return self.signed is None or rule in self.signed
