"""Words of the rulebook for pages, in the language in use: codes, articles, parameters, how far a text was seen."""

from collections.abc import Iterable, Mapping

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from quanheng.rulebook import articles, codes, labels
from quanheng.rulebook.book import CannotFindRule, load
from quanheng.rulebook.instrument import NEVER, Begin, InForce, Instrument, Parameter, RuleText, Words
from quanheng.rulebook.parameter_labels import PARAMETERS
from quanheng.web.shared.wording import listed


def said(words: Words) -> str:
    """Chinese unless the page is in another language."""
    return words.en if (get_language() or "zh").startswith("en") else words.zh


def is_english() -> bool:
    return (get_language() or "zh").startswith("en")


def article_text(article: str | None) -> str:
    """`8(3)` is 第八条第（三）项; what is written otherwise stays as it is."""
    return articles.english(article) if is_english() else article_numeral(article)


def article_numeral(article: str | None) -> str:
    """As the Chinese text counts them, whatever the language of the page."""
    return articles.chinese(article)


def citation_text(rule: RuleText, instruments: Iterable[Instrument]) -> str:
    """The articles that a rule stands on, by the names of their instruments."""
    titles = {each.code: said(each.title) for each in instruments}
    named = (f"{titles[each.instrument]} {article_text(each.article)}".strip() for each in rule.citations)
    return listed(named, "；")


def period_text(in_force: InForce) -> str:
    if in_force.begin is Begin.CONFIGURED:
        return _("自单位启用之日起")
    start = _("%(day)s 起") % {"day": in_force.start} if in_force.start else _("施行日未见")
    return listed([start, _("%(day)s 起不再适用") % {"day": in_force.end}], "，") if in_force.end else start


def value_text(parameter: Parameter) -> str:
    """`4 年`; where the centre gives no number, that the office sets one."""
    if parameter.value is None:
        return _("由单位规定")
    unit = labels.unit(parameter.unit)
    tongue: labels.Tongue = "en" if is_english() else "zh"
    return labels.plain(parameter.value, tongue) + (f" {said(unit)}" if unit else "")


def code_text(code: str) -> str:
    """What a code of a fact is called, or a text that a rule stores."""
    return said(codes.called(code))


def evidence_text(names: Iterable[str]) -> str:
    """What papers a rule wants to see."""
    return listed(code_text(load().evidence[name]) for name in names)


def titled(kind: str, id: str) -> str:
    """`RNK-Y-03 晋升一级调研员年限`, `SW-ROUND …`; an id that this version no longer knows stays alone."""
    book = load()
    try:
        words = book.versions(id)[-1].title if kind == "rule" else book.switch(id).question
    except (CannotFindRule, KeyError):
        return id
    return f"{id} {said(words)}"


def waiver_text(rule: RuleText) -> str:
    if rule.waiver == NEVER:
        return _("不得破格")
    return _("可按 %(rule)s 报批") % {"rule": rule.waiver} if rule.waiver else _("没有规定")


def waiver_unrecorded() -> str:
    return _("批复现在没有地方登记：批准以后，资格和筛查仍显示不符合，请附上批复由人认定。")


def seen_text(rule: RuleText) -> str:
    """How far the project has seen the text: not more than a copy of third parties."""
    parts = [said(labels.SEEN[rule.is_verified]), said(labels.label(rule.seen_version))]
    return listed(parts, "，")


def basis_text(basis: str) -> str:
    """What was read. The remarks beside the marks of the sources are in English only."""
    return said(labels.basis(basis))


def places_text(basis: str, sources: Mapping[str, str]) -> str:
    """Where that was read: copies of third parties, so that whoever signs can look them up."""
    return listed([f"{mark} {said(words)}" for mark, words in labels.places(basis, sources)], "；")


def parameter_name(name: str) -> str:
    """By its name where no words were given to it yet."""
    known = labels.NAMES.get(name) or PARAMETERS.get(name)
    return said(known) if known else name


def said_truth(value: bool) -> str:
    return said(labels.TRUTHS[value])
