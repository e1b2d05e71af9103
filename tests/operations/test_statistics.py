"""After a bulk load the planner knows the tables."""

import pytest
from django.db import connection

from quanheng.operations import statistics
from quanheng.operations.statistics import LARGE, refresh_after_import, refresh_statistics
from quanheng.organization.models import Unit

KNOWN = {
    "sqlite": "SELECT stat FROM sqlite_stat1 WHERE tbl = 'organization_unit' AND idx LIKE '%parent%'",
    "postgresql": "SELECT reltuples::int FROM pg_class WHERE relname = 'organization_unit'",
}


@pytest.mark.django_db(transaction=True)  # VACUUM works in no transaction
def test_statistics_count_the_rows_that_were_loaded() -> None:
    Unit.objects.bulk_create(Unit(code=f"U{n}", name=f"单位{n}", path=f"{n:04d}.") for n in range(1, 8))
    refresh_statistics()
    with connection.cursor() as cursor:
        cursor.execute(KNOWN[connection.vendor])
        assert str(cursor.fetchone()[0]).split()[0] == "7"


@pytest.mark.parametrize(("persons", "refreshed"), [(0, 0), (LARGE - 1, 0), (LARGE, 1), (5000, 1)])
def test_only_a_large_import_is_a_bulk_load(persons: int, refreshed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[int] = []
    monkeypatch.setattr(statistics, "refresh_statistics", lambda: calls.append(1))
    refresh_after_import(persons)
    assert len(calls) == refreshed
