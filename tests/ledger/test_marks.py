"""Change marks: written with the entry, and read so that none is lost, whatever else is being written."""

import random
import threading
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from uuid import UUID

import pytest
from django.db import connection, transaction

from quanheng.kernel.actor import SYSTEM, Actor, Purpose
from quanheng.kernel.errors import Refused
from quanheng.ledger import marks
from quanheng.ledger.actions import Draft, record, record_many, record_opening, record_refusal
from quanheng.ledger.models import ChangeMark
from quanheng.ledger.transactions import current_transaction
from tests.ledger.conftest import AT

ON_POSTGRESQL = connection.vendor == "postgresql"
WRITERS, ROUNDS = 6, 25


def marked() -> list[int]:
    return [key.int for key in ChangeMark.objects.order_by("seq").values_list("cadre", flat=True)]


def change(number: int, at: datetime = AT) -> None:
    record(actor=SYSTEM, action="alpha.change", obj=f"x:{number}", cadre=UUID(int=number), at=at)


@pytest.mark.django_db
def test_a_change_leaves_a_mark_of_the_person() -> None:
    change(7)
    (mark,) = ChangeMark.objects.all()
    assert mark.cadre == UUID(int=7)
    assert (mark.transaction is not None) is ON_POSTGRESQL


@pytest.mark.django_db
def test_many_entries_leave_one_mark_a_person() -> None:
    drafts = [Draft(action="alpha.change", object_key="x:1", cadre=UUID(int=key)) for key in (3, 4, 3)]
    record_many(actor=SYSTEM, drafts=[*drafts, Draft(action="beta.change", object_key="x:2")], at=AT)
    assert sorted(marked()) == [3, 4]


@pytest.mark.django_db(transaction=True)
def test_what_changes_nobody_leaves_no_mark(officer: Actor) -> None:
    record_opening(actor=officer, cadre=UUID(int=1), purpose=Purpose.MANAGEMENT, at=AT)
    record_refusal(actor=officer, action="alpha.change", obj="x:1", refusal=Refused("no"), cadre=UUID(int=1), at=AT)
    export = Draft(action="alpha.change", object_key="x:1", cadre=UUID(int=1), purpose=Purpose.MANAGEMENT.value)
    with transaction.atomic():
        record_many(actor=officer, drafts=[export], at=AT)
    assert marked() == []


@pytest.mark.django_db(transaction=True)
def test_a_change_taken_back_leaves_no_mark() -> None:
    with transaction.atomic():
        change(1)
        transaction.set_rollback(True)
    assert marked() == []


@pytest.mark.django_db(transaction=True)
def test_a_window_holds_what_came_after_the_watermark() -> None:
    with transaction.atomic():
        change(1)
    with marks.one_state():
        first = marks.watermark()
    assert changed(first) == []
    for number in (5, 2, 5):
        with transaction.atomic():
            change(number)
    assert changed(first) == [2, 5]
    with marks.one_state():
        second = marks.watermark()
    assert second.number > first.number
    assert changed(second) == []


def changed(mark: marks.Watermark) -> list[int]:
    with marks.one_state():
        found = marks.changed_since(mark)
    assert found is not None
    return [key.int for key in found]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("other", [{"database": "elsewhere"}, {"hash": "0" * 64}, {"entry": 10**9}])
def test_another_database_cannot_tell(other: dict[str, object]) -> None:
    with transaction.atomic():
        change(1)
    with marks.one_state():
        mark = marks.watermark()
        foreign = marks.Watermark(**{name: getattr(mark, name) for name in mark.__slots__} | other)
        assert marks.changed_since(mark) == []
        assert marks.changed_since(foreign) is None


@pytest.mark.django_db(transaction=True)
def test_one_state_stands_by_itself() -> None:
    with transaction.atomic(), pytest.raises(marks.CannotReadWhole), marks.one_state():
        pass
    with marks.one_state():
        pass
    with transaction.atomic():  # and leaves the connection as it was
        change(1)
    assert marked() == [1]


