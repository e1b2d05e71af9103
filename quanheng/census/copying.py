"""COPY of PostgreSQL, a row at a time. By psycopg's own way each row passes several generators, which for a million
people takes longer than all else that is done with rows here; its layer of libpq gives them at once."""

from collections.abc import Generator, Sequence
from contextlib import suppress
from selectors import EVENT_READ, EVENT_WRITE, PollSelector
from typing import Any

from psycopg import ClientCursor, Connection
from psycopg.errors import Error, OperationalError, error_from_result
from psycopg.pq import DiagnosticField, ExecStatus
from psycopg.pq.abc import PGconn, PGresult


def copied(database: Connection[Any], statement: str, values: Sequence[Any]) -> Generator[memoryview, None, None]:
    """What `statement` copies to STDOUT as csv: each block is one whole row, with the end of its line.

    Close it where the rows are not read to the end. Raises the `psycopg.Error` of a statement that fails, before the
    first row or after any, with its SQLSTATE for all words; and `OperationalError` where the connection is lost.
    """
    text = ClientCursor(database).mogrify(statement, values)
    connection = database.pgconn
    _send(connection, text.encode())
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
            _break_off(database)
        _rest(connection)


def _send(connection: PGconn, statement: bytes) -> None:
    """A long statement goes in parts. The server may speak before it has all of it, and would wait to be heard."""
    connection.send_query(statement)
    while connection.flush():
        _wait(connection, EVENT_READ | EVENT_WRITE)


def _break_off(database: Connection[Any]) -> None:
    """A connection that is lost says so to the next statement; what broke this one off stands before that."""
    with suppress(Error):
        database.cancel_safe()
        while database.pgconn.get_copy_data(0)[0] > 0:
            pass


def _expect(connection: PGconn, status: ExecStatus) -> None:
    result = _result(connection)
    if result is None or result.status != status:
        _rest(connection)
        raise _without_values(result) if result else OperationalError("no answer")


def _without_values(result: PGresult) -> Error:
    """The server's own words quote the value that it could not use, which is a person's."""
    state = result.error_field(DiagnosticField.SQLSTATE) or b""
    return type(error_from_result(result))(state.decode())


def _rest(connection: PGconn) -> None:
    """The connection takes no other statement before the last result is taken. As above where it is lost."""
    with suppress(Error):
        while _result(connection):
            pass


def _result(connection: PGconn) -> PGresult | None:
    while connection.is_busy():
        _wait(connection)
    return connection.get_result()


def _wait(connection: PGconn, events: int = EVENT_READ) -> None:
    """Other threads go on meanwhile. As long as it takes: the first row of a million may be minutes away, and of a
    server that is gone the system tells."""
    with PollSelector() as selector:  # `select` knows no descriptor above 1023
        selector.register(connection.socket, events)
        found = selector.select()
    if any(ready & EVENT_READ for _, ready in found):
        connection.consume_input()
