"""The import wizard: from files through 对照, 核对, 生效 to the report and its undoing, by plain forms."""

from dataclasses import replace
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from quanheng.formats import identity
from quanheng.intake import queries
from quanheng.intake.choices import ImportDecision, ImportMatch
from quanheng.intake.models import RememberedReading
from quanheng.kernel.actor import Actor
from quanheng.ledger.ledger_codes import OPEN_DOSSIER
from quanheng.ledger.models import Entry
from quanheng.people.models import Cadre
from tests.conftest import Cast, ClientOf
from tests.intake.test_import import FORM, NUMBER
from tests.web.desk.imports import OTHER, REASON, Post, apply, of, officer, page, post, the_time, upload, words

__all__ = ["officer", "post", "the_time"]


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


def test_statistics_are_refreshed_by_how_many_were_written(
    officer: Client, cast: Cast, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[int] = []
    monkeypatch.setattr("quanheng.web.shared.tasks.refresh_after_import", written.append)
    apply(post, officer, upload(post, officer, cast, FORM, OTHER, b"no file of ours"))
    assert written == [2]


def test_the_ledger_tells_a_decision_in_words(officer: Client, cast: Cast, post: Post) -> None:
    batch = upload(post, officer, cast, FORM, OTHER)
    post(officer, of("import-decide", batch), {"list": "new", "skip": "all"})
    entry = Entry.objects.get(action="intake.decide_items")
    text = words(officer, reverse("desk:ledger-entry", args=[entry.pk]))
    assert "决定导入人员的取舍" in text
    assert "取舍 跳过" in text
    assert "第几份文件 1-2" in text
    assert f"导入编号 {batch.number}" in text


def test_today_counts_as_many_doubts_as_the_list_has(officer: Client, cast: Cast, post: Post) -> None:
    namesake = replace(FORM, name="陈知行", birth="198005", identity_number="", family=())
    batch = upload(post, officer, cast, FORM, replace(OTHER, birth="198513"), namesake, b"no file of ours")
    assert queries.count_lists(batch)["look"] == 2
    assert f"核对导入 {batch.number}：4 份，2 份有疑问" in words(officer, reverse("desk:today"))


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
    entry = Entry.objects.get(action="intake.choose_groups")
    assert entry.object_key == f"intake.importitem:{item.pk}"
    assert "未采用的部分 籍贯" in words(officer, reverse("desk:ledger-entry", args=[entry.pk]))
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
    from tests.intake.test_import_care import photo_of

    batch = upload(post, officer, cast, replace(FORM, photo=photo_of((200, 280))), OTHER)
    with_photo, without = batch.items.order_by("order")
    answer = officer.get(of("import-photo", batch, with_photo))
    assert (answer["Content-Type"], answer["Cache-Control"]) == ("image/jpeg", "no-store")
    assert answer.content.startswith(b"\xff\xd8")
    assert officer.get(of("import-photo", batch, without)).status_code == 404


def test_a_longer_list_asks_the_database_no_more_often(officer: Client, cast: Cast, post: Post) -> None:
    people = [
        replace(FORM, name=f"沈{number}", identity_number=identity.complete(f"00010119850312{number}2"))
        for number in range(10, 22)
    ]
    apply(post, officer, upload(post, officer, cast, *people))
    asked = []
    for size in (2, 12):
        batch = upload(post, officer, cast, *(replace(form, native_place="霁州栖梧") for form in people[:size]))
        with CaptureQueriesContext(connection) as queries_:
            assert officer.get(page(batch, step="review", list="changed")).status_code == 200
        asked.append(len(queries_))
    assert asked[0] == asked[1]
    assert asked[1] <= 32
