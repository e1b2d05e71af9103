"""What is due for people, by the rules: from which record and article, and on which day. One definition for one person
(`due_of`, in Python) and for all (`quanheng.insight.due_sql`, over a snapshot).

A watch is a kind of due item: a rule that is asked, and the day in its finding that somebody has to know beforehand or
has to act on. An item goes when its cause goes: when the rule, asked again, does not give it any more.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from quanheng.insight.situations import Facts, situation
from quanheng.insight.targets import Target, rank_target
from quanheng.instruments.local import HouseRules
from quanheng.organization.choices import Rank
from quanheng.rulebook.combine import begin_of
from quanheng.rulebook.evaluate import evaluate
from quanheng.rulebook.facts_reading import load_facts
from quanheng.rulebook.finding import Finding, Outcome
from quanheng.rulebook.given import has_begun, is_running
from quanheng.rulebook.rule import Rule
from quanheng.rulebook.situation import Record, Situation
from quanheng.rulebook.types import LAST


class DueKind(StrEnum):
    RETIREMENT = "retirement"
    PROBATION = "probation"
    RANK = "rank"
    TERM = "term"
    EXCHANGE = "exchange"
    SANCTION = "sanction"
    TRAINING = "training"


class Shape(StrEnum):
    RIPENS = "ripens"  # a condition that is not met until a day: told before and for a while after
    LAPSES = "lapses"  # a record by record duty or limit that is kept until a day, and then not
    SHORT = "short"  # something lacks, to be made up by a day


@dataclass(frozen=True, slots=True)
class Watch:
    """`rule`: its id. `target`: what it is asked of, if it asks for one. `day`: the date of the finding, for LAPSES and
    SHORT. `done`: the field of a record that says when the matter was settled."""

    kind: DueKind
    rule: str
    shape: Shape
    target: Target | None = None
    day: str = ""
    done: str = ""


@dataclass(frozen=True, slots=True, order=True)
class Due:
    """`item`: the record whose finding it is, of a rule with items; the rank aimed at, of a rank."""

    on: date
    kind: DueKind
    rule: str
    item: str
    subject: UUID


RETIREMENT_DATE, IS_RETIRED = "person.retirement_date", "person.is_retired"
SANCTIONS = (
    *("SAN-PTY-W", "SAN-PTY-S", "SAN-PTY-R", "SAN-PTY-P"),
    *("SAN-ADM-W", "SAN-ADM-D", "SAN-ADM-M", "SAN-ADM-L", "SAN-ADM-R", "SAN-ADMON"),
)
# How many days before and after its day an item is shown. The office reads them, with the reasons, above each list.
DAYS_AHEAD = {
    DueKind.RETIREMENT: 365,  # the papers take half a year, finding a successor another
    DueKind.PROBATION: 60,  # the assessment has to be made before it ends
    DueKind.RANK: 90,  # one round of promotions
    DueKind.TERM: 180,  # an election, or another term, is prepared for half a year
    DueKind.EXCHANGE: 180,  # as long to find where to
    DueKind.SANCTION: 60,  # conduct is looked at before it ends
    DueKind.TRAINING: 92,  # the last quarter, when courses can still be attended
}
DAYS_BEHIND = {  # overdue for ever where somebody had to act; what merely happened is told for a while
    DueKind.RANK: 180,  # two rounds
    DueKind.SANCTION: 30,  # to tell the person
}
AHEAD = {kind: timedelta(days=days) for kind, days in DAYS_AHEAD.items()}
BEHIND = {kind: timedelta(days=days) for kind, days in DAYS_BEHIND.items()}


def watches() -> tuple[Watch, ...]:
    ranks = tuple(
        Watch(DueKind.RANK, f"RNK-Y-{place:02}", Shape.RIPENS, rank_target(rank))
        for place, rank in enumerate(list(Rank)[:-1], start=1)
    )
    return (
        Watch(DueKind.PROBATION, "SEL-PRO-42", Shape.LAPSES, day="deadline", done="closed"),
        *ranks,
        Watch(DueKind.TERM, "TRM-5", Shape.LAPSES, day="deadline"),
        Watch(DueKind.EXCHANGE, "EXC-10", Shape.LAPSES, day="reached"),
        *(Watch(DueKind.SANCTION, rule, Shape.RIPENS) for rule in SANCTIONS),
        Watch(DueKind.TRAINING, "TRN-14-1", Shape.SHORT, day="deadline"),
    )


def due_of(cadre: UUID, recorded: Facts, house: HouseRules, kinds: Iterable[DueKind] = tuple(DueKind)) -> list[Due]:
    """All that is due for one person on the day of `house`, the earliest first. Pure."""
    wanted = frozenset(kinds)
    rules = {rule.id: rule for rule in house.compiled()}
    asked = [(watch, rules[watch.rule]) for watch in watches() if watch.kind in wanted and watch.rule in rules]
    found = [each for watch, rule in asked for each in _found(watch, rule, cadre, recorded, house)]
    if DueKind.RETIREMENT in wanted:
        found += _retirement(situation(cadre, recorded, None, house), cadre)
    return sorted(each for each in set(found) if is_near(each.kind, each.on, house.on))


def is_near(kind: DueKind, day: date, on: date) -> bool:
    behind = BEHIND.get(kind)
    return day <= on + AHEAD[kind] and (behind is None or day >= on - behind)


def _retirement(asked: Situation, cadre: UUID) -> list[Due]:
    day = asked.facts.get(RETIREMENT_DATE)
    is_left = asked.facts.get(IS_RETIRED) is True
    return [Due(day, DueKind.RETIREMENT, "", "", cadre)] if isinstance(day, date) and not is_left else []


def reaching(target: Target) -> tuple[str, ...]:
    """The rank that is aimed at and those above it: nobody who holds one of them has it to come."""
    ladder, word = tuple(load_facts().codes["rank"].values), target.told["target.rank"]
    return ladder[ladder.index(str(word)) :]


def _is_reached(target: Target | None, asked: Situation) -> bool:
    held = asked.facts.get("ranks")
    if target is None or not isinstance(held, tuple):
        return False
    begun = (each for each in held if has_begun(each, "start", asked.on) and is_running(each, "end", asked.on))
    return any(each.values.get("rank") in reaching(target) for each in begun)


def _found(watch: Watch, rule: Rule, cadre: UUID, recorded: Facts, house: HouseRules) -> Iterator[Due]:
    asked = situation(cadre, recorded, watch.target, house)
    if _is_reached(watch.target, asked):
        return
    findings, items = evaluate(rule, asked, load_facts()), _items(rule, asked)
    for finding, record in zip(findings, items, strict=False):
        day = _day(watch, finding)
        if day is not None and not _is_done(watch, record):
            item = watch.target.code if watch.target else record.key if record else ""
            yield Due(day, watch.kind, watch.rule, item, cadre)


def _items(rule: Rule, asked: Situation) -> Sequence[Record | None]:
    """The records that the findings are about, in their order (`evaluate`); one without items is about none."""
    if rule.each is None:
        return (None,)
    fact, found = load_facts().lookup(rule.each.name), asked.facts.get(rule.each.name)
    return [each for each in found if begin_of(fact, each) <= asked.on] if isinstance(found, tuple) else ()


def _is_done(watch: Watch, record: Record | None) -> bool:
    return bool(watch.done and record and record.values.get(watch.done))


def _day(watch: Watch, finding: Finding) -> date | None:
    if watch.shape is Shape.RIPENS:
        return ripened(finding.outcome, finding.lo)
    if finding.outcome not in (Outcome.NOT_MET, Outcome.MET):
        return None
    if watch.shape is Shape.SHORT and finding.outcome is Outcome.MET:
        return None
    told = finding.dates.get(watch.day)
    return told.lo if told and told.lo == told.hi and told.lo < LAST else None


def ripened(outcome: Outcome, lo: date) -> date | None:
    """The day on which it begins to hold: to come while it is not met, past while it is."""
    return lo if outcome in (Outcome.NOT_MET, Outcome.MET) and date.min < lo < LAST else None
