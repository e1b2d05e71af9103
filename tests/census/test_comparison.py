"""A whole snapshot is compared with the one before, so that a change without a mark is noticed."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from quanheng.census.snapshot import Published, Recipe, refresh
from quanheng.kernel.actor import Actor
from quanheng.ledger.actions import record
from quanheng.organization.models import Unit
from quanheng.people import actions
from quanheng.people.models import Cadre, PostHolding
from tests.conftest import Cast
from tests.dossiers import fill

pytestmark = pytest.mark.django_db(transaction=True)
AT, ON = datetime(2026, 11, 20, 1, 2, 3, tzinfo=UTC), date(2026, 11, 20)
NEXT = {"on": date(2026, 11, 21), "at": AT + timedelta(days=1)}
REASON = "按任免文件更正登记内容"


@pytest.fixture
def chen(cast: Cast, folder: Path, recipe: Recipe) -> Cadre:
    """Of whom nothing says whether he is retired, so that it is derived."""
    chen = fill(cast.chen_file, AT)
    Cadre.objects.filter(pk=chen.pk).update(status="other")
    assert published(folder, recipe).differing is None  # there was none before
    return chen


def published(folder: Path, recipe: Recipe, **values: Any) -> Published:
    return refresh(folder, recipe, **({"at": AT, "on": ON} | values))


def test_the_night_finds_the_same(chen: Cadre, lin: Actor, folder: Path, recipe: Recipe) -> None:
    values = {"kind": "warning", "decided_on": date(2026, 3, 2), "valid_from": date(2026, 3, 2)}
    actions.add_record(actor=lin, cadre=chen.pk, kind="sanction", values=values, reason=REASON, at=AT)
    made = published(folder, recipe)
    assert (made.changed, made.differing) == (1, None)  # not all were read
    made = published(folder, recipe, **NEXT)
    assert (made.changed, made.differing) == (None, ())


def test_a_change_with_a_mark_is_no_difference(chen: Cadre, lin: Actor, folder: Path, recipe: Recipe) -> None:
    post = PostHolding.objects.get(cadre=chen, title="局长")
    actions.withdraw_record(actor=lin, cadre=chen.pk, kind="post", record=post.pk, reason=REASON, at=AT)
    assert published(folder, recipe, is_whole=True).differing == ()


def test_a_change_round_the_marks_is_found(chen: Cadre, folder: Path, recipe: Recipe) -> None:
    PostHolding.objects.filter(cadre=chen, title="局长").update(valid_from=date(2016, 2, 1))
    Cadre.objects.filter(pk=chen.pk).update(status="retired")
    assert published(folder, recipe).changed == 0
    assert published(folder, recipe, is_whole=True).differing == ("person", "posts")
    assert published(folder, recipe, is_whole=True).differing == ()


def test_a_record_that_was_written_twice_is_found(chen: Cadre, folder: Path, recipe: Recipe) -> None:
    post = PostHolding.objects.filter(cadre=chen).order_by("pk")[0]
    post.pk = None
    post.save()
    assert published(folder, recipe, **NEXT).differing == ("posts",)


def test_another_recipe_is_not_compared(chen: Cadre, folder: Path, recipe: Recipe) -> None:
    other = Recipe(recipe.vocabulary, recipe.book, {**recipe.switches, "SW-PERIOD-END": "day_after"})
    assert published(folder, other).differing is None


def test_a_unit_that_moved_is_read_with_everybody(
    chen: Cadre, cast: Cast, wang: Actor, folder: Path, recipe: Recipe
) -> None:
    assert Unit.objects.filter(pk=cast.unit_a.pk).exists()
    with transaction.atomic():
        record(actor=wang, action="organization.move_unit", obj=cast.unit_a, at=AT)
    made = published(folder, recipe)
    assert (made.changed, made.differing) == (None, None)
