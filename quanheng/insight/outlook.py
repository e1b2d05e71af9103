"""Which ranks and tiers lie next for somebody: what the eligibility of one person is told for without being asked."""

from collections.abc import Iterator

from quanheng.instruments.local import HouseRules
from quanheng.organization.choices import PostTier, Rank
from quanheng.people.rule_words import LEVELS, RANKS

STEPS = 2  # the next one, and the one after it as an outlook
_YEARS = "RNK-Y-"  # the rules that say from which rank or post a rank is reached


def next_ranks(rank: Rank | None, tier: PostTier | None, house: HouseRules) -> tuple[Rank, ...]:
    """The nearest first. Who holds no rank enters the ladder where the post leads to it."""
    ladder = list(Rank)
    if rank is not None:
        place = ladder.index(rank)
    else:
        entered = next(_entered(tier, house), None)
        place = ladder.index(entered) + 1 if entered else 0
    return tuple(reversed(ladder[max(place - STEPS, 0) : place]))


def _entered(tier: PostTier | None, house: HouseRules) -> Iterator[Rank]:
    """The ranks that a post of this tier leads to (ZJ2019 18)."""
    for text in house.running:
        given = {each.name: each.value for each in text.parameters}
        sources = given.get("from_any")
        if text.id.startswith(_YEARS) and tier and isinstance(sources, tuple) and LEVELS[tier] in sources:
            yield list(Rank)[RANKS.index(str(given["to"]))]


def next_tiers(tier: PostTier | None) -> tuple[PostTier, ...]:
    """The nearest first; above no known tier nothing is next."""
    ladder = list(PostTier)
    place = ladder.index(tier) if tier else 0
    return tuple(reversed(ladder[max(place - STEPS, 0) : place]))
