"""Sealed columns on a table of their own: every way in and out of the ORM."""

from collections.abc import Iterator
from typing import Any, ClassVar
from uuid import UUID

import pytest
from django.core.exceptions import FieldError
from django.db import connection, models, transaction
from django.db.models import F, Q
from pytest_django.plugin import DjangoDbBlocker

from quanheng.kernel.keys import new_key
from quanheng.vault import keyring as keys
from quanheng.vault import rotation, sealing
from quanheng.vault.fields import (
    BlindIndexField,
    Sealed,
    SealedBytesField,
    SealedJSONField,
    SealedQuerySet,
    SealedTextField,
    blind_index_of,
)
from quanheng.vault.keyring import CannotRetire
from quanheng.vault.sealing import CannotOpen

NUMBER = "000101198001010010"
OTHER = "000101199002020025"


class Holder(models.Model):
    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    label = models.CharField(max_length=20)
    identity_number = SealedTextField(null=True)
    identity_number_index = BlindIndexField(source="identity_number")
    identity_tail_index = BlindIndexField(source="identity_tail")
    health = SealedTextField(default="")
    family = SealedJSONField(null=True)
    scan = SealedBytesField(null=True)

    objects: ClassVar[models.Manager["Holder"]] = SealedQuerySet.as_manager()

    class Meta:
        app_label = "vault_tests"

    @property
    def identity_tail(self) -> str:
        return (self.identity_number or "")[-4:]


