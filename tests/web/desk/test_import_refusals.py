"""What the import wizard refuses, in words and with nothing written; undoing, discarding, files that mean no good."""

import io
import re
import zipfile
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from quanheng.formats import lrmx
from quanheng.intake.choices import ImportState
from quanheng.intake.models import ImportBatch, ImportItem
from quanheng.kernel.actor import Actor
from quanheng.ledger.models import Entry
from quanheng.people.models import Cadre
from tests.conftest import Cast
from tests.intake.test_import import FORM
from tests.web.desk.imports import (
    OTHER,
    REASON,
    Post,
    apply,
    lrmx_file,
    of,
    officer,
    page,
    post,
    the_time,
    upload,
    words,
)

__all__ = ["officer", "post", "the_time"]


# -- refusals ------------------------------------------------------------------------------------------


def test_a_step_that_is_no_longer_open_is_refused_in_words_and_recorded(
    officer: Client, cast: Cast, post: Post, lin: Actor
) -> None:
    batch = apply(post, officer, upload(post, officer, cast, FORM))
    item = batch.items.get()
    for url, data in [
        (of("import-apply", batch), {"reason": REASON}),
        (of("import-decide", batch), {"list": "new", "skip": "all"}),
        (of("import-discard", batch), {"reason": REASON}),
        (of("import-read", batch), {}),
        (of("import-correct", batch, item), {"value:birth": "198001"}),
        (of("import-item-decide", batch, item), {"decision": "skip"}),
        (of("import-same", batch, item), {"cadre": "another"}),
    ]:
        answer = post(officer, url, data)
        assert answer.status_code == 409, url
        assert "这一步现在不能办" in answer.content.decode()
    refused = Entry.objects.filter(actor=lin.key, is_refused=True)
    assert refused.count() == 7
    assert Cadre.objects.filter(name="沈砚秋").count() == 1


def test_a_reason_that_is_too_short_keeps_what_was_typed(officer: Client, cast: Cast, post: Post) -> None:
    batch = upload(post, officer, cast, FORM)
    answer = post(officer, of("import-apply", batch), {"reason": "更新"})
    assert answer.status_code == 409
    assert "理由不少于 10 个字" in answer.content.decode()
    assert ">更新</textarea>" in answer.content.decode()
    assert ImportBatch.objects.get(pk=batch.pk).state == ImportState.REVIEW


def test_a_unit_outside_the_grant_is_refused(officer: Client, cast: Cast, post: Post) -> None:
    data = {"upload": [lrmx_file(FORM)], "unit": cast.unit_b.code, "category": "city"}
    answer = post(officer, reverse("desk:imports-new"), data)
    assert answer.status_code == 400
    assert "不在本账号的管理范围内" in answer.content.decode()
    assert ImportBatch.objects.count() == 0


def test_no_file_chosen_is_said_at_the_field(officer: Client, cast: Cast, post: Post) -> None:
    answer = post(officer, reverse("desk:imports-new"), {"unit": cast.unit_a.code, "category": "city"})
    assert answer.status_code == 400
    assert 'href="#id_upload"' in answer.content.decode()
    assert "还没有选文件" in answer.content.decode()


def test_the_token_of_the_form_is_asked_for(cast: Cast, lin: Actor) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(cast.accounts["lin"])
    data = {"upload": [lrmx_file(FORM)], "unit": cast.unit_a.code, "category": "city"}
    assert strict.post(reverse("desk:imports-new"), data).status_code == 403
    assert ImportBatch.objects.count() == 0


# -- undoing and discarding ----------------------------------------------------------------------------


