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


def main(argv: Sequence[str] | None = None) -> int:
    from quanheng.cli import data, files, ledger, operations  # parsers only; each loads its own when it runs

    parser = argparse.ArgumentParser(prog="quanheng", description="Quanheng 铨衡: cadre personnel work on evidence")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for module in (files, data, ledger, operations):
        module.add_commands(commands)
    arguments = parser.parse_args(argv)
    try:
        return int(arguments.run(arguments))
    except Refused as refusal:
        return _refused(refusal, arguments)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except KeyboardInterrupt:
        return FINDINGS


def _refused(refusal: Refused, arguments: argparse.Namespace) -> int:
    """A refusal is told as a sentence, or as code and facts for machines."""
    if getattr(arguments, "json", False):
        say_json({"refused": refusal.code, **{name: str(value) for name, value in refusal.facts.items()}})
    else:
        sys.stderr.write(f"quanheng: {_words(refusal)}\n")
    return FINDINGS


def _words(refusal: Refused) -> str:
    facts = ", ".join(f"{name}={value}" for name, value in refusal.facts.items())
    known = (refusal.__doc__ or "").strip().splitlines()
    return f"{refusal.code}{f' ({facts})' if facts else ''}. {known[0] if known else ''}".strip()


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
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "quanheng.settings")
    django.setup()


def add_json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print JSON instead of text")
