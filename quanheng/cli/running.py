"""`quanheng demo | serve | worker`: the city and the running system."""

import argparse
import signal
import socket
import subprocess  # web server and worker are processes of their own
import sys
import threading
import time
from pathlib import Path
from typing import Any

from quanheng.cli import (
    DONE,
    FINDINGS,
    NotPrepared,
    add_json,
    census,
    end_progress,
    progress,
    say,
    say_json,
    with_database,
    with_django,
    wrong_use,
)
from quanheng.kernel.errors import Refused

RESUME_SECONDS = 30
READY_SECONDS = 60
STOP_SECONDS = 15
KEEPING_SECONDS = 10


class CannotServe(Refused):
    """address-taken, unusable-address, checks-failed."""


def add_commands(commands: Any) -> None:
    demo = commands.add_parser("demo", help="make the synthetic city; `demo samples DIR` writes sample files")
    demo.add_argument("what", nargs="?", choices=["samples"], help="samples: only write sample .lrmx files")
    demo.add_argument("folder", nargs="?", type=Path, metavar="DIR")
    demo.add_argument("--cadres", type=int, default=3000)
    demo.add_argument("--seed", type=int, default=None)
    add_json(demo)
    demo.set_defaults(run=_demo)
    serve = commands.add_parser("serve", help="web server and worker together; both stop with Ctrl+C")
    serve.add_argument("--bind", default="127.0.0.1:8000", metavar="ADDRESS:PORT")
    serve.add_argument("--workers", type=int, default=2, help="processes of the web server")
    serve.add_argument("--no-worker", action="store_true", help="without the background worker")
    add_json(serve)
    serve.set_defaults(run=_serve)
    worker = commands.add_parser("worker", help="the background worker alone")
    worker.add_argument("--once", action="store_true", help="do what waits, then end")
    add_json(worker)
    worker.set_defaults(run=_worker)


def _demo(arguments: argparse.Namespace) -> int:
    if arguments.what == "samples" and arguments.folder is None:
        return wrong_use("demo samples 需要一个文件夹。")
    if not 1 <= arguments.cadres <= 1_000_000:
        return wrong_use("--cadres 须在 1 至 1000000 之间。")
    with_django()
    return _samples(arguments) if arguments.what == "samples" else _city(arguments)


def _samples(arguments: argparse.Namespace) -> int:
    from quanheng.demo import city, samples

    seed = city.SEED if arguments.seed is None else arguments.seed
    written = samples.write_samples(arguments.folder, seed=seed)
    if arguments.json:
        say_json({"folder": str(arguments.folder), "files": [path.name for path in written]})
    else:
        say(f"已写入 {len(written)} 个文件到 {arguments.folder}，说明见其中的 README.txt")
    return DONE


def _city(arguments: argparse.Namespace) -> int:
    """Migrations, then the city unless this database has people already."""
    from quanheng.demo import load

    migrate_database()
    started = time.monotonic()
    try:
        summary = _load(arguments)
    except load.CannotLoad:
        return _tell_city(arguments, None, 0)
    progress("做快照…")
    census.refresh_now(is_whole=True)
    end_progress()
    return _tell_city(arguments, summary, time.monotonic() - started)


def _load(arguments: argparse.Namespace) -> Any:
    from quanheng.demo import city, load
    from quanheng.kernel import clock
    from quanheng.operations.statistics import refresh_statistics

    summary = load.load_city(
        cadres=arguments.cadres,
        seed=city.SEED if arguments.seed is None else arguments.seed,
        at=clock.now(),
        progress=lambda done, total: progress(f"造城 {done} / {total} 人…"),
    )
    refresh_statistics()
    return summary


def _tell_city(arguments: argparse.Namespace, summary: Any, seconds: float) -> int:
    from quanheng.demo.personas import PASSWORD

    if arguments.json:
        made = {"units": summary.units, "cadres": summary.cadres, "accounts": summary.usernames} if summary else {}
        say_json({"made": bool(summary), **made, **({"password": PASSWORD} if summary else {})})
    elif summary is None:
        say("这个数据库已有人员，保持原样。")
    else:
        say(f"演示城已就绪：{summary.units} 个单位，{summary.cadres} 人，用时 {seconds:.0f} 秒。")
        say(f"账号 {'、'.join(summary.usernames)}，密码都是 {PASSWORD}；演示时登录页可直接选人。")
    return DONE


def migrate_database() -> None:
    """Tables of this version, and keys for an empty database."""
    from quanheng.operations.keys import ensure_keys

    migrate_tables()
    ensure_keys()


def migrate_tables() -> None:
    from django.core.management import call_command
    from django.db import OperationalError, ProgrammingError

    try:
        call_command("migrate", verbosity=0, interactive=False)
    except OperationalError as error:
        raise NotPrepared("no-database", why=str(error).splitlines()[0]) from None
    except ProgrammingError as error:  # a role that may append to the ledger may not change tables
        raise NotPrepared("not-owner", why=str(error).splitlines()[0]) from None


