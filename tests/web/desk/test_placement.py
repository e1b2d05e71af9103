"""新增人员 and 调整归属 on the page."""

from collections.abc import Iterator
from datetime import datetime

import pytest
import time_machine

from quanheng.kernel.actor import Actor
from quanheng.ledger.models import Entry
from quanheng.people.models import Cadre
from tests.conftest import Cast, ClientOf, make_cadre

FORM = {
    "name": "林晚", "sex": "女", "birth": "1991.11", "ethnicity": "汉族", "category": "city",
    "unit": "QH01", "reason": "新录用公务员，补录档案基本情况",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _now(at: datetime) -> Iterator[None]:
    with time_machine.travel(at, tick=False):
        yield


def test_a_person_added_by_hand_leads_to_the_file(client_of: ClientOf, lin: Actor) -> None:
    response = client_of(lin).post("/desk/people/new/", FORM)
    assert response["Location"] == f"/desk/people/{Cadre.objects.get(name='林晚').pk}/"


def test_a_wrong_value_keeps_the_input_and_says_why(client_of: ClientOf, lin: Actor) -> None:
    html = client_of(lin).post("/desk/people/new/", FORM | {"birth": "1991.13"}).content.decode()
    assert "还没有新增" in html
    assert 'value="林晚"' in html
    assert not Cadre.objects.filter(name="林晚").exists()


def test_a_namesake_is_linked_and_the_second_try_may_pass(
    client_of: ClientOf, lin: Actor, cast: Cast, at: datetime
) -> None:
    client = client_of(lin)
    client.post("/desk/people/new/", FORM)
    html = client.post("/desk/people/new/", FORM).content.decode()
    assert "同名、同出生年月" in html
    client.post("/desk/people/new/", FORM | {"is_another": "on"})
    assert Cadre.objects.filter(name="林晚").count() == 2


def test_chosen_people_are_moved(client_of: ClientOf, lin: Actor, cast: Cast, at: datetime) -> None:
    wan = make_cadre("林晚", cast.unit_a, at)
    client, chosen = client_of(lin), {"pk": [wan.pk, cast.chen_file.pk]}
    assert "林晚（示范市甲局）" in client.post("/desk/people/move/", chosen).content.decode()
    client.post("/desk/people/move/", chosen | {"move": "1", "status": "retired", "reason": FORM["reason"]})
    assert set(Cadre.objects.filter(status="retired").values_list("name", flat=True)) == {"林晚", "陈知行"}


def test_people_of_another_scope_are_not_listed_and_not_moved(client_of: ClientOf, zhao: Actor, cast: Cast) -> None:
    html = client_of(zhao).post("/desk/people/move/", {"pk": [cast.chen_file.pk]}).content.decode()
    assert "陈知行" not in html
    assert "没有选人" in html


def test_who_only_reads_may_do_neither(client_of: ClientOf, wang: Actor) -> None:
    assert client_of(wang).get("/desk/people/new/").status_code == 403
    assert client_of(wang).post("/desk/people/move/").status_code == 403


def test_a_move_that_is_refused_stands_in_the_ledger(client_of: ClientOf, lin: Actor, cast: Cast) -> None:
    posted = {"pk": [cast.chen_file.pk], "move": "1", "reason": FORM["reason"]}  # nothing to change
    assert "完全一样" in client_of(lin).post("/desk/people/move/", posted).content.decode()
    entry = Entry.objects.get(action="people.place_cadre")
    assert (entry.is_refused, entry.actor, entry.object_key) == (True, lin.key, "people.cadre")
