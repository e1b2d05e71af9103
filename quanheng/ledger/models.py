"""Append-only entries in hash chains, one chain to a stream. Nothing here points to a table of another room."""

from uuid import UUID

from django.db import models
from django.db.models import Q

from quanheng.ledger.transactions import TransactionNumberField

HEX = 64
EVERYONE = UUID(int=0)  # the mark of what may concern all people: a unit that moved, or marks that were forgotten


class Entry(models.Model):
    """Who did what to which object when. Actors, objects and persons are keys; names are looked up by the page."""

    stream = models.CharField(max_length=40)
    seq = models.PositiveBigIntegerField()
    prev = models.CharField(max_length=HEX)
    at = models.DateTimeField(db_index=True)
    actor = models.UUIDField()
    on_behalf_of = models.UUIDField(null=True)
    action = models.CharField(max_length=60)
    is_refused = models.BooleanField(default=False)
    object_key = models.CharField(max_length=120)
    cadre = models.UUIDField(null=True)  # whom it concerns, for 谁看过 and for scopes
    purpose = models.CharField(max_length=20, blank=True)  # of an opening
    cites = models.TextField(default="[]")  # canonical JSON list of citations
    detail_hash = models.CharField(max_length=HEX, blank=True)
    reason_hash = models.CharField(max_length=HEX, blank=True)
    hash = models.CharField(max_length=HEX)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["stream", "seq"], name="ledger_one_entry_to_a_number"),
            models.CheckConstraint(condition=Q(seq__gte=1), name="ledger_numbers_start_at_one"),
        ]
        indexes = [
            models.Index(fields=["actor", "id"], name="ledger_by_actor"),
            models.Index(fields=["cadre", "id"], name="ledger_by_cadre"),
            models.Index(fields=["object_key", "id"], name="ledger_by_object"),
            models.Index(fields=["action", "id"], name="ledger_by_action"),
        ]


class EntryDetail(models.Model):
    """What changed and why, salted, in a row of its own, so that it can be erased without breaking the chain."""

    entry = models.OneToOneField(Entry, models.PROTECT, primary_key=True, related_name="detail")
    salt = models.BinaryField(max_length=16)
    detail = models.TextField(blank=True)  # canonical JSON object
    reason = models.TextField(blank=True)


class Head(models.Model):
    """The last entry of each stream; locking its row orders the writers."""

    stream = models.CharField(primary_key=True, max_length=40)
    seq = models.PositiveBigIntegerField(default=0)
    hash = models.CharField(max_length=HEX)


class Checkpoint(models.Model):
    """A signed note over all entries up to then. It proves something only where a copy was taken away."""

    number = models.PositiveIntegerField(unique=True)
    at = models.DateTimeField()
    size = models.PositiveBigIntegerField()
    root = models.CharField(max_length=HEX)
    note = models.TextField()
    frontier = models.TextField()  # JSON: the subtrees from which the next root is continued
    exported_at = models.DateTimeField(null=True)


class ProofRun(models.Model):
    """The outcome of one run of the proof, for the line on top of the ledger page."""

    at = models.DateTimeField()
    entries = models.PositiveBigIntegerField()
    is_whole = models.BooleanField()
    findings = models.TextField()  # JSON list


class ChangeMark(models.Model):
    """Whose records a transaction changed, written with its entry: what a snapshot has to read anew.

    `seq` orders marks where one writer writes at a time. Where several do, a lower number may be committed after a
    higher one was seen: there the transaction decides (`marks`).
    """

    seq = models.BigAutoField(primary_key=True)
    cadre = models.UUIDField()
    transaction = TransactionNumberField(null=True)

    class Meta:
        indexes = [models.Index(fields=["transaction"], name="change_mark_by_transaction")]
