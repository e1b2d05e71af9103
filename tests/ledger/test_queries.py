"""Who sees which entries, in what order, and what of them."""

from datetime import timedelta
from uuid import UUID

import pytest

from quanheng.kernel.actor import SYSTEM, Actor, Purpose, Role
from quanheng.kernel.errors import NotFound
from quanheng.ledger import access, queries
from quanheng.ledger.actions import Draft, erase_detail, record, record_many, record_opening
from quanheng.ledger.models import Entry
from quanheng.ledger.queries import EntryFilter, find_entries
from tests.ledger.conftest import AT

pytestmark = pytest.mark.django_db
CHEN, ZHOU, KIN = UUID(int=101), UUID(int=102), UUID(int=103)


def actor(number: int, *roles: Role, cadre: UUID | None = None, recused: frozenset[UUID] = frozenset()) -> Actor:
    return Actor(key=UUID(int=number), name="", roles=frozenset(roles), cadre=cadre, recused=recused)


LIN = actor(1, Role.CADRE_OFFICER, recused=frozenset({KIN}))
SUPERVISOR = actor(2, Role.DISCIPLINE_SUPERVISOR)
SUBJECT = actor(3, Role.CADRE, cadre=CHEN)
AUDITOR = actor(4, Role.AUDIT_ADMIN)


@pytest.fixture
def entries() -> dict[str, Entry]:
    def change(who: Actor, cadre: UUID | None) -> Entry:
        return record(actor=who, action="alpha.change", obj="x:1", cadre=cadre, at=AT)

    return {
        "chen": change(SUPERVISOR, CHEN),
        "zhou": change(SUPERVISOR, ZHOU),
        "kin": change(SUPERVISOR, KIN),
        "own": change(LIN, None),
        "other": change(SUPERVISOR, None),
        "opened": record_opening(actor=LIN, cadre=CHEN, purpose=Purpose.MANAGEMENT, at=AT),
        "supervised": record_opening(actor=SUPERVISOR, cadre=CHEN, purpose=Purpose.SUPERVISION, at=AT),
    }


def names(entries: dict[str, Entry], found: object) -> set[str]:
    keys = {entry.pk for entry in found}  # type: ignore[attr-defined]
    return {name for name, entry in entries.items() if entry.pk in keys}


def test_each_role_sees_exactly_its_entries(entries: dict[str, Entry]) -> None:
    def seen(who: Actor) -> set[str]:
        return names(entries, access.visible_entries(who, cadres={CHEN, KIN}))

    assert seen(AUDITOR) == set(entries)
    assert seen(LIN) == {"chen", "own", "opened"}
    assert seen(SUPERVISOR) == {"chen", "kin", "other", "opened", "supervised"}
    for nobody in (SUBJECT, actor(5), SYSTEM, actor(6, Role.SYSTEM_ADMIN), actor(7, Role.SECURITY_ADMIN)):
        assert seen(nobody) == set()


def test_a_scope_may_be_a_query(entries: dict[str, Entry]) -> None:
    scope = Entry.objects.filter(cadre=ZHOU).values("cadre")
    assert names(entries, access.visible_entries(LIN, cadres=scope)) == {"zhou", "own"}
    assert names(entries, access.visible_entries(LIN)) == {"own"}


def test_an_entry_out_of_scope_is_as_one_that_is_not_there(entries: dict[str, Entry]) -> None:
    assert access.entry_for(LIN, entries["chen"].pk, cadres={CHEN}) == entries["chen"]
    for pk in (entries["zhou"].pk, 10**9):
        with pytest.raises(NotFound):
            access.entry_for(LIN, pk, cadres={CHEN})


def test_the_subject_sees_who_opened_the_file(entries: dict[str, Entry]) -> None:
    assert names(entries, queries.own_openings(SUBJECT)) == {"opened"}
    assert names(entries, queries.own_openings(LIN)) == set()
    assert names(entries, queries.openings_of(CHEN)) == {"opened", "supervised"}


def test_last_opened_are_persons_newest_first_once_each(
    entries: dict[str, Entry], monkeypatch: pytest.MonkeyPatch
) -> None:
    for cadre in (ZHOU, CHEN, KIN, ZHOU):
        record_opening(actor=LIN, cadre=cadre, purpose=Purpose.MANAGEMENT, at=AT)
    assert queries.last_opened(LIN) == [ZHOU, KIN, CHEN]
    assert queries.last_opened(SUPERVISOR) == [CHEN]
    monkeypatch.setattr(queries, "NEWEST", 2)
    assert queries.last_opened(LIN) == [ZHOU, KIN]


