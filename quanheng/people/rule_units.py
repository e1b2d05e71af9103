"""Of what tier a post's unit is, in which place it lies, and who leads a place: by the tree of units as it stands.

A unit lies in the nearest territory above it (`UP` says how far is looked), which is a county, a city or a province by
its level. What the last version of a unit says counts, and nothing is said where an earlier one said something else: a
post that was held then may have been another. Sets of units are subqueries that depend on no row, so that the database
makes each of them once, however many posts there are.
"""

from functools import reduce
from operator import or_
from typing import Any

from django.db.models import (
    Case,
    CharField,
    Count,
    DateField,
    F,
    Max,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, TruncMonth

from quanheng.organization.choices import GroupRole, UnitCategory, UnitKind, UnitLevel
from quanheng.organization.models import Unit, UnitVersion
from quanheng.people.models import ResumeEntry
from quanheng.people.rule_sources import Text, truth, truths, word_of
from quanheng.people.rule_words import CITY, COUNTY, GRASSROOTS, PROVINCE, SETTINGS

UP = ("", "parent__", "parent__parent__", "parent__parent__parent__")
# Lowest first, as a county lies in a city. Between a county and a city the register does not tell what a place is.
TIERS: tuple[tuple[UnitLevel, str | None], ...] = (
    (UnitLevel.TOWNSHIP, GRASSROOTS),
    (UnitLevel.DEPUTY_COUNTY, None),
    (UnitLevel.COUNTY, COUNTY),
    (UnitLevel.DEPUTY_DEPARTMENT, None),
    (UnitLevel.DEPARTMENT, CITY),
    (UnitLevel.PROVINCE, PROVINCE),
)
LED = (UnitLevel.COUNTY, UnitLevel.DEPUTY_DEPARTMENT, UnitLevel.DEPARTMENT, UnitLevel.PROVINCE)
# Whether work there is work at the grass roots is for a person to look at (SEL-QUAL-08-1b).
UNTOLD = (UnitCategory.INSTITUTION, UnitCategory.ENTERPRISE)


def _last(**said: object) -> QuerySet[UnitVersion]:
    """Versions that no other one follows; those of a unit that is no more ended with it."""
    return UnitVersion.objects.filter(Q(valid_to=None) | Q(valid_to=F("unit__abolished_on")), **said)


def _among(versions: QuerySet[UnitVersion]) -> Subquery:
    return Subquery(versions.values("unit"))


def _changed() -> Subquery:
    """Units that were of another category or level, or stood elsewhere in the tree."""
    each = UnitVersion.objects.values("unit")
    counted = each.annotate(one=Count("category", distinct=True), two=Count("level", distinct=True))
    counted = counted.annotate(three=Count("parent", distinct=True))
    return Subquery(counted.filter(Q(one__gt=1) | Q(two__gt=1) | Q(three__gt=1)).values("unit"))


def _territories(*levels: UnitLevel) -> Subquery:
    found = _last(category=UnitCategory.TERRITORY, level__in=levels or [level for level, _ in TIERS])
    return _among(found.exclude(kind=UnitKind.GROUPING))


def _under(units: Subquery) -> Q:
    """Posts in these units, or in ones below them."""
    ways = (Q(**{f"{up}pk__in": units}) for up in UP)
    return Q(unit__in=Subquery(Unit.objects.filter(reduce(or_, ways)).values("pk")))


def setting() -> Combinable:
    """Of a unit that is not in the register what the résumé says of the time."""
    tiers = (When(_under(_territories(level)), then=Value(word)) for level, word in TIERS)
    return Case(
        When(unit=None, then=_by_resume()),
        When(_under(_changed()), then=None),
        When(unit__in=_among(_last(category__in=UNTOLD)), then=None),
        When(unit__in=_among(_last(category=UnitCategory.TOWNSHIP)), then=Value(GRASSROOTS)),
        *tiers,
        default=None,
        output_field=CharField(),
    )


def _by_resume() -> Combinable:
    """By the line of the résumé that holds the whole of the post; where several differ nothing is said."""
    ends_after = Q(valid_to=None) | Q(
        valid_to__gte=TruncMonth(Cast(OuterRef("valid_to"), DateField()))
    )  # lines end in a month
    lines = ResumeEntry.objects.filter(
        ends_after, cadre=OuterRef("cadre"), withdrawn_at=None, inside=None, valid_from__lte=OuterRef("valid_from")
    )
    alike: QuerySet[Any] = lines.order_by().values("cadre").annotate(first=Min("setting"), last=Max("setting"))
    told = alike.filter(first=F("last")).annotate(word=word_of("first", SETTINGS))
    return Subquery(told.values("word"), output_field=CharField())


def place() -> Text:
    """The nearest territory, told by its key."""
    every, none = _territories(), When(_under(_changed()), then=None)
    names = (When(**{f"unit__{up}pk__in": every}, then=F(f"unit__{up}name")) for up in UP)
    keys = (When(**{f"unit__{up}pk__in": every}, then=Cast(f"unit__{up}pk", CharField())) for up in UP)
    return Text(
        Case(none, *names, default=None, output_field=CharField()),
        Case(none, *keys, default=None, output_field=CharField()),
    )


def is_leading_member() -> Combinable:
    """Of a Party committee or government at or above the county: by the slot that the post fills.

    A post without a slot may be one of those all the same, as may one whose title names another beside it.
    """
    is_led = Q(unit__in=_territories(*LED)) & ~_under(_changed())
    return truths(
        truth(is_led & Q(position__group_role__in=GroupRole.values)),
        When(Q(position=None) | Q(title__contains="常委") | _under(_changed()), then=None),
        truth(Q(position__isnull=False), then=False),
    )
