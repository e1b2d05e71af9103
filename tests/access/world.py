"""The world of the access proofs: the cast of tests/conftest.py and those whose access is narrowed in one way each.

Units: the city (0001.) holds A and B; A1 lies below A. Every text of every object holds `CANARY-<its key>-`, so that
an answer tells by itself whom and what it speaks of.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from quanheng.accounts.choices import ManagementCategory
from quanheng.accounts.models import Account, Grant, RoleAssignment
from quanheng.kernel.actor import Purpose, Role
from quanheng.organization.choices import GroupRole, PostTier, UnitCategory
from quanheng.organization.models import LeadingGroup, Position, Unit
from quanheng.people.choices import KinTieState
from quanheng.people.models import Cadre, KinTie
from tests.conftest import (
    EVERY_CATEGORY,
    OFFICER_PURPOSES,
    SINCE,
    Cast,
    make_account,
    make_cadre,
    make_grant,
    make_unit,
)

TODAY = date(2026, 11, 20)
ABSENT = "00000000-0000-7000-8000-000000000000"

# Who comes to a page. The first nine are the cast.
PERSONAS = (
    "lin", "zhao", "wang", "chen", "he", "qian", "wu", "xu", "outsider",
    "low",  # officer, granted the unit below A only
    "tang",  # officer of A, city cadres only
    "selector",  # officer of A, for selection only
    "wen",  # officer of A with an own file, a confirmed and a proposed relative there
    "su",  # officer who signs rules, and whose grant of A is for nothing else
    "expired", "future", "revoked",  # officers whose grant of A is over since today, begins tomorrow, was taken back
    "former",  # grant of A, role ended today
    "initial",  # as lin, with the password that was given
    "closed",  # as lin, account closed while signed in
    "anonymous",
)  # fmt: skip

# key: (unit, management category). The name of a file is its canary.
CADRES = {
    "chen": ("a", "city"),
    "county": ("a", "county"),
    "own": ("a", "city"),  # wen's own file
    "spouse": ("a", "city"),  # wen's confirmed relative
    "cousin": ("a", "city"),  # wen's proposed relative
    "deep": ("a1", "city"),
    "zhou": ("b", "city"),
    "moved": ("b", "city"),  # was in A when lin imported
    "gone": ("a", "city"),  # withdrawn
}

# Who sees which files in lists, counts, exports, search. By hand: this is the oracle.
ALL_OF_A = frozenset({"chen", "county", "own", "spouse", "cousin", "deep"})
ALL_OF_B = frozenset({"zhou", "moved"})
VISIBLE: dict[str, frozenset[str]] = {
    "lin": ALL_OF_A,
    "zhao": ALL_OF_B,
    "wang": ALL_OF_A | ALL_OF_B,
    "he": ALL_OF_A | ALL_OF_B,
    "low": frozenset({"deep"}),
    "tang": ALL_OF_A - {"county"},
    "selector": ALL_OF_A,
    "wen": ALL_OF_A - {"own", "spouse"},
}
VISIBLE_UNITS: dict[str, frozenset[str]] = {
    "lin": frozenset({"a", "a1"}),
    "zhao": frozenset({"b"}),
    "wang": frozenset({"city", "a", "a1", "b"}),
    "he": frozenset({"city", "a", "a1", "b"}),
    "low": frozenset({"a1"}),
    "tang": frozenset({"a", "a1"}),
    "selector": frozenset({"a", "a1"}),
    "wen": frozenset({"a", "a1"}),
}
# The way to a grant is shown by name; further than the grant only what the files of its persons say.
WAY = {
    "lin": {"unitcity"}, "zhao": {"unitcity"}, "low": {"unitcity", "unita"}, "tang": {"unitcity"},
    "selector": {"unitcity"}, "wen": {"unitcity"},
}  # fmt: skip
OWN = {
    "lin": {"importlin", "querylin"},
    "zhao": {"importzhao", "queryzhao"},
    "chen": {"chen", "unita"},
    # The auditor reads why something was done, and no value of what was done.
    "qian": {f"why{key}" for key in CADRES},
    "wen": {"own"},
    # The security administrator names units when giving grants, and sees accounts; never a person's file.
    "xu": {"unitcity", "unita", "unita1", "unitb"},
}


def allowed(who: str) -> set[str]:
    """Whose canaries an answer may hold: persons, units, the way there, and one's own."""
    units = {f"unit{key}" for key in VISIBLE_UNITS.get(who, ())}
    reasons = {f"why{key}" for key in VISIBLE.get(who, ())}
    return {*VISIBLE.get(who, ()), *reasons, *units, *WAY.get(who, ()), *OWN.get(who, ())}


DESK = ("lin", "zhao", "wang", "he", "low", "tang", "selector", "wen", "su", "expired", "future", "revoked")


def canary(key: str) -> str:
    return f"CANARY-{key}-"


@dataclass
class World:
    cast: Cast
    at: datetime
    units: dict[str, Unit]
    cadres: dict[str, Cadre]
    accounts: dict[str, Account]
    positions: dict[str, Position]
    keys: dict[str, str] = field(default_factory=dict)  # what the rows of the matrix name: "unit_a", "cadre_chen", …

    def key(self, name: str) -> UUID:
        return UUID(self.keys[name])