@pytest.fixture
def many() -> list[Entry]:
    drafts = [
        Draft(
            action="alpha.change" if n % 2 else "beta.change",
            object_key=f"x:{n % 5}",
            cadre=CHEN if n % 3 else None,
            cites=["R-1"] if n % 4 == 0 else ["R-12", "R-2"],
            on_behalf_of=UUID(int=55) if n == 7 else None,
            is_refused=n == 8,
        )
        for n in range(20)
    ]
    return [record_many(actor=LIN, drafts=[d], at=AT + timedelta(days=n))[0] for n, d in enumerate(drafts)]


def numbers(many: list[Entry], wanted: EntryFilter) -> list[int]:
    return [many.index(entry) for entry in find_entries(Entry.objects.all(), wanted).entries]


def test_filters(many: list[Entry]) -> None:
    assert numbers(many, EntryFilter()) == list(range(19, -1, -1))
    assert numbers(many, EntryFilter(since=AT + timedelta(days=3), until=AT + timedelta(days=5))) == [4, 3]
    assert numbers(many, EntryFilter(object_key="x:3")) == [18, 13, 8, 3]
    assert numbers(many, EntryFilter(action="alpha.change")) == list(range(19, 0, -2))
    assert numbers(many, EntryFilter(action="beta.")) == list(range(18, -1, -2))
    assert numbers(many, EntryFilter(cite="R-1")) == [16, 12, 8, 4, 0]
    assert numbers(many, EntryFilter(cite="R-2", object_key="x:3")) == [18, 13, 3]
    assert numbers(many, EntryFilter(actor=UUID(int=55))) == [7]
    assert numbers(many, EntryFilter(actors=(UUID(int=55), UUID(int=56)))) == [7]
    assert numbers(many, EntryFilter(actors=())) == []  # a name that nobody has narrows to nothing
    assert numbers(many, EntryFilter(cadres=())) == []
    assert numbers(many, EntryFilter(stream="alpha")) == list(range(19, 0, -2))
    assert numbers(many, EntryFilter(stream="alph")) == []
    assert numbers(many, EntryFilter(stream="read.")) == []
    assert len(numbers(many, EntryFilter(actor=LIN.key))) == 20
    assert numbers(many, EntryFilter(cadre=CHEN, action="alpha.change")) == [19, 17, 13, 11, 7, 5, 1]
    assert numbers(many, EntryFilter(is_refused=True)) == [8]
    assert len(numbers(many, EntryFilter(is_refused=False))) == 19


def test_pages_by_key_go_forth_and_back(many: list[Entry]) -> None:
    everything = Entry.objects.all()
    first = find_entries(everything, limit=8)
    second = find_entries(everything, before=first.older, limit=8)
    third = find_entries(everything, before=second.older, limit=8)
    pages = [first, second, third]
    assert [[many.index(entry) for entry in page.entries] for page in pages] == [
        list(range(19, 11, -1)),
        list(range(11, 3, -1)),
        list(range(3, -1, -1)),
    ]
    assert (first.newer, third.older) == (None, None)
    back = find_entries(everything, after=third.newer, limit=8)
    assert back == second
    assert find_entries(everything, after=second.newer, limit=8) == first
    assert find_entries(everything, before=many[0].pk).entries == []


def test_the_auditor_sees_names_of_fields_and_no_values() -> None:
    detail = {"field": "birth_month", "before": {"birth_month": "1980-01"}, "after": {"birth_month": None}, "count": 3}
    entry = record(
        actor=LIN, action="alpha.change", obj="x:1", cadre=CHEN, detail=detail, reason="录入错误", cites=["R-1"], at=AT
    )
    for_officer, for_auditor = queries.shown(LIN, entry), queries.shown(AUDITOR, entry)
    assert for_officer.detail == detail
    assert for_auditor.detail == {**detail, "before": {"birth_month": "…"}}
    assert for_officer.reason == for_auditor.reason == "录入错误"
    assert (for_auditor.cites, for_auditor.is_erased) == (["R-1"], False)


def test_an_erased_detail_is_said_to_be_erased(entries: dict[str, Entry]) -> None:
    assert queries.shown(LIN, entries["chen"]) == queries.Shown(None, "", [], False)
    entry = record(actor=LIN, action="alpha.change", obj="x:1", reason="原因", at=AT)
    erase_detail(actor=LIN, entry=entry, reason="依法删除", at=AT)
    assert queries.shown(LIN, Entry.objects.get(pk=entry.pk)) == queries.Shown(None, "", [], True)


def test_lists_keep_the_shape_and_lose_the_values() -> None:
    masked = queries.masked({"records": [{"kind": "FamilyMember", "name": "甲"}], "fields": ["name", "birth"]})
    assert masked == {"records": [{"kind": "FamilyMember", "name": "…"}], "fields": ["name", "birth"]}
