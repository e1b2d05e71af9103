"""`quanheng census refresh | show`, and the rounds of the worker that keep the snapshot up to date."""

import argparse
import sys
import threading
from typing import Any

from quanheng.cli import DONE, FINDINGS, add_json, say, say_json, with_database
from quanheng.kernel.errors import Refused

ROUND_SECONDS = 60


def add_commands(commands: Any) -> None:
    census = commands.add_parser("census", help="the snapshot of all people that lists and counts are made from")
    parts = census.add_subparsers(dest="part", required=True, metavar="refresh|show")
    refresh = parts.add_parser("refresh", help="read anew who has changed; the worker does so each minute")
    refresh.add_argument("--whole", action="store_true", help="read everybody and compare with the snapshot before")
    add_json(refresh)
    refresh.set_defaults(run=_refresh)
    show = parts.add_parser("show", help="how old it is, and how the last refresh went")
    add_json(show)
    show.set_defaults(run=_show)


def _refresh(arguments: argparse.Namespace) -> int:
    with_database()
    made = refresh_now(is_whole=arguments.whole)
    told = made.snapshot
    if arguments.json:
        differing = made.differing if made.differing is None else list(made.differing)
        numbers = {"number": told.number, "cadres": told.cadres, "changed": made.changed, "differing": differing}
        say_json({"as_of": told.as_of.isoformat(), **numbers})
    else:
        read = "全部重读" if made.changed is None else f"重读 {made.changed} 人"
        say(f"第 {told.number} 号快照：{told.cadres} 人，{read}。")
        _tell_differing(made.differing)
    return FINDINGS if made.differing else DONE


def refresh_now(*, is_whole: bool = False) -> Any:
    from quanheng.census import house, upkeep
    from quanheng.kernel import clock

    on = clock.today()
    return upkeep.rebuild(house.folder(), house.recipe_on(on), clock=clock.now, on=on, is_whole=is_whole)


def _tell_differing(differing: tuple[str, ...] | None) -> None:
    if differing:
        say(f"与上一号不符，而没有变更标记：{'、'.join(differing)}。有人绕过系统改了数据库，请查明。")
    elif differing is not None:
        say("与上一号核对一致。")


def _show(arguments: argparse.Namespace) -> int:
    with_database()
    from quanheng.census import house, upkeep
    from quanheng.census.failures import NoSnapshot
    from quanheng.kernel import clock

    folder = house.folder()
    told = upkeep.current_snapshot(folder)
    if told is None:
        raise NoSnapshot("not-yet", folder=str(folder))
    found = upkeep.standing(folder, told, at=clock.now())
    compared = upkeep.last_comparison(folder)
    if arguments.json:
        still, failed = (at and at.isoformat() for at in (found.still_since, found.failed_at))
        last = list(compared.differing) if compared else None
        numbers = {"number": told.number, "cadres": told.cadres, "changes": found.changes, "differing": last}
        say_json({"as_of": found.as_of.isoformat(), "still_since": still, "failed_at": failed, **numbers})
    else:
        _tell(told, found)
        _tell_differing(compared.differing if compared else None)
    return DONE


def _tell(told: Any, found: Any) -> None:
    say(f"第 {told.number} 号快照：{told.cadres} 人，数据截至 {found.as_of:%Y-%m-%d %H:%M}（UTC）。")
    since = "不是这个数据库的快照，下一次全部重读" if found.changes is None else f"此后有 {found.changes} 处变动"
    say(f"{since}。")
    if found.failed_at:
        say(f"最近一次重做快照没有做成（{found.failed_at:%Y-%m-%d %H:%M}，UTC）：quanheng census refresh 说明原因")
    if found.still_since:
        say(f"后台进程从 {found.still_since:%Y-%m-%d %H:%M}（UTC）起没有动静：quanheng worker")


def keep(stopping: threading.Event) -> None:
    """A round at once, so that a server without a snapshot gets one, and then each minute."""
    while True:
        keep_once()
        if stopping.wait(ROUND_SECONDS):
            return


def keep_once() -> None:
    import duckdb
    from django.db import DatabaseError, InterfaceError, connection

    from quanheng.census import house, upkeep
    from quanheng.cli.words import sentence
    from quanheng.insight import due_table, verdicts
    from quanheng.instruments.local import rulebook_in_force
    from quanheng.kernel import clock

    try:
        on = clock.today()
        made = upkeep.one_round(house.folder(), house.recipe_on(on), clock=clock.now, on=on)
        due_table.prepare(rulebook_in_force(on))
        verdicts.prepare(rulebook_in_force(on))
        if made and made.differing:
            sys.stderr.write(f"quanheng census: changed without a mark: {', '.join(made.differing)}\n")
    except Refused as refusal:  # the next round tries again
        sys.stderr.write(f"quanheng census: {sentence(refusal)}\n")
    except (DatabaseError, InterfaceError, duckdb.Error, OSError) as error:
        sys.stderr.write(f"quanheng census: {type(error).__name__}\n")
    finally:
        connection.close()
