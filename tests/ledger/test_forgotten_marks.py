"""Marks are forgotten once every snapshot has read them, and whoever has not reads everybody anew: none is lost."""

import threading
from datetime import datetime
from uuid import UUID

import pytest
from django.db import connection, transaction

from quanheng.kernel.actor import SYSTEM
from quanheng.ledger import codes, marks
from quanheng.ledger.actions import record
from quanheng.ledger.mark_actions import forget_marks
from quanheng.ledger.marks import Watermark
from quanheng.ledger.models import EVERYONE, ChangeMark
from quanheng.ledger.transactions import current_transaction
from tests.ledger.conftest import AT

ON_POSTGRESQL = connection.vendor == "postgresql"
pytestmark = pytest.mark.django_db(transaction=True)
postgres = pytest.mark.skipif(not ON_POSTGRESQL, reason="needs PostgreSQL")


def change(*numbers: int, at: datetime = AT) -> None:
    for number in numbers:
        with transaction.atomic():
            record(actor=SYSTEM, action="alpha.change", obj=f"x:{number}", cadre=UUID(int=number), at=at)


def watermark() -> Watermark:
    with marks.one_state():
        return marks.watermark()


def changed(mark: Watermark) -> list[int] | None:
    with marks.one_state():
        found = marks.changed_since(mark)
    return found if found is None else [key.int for key in found]


def left() -> list[int]:
    return [key.int for key in ChangeMark.objects.order_by("seq").values_list("cadre", flat=True)]


def test_what_every_snapshot_has_read_is_forgotten_but_for_one_that_stands_for_all() -> None:
    change(1, 2, 3)
    mark = watermark()
    change(4, 5)
    assert forget_marks(before=mark) == 2
    assert left() == [EVERYONE.int, 4, 5]
    assert changed(mark) == [4, 5]


def test_an_older_watermark_reads_everybody_anew() -> None:
    first = watermark()
    change(1)
    second = watermark()
    change(2)
    third = watermark()
    change(3)
    forget_marks(before=third)
    assert (changed(first), changed(second), changed(third)) == (None, None, [3])
    assert [marks.count_since(each) for each in (second, third)] == [2, 1]


def test_forgetting_again_changes_nothing_until_more_is_read() -> None:
    change(1, 2)
    mark = watermark()
    assert [forget_marks(before=mark) for _ in range(3)] == [1, 0, 0]
    change(3)
    assert forget_marks(before=mark) == 0
    assert forget_marks(before=watermark()) == 1
    assert left() == [EVERYONE.int]


def test_nothing_is_forgotten_before_the_first_mark() -> None:
    mark = watermark()
    change(1)
    assert forget_marks(before=mark) == 0
    assert left() == [1]


@pytest.mark.parametrize("other", [{"database": "elsewhere"}, {"hash": "0" * 64}])
def test_of_another_database_nothing_is_forgotten(other: dict[str, object]) -> None:
    change(1, 2)
    mark = watermark()
    foreign = Watermark(**{name: getattr(mark, name) for name in mark.__slots__} | other)
    assert forget_marks(before=foreign) == 0
    assert left() == [1, 2]
    assert marks.count_since(foreign) is None


@pytest.mark.skipif(ON_POSTGRESQL, reason="PostgreSQL counts by transactions")
def test_numbers_are_not_given_out_again() -> None:
    """A restored database counts on from the highest number that it holds."""
    change(1, 2)
    mark = watermark()
    forget_marks(before=mark)
    assert watermark().number == mark.number
    rows = list(ChangeMark.objects.values("seq", "cadre"))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM ledger_changemark")
        cursor.execute("DELETE FROM sqlite_sequence WHERE name = 'ledger_changemark'")
    ChangeMark.objects.bulk_create([ChangeMark(**row) for row in rows])
    change(3)
    assert changed(mark) == [3]


def test_some_changes_are_of_everybody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("quanheng.ledger.actions.codes_of_everyone", lambda: frozenset({"beta.change"}))
    mark = watermark()
    for action, told in (("alpha.change", []), ("beta.change", None)):
        with transaction.atomic():
            record(actor=SYSTEM, action=action, obj="organization.unit:1", at=AT)
        assert changed(mark) == told
    assert left() == [EVERYONE.int]


def test_the_codes_of_such_changes_are_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    codes.known_codes.cache_clear()
    assert "organization.move_unit" in codes.codes_of_everyone() < codes.known_codes()


# --- with transactions that overlap


def mark_of(number: int) -> ChangeMark:
    return ChangeMark(cadre=UUID(int=number), transaction=current_transaction(connection))


@pytest.mark.postgres
@postgres
def test_a_late_commit_is_not_forgotten() -> None:
    """It began before the watermark was read and commits afterwards: the next window has it."""
    change(1)
    began, may_commit = threading.Event(), threading.Event()

    def late() -> None:
        try:
            with transaction.atomic():
                ChangeMark.objects.bulk_create([mark_of(2)])
                began.set()
                may_commit.wait(30)
        finally:
            connection.close()

    thread = threading.Thread(target=late)
    thread.start()
    assert began.wait(30)
    change(3)
    mark = watermark()
    forget_marks(before=mark)
    may_commit.set()
    thread.join()
    assert forget_marks(before=mark) == 0
    assert changed(mark) == [2, 3]


@pytest.mark.postgres
@postgres
def test_marks_of_the_database_before_are_forgotten() -> None:
    """A backup brings them along; their numbers say nothing here."""
    change(1)
    mark = watermark()
    change(2)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO ledger_changemark (cadre, transaction) VALUES (%s, '9000000000'), (%s, NULL)",
            [UUID(int=7), UUID(int=8)],
        )
    assert changed(mark) == [2, 7]
    assert forget_marks(before=mark) == 2
    assert changed(mark) == [2]
