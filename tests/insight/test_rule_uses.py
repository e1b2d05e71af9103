"""Which screens ask a rule, and how many open matters it would decide."""

from datetime import date

import pytest

from quanheng.insight import rule_uses
from quanheng.insight.rule_uses import Uses, count_open_matters, uses_of
from quanheng.instruments.local import rulebook_in_force

pytestmark = pytest.mark.django_db
ON = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("rule", "targets", "is_watched"),
    [
        ("SEL-QUAL-08-1a", ("post",), False),
        ("RNK-Y-03", ("rank",), True),
        ("SAN-ADM-W", ("post", "rank", "pool"), True),
        ("AVO-KIN", ("post", "rank"), False),
        ("EXC-10", (), True),
        ("SEL-DEC-34", (), False),  # about a case
        ("XF-NONE", (), False),
    ],
)
def test_what_asks_a_rule(rule: str, targets: tuple[str, ...], is_watched: bool) -> None:
    assert uses_of(rule, rulebook_in_force(ON)) == Uses(targets, is_watched, 0)


def test_open_matters_are_counted_in_every_room(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, date]] = []

    def count(rule: str, on: date) -> int:
        asked.append((rule, on))
        return 3 if rule == "RNK-Y-03" else 0

    assert count_open_matters("RNK-Y-03", ON) == 0  # no room of procedures is built yet
    monkeypatch.setattr(rule_uses, "ROOMS", {"selection": count, "adjustment": count})
    assert [count_open_matters(rule, ON) for rule in ("RNK-Y-03", "RNK-Y-04")] == [6, 0]
    assert uses_of("RNK-Y-03", rulebook_in_force(ON)).open_matters == 6
    assert asked == [("RNK-Y-03", ON)] * 2 + [("RNK-Y-04", ON)] * 2 + [("RNK-Y-03", ON)] * 2
