"""What people decide about rules: who confirmed a text, how an open question is read, what is stricter here.

The rules themselves are files of the rulebook. A row names a rule by its id and the version by its first day; nothing
of a rule is copied but the digest of what was signed.
"""

from django.db import models
from django.db.models import F, Q

from quanheng.kernel.keys import new_key
from quanheng.papers.models import StoredFile


class SignOff(models.Model):
    """签认: an officer compared one version of one rule with the official text; a second one where it blocks.

    It holds for the text of which `digest` is the digest: another text of the same version is not signed.
    """

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    rule = models.CharField(max_length=40)
    version_from = models.DateField(null=True, blank=True)  # null: the first day is not known, or set by the office
    digest = models.CharField(max_length=64)
    document = models.CharField(max_length=120, blank=True)  # 文号 of the official text
    paper = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+")  # the text itself
    used_from = models.DateField()
    signed_by = models.UUIDField()
    signed_at = models.DateTimeField()
    countersigned_by = models.UUIDField(null=True, blank=True)
    countersigned_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.UUIDField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_reason = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["rule", "signed_at"], name="sign_off_rule")]
        constraints = [
            models.UniqueConstraint(
                fields=["rule", "digest"], condition=Q(withdrawn_at=None), name="rule_text_is_signed_once"
            ),
            models.CheckConstraint(condition=~Q(document="") | Q(paper__isnull=False), name="sign_off_has_text"),
            models.CheckConstraint(
                condition=Q(countersigned_by=None, countersigned_at=None)
                | Q(countersigned_by__isnull=False, countersigned_at__isnull=False)
                & ~Q(countersigned_by=F("signed_by")),
                name="sign_off_by_two_persons",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_by=None, withdrawn_at=None)
                | Q(withdrawn_by__isnull=False, withdrawn_at__isnull=False),
                name="sign_off_withdrawn_by_somebody",
            ),
        ]


class SwitchValue(models.Model):
    """口径取值: the reading that holds from a day on, until a later one. Earlier ones stay."""

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    switch = models.CharField(max_length=40)
    value = models.CharField(max_length=60)
    owner = models.CharField(max_length=60)  # the office that decides, as the rulebook names it
    valid_from = models.DateField()
    document = models.CharField(max_length=120, blank=True)
    reason = models.TextField()
    set_by = models.UUIDField()
    set_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["switch", "valid_from", "set_at"], name="switch_value_day")]
        constraints = [models.CheckConstraint(condition=~Q(value=""), name="switch_value_is_given")]


class LocalRule(models.Model):
    """本地规定: a stricter value of one parameter of a central clause; without a parameter, a local rule taken up."""

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    rule = models.CharField(max_length=40)
    parameter = models.CharField(max_length=60, blank=True)
    value = models.CharField(max_length=40, blank=True)
    document = models.CharField(max_length=120)
    paper = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.TextField()
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    added_by = models.UUIDField()
    added_at = models.DateTimeField()
    ended_by = models.UUIDField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["rule", "parameter"], condition=Q(valid_to=None), name="local_rule_is_set_once"
            ),
            models.CheckConstraint(condition=~Q(document=""), name="local_rule_has_document"),
            models.CheckConstraint(
                condition=Q(parameter="", value="") | ~Q(parameter="") & ~Q(value=""), name="local_rule_has_value"
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")), name="local_rule_period"
            ),
        ]
