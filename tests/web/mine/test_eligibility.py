"""我的资格: ranks and tiers only, RNK-NOT-AUTO beside them, and nothing that is kept from the subject."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse

from quanheng.insight.conditions import conditions
from quanheng.insight.situations import Facts
from quanheng.insight.targets import rank_target, tier_target
from quanheng.instruments.local import rulebook_in_force
from quanheng.kernel.actor import Actor
from quanheng.ledger.ledger_codes import OPEN_DOSSIER
from quanheng.ledger.models import Entry
from quanheng.organization.choices import PostTier, Rank
from quanheng.organization.models import Position
from quanheng.people.models import Cadre, PostHolding
from quanheng.web.mine.eligibility import WITHHELD
from tests.conftest import Cast, ClientOf
from tests.dossiers import fill, words

ON = date(2026, 11, 20)


@pytest.fixture(autouse=True)
def _clock(at: datetime) -> Iterator[None]:
    with time_machine.travel(at, tick=False):
        yield


@pytest.fixture
def deputy(cast: Cast, at: datetime) -> Cadre:
    cadre = fill(cast.chen_file, at - timedelta(days=100))
    PostHolding.objects.filter(cadre=cadre, title="局长").delete()
    PostHolding.objects.filter(cadre=cadre).update(valid_from=date(2025, 6, 1), valid_to=None)
    return cadre


def page(query: str = "") -> str:
    return reverse("mine:eligibility") + (f"?{query}" if query else "")


def drawer(rule: str, target: str) -> str:
    return reverse("mine:rule-evidence", args=[rule]) + f"?target={target}"


def test_ranks_and_tiers_with_the_day(deputy: Cadre, chen: Actor, client_of: ClientOf) -> None:
    text = words(client_of(chen), page())
    assert "县处级正职 不符合 2027-06-01 起符合 副职提任正职 差 7 个月，2027-06-01 起符合" in text
    assert "二级调研员" in text


def test_meeting_them_is_not_being_promoted(deputy: Cadre, chen: Actor, client_of: ClientOf) -> None:
    text = words(client_of(chen), page())
    law = rulebook_in_force(ON).book.rule("RNK-NOT-AUTO", ON).text.zh
    assert "符合条件不等于必然晋升。" in text
    assert law in text


def test_what_people_decide_is_no_suspicion(deputy: Cadre, chen: Actor, client_of: ClientOf) -> None:
    """Among what waits for people stand conditions such as soliciting votes: they are asked of everybody."""
    text = words(client_of(chen), page())
    assert "等人认定或查明" in text
    assert "列在这里不表示对您有任何看法" in text


def test_no_post_is_named(cast: Cast, deputy: Cadre, chen: Actor, client_of: ClientOf) -> None:
    post = Position.objects.create(
        unit=cast.unit_a, title="局长", tier=PostTier.COUNTY_PRINCIPAL, valid_from=date(2010, 1, 1)
    )
    client = client_of(chen)
    assert "示范市甲局局长" not in words(client, page())
    assert words(client, page(f"target=post:{post.pk}")) == words(client, page())
    assert client.get(drawer("AVO-KIN", f"post:{post.pk}")).status_code == 404


@pytest.mark.parametrize("rule", sorted(WITHHELD.rules))
def test_what_is_kept_from_the_subject_is_not_there(deputy: Cadre, chen: Actor, client_of: ClientOf, rule: str) -> None:
    client = client_of(chen)
    html = client.get(page("target=rank:counsel_2")).content.decode()
    assert rule not in html
    assert client.get(drawer(rule, "rank:counsel_2")).status_code == 404


@pytest.mark.django_db
def test_every_rule_that_looks_at_a_secret_is_known() -> None:
    """A new one must be left out, or must say the same whether there is an inquiry or not."""
    house, targets = rulebook_in_force(ON), [*map(rank_target, Rank), *map(tier_target, PostTier)]
    asked = {rule.id: rule for target in targets for rule in conditions(house, target)}
    looking = {id for id, rule in asked.items() if rule.facts & WITHHELD.facts}
    assert looking == WITHHELD.rules | {"RNK-BAN"}


def test_the_secret_facts_are_taken_out_before_anything_is_asked() -> None:
    recorded: Facts = {"inquiries": (), "person.has_open_case": True, "posts": ()}
    assert WITHHELD.told(recorded) == {"posts": ()}


def test_the_drawer_names_nobody_and_changes_nothing(deputy: Cadre, chen: Actor, client_of: ClientOf) -> None:
    html = client_of(chen).get(drawer("SEL-QUAL-08-3a", "post:county_principal")).content.decode()
    text = words(client_of(chen), drawer("SEL-QUAL-08-3a", "post:county_principal"))
    assert "您的档案 县处级正职" in text
    assert "1 年 5 个月 须达到 2 年" in text
    assert "何静" not in text
    assert "录入" not in text
    assert "/desk/" not in html
    assert "您认为有误时" in text


def test_the_opening_is_logged_as_the_subjects(deputy: Cadre, chen: Actor, client_of: ClientOf) -> None:
    client = client_of(chen)
    client.get(page())
    client.get(drawer("SEL-QUAL-08-3a", "post:county_principal"))
    (entry,) = Entry.objects.filter(action=OPEN_DOSSIER)
    assert (entry.cadre, entry.purpose) == (deputy.pk, "subject_access")


def test_an_officer_has_no_such_page(deputy: Cadre, lin: Actor, client_of: ClientOf) -> None:
    assert client_of(lin).get(page()).status_code == 404
