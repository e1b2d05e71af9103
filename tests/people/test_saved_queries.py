"""A name keeps one kind of query, though two save it at once."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db.models import QuerySet

from quanheng.kernel.actor import Actor
from quanheng.people.actions import CannotChange, save_query
from quanheng.people.models import SavedQuery

pytestmark = pytest.mark.django_db
LIST, SCREENING = "also=female", "target=pool%3Ayoung"


@contextmanager
def saved_meanwhile(actor: Actor, query: str, at: datetime, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Another page saves the name 年轻干部 after this one has looked and before it writes."""
    genuine = QuerySet.get

    def too_early(self: QuerySet[Any], *asked: Any, **named: Any) -> Any:
        try:
            return genuine(self, *asked, **named)
        except SavedQuery.DoesNotExist:
            SavedQuery.objects.create(account_key=actor.key, name="年轻干部", query=query, created_at=at)
            raise

    with monkeypatch.context() as patched:
        patched.setattr(QuerySet, "get", too_early)
        yield


@pytest.mark.parametrize(
    ("first", "second", "code"), [(SCREENING, LIST, "name-of-a-screening"), (LIST, SCREENING, "name-of-a-list")]
)
def test_the_other_kind_saved_meanwhile_stays(
    lin: Actor, at: datetime, monkeypatch: pytest.MonkeyPatch, first: str, second: str, code: str
) -> None:
    with saved_meanwhile(lin, first, at, monkeypatch), pytest.raises(CannotChange) as refused:
        save_query(actor=lin, name="年轻干部", query=second, at=at)
    assert (refused.value.code, refused.value.facts) == (code, {"name": "年轻干部"})


def test_the_same_kind_saved_meanwhile_is_replaced(lin: Actor, at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    with saved_meanwhile(lin, "also=male", at, monkeypatch):
        row = save_query(actor=lin, name="年轻干部", query=LIST, at=at + timedelta(hours=1))
    assert SavedQuery.objects.get() == row
    assert (row.query, row.created_at) == (LIST, at + timedelta(hours=1))


def test_the_name_again_replaces_and_each_account_has_its_own(lin: Actor, zhao: Actor, at: datetime) -> None:
    first = save_query(actor=lin, name=" 年轻干部 ", query="also=male", at=at)
    again = save_query(actor=lin, name="年轻干部", query=LIST, at=at + timedelta(hours=1))
    save_query(actor=zhao, name="年轻干部", query=SCREENING, at=at)
    assert (again.pk, SavedQuery.objects.get(pk=first.pk).query) == (first.pk, LIST)
    assert SavedQuery.objects.get(pk=first.pk).created_at == at + timedelta(hours=1)
    assert SavedQuery.objects.count() == 2