def _serve(arguments: argparse.Namespace) -> int:
    """Start both, wait for either to end, stop the other."""
    address = _address(arguments.bind)
    if not 1 <= arguments.workers <= 64:
        return wrong_use("--workers 须在 1 至 64 之间。")
    with_django()
    _require_free(arguments.bind, address)
    _prepare()
    stopping = _stop_by_signal()
    processes = _started(arguments)
    try:
        return _watch(arguments, address, processes, stopping)
    finally:
        _stop(processes)


def _address(bind: str) -> tuple[str, int]:
    host, _, port = bind.rpartition(":")
    if not host or not port.isdigit() or not 0 < int(port) < 65536:
        raise SystemExit(wrong_use(f"--bind 须写成 地址:端口，不是 {bind}。"))
    return host.strip("[]"), int(port)


def _require_free(bind: str, address: tuple[str, int]) -> None:
    """Said at once and in words, not by the web server after five tries."""
    family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
            probe.listen(1)
        except OSError as error:
            code = "address-taken" if error.errno == 98 else "unusable-address"
            raise CannotServe(code, bind=bind, why=error.strerror) from None


def _empty_uploads() -> None:
    """What a killed server had received and not yet sealed."""
    from django.conf import settings

    for file in settings.FILE_UPLOAD_TEMP_DIR.iterdir():
        file.unlink()


def _prepare() -> None:
    from django.core.checks import ERROR, run_checks
    from django.core.management import call_command

    migrate_database()
    _empty_uploads()
    messages = run_checks(tags=["quanheng"], include_deployment_checks=True, databases=["default"])
    words = [f"{message.id}: {message.msg}\n    {message.hint}" for message in messages]
    if any(message.is_serious(ERROR) for message in messages):
        raise CannotServe("checks-failed", checks="\n".join(words))
    for line in words:
        sys.stderr.write(f"quanheng: {line}\n")
    call_command("collectstatic", verbosity=0, interactive=False)


def _stop_by_signal() -> threading.Event:
    """Set by Ctrl+C, by a service manager or by a terminal that is closed."""
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: stopping.set())
    return stopping


def _started(arguments: argparse.Namespace) -> list[subprocess.Popen[bytes]]:
    """In sessions of their own: Ctrl+C comes to us alone, and the worker ends after its task, not in the middle."""
    server = [
        sys.executable, "-m", "gunicorn", "quanheng.wsgi:application", "--bind", arguments.bind,
        "--workers", str(arguments.workers), "--threads", "4", "--timeout", "120", "--graceful-timeout", "10",
        "--log-level", "warning", "--no-control-socket",
    ]  # fmt: skip
    commands = [server] if arguments.no_worker else [server, [sys.executable, "-m", "quanheng.cli", "worker"]]
    return [subprocess.Popen(command, start_new_session=True) for command in commands]  # noqa: S603  our own programs


def _watch(
    arguments: argparse.Namespace,
    address: tuple[str, int],
    processes: list[subprocess.Popen[bytes]],
    stopping: threading.Event,
) -> int:
    is_told, deadline = False, time.monotonic() + READY_SECONDS
    while not stopping.wait(0.2):
        if any(process.poll() is not None for process in processes):
            return FINDINGS  # one of them ended by itself and has said why
        if not is_told and _answers(address):
            _tell_ready(arguments, processes)
            is_told = True
        if not is_told and time.monotonic() > deadline:
            return FINDINGS
    return DONE


def _answers(address: tuple[str, int]) -> bool:
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(address[0], address[0])  # noqa: S104  only compared
    try:
        with socket.create_connection((host, address[1]), timeout=1):
            return True
    except OSError:
        return False


def _tell_ready(arguments: argparse.Namespace, processes: list[subprocess.Popen[bytes]]) -> None:
    url = f"http://{arguments.bind}/"
    if arguments.json:
        say_json({"url": url, "processes": [process.pid for process in processes]})
    else:
        say(f"铨衡在 {url} 提供服务，Ctrl+C 停止。")
    sys.stdout.flush()


def _stop(processes: list[subprocess.Popen[bytes]]) -> None:
    for process in processes:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
    for process in processes:
        try:
            process.wait(timeout=STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _worker(arguments: argparse.Namespace) -> int:
    with_database()
    from django.core.management import call_command

    from quanheng.web.shared import tasks

    resumed, stopping = tasks.resume_interrupted(), threading.Event()
    keeping = threading.Thread(target=census.keep, args=[stopping], daemon=True)
    if not arguments.once:
        threading.Thread(target=_resume_now_and_then, daemon=True).start()
        keeping.start()
    call_command("db_worker", interval=0.5, batch=arguments.once, startup_delay=False, verbosity=0, queue_name="*")
    if arguments.once:
        census.keep_once()
    else:
        stopping.set()
        keeping.join(KEEPING_SECONDS)  # a snapshot that is cut off leaves the one before
    if arguments.json:
        say_json({"resumed": resumed})
    return DONE


def _resume_now_and_then() -> None:
    """A worker that is started again at once finds the killed one's work too fresh to take over: look again later."""
    from django.db import DatabaseError, connection

    from quanheng.web.shared import tasks

    while True:
        time.sleep(RESUME_SECONDS)
        try:
            tasks.resume_interrupted()
        except DatabaseError as error:  # busy or restarting: the next round finds the same work
            sys.stderr.write(f"quanheng worker: {type(error).__name__}\n")
        finally:
            connection.close()
