"""A generated cadre as rows of the dossier's tables."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from quanheng.demo.bulk import Table
from quanheng.demo.chance import KeyMaker, compact, month
from quanheng.demo.facts import CadreFact, LineFact, RelativeFact
from quanheng.formats.codes import table
from quanheng.kernel.actor import SYSTEM
from quanheng.people import models
from quanheng.people.choices import HoldingKind, SourceKind
from quanheng.people.models.records import namesake
from quanheng.people.names import search_text, sort_name

_LEVELS = table("education_levels").names
_DEGREES = table("degrees").names
_TITLES = table("professional_titles").names
_RELATIONS = table("family_relations").names


@dataclass(frozen=True, slots=True)
class Checker:
    """Who checked the records against the materials."""

    key: UUID
    name: str


class Rows:
    """All tables of the dossier; `add` takes one cadre, `flush` writes what has gathered."""

    def __init__(self, seed: int, at: datetime, checkers: Mapping[UUID, Checker], photos: Sequence[UUID]) -> None:
        self._checkers, self._photos = checkers, photos
        said = {"source": SourceKind.REGISTER, "recorded_at": at, "recorded_by": SYSTEM.key}
        self.tables = {model: Table(model, ("id", "cadre", *columns), **said) for model, columns in _RECORDS.items()}
        self.tables[models.Cadre] = Table(models.Cadre, _CADRE, created_at=at)
        self.tables[models.Verification] = Table(models.Verification, _VERIFICATION)
        self._makers = {model: KeyMaker(seed, model.__name__) for model in self.tables}
        self._numbers = dict.fromkeys(self.tables, 0)

    def add(self, fact: CadreFact) -> None:
        checker = self._checkers[fact.unit]
        self.tables[models.Cadre].add(*_cadre(fact))
        mark = (fact.verifications[0].verified_on, checker.key, checker.name)
        self._add_resume(fact, mark)
        for model, rows in _records(fact, mark):
            for row in rows:
                self.tables[model].add(self._key(model), fact.key, *row)
        for check in fact.verifications:
            values = (check.item, check.result, check.materials, check.verified_on, checker.key, checker.name)
            self.tables[models.Verification].add(self._key(models.Verification), fact.key, *values)
        if self._photos and fact.index % 15 == 0 and fact.index < 15 * 200:
            photo = self._photos[fact.index // 15 % (len(self._photos) // 2) * 2 + (fact.sex == "female")]
            self.tables[models.Photo].add(self._key(models.Photo), fact.key, photo, 480, 600)

    def flush(self) -> None:
        for waiting in self.tables.values():
            waiting.flush()

    def counts(self) -> dict[str, int]:
        return {model._meta.model_name or "": waiting.count for model, waiting in self.tables.items()}

    def _key(self, model: type[Any]) -> UUID:
        self._numbers[model] += 1
        return self._makers[model].key(self._numbers[model])

    def _add_resume(self, fact: CadreFact, mark: tuple[date, UUID, str]) -> None:
        for order, line in enumerate(fact.resume, 1):
            key = self._line(fact, line, order, None, mark)
            for number, inner in enumerate(line.inside, 1):
                self._line(fact, inner, number, key, mark)

    def _line(
        self, fact: CadreFact, line: LineFact, order: int, inside: UUID | None, mark: tuple[date, UUID, str]
    ) -> UUID:
        key = self._key(models.ResumeEntry)
        values = (order, inside, line.text, line.setting, month(line.start), _month(line.end), line.document)
        self.tables[models.ResumeEntry].add(key, fact.key, *values, *mark)
        return key


_CHECKED = ("verified_on", "verified_by", "verified_by_name")
_CADRE = (
    *("id", "home_unit", "management_category", "unit_order", "status", "personnel_kind", "name", "former_names"),
    *("search_text", "sort_name", "sex", "birth_month", "ethnicity", "native_place", "birth_place"),
    *("political_affiliation", "party_joined_month", "work_start_month", "specialties"),
    *("identity_number", "identity_number_index", "identity_tail_index", "health"),
)
_VERIFICATION = ("id", "cadre", "item", "result", "materials", "verified_on", "verified_by", "verified_by_name")
_RECORDS: dict[type[Any], tuple[str, ...]] = {
    models.FieldSource: ("field", "raw"),
    models.ResumeEntry: ("order", "inside", "text", "setting", "valid_from", "valid_to", "source_field", *_CHECKED),
    models.PostHolding: (
        *("position", "unit", "unit_name", "title", "tier", "kind", "is_primary", "order", "document"),
        *("valid_from", "valid_to", "probation_from", "confirmed_on", "term_from", *_CHECKED),
    ),
    models.RankHolding: ("rank", "document", "valid_from", "valid_to"),
    models.Education: (
        *("kind", "level_code", "level_name", "degree_code", "degree_name", "school", "degree_school"),
        *("valid_from", "valid_to", *_CHECKED),
    ),
    models.ProfessionalTitle: ("code", "name", "valid_from"),
    models.FamilyMember: (
        *("order", "relation_code", "relation", "name", "birth", "political_affiliation", "work"),
        "namesake_index",
    ),
    models.Reward: ("kind", "name", "authority", "document", "valid_from"),
    models.Sanction: ("kind", "cause", "authority", "document", "decided_on", "lifted_on", "valid_from", "valid_to"),
    models.AnnualGrade: ("year", "grade"),
    models.TrainingRecord: ("name", "institution", "hours", "valid_from", "valid_to"),
    models.Specialty: ("name", "valid_from"),
    models.Photo: ("file", "width", "height"),
}


def _month(index: int | None) -> date | None:
    return None if index is None else month(index)


def _cadre(fact: CadreFact) -> tuple[Any, ...]:
    number = fact.identity_number
    return (
        *(fact.key, fact.unit, fact.category, fact.order, fact.status, fact.personnel_kind, fact.name),
        *(fact.former_names, search_text(fact.name, fact.former_names), sort_name(fact.name), fact.sex),
        *(fact.born.replace(day=1), fact.ethnicity, fact.native_place, fact.birth_place, fact.affiliation),
        *(_month(fact.party_joined), month(fact.work_start), fact.specialties),
        *(number, number, number[-4:], fact.health),
    )


def _records(fact: CadreFact, mark: tuple[date, UUID, str]) -> Iterator[tuple[type[Any], list[tuple[Any, ...]]]]:
    """The rows of each kind, without key and cadre."""
    yield models.FieldSource, _field_sources(fact)
    yield models.PostHolding, [(*row, *mark) for row in _holdings(fact)]
    yield models.RankHolding, [(one.rank, one.document, month(one.start), _month(one.end)) for one in fact.ranks]
    yield models.Education, [(*row, *mark) for row in _educations(fact)]
    yield models.ProfessionalTitle, [(one.code, _TITLES[one.code], month(one.start)) for one in fact.titles]
    yield models.FamilyMember, [_relative(order, one) for order, one in enumerate(fact.family, 1)]
    yield (
        models.Reward,
        [(one.kind, one.name, one.authority, one.document, month(one.start)) for one in fact.rewards],
    )
    yield models.Sanction, _sanctions(fact)
    yield models.AnnualGrade, [(one.year, one.grade) for one in fact.grades]
    yield (
        models.TrainingRecord,
        [(one.name, one.institution, one.hours, one.start, one.end) for one in fact.trainings],
    )
    yield models.Specialty, [(fact.specialties, month(fact.work_start))]


def _field_sources(fact: CadreFact) -> list[tuple[Any, ...]]:
    joined = [("party_joining", compact(fact.party_joined))] if fact.party_joined else []
    born = fact.born.year * 12 + fact.born.month - 1
    return [("birth", compact(born)), ("work_start", compact(fact.work_start)), *joined]


def _holdings(fact: CadreFact) -> list[tuple[Any, ...]]:
    return [
        (
            *(one.position, one.unit, one.unit_name, one.title, one.tier, one.kind),
            *(one.kind == HoldingKind.APPOINTMENT, 1, one.document, month(one.start), _month(one.end)),
            *(_month(one.probation), _month(one.confirmed), _month(one.term)),
        )
        for one in fact.holdings
    ]


def _educations(fact: CadreFact) -> list[tuple[Any, ...]]:
    return [
        (
            *(one.kind, one.level_code, _LEVELS[one.level_code], one.degree_code, _DEGREES.get(one.degree_code, "")),
            *(one.school, one.school if one.degree_code else "", month(one.start), month(one.end)),
        )
        for one in fact.educations
    ]


def _relative(order: int, one: RelativeFact) -> tuple[Any, ...]:
    code = one.relation_code
    values = (_RELATIONS[code], one.name, one.birth, one.political_affiliation or None, one.work)
    return (order, code, *values, namesake(one.name, one.birth))


def _sanctions(fact: CadreFact) -> list[tuple[Any, ...]]:
    return [
        (
            *(one.kind, one.cause, one.authority, one.document, month(one.start)),
            *(month(one.end) if one.is_lifted else None, month(one.start), month(one.end)),
        )
        for one in fact.sanctions
    ]
