"""What somebody may be eligible for: a post, a rank or a pool, as the rulebook sees it.

`post:` is followed by the key of a position, by `<code of its unit>/<its title>`, or by a tier (`post:county_deputy`:
any post of it); `rank:` by a rank (`rank:counsel_4`), `pool:` by a pool (`pool:young`).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import CharField, F
from django.db.models.functions import MD5, Cast, Concat
from django.utils.translation import gettext as _

from quanheng.insight import target_words as words
from quanheng.kernel.actor import Actor
from quanheng.kernel.errors import NotFound, Refused
from quanheng.organization.access import visible_units
from quanheng.organization.choices import PostTier, Rank
from quanheng.organization.models import Position
from quanheng.organization.queries import in_force, versions_on
from quanheng.people.rule_words import LEVELS, RANKS
from quanheng.rulebook.situation import FactValue

Facts = Mapping[str, FactValue]
POST, RANK, POOL = "post", "rank", "pool"
POOLS = ("young",)


class CannotReadTarget(Refused):
    """`unknown-target`: facts `target`, and what may be written: `kinds` before the colon, then `tiers` and so on."""


def cannot_read(code: str, reason: str = "unknown-target") -> CannotReadTarget:
    known = {"kinds": [POOL, POST, RANK], "tiers": PostTier.values, "ranks": Rank.values, "pools": list(POOLS)}
    return CannotReadTarget(reason, target=code, **known)


@dataclass(frozen=True)
class Target:
    """`facts`: as people read them. `told`: as a snapshot tells them, texts by their digests."""

    code: str
    kind: str
    title: str
    facts: Facts
    told: Facts
    position: Position | None = None

    @property
    def level(self) -> str | None:
        found = self.facts.get("target.level")
        return found if isinstance(found, str) else None


def find_target(actor: Actor, code: str, on: date) -> Target:
    """Raises `CannotReadTarget`, and `NotFound` for a post that the actor may not see or that does not exist."""
    kind, _colon, rest = code.partition(":")
    found = _KINDS.get(kind)
    if found is None or not rest:
        raise cannot_read(code)
    return found(actor, rest, on)


def tier_target(tier: PostTier) -> Target:
    facts: Facts = {"target.kind": POST, "target.level": LEVELS[tier], "target.role": words.ROLE_OF_TIER.get(tier)}
    return _target(f"{POST}:{tier.value}", POST, str(tier.label), facts)


def rank_target(rank: Rank) -> Target:
    word = RANKS[list(Rank).index(rank)]
    return _target(f"{RANK}:{rank.value}", RANK, str(rank.label), {"target.kind": RANK, "target.rank": word})


def pool_target(pool: str) -> Target:
    return _target(f"{POOL}:{pool}", POOL, _("优秀年轻干部库"), {"target.kind": POOL})


def position_targets(positions: Iterable[UUID], on: date) -> dict[UUID, Target]:
    """In the order of the keys given; without those that do not exist on the day. Two queries."""
    keys = list(positions)
    rows = {
        row.pk: row
        for row in _told(Position.objects.filter(in_force(on), pk__in=keys)).select_related("unit", "leading_group")
    }
    versions = versions_on({row.unit_id for row in rows.values()}, on)
    return {key: _of_position(rows[key], versions.get(rows[key].unit_id)) for key in keys if key in rows}


def targets_of(codes: Iterable[str], on: date) -> list[Target]:
    """Of codes that were found before, for work that is done for nobody; without those that are no more."""
    found, posts = list[Target](), list[UUID]()
    for code in codes:
        kind, _colon, rest = code.partition(":")
        if key := _key(rest):
            posts.append(key)
        elif kind == POST and rest in PostTier.values:
            found.append(tier_target(PostTier(rest)))
        elif kind == RANK and rest in Rank.values:
            found.append(rank_target(Rank(rest)))
        elif kind == POOL and rest in POOLS:
            found.append(pool_target(rest))
    return [*found, *position_targets(posts, on).values()]


def _told(positions: "words.Positions") -> "words.Positions":
    """Units and posts are told apart in a snapshot by digests of their keys (`quanheng.people.rule_facts`)."""
    unit = Cast(F("unit"), CharField())
    return positions.annotate(told_unit=MD5(unit), told_post=MD5(Concat(unit, F("title"), output_field=CharField())))


def _of_position(row: Position, version: "words.Version") -> Target:
    level, name = LEVELS.get(PostTier(row.tier)), version.name if version else row.unit.name
    read = {"target.post": name + row.title, "target.unit": name}
    asked = vars(row)  # with the columns of `_told`, which the model does not declare
    told = {"target.post": asked["told_post"], "target.unit": asked["told_unit"]}
    facts: Facts = {"target.kind": POST, "target.level": level, **words.facts_of_post(row, version)}
    made = _target(f"{POST}:{row.pk}", POST, name + row.title, {**facts, **read})
    return Target(made.code, POST, made.title, made.facts, _known({**facts, **told}), row)


def _target(code: str, kind: str, title: str, facts: Facts) -> Target:
    known = _known(facts)
    return Target(code, kind, title, known, known)


def _known(facts: Facts) -> Facts:
    return {name: value for name, value in facts.items() if value is not None}


def _find_post(actor: Actor, rest: str, on: date) -> Target:
    if rest in PostTier.values:
        return tier_target(PostTier(rest))
    seen = Position.objects.filter(in_force(on), unit__in=visible_units(actor))
    code, _slash, title = rest.partition("/")
    key = _key(rest)
    found = seen.filter(pk=key) if key else seen.filter(unit__code=code, title=title)
    for target in position_targets(found.order_by("order", "pk").values_list("pk", flat=True)[:1], on).values():
        return target
    raise NotFound


def _key(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _find_rank(_actor: Actor, rest: str, _on: date) -> Target:
    if rest not in Rank.values:
        raise cannot_read(f"{RANK}:{rest}")
    return rank_target(Rank(rest))


def _find_pool(_actor: Actor, rest: str, _on: date) -> Target:
    if rest not in POOLS:
        raise cannot_read(f"{POOL}:{rest}")
    return pool_target(rest)


_KINDS: Mapping[str, Callable[[Actor, str, date], Target]] = {POST: _find_post, RANK: _find_rank, POOL: _find_pool}
