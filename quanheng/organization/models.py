"""Units, their dated facts, leading groups and positions. Periods are half-open."""

from django.db import models
from django.db.models import Q

from quanheng.kernel.keys import new_key
from quanheng.organization.choices import (
    GroupRole,
    LeadingGroupKind,
    PostTier,
    ReorganizationKind,
    UnitCategory,
    UnitKind,
    UnitLevel,
)


class Unit(models.Model):
    """A unit through its life. `path` is the place in today's tree and its 规范顺序 at once.

    Each segment of `path` is four digits of the order among siblings, ended by a dot: a subtree is
    a prefix, and sorting by path is the order of the official list. What was true on an earlier
    date stands in `UnitVersion`; name and parent here are those of the version now in force.
    """

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    code = models.CharField(max_length=60, unique=True)  # B0111
    name = models.CharField(max_length=120)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    path = models.CharField(max_length=200, unique=True)
    abolished_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="unit_has_name"),
            models.CheckConstraint(condition=~Q(parent=models.F("id")), name="unit_is_not_its_own_parent"),
        ]

    @property
    def depth(self) -> int:
        return self.path.count(".")


class Reorganization(models.Model):
    """One act on one unit: institutional reform or a decision on quotas, with its document.

    A reform of many units is as many acts under one document number.
    """

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="reorganizations")
    kind = models.CharField(max_length=20, choices=ReorganizationKind.choices)
    effective_on = models.DateField()
    document = models.CharField(max_length=120, blank=True)
    reason = models.TextField(blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.UUIDField()


class UnitVersion(models.Model):
    """The facts of the B01 set for one unit during one period."""

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="versions")
    parent = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    name = models.CharField(max_length=120)  # B0101
    short_name = models.CharField(max_length=60, blank=True)  # B0104
    region = models.CharField(max_length=12, blank=True)  # B0117
    affiliation = models.CharField(max_length=40, blank=True)  # B0124
    level = models.CharField(max_length=20, choices=UnitLevel.choices, default=UnitLevel.NONE)  # B0127
    category = models.CharField(max_length=20, choices=UnitCategory.choices)  # B0131
    kind = models.CharField(max_length=20, choices=UnitKind.choices, default=UnitKind.LEGAL_PERSON)  # B0194
    principal_quota = models.PositiveSmallIntegerField(null=True, blank=True)  # B0183; null: not known
    deputy_quota = models.PositiveSmallIntegerField(null=True, blank=True)  # B0185
    internal_quota = models.PositiveSmallIntegerField(null=True, blank=True)  # B0150
    administrative_establishment = models.PositiveIntegerField(null=True, blank=True)  # B0227
    institution_establishment = models.PositiveIntegerField(null=True, blank=True)  # B0233
    other_establishment = models.PositiveIntegerField(null=True, blank=True)  # B0234
    successor = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="predecessors")
    reorganization = models.ForeignKey(Reorganization, models.PROTECT, null=True, blank=True, related_name="began")
    ended_by = models.ForeignKey(Reorganization, models.PROTECT, null=True, blank=True, related_name="ended")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["unit"], condition=Q(valid_to=None), name="unit_has_one_current_version"),
            models.UniqueConstraint(fields=["unit", "valid_from"], name="unit_version_starts_once"),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gt=models.F("valid_from")), name="unit_version_period"
            ),
        ]


class LeadingGroup(models.Model):
    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="leading_groups")
    kind = models.CharField(max_length=20, choices=LeadingGroupKind.choices, default=LeadingGroupKind.WHOLE)
    name = models.CharField(max_length=120)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "kind"], condition=Q(valid_to=None), name="unit_has_one_current_group_of_a_kind"
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gt=models.F("valid_from")), name="leading_group_period"
            ),
        ]


class Position(models.Model):
    """A slot in a unit: title, tier, place in the leading group, authorised number."""

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="positions")
    leading_group = models.ForeignKey(LeadingGroup, models.PROTECT, null=True, blank=True, related_name="positions")
    title = models.CharField(max_length=120)
    tier = models.CharField(max_length=24, choices=PostTier.choices)
    group_role = models.CharField(max_length=12, choices=GroupRole.choices, blank=True)
    is_leading = models.BooleanField(default=True)  # A0219
    quota = models.PositiveSmallIntegerField(default=1)  # 职数
    order = models.PositiveSmallIntegerField(default=0)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["unit", "order"], name="position_unit_order")]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gt=models.F("valid_from")), name="position_period"
            )
        ]