def build_world(cast: Cast, at: datetime) -> World:
    units = _units(cast)
    cadres = {key: _cadre(key, units[unit], category, at, cast) for key, (unit, category) in CADRES.items()}
    Cadre.objects.filter(pk=cadres["gone"].pk).update(withdrawn_at=at)
    cadres["gone"].withdrawn_at = at
    accounts = {**cast.accounts, **_officers(units, cadres, at)}
    ties = {name: KinTie.objects.create(proposed_at=at, relation="10", **tie) for name, tie in _ties(cadres).items()}
    positions = {key: _principal(unit, f"unit{key}") for key, unit in units.items()}
    world = World(cast, at, units, cadres, accounts, positions)
    world.keys = _keys(world) | {f"tie_{name}": str(tie.pk) for name, tie in ties.items()}
    return world


def _ties(cadres: dict[str, Cadre]) -> dict[str, dict[str, Any]]:
    """wen's relatives; and one of chen's who is registered in B."""
    return {
        "spouse": {"cadre": cadres["spouse"], "kin": cadres["own"], "state": KinTieState.CONFIRMED},
        "cousin": {"cadre": cadres["cousin"], "kin": cadres["own"], "state": KinTieState.PROPOSED},
        "far": {"cadre": cadres["chen"], "kin": cadres["zhou"], "state": KinTieState.PROPOSED},
    }


def _units(cast: Cast) -> dict[str, Unit]:
    below = make_unit("QH0101", "甲局下属中心", "0001.0001.0001.", cast.unit_a, UnitCategory.INSTITUTION)
    units = {"city": cast.city, "a": cast.unit_a, "b": cast.unit_b, "a1": below}
    for key, unit in units.items():
        unit.name = f"{canary(f'unit{key}')}{unit.name}"
        unit.save()
        unit.versions.update(name=unit.name, short_name=canary(f"unit{key}"), region="", affiliation="市")
    return units


def _principal(unit: Unit, key: str) -> Position:
    group = LeadingGroup.objects.create(unit=unit, name=canary(key), valid_from=SINCE)
    return Position.objects.create(
        unit=unit, leading_group=group, title=canary(key), tier=PostTier.COUNTY_PRINCIPAL,
        group_role=GroupRole.PRINCIPAL, valid_from=SINCE,
    )  # fmt: skip


def _cadre(key: str, unit: Unit, category: str, at: datetime, cast: Cast) -> Cadre:
    made = {"chen": cast.chen_file, "zhou": cast.zhou_file}
    row = made.get(key) or make_cadre(key, unit, at, birth_month=date(1981, 4, 1))
    Cadre.objects.filter(pk=row.pk).update(management_category=ManagementCategory(category), name=canary(key))
    return Cadre.objects.get(pk=row.pk)


def _officers(units: dict[str, Unit], cadres: dict[str, Cadre], at: datetime) -> dict[str, Account]:
    """Cadre officers; what narrows each is said beside `PERSONAS`."""

    def officer(name: str, unit: str = "a", **grant: object) -> Account:
        account = make_account(name, name, Role.CADRE_OFFICER, at, office="干部一科")
        values = {"categories": EVERY_CATEGORY, "purposes": OFFICER_PURPOSES, "valid_to": None, "revoked_at": None}
        row = make_grant(account, units[unit], OFFICER_PURPOSES, at)
        Grant.objects.filter(pk=row.pk).update(**{**values, **grant})
        return account

    accounts = {
        "low": officer("low", "a1"),
        "tang": officer("tang", categories=["city"]),
        "selector": officer("selector", purposes=[Purpose.SELECTION.value]),
        "wen": officer("wen"),
        "su": officer("su", purposes=[Purpose.RULES.value]),
        "expired": officer("expired", valid_to=TODAY),
        "future": officer("future", valid_from=date(2026, 11, 21)),
        "revoked": officer("revoked", revoked_at=at),
        **{name: officer(name) for name in ("former", "initial", "closed")},
    }
    Account.objects.filter(username="wen").update(cadre_key=cadres["own"].pk)
    RoleAssignment.objects.create(account=accounts["wen"], role=Role.CADRE, valid_from=SINCE)
    RoleAssignment.objects.filter(account=accounts["former"]).update(valid_to=TODAY)
    Account.objects.filter(username="initial").update(has_initial_password=True)
    Account.objects.filter(username="closed").update(is_active=False)
    return {name: Account.objects.get(pk=account.pk) for name, account in accounts.items()}


def _keys(world: World) -> dict[str, str]:
    found: dict[str, object] = {"absent": ABSENT}
    found |= {f"unit_{key}": unit.pk for key, unit in world.units.items()}
    found |= {f"code_{key}": unit.code for key, unit in world.units.items()}
    found |= {f"position_{key}": position.pk for key, position in world.positions.items()}
    found |= {f"group_{key}": position.leading_group_id for key, position in world.positions.items()}
    found |= {f"cadre_{key}": cadre.pk for key, cadre in world.cadres.items()}
    found |= {f"account_{key}": account.pk for key, account in world.accounts.items()}
    found |= {f"grant_{row.account.username}": row.pk for row in Grant.objects.select_related("account")}
    found |= {f"role_{row.account.username}": row.pk for row in RoleAssignment.objects.select_related("account")}
    return {name: str(value) for name, value in found.items()}
