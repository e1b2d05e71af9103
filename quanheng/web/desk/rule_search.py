"""Rules in the search box: by id, name, words, instrument, article, full pinyin or initials of the name."""

from dataclasses import dataclass
from datetime import date
from functools import cache

from quanheng.instruments.texts import central
from quanheng.people.names import search_text
from quanheng.rulebook.instrument import RuleText
from quanheng.web.shared import rule_words as words

SHORTEST = 2  # characters: one would find half of the rulebook


@dataclass(frozen=True, slots=True)
class _Named:
    """In small letters. `readings`: full pinyin and initials of the name, which count from its beginning only, as two
    letters stand in the middle of too many. `more`: what else the rule is known by."""

    rule: RuleText
    id: str
    name: str
    readings: tuple[str, ...]
    more: str


def rules_matching(text: str, on: date, *, limit: int) -> list[RuleText]:
    """Those in force on the day, the nearest first: of that id, so named, then of that article or with those words."""
    wanted = text.lower().split()
    if sum(map(len, wanted)) < SHORTEST:
        return []
    in_force = set(central().rules(on))
    ranked = ((_place(each, wanted), each.rule) for each in _index() if each.rule in in_force)
    found = sorted(((place, rule) for place, rule in ranked if place is not None), key=lambda pair: pair[0])
    return [rule for _place, rule in found[:limit]]


def _place(each: _Named, wanted: list[str]) -> int | None:
    """How near it is; None: not all words are found."""
    if len(wanted) == 1 and each.id.startswith(wanted[0]):
        return 0
    if any(reading.startswith("".join(wanted)) for reading in each.readings):
        return 1
    whole = f"{each.id} {each.name} {each.more}"
    known = (each.name, each.id, whole)
    return next((place for place, text in enumerate(known, 1) if all(word in text for word in wanted)), None)


@cache
def _index() -> tuple[_Named, ...]:
    titles = {each.code: each.title for each in central().instruments}
    return tuple(_named(rule, f"{titles[rule.instrument].zh} {titles[rule.instrument].en}") for rule in central().texts)


def _named(rule: RuleText, instrument: str) -> _Named:
    title, *readings = search_text(rule.title.zh.replace(" ", "")).split()
    articles = f"{rule.article or ''} {words.article_numeral(rule.article)}"
    more = f"{rule.instrument} {instrument} {articles} {rule.text.zh} {rule.text.en}"
    return _Named(rule, rule.id.lower(), f"{title} {rule.title.en.lower()}", tuple(readings), more.lower())
