"""The import wizard: from files through 对照, 核对, 生效 to the report and its undoing, by plain forms."""

import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from quanheng.formats import identity, lrmx
from quanheng.formats.appointment import AppointmentForm
from quanheng.kernel.actor import Actor
from quanheng.ledger.ledger_codes import OPEN_DOSSIER
from quanheng.ledger.models import Entry
from quanheng.people.choices import ImportDecision, ImportMatch, ImportState
from quanheng.people.imports import queries
from quanheng.people.models import Cadre, ImportBatch, ImportItem, RememberedReading
from tests.conftest import Cast, ClientOf
from tests.people.test_import import FORM, NUMBER
from tests.web.desk.units import TextOf

REASON = "按年度集中采集的要求更新"
OTHER = replace(FORM, name="林晚", identity_number=identity.complete("00010119850312006"))
Post = Callable[..., Any]


@pytest.fixture(autouse=True)
def _the_time(at: datetime) -> Any:
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


# -- the story ---------------------------------------------------------------------------------------


def test_from_files_to_the_report(officer: Client, cast: Cast, post: Post) -> None:
    assert "还没有导入过" in words(officer, reverse("desk:imports"))
    batch = upload(post, officer, cast, FORM, replace(OTHER, birth="198513"), b"no file of ours", sender="松涧县")
    text = words(officer, page(batch))
    assert "有 1 份文件读不出" in text
    assert "林晚 2.lrmx" in text
    assert "198513" in text
    item = batch.items.get(order=2)
    data = {"value:birth": "198503", "from": "list", "page": "1"}
    answer = post(officer, of("import-correct", batch, item), data)
    assert answer.url == page(batch, step="findings", page="1")
    text = words(officer, page(batch))
    assert "待人看 0 新增 2 有变化 0 不采用 1" in text
    assert "将新增 2 人、更新 0 人、跳过 1 人。" in words(officer, page(batch, step="apply"))
    assert Cadre.objects.filter(name__in=["沈砚秋", "林晚"]).count() == 0
    apply(post, officer, batch)
    text = words(officer, page(batch))
    assert "写入 2 人，跳过 1 人。" in text
    assert "撤销可用至 2026-11-27 08:00。" in text
    assert "沈砚秋 新建档案 1.lrmx" in text
    assert "3.lrmx 第 1 行第 1 列起读不通，不是 .lrmx 文件或已损坏。请在原系统重新导出。" in text, text
    assert Cadre.objects.filter(name__in=["沈砚秋", "林晚"]).count() == 2
    line = words(officer, reverse("desk:imports"))
    assert "松涧县" in line
    assert "写入 2 人，跳过 1 人 2026-11-27 08:00" in line


def test_the_report_links_to_the_dossiers(officer: Client, cast: Cast, post: Post) -> None:
    batch = apply(post, officer, upload(post, officer, cast, FORM))
    html = officer.get(page(batch)).content.decode()
    assert reverse("desk:dossier", args=[Cadre.objects.get(name="沈砚秋").pk]) in html


def test_a_difference_is_shown_and_a_group_may_be_left(officer: Client, cast: Cast, post: Post, lin: Actor) -> None:
    apply(post, officer, upload(post, officer, cast, FORM))
    batch = upload(post, officer, cast, replace(FORM, native_place="霁州栖梧", specialties="经济运行"))
    text = words(officer, page(batch, step="review"))
    assert "籍贯、熟悉专业有何专长" in text
    item = batch.items.get()
    html = officer.get(of("import-item", batch, item)).content.decode()
    assert "<del>松涧</del>" in html
    assert "<ins>栖梧</ins>" in html
    cadre = Cadre.objects.get(name="沈砚秋")
    opened = Entry.objects.filter(cadre=cadre.pk, action=OPEN_DOSSIER, actor=lin.key)
    assert opened.count() == 1
    data = {"offered": ["native_place", "specialties"], "group": ["specialties"], "decision": "accept"}
    assert post(officer, of("import-item-decide", batch, item), data).url == page(batch, step="review", list="changed")
    apply(post, officer, batch)
    cadre.refresh_from_db()
    assert (cadre.native_place, cadre.specialties) == ("霁州松涧", "经济运行")