def test_an_undo_names_who_was_left(officer: Client, cast: Cast, post: Post) -> None:
    batch = apply(post, officer, upload(post, officer, cast, FORM, OTHER))
    Cadre.objects.filter(name="林晚").update(revision=9)
    assert "把这次导入写入的 2 人恢复到导入以前" in words(officer, of("import-undo", batch))
    assert post(officer, of("import-undo", batch), {"reason": "短"}).status_code == 409
    assert post(officer, of("import-undo", batch), {"reason": "来源文件有误，退回重报"}).status_code == 302
    text = words(officer, page(batch))
    assert "这次导入已于 2026-11-20 08:00 撤销" in text
    assert "有 1 人没有撤销 林晚 2.lrmx 导入之后这个人的档案又改过" in text
    assert Cadre.objects.filter(name="沈砚秋", withdrawn_at=None).count() == 0


def test_after_a_week_the_undo_is_gone_and_says_why(officer: Client, cast: Cast, post: Post, at: datetime) -> None:
    batch = apply(post, officer, upload(post, officer, cast, FORM))
    with time_machine.travel(at + timedelta(days=8), tick=False):
        officer.force_login(cast.accounts["lin"])
        assert of("import-undo", batch) not in officer.get(page(batch)).content.decode()
        answer = post(officer, of("import-undo", batch), {"reason": REASON})
    assert answer.status_code == 409
    assert "已过可撤销的期限（2026-11-27 08:00）" in answer.content.decode()


def test_an_import_is_discarded_with_its_reason(officer: Client, cast: Cast, post: Post) -> None:
    batch = upload(post, officer, cast, FORM)
    assert "放弃这次导入" in words(officer, of("import-discard", batch))
    assert post(officer, of("import-discard", batch), {"reason": "短"}).status_code == 409
    answer = post(officer, of("import-discard", batch), {"reason": "选错了文件，重新导入"})
    assert answer.url == reverse("desk:imports")
    assert "已放弃导入 2026-11-20-001" in words(officer, reverse("desk:imports"))
    assert "这次导入已放弃" in words(officer, page(batch))


# -- the running task ----------------------------------------------------------------------------------


def test_progress_is_polled_and_the_page_follows_when_it_is_done(officer: Client, cast: Cast, post: Post) -> None:
    batch = upload(post, officer, cast, FORM)
    ImportBatch.objects.filter(pk=batch.pk).update(state=ImportState.READING, done=0)
    assert "排队中" in words(officer, page(batch))
    ImportBatch.objects.filter(pk=batch.pk).update(done=412, total=1000, beat_at=None)
    html = officer.get(of("import-progress", batch)).content.decode()
    assert "412 / 1,000 份" in html
    assert f'hx-get="{of("import-progress", batch)}"' in html
    ImportBatch.objects.filter(pk=batch.pk).update(state=ImportState.REVIEW)
    assert officer.get(of("import-progress", batch))["HX-Refresh"] == "true"


def test_a_task_that_failed_says_so_and_is_tried_again(officer: Client, cast: Cast, post: Post) -> None:
    batch = upload(post, officer, cast, FORM)
    ImportBatch.objects.filter(pk=batch.pk).update(state=ImportState.FAILED, failure="unexpected")
    text = words(officer, page(batch))
    assert "这次导入没有做完。 没有写入任何人的档案" in text
    post(officer, of("import-read", batch))
    batch.refresh_from_db()
    assert batch.state == ImportState.REVIEW


# -- files that mean no good: a clear error, nothing written, the page still there ---------------------


