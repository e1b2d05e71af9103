"""How many positions are vacant for what a case proposes (GWYF2018 43): from posts, else from the ceilings of ranks."""

from collections.abc import Iterable
from fractions import Fraction

from quanheng.rulebook.given import Given
from quanheng.rulebook.quotas import Rounding, ceiling
from quanheng.rulebook.rank_ceilings import GROUPS
from quanheng.rulebook.situation import Record


def vacancies(given: Given) -> int | None:
    """`case.posts_authorised` less `case.posts_filled`; for ranks the least that any ceiling that somebody would come
    under leaves: by the moves that are proposed, else under those of the rank aimed at. At least 0; None where too
    little is recorded."""
    authorised, filled = (given.facts.get(f"case.posts_{name}") for name in ("authorised", "filled"))
    if isinstance(authorised, int) and isinstance(filled, int):
        return max(authorised - filled, 0)
    rounding = Rounding(str(given.switches.get("SW-ROUND", Rounding.FLOOR)))
    rows = given.records("rank_ceilings")
    entered = [each for each in rows if each.values.get("arriving") != 0] or _of_rank(rows, given.text("target.rank"))
    left = [_left(each, rounding) for each in entered]
    known = [each for each in left if each is not None]
    if 0 in known:
        return 0
    return min(known) if known and len(known) == len(left) else None


def _of_rank(rows: Iterable[Record], rank: str | None) -> list[Record]:
    """The ceilings of the organ that count a rank."""
    groups = {name for name, ranks in GROUPS.items() if rank in ranks} | {rank}
    return [row for row in rows if rank and row.values.get("name") in groups]


def _left(row: Record, rounding: Rounding) -> int | None:
    """Places under one ceiling before anybody comes, those who leave by the proposal gone."""
    whole, share, held, leaving = (row.values.get(name) for name in ("whole", "share", "held", "leaving"))
    if not isinstance(whole, int) or not isinstance(share, int | Fraction):
        return None
    if not isinstance(held, int) or not isinstance(leaving, int):
        return None
    return max(ceiling(whole, Fraction(share), rounding) - held + leaving, 0)
