"""What a situation expects of the findings, and how they differ."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from quanheng.rulebook import given_values
from quanheng.rulebook.book import Rulebook
from quanheng.rulebook.finding import Finding, Outcome
from quanheng.rulebook.instrument import OnFail
from quanheng.rulebook.situation import Bounded
from quanheng.rulebook.strict_yaml import Lined
from quanheng.rulebook.types import FIRST, LAST, MOST
from quanheng.rulebook.values import Day, Number, State
from quanheng.rulebook.vocabulary import nearest

if TYPE_CHECKING:
    from quanheng.rulebook.situations import Place

NONE = "none"  # a consequence that a waiver lifts
_FIELDS = (
    "rule",
    "outcome",
    "consequence",
    "numbers",
    "dates",
    "article",
    "subject",
    "item",
    "note",
    "missing",
    "prepared",
)


@dataclass(frozen=True, slots=True)
class Expected:
    """Fields that are None are not compared. A date of None is expected not to be known or never to come. `prepared`:
    how the computed part stands where a person decides (met, not_met, unknown)."""

    rule: str
    outcome: Outcome
    consequence: str | None
    numbers: Mapping[str, int | Fraction]
    dates: Mapping[str, date | None]
    article: str | None
    subject: str | None
    item: str | None
    missing: tuple[str, ...] | None
    prepared: str | None
    line: int


@dataclass(frozen=True, slots=True)
class Difference:
    """`what`: finding, outcome, consequence, numbers.need …; `found` "-" where there is none. `why`: why a rule gave no
    finding at all (`checking`). `near`: the items, or names of numbers or dates, that there are instead."""

    expected: Expected
    what: str
    wanted: str
    found: str
    why: str = ""
    near: tuple[str, ...] = ()


def read_expected(given: Any, place: Place, book: Rulebook) -> Expected:
    """Raises `CannotReadSituation`."""
    if not isinstance(given, Lined):
        raise place.refuse("not-a-mapping", given, "rule, outcome and what else is expected")
    here = place.at(str(given.get("rule", "")), given.line)
    for name in given:
        if name not in _FIELDS:
            raise here.refuse("unknown-field", name, ", ".join(_FIELDS), nearest(name, _FIELDS))
    rule = str(given.get("rule", ""))
    if rule not in book.ids:
        raise here.refuse("unknown-rule", rule, "a rule of the rulebook", nearest(rule, book.ids))
    return Expected(
        rule=rule,
        outcome=_word(here, given.get("outcome"), {each.value: each for each in Outcome}),
        consequence=_consequence(here, given.get("consequence")),
        numbers={name: _number(here, value) for name, value in _mapping(here, given, "numbers").items()},
        dates={name: _date(here, value) for name, value in _mapping(here, given, "dates").items()},
        article=_text(given, "article"),
        subject=_text(given, "subject"),
        item=_text(given, "item"),
        missing=_missing(here, given.get("missing")),
        prepared=_prepared(here, given.get("prepared")),
        line=given.line,
    )


def _text(given: Lined, name: str) -> str | None:
    return None if given.get(name) is None else str(given[name])


def _word(place: Place, given: Any, known: Mapping[str, Outcome]) -> Outcome:
    word = str(given).lower()
    if given is None:
        raise place.refuse("no-outcome", given, ", ".join(each.upper() for each in known))
    if word not in known:
        raise place.refuse("unknown-outcome", given, ", ".join(each.upper() for each in known), nearest(word, known))
    return known[word]


def _prepared(place: Place, given: Any) -> str | None:
    known = [each.name.lower() for each in State]
    if given is None or given in known:
        return None if given is None else str(given)
    raise place.refuse("unknown-state", given, ", ".join(known), nearest(str(given), known))


def _consequence(place: Place, given: Any) -> str | None:
    if given is None or given in (*OnFail, NONE):
        return None if given is None else str(given)
    raise place.refuse("unknown-consequence", given, ", ".join((*OnFail, NONE)))


def _missing(place: Place, given: Any) -> tuple[str, ...] | None:
    if given is not None and not isinstance(given, list):
        raise place.at("missing").refuse("not-a-list", given, "a list")
    return None if given is None else tuple(sorted(map(str, given)))


def _mapping(place: Place, given: Lined, name: str) -> Mapping[str, Any]:
    found = given.get(name) or {}
    if not isinstance(found, Mapping):
        raise place.at(name).refuse("not-a-mapping", found, "names with values")
    return found


def _number(place: Place, given: Any) -> int | Fraction:
    made = given_values.number(given)
    if made is None or isinstance(made, Bounded):
        raise place.at("numbers").refuse("wrong-value", given, "a number")
    return made


def _date(place: Place, given: Any) -> date | None:
    made = given_values.day(given)
    if given is not None and given != NONE and made is None:
        raise place.at("dates").refuse("wrong-value", given, "a date, or null for none")
    return made


def differences(expected: Expected, findings: Sequence[Finding]) -> Iterator[Difference]:
    """Where neither subject nor item is named, the whole rule is meant, which stands as its worst finding does: one
    relative who is in the way suffices for NOT_MET, all have to be out of it for MET. One such finding has to fit."""
    meant = [each for each in findings if _is_meant(expected, each)]
    if not meant:
        yield Difference(expected, "finding", _who(expected), "-", near=tuple(_others(expected, findings)))
        return
    yield from min((list(_compared(expected, each)) for each in _deciding(meant)), key=len)


_WORST_FIRST = (Outcome.NOT_MET, Outcome.UNKNOWN, Outcome.NEEDS_PERSON, Outcome.MET, Outcome.NOT_APPLICABLE)


def _deciding(meant: Sequence[Finding]) -> Sequence[Finding]:
    """Those of the worst outcome that there is."""
    worst = min((each.outcome for each in meant), key=_WORST_FIRST.index)
    return [each for each in meant if each.outcome is worst]


def _is_meant(expected: Expected, finding: Finding) -> bool:
    is_subject = expected.subject is None or finding.subject in ("", expected.subject)  # "": of the whole case
    is_item = expected.item is None or given_values.narrow(expected.item) == given_values.narrow(finding.item or "")
    return finding.rule == expected.rule and is_subject and is_item


def _who(expected: Expected) -> str:
    return " · ".join(filter(None, (expected.rule, expected.subject, expected.item)))


def _compared(expected: Expected, finding: Finding) -> Iterator[Difference]:
    for what, wanted, found in _pairs(expected, finding):
        if wanted != found:
            yield Difference(expected, what, wanted, found, near=_named(what, finding))


def _named(what: str, finding: Finding) -> tuple[str, ...]:
    """The numbers or dates that there are, where one was asked for that there is not."""
    kind, _, name = what.partition(".")
    known: Mapping[str, object] = {"numbers": finding.numbers, "dates": finding.dates}.get(kind, {name: None})
    return () if name in known else tuple(known)


def _others(expected: Expected, findings: Sequence[Finding]) -> Iterator[str]:
    """Who and what the findings of that rule are about."""
    for each in findings:
        if each.rule == expected.rule and (each.subject or each.item):
            yield " · ".join(filter(None, (each.subject, each.item)))


def _pairs(expected: Expected, finding: Finding) -> Iterator[tuple[str, str, str]]:
    """(what, wanted, found) as words."""
    yield "outcome", expected.outcome.upper(), finding.outcome.upper()
    if expected.consequence is not None:
        yield "consequence", expected.consequence, str(finding.consequence or NONE)
    if expected.article is not None and not cites(finding.citation, expected.article):
        yield "article", expected.article, finding.citation
    if expected.missing is not None:
        yield "missing", ", ".join(expected.missing), ", ".join(finding.missing)
    if expected.prepared is not None:
        yield "prepared", expected.prepared, finding.prepared.name.lower() if finding.prepared is not None else NONE
    for name, number in expected.numbers.items():
        yield f"numbers.{name}", str(number), number_words(finding.numbers.get(name))
    for name, when in expected.dates.items():
        yield f"dates.{name}", str(when) if when else NONE, day_words(finding.dates.get(name))


def cites(citation: str, article: str) -> bool:
    """Is it the whole citation, or are all its parts (`TJ2019 8(3)`, `8（3）`, `37(号未核)`) parts of it?"""
    parts = [part.strip().partition(" ") for part in citation.split(";")]
    cited = {_plain(word) for document, _, number in parts for word in (number, document + number)}
    return all(_plain(part) in cited for part in article.split(";"))


_REMARK = re.compile(r"\([^()]*(?:号|记忆|条)[^()]*\)")  # where a number was seen is no part of it


def _plain(article: str) -> str:
    """In half width, without spaces and remarks; empty where the document has no number for it."""
    made = _REMARK.sub("", given_values.narrow(article))
    return made.removesuffix("local").removesuffix("-")


def number_words(number: Number | None) -> str:
    """A number, `none` where there is none, bounds where only they are known (`…`: without limit)."""
    if number is None:
        return NONE
    if number.is_exact:
        return str(number.lo)
    return f"{number.lo if number.lo > -MOST else '…'}..{number.hi if number.hi < MOST else '…'}"


def day_words(when: Day | None) -> str:
    """A date, `none` where there is none or it never comes, bounds where only they are known."""
    if when is None or (when.is_exact and when.lo in (FIRST, LAST)):
        return NONE
    if when.is_exact:
        return str(when.lo)
    return f"{when.lo if when.lo > FIRST else '…'}..{when.hi if when.hi < LAST else '…'}"


def is_open(value: Number | Day) -> bool:
    """Nothing at all is known about it."""
    match value:
        case Number(lo, hi):
            return lo <= -MOST and hi >= MOST
        case Day(first, last):
            return first == FIRST and last == LAST
