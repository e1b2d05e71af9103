"""What the pages of the 规则库 print: rows of the list, sections of a rule's page, ready-worded."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from quanheng.accounts.queries import offices_of
from quanheng.instruments.choices import SignOffState
from quanheng.instruments.local import HouseRules
from quanheng.instruments.models import LocalRule, SignOff
from quanheng.instruments.queries import Standing
from quanheng.instruments.strictness import Direction, direction, settable
from quanheng.instruments.texts import central, digest_of, needs_second
from quanheng.rulebook import labels
from quanheng.rulebook.facts_reading import load_facts
from quanheng.rulebook.instrument import OnFail, Parameter, RuleText
from quanheng.rulebook.words import told
from quanheng.web.shared import rule_words as words
from quanheng.web.shared.parts import Fact, Law, Link, Text
from quanheng.web.shared.rule_law import gap, moment
from quanheng.web.shared.rule_law import law as words_of_law
from quanheng.web.shared.wording import bracketed, stated


@dataclass(frozen=True, slots=True)
class RuleLine:
    """A row of the list."""

    id: str
    title: str
    url: str
    citation: str
    family: str
    check: str
    on_fail: str
    state: Text
    is_waiting: bool


@dataclass(frozen=True, slots=True)
class ParameterLine:
    name: str
    value: str
    central: str  # where a local number stands in its place
    article: str
    seen: str
    note: str
    direction: Text
    local: Link | None
    set_link: Link | None


@dataclass(frozen=True, slots=True)
class SwitchLine:
    id: str
    question: str
    url: str
    value: str
    owner: str
    since: str
    is_set: bool
    rules: int


@dataclass(frozen=True, slots=True)
class SignOffLine:
    """A row of the history of a rule's sign-offs."""

    version: str
    signed: str
    countersigned: str
    used_from: str
    document: str
    paper: Link | None
    state: Text


@dataclass(frozen=True, slots=True)
class LocalLine:
    what: str
    value: str
    document: str
    period: str
    who: str
    reason: str
    end_link: Link | None


def rule_url(rule: str, day: str = "") -> str:
    return reverse("desk:rule", args=[rule]) + (f"?on={day}" if day else "")


def rule_line(each: Standing, titles: Mapping[str, str], day: str) -> RuleLine:
    text = each.text
    return RuleLine(
        id=text.id,
        title=words.said(text.title),
        url=rule_url(text.id, day),
        citation=f"{titles[text.instrument]}{gap()}{words.article_text(text.article)}",
        family=words.said(labels.FAMILIES[text.family]),
        check=words.said(labels.label(text.check)),
        on_fail=consequence_text(each),
        state=each.state.label,
        is_waiting=each.is_waiting,
    )


def consequence_text(each: Standing) -> str:
    """What a failure leads to now: 拦阻 only where it is signed."""
    meant = words.said(labels.label(each.text.on_fail))
    if each.text.on_fail is OnFail.BLOCK and not each.is_signed:
        return bracketed(words.said(labels.label(OnFail.WARN)), _("签认后%(meant)s") % {"meant": meant})
    return meant


def law(each: Standing, who: Mapping[UUID, str]) -> Law:
    return words_of_law(each, who, paper_url=paper_url(each.sign_off))


def paper_url(row: SignOff | None) -> str:
    return reverse("desk:rule-paper", args=[row.rule, row.pk]) if row and row.paper_id else ""


def facts(each: Standing) -> list[Fact]:
    text = each.text
    found = [
        Fact(
            pgettext("of a rule", "依据"),
            words.citation_text(text, central().instruments),
            words.code_text(text.article_note),
        ),
        Fact(_("施行"), words.period_text(text.in_force)),
        Fact(_("类别"), words.said(labels.FAMILIES[text.family]), words.said(labels.label(text.kind))),
        Fact(_("适用对象"), words.said(labels.SUBJECTS[text.subject])),
        Fact(_("检查方式"), words.said(labels.label(text.check)), words.said(labels.label(text.state))),
        Fact(_("不符时"), consequence_text(each)),
        _waiver(text),
        Fact(_("核实程度"), words.seen_text(text), words.basis_text(text.basis)),
        Fact(_("见于"), words.places_text(text.basis, central().sources)),
        Fact(_("未见的部分"), words.said(text.unverified_parts) if text.unverified_parts else ""),
        Fact(_("证据材料"), words.evidence_text(text.evidence)),
        Fact(_("说明"), words.said(text.note) if text.note else ""),
    ]
    return [fact for fact in found if fact.value]


def _waiver(text: RuleText) -> Fact:
    """No room records a reply yet: neither the file of a person nor a screening knows of it."""
    if not text.is_waivable:
        return Fact(_("破格"), words.waiver_text(text))
    url = rule_url(text.waiver) if text.waiver in central().ids else ""
    return Fact(_("破格"), words.waiver_text(text), words.waiver_unrecorded(), url=url)


