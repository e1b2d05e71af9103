"""The search box: every way to write a name, scope only, groups of at most eight, few queries."""

from datetime import date, datetime
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from quanheng.kernel.actor import Actor
from quanheng.people.choices import SourceKind
from quanheng.people.models import Cadre, PostHolding
from quanheng.people.names import search_text, sort_name
from quanheng.people.queries_search import search_cadres
from tests.conftest import Cast, ClientOf, make_cadre
from tests.web.desk.units import TextOf

ON = date(2026, 11, 20)
TAIL = "001X"
NUMBER = "00010119800101001X"


def person(cast: Cast, name: str, at: datetime, former: str = "", **values: object) -> Cadre:
    cadre = make_cadre(name, cast.unit_a, at, former_names=former, **values)
    cadre.search_text, cadre.sort_name = search_text(name, former), sort_name(name)
    cadre.save()
    return cadre


def hold(cadre: Cadre, unit: str, title: str, at: datetime, **values: object) -> PostHolding:
    return PostHolding.objects.create(
        cadre=cadre,
        unit_name=unit,
        title=title,
        source=SourceKind.OFFICER,
        recorded_at=at,
        recorded_by=uuid4(),
        **{"valid_from": date(2022, 1, 1), **values},
    )


@pytest.fixture
def shen(cast: Cast, at: datetime) -> Cadre:
    cadre = person(cast, "沈砚秋", at, former="沈秋生", identity_number=NUMBER)
    hold(cadre, "示范市甲局", "副局长", at)
    hold(cadre, "示范市乙局", "科长", at, valid_from=date(2018, 1, 1), valid_to=date(2022, 1, 1))
    return cadre


def names(actor: Actor, text: str) -> list[str]:
    return [found.cadre.name for found in search_cadres(actor, text, ON, limit=8)]


@pytest.mark.parametrize(
    "text", ["沈砚秋", "砚秋", "沈 秋", "shenyanqiu", "SHENYAN", "syq", "沈秋生", "sqs", TAIL, "001x"]
)
def test_a_person_is_found_however_written(text: str, shen: Cadre, lin: Actor) -> None:
    assert names(lin, text) == ["沈砚秋"]


@pytest.mark.parametrize("text", ["", "   ", "沈砚冬", "0019", "%", "_"])
def test_other_texts_find_nobody(text: str, shen: Cadre, lin: Actor) -> None:
    assert names(lin, text) == []


@pytest.mark.parametrize("text", ["shanmin", "danmin", "单敏", "sm", "dm"])
def test_a_surname_of_two_readings_is_found_by_both(text: str, cast: Cast, lin: Actor, at: datetime) -> None:
    person(cast, "单敏", at)
    assert names(lin, text) == ["单敏"]


def test_the_nearest_come_first(cast: Cast, lin: Actor, at: datetime) -> None:
    for name in ("李王", "王敏", "王", "汪洋"):
        person(cast, name, at)
    assert names(lin, "王") == ["王", "王敏", "李王"]
    assert names(lin, "wang") == ["王", "王敏", "汪洋", "李王"]


def test_the_post_is_the_present_one_and_follows_the_unit(cast: Cast, shen: Cadre, lin: Actor, at: datetime) -> None:
    assert [found.post for found in search_cadres(lin, "syq", ON, limit=8)] == ["示范市甲局副局长"]
    assert [found.post for found in search_cadres(lin, "syq", date(2020, 1, 1), limit=8)] == ["示范市乙局科长"]


def test_the_page_works_without_script(client_of: ClientOf, shen: Cadre, lin: Actor) -> None:
    page = client_of(lin).get(reverse("desk:search"), {"q": "syq"}).content.decode()
    assert "人 沈砚秋 示范市甲局副局长" in str(TextOf(page))
    assert f'<a href="{reverse("desk:dossier", args=[shen.pk])}" data-hit>' in page
    assert 'name="q" value="syq"' in page


def test_the_drop_down_is_the_groups_alone(client_of: ClientOf, cast: Cast, shen: Cadre, lin: Actor) -> None:
    answer = client_of(lin).get(reverse("desk:search"), {"q": "jiaju"}, headers={"HX-Request": "true"})
    assert str(TextOf(answer.content.decode())) == "单位 示范市甲局 QH01"
    assert b"<html" not in answer.content


def test_namesakes_are_told_apart(client_of: ClientOf, cast: Cast, lin: Actor, at: datetime) -> None:
    hold(person(cast, "王敏", at), "示范市甲局", "办公室主任", at)
    person(cast, "王敏", at)
    page = client_of(lin).get(reverse("desk:search"), {"q": "王敏"}).content.decode()
    words = str(TextOf(page))
    assert "王敏 示范市甲局办公室主任" in words
    assert words.count("王敏") == 2  # beside the box, whose value is no text of the page


def test_at_most_eight_of_each(client_of: ClientOf, cast: Cast, lin: Actor, at: datetime) -> None:
    for number in range(10):
        person(cast, f"甲{number}", at)
    page = client_of(lin).get(reverse("desk:search"), {"q": "甲"}).content.decode()
    assert page.count("data-hit") == 9  # eight persons and the unit


@pytest.mark.parametrize("text", ["沈砚秋", "shenyanq", TAIL, "甲局", "QH01", "陈知行"])
def test_zhao_learns_nothing_of_unit_a(text: str, client_of: ClientOf, shen: Cadre, zhao: Actor) -> None:
    """The answer is the same as for a name that nobody has: no count of what is hidden."""
    page = client_of(zhao).get(reverse("desk:search"), {"q": text}).content.decode()
    nobody = client_of(zhao).get(reverse("desk:search"), {"q": "无此人"}).content.decode()
    assert f"没有找到“{text}”。可试全拼、首字母、曾用名，或证件号后四位。" in page
    assert str(TextOf(page)).replace(text, "无此人") == str(TextOf(nobody))


@pytest.mark.parametrize("name", ["chen", "qian", "wu", "xu", "outsider"])
def test_others_have_no_search(name: str, client_of: ClientOf, request: pytest.FixtureRequest) -> None:
    client = client_of(request.getfixturevalue(name))
    assert client.get(reverse("desk:search"), {"q": "陈"}).status_code == 404


def test_queries_are_few(client_of: ClientOf, cast: Cast, lin: Actor, at: datetime) -> None:
    client = client_of(lin)
    for number in range(9):
        hold(person(cast, f"甲{number}", at), "示范市甲局", "科员", at)
    client.get(reverse("desk:search"))
    with CaptureQueriesContext(connection) as queries:
        client.get(reverse("desk:search"), {"q": "甲"})
    assert len(queries) <= 12
