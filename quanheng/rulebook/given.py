"""What a derived fact or field is computed from: the records of one subject, the day, the switches, the parameters."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from quanheng.rulebook.book import Rulebook
from quanheng.rulebook.instrument import Row, RuleText, Scalar
from quanheng.rulebook.situation import FactValue, Raw, Record
from quanheng.rulebook.spans import PeriodEnd


@dataclass(frozen=True, slots=True)
class Given:
    """All that is known of one subject (facts given, and derived so far), the day, the switches and the rulebook."""

    facts: Mapping[str, FactValue]
    on: date
    switches: Mapping[str, Scalar]
    book: Rulebook

    def records(self, fact: str) -> tuple[Record, ...]:
        """The records that exist on the day; none where they are not known."""
        found = self.facts.get(fact)
        return found if isinstance(found, tuple) else ()

    def text(self, fact: str) -> str | None:
        found = self.facts.get(fact)
        return found if isinstance(found, str) else None

    def day(self, fact: str) -> date | None:
        found = self.facts.get(fact)
        return found if isinstance(found, date) else None

    def number(self, rule: str, name: str, on: date) -> int:
        """A parameter as it stood on `on`, else as in the oldest version. Raises `KeyError`, `CannotFindRule`."""
        value = _version(self.book.versions(rule), on).parameter(name).value
        assert isinstance(value, int), f"{rule}.{name} is no number"
        return value

    def rows(self, rule: str, name: str) -> tuple[Row, ...]:
        """A table as it stands on the day; none where the rule has no such table."""
        found = {each.name: each.value for each in _version(self.book.versions(rule), self.on).parameters}.get(name)
        return tuple(row for row in found if isinstance(row, Mapping)) if isinstance(found, tuple) else ()

    @property
    def period_end(self) -> PeriodEnd:
        return PeriodEnd(str(self.switches.get("SW-PERIOD-END", PeriodEnd.SAME_DAY)))

    def begun(self, fact: str, begins: str) -> list[Record]:
        """Those that began on the day or before; without a recorded beginning nothing follows from a record."""
        return [each for each in self.records(fact) if has_begun(each, begins, self.on)]

    def undated(self, fact: str, begins: str, ends: str) -> list[Record]:
        """Those that have not ended and of which nobody knows whether they have begun: they may run on the day."""
        return [
            each for each in self.records(fact) if each.values.get(begins) is None and is_running(each, ends, self.on)
        ]

    @property
    def current_posts(self) -> list[Record]:
        """Those that surely run; `may_hold_others` says whether they are all."""
        return [each for each in self.begun("posts", "start") if is_running(each, "end", self.on)]

    @property
    def may_hold_others(self) -> bool:
        return bool(self.undated("posts", "start", "end"))


def _version(versions: tuple[RuleText, ...], on: date) -> RuleText:
    return next((each for each in versions if each.in_force.contains(on)), versions[0])


OfRecord = Callable[[Record, Given], Raw]


def has_begun(record: Record, begins: str, on: Raw) -> bool:
    start = record.values.get(begins)
    return isinstance(start, date) and isinstance(on, date) and start <= on


def is_running(record: Record, ends: str, on: date) -> bool:
    end = record.values.get(ends)
    return not isinstance(end, date) or on < end
