"""Beside each record of a drawer: in which number it counts, or what of the rule's conditions keeps it out."""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from quanheng.instruments.local import HouseRules
from quanheng.rulebook import labels
from quanheng.rulebook.facts_reading import load_facts
from quanheng.rulebook.finding import Finding
from quanheng.rulebook.instrument import Switch
from quanheng.rulebook.leaving_out import Looked, look
from quanheng.rulebook.rule import Rule
from quanheng.rulebook.situation import Record, Situation
from quanheng.rulebook.vocabulary import Fact
from quanheng.rulebook.words import names_of, say
from quanheng.rulebook.workdays import standard
from quanheng.web.shared.rule_records import Reason
from quanheng.web.shared.rule_words import is_english, said
from quanheng.web.shared.wording import listed

_FEW, _SHORT, _LONG = 2, 60, 160  # conditions that are told of one record; characters of each, of one alone


def reason_of(rule: Rule, finding: Finding, house: HouseRules) -> Reason:
    """Asked with what the finding itself looked at."""
    facts = {use.fact: use.value for use in finding.trace.uses if use.value is not None}
    asked = Situation(house.on, facts, switches=house.switches, calendar=standard())
    switches = {switch.id: switch for switch in house.book.switches}

    def reason(fact: Fact, record: Record, is_counted: bool) -> str:
        looked = look(rule, asked, load_facts(), fact, record)
        return _counts(looked) if is_counted else _left_out(looked, rule, switches)

    return reason


def _counts(looked: Looked) -> str:
    """Nothing of a number without a usual name: then the condition itself is what it counts for."""
    names = [said(labels.NAMES[name]) for name in looked.counts_in if name in labels.NAMES]
    return _("计入“%(names)s”") % {"names": listed(names)} if names else ""


def _left_out(looked: Looked, rule: Rule, switches: Mapping[str, Switch]) -> str:
    if looked.is_to_come:
        return _("到这一天还没有开始")
    if looked.is_out_of_range:
        return _("不在所看的年度之内")
    if not looked.fails:
        return _("不在这一条所看的范围内")
    names = names_of(rule, load_facts(), switches)
    told = sorted({say(node, names, "en" if is_english() else "zh") for node in looked.fails}, key=len)
    short = [text for text in told if len(text) <= _SHORT] or [text for text in told[:1] if len(text) <= _LONG]
    if not short:
        return _("不在这一条所看的范围内")
    return _("不符合所看的条件：%(what)s") % {"what": listed(short[:_FEW], "；")}
