"""`quanheng serve | worker | demo`: real processes, real signals."""

import json
import os
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from quanheng.cli import DONE, FINDINGS
from tests.houses import House, MakeHouse

pytestmark = pytest.mark.slow


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def serving(house: House, *options: str) -> Iterator[tuple["subprocess.Popen[str]", dict[str, Any]]]:
    process = house.start("serve", "--bind", f"127.0.0.1:{free_port()}", "--workers", "1", "--json", *options)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line, process.communicate()[1]
        yield process, json.loads(line)
    finally:
        if process.poll() is None:
            process.terminate()
        process.communicate(timeout=60)


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_web_and_worker_start_together_and_stop_together(number: signal.Signals, city: House) -> None:
    with serving(city) as (process, told):
        assert len(told["processes"]) == 2
        with urllib.request.urlopen(told["url"], timeout=120) as answer:  # noqa: S310  our own server
            assert answer.status == 200
            assert "铨衡" in answer.read().decode()
        assert [is_alive(pid) for pid in told["processes"]] == [True, True]
        process.send_signal(number)
        assert process.wait(timeout=60) == DONE
        assert [is_alive(pid) for pid in told["processes"]] == [False, False]


def test_when_one_ends_the_other_is_stopped(city: House) -> None:
    with serving(city) as (process, told):
        os.kill(told["processes"][1], signal.SIGKILL)
        assert process.wait(timeout=60) == FINDINGS
        assert [is_alive(pid) for pid in told["processes"]] == [False, False]


def test_a_taken_port_is_said_in_words(city: House) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen(1)
        bind = f"127.0.0.1:{taken.getsockname()[1]}"
        done = city.run("serve", "--bind", bind)
    assert (done.returncode, done.stdout) == (FINDINGS, "")
    assert done.stderr == f"quanheng: {bind} 已被别的程序占用。请停掉它，或用 --bind 换一个端口。\n"


def test_a_demo_is_not_served_to_the_world(city: House) -> None:
    done = city.run("serve", "--bind", f"127.0.0.1:{free_port()}", QUANHENG_DEMO="1", QUANHENG_HOSTS="hr.example")
    assert done.returncode == FINDINGS
    assert "quanheng.E003" in done.stderr


def test_a_ledger_without_protection_is_not_served(city: House, make_house: MakeHouse) -> None:
    house = make_house(like=city)
    house.unprotect()
    done = house.run("serve", "--bind", f"127.0.0.1:{free_port()}")
    assert done.returncode == FINDINGS
    assert "quanheng.E008" in done.stderr
    assert house.json("ledger", "protect") == {"installed": True}
    with serving(house) as (_, told):
        assert told["url"].startswith("http://127.0.0.1:")


def test_lost_keys_are_not_made_anew(city: House, make_house: MakeHouse) -> None:
    house = make_house(like=city)
    (house.folder / "keys.json").unlink()
    done = house.run("serve", "--bind", f"127.0.0.1:{free_port()}")
    assert done.returncode == FINDINGS
    assert done.stderr.startswith("quanheng: 数据库里有记录，而密钥文件")
    assert not (house.folder / "keys.json").exists()


def test_a_worker_once_takes_over_what_a_killed_one_left(city: House, make_house: MakeHouse, tmp_path: Path) -> None:
    """An import that was being read when its worker died is read by the next."""
    house = make_house(like=city)
    options = ("--as", "lin", "--unit", _unit_of(house, "lin"), "--accept-findings")
    assert house.json("import", "tests/data/lrmx/plain.lrmx", *options, code=FINDINGS)["written"] == 1
    assert house.json("worker", "--once") == {"resumed": 0}
    house.sql("UPDATE intake_importbatch SET state = 'reading', beat_at = '2020-01-01 00:00:00'")
    house.sql("UPDATE intake_importitem SET match = '', decision = 'pending'")
    started = time.monotonic()
    assert house.json("worker", "--once") == {"resumed": 1}
    assert time.monotonic() - started < 60
    assert house.sql("SELECT state FROM intake_importbatch") == [("review",)]
    assert house.sql("SELECT match FROM intake_importitem") == [("unchanged",)]


def _unit_of(house: House, user: str) -> str:
    found = house.sql(
        "SELECT u.code FROM accounts_grant g JOIN organization_unit u ON u.id = g.unit_id"  # noqa: S608  our own name
        f" JOIN accounts_account a ON a.id = g.account_id WHERE a.username = '{user}' ORDER BY u.path"
    )
    return str(found[0][0])


def test_a_second_demo_leaves_the_city_alone(city: House) -> None:
    before = city.counts()
    assert city.json("demo", "--cadres", "60") == {"made": False}
    assert city.counts() == before


def test_samples_are_written_without_a_database(make_house: MakeHouse, tmp_path: Path) -> None:
    house = make_house("sqlite")
    told = house.json("demo", "samples", tmp_path / "samples")
    assert told["folder"] == str(tmp_path / "samples")
    assert sorted(told["files"]) == sorted(path.name for path in (tmp_path / "samples").iterdir())
    assert len(told["files"]) > 20
    assert not (house.folder / "quanheng.sqlite3").exists()
