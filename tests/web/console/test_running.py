"""The system administrator's pages: how the installation runs, and the code tables."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from quanheng.accounts.running import running_state
from quanheng.formats.codes import table_keys
from quanheng.kernel.actor import SYSTEM, Actor
from quanheng.kernel.errors import NotFound
from tests.conftest import ClientOf


@pytest.fixture
def browser(wu: Actor, client_of: ClientOf) -> Client:
    return client_of(wu)


def queue(status: str, enqueued_at: datetime, finished_at: datetime | None = None) -> None:
    with time_machine.travel(enqueued_at, tick=False):
        DBTaskResult.objects.create(
            status=status,
            args_kwargs={"args": [], "kwargs": {}},
            task_path="quanheng.people.tasks.read_import",
            backend_name="default",
            run_after=enqueued_at,
            finished_at=finished_at,
            exception_class_path="",
            traceback="",
        )


def test_the_state_of_an_idle_installation(wu: Actor, at: datetime) -> None:
    state = running_state(wu, at=at)
    assert (state.waiting, state.working, state.failed, state.is_worker_missing) == (0, 0, 0, False)
    assert (state.waiting_since, state.last_finished_at, state.last_backup_at) == (None, None, None)


def test_tasks_that_nobody_fetches_are_noticed(wu: Actor, at: datetime) -> None:
    queue("READY", at - timedelta(minutes=1))
    queue("READY", at - timedelta(seconds=5))
    assert running_state(wu, at=at).is_worker_missing is False
    state = running_state(wu, at=at + timedelta(seconds=1))
    assert (state.is_worker_missing, state.waiting, state.waiting_since) == (True, 2, at - timedelta(minutes=1))


def test_a_worker_that_is_busy_is_there(wu: Actor, at: datetime) -> None:
    queue("READY", at - timedelta(hours=1))
    queue("RUNNING", at - timedelta(hours=1))
    state = running_state(wu, at=at)
    assert (state.waiting, state.working, state.is_worker_missing) == (1, 1, False)


def test_failures_of_a_week_count_and_tasks_of_the_future_do_not_wait(wu: Actor, at: datetime) -> None:
    queue("FAILED", at - timedelta(days=8), at - timedelta(days=7))
    queue("FAILED", at - timedelta(days=8), at - timedelta(days=6))
    queue("SUCCESSFUL", at - timedelta(hours=2), at - timedelta(hours=1))
    queue("READY", at + timedelta(hours=1))
    state = running_state(wu, at=at)
    assert (state.failed, state.waiting, state.last_finished_at) == (1, 0, at - timedelta(hours=1))


def test_only_the_system_administrator_reads_the_state(xu: Actor, qian: Actor, lin: Actor, at: datetime) -> None:
    for actor in (xu, qian, lin, SYSTEM):
        with pytest.raises(NotFound):
            running_state(actor, at=at)


def test_the_page_shows_the_state(browser: Client) -> None:
    shown = browser.get("/console/running/").content.decode()
    assert "没有记录" in shown  # no backup yet
    assert "后台任务没有人办" not in shown
    queue("READY", timezone.now() - timedelta(minutes=5))
    assert "后台任务没有人办" in browser.get("/console/running/").content.decode()


def test_every_code_table_is_listed_with_source_and_mark(browser: Client) -> None:
    shown = browser.get("/console/codes/").content.decode()
    assert shown.count("未核</td>") == len(table_keys())
    for key in table_keys():
        assert f"/console/codes/{key}/" in shown
        assert browser.get(f"/console/codes/{key}/").status_code == 200
    assert "GB/T 3304" in shown


def test_a_code_table_is_searched_by_name_and_by_code(browser: Client) -> None:
    by_name = browser.get("/console/codes/ethnic_groups/?text=维吾尔").content.decode()
    assert "维吾尔" in by_name[by_name.index("<tbody>") :]
    assert "共 1 条" in by_name
    assert "共 1 条" in browser.get("/console/codes/ethnic_groups/?text=01").content.decode()
    assert "没有这样的代码" in browser.get("/console/codes/ethnic_groups/?text=没有").content.decode()
    assert browser.get("/console/codes/nonsense/").status_code == 404
