"""Files kept with the record they prove. The content is sealed: an uploaded form names a person and kin."""

from django.db import models

from quanheng.kernel.keys import new_key
from quanheng.vault.fields import SealedBytesField, SealedQuerySet


class StoredFile(models.Model):
    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    name = models.CharField(max_length=200, blank=True)
    media_type = models.CharField(max_length=60)
    size = models.PositiveIntegerField()  # bytes, before sealing
    digest = models.CharField(max_length=64)  # keyed, so that a known content cannot be looked for
    content = SealedBytesField()
    created_at = models.DateTimeField()

    objects = SealedQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["digest"], name="stored_file_digest")]
