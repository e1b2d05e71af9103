"""Three ways in which access is narrowed, told from the first click to the ledger: recusal, purpose, category."""

from typing import Any

from django.test import Client

from quanheng.ledger.models import Entry
from quanheng.people.models import KinTie
from tests.access.canaries import of
from tests.access.visits import browser
from tests.access.world import CADRES, World
from tests.ledger_reading import entries

REASON = "核对户籍后确认的亲属关系"


def listed(client: Client) -> set[str]:
    """Who stands in the list, by the canaries of their names."""
    return set(of(client.get("/desk/people/?scope=all")) & CADRES.keys())


def status(client: Client, world: World, key: str, query: str = "") -> int:
    return client.get(f"/desk/people/{world.keys[f'cadre_{key}']}/{query}").status_code


def confirm(client: Client, world: World, tie: str, cadre: str) -> Any:
    values = {"state": "confirmed", "reason": REASON, "expected_revision": "0"}
    return client.post(f"/desk/people/{world.keys[f'cadre_{cadre}']}/kin/{world.keys[f'tie_{tie}']}/", values)


def test_a_confirmed_tie_closes_the_file_to_the_relative_at_the_next_click(world: World) -> None:
    wen, lin = browser(world, "wen"), browser(world, "lin")
    assert listed(wen) == {"chen", "county", "cousin", "deep"}
    assert status(wen, world, "cousin") == 200
    # Not by the officer himself: the other side of the tie is the own file, of which nothing is shown to him.
    assert confirm(wen, world, "cousin", "cousin").status_code == 404
    assert confirm(lin, world, "cousin", "cousin").status_code == 302
    assert KinTie.objects.get(pk=world.keys["tie_cousin"]).state == "confirmed"
    assert listed(wen) == {"chen", "county", "deep"}
    refused = wen.get(f"/desk/people/{world.keys['cadre_cousin']}/")
    assert refused.status_code == 403
    assert "按回避规定不经手" in refused.content.decode()
    assert not of(refused) & CADRES.keys()
    assert status(lin, world, "cousin") == 200
    keys = {"pk": [world.keys[f"cadre_{key}"] for key in ("own", "spouse", "cousin", "chen")]}
    assert of(wen.post("/desk/people/export/", keys)) & CADRES.keys() == {"chen"}


def test_what_a_recused_officer_tried_is_in_the_ledger_but_not_in_his(world: World) -> None:
    wen = browser(world, "wen")
    before = Entry.objects.filter(is_refused=True).count()
    assert status(wen, world, "own") == 403
    entry = Entry.objects.filter(is_refused=True).latest("pk")
    assert Entry.objects.filter(is_refused=True).count() == before + 1
    assert (entry.actor, str(entry.cadre)) == (world.accounts["wen"].pk, world.keys["cadre_own"])
    assert wen.get(f"/desk/ledger/{entry.pk}/").status_code == 404
    assert browser(world, "lin").get(f"/desk/ledger/{entry.pk}/").status_code == 200


def test_the_own_file_is_read_as_its_subject_and_nothing_can_be_changed(world: World) -> None:
    wen = browser(world, "wen")
    own = wen.get("/mine/dossier/")
    assert own.status_code == 200
    assert of(own) & CADRES.keys() == {"own"}
    assert Entry.objects.latest("pk").purpose == "subject_access"
    values = {"raw": "霁州松涧", "reason": REASON, "expected_revision": "0"}
    changed = wen.post(f"/desk/people/{world.keys['cadre_own']}/fields/native-place/", values)
    assert changed.status_code == 403
    assert not Entry.objects.filter(action="people.change_field", actor=world.accounts["wen"].pk, is_refused=False)


def test_a_supervisor_reads_for_supervision_and_nobody_else_is_told(world: World) -> None:
    he = browser(world, "he")
    assert listed(he) == set(CADRES) - {"gone"}
    assert status(he, world, "chen") == 200
    opened = Entry.objects.filter(actor=world.accounts["he"].pk).latest("pk")
    assert (opened.action, opened.purpose) == ("ledger.open_dossier", "supervision")
    for purpose in ("management", "selection", "assessment"):
        assert status(he, world, "chen", f"?purpose={purpose}") == 403
    he.get(f"/desk/people/{world.keys['cadre_chen']}/form.docx")
    printed = Entry.objects.filter(action="people.print_form").latest("pk")
    assert printed.purpose == "supervision"
    # The officer of the file and the cadre see neither the reading nor the print.
    for who, url in (("lin", "/desk/ledger/"), ("chen", "/mine/readings/")):
        assert "何静" not in browser(world, who).get(url).content.decode()
    lin = browser(world, "lin")
    assert [lin.get(f"/desk/ledger/{entry.pk}/").status_code for entry in (opened, printed)] == [404, 404]
    readings = lin.get(f"/desk/people/{world.keys['cadre_chen']}/?tab=readings").content.decode()
    assert f"/desk/ledger/{printed.pk}/" not in readings


def test_a_supervisor_changes_nothing(world: World) -> None:
    he, before = browser(world, "he"), len(entries("people."))
    values = {"raw": "霁州松涧", "reason": REASON, "expected_revision": "0"}
    assert he.post(f"/desk/people/{world.keys['cadre_chen']}/fields/native-place/", values).status_code == 403
    assert he.post("/desk/people/move/", {"pk": world.keys["cadre_chen"], "move": "1"}).status_code == 403
    assert he.get("/desk/imports/").status_code == 403
    assert len(entries("people.")) == before


def test_a_category_that_is_not_granted_is_neither_seen_nor_given(world: World) -> None:
    tang, county = browser(world, "tang"), world.keys["cadre_county"]
    assert listed(tang) == {"chen", "own", "spouse", "cousin", "deep"}
    assert status(tang, world, "county") == 404
    html = tang.get("/desk/people/?scope=all").content.decode()
    assert "共 <b>5</b>" in html
    # A city cadre cannot be moved out of sight, nor a county cadre taken in by guessing the key.
    moved = {"move": "1", "category": "county", "reason": REASON}
    assert tang.post("/desk/people/move/", {"pk": world.keys["cadre_chen"], **moved}).status_code == 200
    assert tang.post("/desk/people/move/", {"pk": county, **moved, "category": "city"}).status_code == 200
    assert not Entry.objects.filter(action="people.place_cadre", is_refused=False).exists()
    lin = browser(world, "lin")
    given = {"pk": county, **moved, "category": "city"}
    assert lin.post("/desk/people/move/", given).status_code == 302
    assert status(tang, world, "county") == 200
