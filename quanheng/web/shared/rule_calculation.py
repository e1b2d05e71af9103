"""怎么算的: the conditions of a rule in words, its numbers and dates with what they come from, and the picture."""

from collections.abc import Callable, Iterator
from datetime import date

from django.utils.translation import gettext as _

from quanheng.insight.eligibility import Condition
from quanheng.instruments.local import HouseRules
from quanheng.instruments.queries import switches_since
from quanheng.rulebook import labels
from quanheng.rulebook.facts_reading import load_facts
from quanheng.rulebook.finding import Finding, Outcome
from quanheng.rulebook.instrument import Parameter, Switch
from quanheng.rulebook.rule import Rule
from quanheng.rulebook.types import FIRST, LAST
from quanheng.rulebook.values import Day
from quanheng.rulebook.vocabulary import Scope
from quanheng.rulebook.words import Line, told
from quanheng.web.shared import rule_outcomes as outcomes
from quanheng.web.shared import rule_words as words
from quanheng.web.shared.parts import WORDS, Fact, Ruler, Text
from quanheng.web.shared.rule_records import plain_value
from quanheng.web.shared.wording import listed, stated

_STARTS = ("since", "opened", "started")
_ENDS = ("reached", "free_from", "made_up", "deadline", "valid_until", "earliest")


def calculation(condition: Condition, house: HouseRules) -> Iterator[Text]:
    """What the rule asks, sentence by sentence; of items how each of them stands."""
    lines = _told(condition.rule, house)
    for line in lines[: len(lines) - len(_names(condition.rule))]:
        yield stated(words.said(line.name), words.said(line.said)) + _("。")
    if len(condition.findings) > 1:
        for each in condition.findings:
            if each.outcome is not Outcome.NOT_APPLICABLE:
                yield stated(each.item or "", str(_word(each)))


def _told(rule: Rule, house: HouseRules) -> tuple[Line, ...]:
    return told(rule, load_facts(), {switch.id: switch for switch in house.book.switches})


def _names(rule: Rule) -> list[str]:
    """The rule's own numbers and dates, which are told last and in this order."""
    return [*rule.numbers, *rule.dates]


def _word(finding: Finding) -> Text:
    said = WORDS[outcomes.SHAPES[finding.outcome]]
    if finding.outcome is Outcome.NOT_MET and finding.earliest:
        return _("%(word)s，%(day)s 起符合") % {"word": said, "day": finding.earliest}
    return said


def parameters(finding: Finding, rule: Rule, house: HouseRules, switch_url: Callable[[str], str]) -> Iterator[Fact]:
    """The rule's own numbers and dates, what the law sets, what is aimed at, and how open questions are read."""
    yield from _figures(finding, rule, house)
    for each in finding.parameters:
        yield Fact(words.parameter_name(each.name), words.value_text(each), note=_cited(each))
    for use in finding.trace.uses:
        is_told = load_facts().lookup(use.fact).scope is Scope.TARGET and isinstance(use.value, str | int)
        if is_told and use.fact not in _PLAIN_TARGET:
            yield Fact(outcomes.meaning_of(use.fact), plain_value(use.value))
    yield from _readings(rule, house, switch_url)


_PLAIN_TARGET = frozenset({"target.kind"})  # said by the title of the target already


def _figures(finding: Finding, rule: Rule, house: HouseRules) -> Iterator[Fact]:
    """Each with what it is made of."""
    names = _names(rule)
    made_of = dict(zip(names, _told(rule, house)[-len(names) :], strict=True)) if names else {}
    texts = {name: outcomes.amount_text(name, each, finding) for name, each in finding.numbers.items()}
    texts |= {name: day_text(each) for name, each in finding.dates.items()}
    for name, text in texts.items():
        if text and (name in made_of or list(texts.values()).count(text) == 1):  # 最早, where no own date says it
            yield Fact(_named(name), text, note=words.said(made_of[name].said) if name in made_of else "")