def related(text: RuleText) -> list[Link]:
    ids = [*text.see, *([text.replaces] if text.replaces else [])]
    return [Link(bracketed(id, words.said(central().versions(id)[-1].title)), rule_url(id)) for id in ids]


def parameter_lines(text: RuleText, house: HouseRules, local: Iterable[LocalRule], *, may: bool) -> list[ParameterLine]:
    """Each number of the rule as it holds here, the central one beside a local one."""
    here = {row.parameter: row for row in local}
    now = next((each for each in house.running if each.id == text.id), text)
    open_to_office = {each.name for each in settable(text)}
    return [
        _parameter_line(
            text, each, now.parameter(each.name), here.get(each.name), may=may and each.name in open_to_office
        )
        for each in text.parameters
    ]


def _parameter_line(
    text: RuleText, central_one: Parameter, here: Parameter, row: LocalRule | None, *, may: bool
) -> ParameterLine:
    is_local = here.value != central_one.value
    add = f"{reverse('desk:rule-local-add', args=[text.id])}?parameter={central_one.name}"
    return ParameterLine(
        name=words.parameter_name(central_one.name),
        value=words.value_text(here),
        central=words.value_text(central_one) if is_local else "",
        article=words.article_text(central_one.citation.article) or central_one.citation.instrument,
        seen=_("见过") if central_one.is_seen else _("未见"),
        note=words.code_text(central_one.note) if central_one.note else "",
        direction=direction_text(text.id, central_one),
        local=Link(row.document) if row and is_local else None,
        set_link=Link(_("定得更严"), add) if may and row is None else None,
    )


def direction_text(rule: str, parameter: Parameter) -> Text:
    if parameter.is_local:
        return _("由单位规定")
    match direction(rule, parameter.name):
        case Direction.HIGHER:
            return _("越大越严")
        case Direction.LOWER:
            return _("越小越严")
        case None:
            return _("不能另定")


def told_lines(text: RuleText, house: HouseRules) -> list[tuple[str, str]]:
    """How the rule decides, sentence by sentence; nothing for text that is not yet computed."""
    now = next((each for each in house.running if each.id == text.id), text)
    rule = house.rules.get(now)
    if rule is None:
        return []
    switches = {switch.id: switch for switch in central().switches}
    return [(words.said(line.name), words.said(line.said)) for line in told(rule, load_facts(), switches)]


def used_facts(text: RuleText, house: HouseRules) -> list[str]:
    """The facts of the register that decide, by their meaning."""
    rule = house.rules.get(next((each for each in house.running if each.id == text.id), text))
    vocabulary = load_facts()
    meanings = [vocabulary.facts[name].meaning for name in sorted(rule.facts)] if rule else []
    return [meaning.en if words.is_english() else meaning.zh for meaning in meanings]


def sign_off_lines(text: RuleText, rows: Sequence[SignOff], today: date) -> list[SignOffLine]:
    who = offices_of(key for row in rows for key in (row.signed_by, row.countersigned_by, row.withdrawn_by) if key)
    return [_sign_off_line(row, text, who, today) for row in rows]


def _sign_off_line(row: SignOff, text: RuleText, who: Mapping[UUID, str], today: date) -> SignOffLine:
    url = paper_url(row)
    return SignOffLine(
        version=row.version_from.isoformat() if row.version_from else _("施行日未见"),
        signed=moment(who, row.signed_by, row.signed_at),
        countersigned=moment(who, row.countersigned_by, row.countersigned_at),
        used_from=row.used_from.isoformat(),
        document=row.document,
        paper=Link(_("正式文本"), url) if url else None,
        state=_row_state(row, text, who, today),
    )


def _row_state(row: SignOff, text: RuleText, who: Mapping[UUID, str], today: date) -> Text:
    if row.withdrawn_at is not None:
        gone = _("%(who)s 撤回") % {"who": moment(who, row.withdrawn_by, row.withdrawn_at)}
        return stated(gone, row.withdrawn_reason) if row.withdrawn_reason else gone
    version = next((each for each in central().versions(row.rule) if each.in_force.start == row.version_from), None)
    if version is None or digest_of(version) != row.digest:
        return SignOffState.VOID.label
    if needs_second(version) and row.countersigned_by is None:
        return SignOffState.AWAITING.label
    return SignOffState.SCHEDULED.label if row.used_from > today else SignOffState.SIGNED.label


def local_lines(rows: Sequence[LocalRule], *, may: bool) -> list[LocalLine]:
    who = offices_of(row.added_by for row in rows)
    return [
        LocalLine(
            what=words.parameter_name(row.parameter) if row.parameter else _("启用本规则"),
            value=row.value,
            document=row.document,
            period=f"{row.valid_from} – {row.valid_to or ''}".strip(),
            who=moment(who, row.added_by, row.added_at),
            reason=row.reason,
            end_link=Link(_("终止"), reverse("desk:rule-local-end", args=[row.rule, row.pk]))
            if may and row.valid_to is None
            else None,
        )
        for row in rows
    ]
