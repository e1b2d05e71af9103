"""How a condition and all of them together stand, in shape and words: the remedy is said before the blame."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from fractions import Fraction

from django.utils.translation import gettext as _

from quanheng.insight.eligibility import Condition, Eligibility
from quanheng.rulebook import labels, phrases
from quanheng.rulebook.facts_reading import load_facts
from quanheng.rulebook.finding import Finding, Outcome
from quanheng.rulebook.instrument import Unit, Words
from quanheng.rulebook.types import MOST
from quanheng.rulebook.values import Number
from quanheng.rulebook.vocabulary import Meaning
from quanheng.web.shared.dossier_words import span
from quanheng.web.shared.parts import Shape, Text, Verdict
from quanheng.web.shared.rule_words import is_english, parameter_name, said
from quanheng.web.shared.wording import bracketed, listed

SHAPES: Mapping[Outcome, Shape] = {
    Outcome.MET: Shape.MET,
    Outcome.NOT_MET: Shape.NOT_MET,
    Outcome.UNKNOWN: Shape.UNKNOWN,
    Outcome.NEEDS_PERSON: Shape.NEEDS_PERSON,
    Outcome.NOT_APPLICABLE: Shape.NOT_APPLICABLE,
}
# What of a rule's numbers is measured, and what it is measured against.
MEASURES, LIMITS = ("months", "hours", "have", "terms"), ("need", "cap")
_TIMES = ("months",)  # that run by themselves once they have begun
_MOST = "max_"
_FEW = 2


def shape_of(condition: Condition) -> Shape:
    """What no room keeps is for a person to find out, not a paper that the file lacks."""
    if condition.is_waived:
        return Shape.WAIVED
    return Shape.NEEDS_PERSON if condition.is_outside else SHAPES[condition.outcome]


def verdict_of(condition: Condition, url: str = "", *, is_bare: bool = False) -> Verdict:
    return Verdict(shape_of(condition), remedy=remedy_of(condition), url=url, is_bare=is_bare)


def remedy_of(condition: Condition) -> Text:
    match condition.outcome:
        case Outcome.NOT_MET:
            return _remedy_of_failure(condition)
        case Outcome.UNKNOWN if all(name.startswith("target.") for name in condition.missing):
            return _("到具体岗位再看")
        case Outcome.UNKNOWN if condition.is_outside:
            return _("系统没有这类记录，须另行查明")
        case Outcome.UNKNOWN:
            return _("缺%(what)s") % {"what": missing_text(condition.missing)}
        case _:
            return ""


def _remedy_of_failure(condition: Condition) -> Text:
    """What is missing, then from when it will be there; of items that which comes last."""
    failing = [each for each in condition.findings if each.outcome is Outcome.NOT_MET and not each.waived_by]
    last = max(failing, key=lambda each: each.earliest or date.max, default=None)
    since = _("%(day)s 起符合") % {"day": condition.earliest} if condition.earliest else ""
    return listed([text for text in (lack_text(last) if last else "", since) if text], "，")


def lack_text(finding: Finding) -> str:
    """What a condition that fails lacks, by its own numbers: `差 3 个月`, or what it is over."""
    compared, most = measure(finding), limit(finding)
    if short := shortfall(finding):
        if finding.earliest is None and compared and compared[0] in _TIMES and compared[1].hi <= 0 and most:
            return _("还没有起算，须满 %(amount)s") % {"amount": amount_text(*most, finding)}
        return _short_text(short, unit_of("short", finding))
    if compared and most and is_ceiling(most[0]) and compared[1].lo > most[1].hi:
        facts = {"what": named(compared[0]), "value": amount_text(*compared, finding)}
        return _("%(what)s %(value)s，上限 %(most)s") % (facts | {"most": amount_text(*most, finding)})
    return ""


def _short_text(short: Number, unit: Unit | None) -> str:
    """Within bounds the unit is said once, but of months, which may be years and months."""
    least, most = _with_unit(short.lo, unit), _with_unit(short.hi, unit)
    if short.is_exact:
        return (_("差 %(amount)s") if unit else _("差 %(amount)s 个")) % {"amount": least}
    if short.hi >= MOST:
        return (_("至少还差 %(amount)s") if unit else _("至少还差 %(amount)s 个")) % {"amount": least}
    if unit is Unit.MONTHS:
        return _("还差 %(least)s到 %(most)s") % {"least": least, "most": most}
    bounds = {"least": labels.scalar(short.lo), "most": most}
    return (_("还差 %(least)s 到 %(most)s") if unit else _("还差 %(least)s 到 %(most)s 个")) % bounds


def named(name: str) -> str:
    return said(labels.NAMES[name]) if name in labels.NAMES else _("现有")


def overall(found: Eligibility, url: str = "") -> Verdict:
    """Of person, target and day; never of the person alone."""
    return Verdict(SHAPES[found.outcome], remedy=_overall_remedy(found), url=url)


def _overall_remedy(found: Eligibility) -> Text:
    match found.outcome:
        case Outcome.NOT_MET if found.earliest:
            return _("%(day)s 起符合") % {"day": found.earliest}
        case Outcome.NOT_MET:
            return _("%(count)s 项不符合") % {"count": len(found.having(Outcome.NOT_MET))}
        case Outcome.UNKNOWN:
            return _("缺 %(count)s 项材料") % {"count": len(lacking(found))}
        case Outcome.NEEDS_PERSON:
            return _("%(count)s 项待认定") % {"count": len(waiting(found))}
        case _:
            return ""


def failing(found: Eligibility) -> list[Condition]:
    """The nearest first, those that no day will mend last."""
    never = max((each.earliest for each in found.conditions if each.earliest), default=found.on)
    return sorted(found.having(Outcome.NOT_MET), key=lambda each: (each.earliest is None, each.earliest or never))


def lacking(found: Eligibility) -> list[Condition]:
    """The file lacks something that would decide."""
    return [each for each in found.having(Outcome.UNKNOWN) if not each.is_outside]


def waiting(found: Eligibility) -> list[Condition]:
    """For people to decide or to find out."""
    outside = [each for each in found.outside if each.is_binding]
    return [*found.having(Outcome.NEEDS_PERSON), *outside]


# --- numbers


def measure(finding: Finding) -> tuple[str, Number] | None:
    """The number that is compared, by its name; none where the rule compares nothing."""
    most = limit(finding)
    if most is None:
        return None
    names = (most[0].removeprefix(_MOST),) if most[0].startswith(_MOST) else MEASURES
    return next(((name, finding.numbers[name]) for name in names if name in finding.numbers), None)


def limit(finding: Finding) -> tuple[str, Number] | None:
    """A number of the rule, or the parameter `max_…` of one that it names."""
    named = ((name, finding.numbers[name]) for name in LIMITS if name in finding.numbers)
    return next(named, next(_ceilings(finding), None))


def _ceilings(finding: Finding) -> Iterator[tuple[str, Number]]:
    for each in finding.parameters:
        is_named = each.name.startswith(_MOST) and each.name.removeprefix(_MOST) in finding.numbers
        if is_named and isinstance(each.value, int):
            yield each.name, Number(each.value, each.value)


def is_ceiling(name: str) -> bool:
    return name == "cap" or name.startswith(_MOST)


def shortfall(finding: Finding) -> Number | None:
    """As the rule says it, else what the number lacks of the one that it has to reach; none where perhaps nothing."""
    short, most, have = finding.numbers.get("short"), limit(finding), measure(finding)
    if short is None and have and most and not is_ceiling(most[0]) and have[1].is_exact and most[1].is_exact:
        short = Number(lacks := most[1].lo - have[1].lo, lacks)
    return short if short and short.lo > 0 else None


def unit_of(name: str, finding: Finding) -> Unit | None:
    """That of the number itself, or of the one that it is compared with."""
    if name in _UNITS:
        return _UNITS[name]
    found = next((each for each in MEASURES if each in finding.numbers), "")
    if name in ("need", "short", "cap", "room", "have"):
        is_years = any(each.unit is Unit.YEARS for each in finding.parameters)
        return _UNITS.get(found) or (Unit.YEARS if found == "have" and is_years else None)
    return None


_UNITS = {
    "months": Unit.MONTHS,
    "undisputed": Unit.MONTHS,
    "by_resume": Unit.MONTHS,
    "undisputed_by_resume": Unit.MONTHS,
    "hours": Unit.HOURS,
    "hours_before": Unit.HOURS,
    "months_before": Unit.MONTHS,
    "days": Unit.DAYS,
    "workdays": Unit.WORKDAYS,
}


def amount_text(name: str, value: Number, finding: Finding) -> str:
    """`2 年 8 个月`, `58 学时`, `至少 3`; nothing where nothing is known of it."""
    unit = unit_of(name, finding)
    if value.is_exact:
        return _with_unit(value.lo, unit)
    if value.lo <= -MOST and value.hi >= MOST:
        return ""
    if value.hi >= MOST:
        return _("至少 %(amount)s") % {"amount": _with_unit(value.lo, unit)}
    if value.lo <= -MOST:
        return _("至多 %(amount)s") % {"amount": _with_unit(value.hi, unit)}
    return _("%(least)s 至 %(most)s") % {"least": _with_unit(value.lo, unit), "most": _with_unit(value.hi, unit)}


def _with_unit(amount: int | Fraction, unit: Unit | None) -> str:
    if unit is Unit.MONTHS and isinstance(amount, int) and amount >= 0:
        return span(amount)
    words = labels.unit(unit) if unit else None
    return f"{labels.scalar(amount)} {said(words)}" if words else labels.scalar(amount)


# --- facts


def missing_text(names: Iterable[str]) -> str:
    """By their meaning; after a few only how many there are."""
    meanings = list(dict.fromkeys(_in_question(meaning_of(name)) for name in names))
    more = _("等 %(count)s 项") % {"count": len(meanings)} if len(meanings) > _FEW else ""
    return listed(meanings[:_FEW]) + more


def _in_question(meaning: str) -> str:
    """What is missing of a statement is whether it holds: 缺是否本单位领导成员."""
    return f"是否{meaning[1:]}" if meaning.startswith("是") else meaning


def meaning_of(name: str) -> str:
    """Of a fact, or of a field of one (`posts.level`); a parameter that the office has to set by its own name."""
    fact, _dot, field = name.partition(".")
    known = load_facts().facts
    if name in known:
        return plain(phrases.FACTS.get(name) or known[name].meaning)
    if fact in known and field in known[fact].fields:
        return bracketed(plain(known[fact].meaning), plain(known[fact].fields[field].meaning))
    named = parameter_name(field)
    return named if named != field else name


def plain(meaning: Meaning | Words) -> str:
    """As a name: without what only whoever encodes rules needs."""
    text = meaning.en if is_english() else meaning.zh
    return text.partition(" (derived")[0].partition("; ")[0].removeprefix("是否")
