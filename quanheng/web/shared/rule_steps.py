"""接下来可以: wait until a day, break the condition with leave, bring what is missing, correct what is wrong."""

from collections.abc import Iterator
from typing import Protocol

from django.utils.translation import gettext as _

from quanheng.insight.eligibility import Condition, has_source
from quanheng.instruments.queries import Standing
from quanheng.instruments.texts import central
from quanheng.rulebook.finding import Outcome
from quanheng.rulebook.instrument import NEVER
from quanheng.web.shared import rule_words as words
from quanheng.web.shared.dossier_evidence import Reader
from quanheng.web.shared.dossier_records import KINDS
from quanheng.web.shared.parts import Link
from quanheng.web.shared.rule_outcomes import meaning_of
from quanheng.web.shared.rule_records import FIELD_OF_FACT, KIND_OF_FACT, Used
from quanheng.web.shared.wording import bracketed


class Pages(Protocol):
    def rule(self, rule: str) -> str: ...


def next_steps(condition: Condition, used: Used, standing: Standing, reader: Reader, pages: Pages) -> Iterator[Link]:
    match condition.outcome:
        case Outcome.NOT_MET if not condition.is_waived:
            yield from _of_failure(condition, pages)
        case Outcome.UNKNOWN:
            yield from _of_missing(condition, reader)
        case Outcome.NEEDS_PERSON:
            yield Link(_("由人认定：看过记录和要看的材料以后，在办理的事项里写明结论和理由"))
    yield from _corrections(used, reader)


def _of_failure(condition: Condition, pages: Pages) -> Iterator[Link]:
    if condition.earliest:
        yield Link(_("等到 %(day)s：按现有记录那天起符合") % {"day": condition.earliest})
    waiver = condition.rule.text.waiver
    if waiver == NEVER:
        yield Link(_("这一条不得破格"))
    elif waiver:
        title = words.said(central().versions(waiver)[-1].title)
        yield Link(_("确有需要的，按%(rule)s报批") % {"rule": bracketed(title, waiver)}, pages.rule(waiver))
        yield Link(words.waiver_unrecorded())


def _of_missing(condition: Condition, reader: Reader) -> Iterator[Link]:
    """What the dossier could hold is added there; the rest is found out elsewhere."""
    links = reader.links
    for name in condition.missing:
        fact, what = name.partition(".")[0], meaning_of(name)
        if name in FIELD_OF_FACT and links.change_field(FIELD_OF_FACT[name]):
            yield Link(_("补录或核对%(what)s") % {"what": what}, links.change_field(FIELD_OF_FACT[name]))
        elif has_source(name) and fact in KIND_OF_FACT and links.add(KIND_OF_FACT[fact]):
            kind = KIND_OF_FACT[fact]
            yield Link(_("补录%(kind)s") % {"kind": KINDS[kind].title}, links.add(kind))
        elif not has_source(name):
            yield Link(_("另行查明“%(what)s”，系统里还没有这类记录") % {"what": what})


def _corrections(used: Used, reader: Reader) -> Iterator[Link]:
    """Of the records that counted, the first; who may not change it is told who may."""
    row = next(iter(used.rows), None)
    if row is None:
        return
    url = reader.links.change(used.kinds[row.pk], row.pk)
    yield Link(_("更正这条记录"), url) if url else Link(reader.remedy)
