"""The security administrator's pages, over HTTP."""

import re
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from quanheng.accounts.models import Account, Grant
from quanheng.kernel.actor import Actor
from tests.conftest import Cast, ClientOf, make_account
from tests.ledger_reading import entries, last_reason

REASON = "干部一科新到岗，分管甲局"


@pytest.fixture
def browser(xu: Actor, client_of: ClientOf) -> Client:
    return client_of(xu)


@pytest.fixture
def sun(cast: Cast, at: datetime) -> Account:
    return make_account("sun", "孙行知", None, at)


def page(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200
    return response.content.decode()


def grant_values(cast: Cast, **changes: Any) -> dict[str, Any]:
    values: dict[str, Any] = {
        "unit_text": "甲局",
        "unit": str(cast.unit_a.pk),
        "categories": ["city", "county"],
        "purposes": ["management"],
        "valid_from": "2026-11-20",
        "valid_to": "2027-11-20",
        "reason": REASON,
    }
    return {**values, **changes}


def test_a_new_colleague_gets_account_role_and_grant(cast: Cast, browser: Client) -> None:
    answer = browser.post(
        "/console/accounts/add/",
        {"username": "sun", "name": "孙行知", "office": "干部一科", "unit_text": "QH01"},
    ).content.decode()
    password = re.findall(r"<b>(\w{4}-\w{4}-\w{4})</b>", answer)[0]
    sun = Account.objects.get(username="sun")
    assert (sun.check_password(password), sun.has_initial_password, sun.unit) == (True, True, cast.unit_a)
    role = {"role": "cadre_officer", "valid_from": "2026-11-20", "valid_to": "", "reason": REASON}
    assert browser.post(f"/console/accounts/{sun.pk}/roles/", role).status_code == 302
    assert browser.post(f"/console/accounts/{sun.pk}/grants/", grant_values(cast)).status_code == 302
    shown = page(browser, f"/console/accounts/{sun.pk}/")
    for words in (
        "孙行知",
        "组织部干部工作人员",
        "2026-11-20 起",
        "示范市甲局",
        "市委管理干部、县委管理干部",
        "日常管理",
    ):
        assert words in shown
    assert "许慎言" in shown  # who gave it
    assert [entry[0] for entry in entries("accounts.")] == [
        "accounts.create_account",
        "accounts.assign_role",
        "accounts.grant_scope",
    ]


def test_the_initial_password_is_not_kept_by_the_browser(cast: Cast, browser: Client, lin: Actor) -> None:
    response = browser.post(f"/console/accounts/{lin.key}/password/")
    assert "no-store" in response.headers["Cache-Control"]
    assert Account.objects.get(pk=lin.key).has_initial_password
    again = page(browser, f"/console/accounts/{lin.key}/")
    assert not re.search(r"<b>\w{4}-\w{4}-\w{4}</b>", again)


def test_the_list_is_searched_and_filtered(cast: Cast, browser: Client) -> None:
    names = ["林疏桐", "赵临川", "陈知行", "钱守拙"]

    def listed(query: str) -> list[str]:
        shown = page(browser, f"/console/accounts/{query}")
        table = shown[shown.index("<tbody>") : shown.index("</tbody>")]
        return [name for name in names if name in table]

    assert listed("") == names
    assert listed("?text=甲局") == ["林疏桐", "陈知行"]
    assert listed("?role=audit_admin") == ["钱守拙"]
    assert listed("?role=nonsense") == names
    assert listed("?text=没有这个人") == []


def test_the_list_takes_few_queries_whatever_its_length(
    cast: Cast,
    browser: Client,
    at: datetime,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(60):
        make_account(f"more{number}", "某人", None, at)
    browser.get("/console/accounts/")
    with django_assert_max_num_queries(8):
        shown = page(browser, "/console/accounts/")
    assert "?page=2" in shown


def test_a_unit_is_found_by_name_code_and_initials_without_persons(cast: Cast, browser: Client) -> None:
    for text in ("甲局", "QH01", "sfsjj"):
        found = page(browser, f"/console/accounts/units/?unit_text={text}")
        assert str(cast.unit_a.pk) in found
        assert str(cast.unit_b.pk) not in found
    assert "没有找到这样的单位" in page(browser, "/console/accounts/units/?unit_text=没有")
    assert "radio" not in page(browser, "/console/accounts/units/?unit_text=")


def test_without_script_the_second_sending_chooses(cast: Cast, browser: Client, sun: Account) -> None:
    url = f"/console/accounts/{sun.pk}/grants/"
    first = browser.post(url, grant_values(cast, unit_text="示范", unit="")).content.decode()
    assert "找到 3 个单位，请选一个" in first
    assert f'name="unit" value="{cast.unit_a.pk}"' in first
    assert "干部一科新到岗" in first  # what was typed is kept
    assert Grant.objects.filter(account=sun).count() == 0
    assert browser.post(url, grant_values(cast, unit_text="示范市甲局", unit="")).status_code == 302
    assert Grant.objects.get(account=sun).unit == cast.unit_a


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"categories": []}, 'href="#id_categories">还没有填：干部类别。'),
        ({"purposes": []}, "id_purposes"),
        ({"reason": "太短"}, "id_reason"),
        ({"valid_to": "2026-11-20"}, "止日要晚于起日"),
        ({"purposes": ["subject_access"]}, "id_purposes"),
        ({"unit": "00000000-0000-0000-0000-000000000000", "unit_text": "没有"}, "找到 0 个单位"),
    ],
)
def test_a_grant_that_lacks_something_is_not_given(
    cast: Cast, browser: Client, sun: Account, changes: dict[str, Any], words: str
) -> None:
    response = browser.post(f"/console/accounts/{sun.pk}/grants/", grant_values(cast, **changes))
    summary = re.findall(r'<section class="error-summary".*?</section>', response.content.decode(), re.DOTALL)
    assert response.status_code == 200
    assert words in summary[0]
    assert Grant.objects.filter(account=sun).count() == 0