# --- several writers at once: threads with connections of their own, so on PostgreSQL only

postgres = pytest.mark.skipif(not ON_POSTGRESQL, reason="needs PostgreSQL")


@pytest.mark.postgres
@postgres
@pytest.mark.django_db(transaction=True)
def test_a_late_commit_is_in_a_later_window() -> None:
    """Its mark has the lower number, and is written before the watermark is read: by `seq` alone it would be lost."""
    began, may_commit = threading.Event(), threading.Event()

    def late() -> None:
        try:
            with transaction.atomic():
                ChangeMark.objects.bulk_create([mark_of(1)])
                began.set()
                may_commit.wait(30)
        finally:
            connection.close()

    with marks.one_state():
        mark = marks.watermark()
    thread = threading.Thread(target=late)
    thread.start()
    assert began.wait(30)
    with transaction.atomic():
        ChangeMark.objects.bulk_create([mark_of(2)])
    with marks.one_state():
        first, following = marks.changed_since(mark), marks.watermark()
    may_commit.set()
    thread.join()
    with marks.one_state():
        second = marks.changed_since(following)
    assert first == [UUID(int=2)]
    assert second == [UUID(int=1), UUID(int=2)]  # the later one again: the window begins at the one that was running


def mark_of(number: int) -> ChangeMark:
    return ChangeMark(cadre=UUID(int=number), transaction=current_transaction(connection))


@pytest.mark.postgres
@postgres
@pytest.mark.django_db(transaction=True)
def test_no_mark_is_lost_with_six_writers() -> None:
    """Each person is changed once and is in a window, while transactions end in another order than they began."""
    errors: list[BaseException] = []
    threads = [threading.Thread(target=write, args=(number, errors)) for number in range(WRITERS)]
    with marks.one_state():
        mark = marks.watermark()
    for thread in threads:
        thread.start()
    found: set[int] = set()
    windows = 0
    while True:
        is_last = not any(thread.is_alive() for thread in threads)
        with marks.one_state():
            keys, mark = marks.changed_since(mark), marks.watermark()
        assert keys is not None
        found |= {key.int for key in keys}
        windows += 1
        if is_last:
            break
    assert errors == []
    assert found == set(range(1, 1 + WRITERS * ROUNDS))
    assert windows > 1


def write(number: int, errors: list[BaseException]) -> None:
    chance = random.Random(number)
    try:
        for step in range(ROUNDS):
            with transaction.atomic():
                ChangeMark.objects.bulk_create([mark_of(1 + number * ROUNDS + step)])
                for _ in range(chance.randrange(8)):  # some transactions last longer than others
                    ChangeMark.objects.count()
    except BaseException as error:
        errors.append(error)
        raise
    finally:
        connection.close()


@pytest.mark.postgres
@postgres
@pytest.mark.django_db(transaction=True)
def test_two_connections_see_one_state() -> None:
    """What is committed after the first has looked is seen by neither."""
    seen = dict[str, list[int]]()

    def in_thread(act: Callable[[], None]) -> None:
        thread = threading.Thread(target=act)
        thread.start()
        thread.join(30)

    def look(name: str) -> None:
        with marks.same_state(name):
            seen["beside"] = marked()

    def change_meanwhile() -> None:
        with closing(connection), transaction.atomic():
            ChangeMark.objects.bulk_create([mark_of(2)])

    with transaction.atomic():
        change(1)
    with marks.one_state():
        name = marks.state_for_others()
        assert name is not None
        in_thread(change_meanwhile)
        in_thread(lambda: look(name))
        assert (marked(), seen["beside"]) == ([1], [1])
    assert marked() == [1, 2]


@pytest.mark.skipif(ON_POSTGRESQL, reason="PostgreSQL has it")
@pytest.mark.django_db(transaction=True)
def test_another_database_shows_its_state_to_nobody_else() -> None:
    with marks.one_state():
        assert marks.state_for_others() is None
