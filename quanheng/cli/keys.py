"""`quanheng keys`: change the sealing key of identity numbers, family and health."""

import argparse
from typing import Any

from quanheng.cli import DONE, add_json, end_progress, progress, say, say_json, with_database


def add_commands(commands: Any) -> None:
    keys = commands.add_parser("keys", help="change the key of the encrypted columns")
    actions = keys.add_subparsers(dest="action", required=True, metavar="ACTION")
    status = actions.add_parser("status", help="which keys there are and how many cells are under each")
    add_json(status)
    status.set_defaults(run=_status)
    rotate = actions.add_parser("rotate", help="a new key, and every cell sealed anew under it")
    _add_user(rotate)
    rotate.set_defaults(run=_rotate)
    retire = actions.add_parser("retire", help="forget an old key once no cell needs it")
    retire.add_argument("key", metavar="KEY", help="its id, from `keys status`")
    _add_user(retire)
    retire.set_defaults(run=_retire)


def _add_user(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--as", dest="user", required=True, metavar="USER", help="a system administrator")
    parser.add_argument("--reason", required=True, help="reason for the ledger")
    add_json(parser)


def _actor(username: str) -> Any:
    from quanheng.accounts.queries import find_account
    from quanheng.web.shared.tasks import actor_by_key

    return actor_by_key(find_account(username).pk)


def _status(arguments: argparse.Namespace) -> int:
    with_database()
    from quanheng.operations import keys

    states = keys.key_states()
    if arguments.json:
        say_json([{"key": state.key, "current": state.is_current, "cells": state.cells} for state in states])
        return DONE
    for state in states:
        say(f"{state.key}  {'正在使用' if state.is_current else '旧密钥'}  {state.cells} 个格子")
    return DONE


def _rotate(arguments: argparse.Namespace) -> int:
    with_database()
    from quanheng.kernel import clock
    from quanheng.operations import keys

    rotated = keys.rotate_keys(
        actor=_actor(arguments.user),
        reason=arguments.reason,
        at=clock.now(),
        progress=lambda column, count: progress(f"{column} {count}"),
    )
    end_progress()
    if arguments.json:
        say_json({"old": rotated.old, "new": rotated.new, "cells": rotated.cells})
    else:
        say(f"新密钥 {rotated.new}，已重新加密 {rotated.cells} 个格子。旧密钥 {rotated.old} 还在。")
        say(f"请先做一次备份，再运行 quanheng keys retire {rotated.old}。")
    return DONE


def _retire(arguments: argparse.Namespace) -> int:
    with_database()
    from quanheng.kernel import clock
    from quanheng.operations import keys

    keys.retire_key(
        actor=_actor(arguments.user),
        key=arguments.key,
        reason=arguments.reason,
        at=clock.now(),
        progress=lambda column, count: progress(f"{column} {count}"),
    )
    end_progress()
    if arguments.json:
        say_json({"retired": arguments.key})
    else:
        say(f"旧密钥 {arguments.key} 已删除。此前的备份带有它自己的密钥，仍可恢复。")
    return DONE
