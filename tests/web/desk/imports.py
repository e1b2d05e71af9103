"""An officer at the import wizard: uploading, reading pages, posting steps. Fixtures are imported by name."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from quanheng.formats import identity, lrmx
from quanheng.formats.appointment import AppointmentForm
from quanheng.intake.choices import ImportState
from quanheng.intake.models import ImportBatch, ImportItem
from quanheng.kernel.actor import Actor
from tests.conftest import Cast, ClientOf
from tests.intake.test_import import FORM
from tests.web.desk.units import TextOf

REASON = "按年度集中采集的要求更新"
OTHER = replace(FORM, name="林晚", identity_number=identity.complete("00010119850312006"))
Post = Callable[..., Any]


@pytest.fixture(autouse=True)
def the_time(at: datetime) -> Any:
    with time_machine.travel(at, tick=False):
        yield


@pytest.fixture
def officer(client_of: ClientOf, lin: Actor) -> Client:
    return client_of(lin)


@pytest.fixture
def post(django_capture_on_commit_callbacks: Any) -> Post:
    """Post, then what the worker would do."""

    def run(client: Client, url: str, data: dict[str, Any] | None = None) -> Any:
        with django_capture_on_commit_callbacks(execute=True):
            return client.post(url, data or {})

    return run


def lrmx_file(form: AppointmentForm | bytes, name: str = "沈砚秋.lrmx") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, form if isinstance(form, bytes) else lrmx.write(form))


def upload(post: Post, client: Client, cast: Cast, *forms: AppointmentForm | bytes, sender: str = "") -> ImportBatch:
    files = [lrmx_file(form, f"{number}.lrmx") for number, form in enumerate(forms, 1)]
    data = {"upload": files, "unit": cast.unit_a.code, "category": "city", "sender": sender}
    answer = post(client, reverse("desk:imports-new"), data)
    batch = ImportBatch.objects.order_by("-created_at", "-number")[0]
    assert answer.status_code == 302, TextOf(answer.content.decode())
    assert answer.url == page(batch)
    return batch


def page(batch: ImportBatch, **query: str) -> str:
    asked = "&".join(f"{name}={value}" for name, value in query.items())
    return reverse("desk:import", args=[batch.pk]) + (f"?{asked}" if asked else "")


def of(name: str, batch: ImportBatch, item: ImportItem | None = None) -> str:
    return reverse(f"desk:{name}", args=[batch.pk, item.pk] if item else [batch.pk])


def words(client: Client, url: str, status: int = 200) -> str:
    answer = client.get(url)
    assert answer.status_code == status
    return str(TextOf(answer.content.decode()))


def apply(post: Post, client: Client, batch: ImportBatch) -> ImportBatch:
    post(client, of("import-apply", batch), {"reason": REASON})
    batch.refresh_from_db()
    assert batch.state == ImportState.APPLIED
    return batch
