"""Where the facts of the rulebook come from in a dossier: one definition for one person and for a snapshot of all.

A source is a queryset of live records with an expression of the database for each field that they can give. For one
person its rows become a situation (`facts_of`); for all of them its statement runs once and its rows become a table
(`quanheng.census`). What the records cannot say stays out: it is unknown, never "no".

Months are stored by their first day, and so they are given.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import (
    BooleanField,
    Case,
    CharField,
    Count,
    Exists,
    F,
    IntegerField,
    Model,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import MD5, Cast, Coalesce, Concat, ExtractYear, NullIf

from quanheng.organization.choices import GroupRole, Rank
from quanheng.people import rule_words as words
from quanheng.people.choices import CadreStatus, HoldingKind, VerificationItem, VerificationResult
from quanheng.people.models import (
    AnnualGrade,
    Cadre,
    Education,
    FamilyMember,
    PostHolding,
    RankHolding,
    Sanction,
    TrainingRecord,
    Verification,
)
from quanheng.rulebook.situation import FactValue, Record
from quanheng.rulebook.vocabulary import Fact, Scope, Vocabulary, World

PERSON = "person"
Expressions = Mapping[str, Combinable]


@dataclass(frozen=True, slots=True)
class Text:
    """Free text: what is read of one person, and what tells it from another in a snapshot, which holds a digest of it.

    A unit is told by its key, so that a new name makes no other unit of it.
    """

    read: Combinable
    told_by: Combinable


@dataclass(frozen=True, slots=True)
class Source:
    """`rows`: live records, one row a record. `subject` and `key` name the columns of the person and of the record."""

    fact: str
    rows: Callable[[], QuerySet[Any]]
    fields: Expressions
    texts: Mapping[str, Text] = field(default_factory=dict)
    subject: str = "cadre_id"
    key: str = "pk"

    @property
    def columns(self) -> tuple[str, ...]:
        return (*self.fields, *self.texts)

    def query(self, *, is_readable: bool) -> QuerySet[Any, tuple[Any, ...]]:
        """Subject, key, then `columns`. Texts readable, or as digests."""
        texts = {name: each.read if is_readable else MD5(each.told_by) for name, each in self.texts.items()}
        named = {f"fact_{name.replace('.', '_')}": each for name, each in {**self.fields, **texts}.items()}
        found: QuerySet[Any, tuple[Any, ...]] = self.rows().annotate(**named)
        return found.values_list(self.subject, self.key, *named)


def _words(of: str, table: Mapping[Any, str]) -> Case:
    """The rulebook's word for a stored value; NULL for one without a word."""
    whens = (When(**{of: getattr(stored, "value", stored)}, then=Value(word)) for stored, word in table.items())
    return Case(*whens, default=None, output_field=CharField())


def _truth(when: Q, then: bool = True) -> When:
    return When(when, then=Value(then))


def _truths(*whens: When) -> Case:
    return Case(*whens, default=None, output_field=BooleanField())


def _written(column: str) -> Text:
    """None where it is blank."""
    whole = NullIf(F(column), Value(""), output_field=CharField())
    return Text(whole, whole)


def _live(model: type[Model]) -> Callable[[], QuerySet[Any]]:
    return lambda: model._default_manager.filter(withdrawn_at=None, cadre__withdrawn_at=None)


# --- the person


def _unless_doubted(column: str, item: VerificationItem) -> Combinable:
    """A value that a check found contradicted, or without material, is not known. One never checked stands."""
    checks = Verification.objects.filter(cadre=OuterRef("pk"), item=item, withdrawn_at=None)
    is_doubted = Exists(checks.exclude(result=VerificationResult.VERIFIED))
    return Case(When(is_doubted, then=None), default=F(column))


PEOPLE = Source(
    PERSON,
    lambda: Cadre.objects.filter(withdrawn_at=None),
    {
        "person.birth": _unless_doubted("birth_month", VerificationItem.BIRTH),
        "person.work_start": _unless_doubted("work_start_month", VerificationItem.WORK_START),
        "person.party_joined": _unless_doubted("party_joined_month", VerificationItem.PARTY_JOINING),
        "person.is_party_member": _truths(
            _truth(Q(political_affiliation=words.PARTY_MEMBER)),
            _truth(Q(political_affiliation__in=words.NOT_OF_THE_PARTY), then=False),
        ),
        "person.retirement_class": Case(
            *(When(**held, then=Value(word)) for held, word in words.RETIREMENT_CLASSES),
            default=None,
            output_field=CharField(),
        ),
        "person.is_retired": _truths(
            _truth(Q(status=CadreStatus.RETIRED)),
            _truth(Q(status__in=(CadreStatus.SERVING, CadreStatus.NOT_SERVING)), then=False),
        ),
    },
    subject="pk",
)

# --- records


def _own_level() -> Combinable:
    """Of a secondment the highest tier of the posts that were held beside it when it began."""
    beside = PostHolding.objects.filter(
        Q(valid_to=None) | Q(valid_to__gt=OuterRef("valid_from")),
        cadre=OuterRef("cadre"),
        withdrawn_at=None,
        valid_from__lte=OuterRef("valid_from"),
        tier__in=words.LEVELS,
    ).exclude(kind=HoldingKind.SECONDMENT)
    places = (When(tier=tier.value, then=Value(place)) for place, tier in enumerate(words.LEVELS))
    highest = beside.annotate(place=Case(*places, output_field=IntegerField())).order_by("place", "pk")
    own = Subquery(highest.annotate(word=_words("tier", words.LEVELS)).values("word")[:1], output_field=CharField())
    return Case(When(kind=HoldingKind.SECONDMENT, then=own), default=_words("tier", words.LEVELS))


