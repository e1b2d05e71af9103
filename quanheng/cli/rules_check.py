"""`quanheng rules check FILE.yaml`: the rules against situations that somebody wrote down.

Prints one finding for each rule, subject and item; exit code 1 where an `expect` differs, saying how.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from quanheng.cli import DONE, FINDINGS, add_json, say, say_json
from quanheng.cli.rules import day


def add_commands(actions: Any) -> None:
    check = actions.add_parser("check", help="run the rules on situations of a YAML file")
    check.add_argument("file", type=Path, metavar="FILE.yaml", help="cases: [{id, title, on, subject, expect}]")
    check.add_argument("--on", type=day, metavar="DATE", help="this day instead of each case's own")
    check.add_argument("--rule", action="append", metavar="ID", help="print this rule only; may be given again")
    check.add_argument("--differences", action="store_true", help="print only what differs from `expect`")
    add_json(check)
    check.set_defaults(run=_check)


def _check(arguments: argparse.Namespace) -> int:
    from quanheng.rulebook.book import load
    from quanheng.rulebook.checking import check, load_rules
    from quanheng.rulebook.facts_reading import load_facts
    from quanheng.rulebook.situations import read_situations

    book, vocabulary = load(), load_facts()
    content = arguments.file.read_bytes()
    cases = read_situations(content, arguments.file.name, book, vocabulary, arguments.on)
    reports = check(cases, book, load_rules(), vocabulary)
    if arguments.json:
        from quanheng.cli.rules_check_words import as_json

        say_json({"cases": [as_json(report, arguments.rule) for report in reports]})
    else:
        for line in _lines(reports, arguments):
            say(line)
    return FINDINGS if any(report.differences for report in reports) else DONE


def _lines(reports: Any, arguments: argparse.Namespace) -> Iterator[str]:
    from quanheng.cli import rules_check_words as words

    for report in reports:
        yield words.heading(report)
        if not arguments.differences:
            for finding in report.findings:
                if arguments.rule is None or finding.rule in arguments.rule:
                    yield from words.finding_lines(finding)
        for difference in report.differences:
            yield words.difference_line(difference)
    yield words.total(reports)
