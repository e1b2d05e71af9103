"""Signing in: the way in, the ways it is refused, and how it ends."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from axes.models import AccessAttempt
from django.test import Client
from pytest_django.fixtures import Settings

from quanheng.accounts.actions import deactivate_account
from quanheng.accounts.models import Account
from quanheng.demo.personas import PERSONAS
from quanheng.kernel.actor import Actor
from tests.conftest import PASSWORD, Cast, ClientOf
from tests.ledger_reading import entries

MORNING = datetime(2026, 11, 20, 0, 0, tzinfo=UTC)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(MORNING, tick=False) as traveller:
        yield traveller


def sign_in(client: Client, username: str, password: str = PASSWORD, **more: str) -> tuple[int, str]:
    response = client.post("/sign-in/", {"username": username, "password": password, **more})
    return response.status_code, response.headers.get("Location", "")


def is_signed_in(client: Client) -> bool:
    return client.get("/settings/").status_code == 200


def test_an_officer_signs_in_and_out(cast: Cast, client: Client, clock: time_machine.Traveller) -> None:
    assert sign_in(client, "lin") == (302, "/")
    page = client.get("/settings/").content.decode()
    assert "林疏桐" in page
    assert "干部一科" in page
    response = client.post("/sign-out/")
    assert (response.status_code, response.headers["Location"]) == (302, "/sign-in/")
    assert not is_signed_in(client)
    key = f"accounts.account:{cast.accounts['lin'].pk}"
    assert entries("accounts.") == [("accounts.sign_in", key, False, {}), ("accounts.sign_out", key, False, {})]


def test_signing_out_takes_a_post(cast: Cast, lin: Actor, client_of: ClientOf) -> None:
    client = client_of(lin)
    assert client.get("/sign-out/").status_code == 405
    assert is_signed_in(client)


@pytest.mark.parametrize(("username", "password"), [("lin", "wrong"), ("nobody", PASSWORD), ("LIN", PASSWORD)])
def test_a_wrong_name_and_a_wrong_password_answer_alike(
    cast: Cast, client: Client, username: str, password: str
) -> None:
    response = client.post("/sign-in/", {"username": username, "password": password})
    assert response.status_code == 200
    assert "账号或密码不对" in response.content.decode()
    assert password not in response.content.decode()
    assert not is_signed_in(client)


def test_a_closed_account_answers_like_a_wrong_password(cast: Cast, client: Client) -> None:
    Account.objects.filter(username="lin").update(is_active=False)
    assert "账号或密码不对" in client.post("/sign-in/", {"username": "lin", "password": PASSWORD}).content.decode()
    assert not is_signed_in(client)


def test_missing_fields_are_no_attempt(cast: Cast, client: Client) -> None:
    assert client.post("/sign-in/", {"username": "lin", "password": ""}).status_code == 200
    assert entries("accounts.") == []


def test_five_failures_lock_the_name_until_a_named_time(
    cast: Cast, client: Client, clock: time_machine.Traveller
) -> None:
    answers = [sign_in(client, "lin", "wrong")[0] for _ in range(4)]
    locked = client.post("/sign-in/", {"username": "lin", "password": "wrong"})
    assert (answers, locked.status_code) == ([200] * 4, 429)
    assert "08:15:00" in locked.content.decode()
    clock.shift(timedelta(minutes=10))
    again = client.post("/sign-in/", {"username": "lin", "password": PASSWORD})  # even with the right one
    assert again.status_code == 429
    assert "08:15:00" in again.content.decode()  # and the end does not move
    assert not is_signed_in(client)


def test_another_name_is_not_locked_and_the_lock_ends(
    cast: Cast, client: Client, clock: time_machine.Traveller
) -> None:
    for _ in range(5):
        sign_in(client, "lin", "wrong")
    assert sign_in(Client(), "zhao") == (302, "/")
    clock.shift(timedelta(minutes=15, seconds=1))
    assert sign_in(client, "lin") == (302, "/")


def test_an_unknown_name_is_locked_as_well(cast: Cast, client: Client) -> None:
    answers = [sign_in(client, "nobody", "wrong")[0] for _ in range(6)]
    assert answers == [200, 200, 200, 200, 429, 429]
    assert entries("accounts.") == []


def test_failures_and_the_lock_are_entries_and_attempts_during_it_are_not(
    cast: Cast, client: Client, clock: time_machine.Traveller
) -> None:
    for _ in range(8):
        sign_in(client, "lin", "wrong")
    written = entries("accounts.")
    assert [entry[0] for entry in written] == ["accounts.sign_in"] * 5 + ["accounts.lock_out"]
    assert {entry[1] for entry in written} == {f"accounts.account:{cast.accounts['lin'].pk}"}
    assert written[0][2:] == (True, {"refused": "wrong-password", "facts": {}})
    assert datetime.fromisoformat(written[5][3]["until"]) == MORNING + timedelta(minutes=15)


def test_a_failed_attempt_keeps_neither_password_nor_what_was_searched_for(cast: Cast, client: Client) -> None:
    client.post(
        "/sign-in/?next=/desk/people/%3Fq%3D7713", {"username": "lin", "password": "wrong-7714", "next": "/?q=7715"}
    )
    kept = AccessAttempt.objects.get(username="lin")
    stored = f"{kept.get_data} {kept.post_data} {kept.path_info}"
    assert [secret for secret in ("7713", "7714", "7715") if secret in stored] == []


def test_a_success_forgets_earlier_failures(cast: Cast, client: Client) -> None:
    for _ in range(4):
        sign_in(client, "lin", "wrong")
    sign_in(client, "lin")
    assert [sign_in(Client(), "lin", "wrong")[0] for _ in range(4)] == [200] * 4


def test_the_way_back_is_kept_and_only_to_our_own_pages(cast: Cast, client: Client) -> None:
    response = client.get("/settings/?a=1")
    assert response.headers["Location"] == "/sign-in/?next=%2Fsettings%2F%3Fa%3D1"
    page = client.get(response.headers["Location"]).content.decode()
    assert 'name="next" value="/settings/?a=1"' in page
    assert sign_in(client, "lin", next="/settings/?a=1") == (302, "/settings/?a=1")
    for elsewhere in ("https://example.org/", "//example.org/", "javascript:alert(1)"):
        assert sign_in(Client(), "lin", next=elsewhere) == (302, "/")


def test_who_is_signed_in_already_is_sent_on(cast: Cast, lin: Actor, client_of: ClientOf) -> None:
    response = client_of(lin).get("/sign-in/?next=/settings/")
    assert (response.status_code, response.headers["Location"]) == (302, "/settings/")


def test_a_fragment_sends_the_whole_page_to_sign_in(cast: Cast, client: Client) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/settings/"}
    response = client.get("/settings/", headers=headers)
    assert response.headers["HX-Redirect"] == "/sign-in/?next=%2Fsettings%2F"


def test_half_an_hour_without_a_click_signs_out_and_says_so(
    cast: Cast, client: Client, clock: time_machine.Traveller
) -> None:
    sign_in(client, "lin")
    clock.shift(timedelta(minutes=29))
    assert is_signed_in(client)
    clock.shift(timedelta(minutes=29))
    assert is_signed_in(client)  # each click puts it off
    clock.shift(timedelta(minutes=31))
    response = client.get("/settings/")
    assert response.headers["Location"] == "/sign-in/?next=%2Fsettings%2F&idle=1"
    assert "30 分钟没有操作，已退出" in client.get(response.headers["Location"]).content.decode()


def test_reading_on_writes_the_session_once_a_minute(cast: Cast, client: Client, clock: time_machine.Traveller) -> None:
    sign_in(client, "lin")
    seen = []
    for seconds in (30, 40, 10):
        clock.shift(timedelta(seconds=seconds))
        client.get("/settings/")
        seen.append(client.session["seen_at"] - int(MORNING.timestamp()))
    assert seen == [0, 70, 70]


def test_a_closed_account_is_out_with_the_next_click(
    cast: Cast, lin: Actor, xu: Actor, at: datetime, client_of: ClientOf
) -> None:
    client = client_of(lin)
    assert is_signed_in(client)
    deactivate_account(actor=xu, account=lin.key, reason="调离本单位，账号不再使用", at=at)
    assert client.get("/settings/").headers["Location"] == "/sign-in/?next=%2Fsettings%2F"
    assert not is_signed_in(client)


def test_closing_without_touching_sessions_is_enough(cast: Cast, lin: Actor, client_of: ClientOf) -> None:
    client = client_of(lin)
    Account.objects.filter(pk=lin.key).update(is_active=False)
    assert not is_signed_in(client)


def test_an_initial_password_opens_nothing_but_its_change(cast: Cast, client: Client) -> None:
    Account.objects.filter(username="lin").update(has_initial_password=True)
    sign_in(client, "lin")
    assert client.get("/settings/").headers["Location"] == "/password/"
    assert "只用来第一次登录" in client.get("/password/").content.decode()
    answer = client.post("/password/", {"old": PASSWORD, "new": "only mine 是我的", "again": "only mine 是我的"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    assert is_signed_in(client)


def test_a_changed_password_signs_out_the_other_browsers(cast: Cast, lin: Actor, client_of: ClientOf) -> None:
    here, there = client_of(lin), client_of(lin)
    here.post("/password/", {"old": PASSWORD, "new": "only mine 是我的", "again": "only mine 是我的"})
    assert [is_signed_in(here), is_signed_in(there)] == [True, False]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"old": "wrong"}, "原密码不对"),
        ({"new": "short", "again": "short"}, "至少 10 个字符"),
        ({"again": "something else"}, "两次输入的新密码不同"),
    ],
)
def test_a_bad_password_change_says_why_and_changes_nothing(
    cast: Cast, lin: Actor, client_of: ClientOf, changes: dict[str, str], words: str
) -> None:
    values = {"old": PASSWORD, "new": "only mine 是我的", "again": "only mine 是我的", **changes}
    response = client_of(lin).post("/password/", values)
    assert response.status_code == 200
    assert words in response.content.decode()
    assert Account.objects.get(pk=lin.key).check_password(PASSWORD)


def test_shortcuts_are_switched_in_the_settings(cast: Cast, lin: Actor, client_of: ClientOf) -> None:
    client = client_of(lin)
    assert 'data-keys="off"' not in client.get("/settings/").content.decode()
    client.post("/settings/shortcuts/", {"shortcuts": "off"})
    assert 'data-keys="off"' in client.get("/settings/").content.decode()
    client.post("/settings/shortcuts/", {"shortcuts": "on"})
    assert Account.objects.get(pk=lin.key).has_shortcuts is True


def test_the_language_is_switched_by_a_post(cast: Cast, client: Client) -> None:
    response = client.post("/language/", {"language": "en", "next": "/sign-in/"})
    assert (response.status_code, response.headers["Location"]) == (302, "/sign-in/")
    assert '<html lang="en">' in client.get("/sign-in/").content.decode()


def test_personas_are_offered_and_work_in_demo_mode_only(cast: Cast, client: Client, settings: Settings) -> None:
    assert 'name="persona"' not in client.get("/sign-in/").content.decode()
    assert client.post("/sign-in/", {"persona": "lin"}).status_code == 404
    assert not is_signed_in(client)
    settings.DEMO = True
    page = client.get("/sign-in/").content.decode()
    there = {persona.username for persona in PERSONAS} & set(cast.accounts)
    assert page.count('name="persona"') == len(there) > 5
    assert client.post("/sign-in/", {"persona": "lin"}).status_code == 302
    assert is_signed_in(client)
    assert entries("accounts.")[0][3] == {"persona": True}


def test_a_demo_city_opens_no_other_account_by_click(cast: Cast, client: Client, settings: Settings) -> None:
    settings.DEMO = True
    assert [client.post("/sign-in/", {"persona": name}).status_code for name in ("outsider", "nobody")] == [404, 404]
    assert not is_signed_in(client)


def test_the_front_door_leads_home(cast: Cast, client: Client) -> None:
    assert client.get("/").headers["Location"] == "/sign-in/"
