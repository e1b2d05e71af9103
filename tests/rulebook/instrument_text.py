"""A small instrument as text, and the same with a line changed: what the tests of reading begin from."""

import pytest

from quanheng.rulebook.book import Rulebook, build
from quanheng.rulebook.fields import CannotReadInstrument
from quanheng.rulebook.instrument import Instrument
from quanheng.rulebook.reading import read_instrument

HEAD = """\
instrument: {code}
title: {{zh: 试行规定, en: Trial provisions}}
kind: provisions
issuer: 中共中央
number: null
effective: {{from: {start}, until: {end}}}
status: in_force
seen: P1
rules:
"""
RULE = """\
  - id: {id}
    title: {{zh: 年限, en: Years}}
    article: 8(1)
    article_verified: true
    effective: {{from: {start}, until: {end}}}
    kind: eligibility
    subject: leading_cadre
    text: {{zh: 须满五年, en: At least five years}}
    parameters:
      min_years: {{value: 5, unit: years, article: 8(1), seen: true}}
    evidence: [posts.level]
    check: computed
    on_fail: block
    verified: true
    seen_version: current
    basis: P1
    state: not_yet_computed
"""


def rule(id: str = "SEL-A", start: object = "2019-03-03", end: object = "null") -> str:
    return RULE.format(id=id, start=start, end=end)


def text(*rules: str, code: str = "A2019", start: object = "2019-03-03", end: object = "null") -> str:
    return HEAD.format(code=code, start=start, end=end) + "".join(rules or (rule(),))


def changed(old: str, new: str) -> str:
    """The small instrument with one place changed; an `old` that is not there is an error of the test."""
    whole = text()
    assert whole.count(old) == 1, old
    return whole.replace(old, new)


def added(lines: str) -> str:
    """With further fields in its rule, given without their indentation."""
    return text() + "".join(f"    {line}\n" for line in lines.splitlines())


def instrument(*rules: str, code: str = "A2019", start: object = "2019-03-03", end: object = "null") -> Instrument:
    return read_instrument(text(*rules, code=code, start=start, end=end), f"{code}.yaml")


def book(*instruments: Instrument) -> Rulebook:
    return build(instruments, [], {}, {"posts.level": "任职层次"})


def refusal(written: str, file: str = "A2019.yaml") -> CannotReadInstrument:
    with pytest.raises(CannotReadInstrument) as refused:
        read_instrument(written, file)
    assert set(refused.value.facts) == {"file", "line", "rule", "field", "what", "why"}
    assert refused.value.facts["file"] == file
    return refused.value


def place(refused: CannotReadInstrument) -> tuple[str, object, object, object]:
    return refused.code, refused.facts["line"], refused.facts["rule"], refused.facts["field"]
