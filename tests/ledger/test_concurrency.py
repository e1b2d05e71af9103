"""Writers at the same time: no fork, no lost entry. Threads with connections of their own, so on PostgreSQL only."""

import threading
from uuid import UUID

import pytest
from django.db import connection, transaction

from quanheng.kernel.actor import SYSTEM, Purpose
from quanheng.ledger import queries
from quanheng.ledger.actions import record, record_opening
from quanheng.ledger.checkpoint_actions import make_checkpoint
from quanheng.ledger.models import Head
from tests.ledger.conftest import AT

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL"),
]
WRITERS, ROUNDS = 4, 60


def write(number: int, barrier: threading.Barrier, errors: list[BaseException]) -> None:
    try:
        barrier.wait()
        for step in range(ROUNDS):
            record_opening(actor=SYSTEM, cadre=UUID(int=step), purpose=Purpose.MANAGEMENT, at=AT)
            with transaction.atomic():
                record(actor=SYSTEM, action="alpha.change", obj=f"x:{number}", reason="并发", at=AT)
            if number == 0 and step % 10 == 0:
                make_checkpoint(at=AT)
                assert queries.prove().is_whole
    except BaseException as error:
        errors.append(error)
        raise
    finally:
        connection.close()


def test_writers_on_all_streams_make_no_fork() -> None:
    barrier = threading.Barrier(WRITERS)
    errors: list[BaseException] = []
    threads = [threading.Thread(target=write, args=(number, barrier, errors)) for number in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    report = queries.prove()
    assert (report.is_whole, report.entries) == (True, 2 * WRITERS * ROUNDS)
    assert Head.objects.get(stream="alpha").seq == WRITERS * ROUNDS
    assert Head.objects.filter(stream__startswith="read.").count() == len(set(report.streams)) - 1