def _named(name: str) -> str:
    """A number without a usual name is what the law sets."""
    return words.said(labels.NAMES[name]) if name in labels.NAMES else _("条文所定")


def _cited(parameter: Parameter) -> str:
    return words.article_text(parameter.citation.article) or parameter.citation.instrument


def _readings(rule: Rule, house: HouseRules, switch_url: Callable[[str], str]) -> Iterator[Fact]:
    """口径: the reading that holds, who owns it and since when."""
    if not rule.text.switches:
        return
    since = switches_since(house.on)
    for switch in house.book.switches:
        if switch.id in rule.text.switches:
            owner = words.said(labels.OWNERS[switch.owner]) if switch.owner in labels.OWNERS else switch.owner
            set_on = _("%(day)s 起") % {"day": since.get(switch.id, switch.since)}
            yield Fact(
                label=stated(_("口径"), words.said(switch.question)),
                value=_chosen(switch, house),
                note=listed([owner, set_on, _("默认读法")] if switch.id not in since else [owner, set_on], "，"),
                url=switch_url(switch.id),
            )


def _chosen(switch: Switch, house: HouseRules) -> str:
    choices = (switch.default, *switch.alternatives)
    value = house.switches.get(switch.id, switch.default.value)
    return words.said(next((each for each in choices if each.value == value), switch.default).words)


# --- the picture


def ruler(finding: Finding, on: date) -> Ruler | None:
    """An amount against its limit, or the time that has run of the time that has to run."""
    return _amounts(finding) or _days(finding, on)


def _amounts(finding: Finding) -> Ruler | None:
    measured, limit = outcomes.measure(finding), outcomes.limit(finding)
    if measured is None or limit is None or not (measured[1].is_exact and limit[1].is_exact):
        return None
    value, most = int(measured[1].lo), int(limit[1].lo)
    if value < 0 or most <= 0:
        return None
    whole = max(value, most) * 5 // 4 or 1
    return Ruler(
        value_width=value * 100 // whole,
        limit_at=most * 100 // whole,
        value_label=outcomes.amount_text(measured[0], measured[1], finding),
        limit_label=outcomes.amount_text(limit[0], limit[1], finding),
        start_label=day_text(next((finding.dates[name] for name in _STARTS if name in finding.dates), None)),
    )


def _days(finding: Finding, on: date) -> Ruler | None:
    end = next((finding.dates[name] for name in _ENDS if name in finding.dates), None)
    start = _start(finding)
    if start is None or end is None or not end.is_exact or end.lo in (FIRST, LAST) or not start < end.lo:
        return None
    ran, whole = (on - start).days, (max(end.lo, on) - start).days * 5 // 4 or 1
    if ran < 0:
        return None
    return Ruler(
        value_width=ran * 100 // whole,
        limit_at=(end.lo - start).days * 100 // whole,
        value_label=_("到 %(day)s") % {"day": on},
        limit_label=end.lo.isoformat(),
        start_label=start.isoformat(),
    )


def _start(finding: Finding) -> date | None:
    """The day that the rule names as the beginning, else that on which the last record that counted began."""
    named = next((finding.dates[name] for name in _STARTS if name in finding.dates), None)
    if named is not None:
        return named.lo if named.is_exact and named.lo not in (FIRST, LAST) else None
    days = [
        begun
        for use in finding.trace.uses
        if isinstance(use.value, tuple)
        for record in use.value
        if record.key in use.keys and isinstance(begun := record.values.get(load_facts().lookup(use.fact).begins), date)
    ]
    return max(days, default=None)


def day_text(day: Day | None) -> str:
    """`2027-03-18`, `2027-03-18 以后`; nothing of a day that is not known at all or never comes."""
    if day is None or (day.is_exact and day.lo in (FIRST, LAST)):
        return ""
    if day.is_exact:
        return day.lo.isoformat()
    if day.lo == FIRST:
        return "" if day.hi == LAST else _("不晚于 %(day)s") % {"day": day.hi}
    return _("不早于 %(day)s") % {"day": day.lo}
