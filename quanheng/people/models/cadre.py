"""The cadre and what is said about the single values of the identity part."""

from django.db import models
from django.db.models import F, Q

from quanheng.accounts.choices import ManagementCategory
from quanheng.kernel.keys import new_key
from quanheng.organization.models import Unit
from quanheng.people.choices import (
    CadreStatus,
    KinTieState,
    PersonnelKind,
    Sex,
    SourceKind,
    VerificationItem,
    VerificationResult,
)
from quanheng.vault.fields import BlindIndexField, SealedQuerySet, SealedTextField


class Cadre(models.Model):
    """One person, one file. Months are stored as their first day; a value that cannot be read is null
    and its raw text stands in `FieldSource`. Age, tier, tenure and the like are never stored."""

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    home_unit = models.ForeignKey(Unit, models.PROTECT, related_name="cadres")  # 信息归属 (A0195): decides the scope
    management_category = models.CharField(max_length=10, choices=ManagementCategory.choices)  # A0165
    unit_order = models.PositiveIntegerField(default=9999)  # place in the unit's official list
    status = models.CharField(max_length=12, choices=CadreStatus.choices, default=CadreStatus.SERVING)  # A0163
    personnel_kind = models.CharField(
        max_length=20, choices=PersonnelKind.choices, default=PersonnelKind.CIVIL_SERVANT
    )  # A0160
    name = models.CharField(max_length=60)  # A0101
    former_names = models.CharField(max_length=120, blank=True)
    search_text = models.CharField(max_length=400)  # names, full pinyin, initials: lower case, blank-separated
    sort_name = models.CharField(max_length=120)  # pinyin of the name
    sex = models.CharField(max_length=6, choices=Sex.choices, blank=True)  # A0104
    birth_month = models.DateField(null=True, blank=True)  # A0107
    ethnicity = models.CharField(max_length=40, blank=True)  # A0117, code of GB/T 3304 or the raw text
    native_place = models.CharField(max_length=60, blank=True)  # A0111
    birth_place = models.CharField(max_length=60, blank=True)  # A0114
    political_affiliation = models.CharField(max_length=40, blank=True)  # A0141, code of GB/T 4762 or raw text
    party_joined_month = models.DateField(null=True, blank=True)  # A0144
    work_start_month = models.DateField(null=True, blank=True)  # A0134
    specialties = models.CharField(max_length=240, blank=True)  # A0187A
    identity_number = SealedTextField(null=True, blank=True)  # A0184
    identity_number_index = BlindIndexField(source="identity_number")
    identity_tail_index = BlindIndexField(source="identity_tail")  # last four, for the search box
    health = SealedTextField(null=True, blank=True)  # A0128
    revision = models.PositiveIntegerField(default=0)  # +1 with every change of any record of the file
    created_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)  # taken back with its import

    objects = SealedQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["home_unit", "management_category", "status", "unit_order", "sort_name", "id"],
                condition=Q(withdrawn_at=None),
                name="cadre_scope",
            ),
            models.Index(  # small, as its entries repeat: the counts beside the unit tree are read from it alone
                fields=["home_unit", "management_category", "status"],
                condition=Q(withdrawn_at=None),
                name="cadre_counted",
            ),
            models.Index(fields=["sort_name", "id"], condition=Q(withdrawn_at=None), name="cadre_by_name"),
            models.Index(fields=["birth_month", "id"], condition=Q(withdrawn_at=None), name="cadre_by_birth"),
            models.Index(fields=["work_start_month", "id"], condition=Q(withdrawn_at=None), name="cadre_by_work"),
            models.Index(fields=["name", "birth_month"], name="cadre_namesake"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["identity_number_index"], condition=Q(withdrawn_at=None), name="cadre_identity_number_once"
            ),
            models.CheckConstraint(condition=~Q(name=""), name="cadre_has_name"),
        ]

    @property
    def identity_tail(self) -> str | None:
        number = self.identity_number
        return number[-4:] if number else None


class FieldSource(models.Model):
    """Where one value of `Cadre` comes from. Earlier rows stay, withdrawn: they are the field's history."""

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    cadre = models.ForeignKey(Cadre, models.PROTECT, related_name="field_sources")
    field = models.CharField(max_length=40)
    raw = SealedTextField(null=True, blank=True)  # as it stood in the source
    is_flagged = models.BooleanField(default=False)  # code unknown or value not readable
    source = models.CharField(max_length=10, choices=SourceKind.choices)
    source_key = models.UUIDField(null=True, blank=True)  # key of an ImportItem or Account
    source_field = models.CharField(max_length=120, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.UUIDField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.UUIDField(null=True, blank=True)  # key of an ImportItem or Account

    objects = SealedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["cadre", "field"], condition=Q(withdrawn_at=None), name="field_has_one_current_source"
            )
        ]
        indexes = [  # the few values that wait for a correction, of millions
            models.Index(fields=["cadre"], condition=Q(is_flagged=True, withdrawn_at=None), name="source_flagged")
        ]


class Verification(models.Model):
    """三龄二历一身份: what was checked, against which materials, by whom. The latest row of an item counts."""

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    cadre = models.ForeignKey(Cadre, models.PROTECT, related_name="verifications")
    item = models.CharField(max_length=16, choices=VerificationItem.choices)
    result = models.CharField(max_length=14, choices=VerificationResult.choices)
    materials = models.CharField(max_length=240)
    verified_on = models.DateField()
    verified_by = models.UUIDField()
    verified_by_name = models.CharField(max_length=60)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["cadre", "item"], condition=Q(withdrawn_at=None), name="item_has_one_current_verification"
            )
        ]
        indexes = [models.Index(fields=["result", "cadre"], condition=Q(withdrawn_at=None), name="verification_result")]


class KinTie(models.Model):
    """A relative who is a registered person. Only a confirmed tie recuses; rules of avoidance use it later."""

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    cadre = models.ForeignKey(Cadre, models.PROTECT, related_name="kin_ties")
    kin = models.ForeignKey(Cadre, models.PROTECT, related_name="kin_ties_from")
    relation = models.CharField(max_length=4)  # GB/T 4761 code: the kin is the cadre's …
    state = models.CharField(max_length=10, choices=KinTieState.choices, default=KinTieState.PROPOSED)
    proposed_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.UUIDField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cadre", "kin"], name="kin_tie_once"),
            models.CheckConstraint(condition=~Q(cadre=F("kin")), name="nobody_is_own_kin"),
        ]


class SavedQuery(models.Model):
    """常用查询: the filter part of a list address, kept by name for one account.

    The one without a name is 我的列: what the list starts with, `columns=sex,birth,...`.
    """

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    account_key = models.UUIDField()
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=1000)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account_key", "name"], name="saved_query_name_once")]
