"""A person put in by hand, and files moved between units."""

from datetime import date, datetime

import pytest

from quanheng.formats import identity
from quanheng.kernel.actor import Actor
from quanheng.kernel.errors import NotFound, NotPermitted
from quanheng.ledger.models import Entry
from quanheng.organization.models import Unit
from quanheng.people import placement_actions
from quanheng.people.actions import CannotChange
from quanheng.people.choices import CadreStatus
from quanheng.people.models import Cadre, FieldSource
from tests.conftest import Cast

TEXTS = {
    "name": "林晚",
    "sex": "女",
    "birth": "1991.11",
    "ethnicity": "满族",
    "party_joining": "201206",
    "identity_number": identity.complete("00010119911112002"),
    "work_start": "",
}
REASON = "新录用公务员，补录档案基本情况"


def create(actor: Actor, cast: Cast, at: datetime, **changes: object) -> Cadre:
    given: dict[str, object] = {
        "texts": TEXTS, "unit": cast.unit_a, "category": "city", "is_another": False, "reason": REASON,
    }  # fmt: skip
    return placement_actions.create_cadre(actor=actor, at=at, **(given | changes))  # type: ignore[arg-type]


def test_a_person_is_added_with_a_source_for_each_value(cast: Cast, lin: Actor, at: datetime) -> None:
    cadre = create(lin, cast, at)
    assert (cadre.birth_month, cadre.ethnicity, cadre.search_text) == (date(1991, 11, 1), "11", "林晚 linwan lw")
    assert cadre.party_joined_month == date(2012, 6, 1)
    fields = FieldSource.objects.filter(cadre=cadre, source="officer").values_list("field", flat=True)
    assert sorted(fields) == ["birth", "ethnicity", "identity_number", "name", "party_joining", "sex"]
    entry = Entry.objects.get(action="people.create_cadre")
    assert (entry.actor, entry.cadre) == (lin.key, cadre.pk)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"texts": TEXTS | {"birth": "1991.13"}}, "value-unreadable"),
        ({"texts": TEXTS | {"name": " "}}, "value-unreadable"),
        ({"texts": TEXTS | {"identity_number": "000101199111120029"}}, "value-unreadable"),
        ({"reason": "补录"}, "no-reason"),
    ],
)
def test_what_cannot_be_read_is_not_added(
    cast: Cast, lin: Actor, at: datetime, changes: dict[str, object], code: str
) -> None:
    before = Cadre.objects.count()
    with pytest.raises(CannotChange) as refusal:
        create(lin, cast, at, **changes)
    assert (refusal.value.code, Cadre.objects.count()) == (code, before)
    assert not Entry.objects.filter(action="people.create_cadre").exists()


def test_the_same_number_is_not_added_twice(cast: Cast, lin: Actor, at: datetime) -> None:
    create(lin, cast, at)
    with pytest.raises(CannotChange) as refusal:
        create(lin, cast, at, texts=TEXTS | {"name": "林早"})
    assert refusal.value.code == "duplicate"


def test_a_namesake_is_asked_about_and_may_be_another(cast: Cast, lin: Actor, at: datetime) -> None:
    first = create(lin, cast, at)
    same = {key: text for key, text in TEXTS.items() if key != "identity_number"}
    with pytest.raises(CannotChange) as refusal:
        create(lin, cast, at, texts=same)
    assert (refusal.value.code, refusal.value.facts["cadre"]) == ("namesake", str(first.pk))
    create(lin, cast, at, texts=same, is_another=True)
    assert Cadre.objects.filter(name="林晚").count() == 2


def test_nobody_is_added_out_of_the_own_scope(cast: Cast, lin: Actor, wang: Actor, at: datetime) -> None:
    for actor, unit in ((lin, cast.unit_b), (wang, cast.unit_a)):
        with pytest.raises(NotPermitted):
            create(actor, cast, at, unit=unit)
    assert not Cadre.objects.filter(name="林晚").exists()


def test_a_file_is_moved_with_its_entry(cast: Cast, lin: Actor, at: datetime) -> None:
    placement_actions.place_cadres(
        actor=lin, cadres=[cast.chen_file.pk], category="county", status="retired", reason=REASON, at=at
    )
    moved = Cadre.objects.get(pk=cast.chen_file.pk)
    assert (moved.management_category, moved.status, moved.revision) == ("county", CadreStatus.RETIRED, 1)
    assert Entry.objects.filter(action="people.place_cadre", cadre=moved.pk).count() == 1


def test_a_file_goes_only_where_the_grant_reaches(cast: Cast, lin: Actor, zhao: Actor, at: datetime) -> None:
    with pytest.raises(NotPermitted):
        placement_actions.place_cadres(actor=lin, cadres=[cast.chen_file.pk], unit=cast.unit_b, reason=REASON, at=at)
    with pytest.raises(NotFound):
        placement_actions.place_cadres(actor=zhao, cadres=[cast.chen_file.pk], unit=cast.unit_b, reason=REASON, at=at)
    assert Cadre.objects.get(pk=cast.chen_file.pk).home_unit == cast.unit_a


def test_all_are_moved_or_none(cast: Cast, lin: Actor, at: datetime) -> None:
    own = create(lin, cast, at)
    with pytest.raises(NotFound):
        placement_actions.place_cadres(
            actor=lin, cadres=[own.pk, cast.zhou_file.pk], status="retired", reason=REASON, at=at
        )
    assert Cadre.objects.get(pk=own.pk).status == CadreStatus.SERVING


def test_no_file_is_put_into_a_unit_that_has_ended(cast: Cast, lin: Actor, at: datetime) -> None:
    seen = Unit.objects.get(pk=cast.unit_a.pk)  # as the page had it, before the unit ended
    Unit.objects.filter(pk=seen.pk).update(abolished_on=date(2026, 11, 1))
    with pytest.raises(NotPermitted):
        create(lin, cast, at, unit=seen)
    with pytest.raises(NotPermitted):
        placement_actions.place_cadres(actor=lin, cadres=[cast.chen_file.pk], unit=seen, reason=REASON, at=at)
    placement_actions.place_cadres(actor=lin, cadres=[cast.chen_file.pk], status="retired", reason=REASON, at=at)
    assert Cadre.objects.get(pk=cast.chen_file.pk).status == CadreStatus.RETIRED
