"""Words of the rulebook for pages, in the language in use: codes, articles, parameters, how far a text was seen."""

import re
from collections.abc import Iterable

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from quanheng.rulebook import labels
from quanheng.rulebook.book import NEVER, CannotFindRule, load
from quanheng.rulebook.instrument import Begin, InForce, Instrument, Parameter, RuleText, Words
from quanheng.rulebook.parameter_labels import PARAMETERS
from quanheng.web.shared.wording import listed

_DIGITS = "零一二三四五六七八九"
_PARAGRAPHS = {"末款": "last paragraph", "第二款": "paragraph 2"}
_PARAGRAPH = re.compile(rf"(\d{{1,3}}) ({'|'.join(_PARAGRAPHS)})")
_ARTICLE = re.compile(r"(\d{1,3})(?:\((\d{1,2})\))?")


def said(words: Words) -> str:
    """Chinese unless the page is in another language."""
    return words.en if (get_language() or "zh").startswith("en") else words.zh


def is_english() -> bool:
    return (get_language() or "zh").startswith("en")


def article_text(article: str | None) -> str:
    """`8(3)` is 第八条第（三）项; what is written otherwise stays as it is."""
    if not article or not is_english():
        return article_numeral(article)
    if _ARTICLE.fullmatch(article):
        return f"Art. {article}"
    found = _PARAGRAPH.fullmatch(article)
    if found:
        return f"Art. {found[1]}, {_PARAGRAPHS[found[2]]}"
    return f"Arts. {article.replace(',', ', ')}" if all(map(_ARTICLE.fullmatch, _several(article))) else article


def article_numeral(article: str | None) -> str:
    """As the Chinese text counts them, whatever the language of the page."""
    if found := _PARAGRAPH.fullmatch(article or ""):
        return _one_numeral(found[1]) + found[2]
    parts = _several(article or "")
    if not all(map(_ARTICLE.fullmatch, parts)):
        return article or ""
    return ("至" if "-" in (article or "") else "、").join(map(_one_numeral, parts))


def _several(article: str) -> list[str]:
    """`55,56`, `37/38` and `28-30` name several articles."""
    return re.split(r"[,/]|(?<=\d)-(?=\d)", article)


def _one_numeral(article: str) -> str:
    found = _ARTICLE.fullmatch(article)
    assert found
    number, item = found.groups()
    return f"第{numeral(int(number))}条" + (f"第（{numeral(int(item))}）项" if item else "")


def numeral(number: int) -> str:
    """Below a thousand, as articles are numbered: 一百零三."""
    hundreds, rest = divmod(number, 100)
    tens, units = divmod(rest, 10)
    head = f"{_DIGITS[hundreds]}百" if hundreds else ""
    middle = "" if not tens else "十" if tens == 1 and not hundreds else f"{_DIGITS[tens]}十"
    gap = "零" if hundreds and not tens and units else ""
    tail = _DIGITS[units] if units or not number else ""
    return head + middle + gap + tail


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
    return labels.plain(parameter.value) + (f" {said(unit)}" if unit else "")


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


def parameter_name(name: str) -> str:
    """By its name where no words were given to it yet."""
    known = labels.NAMES.get(name) or PARAMETERS.get(name)
    return said(known) if known else name


def said_truth(value: bool) -> str:
    return said(labels.TRUTHS[value])
