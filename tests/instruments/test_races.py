"""Two officers at the same moment: one local number is set, and the other one is told so."""

import threading
from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet

from quanheng.instruments import setting_actions
from quanheng.instruments.actions import CannotSign
from quanheng.instruments.models import LocalRule
from quanheng.kernel.actor import Actor
from quanheng.ledger.models import Entry
from tests.instruments.test_settings import add, refused

RULE, PARAMETER = "SEL-QUAL-08-1a", "min_work_years"


def test_who_comes_second_finds_it_set(signer: Actor, at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    """As where the other one's row was not there yet when it was looked for."""
    add(signer, at, RULE, PARAMETER, "6")
    monkeypatch.setattr(QuerySet, "exists", lambda rows: False)
    with refused("local-already-set"):
        add(signer, at, RULE, PARAMETER, "7")
    assert [row.value for row in LocalRule.objects.all()] == ["6"]
    assert Entry.objects.filter(stream="instruments").count() == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL")
def test_two_at_once(signer: Actor, at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both have looked before either writes."""
    both_looked, outcomes, create = threading.Barrier(2, timeout=30), [], setting_actions._create

    def create_together(row: LocalRule) -> None:
        both_looked.wait()
        create(row)

    def set_to(value: str) -> None:
        try:
            outcomes.append(add(signer, at, RULE, PARAMETER, value).value)
        except CannotSign as refusal:
            outcomes.append(str(refusal))
        finally:
            connection.close()

    monkeypatch.setattr(setting_actions, "_create", create_together)
    threads: list[Any] = [threading.Thread(target=set_to, args=(value,)) for value in ("6", "7")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (kept,) = LocalRule.objects.all()
    assert sorted(outcomes) == sorted([kept.value, "local-already-set"])
    assert Entry.objects.filter(stream="instruments").count() == 1
