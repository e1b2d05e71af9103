"""The dated records of a dossier. A record is never overwritten: a change withdraws it and adds another."""

from django.db import models
from django.db.models import F, Q

from quanheng.formats import dates
from quanheng.kernel.keys import new_key
from quanheng.organization.choices import PostTier, Rank
from quanheng.organization.models import Position, Unit
from quanheng.papers.models import StoredFile
from quanheng.people.choices import (
    AssessmentGrade,
    EducationKind,
    HoldingKind,
    ResumeSetting,
    RewardKind,
    SanctionKind,
    SourceKind,
)
from quanheng.people.models.cadre import Cadre
from quanheng.vault.fields import BlindIndexField, SealedJSONField, SealedQuerySet, SealedTextField


class DossierRecord(models.Model):
    """What every record carries: whose, since when said, from where, checked by whom, withdrawn when."""

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    cadre = models.ForeignKey(Cadre, models.PROTECT, related_name="%(class)s_set")
    source = models.CharField(max_length=10, choices=SourceKind.choices)
    source_key = models.UUIDField(null=True, blank=True)  # key of an ImportItem or Account
    source_field = models.CharField(max_length=120, blank=True)  # "JianLi/3", or the document
    recorded_at = models.DateTimeField()
    recorded_by = models.UUIDField()
    verified_on = models.DateField(null=True, blank=True)
    verified_by = models.UUIDField(null=True, blank=True)
    verified_by_name = models.CharField(max_length=60, blank=True)
    verified_against = models.CharField(max_length=120, blank=True)  # material or document number
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.UUIDField(null=True, blank=True)  # key of an ImportItem or Account

    class Meta:
        abstract = True


def _period(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(valid_to=None) | Q(valid_from=None) | Q(valid_to__gte=F("valid_from")), name=name
    )


class ResumeEntry(DossierRecord):
    """A line of the 简历. `inside` of another entry is a 其间 line; a line without a period has no dates.

    `valid_to` is the printed end month: the next line begins in it, so the period is half-open.
    """

    order = models.PositiveSmallIntegerField()
    inside = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="inner")
    text = models.TextField()
    written = models.CharField(max_length=60, blank=True)  # the period of a 其间 line as the file has it
    setting = models.CharField(max_length=12, choices=ResumeSetting.choices, default=ResumeSetting.UNKNOWN)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)


class PostHolding(DossierRecord):
    position = models.ForeignKey(Position, models.PROTECT, null=True, blank=True, related_name="holdings")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="holdings")
    unit_name = models.CharField(max_length=120)  # as it was called then
    title = models.CharField(max_length=120)  # A0215A
    tier = models.CharField(max_length=24, choices=PostTier.choices, blank=True)  # A0221
    kind = models.CharField(max_length=12, choices=HoldingKind.choices, default=HoldingKind.APPOINTMENT)
    is_primary = models.BooleanField(default=True)  # A0279
    order = models.PositiveSmallIntegerField(default=0)  # A0223
    document = models.CharField(max_length=120, blank=True)  # A0245
    end_document = models.CharField(max_length=120, blank=True)  # A0267
    valid_from = models.DateField()  # A0243
    valid_to = models.DateField(null=True, blank=True)  # A0265
    probation_from = models.DateField(null=True, blank=True)  # none: no probation, or none written down
    confirmed_on = models.DateField(null=True, blank=True)  # held for good after it; none: not yet, or removed
    term_from = models.DateField(null=True, blank=True)  # of a post with terms: the one in which it is held

    class Meta(DossierRecord.Meta):
        abstract = False
        constraints = [
            _period("post_holding_period"),
            models.CheckConstraint(
                condition=Q(confirmed_on=None) | Q(confirmed_on__gte=F("probation_from"), probation_from__isnull=False),
                name="post_confirmed_after_probation",
            ),
            models.CheckConstraint(
                condition=Q(term_from=None) | Q(term_from__lte=F("valid_from")),
                name="post_term_begun",  # who is elected again holds the post anew: terms are counted by posts
            ),
        ]
        indexes = [
            models.Index(fields=["unit", "valid_to"], condition=Q(withdrawn_at=None), name="holding_by_unit"),
            models.Index(
                fields=["position"], condition=Q(withdrawn_at=None, valid_to=None), name="holding_by_position"
            ),
            models.Index(  # who holds a tier is read from the index alone, as is who has a rank or a grade
                fields=["tier", "cadre", "kind", "valid_from", "valid_to"],
                condition=Q(withdrawn_at=None),
                name="holding_tier",
            ),
        ]


