"""The records that a condition rests on: what the rulebook looked at, led back to the lines of the dossier."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.utils.translation import gettext as _

from quanheng.people.fields import BY_KEY
from quanheng.people.models import Cadre
from quanheng.people.models.records import DossierRecord
from quanheng.people.queries import RECORD_MODELS, records_of
from quanheng.rulebook.evaluate import label
from quanheng.rulebook.facts_reading import load_facts
from quanheng.rulebook.finding import Finding, Outcome
from quanheng.rulebook.situation import FactValue, Record
from quanheng.rulebook.vocabulary import Fact, Scope
from quanheng.web.shared.dossier_evidence import Stated, names_for, verification_text
from quanheng.web.shared.dossier_records import KINDS, Links
from quanheng.web.shared.dossier_words import FIELD_LABELS, Names, checked_text, field_text, source_text
from quanheng.web.shared.parts import EvidenceRecord
from quanheng.web.shared.rule_outcomes import meaning_of, plain
from quanheng.web.shared.rule_words import code_text, said_truth
from quanheng.web.shared.wording import listed, stated

# Facts whose records are lines of a dossier, and those that are a value of the form.
KIND_OF_FACT: Mapping[str, str] = {
    "posts": "post",
    "probations": "post",
    "terms": "post",
    "ranks": "rank",
    "grades": "grade",
    "education": "education",
    "sanctions": "sanction",
    "trainings": "training",
    "training_years": "training",
    "stretches": "resume",
    "relatives": "family",
}
FIELD_OF_FACT: Mapping[str, str] = {
    "person.birth": "birth",
    "person.work_start": "work_start",
    "person.party_joined": "party_joining",
    "person.is_party_member": "party_joining",
    "person.retirement_class": "sex",
}


# Why a record counts or is left out, in words.
Reason = Callable[[Fact, Record, bool], str]


@dataclass(frozen=True, slots=True)
class Used:
    """What one condition looked at. `rows`: the lines of the dossier among it, those that counted first."""

    records: tuple[EvidenceRecord, ...]
    rows: tuple[DossierRecord, ...]
    kinds: Mapping[UUID, str]  # of each row


@dataclass(frozen=True, slots=True)
class _Look:
    """One fact over all findings of a condition."""

    fact: Fact
    value: FactValue
    counted: frozenset[str]


def used_records(cadre: Cadre, findings: Iterable[Finding], on: date, stated_of: Stated, reader: "Reading") -> Used:
    """One query a kind of record, and the names of who recorded them."""
    looks = _looks(findings)
    rows = _rows(cadre, looks)
    counted = {key for look in looks for key in look.counted}
    names = names_for(rows.values()) if reader.names_people else None
    page = _Page(cadre, on, rows, names, stated_of, reader)
    found = tuple(line for look in looks for line in page.lines(look))
    lines = [(f"{look.fact.name}[{row.pk}]" in counted, row) for look in looks for row in page.rows_of(look)]
    ordered = tuple(dict.fromkeys(row for _is_counted, row in sorted(lines, key=lambda line: not line[0])))
    return Used(found, ordered, {row.pk: kind for look in looks for row, kind in page.kinds_of(look)})


@dataclass(frozen=True, slots=True)
class Reading:
    """`names_people`: may the reader know who recorded and checked?"""

    links: Links
    names_people: bool = True
    reason: Reason = lambda fact, record, is_counted: "" if is_counted else _("不在这一条所看的范围内")


def _looks(findings: Iterable[Finding]) -> list[_Look]:
    """In the order in which they were looked at; of items the keys of all that the rule asks about."""
    found: dict[str, _Look] = {}
    for finding in findings:
        is_passed_over = finding.item is not None and finding.outcome is Outcome.NOT_APPLICABLE
        for use in finding.trace.uses:
            before = found[use.fact].counted if use.fact in found else frozenset[str]()
            keys = frozenset[str]() if is_passed_over else frozenset(use.keys)
            found[use.fact] = _Look(load_facts().lookup(use.fact), use.value, before | keys)
    return [look for look in found.values() if look.fact.scope is Scope.PERSON]


def _rows(cadre: Cadre, looks: Sequence[_Look]) -> dict[UUID, DossierRecord]:
    wanted: dict[str, set[UUID]] = {}
    for look in looks:
        if look.fact.name in KIND_OF_FACT:
            keys = (key_of(each.key) for each in records_in(look.value))
            wanted.setdefault(KIND_OF_FACT[look.fact.name], set()).update(key for key in keys if key)
    return {
        row.pk: row
        for kind, keys in wanted.items()
        if keys
        for row in records_of(RECORD_MODELS[kind], [cadre.pk]).filter(pk__in=keys)
    }


def records_in(value: FactValue) -> tuple[Record, ...]:
    return value if isinstance(value, tuple) else ()


def key_of(text: str) -> UUID | None:
    """`posts[…]` names a record by its key; of a year, which is no record of its own, None."""
    try:
        return UUID(text.partition("[")[2].rstrip("]"))
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class _Page:
    cadre: Cadre
    on: date
    rows: Mapping[UUID, DossierRecord]
    names: Names | None
    stated: Stated
    reader: Reading

    def lines(self, look: _Look) -> Iterator[EvidenceRecord]:
        if look.fact.name in FIELD_OF_FACT:
            yield from self._value(look, FIELD_OF_FACT[look.fact.name])
        elif look.fact.is_records:
            found = sorted(records_in(look.value), key=lambda each: each.key not in look.counted)
            yield from (self._record(look, each) for each in found)
        elif look.value is not None:
            yield EvidenceRecord(stated(meaning_of(look.fact.name), plain_value(look.value)))

    def rows_of(self, look: _Look) -> Iterator[DossierRecord]:
        for each in records_in(look.value):
            key = key_of(each.key)
            if key and key in self.rows:
                yield self.rows[key]

    def kinds_of(self, look: _Look) -> Iterator[tuple[DossierRecord, str]]:
        for row in self.rows_of(look):
            yield row, KIND_OF_FACT[look.fact.name]

    def _record(self, look: _Look, record: Record) -> EvidenceRecord:
        """The line of the dossier; below it what the rulebook read of it."""
        is_counted, key = record.key in look.counted, key_of(record.key)
        read, reason = _read(look.fact, record), self.reader.reason(look.fact, record, is_counted)
        why = listed([text for text in (reason, read) if text], "；")
        if key is None or key not in self.rows:
            return EvidenceRecord(label(look.fact, record), is_counted=is_counted, why=why)
        row, kind = self.rows[key], KIND_OF_FACT[look.fact.name]
        value, when = KINDS[kind].headline(row, self.on)
        return EvidenceRecord(
            value=value,
            period=when,
            is_counted=is_counted,
            why=why,
            source=self._source(row),
            checked=self._checked(row),
            url=self.reader.links.record(kind, row.pk),
        )

    def _source(self, row: DossierRecord) -> str:
        document: str = getattr(row, "document", "")
        source = source_text(row, self.names)
        return f"{document} · {source}" if document else source

    def _checked(self, row: DossierRecord) -> str:
        text = checked_text(row)
        return text if self.reader.names_people or not text else _("已核")

    def _value(self, look: _Look, key: str) -> Iterator[EvidenceRecord]:
        """A single value of the form, with its source and whether it was checked."""
        source = self.stated.sources.get(key)
        check = self.stated.verifications.get(key)
        text = field_text(self.cadre, key, BY_KEY[key].render(self.cadre))
        if not text and source is None:
            return
        yield EvidenceRecord(
            value=f"{FIELD_LABELS[key]} {text or (source and source.raw) or ''}".strip(),
            is_counted=look.value is not None,
            why="" if look.value is not None else _("核对有出入或缺材料，或原文不能识别：不作依据"),
            source=source_text(source, self.names) if source else "",
            checked=verification_text(check) if self.reader.names_people else "",
            url=self.reader.links.field(key),
        )


def _read(fact: Fact, record: Record) -> str:
    """The codes of a record as the rulebook reads them: what the line of the dossier does not say in its words."""
    said = []
    for name in _SAID.get(fact.name, ()):
        value = record.values.get(name)
        if value is not None:
            meaning = plain(fact.fields[name].meaning).partition("（")[0]
            said.append(stated(meaning, plain_value(value)))
    return listed(said, "；")


_SAID: Mapping[str, tuple[str, ...]] = {
    "posts": ("level", "setting"),
    "sanctions": ("effect_end",),
    "education": ("level", "is_verified"),
    "training_years": ("year", "hours"),
    "relatives": ("kin_class",),
}


def plain_value(value: object) -> str:
    if isinstance(value, bool):
        return said_truth(value)
    if isinstance(value, str):
        return code_text(value)
    return value.isoformat() if isinstance(value, date) else str(value)