def test_a_grant_for_an_administrator_is_refused_with_the_reason(cast: Cast, browser: Client, wu: Actor) -> None:
    response = browser.post(f"/console/accounts/{wu.key}/grants/", grant_values(cast))
    assert "系统管理员看不到档案，不能有数据授权。" in response.content.decode()
    assert entries("accounts.")[0][2:] == (
        True,
        {"refused": "administrator", "facts": {"role": "system_admin"}},
    )


def test_a_second_administrator_role_is_refused_with_the_reason(cast: Cast, browser: Client, wu: Actor) -> None:
    role = {"role": "audit_admin", "valid_from": "2026-11-20", "reason": REASON}
    response = browser.post(f"/console/accounts/{wu.key}/roles/", role)
    assert "这段时间已有系统管理员。先结束它，再登记审计管理员。" in response.content.decode()


def test_the_own_account_is_left_to_another(cast: Cast, browser: Client, xu: Actor) -> None:
    shown = page(browser, f"/console/accounts/{xu.key}/")
    assert "由另一位安全管理员办理" in shown
    assert "登记授权" not in shown
    response = browser.post(f"/console/accounts/{xu.key}/grants/", grant_values(cast))
    assert "不能给自己办" in response.content.decode()
    assert browser.post(f"/console/accounts/{xu.key}/password/").status_code == 302
    assert not Account.objects.get(pk=xu.key).has_initial_password


def test_a_grant_is_revoked_with_a_reason(cast: Cast, browser: Client, lin: Actor) -> None:
    held = Grant.objects.get(account=lin.key)
    shown = page(browser, f"/console/accounts/{lin.key}/?revoke={held.pk}")
    url = f"/console/accounts/grants/{held.pk}/revoke/"
    assert f'action="{url}"' in shown
    refused = browser.post(url, {"reason": "太短"}).content.decode()
    assert "理由不少于 10 个字" in refused
    assert "太短" in refused
    assert browser.post(url, {"reason": "调离干部一科，不再分管"}).status_code == 302
    assert last_reason() == "调离干部一科，不再分管"
    assert "由许慎言收回" in page(browser, f"/console/accounts/{lin.key}/")


