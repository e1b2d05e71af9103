"""COPY of PostgreSQL, a row at a time. By psycopg's own way each row passes several generators, which for a million
people takes longer than all else that is done with rows here; its layer of libpq gives them at once."""

from collections.abc import Generator, Sequence
from select import select
from typing import Any

from psycopg import ClientCursor, Connection
from psycopg.errors import OperationalError, error_from_result
from psycopg.pq import ExecStatus
from psycopg.pq.abc import PGconn, PGresult


def copied(database: Connection[Any], statement: str, values: Sequence[Any]) -> Generator[memoryview, None, None]:
    """What `statement` copies to STDOUT. Close it where the rows are not read to the end."""
    text = ClientCursor(database).mogrify(statement, values)
    connection = database.pgconn
    connection.send_query(text.encode())
    _expect(connection, ExecStatus.COPY_OUT)
    is_whole = False
    try:
        while (found := connection.get_copy_data(1))[0] >= 0:
            if found[0]:
                yield found[1]
            else:
                _wait(connection)
        is_whole = True
        _expect(connection, ExecStatus.COMMAND_OK)
    finally:
        if not is_whole:
            database.cancel_safe()
            while connection.get_copy_data(0)[0] > 0:
                pass
        _rest(connection)


def _expect(connection: PGconn, status: ExecStatus) -> None:
    result = _result(connection)
    if result is None or result.status != status:
        _rest(connection)
        raise error_from_result(result) if result else OperationalError("no answer")


def _rest(connection: PGconn) -> None:
    """The connection takes no other statement before the last result is taken."""
    while _result(connection):
        pass


def _result(connection: PGconn) -> PGresult | None:
    while connection.is_busy():
        _wait(connection)
    return connection.get_result()


def _wait(connection: PGconn) -> None:
    """Other threads go on meanwhile."""
    select([connection.socket], [], [])
    connection.consume_input()