@pytest.fixture(scope="module", autouse=True)
def _table(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with django_db_blocker.unblock():
        with connection.schema_editor() as editor:
            editor.create_model(Holder)
        yield
        with connection.schema_editor() as editor:
            editor.delete_model(Holder)


pytestmark = pytest.mark.django_db


@pytest.fixture
def holder() -> Holder:
    return Holder.objects.create(
        label="甲", identity_number=NUMBER, health="良好", family=[{"relation": "妻子"}], scan=b"\x00\xff"
    )


def cells(column: str) -> list[bytes | None]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM vault_tests_holder ORDER BY id")  # noqa: S608  names of this file
        return [None if row[0] is None else bytes(row[0]) for row in cursor.fetchall()]


def test_plaintext_in_python_sealed_in_the_database(holder: Holder) -> None:
    found = Holder.objects.get(pk=holder.pk)
    assert (found.identity_number, found.health) == (NUMBER, "良好")
    assert (found.family, found.scan) == ([{"relation": "妻子"}], b"\x00\xff")
    for column in ("identity_number", "health", "family", "scan"):
        (cell,) = cells(column)
        assert cell is not None
        assert cell[:2] == b"\x01\x01"
    assert all(NUMBER.encode() not in (cell or b"") for cell in cells("identity_number"))


def test_the_instance_keeps_its_plaintext_after_saving(holder: Holder) -> None:
    assert holder.identity_number == NUMBER
    assert holder.family == [{"relation": "妻子"}]


def test_none_stays_null_and_defaults_hold() -> None:
    Holder.objects.create(label="乙")
    assert cells("identity_number") == cells("family") == cells("scan") == [None]
    found = Holder.objects.get()
    assert (found.identity_number, found.identity_number_index, found.health) == (None, None, "")
    assert list(Holder.objects.filter(identity_number__isnull=True)) == [found]
    assert not Holder.objects.filter(health__isnull=True).exists()


def test_a_list_that_does_not_touch_the_field_opens_nothing(holder: Holder, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> bytes:
        raise AssertionError("opened")

    monkeypatch.setattr(sealing, "open_sealed", fail)
    (found,) = list(Holder.objects.all())
    assert found.label == "甲"
    with pytest.raises(AssertionError, match="opened"):
        _ = found.health


def test_it_is_opened_once(holder: Holder, monkeypatch: pytest.MonkeyPatch) -> None:
    found = Holder.objects.get()
    assert found.health == "良好"
    monkeypatch.setattr(sealing, "open_sealed", None)
    assert found.health == "良好"


def test_a_changed_json_value_is_saved(holder: Holder) -> None:
    found = Holder.objects.get()
    found.family.append({"relation": "女儿"})
    found.save()
    assert [one["relation"] for one in Holder.objects.get().family] == ["妻子", "女儿"]


def test_update_fields_writes_the_named_cell_only(holder: Holder) -> None:
    before = cells("identity_number")
    found = Holder.objects.get()
    found.health = "一般"
    found.save(update_fields=["health"])
    assert Holder.objects.get().health == "一般"
    assert cells("identity_number") == before


def test_deferred_and_refreshed(holder: Holder, django_assert_num_queries: Any) -> None:
    found = Holder.objects.defer("health").get()
    assert found.get_deferred_fields() == {"health"}
    with django_assert_num_queries(1):
        assert found.health == "良好"
        assert found.health == "良好"
    found.health = "未存"
    found.refresh_from_db()
    assert found.health == "良好"
    only = Holder.objects.only("label").get()
    only.label = "丙"
    only.save()
    assert Holder.objects.get().health == "良好"


def test_bulk_create_and_bulk_update() -> None:
    rows = [Holder(label=str(n), identity_number=f"{n:018d}", health="" if n % 2 else "良好") for n in range(5)]
    Holder.objects.bulk_create(rows)
    assert [row.identity_number for row in Holder.objects.order_by("label")] == [f"{n:018d}" for n in range(5)]
    changed = list(Holder.objects.order_by("label"))
    for row in changed:
        row.identity_number = None if row.label == "0" else f"{int(row.label) + 100:018d}"
        row.family = {"n": row.label}
    assert Holder.objects.bulk_update(changed, ["identity_number", "family"], batch_size=2) == 5
    assert changed[1].identity_number == f"{101:018d}"
    stored = list(Holder.objects.order_by("label"))
    assert [row.identity_number for row in stored] == [None, *(f"{n + 100:018d}" for n in range(1, 5))]
    assert [row.family for row in stored] == [{"n": str(n)} for n in range(5)]
    match = Holder.objects.get(identity_number_index=blind_index_of(Holder, "identity_number_index", f"{103:018d}"))
    assert match.label == "3"
    tail = blind_index_of(Holder, "identity_tail_index", "0104")
    assert [row.label for row in Holder.objects.filter(identity_tail_index=tail)] == ["4"]
    assert stored[0].identity_number_index is None


def test_djangos_own_bulk_update_is_refused(holder: Holder) -> None:
    holder.health = "一般"
    with pytest.raises(FieldError, match=r"Holder\.health is sealed to its row"), transaction.atomic():
        models.QuerySet[Holder](Holder).bulk_update([holder], ["health"])
    assert Holder.objects.get().health == "良好"


def test_queryset_update_is_refused_but_for_emptying(holder: Holder) -> None:
    with pytest.raises(FieldError, match="sealed to its row"), transaction.atomic():
        Holder.objects.update(health="一般")
    assert Holder.objects.update(identity_number=None) == 1
    assert cells("identity_number") == [None]


@pytest.mark.parametrize(
    "condition",
    [
        Q(health="良好"),
        Q(health__contains="良"),
        Q(health__in=["良好"]),
        Q(family__relation="妻子"),
        Q(scan__gt=b""),
        Q(identity_number=None),
    ],
)
def test_lookups_are_refused(condition: Q) -> None:
    with pytest.raises(FieldError, match="is sealed: only isnull"):
        list(Holder.objects.filter(condition))


def test_values_are_opaque_and_open_with_their_key(holder: Holder) -> None:
    ((pk, value),) = Holder.objects.values_list("pk", "health")
    assert isinstance(value, Sealed)
    assert repr(value) == "Sealed()"
    field = Holder._meta.get_field("health")
    assert isinstance(field, SealedTextField)
    assert field.open_cell(pk, value) == "良好"


def test_a_cell_copied_to_another_row_is_refused(holder: Holder) -> None:
    other = Holder.objects.create(label="乙", health="一般")
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE vault_tests_holder SET health = (SELECT health FROM vault_tests_holder WHERE label = '甲')"
        )
    assert Holder.objects.get(pk=holder.pk).health == "良好"
    with pytest.raises(CannotOpen) as refusal:
        _ = Holder.objects.get(pk=other.pk).health
    assert refusal.value.code == "cell-moved-or-altered"
    assert refusal.value.facts["context"] == f"vault_tests_holder.health:{other.pk.hex}"


def test_a_cell_copied_to_another_column_is_refused(holder: Holder) -> None:
    Holder.objects.update(health=F("identity_number"))
    with pytest.raises(CannotOpen, match="cell-moved-or-altered"):
        _ = Holder.objects.get().health


def test_a_cell_of_another_row_is_not_saved(holder: Holder) -> None:
    copy = Holder.objects.get()
    copy.pk = new_key()
    copy._state.adding = True
    with pytest.raises(CannotOpen), transaction.atomic():
        copy.save()
    assert Holder.objects.count() == 1


def test_the_blind_index_follows_its_source(holder: Holder) -> None:
    def find(number: str) -> list[UUID]:
        index = blind_index_of(Holder, "identity_number_index", number)
        return list(Holder.objects.filter(identity_number_index=index).values_list("pk", flat=True))

    assert find(NUMBER) == [holder.pk]
    assert find(OTHER) == []
    holder.identity_number = OTHER
    holder.save()
    assert (find(NUMBER), find(OTHER)) == ([], [holder.pk])
    assert blind_index_of(Holder, "identity_number_index", "") is None


def test_the_check_wants_a_uuid_key(holder: Holder) -> None:
    class Numbered(models.Model):
        health = SealedTextField()

        class Meta:
            app_label = "vault_tests"

    class Borrowed(models.Model):
        holder = models.OneToOneField(Holder, models.PROTECT, primary_key=True)
        health = SealedTextField()

        class Meta:
            app_label = "vault_tests"

    assert "vault.E001" in [found.id for found in Numbered._meta.get_field("health").check()]
    assert Borrowed._meta.get_field("health").check() == []


def test_migrations_can_name_the_fields() -> None:
    index, health = Holder._meta.get_field("identity_number_index"), Holder._meta.get_field("health")
    assert index.deconstruct()[1:] == (
        "quanheng.vault.fields.BlindIndexField",
        [],
        {"source": "identity_number", "null": True, "db_index": True},
    )
    assert health.deconstruct()[1:] == ("quanheng.vault.fields.SealedTextField", [], {"default": ""})


def test_serializing_is_refused(holder: Holder) -> None:
    with pytest.raises(FieldError):
        Holder._meta.get_field("health").value_to_string(holder)


def test_rotation_reseals_every_cell_and_then_the_old_key_goes(
    holder: Holder, settings: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.KEY_FILE = tmp_path / "keys.json"
    keys.ensure_keys(settings.KEY_FILE)
    old = keys.load(settings.KEY_FILE).current
    Holder.objects.all().delete()
    Holder.objects.bulk_create(Holder(label=str(n), health=f"第{n}") for n in range(7))
    Holder.objects.create(label="空", health="")
    monkeypatch.setattr(rotation, "sealed_columns", lambda: [(Holder, "health")])
    new = keys.rotate(settings.KEY_FILE).current
    Holder.objects.create(label="7", health="第7")
    assert rotation.count_keys(Holder, "health") == {old: 8, new: 1}
    with pytest.raises(CannotRetire) as refusal:
        rotation.retire(settings.KEY_FILE, old)
    assert refusal.value.facts == {"key": old, "cells": 8}
    assert rotation.reseal(Holder, "health", batch=3) == 8
    assert rotation.reseal(Holder, "health", batch=3) == 0
    assert rotation.count_keys(Holder, "health") == {new: 9}
    assert set(rotation.retire(settings.KEY_FILE, old).encrypt) == {new}
    assert sorted(row.health for row in Holder.objects.all()) == ["", *(f"第{n}" for n in range(8))]
