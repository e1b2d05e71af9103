"""The derived facts of a dossier in words: one wording for the header, the drawer and 我的档案."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from quanheng.formats import codes
from quanheng.organization.choices import PostTier, Rank
from quanheng.people.facts import FACTS, Derived, FactKind, Records
from quanheng.people.models import Education
from quanheng.web.shared.columns import grade_signs
from quanheng.web.shared.dossier_records import Links
from quanheng.web.shared.dossier_words import FACT_LABELS, age_span, missing_text, month, span
from quanheng.web.shared.parts import Text
from quanheng.web.shared.wording import listed


@dataclass(frozen=True, slots=True)
class FactLine:
    """`before` is plain, `value` dotted: 乡科级正职 4 年 7 个月."""

    label: Text
    before: str
    value: str
    evidence_url: str

    @property
    def whole(self) -> str:
        return f"{self.before} {self.value}".strip()


def fact_lines(records: Records, links: Links) -> list[FactLine]:
    return [_line(kind, compute(records), links) for kind, compute in FACTS.items()]


def _line(kind: FactKind, derived: Derived, links: Links) -> FactLine:
    before, value = fact_text(derived)
    return FactLine(fact_label(derived), before, value, links.fact(kind.value))


def fact_label(derived: Derived) -> Text:
    """考核 carries its years: 考核 2025–2023."""
    label = FACT_LABELS[derived.kind]
    if derived.kind is FactKind.GRADES and isinstance(derived.value, tuple):
        return f"{label} {derived.value[0][0]}–{derived.value[-1][0]}"
    return label


def fact_text(derived: Derived) -> tuple[str, str]:
    """What stands before, and the value itself; what is missing where there is none."""
    if derived.value is None:
        return "", missing_text(derived.missing[0])
    return _WORDS[derived.kind](derived)


def _span(derived: Derived) -> str:
    text = span(derived.months or 0)
    return _("至少 %(span)s") % {"span": text} if derived.at_least else text


def _party(derived: Derived) -> tuple[str, str]:
    """入党 2006.12; of who is not of the Party the affiliation."""
    if derived.since:
        return "", month(derived.since)
    return "", codes.table("political_affiliations").name_of(str(derived.value))


def _education(derived: Derived) -> tuple[str, str]:
    best = derived.value
    assert isinstance(best, Education)
    text = listed(name for name in (best.level_name, best.degree_name) if name)
    return "", _("至少 %(span)s") % {"span": text} if derived.at_least else text


_WORDS: Mapping[FactKind, Callable[[Derived], tuple[str, str]]] = {
    FactKind.AGE: lambda derived: ("", age_span(derived.months or 0)),
    FactKind.TIER: lambda derived: (str(PostTier(str(derived.value)).label), _span(derived)),
    FactKind.TENURE: lambda derived: ("", _span(derived)),
    FactKind.RANK: lambda derived: (str(Rank(str(derived.value)).label), _span(derived)),
    FactKind.WORK_YEARS: lambda derived: ("", _span(derived)),
    FactKind.GRASSROOTS: lambda derived: ("", _span(derived)),
    FactKind.PARTY: _party,
    FactKind.EDUCATION: _education,
    FactKind.GRADES: lambda derived: ("", grade_signs(derived)),
}