def test_a_role_is_ended_with_a_reason(cast: Cast, browser: Client, lin: Actor, client_of: ClientOf) -> None:
    role = cast.accounts["lin"].roles.get()
    url = f"/console/accounts/roles/{role.pk}/end/"
    assert url in page(browser, f"/console/accounts/{lin.key}/?end_role={role.pk}")
    assert browser.post(url, {"reason": "太短"}).status_code == 200
    assert browser.post(url, {"reason": "调离干部一科，不再任职"}).status_code == 302
    assert "已结束" in page(browser, f"/console/accounts/{lin.key}/")
    assert client_of(lin).get("/").status_code == 403  # no role, nothing to open


def test_an_account_is_closed_and_reopened(cast: Cast, browser: Client, lin: Actor, client_of: ClientOf) -> None:
    officer, url = client_of(lin), f"/console/accounts/{lin.key}/"
    assert "停用林疏桐的账号" in page(browser, f"{url}?close")
    assert browser.post(f"{url}close/", {"reason": "太短"}).status_code == 200
    assert officer.get("/settings/").status_code == 200
    assert browser.post(f"{url}close/", {"reason": "调离本单位，账号不再使用"}).status_code == 302
    assert officer.get("/settings/").status_code == 302
    assert "恢复林疏桐的账号" in page(browser, f"{url}?reopen")
    assert browser.post(f"{url}reopen/", {"reason": "已经调回，恢复原来的账号"}).status_code == 302
    assert Account.objects.get(pk=lin.key).is_active


def test_a_live_session_is_listed_and_ended(cast: Cast, browser: Client, lin: Actor, client_of: ClientOf) -> None:
    officer = client_of(lin)
    officer.get("/settings/")
    shown = page(browser, "/console/sessions/")
    assert "林疏桐" in shown
    assert "本次登录" in shown
    assert str(officer.session.session_key) not in shown
    name = re.findall(r'name="session" value="(\w+)"', shown)[0]
    values = {"account": str(lin.key), "session": name}
    assert browser.post("/console/sessions/end/", values).status_code == 302
    assert officer.get("/settings/").status_code == 302
    browser.post("/console/sessions/end/", values)
    assert "已经结束了" in page(browser, "/console/sessions/")


def test_keys_that_lead_nowhere_answer_404(cast: Cast, browser: Client, lin: Actor) -> None:
    own = f"/console/accounts/{lin.key}/"
    for url in (f"/console/accounts/{uuid4()}/", f"{own}?revoke={uuid4()}", f"{own}?end_role=nonsense"):
        assert browser.get(url).status_code == 404
    for url in (f"/console/accounts/grants/{uuid4()}/revoke/", f"/console/accounts/roles/{uuid4()}/end/"):
        assert browser.post(url, {"reason": REASON}).status_code == 404
    assert browser.post("/console/sessions/end/", {"account": "nonsense", "session": "x"}).status_code == 404


def test_names_are_not_markup(cast: Cast, browser: Client) -> None:
    Account.objects.filter(username="lin").update(name="<script>alert(1)</script>")
    assert "<script>alert" not in page(browser, "/console/accounts/")


def test_an_account_name_has_a_plain_form_and_is_used_once(cast: Cast, browser: Client) -> None:
    values = {"name": "孙行知", "office": "干部一科", "unit_text": "QH01"}
    for username, words in (("孙", "id_username"), ("Sun", "id_username"), ("lin", "已有人用")):
        shown = browser.post("/console/accounts/add/", {**values, "username": username}).content.decode()
        assert words in shown[shown.index("error-summary") :]
    assert Account.objects.count() == 9