def test_the_difference_opens_under_its_row(officer: Client, cast: Cast, post: Post) -> None:
    apply(post, officer, upload(post, officer, cast, FORM))
    batch = upload(post, officer, cast, replace(FORM, native_place="霁州栖梧"))
    answer = officer.get(of("import-item", batch, batch.items.get()), headers={"HX-Request": "true"})
    assert "<html" not in answer.content.decode()
    assert "<ins>栖梧</ins>" in answer.content.decode()


def test_one_person_or_a_whole_list_is_taken_or_skipped(officer: Client, cast: Cast, post: Post) -> None:
    batch = upload(post, officer, cast, FORM, OTHER)
    first = batch.items.get(order=1)
    answer = post(officer, of("import-decide", batch), {"list": "new", "page": "1", "skip": str(first.pk)})
    assert answer.url == page(batch, step="review", list="new", page="1")
    decisions = batch.items.order_by("order").values_list("decision", flat=True)
    assert list(decisions) == [ImportDecision.SKIP, ImportDecision.ACCEPT]
    post(officer, of("import-decide", batch), {"list": "new", "skip": "all"})
    assert set(decisions.all()) == {ImportDecision.SKIP}
    assert "没有采用任何人" in words(officer, page(batch, step="apply"))
    post(officer, of("import-decide", batch), {"list": "new", "accept": "all"})
    assert set(decisions.all()) == {ImportDecision.ACCEPT}


def test_a_decision_for_no_list_is_not_found(officer: Client, cast: Cast, post: Post) -> None:
    batch = upload(post, officer, cast, FORM)
    assert post(officer, of("import-decide", batch), {"list": "everybody", "skip": "all"}).status_code == 404
    assert batch.items.get().decision == ImportDecision.ACCEPT


@pytest.mark.parametrize(("answer", "match"), [("same", ImportMatch.CHANGED), ("another", ImportMatch.NEW)])
def test_a_namesake_is_the_same_or_another_person(
    officer: Client, cast: Cast, post: Post, answer: str, match: ImportMatch
) -> None:
    apply(post, officer, upload(post, officer, cast, replace(FORM, identity_number="")))
    known = Cadre.objects.get(name="沈砚秋")
    batch = upload(post, officer, cast, FORM)
    item = batch.items.get()
    assert "待人看 1" in words(officer, page(batch, step="review"))
    assert "就是登记册里的沈砚秋（1985.03，示范市甲局）" in words(officer, of("import-item", batch, item))
    nothing = post(officer, of("import-same", batch, item), {})
    assert nothing.status_code == 409
    assert "还没有选是不是同一人" in nothing.content.decode()
    post(officer, of("import-same", batch, item), {"cadre": str(known.pk) if answer == "same" else "another"})
    item.refresh_from_db()
    assert (item.match, item.cadre_id) == (match, known.pk if answer == "same" else None)


def test_a_person_of_another_scope_cannot_be_named_the_same(officer: Client, cast: Cast, post: Post) -> None:
    apply(post, officer, upload(post, officer, cast, replace(FORM, identity_number="")))
    batch = upload(post, officer, cast, FORM)
    item = batch.items.get()
    for key in (str(cast.zhou_file.pk), str(uuid4()), "no key"):
        assert post(officer, of("import-same", batch, item), {"cadre": key}).status_code == 404
    item.refresh_from_db()
    assert item.match == ImportMatch.DUPLICATE


def test_the_way_a_sender_writes_is_remembered_when_asked(officer: Client, cast: Cast, post: Post) -> None:
    batch = upload(post, officer, cast, replace(FORM, ethnicity="汉"), sender="松涧县")
    item = batch.items.get()
    assert "记住这个发件单位的写法" in words(officer, page(batch))
    post(officer, of("import-correct", batch, item), {"value:ethnicity": "汉族", "remember": "1"})
    assert RememberedReading.objects.values_list("sender", "field", "raw", "value").get() == (
        *("松涧县", "ethnicity"),
        *("汉", "汉族"),
    )
    assert '<option value="松涧县">' in officer.get(reverse("desk:imports-new")).content.decode()


