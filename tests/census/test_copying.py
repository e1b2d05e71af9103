"""COPY over a connection that does not block: long statements, lost connections, and no value in an error."""

import fcntl
import resource
import socket
from collections.abc import Iterator
from selectors import EVENT_READ, EVENT_WRITE
from typing import Any

import psycopg
import pytest
from django.db import connection
from psycopg import Connection

from quanheng.census import copying
from quanheng.census.copying import copied
from quanheng.ledger.transactions import POSTGRESQL

MANY = "COPY (SELECT repeat('x', 1000) FROM generate_series(1, 20000)) TO STDOUT (FORMAT csv)"


@pytest.fixture
def database(transactional_db: None) -> Iterator[Connection[Any]]:
    """A connection beside the test's own, which may be lost."""
    if connection.vendor != POSTGRESQL:
        pytest.skip("needs PostgreSQL")
    parameters = connection.get_connection_params()
    known = {name: parameters[name] for name in ("host", "port", "user", "password", "dbname")}
    made = psycopg.connect(**known)
    yield made
    made.close()


def line(database: Connection[Any]) -> socket.socket:
    return socket.socket(fileno=fcntl.fcntl(database.fileno(), fcntl.F_DUPFD_CLOEXEC))


@pytest.mark.postgres
def test_a_block_is_a_row(database: Connection[Any]) -> None:
    rows = copied(database, "COPY (SELECT n, %s FROM generate_series(1, 2) n) TO STDOUT (FORMAT csv)", ["a\nb"])
    assert [bytes(row) for row in rows] == [b'1,"a\nb"\n', b'2,"a\nb"\n']


@pytest.mark.postgres
def test_a_long_statement_goes_through_a_small_buffer(database: Connection[Any]) -> None:
    with line(database) as held:
        held.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 8192)
    for text in ("x" * 4_000_000, "y" * 4_000_000):
        assert [bytes(row) for row in copied(database, f"COPY (SELECT 1 /* {text} */) TO STDOUT", [])] == [b"1\n"]


@pytest.mark.postgres
def test_an_error_names_no_value(database: Connection[Any]) -> None:
    statement = "COPY (SELECT ('Chen' || n)::int FROM generate_series(1, 2) n) TO STDOUT (FORMAT csv)"
    with pytest.raises(psycopg.errors.InvalidTextRepresentation) as told:
        list(copied(database, statement, []))
    assert (told.value.args, told.value.diag.message_primary) == (("22P02",), None)
    assert database.execute("ROLLBACK").statusmessage == "ROLLBACK"  # the connection goes on


@pytest.mark.postgres
def test_of_a_lost_connection_the_first_error_stands(database: Connection[Any]) -> None:
    def break_off() -> None:
        rows = copied(database, MANY, [])
        next(rows)
        with line(database) as held:
            held.shutdown(socket.SHUT_RDWR)
        rows.throw(KeyError("first"))

    with pytest.raises(KeyError, match="first"):
        break_off()
    with pytest.raises(psycopg.OperationalError):
        database.execute("SELECT 1")


@pytest.mark.postgres
def test_a_connection_that_is_lost_on_the_way_is_told(database: Connection[Any]) -> None:
    rows = copied(database, MANY, [])
    next(rows)
    with line(database) as held:
        held.shutdown(socket.SHUT_RDWR)
    with pytest.raises(psycopg.OperationalError):
        list(rows)


class Line:
    """As much of a connection as is waited for."""

    def __init__(self, number: int) -> None:
        self.socket, self.consumed = number, 0

    def consume_input(self) -> None:
        self.consumed += 1


@pytest.fixture
def beyond() -> Iterator[int]:
    """A descriptor that `select` does not know."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 2048), hard))
    near, far = socket.socketpair()
    with near, far, socket.socket(fileno=fcntl.fcntl(near, fcntl.F_DUPFD_CLOEXEC, 1024)) as made:
        far.send(b"x")
        yield made.fileno()
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_a_high_descriptor_is_waited_for(beyond: int) -> None:
    waited: Any = Line(beyond)
    copying._wait(waited)
    assert (beyond >= 1024, waited.consumed) == (True, 1)


def test_what_may_only_be_written_to_is_not_read() -> None:
    near, far = socket.socketpair()
    with near, far:
        waited: Any = Line(near.fileno())
        copying._wait(waited, EVENT_READ | EVENT_WRITE)
        assert waited.consumed == 0
