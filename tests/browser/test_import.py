"""An officer imports three files, corrects, prints and takes the import back, in Chromium."""

import io
import re
from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

import pytest
from playwright.sync_api import FilePayload, Page, expect
from pypdf import PdfReader
from pytest_django.live_server_helper import LiveServer

from quanheng.formats import lrmx
from quanheng.formats.appointment import AppointmentForm
from quanheng.intake.choices import ImportState
from quanheng.intake.models import ImportBatch
from quanheng.people.models import Cadre
from quanheng.web.shared import tasks
from tests.browser.desk import sign_in
from tests.conftest import Cast
from tests.intake.test_import import FORM
from tests.web.desk.imports import OTHER, REASON

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

AWKWARD = replace(OTHER, birth="198513", ethnicity="火星族", family=())
NAMESAKE = replace(FORM, name="陈知行", birth="198005", identity_number="", family=())


class Held:
    """A task that waits until the story lets the worker run."""

    def __init__(self, run: Callable[[str], None]) -> None:
        self.run = run
        self.waiting: list[str] = []

    def enqueue(self, batch: str) -> None:
        self.waiting.append(batch)

    def work(self) -> None:
        while self.waiting:
            self.run(self.waiting.pop())


@pytest.fixture
def reading(monkeypatch: pytest.MonkeyPatch) -> Held:
    held = Held(tasks.read_import.func)
    monkeypatch.setattr(tasks, "read_import", held)
    return held


def files() -> set[UUID]:
    return set(Cadre.objects.filter(withdrawn_at=None).values_list("pk", flat=True))


def payload(name: str, form: AppointmentForm) -> FilePayload:
    return {"name": name, "mimeType": "application/octet-stream", "buffer": lrmx.write(form)}


def upload(page: Page, base: str) -> None:
    page.goto(f"{base}/desk/imports/")
    page.get_by_role("link", name="导入文件").first.click()
    forms = {"沈砚秋.lrmx": FORM, "林晚.lrmx": AWKWARD, "陈知行.lrmx": NAMESAKE}
    page.get_by_label("文件", exact=True).set_input_files([payload(*each) for each in forms.items()])
    page.get_by_label("新增的人归入哪个单位").fill("QH01")
    page.get_by_role("button", name="读取文件").click()


def watch(page: Page, reading: Held) -> None:
    """The page asks for progress each second; while the worker runs here, its questions wait for this thread."""
    expect(page.get_by_role("progressbar", name="进度")).to_be_visible()
    expect(page.locator("main")).to_contain_text("正在读取文件，还没有写入任何人的档案。")
    page.route("**/progress/", lambda route: route.continue_())
    reading.work()


def correct(page: Page) -> None:
    sheet = page.locator("form", has=page.get_by_role("heading", name="林晚"))
    expect(sheet.get_by_role("row", name="出生年月")).to_contain_text("198513")
    expect(sheet.get_by_role("row", name="民族")).to_contain_text("火星族")
    sheet.get_by_label("出生年月改为").fill("198503")
    sheet.get_by_role("button", name="保存更正").click()
    expect(page.get_by_role("row", name="198513")).to_have_count(0)


def decide(page: Page) -> None:
    page.goto(re.sub(r"\?.*", "", page.url) + "?step=review&list=look")
    page.get_by_role("button", name="采用 林晚").click()
    page.get_by_role("link", name="判定").click()
    page.get_by_label("另一个人，只是同名同出生年月").check()
    page.get_by_role("button", name="判定").click()
    page.get_by_role("button", name="采用这个人").click()


def apply(page: Page) -> None:
    page.goto(re.sub(r"\?.*", "", page.url) + "?step=apply")
    expect(page.locator("form.reason")).to_contain_text("将新增 3 人、更新 0 人、跳过 0 人。")
    page.get_by_label("理由").fill(REASON)
    page.locator("form.reason").get_by_role("button").last.click()
    expect(page.locator("main")).to_contain_text("写入 3 人，跳过 0 人。")


def print_form(page: Page) -> str:
    page.locator("summary", has_text="任免审批表").click()
    with page.expect_download() as waiting:
        page.get_by_role("link", name=re.compile("PDF")).click()
    return "".join(each.extract_text() for each in PdfReader(io.BytesIO(waiting.value.path().read_bytes())).pages)


def undo(page: Page) -> None:
    page.get_by_role("link", name=re.compile("^撤销")).click()
    page.get_by_label("理由").fill("发来的是上一年的文件，退回重报")
    page.locator("form.reason").get_by_role("button", name=re.compile("撤销")).click()
    expect(page.locator("main")).to_contain_text("各人的档案恢复到导入以前")


def test_import_correct_print_and_take_back(page: Page, live_server: LiveServer, cast: Cast, reading: Held) -> None:
    before = files()
    sign_in(page, live_server.url, "lin")
    upload(page, live_server.url)
    watch(page, reading)
    correct(page)
    decide(page)
    assert files() == before
    apply(page)
    report = page.url
    page.get_by_role("link", name="林晚", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("林晚")
    expect(page.locator(".fact-strip")).to_contain_text("岁")
    text = print_form(page)
    assert "林晚" in re.sub(r"\s", "", text)
    assert "1985.03" in text
    page.goto(report)
    undo(page)
    assert ImportBatch.objects.get().state == ImportState.UNDONE
    assert files() == before
