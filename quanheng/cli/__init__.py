"""The command `quanheng`. Exit codes: 0 done, 1 findings or refusals, 2 wrong use.

Django is loaded only by the commands that need it: `formats` works on files alone.
"""

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from typing import Any

from quanheng.kernel.errors import Refused

Run = Callable[[argparse.Namespace], int]
DONE, FINDINGS, WRONG_USE = 0, 1, 2


class NotPrepared(Refused):
    """The database lacks tables of this version, or does not answer."""


def main(argv: Sequence[str] | None = None) -> int:
    arguments = parser().parse_args(argv)
    try:
        return int(arguments.run(arguments))
    except Refused as refusal:
        return _refused(refusal, arguments)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except OSError as error:
        return wrong_use(_place_of(error))
    except _lost_databases() as error:
        return _refused(NotPrepared("database-lost", why=_kind_of(error)), arguments)
    except KeyboardInterrupt:
        return FINDINGS


def _lost_databases() -> tuple[type[BaseException], ...]:
    """What a database raises that is gone, full or damaged. None where no command has loaded Django."""
    if "django.db" not in sys.modules:
        return ()
    from django.db import InterfaceError, OperationalError

    return (InterfaceError, OperationalError)


def _kind_of(error: BaseException) -> str:
    """Not the words of the database, which may quote a row."""
    return getattr(error.__cause__, "sqlstate", None) or type(error).__name__


def parser() -> argparse.ArgumentParser:
    from quanheng.cli import (  # parsers; each loads its own later
        calibrate,
        census,
        data,
        files,
        keys,
        ledger,
        operations,
        plan,
        rules,
        running,
    )

    made = argparse.ArgumentParser(prog="quanheng", description="Quanheng 铨衡: cadre personnel work on evidence")
    commands = made.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for module in (files, data, rules, calibrate, plan, ledger, census, running, operations, keys):
        module.add_commands(commands)
    return made


def _refused(refusal: Refused, arguments: argparse.Namespace) -> int:
    """A refusal is told as a sentence, for machines with its code and facts."""
    from quanheng.cli.words import sentence

    end_progress()
    if getattr(arguments, "json", False):
        facts = {name: str(value) for name, value in refusal.facts.items()}
        say_json({"refused": refusal.code, "sentence": sentence(refusal), "facts": facts})
    else:
        sys.stderr.write(f"quanheng: {sentence(refusal)}\n")
    return FINDINGS


def wrong_use(words: str) -> int:
    sys.stderr.write(f"quanheng: {words}\n")
    return WRONG_USE


def _place_of(error: OSError) -> str:
    """A file or folder that cannot be used, in the words of the system."""
    return f"{error.filename or '文件'}：{error.strerror or type(error).__name__}"


def say(line: str = "") -> None:
    sys.stdout.write(line + "\n")


def say_json(value: Any) -> None:
    say(json.dumps(value, ensure_ascii=False))


def progress(text: str) -> None:
    """One line that is written over, only where a person looks on."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\x1b[K{text}")
        sys.stderr.flush()


def end_progress() -> None:
    progress("")


def with_django() -> None:
    """Settings that refuse to start are told in their own words."""
    import django
    from django.core.exceptions import ImproperlyConfigured

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "quanheng.settings")
    try:
        django.setup()
    except ImproperlyConfigured as error:
        raise SystemExit(wrong_use(str(error))) from None


def with_database() -> None:
    """Django, and a database that has all tables of this version."""
    with_django()
    from django.db import Error, connection
    from django.db.migrations.executor import MigrationExecutor

    try:
        executor = MigrationExecutor(connection)
    except Error as error:  # SQLite's own class is that of a file that is no database
        raise NotPrepared("no-database", why=str(error).splitlines()[0]) from None
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise NotPrepared("not-migrated")


def add_json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print JSON instead of text")
