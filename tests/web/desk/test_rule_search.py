"""Rules in the search box: however they are named, the nearest first, at most eight."""

from datetime import date

import pytest
from django.urls import reverse

from quanheng.instruments.texts import central
from quanheng.kernel.actor import Actor
from quanheng.web.desk.rule_search import rules_matching
from tests.conftest import ClientOf
from tests.web.desk.units import words

ON = date(2026, 11, 20)
RULE = "SEL-QUAL-08-3a"  # 副职提任正职


def found(text: str, limit: int = 300, on: date = ON) -> list[str]:
    return [rule.id for rule in rules_matching(text, on, limit=limit)]


@pytest.mark.parametrize(
    "text",
    [
        *("SEL-QUAL-08-3a", "sel-qual-08-3a", "副职提任正职", "副职 正职", "fztrzz", "fuzhitiren"),
        *(
            "From deputy to principal",
            "第八条第（三）项",
            "第八条 副职",
            "8(3)",
            "TJ2019 副职",
            "干部选拔任用工作条例 副职",
        ),
        "副职岗位满两年",
    ],
)
def test_a_rule_is_found_however_named(text: str) -> None:
    assert RULE in found(text)


@pytest.mark.parametrize("text", ["", " ", "8", "副", "第八条 破产", "no such rule", "%%", "'; --", "ztrzz"])
def test_other_texts_find_none(text: str) -> None:
    assert found(text) == []


def test_the_nearest_come_first() -> None:
    """The id that begins so, then names, then what else is said."""
    assert found("SEL-QUAL-08-3")[:2] == [RULE, "SEL-QUAL-08-3b"]
    named = found("试用期")
    titles = {rule.id: rule.title.zh for rule in central().texts}
    is_named = ["试用期" in titles[id] for id in named]
    assert any(is_named)
    assert not all(is_named)
    assert is_named == sorted(is_named, reverse=True)


def test_at_most_so_many_and_those_in_force() -> None:
    assert len(found("sel", limit=8)) == 8
    assert "SEL14-EXCL-24-2" not in found("SEL14")
    assert found("SEL14", on=date(2018, 6, 1)) == ["SEL14-EXCL-24-2"]


def test_the_box_shows_them_in_a_group_of_their_own(lin: Actor, wang: Actor, client_of: ClientOf) -> None:
    for actor in (lin, wang):
        page = words(client_of(actor), reverse("desk:search") + "?q=副职提任正职")
        assert "条款 副职提任正职 SEL-QUAL-08-3a" in page
        assert "第八条第（三）项" in page
    response = client_of(lin).get(reverse("desk:search"), {"q": RULE}, headers={"HX-Request": "true"})
    assert f'href="/desk/rules/{RULE}/"' in response.content.decode()
