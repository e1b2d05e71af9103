"""What follows from raw records, facts and fields that no expression can compute, by the functions of this package.

`derive` fills them in where the records give enough and nobody has recorded them; who builds a situation (from YAML,
from a register) calls it once. A derived field is declared in the vocabulary like any other, and what it means is told
there; here stands how it is computed. Numbers come from the parameters of the rules, never from this file.

Another one: a function in `FIELDS` (of one record), in `OF_FIELD` (of every records fact that has the field) or in
`FACTS`. Later ones see what earlier ones made. None: not enough is known.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date

from quanheng.rulebook import assessment_facts, kin_ties, ladders, rank_facts, retirement, sanction_effects
from quanheng.rulebook.book import Rulebook
from quanheng.rulebook.given import Given, OfRecord, is_running
from quanheng.rulebook.instrument import Scalar
from quanheng.rulebook.situation import FactValue, Record
from quanheng.rulebook.vacancies import vacancies
from quanheng.rulebook.vocabulary import Vocabulary

Field = tuple[str, str]


def derive(
    facts: Mapping[str, FactValue], vocabulary: Vocabulary, *, on: date, switches: Mapping[str, Scalar], book: Rulebook
) -> dict[str, FactValue]:
    """The facts with all that follows from them. What is given stands, even where it could be computed."""
    made = dict(facts)
    given = Given(made, on, switches, book)
    for (fact, field), of_record in _fields(vocabulary):
        found = made.get(fact)
        if isinstance(found, tuple):
            made[fact] = tuple(_filled(each, field, of_record, given) for each in found)
    for name, compute in FACTS.items():
        if name not in made and (value := compute(given)) is not None:
            made[name] = value
    return made


def _fields(vocabulary: Vocabulary) -> Iterable[tuple[Field, OfRecord]]:
    yield from FIELDS.items()
    for fact in vocabulary:
        for field, of_record in OF_FIELD.items():
            if field in fact.fields:
                yield (fact.name, field), of_record


def _filled(record: Record, field: str, of_record: OfRecord, given: Given) -> Record:
    if record.values.get(field) is not None or (value := of_record(record, given)) is None:
        return record
    return Record(record.key, {**record.values, field: value})


# --- levels and ages


def levels_up(given: Given) -> FactValue:
    """Steps from the highest level held on the day, else the one held last, up to `target.level` (TJ2019 9)."""
    aim = ladders.level(given.text("target.level") or "")
    held = given.begun("posts", "start")
    if aim is None or not held or given.may_hold_others:
        return None
    current = given.current_posts or _latest(held)
    levels = [ladders.level(str(each.values.get("level"))) for each in current]
    known = [level for level in levels if level is not None]
    if len(known) < len(levels):
        return None
    return ladders.levels_up(max(known, key=ladders.level_index), aim)


def _latest(held: list[Record]) -> list[Record]:
    ends = [end for each in held if isinstance(end := each.values.get("end"), date)]
    return [each for each in held if each.values.get("end") == max(ends)]


def last_promotion(given: Given) -> FactValue:
    """First day of the unbroken run on the highest level now held; None where a level or a beginning is not known."""
    held, current = given.begun("posts", "start"), given.current_posts
    if not current or any(each.values.get("start") is None for each in given.records("posts")):
        return None
    levels = [ladders.level(str(each.values.get("level"))) for each in held]
    rungs = {each.key: ladders.level_index(level) for each, level in zip(held, levels, strict=True) if level}
    if len(rungs) < len(held):
        return None
    top = max(rungs[each.key] for each in current)
    return _run_to(given.on, [_span(each) for each in held if rungs[each.key] >= top])


def _span(post: Record) -> tuple[date, date]:
    start, end = post.values.get("start"), post.values.get("end")
    return (start if isinstance(start, date) else date.min), (end if isinstance(end, date) else date.max)


def _run_to(on: date, spans: list[tuple[date, date]]) -> date:
    first = on
    for start, end in sorted(spans, reverse=True, key=lambda span: (span[1], span[0])):
        first = min(first, start) if first <= end else first
    return first


def is_on_probation(given: Given) -> FactValue:
    """Does a probationary period in a leading post run on the day?"""
    return _is_one_open(given, "probations", "start")


def _is_one_open(given: Given, fact: str, begins: str) -> bool | None:
    """Of records that are closed one day. None where they are not known, or not whether one of them has begun."""
    if not isinstance(given.facts.get(fact), tuple):
        return None
    if any(is_running(each, "closed", given.on) for each in given.begun(fact, begins)):
        return True
    return None if given.undated(fact, begins, "closed") else False


_AIMS = {
    "rank": ("target.rank",),
    "staff_grade": ("target.staff_grade",),
    "post": ("target.level", "target.role", "target.post"),
}


def target_kind(given: Given) -> FactValue:
    """What is aimed at, where only its rank, its staff grade or its level, role or name is told."""
    aims = [kind for kind, names in _AIMS.items() if any(given.facts.get(name) is not None for name in names)]
    return aims[0] if len(aims) == 1 else None


def retirement_date(given: Given) -> FactValue:
    """The day on which the statutory age is reached, by class and month of birth (tables of 2024)."""
    birth, word = given.day("person.birth"), given.text("person.retirement_class")
    if birth is None or word is None:
        return None
    return retirement.retirement_date(retirement.RetirementClass(word), birth)


def is_retired(given: Given) -> FactValue:
    """No, where a post is held; otherwise it has to be recorded."""
    return False if given.current_posts else None


LEADING = frozenset({"正职", "副职", "其他成员"})


def is_leading_member(given: Given) -> FactValue:
    """By the places in leading groups of the posts held now; None where one of them, or its beginning, is not said."""
    roles = {post.values.get("role") for post in given.current_posts}
    if roles & LEADING:
        return True
    return None if not roles or None in roles or given.may_hold_others else False


def has_open_case(given: Given) -> FactValue:
    """Is an inquiry open on the day?"""
    return _is_one_open(given, "inquiries", "opened")


FIELDS: Mapping[Field, OfRecord] = {
    ("sanctions", "system"): sanction_effects.system,
    ("sanctions", "effect_end"): sanction_effects.effect_end,
    ("sanctions", "least_effect_end"): sanction_effects.least_effect_end,
    ("sanctions", "is_inside_another"): sanction_effects.is_inside_another,
    ("relatives", "line"): kin_ties.line_between,
    ("relatives", "is_in_organ_led"): kin_ties.is_in_organ_led,
    ("matter_changes", "article"): assessment_facts.report_article,
    ("report_entries", "article"): assessment_facts.report_article,
    ("check_differences", "article"): assessment_facts.report_article,
    ("terms", "consecutive"): rank_facts.consecutive_term,
}
OF_FIELD: Mapping[str, OfRecord] = {
    "kin_class": kin_ties.kin_class,
    "class_by_word": kin_ties.kin_class,
    "is_business_kin": kin_ties.is_business_kin,
}
FACTS: Mapping[str, Callable[[Given], FactValue]] = {
    "target.kind": target_kind,
    "person.last_promotion": last_promotion,
    "person.is_on_probation": is_on_probation,
    "target.levels_up": levels_up,
    "rank_ceilings": rank_facts.ceilings_of_ranks,
    "case.new_promotions": rank_facts.new_promotions,
    "case.young_promotions": rank_facts.young_promotions,
    "case.vacancies": vacancies,
    "group_limits": assessment_facts.group_limits,
    "case.excellent_proposed": assessment_facts.excellent_proposed,
    "person.retirement_date": retirement_date,
    "person.is_retired": is_retired,
    "person.is_leading_member": is_leading_member,
    "person.has_open_case": has_open_case,
}
# Derived fact -> the facts that somebody records instead, for the vocabulary as it is printed. Left out: `target.kind`,
# which follows from whatever else is told of the target.
FROM: Mapping[str, tuple[str, ...]] = {
    "person.last_promotion": ("posts",),
    "person.is_on_probation": ("probations",),
    "target.levels_up": ("target.level", "posts"),
    "rank_ceilings": (
        *("case.organ_kind", "case.general_posts", "case.leading_group_posts"),
        *("rank_headcount", "rank_moves"),
    ),
    "case.new_promotions": ("batch",),
    "case.young_promotions": ("batch",),
    "case.vacancies": ("case.posts_authorised", "case.posts_filled", "rank_ceilings", "target.rank"),
    "group_limits": ("case.groups_excellent", "case.leaders_excellent", "case.excellent_proposed", "proposed_grades"),
    "case.excellent_proposed": ("proposed_grades",),
    "person.retirement_date": ("person.birth", "person.retirement_class"),
    "person.is_retired": ("posts",),
    "person.is_leading_member": ("posts",),
    "person.has_open_case": ("inquiries",),
}


def feeds(fact: str) -> list[str]:
    """The derived facts that follow from this one."""
    return [derived for derived, sources in FROM.items() if fact in sources]


def told_of(facts: Iterable[str]) -> list[str]:
    """These facts and those from which they follow."""
    return sorted({source for fact in facts for source in (fact, *FROM.get(fact, ()))})
