"""Foreign keys obey the layers too: given as strings, they are no imports that lint-imports could see."""

import tomllib
from pathlib import Path

import pytest
from django.apps import apps
from django.db.models import Model

ROOT = Path(__file__).resolve().parents[1]


def _levels() -> dict[str, int]:
    """Room -> height, from the import contract, so that there is one list of rooms."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    rooms = next(contract["layers"] for contract in contracts if contract["id"] == "rooms")
    return {name.strip(" ()"): -row for row, names in enumerate(rooms) for name in names.split("|")}


def _room(model: type[Model]) -> str:
    package, _, rest = model.__module__.partition(".")
    return rest.partition(".")[0] if package == "quanheng" else package


def foreign_keys() -> list[tuple[str, str, str]]:
    """(name of the field, room that holds it, room that it points to) for every relation between our tables."""
    return [
        (f"{model.__name__}.{field.name}", _room(model), _room(field.related_model))
        for model in apps.get_models(include_auto_created=True)
        if model.__module__.startswith("quanheng.")
        for field in model._meta.get_fields()
        if field.is_relation and not field.auto_created and isinstance(field.related_model, type)
    ]


def test_levels_are_read_from_the_contract() -> None:
    levels = _levels()
    assert (
        levels["web"]
        > levels["intake"]
        > levels["people"]
        > levels["organization"]
        > levels["ledger"]
        > levels["kernel"]
    )
    assert levels["vault"] == levels["formats"]


def test_every_foreign_key_points_down_or_stays_at_home() -> None:
    levels = _levels()
    wrong = [
        f"{name}: {source} -> {target}"
        for name, source, target in foreign_keys()
        if source != target and levels.get(target, levels["web"]) >= levels[source]
    ]
    assert not wrong, "\n".join(wrong)


def test_ledger_holds_no_foreign_key_to_another_room() -> None:
    """It names actors and objects by key: evidence must outlive what it speaks of."""
    assert {target for _, source, target in foreign_keys() if source == "ledger"} <= {"ledger"}


@pytest.mark.parametrize("room", ["intake", "people", "organization"])
def test_the_check_sees_the_rooms_with_tables(room: str) -> None:
    assert room in {source for _, source, _ in foreign_keys()}
