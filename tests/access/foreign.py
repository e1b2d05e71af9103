"""What the tests of foreign ids share: answers made comparable, the state of all tables, the parameters read."""

import ast
import hashlib
import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator
from typing import Any

from django import forms
from django.apps import apps
from django.db.models import Q

import quanheng.web
from quanheng.ledger.ledger_codes import OPEN_DOSSIER
from quanheng.ledger.models import Entry, Head
from tests.access.world import ABSENT, World
from tests.structure import nodes, sources

CSRF = re.compile(r"\b\w{64}\b")  # made anew for each answer
FLEETING = {"sessions.Session", "axes.AccessAttempt", "axes.AccessFailureLog", "axes.AccessLog", "ledger.Head"}
UNCHANGING = Q(is_refused=True) | Q(action=OPEN_DOSSIER)
# Of lin, tang and xu: nothing of these is theirs, or theirs to name there. Each kind of key goes into each place.
FOREIGN = (
    "unit_b", "position_b", "cadre_zhou", "cadre_gone", "holding_zhou", "specialty_zhou", "tie_far",
    "batch_zhao", "item_zhao", "query_zhao", "account_zhao", "grant_zhao", "role_zhao",
)  # fmt: skip


def comparable(response: Any, value: str) -> tuple[int, str, str]:
    """Status, where it leads, and the body, without the id that was asked for."""
    content = b"".join(response.streaming_content) if response.streaming else response.content
    is_text = response.headers.get("Content-Type", "").startswith("text/")
    body = content.decode() if is_text else f"{len(content)} bytes"
    target = response.headers.get("Location", "")
    return response.status_code, target.replace(value, "?"), CSRF.sub("", body).replace(value, "?")


def state() -> str:
    """A checksum of every row of every table. That a file was opened or a step refused may be written down."""
    digest = hashlib.sha256()
    for model in apps.get_models():
        if model._meta.label not in FLEETING:
            rows = model._default_manager.order_by("pk")
            if model is Entry:
                rows = rows.exclude(UNCHANGING)
            if model._meta.label == "ledger.EntryDetail":
                rows = rows.exclude(entry__in=Entry.objects.filter(UNCHANGING))
            columns = [column.attname for column in model._meta.concrete_fields]
            digest.update(repr(list(rows.values_list(*columns))).encode())
    return digest.hexdigest()


def heads() -> dict[str, int]:
    return dict(Head.objects.values_list("stream", "seq"))


def refused_entries() -> int:
    """Refusals, and the openings of one's own files under which something of another was asked for."""
    return Entry.objects.filter(UNCHANGING).count()


def foreign_values(world: World) -> list[tuple[str, str]]:
    """(out of scope, absent) as somebody would send them: keys, code and name of a unit, a key of the ledger."""
    pairs = [(world.keys[name], ABSENT) for name in FOREIGN]
    pairs.append((world.keys["code_b"], "QH99"))
    pairs.append((world.units["b"].name, "CANARY-unitx-示范市乙局"))
    pairs.append((f"people.cadre:{world.keys['cadre_zhou']}", f"people.cadre:{ABSENT}"))
    return pairs


def form_classes() -> list[type[forms.Form]]:
    """Every form of every screen."""
    names = [module.name for module in pkgutil.walk_packages(quanheng.web.__path__, "quanheng.web.")]
    modules = [importlib.import_module(name) for name in names if ".management" not in name]
    found = {
        each
        for module in modules
        for _name, each in inspect.getmembers(module, inspect.isclass)
        if issubclass(each, forms.Form) and each.__module__.startswith("quanheng.")
    }
    return sorted(found, key=lambda each: each.__qualname__)


def parameters(kind: str) -> set[str]:
    """Names that the screens read from `request.GET` or `request.POST`, and from a dictionary handed on as such."""
    owners = {"GET": {"GET", "query", "data"}, "POST": {"POST"}}[kind]
    return {name for file in sources("web") for owner, name in _reads(file) if owner in owners}


def _reads(file: Any) -> Iterator[tuple[str, str]]:
    for call in nodes(file, ast.Call):
        if isinstance(call.func, ast.Attribute) and call.func.attr in ("get", "getlist") and call.args:
            yield from _named(call.func.value, call.args[0])
    for part in nodes(file, ast.Subscript):
        yield from _named(part.value, part.slice)
    for test in nodes(file, ast.Compare):
        yield from _named(test.comparators[0], test.left)


def _named(owner: ast.expr, name: ast.expr) -> Iterator[tuple[str, str]]:
    label = owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", "")
    if isinstance(name, ast.Constant) and isinstance(name.value, str):
        yield label, name.value