def zip_of(members: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return packed.getvalue()


LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE Person [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    b"<Person><XingMing>&b;</XingMing></Person>"
)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (lrmx.write(FORM)[:400], "行中断，后面缺失。请重新复制或导出。"),
        (LAUGHS, "带有文档类型声明，.lrmx 不应有，为安全没有读。"),
        (b"", "文件是空的。"),
        (b"\xff\xd8\xff\xe0 a picture", "不是 .lrmx 文件或已损坏。"),
    ],
)
def test_one_bad_file_is_named_with_its_error_and_the_rest_is_read(
    officer: Client, cast: Cast, post: Post, content: bytes, sentence: str
) -> None:
    batch = upload(post, officer, cast, content, FORM)
    assert sentence in words(officer, page(batch, step="review", list="out"))
    apply(post, officer, batch)
    assert sentence in words(officer, page(batch))
    assert list(Cadre.objects.filter(name="沈砚秋").values_list("name", flat=True)) == ["沈砚秋"]


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.lrmx", b"<Person>" + b"A" * 50 * 2**20, "“a.lrmx”有 51 MB，一个人的文件不超过 16 MB"),
        ("b.zip", zip_of({"1.lrmx": b"\0" * 12 * 2**20}), "压缩包里的 1.lrmx 压缩得异常"),
        ("c.zip", zip_of({"1.lrmx": lrmx.write(FORM), "../../2.lrmx": b"x"}), "写着包外的位置"),
        ("d.zip", zip_of({"C:\\1.lrmx": b"x"}), "写着包外的位置"),
        ("e.zip", zip_of({"1.lrmx": lrmx.write(FORM)})[:-30], "这不是 zip 压缩包，或已损坏"),
        ("f.zip", zip_of({"说明.txt": b"x"}), "没有找到 .lrmx 文件"),
    ],
)
def test_an_upload_that_must_not_be_opened_leaves_nothing(
    officer: Client, cast: Cast, post: Post, name: str, content: bytes, sentence: str
) -> None:
    files = [lrmx_file(FORM), SimpleUploadedFile(name, content)]
    data = {"upload": files[1:] if name == "f.zip" else files, "unit": cast.unit_a.code, "category": "city"}
    answer = post(officer, reverse("desk:imports-new"), data)
    assert answer.status_code == 409
    assert sentence in answer.content.decode()
    assert (ImportBatch.objects.count(), ImportItem.objects.count()) == (0, 0)
    assert Entry.objects.filter(action="intake.upload_import", is_refused=True).count() == 1
    assert officer.get(reverse("desk:imports-new")).status_code == 200


def test_a_photo_that_is_none_is_a_finding_and_the_person_is_still_read(
    officer: Client, cast: Cast, post: Post
) -> None:
    batch = upload(post, officer, cast, replace(FORM, photo=b"GIF, it said"))
    assert "照片一栏的内容不是图片。请另附 JPEG 照片。" in words(officer, page(batch))
    assert batch.items.get().photo is None


def test_a_file_declared_in_gbk_is_read(officer: Client, cast: Cast, post: Post) -> None:
    text = lrmx.write(FORM).decode("utf-8-sig")
    declared = re.sub(r"encoding=[\"'][^\"']+[\"']", 'encoding="GBK"', text).encode("gbk")
    batch = upload(post, officer, cast, declared)
    assert "沈砚秋" in words(officer, page(batch, step="review"))


def test_a_zip_of_many_is_one_import(officer: Client, cast: Cast, post: Post) -> None:
    packed = zip_of({"甲局/沈砚秋.lrmx": lrmx.write(FORM), "甲局/林晚.lrmx": lrmx.write(OTHER)})
    data = {"upload": [SimpleUploadedFile("一批.zip", packed)], "unit": cast.unit_a.name, "category": "city"}
    post(officer, reverse("desk:imports-new"), data)
    names = ImportBatch.objects.get().items.order_by("order").values_list("file_name", flat=True)
    assert list(names) == ["甲局/沈砚秋.lrmx", "甲局/林晚.lrmx"]


def test_a_request_beyond_the_limit_is_not_even_read(officer: Client) -> None:
    answer = officer.post(reverse("desk:imports-new"), {}, CONTENT_LENGTH=2**30 + 1)
    assert answer.status_code == 413
    assert "合计超过 1 GB，没有收下" in answer.content.decode()


def test_too_many_files_at_once_are_told(officer: Client, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_NUMBER_FILES = 2
    files = [lrmx_file(FORM, f"{number}.lrmx") for number in range(3)]
    answer = officer.post(reverse("desk:imports-new"), {"upload": files})
    assert answer.status_code == 413
    assert "请压缩成一个 zip 再选" in answer.content.decode()
