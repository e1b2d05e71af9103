"""The address of the 规则库: which rules, as conditions, controls and chips. Everything is in memory: 247 rules."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from quanheng.instruments.choices import SignOffState
from quanheng.instruments.queries import Standing
from quanheng.rulebook import labels
from quanheng.rulebook.instrument import Check, OnFail
from quanheng.web.shared.parts import Chip, Condition, Option, Text
from quanheng.web.shared.rule_words import said
from quanheng.web.shared.wording import listed

_MANY = ("family", "check", "on_fail", "state")


@dataclass(frozen=True, slots=True)
class RuleQuery:
    text: str
    chosen: Mapping[str, tuple[str, ...]]
    page: int
    on: str  # as the address has it, kept in every link

    def url(self, *left_out: str, **changes: object) -> str:
        """This address with some parameters changed; a change goes back to page 1."""
        pairs = [("q", self.text)] + [(name, value) for name, values in self.chosen.items() for value in values]
        kept = [pair for pair in [*pairs, ("on", self.on)] if pair[1] and pair[0] not in {*left_out, *changes}]
        return f"?{urlencode([*kept, *((name, str(value)) for name, value in changes.items())])}"

    def takes(self, each: Standing, instrument: str) -> bool:
        """`instrument`: the name of the document it stands in."""
        rule = each.text
        held = {"family": rule.family, "check": rule.check, "on_fail": rule.on_fail, "state": each.state}
        if any(values and held[name] not in values for name, values in self.chosen.items()):
            return False
        words = (rule.id, rule.title.zh, rule.title.en, rule.text.zh, rule.citation, instrument)
        return self.text.lower() in "\n".join(words).lower()


def parse(data: QueryDict) -> RuleQuery:
    """What cannot be understood is left out: an old address still opens the list."""
    known = {name: set(_labels(name)) for name in _MANY}
    chosen = {
        name: tuple(value for value in dict.fromkeys(data.getlist(name)) if value in known[name]) for name in _MANY
    }
    page = data.get("page", "1")
    number = int(page) if page.isascii() and page.isdigit() and len(page) < 5 else 1
    return RuleQuery(data.get("q", "").strip()[:60], chosen, max(number, 1), data.get("on", ""))


def conditions(query: RuleQuery) -> list[Condition]:
    names = {"family": _("类别"), "state": pgettext("noun", "签认"), "check": _("检查方式"), "on_fail": _("不符时")}
    search = Condition("q", _("规则"), value=query.text, is_set=bool(query.text), hint=_("编号、名称、条文或文件"))
    return [search, *(_many(name, label, query.chosen[name]) for name, label in names.items())]


def _many(name: str, label: str, chosen: Sequence[str]) -> Condition:
    words = _labels(name)
    options = tuple(Option(value, text, value in chosen) for value, text in words.items())
    shown = listed(str(words[value]) for value in chosen[:2]) + (_("等") if len(chosen) > 2 else "")
    return Condition(name, label, "many", shown or _("不限"), is_set=bool(chosen), options=options)


def chips(query: RuleQuery) -> list[Chip]:
    found = [(query.text, "q")]
    found += [(listed(str(_labels(name)[value]) for value in values), name) for name, values in query.chosen.items()]
    return [Chip(label, query.url(name)) for label, name in found if label]


def _labels(name: str) -> Mapping[str, Text]:
    if name == "family":
        return {family: said(words) for family, words in labels.FAMILIES.items()}
    if name == "state":
        return dict(SignOffState.choices)
    codes: type[Check] | type[OnFail] = Check if name == "check" else OnFail
    return {code.value: said(labels.label(code)) for code in codes}