def test_the_resume_is_corrected_on_the_persons_page(officer: Client, cast: Cast, post: Post) -> None:
    broken = FORM.resume.replace("2007.07--2010.10", "2007.13--2010.10")
    batch = upload(post, officer, cast, replace(FORM, resume=broken))
    item = batch.items.get()
    html = officer.get(of("import-item", batch, item)).content.decode()
    assert 'name="value:resume"' in html
    assert 'name="value:resume"' not in officer.get(page(batch)).content.decode()
    typed = FORM.resume.replace("\n", "\r\n")
    assert post(officer, of("import-correct", batch, item), {"value:resume": typed}).status_code == 302
    item.refresh_from_db()
    assert (item.finding_count, queries.corrected(item)[0].resume) == (0, FORM.resume)


def test_a_relatives_birth_is_corrected(officer: Client, cast: Cast, post: Post) -> None:
    husband = replace(FORM.family[0], birth="198413")
    batch = upload(post, officer, cast, replace(FORM, family=(husband,)))
    text = words(officer, page(batch))
    assert "家庭成员第 1 人的出生日期 文件里写作 198413" in text
    item = batch.items.get()
    post(officer, of("import-correct", batch, item), {"value:family/1/birth": "198401"})
    item.refresh_from_db()
    assert queries.corrected(item)[0].family[0].birth == "198401"


# -- what must not be seen -----------------------------------------------------------------------------


def test_a_list_never_shows_a_whole_identity_number(officer: Client, cast: Cast, post: Post) -> None:
    wrong = NUMBER[:-1] + ("1" if NUMBER[-1] != "1" else "2")
    batch = upload(post, officer, cast, replace(FORM, identity_number=wrong))
    for step in ("findings", "review"):
        html = officer.get(page(batch, step=step)).content.decode()
        assert wrong not in html
    assert f"{wrong[:6]}********{wrong[-4:]}" in officer.get(page(batch, step="findings")).content.decode()
    assert f'value="{wrong}"' in officer.get(of("import-item", batch, batch.items.get())).content.decode()


def test_an_import_of_another_officer_does_not_exist(
    officer: Client, client_of: ClientOf, zhao: Actor, cast: Cast, post: Post
) -> None:
    batch = upload(post, officer, cast, FORM)
    item = batch.items.get()
    other = client_of(zhao)
    assert batch.number not in words(other, reverse("desk:imports"))
    for name in ("import", "import-progress", "import-undo", "import-discard"):
        assert other.get(of(name, batch)).status_code == 404
    for name in ("import-item", "import-photo"):
        assert other.get(of(name, batch, item)).status_code == 404
    for name in ("import-read", "import-decide", "import-apply", "import-undo", "import-discard"):
        assert post(other, of(name, batch), {"list": "new", "skip": "all", "reason": REASON}).status_code == 404
    for name in ("import-correct", "import-same", "import-item-decide"):
        assert post(other, of(name, batch, item), {"value:birth": "198001", "cadre": "another"}).status_code == 404
    item.refresh_from_db()
    assert (item.decision, item.corrections) == (ImportDecision.ACCEPT, None)


def test_a_cadre_who_left_the_scope_since_is_not_shown(officer: Client, cast: Cast, post: Post) -> None:
    apply(post, officer, upload(post, officer, cast, FORM))
    batch = upload(post, officer, cast, replace(FORM, native_place="霁州栖梧"))
    Cadre.objects.filter(name="沈砚秋").update(home_unit=cast.unit_b)
    text = words(officer, of("import-item", batch, batch.items.get()))
    assert "不在本账号的管理范围内" in text
    assert "松涧" not in text.replace("松涧县", "")


def test_the_photo_of_the_file_is_shown(officer: Client, cast: Cast, post: Post) -> None:
    from tests.people.test_import_care import photo_of

    batch = upload(post, officer, cast, replace(FORM, photo=photo_of((200, 280))), OTHER)
    with_photo, without = batch.items.order_by("order")
    answer = officer.get(of("import-photo", batch, with_photo))
    assert (answer["Content-Type"], answer["Cache-Control"]) == ("image/jpeg", "no-store")
    assert answer.content.startswith(b"\xff\xd8")
    assert officer.get(of("import-photo", batch, without)).status_code == 404


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
    assert Entry.objects.filter(action="people.upload_import", is_refused=True).count() == 1
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
