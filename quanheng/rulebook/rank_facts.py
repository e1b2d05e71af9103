"""Facts about terms, numbers of ranks and batches that follow from raw records (see `derived`)."""

from datetime import date

from quanheng.rulebook import rank_ceilings
from quanheng.rulebook.given import Given
from quanheng.rulebook.quotas import Rounding
from quanheng.rulebook.situation import Bounded, FactValue, Raw, Record

_TABLES = {
    "中央机关": "RNK-Q-CENT",
    "省级机关": "RNK-Q-PROV",
    "副省级城市机关": "RNK-Q-SUBPROV",
    "市级机关": "RNK-Q-CITY",
    "县乡机关": "RNK-Q-COUNTY",
}


def consecutive_term(record: Record, given: Given) -> Raw:
    """One more than the term in the same post that ended on the day on which this one began, else 1 (RQ2006 6). None
    where the post or the first day of a term that may lead to it is not recorded."""
    start, post = record.values.get("start"), record.values.get("post")
    if not isinstance(start, date) or post is None:
        return None
    before = [each for each in given.records("terms") if _may_lead_to(each, str(post), start)]
    surely = next((each for each in before if each.values.get("post") == post), None)
    if surely is None:
        return None if before else 1
    number = surely.values.get("consecutive") or consecutive_term(surely, given)
    return number + 1 if isinstance(number, int) else None


def _may_lead_to(term: Record, post: str, start: date) -> bool:
    began = term.values.get("start")
    is_before = not isinstance(began, date) or began < start
    return is_before and term.values.get("post") in (post, None) and term.values.get("end") == start


def ceilings_of_ranks(given: Given) -> FactValue:
    """The ceilings of the organ's tier, and those of its leading group where the posts of that are recorded."""
    rule = _TABLES.get(given.text("case.organ_kind") or "")
    if rule is None:
        return None
    made = _ceilings(given, rule, "ceilings", rank_ceilings.ORGAN, "case.general_posts")
    if given.facts.get("case.leading_group_posts") is not None:
        leaders = rank_ceilings.LEADING_GROUP
        made += _ceilings(given, rule, "leading_group_ceilings", leaders, "case.leading_group_posts")
    return tuple(made)


def _ceilings(given: Given, rule: str, table: str, body: str, base: str) -> list[Record]:
    heads, moves = (given.facts.get(name) for name in ("rank_headcount", "rank_moves"))
    staff = rank_ceilings.Staff(
        body, heads if isinstance(heads, tuple) else None, moves if isinstance(moves, tuple) else None
    )
    positions, rounding = given.facts.get(base), Rounding(str(given.switches.get("SW-ROUND", Rounding.FLOOR)))
    number = positions if isinstance(positions, int) else None
    return rank_ceilings.ceilings(given.rows(rule, table), number, staff, rounding)


def new_promotions(given: Given) -> FactValue:
    """Persons of the batch who are newly promoted, as bounds where it is not known of some."""
    return _counted(given, "is_new_promotion")


def young_promotions(given: Given) -> FactValue:
    """Outstanding young cadres among the newly promoted of the batch."""
    return _counted(given, "is_new_promotion", "is_promising_young")


def _counted(given: Given, *fields: str) -> FactValue:
    if not isinstance(given.facts.get("batch"), tuple):
        return None
    marks = [[each.values.get(field) for field in fields] for each in given.records("batch")]
    sure = sum(all(mark is True for mark in each) for each in marks)
    maybe = sum(all(mark is not False for mark in each) for each in marks)
    return sure if sure == maybe else Bounded(sure, maybe)
