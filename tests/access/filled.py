"""A world in which every text of every protected row carries the canary of its object.

Rows are made by reading the models, so that a column added tomorrow is filled without a line here.
"""

import io
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import uuid4

from django.apps import apps
from django.db import models, transaction

from quanheng.accounts.queries import actor_of
from quanheng.formats import identity, lrmx
from quanheng.formats.appointment import AppointmentForm, FamilyItem
from quanheng.intake import reading_actions, upload_actions
from quanheng.kernel.actor import Actor, Purpose
from quanheng.ledger import actions as ledger
from quanheng.ledger.models import Entry
from quanheng.papers.actions import build_file
from quanheng.people.models import Cadre, FieldSource, PostHolding, ResumeEntry, SavedQuery, Specialty, Verification
from quanheng.people.models.records import DossierRecord
from quanheng.people.names import search_text, sort_name
from quanheng.vault.fields import BlindIndexField, SealedJSONField, SealedTextField
from tests.access.world import TODAY, World, canary
from tests.formats.samples import jpeg

BEGAN = date(2022, 1, 1)
ROOM_FOR_A_CANARY = 20  # shorter columns hold codes
# Text columns that hold a value of their own: codes and keys, with the reason when it is not plain.
KEPT = {
    "search_text", "sort_name",  # made of the name
    "sex", "ethnicity", "political_affiliation",  # codes; unknown ones would be flagged, not shown
    "field", "item", "kind", "status", "management_category", "personnel_kind", "source",
}  # fmt: skip


def fill(world: World) -> World:
    for key, cadre in world.cadres.items():
        _cadre(cadre, key, world.at)
        world.keys[f"holding_{key}"] = str(PostHolding.objects.get(cadre=cadre).pk)
        world.keys[f"resume_{key}"] = str(ResumeEntry.objects.get(cadre=cadre).pk)
        world.keys[f"specialty_{key}"] = str(Specialty.objects.get(cadre=cadre).pk)
        with transaction.atomic():
            world.keys[f"entry_{key}"] = str(_entries(world, cadre, key))
    _others(world)
    return world


def text_columns(model: type[models.Model]) -> list[str]:
    """Columns that hold free text: what a canary must stand in."""
    return [
        column.name
        for column in model._meta.concrete_fields
        if isinstance(column, models.CharField | models.TextField | SealedTextField)
        and not isinstance(column, BlindIndexField)
        and not column.choices
        and column.name not in KEPT
        and (column.max_length or 999) >= ROOM_FOR_A_CANARY
    ]


def record_models() -> list[type[DossierRecord]]:
    return [model for model in apps.get_app_config("people").get_models() if issubclass(model, DossierRecord)]


def _cadre(cadre: Cadre, key: str, at: datetime) -> None:
    for name in text_columns(Cadre):
        setattr(cadre, name, canary(key))
    cadre.search_text, cadre.sort_name = search_text(cadre.name), sort_name(cadre.name)
    cadre.save()
    said: dict[str, Any] = {"cadre": cadre, "recorded_at": at, "recorded_by": uuid4()}
    for model in record_models():
        model._default_manager.create(**said, **_values(model, cadre, key, at))
    for name in ("native_place", "name"):
        texts = dict.fromkeys(text_columns(FieldSource), canary(key))
        FieldSource.objects.create(field=name, source="officer", is_flagged=True, **said, **texts)
    mark = dict.fromkeys(text_columns(Verification), canary(key))
    Verification.objects.create(
        cadre=cadre, item="birth", result="verified", verified_on=BEGAN, verified_by=uuid4(), **mark
    )


def _values(model: type[models.Model], cadre: Cadre, key: str, at: datetime) -> dict[str, Any]:
    given: dict[str, Any] = {"source": "officer", "withdrawn_at": None, "inside": None, "valid_to": None}
    skipped = {"id", "cadre", "recorded_at", "recorded_by", "withdrawn_by", "source_key", "verified_by", "lifted_on"}
    found: dict[str, Any] = {}
    for column in model._meta.concrete_fields:
        if column.name in skipped or isinstance(column, BlindIndexField):
            continue
        found[column.name] = given[column.name] if column.name in given else _value(column, cadre, key, at)
    return found