def _unit(then: str = "") -> Text:
    """A unit under today's name, with what follows it; one that is not in the register under the name it had then."""
    after = (F(then),) if then else (Value(""),)
    name, key = (Coalesce(first, "unit_name", output_field=CharField()) for first in (F("unit__name"), _key("unit")))
    return Text(Concat(name, *after, output_field=CharField()), Concat(key, *after, output_field=CharField()))


def _key(column: str) -> Combinable:
    return Cast(column, CharField())


def _hours() -> Combinable:
    """The sum, where the hours of every class of the year are written down."""
    return Case(When(known=F("classes"), then=F("sum")), default=None, output_field=IntegerField())


def _training_years() -> QuerySet[Any]:
    years = _live(TrainingRecord)().values("cadre_id", year=ExtractYear("valid_from"))
    counted: QuerySet[Any] = years.annotate(classes=Count("pk"), known=Count("hours"), sum=Sum("hours"))
    return counted


POSTS = Source(
    "posts",
    _live(PostHolding),
    {
        "start": F("valid_from"),
        "end": F("valid_to"),
        "level": _own_level(),
        "role": _words("position__group_role", dict(zip(GroupRole, words.ROLES, strict=True))),
        "is_secondment": Case(_truth(Q(kind=HoldingKind.SECONDMENT)), default=Value(False)),
    },
    {
        "post": _unit(then="title"),
        "unit": _unit(),
        "decision": _written("document"),
    },
)
RANKS = Source(
    "ranks",
    _live(RankHolding),
    {"start": F("valid_from"), "end": F("valid_to"), "rank": _words("rank", dict(zip(Rank, words.RANKS, strict=True)))},
)
GRADES = Source("grades", _live(AnnualGrade), {"year": F("year"), "grade": _words("grade", words.GRADES)})
EDUCATION = Source(
    "education",
    _live(Education),
    {
        "level": Case(
            *(When(held, then=Value(word)) for held, word in words.EDUCATION), default=None, output_field=CharField()
        ),
        "is_verified": _truths(_truth(Q(verified_on__isnull=False))),
        "finished": F("valid_to"),
    },
    {"school": _written("school")},
)
SANCTIONS = Source(
    "sanctions",
    _live(Sanction),
    {
        "system": _words("kind", words.SANCTION_SYSTEMS),
        "kind": _words("kind", words.SANCTION_KINDS),
        "effective": F("valid_from"),
        "ended": F("lifted_on"),
    },
    {"decision": _written("document")},
)
TRAININGS = Source(
    "trainings",
    _live(TrainingRecord),
    {"start": F("valid_from"), "hours": F("hours"), "is_registered": Value(True, BooleanField())},
    {"name": _written("name")},
)
TRAINING_YEARS = Source("training_years", _training_years, {"year": F("year"), "hours": _hours()}, key="year")
_KIN = _words("relation_code", words.KIN)
RELATIVES = Source("relatives", _live(FamilyMember), {"name": _KIN, "kin": _KIN})
SOURCES = (POSTS, RANKS, GRADES, EDUCATION, SANCTIONS, TRAININGS, TRAINING_YEARS, RELATIVES)


def sourced() -> frozenset[str]:
    """The facts that a dossier gives."""
    return frozenset((*PEOPLE.columns, *(source.fact for source in SOURCES)))


def unsourced(vocabulary: Vocabulary) -> tuple[Fact, ...]:
    """The facts about a person that no record of a dossier gives yet. Without them a rule says that it cannot know."""
    known = sourced()
    return tuple(fact for fact in vocabulary if fact.scope is Scope.PERSON and fact.name not in known)


def facts_of(cadres: Iterable[UUID], vocabulary: Vocabulary) -> dict[UUID, dict[str, FactValue]]:
    """The facts of some people as their records stand now, in one query a source, before anything is derived.

    Unknown facts are left out: those without a value, and records of an open world of which there are none. A person
    who is not in the register is not in the answer.
    """
    keys = list(cadres)
    made = {
        key: known(PEOPLE.columns, values) for key, _, *values in PEOPLE.query(is_readable=True).filter(pk__in=keys)
    }
    for source in SOURCES:
        found = _records(source, [key for key in keys if key in made])
        is_closed = vocabulary.lookup(source.fact).world is World.CLOSED
        for key, facts in made.items():
            if key in found or is_closed:
                facts[source.fact] = tuple(found.get(key, ()))
    return made


def known(names: Iterable[str], values: Iterable[Any]) -> dict[str, Any]:
    return {name: value for name, value in zip(names, values, strict=True) if value is not None}


def _records(source: Source, keys: list[UUID]) -> dict[UUID, list[Record]]:
    """In the order of their keys, which is that in which they were recorded."""
    found: dict[UUID, list[Record]] = {}
    rows = source.query(is_readable=True).filter(cadre__in=keys).order_by(source.subject, source.key)
    for subject, key, *values in rows:
        found.setdefault(subject, []).append(Record(f"{source.fact}[{key}]", known(source.columns, values)))
    return found
