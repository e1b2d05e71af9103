"""An import: files read in the background, checked by an officer, applied at once or not at all."""

from django.db import models

from quanheng.accounts.choices import ManagementCategory
from quanheng.intake.choices import ImportDecision, ImportMatch, ImportState
from quanheng.kernel.keys import new_key
from quanheng.organization.models import Unit
from quanheng.papers.models import StoredFile
from quanheng.people.models import Cadre
from quanheng.vault.fields import SealedJSONField, SealedQuerySet


class ImportBatch(models.Model):
    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    number = models.CharField(max_length=20, unique=True)  # 2026-11-20-01
    account_key = models.UUIDField()
    account_name = models.CharField(max_length=60)
    state = models.CharField(max_length=10, choices=ImportState.choices, default=ImportState.UPLOADED)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")  # home unit of those who are new
    management_category = models.CharField(max_length=10, choices=ManagementCategory.choices)
    sender = models.CharField(max_length=60, blank=True)  # corrections are remembered per sender
    reason = models.TextField(blank=True)
    total = models.PositiveIntegerField(default=0)
    skipped = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)  # progress of the running task
    failure = models.CharField(max_length=60, blank=True)  # code of what stopped it
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)  # of the running task
    beat_at = models.DateTimeField(null=True, blank=True)  # its last sign of life
    applied_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)


class ImportItem(models.Model):
    """One file, one person. `reading` is what the reader made of it, `corrections` what the officer changed."""

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    batch = models.ForeignKey(ImportBatch, models.PROTECT, related_name="items")
    order = models.PositiveIntegerField()
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    file_name = models.CharField(max_length=200)
    match = models.CharField(max_length=12, choices=ImportMatch.choices, blank=True)
    decision = models.CharField(max_length=8, choices=ImportDecision.choices, default=ImportDecision.PENDING)
    cadre = models.ForeignKey(Cadre, models.PROTECT, null=True, blank=True, related_name="import_items")
    cadre_revision = models.PositiveIntegerField(null=True, blank=True)  # seen at matching; after applying: left by it
    finding_count = models.PositiveSmallIntegerField(default=0)
    reading = SealedJSONField(null=True)
    corrections = SealedJSONField(null=True)
    undo = SealedJSONField(null=True)  # values of Cadre before the import
    photo = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+")
    photo_width = models.PositiveSmallIntegerField(null=True, blank=True)
    photo_height = models.PositiveSmallIntegerField(null=True, blank=True)
    error = models.CharField(max_length=60, blank=True)  # code of why the file could not be read

    objects = SealedQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "order"], name="import_item_order")]
        indexes = [models.Index(fields=["batch", "match"], name="import_item_match")]


class RememberedReading(models.Model):
    """How an officer read a text of one sender: the next import of that sender reads it so. Codes only, no names."""

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    sender = models.CharField(max_length=60)
    field = models.CharField(max_length=40)
    raw = models.CharField(max_length=120)
    value = models.CharField(max_length=120)
    recorded_at = models.DateTimeField()
    recorded_by = models.UUIDField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["sender", "field", "raw"], name="reading_remembered_once")]
