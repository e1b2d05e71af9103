"""The words of a rule's law: what it says, where it stands, who has confirmed it against the official text."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from quanheng.instruments.choices import SignOffState
from quanheng.instruments.queries import Standing
from quanheng.instruments.texts import central
from quanheng.rulebook.instrument import RuleText
from quanheng.web.shared import rule_words as words
from quanheng.web.shared.parts import Law, Run
from quanheng.web.shared.wording import listed


def moment(who: Mapping[UUID, str], key: UUID | None, at: datetime | None) -> str:
    """`林疏桐 · 干部一科 2026-11-20 08:00`; nothing where nobody acted."""
    return "" if key is None else f"{who.get(key, _('系统'))} {localtime(at):%Y-%m-%d %H:%M}"


def titles() -> dict[str, str]:
    return {each.code: words.said(each.title) for each in central().instruments}


def cited(text: RuleText) -> str:
    """`党政领导干部选拔任用工作条例（2019修订）第八条第（三）项`: where the rule itself stands."""
    title = words.said(central().instrument(text.instrument).title)
    return f"{title}{gap()}{words.article_text(text.article)}".strip()


def gap() -> str:
    """Between a title and its article: none in Chinese."""
    return " " if words.is_english() else ""


def state_text(each: Standing, who: Mapping[UUID, str]) -> str:
    """The line of the article: who confirmed it, or that it only warns."""
    row = each.sign_off
    if row is None or each.state is SignOffState.VOID:
        return _("条款已改，原签认不再有效，只提示") if row else _("未签认，只提示")
    signed = _("已签认 %(who)s") % {"who": moment(who, row.signed_by, row.signed_at)}
    if each.state is SignOffState.AWAITING:
        return listed([signed, _("待第二人签认，只提示")], "；")
    if each.state is SignOffState.SCHEDULED:
        return listed([signed, _("%(day)s 起启用，之前只提示") % {"day": row.used_from}], "；")
    if row.countersigned_by is None:
        return signed
    return listed([signed, moment(who, row.countersigned_by, row.countersigned_at)], "；")


def law(each: Standing, who: Mapping[UUID, str], *, paper_url: str = "", rule_url: str = "") -> Law:
    text = each.text
    return Law(
        paragraphs=tuple((Run(said),) for said in _both(text)),
        instrument=titles()[text.instrument],
        article=gap() + words.article_text(text.article),
        in_force_from=text.in_force.start.isoformat() if text.in_force.start else "",
        sign_off=state_text(each, who),
        attachment_url=paper_url,
        url=rule_url,
    )


def _both(text: RuleText) -> list[str]:
    """The words of the law in Chinese; in English beside them what they say."""
    return [text.text.zh, text.text.en] if words.is_english() else [text.text.zh]
