"""`quanheng demo | serve | worker | backup | restore`: running the system."""

import argparse
import getpass
import os
import signal
import subprocess  # web server and worker are processes of their own
import sys
import threading
import time
from pathlib import Path
from typing import Any

from quanheng.cli import DONE, FINDINGS, WRONG_USE, add_json, end_progress, progress, say, say_json, with_django

RESUME_SECONDS = 30


def add_commands(commands: Any) -> None:
    _add_demo(commands)
    serve = commands.add_parser("serve", help="web server and worker together; both stop with Ctrl+C")
    serve.add_argument("--bind", default="127.0.0.1:8000", metavar="ADDRESS:PORT")
    serve.add_argument("--workers", type=int, default=2, help="processes of the web server")
    serve.add_argument("--no-worker", action="store_true", help="without the background worker")
    serve.set_defaults(run=_serve)
    worker = commands.add_parser("worker", help="the background worker alone")
    worker.add_argument("--once", action="store_true", help="do what waits, then end")
    worker.set_defaults(run=_worker)
    backup = commands.add_parser("backup", help="encrypted backup of one moment, with the ledger's checkpoint")
    backup.add_argument("target", type=Path, metavar="FILE")
    _add_passphrase(backup)
    backup.set_defaults(run=_backup)
    restore = commands.add_parser("restore", help="restore a backup into an empty database")
    restore.add_argument("source", type=Path, metavar="FILE")
    restore.add_argument("--verify", action="store_true", help="prove the restored ledger")
    restore.add_argument("--checkpoint", action="append", default=[], type=Path, help="a note kept outside")
    _add_passphrase(restore)
    restore.set_defaults(run=_restore)


def _add_demo(commands: Any) -> None:
    demo = commands.add_parser("demo", help="make the synthetic city; `demo samples DIR` writes sample files")
    demo.add_argument("what", nargs="?", choices=["samples"], help="samples: only write sample .lrmx files")
    demo.add_argument("folder", nargs="?", type=Path, metavar="DIR")
    demo.add_argument("--cadres", type=int, default=3000)
    demo.add_argument("--seed", type=int, default=None)
    add_json(demo)
    demo.set_defaults(run=_demo)


def _add_passphrase(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--passphrase-file", type=Path, help="file with the passphrase; else QUANHENG_PASSPHRASE, else asked for"
    )
    add_json(parser)


def _demo(arguments: argparse.Namespace) -> int:
    if arguments.what == "samples" and arguments.folder is None:
        sys.stderr.write("quanheng: demo samples 需要一个文件夹。\n")
        return WRONG_USE
    if not 1 <= arguments.cadres <= 1_000_000:
        sys.stderr.write("quanheng: --cadres 须在 1 至 1000000 之间。\n")
        return WRONG_USE
    with_django()
    return _samples(arguments) if arguments.what == "samples" else _city(arguments)


def _samples(arguments: argparse.Namespace) -> int:
    from quanheng.demo import city, samples

    seed = city.SEED if arguments.seed is None else arguments.seed
    written = samples.write_samples(arguments.folder, seed=seed)
    if arguments.json:
        say_json([str(path) for path in written])
    else:
        say(f"已写入 {len(written)} 个文件到 {arguments.folder}，说明见其中的 README.txt")
    return DONE


def _city(arguments: argparse.Namespace) -> int:
    """Migrations, then the city unless this database has people already."""
    from django.core.management import call_command

    from quanheng.demo import city, load, personas
    from quanheng.kernel import clock
    from quanheng.operations.keys import ensure_keys

    call_command("migrate", verbosity=0, interactive=False)
    ensure_keys()
    seed = city.SEED if arguments.seed is None else arguments.seed
    started = time.monotonic()
    try:
        summary = load.load_city(
            cadres=arguments.cadres,
            seed=seed,
            at=clock.now(),
            progress=lambda done, total: progress(f"造城 {done} / {total} 人…"),
        )
    except load.CannotLoad:
        say("这个数据库已有人员，保持原样。")
        return DONE
    end_progress()
    say(f"演示城已就绪：{summary.units} 个单位，{summary.cadres} 人，用时 {time.monotonic() - started:.0f} 秒。")
    say(f"账号 {'、'.join(summary.usernames)}，密码都是 {personas.PASSWORD}；演示时登录页可直接选人。")
    return DONE


