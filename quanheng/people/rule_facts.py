"""Where the facts of the rulebook come from in a dossier: one definition for one person and for a snapshot of all.

A source is a queryset of live records with an expression of the database for each field that they can give. For one
person its rows become a situation (`facts_of`); for all of them its statement runs once and its rows become a table
(`quanheng.census`). What the records cannot say stays out: it is unknown, never "no".

Months are stored by their first day, and so they are given.
"""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import (
    BooleanField,
    Case,
    CharField,
    Count,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, Concat, ExtractYear

from quanheng.organization.choices import GroupRole, Rank
from quanheng.people import rule_units as units
from quanheng.people import rule_words as words
from quanheng.people.choices import CadreStatus, HoldingKind, VerificationItem, VerificationResult
from quanheng.people.models import (
    AnnualGrade,
    Cadre,
    Education,
    FamilyMember,
    PostHolding,
    RankHolding,
    ResumeEntry,
    Sanction,
    TrainingRecord,
    Verification,
)
from quanheng.people.rule_sources import Source, Text, key_text, live, truth, truths, word_of, written
from quanheng.people.rule_statements import Statement, statement
from quanheng.rulebook.situation import FactValue, Record
from quanheng.rulebook.vocabulary import Fact, Scope, Vocabulary, World

PERSON = "person"


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
        "person.is_party_member": truths(
            truth(Q(political_affiliation=words.PARTY_MEMBER)),
            truth(Q(political_affiliation__in=words.NOT_OF_THE_PARTY), then=False),
        ),
        "person.retirement_class": Case(
            *(When(**held, then=Value(word)) for held, word in words.RETIREMENT_CLASSES),
            default=None,
            output_field=CharField(),
        ),
        "person.is_retired": truths(
            truth(Q(status=CadreStatus.RETIRED)),
            truth(Q(status__in=(CadreStatus.SERVING, CadreStatus.NOT_SERVING)), then=False),
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
    own = Subquery(highest.annotate(word=word_of("tier", words.LEVELS)).values("word")[:1], output_field=CharField())
    return Case(When(kind=HoldingKind.SECONDMENT, then=own), default=word_of("tier", words.LEVELS))


def _role() -> Combinable:
    """That of the slot in its leading group; a slot outside of one says it only where it is no leading post."""
    roles = (
        When(position__group_role=role, then=Value(word)) for role, word in zip(GroupRole, words.ROLES, strict=True)
    )
    rest = When(position__group_role="", position__is_leading=False, then=Value(words.NOT_LEADING))
    return Case(*roles, rest, default=None, output_field=CharField())


def _unit(then: str = "") -> Text:
    """A unit under today's name, with what follows it; one that is not in the register under the name it had then."""
    after = (F(then),) if then else (Value(""),)
    name, key = (
        Coalesce(first, "unit_name", output_field=CharField()) for first in (F("unit__name"), key_text("unit"))
    )
    return Text(Concat(name, *after, output_field=CharField()), Concat(key, *after, output_field=CharField()))


def _terms() -> QuerySet[Any]:
    """Posts with a term. That of a leading member has one though nobody wrote down since when: it is not known then."""
    posts = live(PostHolding)().exclude(kind=HoldingKind.SECONDMENT).annotate(is_led=units.is_leading_member())
    found: QuerySet[Any] = posts.filter(Q(term_from__isnull=False) | Q(tier__in=words.LED_TIERS, is_led=True))
    return found


def _hours() -> Combinable:
    """The sum, where the hours of every class of the year are written down."""
    return Case(When(known=F("classes"), then=F("sum")), default=None, output_field=IntegerField())


def _training_years() -> QuerySet[Any]:
    years = live(TrainingRecord)().values("cadre_id", year=ExtractYear("valid_from"))
    counted: QuerySet[Any] = years.annotate(classes=Count("pk"), known=Count("hours"), sum=Sum("hours"))
    return counted


POSTS = Source(
    "posts",
    live(PostHolding),
    {
        "start": F("valid_from"),
        "end": F("valid_to"),
        "level": _own_level(),
        "role": _role(),
        "setting": units.setting(),
        "is_leading_member": units.is_leading_member(),
        "confirmed": F("confirmed_on"),  # not told of a post of which no probation is written down
        "is_secondment": Case(truth(Q(kind=HoldingKind.SECONDMENT)), default=Value(False)),
    },
    {
        "post": _unit(then="title"),
        "unit": _unit(),
        "place": units.place(),
        "decision": written("document"),
    },
)
PROBATIONS = Source(
    "probations",
    lambda: live(PostHolding)().exclude(probation_from=None),
    {
        "start": F("probation_from"),
        "closed": Coalesce("confirmed_on", "valid_to"),
        "result": Case(When(confirmed_on__isnull=False, then=Value(words.FIT)), default=None, output_field=CharField()),
    },
    {"post": _unit(then="title")},
)
TERMS = Source("terms", _terms, {"start": F("term_from"), "end": F("valid_to")}, {"post": _unit(then="title")})
STRETCHES = Source(
    "stretches",
    live(ResumeEntry),
    {"start": F("valid_from"), "end": F("valid_to"), "setting": word_of("setting", words.SETTINGS)},
)
RANKS = Source(
    "ranks",
    live(RankHolding),
    {
        "start": F("valid_from"),
        "end": F("valid_to"),
        "rank": word_of("rank", dict(zip(Rank, words.RANKS, strict=True))),
    },
)
GRADES = Source("grades", live(AnnualGrade), {"year": F("year"), "grade": word_of("grade", words.GRADES)})
EDUCATION = Source(
    "education",
    live(Education),
    {
        "level": Case(
            *(When(held, then=Value(word)) for held, word in words.EDUCATION), default=None, output_field=CharField()
        ),
        "is_verified": truths(truth(Q(verified_on__isnull=False))),
        "finished": F("valid_to"),
    },
    {"school": written("school")},
)
SANCTIONS = Source(
    "sanctions",
    live(Sanction),
    {
        "system": word_of("kind", words.SANCTION_SYSTEMS),
        "kind": word_of("kind", words.SANCTION_KINDS),
        "effective": F("valid_from"),
        "ended": F("lifted_on"),
    },
    {"decision": written("document")},
)
TRAININGS = Source(
    "trainings",
    live(TrainingRecord),
    {"start": F("valid_from"), "hours": F("hours"), "is_registered": Value(True, BooleanField())},
    {"name": written("name")},
)
TRAINING_YEARS = Source("training_years", _training_years, {"year": F("year"), "hours": _hours()}, key="year")
_KIN = word_of("relation_code", words.KIN)
RELATIVES = Source("relatives", live(FamilyMember), {"name": _KIN, "kin": _KIN})
SOURCES = (
    POSTS,
    PROBATIONS,
    TERMS,
    STRETCHES,
    RANKS,
    GRADES,
    EDUCATION,
    SANCTIONS,
    TRAININGS,
    TRAINING_YEARS,
    RELATIVES,
)
KEYED = frozenset(source.fact for source in SOURCES if source.key == "pk")  # told apart by the UUID of a record


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
    made = people_of(keys)
    for source in SOURCES:
        found = _records(source, [key for key in keys if key in made])
        is_closed = vocabulary.lookup(source.fact).world is World.CLOSED
        for key, facts in made.items():
            if key in found or is_closed:
                facts[source.fact] = tuple(found.get(key, ()))
    return made


def people_of(keys: list[UUID]) -> dict[UUID, dict[str, FactValue]]:
    """The same without their records, in one query."""
    return {key: known(PEOPLE.columns, values) for key, _, *values in _rows(PEOPLE, keys)}


def _rows(source: Source, keys: list[UUID]) -> Iterable[Sequence[Any]]:
    """In the order of persons, and of records as they were recorded."""
    if len(keys) == 1:
        return _of_one(source.fact, connection.vendor).rows(keys[0])
    return _readable(source.fact).filter(**{f"{source.subject}__in": keys})


@cache
def _of_one(fact: str, vendor: str) -> Statement:
    source = _source(fact)
    return statement(_readable(fact), source.subject)


@cache
def _readable(fact: str) -> QuerySet[Any, tuple[Any, ...]]:
    """Put together once: the expressions are long, and the same for everybody."""
    source = _source(fact)
    return source.query(is_readable=True).order_by(source.subject, source.key)


def _source(fact: str) -> Source:
    return next(each for each in (PEOPLE, *SOURCES) if each.fact == fact)


def known(names: Iterable[str], values: Iterable[Any]) -> dict[str, Any]:
    return {name: value for name, value in zip(names, values, strict=True) if value is not None}


def _records(source: Source, keys: list[UUID]) -> dict[UUID, list[Record]]:
    found: dict[UUID, list[Record]] = {}
    for subject, key, *values in _rows(source, keys):
        found.setdefault(subject, []).append(Record(f"{source.fact}[{key}]", known(source.columns, values)))
    return found
