"""The rulebook: which rule holds on the day of an event, and what is in it.

Read once from the files beside this module (`load`); nothing here changes afterwards.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from pathlib import Path
from typing import TypeVar

from quanheng.kernel.errors import Refused
from quanheng.rulebook.fields import CannotReadInstrument
from quanheng.rulebook.instrument import Check, Instrument, RuleText, State, Switch
from quanheng.rulebook.reading import read_folder

FOLDER = Path(__file__).parent / "instruments"

Compiled = TypeVar("Compiled")


class CannotFindRule(Refused):
    """`no-such-rule`, or `not-in-force` on that day (facts: the period, and the rule that stands in its place)."""


@dataclass(frozen=True)
class Rulebook:
    instruments: tuple[Instrument, ...]
    switches: tuple[Switch, ...]
    sources: Mapping[str, str]  # mark -> where it was seen
    evidence: Mapping[str, str]  # name -> what it is called in Chinese

    @cached_property
    def texts(self) -> tuple[RuleText, ...]:
        """Every version of every rule, instrument by instrument, in the order of the files."""
        return tuple(rule for instrument in self.instruments for rule in instrument.rules)

    @cached_property
    def _versions(self) -> dict[str, tuple[RuleText, ...]]:
        grouped: dict[str, list[RuleText]] = {}
        for rule in self.texts:
            grouped.setdefault(rule.id, []).append(rule)
        return {id: tuple(sorted(rules, key=_start)) for id, rules in grouped.items()}

    @cached_property
    def ids(self) -> tuple[str, ...]:
        return tuple(self._versions)

    def instrument(self, code: str) -> Instrument:
        """Raises `KeyError`."""
        return {instrument.code: instrument for instrument in self.instruments}[code]

    def switch(self, id: str) -> Switch:
        """Raises `KeyError`."""
        return {switch.id: switch for switch in self.switches}[id]

    def versions(self, id: str) -> tuple[RuleText, ...]:
        """All versions of one rule, the oldest first. Raises `CannotFindRule`."""
        if id not in self._versions:
            raise CannotFindRule("no-such-rule", rule=id)
        return self._versions[id]

    def rule(self, id: str, on: date) -> RuleText:
        """The version in force on the day of the event. Raises `CannotFindRule`."""
        versions = self.versions(id)
        for rule in versions:
            if rule.in_force.contains(on):
                return rule
        period = "、".join(f"{rule.in_force.start} – {rule.in_force.end or ''}" for rule in versions)
        instead = [rule.id for rule in self.rules(on) if self._stands_for(rule, id)]
        raise CannotFindRule("not-in-force", rule=id, on=on, period=period, instead=instead)

    def _stands_for(self, rule: RuleText, id: str) -> bool:
        return rule.replaces == id or any(version.replaces == rule.id for version in self._versions[id])

    def rules(self, on: date) -> tuple[RuleText, ...]:
        """All rules in force on a day. Local ones are among them whether switched on or not: see `running`."""
        return tuple(rule for rule in self.texts if rule.in_force.contains(on))

    def running(self, on: date, switched_on: Iterable[str] = ()) -> tuple[RuleText, ...]:
        """The central rules in force on a day, and of the local ones those that the organization switched on."""
        local = frozenset(switched_on)
        for id in local:
            self.versions(id)
        return tuple(rule for rule in self.rules(on) if not rule.is_local or rule.id in local)

    def family(self, family: str, on: date | None = None) -> tuple[RuleText, ...]:
        """The rules of a family (`SEL`, `SAN` …), all versions or those of a day."""
        return tuple(rule for rule in self._of(on) if rule.family == family)

    def by_check(self, check: Check, on: date | None = None) -> tuple[RuleText, ...]:
        return tuple(rule for rule in self._of(on) if rule.check is check)

    def counts(self, on: date | None = None) -> dict[str, dict[str, int]]:
        """How many rules by family, instrument, check and so on: `{"check": {"computed": 186, …}, …}`."""
        rules = self._of(on)
        counted = {
            "family": Counter(rule.family for rule in rules),
            "instrument": Counter(rule.instrument for rule in rules),
            "kind": Counter(rule.kind.value for rule in rules),
            "check": Counter(rule.check.value for rule in rules),
            "state": Counter(rule.state.value for rule in rules),
            "on_fail": Counter(rule.on_fail.value for rule in rules),
            "verified": Counter("yes" if rule.is_verified else "no" for rule in rules),
            "article_verified": Counter("yes" if rule.is_article_verified else "no" for rule in rules),
            "seen_version": Counter(rule.seen_version.value for rule in rules),
        }
        return {name: dict(counter) for name, counter in counted.items()}

    def _of(self, on: date | None) -> tuple[RuleText, ...]:
        return self.texts if on is None else self.rules(on)


def _start(rule: RuleText) -> date:
    return rule.in_force.start or date.min


def build(
    instruments: Iterable[Instrument],
    switches: Iterable[Switch],
    sources: Mapping[str, str],
    evidence: Mapping[str, str],
) -> Rulebook:
    """A rulebook in which every name that is used is there. Raises `CannotReadInstrument`."""
    book = Rulebook(tuple(instruments), tuple(switches), sources, evidence)
    codes = [instrument.code for instrument in book.instruments]
    switches_known = {switch.id for switch in book.switches}
    for rule in book.texts:
        _need(rule, "also", (citation.instrument for citation in rule.also), codes)
        _need(rule, "parameters", (parameter.citation.instrument for parameter in rule.parameters), codes)
        _need(rule, "evidence", rule.evidence, evidence)
        _need(rule, "see", rule.see, book.ids)
        _need(rule, "switches", rule.switches, switches_known)
        _need(rule, "waiver", [rule.waiver] if rule.is_waivable else [], book.ids)
        _need(rule, "replaces", [rule.replaces] if rule.replaces else [], book.ids)
    _check_versions(book)
    return book


def _need(rule: RuleText, field: str, names: Iterable[str], known: Iterable[str]) -> None:
    unknown = sorted(set(names) - set(known))
    if unknown:
        raise _wrong("unknown-name", rule, field, ", ".join(unknown), "nothing of this name is in the rulebook")


def _check_versions(book: Rulebook) -> None:
    """Versions of one rule may stand in two instruments, and then they may not overlap either."""
    for id in book.ids:
        versions = book.versions(id)
        for earlier, later in zip(versions, versions[1:], strict=False):
            if earlier.in_force.overlaps(later.in_force):
                why = f"{earlier.file}, line {earlier.line}, holds then too"
                raise _wrong("versions-overlap", later, "effective", str(later.in_force.start), why)
    for rule in book.texts:
        for replaced in book.versions(rule.replaces) if rule.replaces else ():
            if rule.in_force.overlaps(replaced.in_force):
                raise _wrong("versions-overlap", rule, "replaces", replaced.id, "both would hold on the same day")


def _wrong(code: str, rule: RuleText, field: str, what: str, why: str) -> CannotReadInstrument:
    return CannotReadInstrument(code, file=rule.file, line=rule.line, rule=rule.id, field=field, what=what, why=why)


def read_book(folder: Path) -> Rulebook:
    """Raises `CannotReadYaml`, `CannotReadInstrument`."""
    return build(*read_folder(folder))


@cache
def load() -> Rulebook:
    """The rulebook of this version of the software, read once a process."""
    return read_book(FOLDER)


def compile_rules(book: Rulebook, compile_rule: Callable[[RuleText], Compiled]) -> dict[RuleText, Compiled]:
    """Each encoded rule handed to the language, e.g. `parse`, keyed by its version; the language raises its own errors.

    The text of a rule holds its expressions (`rule.expressions()`), parameters and switches by name.
    """
    return {rule: compile_rule(rule) for rule in book.texts if rule.state is State.ENCODED}