def _prepare() -> None:
    from django.core.management import call_command

    from quanheng.operations.keys import ensure_keys

    call_command("migrate", verbosity=0, interactive=False)
    ensure_keys()
    call_command("collectstatic", verbosity=0, interactive=False)


def _serve(arguments: argparse.Namespace) -> int:
    """Start both, wait for either to end, stop the other."""
    with_django()
    _prepare()
    server = [
        sys.executable, "-m", "gunicorn", "quanheng.wsgi:application", "--bind", arguments.bind,
        "--workers", str(arguments.workers), "--threads", "4", "--timeout", "120", "--graceful-timeout", "10",
        "--log-level", "warning", "--no-control-socket",
    ]  # fmt: skip
    commands = [server] if arguments.no_worker else [server, [sys.executable, "-m", "quanheng.cli", "worker"]]
    processes = [subprocess.Popen(command) for command in commands]  # noqa: S603  our own programs
    say(f"铨衡在 http://{arguments.bind}/ 提供服务，Ctrl+C 停止。")
    sys.stdout.flush()
    return _watch(processes)


def _watch(processes: list[subprocess.Popen[bytes]]) -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(DONE))
    try:
        while all(process.poll() is None for process in processes):
            time.sleep(0.3)
        return FINDINGS  # one of them ended by itself
    except KeyboardInterrupt:
        return DONE
    finally:
        for process in processes:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        for process in processes:
            _wait(process)


def _wait(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(timeout=15)
    except subprocess.TimeoutExpired:
        process.kill()


def _worker(arguments: argparse.Namespace) -> int:
    with_django()
    from django.core.management import call_command

    from quanheng.web.shared import tasks

    tasks.resume_interrupted()
    if not arguments.once:
        threading.Thread(target=_resume_now_and_then, daemon=True).start()
    call_command("db_worker", interval=0.5, batch=arguments.once, startup_delay=False, verbosity=0, queue_name="*")
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
            sys.stderr.write(f"quanheng worker: {error}\n")
        finally:
            connection.close()


def _passphrase(arguments: argparse.Namespace) -> str:
    if arguments.passphrase_file:
        return str(arguments.passphrase_file.read_text(encoding="utf-8").strip())
    return os.environ.get("QUANHENG_PASSPHRASE") or getpass.getpass("备份口令：")


def _backup(arguments: argparse.Namespace) -> int:
    with_django()
    from quanheng.kernel import clock
    from quanheng.operations import backup

    counts = backup.back_up(
        target=arguments.target,
        passphrase=_passphrase(arguments),
        at=clock.now(),
        progress=lambda table, count: progress(f"{table} {count}"),
    )
    end_progress()
    if arguments.json:
        say_json({"file": str(arguments.target), "rows": counts})
    else:
        say(f"已备份 {sum(counts.values())} 行到 {arguments.target}，密钥只以口令加密的形式在其中。")
    return DONE


def _restore(arguments: argparse.Namespace) -> int:
    with_django()
    from django.core.management import call_command

    from quanheng.kernel import clock
    from quanheng.operations import restore

    call_command("migrate", verbosity=0, interactive=False)
    restored = restore.restore(
        source=arguments.source,
        passphrase=_passphrase(arguments),
        progress=lambda table, count: progress(f"{table} {count}"),
    )
    end_progress()
    external = [path.read_text(encoding="utf-8") for path in arguments.checkpoint]
    proof = restore.prove(restored=restored, at=clock.now(), external=external) if arguments.verify else None
    _tell_restored(arguments, restored, proof)
    return FINDINGS if proof and (proof.is_older or not proof.report.is_whole) else DONE


def _tell_restored(arguments: argparse.Namespace, restored: Any, proof: Any) -> None:
    from quanheng.cli.ledger import as_json

    if arguments.json:
        ledger = as_json(proof.report) | {"older": proof.is_older} if proof else None
        say_json({"taken_at": restored.taken_at.isoformat(), "rows": restored.counts, "ledger": ledger})
        return
    say(f"已恢复 {sum(restored.counts.values())} 行，备份时间 {restored.taken_at:%Y-%m-%d %H:%M}。")
    if proof:
        say(f"台账 {proof.report.entries} 条：{'完整' if proof.report.is_whole else '不符'}")
        if proof.is_older:
            say(f"这是较早的备份：外存检查点 {proof.newest} 晚于它，其后的记录不在其中。")
