"""`quanheng rules list | show | docs`: the rulebook as text, without any database.

`check`, `eligible` and `facts` are in modules of their own, which are registered here.
"""

import argparse
from collections.abc import Collection
from datetime import date
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from quanheng.cli import DONE, add_json, say, say_json, wrong_use

SIBLINGS = ("quanheng.cli.rules_facts", "quanheng.cli.rules_check", "quanheng.cli.rules_eligible")


def add_commands(commands: Any) -> None:
    rules = commands.add_parser("rules", help="show the rulebook and try situations against it")
    actions = rules.add_subparsers(dest="action", required=True, metavar="ACTION")
    _add_list(actions)
    _add_show(actions)
    _add_docs(actions)
    for name in SIBLINGS:
        if find_spec(name):
            import_module(name).add_commands(actions)


def _add_list(actions: Any) -> None:
    list_ = actions.add_parser("list", help="list the rules")
    list_.add_argument("--family", metavar="FAMILY", type=str.upper, help="one family: SEL, RNK, SAN …")
    list_.add_argument("--check", choices=("computed", "assisted", "human"), help="how a rule is checked")
    list_.add_argument("--state", choices=("encoded", "not_yet_computed"), help="whether it has expressions")
    _add_on(list_, "rules in force on this day only")
    add_json(list_)
    list_.set_defaults(run=_list)


def _add_show(actions: Any) -> None:
    show = actions.add_parser("show", help="show one rule with article, parameters, evidence, expressions")
    show.add_argument("id", metavar="ID", type=str, help="such as SEL-QUAL-08-3b")
    _add_on(show, "the version in force on this day; without it the newest")
    add_json(show)
    show.set_defaults(run=_show)


def _add_docs(actions: Any) -> None:
    docs = actions.add_parser("docs", help="write the rulebook as Markdown")
    docs.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder that holds nothing else")
    add_json(docs)
    docs.set_defaults(run=_docs)


def _add_on(parser: argparse.ArgumentParser, words: str) -> None:
    parser.add_argument("--on", type=day, metavar="DATE", help=words)


def day(written: str) -> date:
    """A day of the command line; argparse tells why it is none."""
    try:
        return date.fromisoformat(written)
    except ValueError:
        raise argparse.ArgumentTypeError(f"没有 {written} 这一天，日期写作 2025-06-01") from None


def _list(arguments: argparse.Namespace) -> int:
    from quanheng.cli import rules_words
    from quanheng.rulebook.book import load
    from quanheng.rulebook.labels import FAMILIES

    if arguments.family not in (None, *FAMILIES):
        return wrong_use(f"没有 {arguments.family} 这一类。可用：{'、'.join(FAMILIES)}。")
    book = load()
    rules = [
        rule
        for rule in (book.rules(arguments.on) if arguments.on else book.texts)
        if arguments.family in (None, rule.family)
        and arguments.check in (None, rule.check.value)
        and arguments.state in (None, rule.state.value)
    ]
    if arguments.json:
        say_json({"count": len(rules), "rules": [rules_words.summary(rule) for rule in rules]})
        return DONE
    for rule in rules:
        say(rules_words.line(rule))
    say(f"共 {len(rules)} 条。")
    return DONE


def _show(arguments: argparse.Namespace) -> int:
    from quanheng.cli import rules_words
    from quanheng.rulebook.book import load

    book = load()
    rule = book.rule(arguments.id, arguments.on) if arguments.on else book.versions(arguments.id)[-1]
    if arguments.json:
        say_json(rules_words.whole(rule, book))
        return DONE
    for line in rules_words.told(rule, book):
        say(line)
    return DONE


def _docs(arguments: argparse.Namespace) -> int:
    """Pages of instruments that are gone are removed, but only where this command wrote them."""
    from quanheng.rulebook.book import load
    from quanheng.rulebook.pages import GENERATED, pages
    from quanheng.rulebook.words import shipped

    arguments.out.mkdir(parents=True, exist_ok=True)
    made = pages(load(), shipped())
    for name, text in made.items():
        (arguments.out / name).write_text(text, encoding="utf-8")
    for path in (old := _pages_beside(arguments.out, made, GENERATED)):
        path.unlink()
    if arguments.json:
        say_json({"folder": str(arguments.out), "written": sorted(made), "removed": [path.name for path in old]})
        return DONE
    say(f"已写入 {arguments.out}：{len(made)} 个文件。")
    return DONE


def _pages_beside(folder: Path, made: Collection[str], mark: str) -> list[Path]:
    """Pages that this command wrote once and no longer does."""
    others = [path for path in sorted(folder.glob("*.md")) if path.name not in made]
    return [path for path in others if path.read_text(encoding="utf-8").startswith(mark)]
