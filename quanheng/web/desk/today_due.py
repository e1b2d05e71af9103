"""What is due for people, on 今日: the strip of working days, and the groups of lines below it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from quanheng.insight.due import Due, DueKind
from quanheng.insight.due_groups import Choice, Lot, When, count, lots
from quanheng.insight.due_queries import DueItems
from quanheng.insight.screening_scope import PURPOSE
from quanheng.kernel.actor import Actor
from quanheng.people.access import visible_cadres
from quanheng.people.models import Cadre
from quanheng.rulebook.workdays import standard
from quanheng.web.desk import today_words as words
from quanheng.web.desk.today_parts import DueLine
from quanheng.web.shared.parts import Link, Text
from quanheng.web.shared.wording import bracketed, people_text, stated

DAYS = 10  # working days after today
LINES = 8  # of a group
OVERDUE = "overdue"
DAY = timedelta(days=1)
ALL = "all"
TABS: Mapping[DueKind, str] = {  # of the file that holds the records of a kind
    DueKind.PROBATION: "posts",
    DueKind.RANK: "posts",
    DueKind.TERM: "posts",
    DueKind.EXCHANGE: "posts",
    DueKind.SANCTION: "rewards",
    DueKind.TRAINING: "training",
}


@dataclass(frozen=True, slots=True)
class Span:
    """What `?day=` asks for. `value`: as the address has it."""

    value: str
    label: str
    choice: Choice


@dataclass(frozen=True, slots=True)
class Cell:
    label: str
    count: int
    url: str
    css: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class Group:
    title: Text
    count: int | None
    lines: Sequence[DueLine]
    note: Text = ""
    more: int = 0
    more_url: str = ""


@dataclass(frozen=True, slots=True)
class Sight:
    """Of the people of the lines those whom the actor may see at this moment, and whether a screening is open."""

    people: Mapping[UUID, Cadre]
    may_screen: bool


def spans(on: date) -> list[Span]:
    """已逾期, today, and the next ten working days. What falls on free days is counted with the working day before
    them, when it can still be done."""
    days = [on]
    while len(days) <= DAYS + 1:
        days.append(standard().next_workday(days[-1] + DAY).value)
    found = [Span(OVERDUE, str(words.GROUPS[When.OVERDUE]), Choice(when=When.OVERDUE))]
    for day, following in zip(days, days[1:], strict=False):
        found.append(Span(day.isoformat(), _day_text(day, on), Choice(first=day, last=following - DAY)))
    return found


def chosen_span(value: str, on: date) -> Span | None:
    """One of the strip, or any other single day; None for what cannot be read."""
    for span in spans(on):
        if span.value == value:
            return span
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return None
    return Span(value, value, Choice(first=day, last=day))


def strip(items: DueItems, on: date, chosen: Span | None) -> list[Cell]:
    found = spans(on)
    by_day = items.by_day(on, found[-1].choice.last)
    cells = []
    for span in found:
        within = [n for day, n in by_day.items() if span.choice.first <= day <= span.choice.last]
        number = count(items, on, span.choice) if span.value == OVERDUE else sum(within)
        is_current = chosen is not None and chosen.value == span.value
        url = reverse("desk:today") + ("" if is_current else f"?day={span.value}")
        cells.append(Cell(span.label, number, url, _css(span, number, on), is_current))
    return cells


def _css(span: Span, number: int, on: date) -> str:
    if not number:
        return "zero"
    return "overdue" if span.value == OVERDUE else "today" if span.value == on.isoformat() else ""


def _day_text(day: date, on: date) -> str:
    """`今天 11-20`, `周一 23`, with the month where it is another."""
    if day == on:
        return _("今天 %(day)s") % {"day": f"{day:%m-%d}"}
    return f"{words.WEEKDAYS[day.weekday()]} {day:%d}" if day.month == on.month else _month(day)


def _month(day: date) -> str:
    return f"{words.WEEKDAYS[day.weekday()]} {day:%m-%d}"


def groups(actor: Actor, items: DueItems, on: date, chosen: Span | None) -> list[Group]:
    """Those that have lines. With a day chosen, its items alone."""
    found = lots(items, on, chosen.choice if chosen else Choice())
    sight = _sight(actor, (due for lot in found for due in lot.heads))
    if chosen:
        return [_group(chosen.label, found, sight, on, {"day": chosen.value})] if found else []
    by_when = {when: [lot for lot in found if lot.when is when] for when in When}
    for when, mine in by_when.items():
        if when is When.HAPPENED or len(mine) > LINES:
            by_when[when] = by_kind(mine)
    return [_group(words.GROUPS[when], mine, sight, on, {"when": when.value}) for when, mine in by_when.items() if mine]


def by_kind(found: Iterable[Lot]) -> list[Lot]:
    """One line a kind, whatever the rules: of what merely happened, and where a group would be too long."""
    made: dict[DueKind, Lot] = {}
    for lot in found:
        before = made.get(lot.kind)
        made[lot.kind] = _both(before, lot) if before else lot
    return list(made.values())


def _both(one: Lot, other: Lot) -> Lot:
    heads = tuple(sorted({*one.heads, *other.heads})[: len(one.heads)])
    first, last = min(one.first, other.first), max(one.last, other.last)
    people = one.people + other.people
    rules = one.rules | other.rules
    items = one.items + other.items
    return replace(one, rule="", items=items, people=people, first=first, last=last, heads=heads, others=rules)


def _group(title: Text, found: list[Lot], sight: Sight, on: date, asked: Mapping[str, str]) -> Group:
    lines = [line for lot in found[:LINES] if (line := _line(lot, sight, on, asked))]
    rest = sum(lot.items for lot in found[LINES:])
    return Group(
        title, sum(lot.items for lot in found), lines, more=rest, more_url=items_url(ALL, **asked) if rest else ""
    )


def _line(lot: Lot, sight: Sight, on: date, asked: Mapping[str, str]) -> DueLine | None:
    """Nothing where the only person is not visible any more."""
    if lot.items > 1:
        return _of_several(lot, sight, on, asked)
    due, cadre = lot.heads[0], sight.people.get(lot.heads[0].subject)
    return line_of(due, cadre, on, lot.when) if cadre else None


def line_of(due: Due, cadre: Cadre, on: date, when: When) -> DueLine:
    """Of one item, with its person."""
    what = stated(words.what_of(due.kind, due.rule, when), bracketed(cadre.name, cadre.home_unit.name))
    return DueLine(
        _first_column(due.kind, due.on, on, when),
        what,
        (),
        words.basis_of(due.rule, on),
        dossier_step(due),
        why_url=evidence_url(due),
        is_computed=True,
        is_overdue=when is When.OVERDUE,
    )


def _of_several(lot: Lot, sight: Sight, on: date, asked: Mapping[str, str]) -> DueLine:
    url = items_url(lot.kind.value, rule=lot.rule, **asked)
    seen = [sight.people[due.subject] for due in lot.heads if due.subject in sight.people]
    persons = [Link(cadre.name, _dossier(cadre.pk)) for cadre in seen]
    return DueLine(
        _first_of_several(lot, on),
        stated(words.what_of(lot.kind, lot.rule, lot.when), people_text(lot.people)),
        tuple(dict.fromkeys(persons)),
        words.basis_of_all(lot.rules, on),
        step_of_several(lot, url, may_screen=sight.may_screen),
        why_url=_rules_url(lot, on),
        what_url=url,
        is_overdue=lot.when is When.OVERDUE,
        has_more=lot.people > len(lot.heads),
    )


def _rules_url(lot: Lot, on: date) -> str:
    """The rule; of several those of their document, where it is one."""
    if lot.rule:
        return reverse("desk:rule", args=[lot.rule])
    titles = words.documents(lot.rules, on)
    return f"{reverse('desk:rules')}?{urlencode({'q': titles[0]})}" if len(titles) == 1 else ""


def _first_of_several(lot: Lot, on: date) -> Text:
    """Where they differ the day of the first; what is overdue says for how long at most."""
    label = _first_column(lot.kind, lot.first, on, lot.when)
    if lot.first == lot.last or lot.when is When.HAPPENED:
        return label
    return (_("最久%(text)s") if lot.when is When.OVERDUE else _("%(text)s 起")) % {"text": label}


def step_of_several(lot: Lot, url: str, *, may_screen: bool) -> Link:
    target = words.target_of(lot.kind, lot.rule)
    if target and may_screen:
        return Link(_("去筛查"), f"{reverse('desk:screening')}?{urlencode({'target': target})}")
    return Link(_("看名单"), url)


def _first_column(kind: DueKind, day: date, on: date, when: When) -> Text:
    return words.DUE_WORDS[kind].label if when is When.HAPPENED else words.when_text(day, on, when)


def dossier_step(due: Due) -> Link:
    query = {"tab": TABS[due.kind]} if due.kind in TABS else {}
    return Link(_("看档案"), _dossier(due.subject) + (f"?{urlencode(query)}" if query else ""))


def evidence_url(due: Due) -> str:
    if not due.rule:
        return reverse("desk:evidence", args=["age", due.subject])
    target = words.target_of(due.kind, due.rule)
    url = reverse("desk:rule-evidence", args=[due.subject, due.rule])
    return f"{url}?{urlencode({'target': target})}" if target else url


def items_url(kind: str, **asked: str) -> str:
    kept = {name: value for name, value in asked.items() if value}
    return reverse("desk:today-items", args=[kind]) + (f"?{urlencode(kept)}" if kept else "")


def _dossier(key: UUID) -> str:
    return reverse("desk:dossier", args=[key])


def _sight(actor: Actor, dues: Iterable[Due]) -> Sight:
    return Sight(people_of(actor, {due.subject for due in dues}), actor.has_purpose(PURPOSE))


def people_of(actor: Actor, keys: Iterable[UUID]) -> dict[UUID, Cadre]:
    """Those of them whom the actor may see at this moment."""
    found = visible_cadres(actor).filter(pk__in=list(keys)).select_related("home_unit")
    return {cadre.pk: cadre for cadre in found}


def next_due(actor: Actor, items: DueItems, on: date) -> DueLine | None:
    """The first to come, where nothing is due now."""
    found = lots(items, on, Choice(first=on + DAY))
    first = min(found, key=lambda lot: lot.first, default=None)
    return _line(first, _sight(actor, first.heads), on, {"when": first.when.value}) if first else None