class RankHolding(DossierRecord):
    rank = models.CharField(max_length=20, choices=Rank.choices)  # A0501B
    document = models.CharField(max_length=120, blank=True)
    valid_from = models.DateField()  # A0504
    valid_to = models.DateField(null=True, blank=True)  # A0517

    class Meta(DossierRecord.Meta):
        abstract = False
        constraints = [_period("rank_holding_period")]
        indexes = [
            models.Index(
                fields=["rank", "cadre", "valid_from", "valid_to"], condition=Q(withdrawn_at=None), name="rank_held"
            )
        ]


class Education(DossierRecord):
    """学历 and 学位 of one study. Codes of ZB64 and GB/T 6864, or blank with the raw name beside."""

    kind = models.CharField(max_length=10, choices=EducationKind.choices)
    level_code = models.CharField(max_length=4, blank=True)  # A0801B
    level_name = models.CharField(max_length=60, blank=True)  # A0801A as written
    degree_code = models.CharField(max_length=4, blank=True)  # A0901B
    degree_name = models.CharField(max_length=60, blank=True)  # A0901A as written
    school = models.CharField(max_length=120, blank=True)  # A0814 with department and major, as the form prints it
    degree_school = models.CharField(max_length=120, blank=True)
    valid_from = models.DateField(null=True, blank=True)  # A0804
    valid_to = models.DateField(null=True, blank=True)  # A0807, graduation


class ProfessionalTitle(DossierRecord):
    code = models.CharField(max_length=4, blank=True)  # A0601, GB/T 8561
    name = models.CharField(max_length=90)
    valid_from = models.DateField(null=True, blank=True)  # A0604
    valid_to = models.DateField(null=True, blank=True)


class FamilyMember(DossierRecord):
    """A relative: everything about the person is sealed; the index finds a registered person of that name and birth."""

    order = models.PositiveSmallIntegerField()
    relation_code = models.CharField(max_length=4, blank=True)  # A3604B, GB/T 4761
    relation = SealedTextField(null=True, blank=True)
    name = SealedTextField(null=True, blank=True)
    birth = SealedTextField(null=True, blank=True)  # as written: yyyyMM, yyyy or blank
    political_affiliation = SealedTextField(null=True, blank=True)
    work = SealedTextField(null=True, blank=True)
    namesake_index = BlindIndexField(source="namesake")  # name and birth month
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)

    objects = SealedQuerySet.as_manager()

    @property
    def namesake(self) -> str | None:
        return namesake(self.name, self.birth)


def namesake(name: str | None, birth: str | None) -> str | None:
    """What the index of a relative is made of: name and month, 1985.3 as 198503, only when both are known."""
    month = dates.parse_month(birth or "")
    return f"{name}|{month.replace('-', '')}" if name and month else None


class Reward(DossierRecord):
    kind = models.CharField(max_length=20, choices=RewardKind.choices)
    name = models.CharField(max_length=120)  # A1404A
    authority = models.CharField(max_length=120, blank=True)  # A1411A
    document = models.CharField(max_length=120, blank=True)
    valid_from = models.DateField()  # A1407
    valid_to = models.DateField(null=True, blank=True)  # A1424, revoked


class Sanction(DossierRecord):
    """A sanction or measure with its effect period [valid_from, valid_to); `lifted_on` where it ended by decision."""

    kind = models.CharField(max_length=24, choices=SanctionKind.choices)
    cause = models.CharField(max_length=240, blank=True)
    authority = models.CharField(max_length=120, blank=True)
    document = models.CharField(max_length=120, blank=True)
    decided_on = models.DateField()
    lifted_on = models.DateField(null=True, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    class Meta(DossierRecord.Meta):
        abstract = False
        constraints = [_period("sanction_effect_period")]


class AnnualGrade(DossierRecord):
    year = models.PositiveSmallIntegerField()  # A1521
    grade = models.CharField(max_length=20, choices=AssessmentGrade.choices)  # A1517
    note = models.CharField(max_length=120, blank=True)

    class Meta(DossierRecord.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(
                fields=["cadre", "year"], condition=Q(withdrawn_at=None), name="annual_grade_once_a_year"
            )
        ]
        indexes = [
            models.Index(fields=["year", "grade", "cadre"], condition=Q(withdrawn_at=None), name="annual_grade_given")
        ]


class TrainingRecord(DossierRecord):
    name = models.CharField(max_length=120)
    institution = models.CharField(max_length=120, blank=True)
    hours = models.PositiveSmallIntegerField(null=True, blank=True)  # 学时
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)


class Specialty(DossierRecord):
    name = models.CharField(max_length=120)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)


class Photo(DossierRecord):
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()


class StatedForm(DossierRecord):
    """The rest of an imported form: texts that no record of ours holds, for printing and for handing on.

    Keys are field names of formats.appointment.AppointmentForm; `unknown` the elements we do not know.
    """

    content = SealedJSONField()

    objects = SealedQuerySet.as_manager()