def _value(column: Any, cadre: Cadre, key: str, at: datetime) -> object:
    if column.is_relation:
        return _related(column, cadre, at, key)
    if isinstance(column, SealedJSONField):
        return dict.fromkeys(_STATED, canary(key))
    if column.choices:
        return column.choices[0][0]
    if isinstance(column, models.DateField):
        return BEGAN
    if isinstance(column, models.BooleanField):
        return True
    if isinstance(column, models.IntegerField):
        return 2024 if column.name == "year" else 1
    has_room = isinstance(column, SealedTextField) or (column.max_length or 999) >= ROOM_FOR_A_CANARY
    return canary(key) if has_room else ""


_STATED = ("current_post", "proposed_post", "removed_post", "reason", "reporting_unit", "rewards_and_sanctions")


def _related(column: Any, cadre: Cadre, at: datetime, key: str) -> object:
    if column.name == "file":
        file = build_file(name=canary(key), media_type="image/jpeg", content=jpeg(), at=at)
        file.save()
        return file
    return {"unit": cadre.home_unit, "position": cadre.home_unit.positions.first()}[column.name]


def _entries(world: World, cadre: Cadre, key: str) -> int:
    """A change with its values and an opening, by an officer whom nobody here is. Gives the entry of the change."""
    stranger = Actor(key=uuid4(), name=canary(key), roles=frozenset())
    detail = {"field": "native_place", "before": canary(key), "after": canary(key)}
    entry = ledger.record(
        actor=stranger, action="people.change_field", obj=cadre, cadre=cadre.pk, detail=detail,
        reason=canary(f"why{key}"), at=world.at,
    )  # fmt: skip
    ledger.record_opening(actor=stranger, cadre=cadre.pk, purpose=Purpose.MANAGEMENT, at=world.at)
    return entry.pk


def _others(world: World) -> None:
    """What belongs to one account: saved queries, imports, a supervisor's reading."""
    supervisor = actor_of(world.accounts["he"], at=world.at)
    opened = ledger.record_opening(
        actor=supervisor, cadre=world.cadres["chen"].pk, purpose=Purpose.SUPERVISION, at=world.at
    )
    world.keys["entry_supervised"] = str(opened.pk)
    world.keys["number_moved"] = MOVED_NUMBER
    for name, unit in (("lin", "a"), ("zhao", "b")):
        row = SavedQuery.objects.create(
            account_key=world.accounts[name].pk, name=canary(f"query{name}"), query="also=female", created_at=world.at
        )
        world.keys[f"query_{name}"] = str(row.pk)
        _import(world, name, unit)


def _import(world: World, name: str, unit: str) -> None:
    """In review: a new person with findings; of lin also a namesake of chen and one who has moved away since."""
    actor, mark = actor_of(world.accounts[name], at=world.at), canary(f"import{name}")
    forms = {name: replace(_form(mark), photo=jpeg())}
    if name == "lin":
        forms["twin"] = replace(_form(mark), name=canary("chen"), birth="198005")
        forms["moved"] = replace(_form(mark), identity_number=MOVED_NUMBER)
        _move(world, "a")
    files = [(f"{mark}{key}.lrmx", io.BytesIO(lrmx.write(form))) for key, form in forms.items()]
    given = {"unit": world.units[unit], "category": "city", "sender": mark, "at": world.at, "on": TODAY}
    batch = upload_actions.upload(actor=actor, files=files, **given)  # type: ignore[arg-type]
    batch = reading_actions.start_reading(actor=actor, batch=batch.pk, at=world.at)
    reading_actions.read_items(actor=actor, batch=batch, clock=lambda: world.at, on=TODAY)
    _move(world, "b")
    world.keys[f"batch_{name}"] = str(batch.pk)
    if name == "lin":
        world.keys["entry_import"] = str(Entry.objects.get(object_key=f"intake.importbatch:{batch.pk}").pk)
    items = batch.items.order_by("order").values_list("pk", flat=True)
    world.keys |= {f"item_{key}": str(item) for key, item in zip(forms, items, strict=True)}


MOVED_NUMBER = identity.complete("00010119810401001")


def _move(world: World, unit: str) -> None:
    cadre = world.cadres["moved"]
    cadre.home_unit, cadre.identity_number = world.units[unit], MOVED_NUMBER
    cadre.save()


def _form(mark: str) -> AppointmentForm:
    names = [name for name in AppointmentForm.__dataclass_fields__ if name not in _OWN]
    family = FamilyItem(relation="丈夫", name=mark, birth="198401", political_affiliation=mark, work=mark)
    texts: dict[str, Any] = dict.fromkeys(names, mark)
    return AppointmentForm(**texts, sex="女", birth="1985年", resume=f"2007.07--  {mark}", family=(family,))


_OWN = {"sex", "birth", "resume", "family", "photo", "unknown", "version", "identity_number"}
