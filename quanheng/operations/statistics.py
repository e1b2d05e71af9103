"""What the database knows of the sizes of its tables, by which it chooses its ways."""

from django.db import connection

LARGE = 500  # rows of persons, after which what the database knew of them is no longer true
SAMPLE = 2000  # rows of an index that SQLite looks at: well under a second in any table


def refresh_after_import(persons: int) -> None:
    """A large import is a bulk load; of a few persons the statistics stay true."""
    if persons >= LARGE:
        refresh_statistics()


def refresh_statistics() -> None:
    """After a bulk load. PostgreSQL looks by itself, but only in a while; SQLite never does."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("VACUUM (ANALYZE)")  # without it, no index is read without its table
        else:
            cursor.execute(f"PRAGMA analysis_limit={SAMPLE}")
            cursor.execute("ANALYZE")
