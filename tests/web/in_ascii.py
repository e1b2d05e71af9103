"""The world of the access proofs with every Chinese text of the database made ASCII: what is Chinese then is ours."""

import re
from typing import Any

from django.apps import apps
from django.db import models

from quanheng.intake.models import ImportItem
from quanheng.vault.fields import BlindIndexField, SealedField
from tests.access.world import World

CHINESE = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]+")
ROOMS = ("ledger", "papers", "organization", "accounts", "people", "intake", "instruments")


def in_ascii(world: World) -> World:
    """Files read by an import stay as they are: their words are read again (丈夫, 女, 1985年)."""
    for model in (model for room in ROOMS for model in apps.get_app_config(room).get_models()):
        if model is ImportItem:
            continue
        for row in model._default_manager.all():
            changed = {column.attname: _plain(getattr(row, column.attname)) for column in _texts(model)}
            if any(getattr(row, name) != value for name, value in changed.items()):
                _write(row, changed)
    return world


def _texts(model: type[models.Model]) -> list[Any]:
    kinds = (models.CharField, models.TextField, models.JSONField, SealedField)
    columns = model._meta.concrete_fields
    return [column for column in columns if isinstance(column, kinds) and not isinstance(column, BlindIndexField)]


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return CHINESE.sub(lambda found: "x" * len(found[0]), value)
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items()}
    return [_plain(part) for part in value] if isinstance(value, list) else value


def _write(row: models.Model, changed: dict[str, Any]) -> None:
    for name, value in changed.items():
        setattr(row, name, value)
    row.save()
