"""`quanheng rules check FILE.yaml …`: the rules against situations that somebody wrote down.

Prints one finding for each rule, subject and item; exit code 1 where an `expect` differs, saying how.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from quanheng.cli import DONE, FINDINGS, add_json, say, say_json
from quanheng.cli.rules import day
from quanheng.kernel.errors import Refused

MISTAKES = 20  # told at once; the last of all is told by the refusal itself
SHAPE = """\
A file of situations (what stands here can be run):

cases:
- id: A1
  title: 正科提副处
  on: 2025-06-01                    # the day on which it is asked
  switches: {SW-ROUND: half_up}     # readings other than the default (rules show ID)
  rules_on: [YNG-3TO1]              # local rules that the organization has switched on
  calendar: {holidays: [2027-10-01], workdays: [2027-10-09]}   # days beside the calendars that are known
  signed: all                       # all, none or a list of rules; an unsigned rule warns at most
  subject:                          # one person; or subjects: {甲: {...}, 乙: {...}}
    target: {kind: post, level: 县处级副职}   # what is aimed at: a post, rank, pool or staff grade; where nothing is
                                    # said of it, each rule is asked for the kind that it is about
    work_start: 2008-07-01          # a fact, here person.work_start; one that is left out is unknown, also where
                                    # rules facts says "closed" (that is how an empty register is read)
    sanctions: []                   # records, of which there are none
    posts: [{start: 2023-01-15, level: 乡科级正职, post: 乡长}]
  case: {members_entitled: 9, members_present: 6, shortlists: [{post: 岗A, candidates: 2}]}
  expect:                           # what is left out is not compared; a date of null: there is no such day
  - {rule: SEL-QUAL-08-3b, outcome: NOT_MET, consequence: block, article: 8(3), numbers: {months: 28, short: 8},
     dates: {reached: 2026-01-15}}
  - {rule: YNG-3TO1, item: 岗A, outcome: NOT_MET, numbers: {short: 1}}

Names and codes of facts: rules facts, rules facts posts. Numbers, dates, switches of a rule: rules show ID. `subject`
names one of several, `item` what the finding is about: the field after `label` in rules facts. Without them the rule as
a whole is meant: NOT_MET where one finding is, MET where none stands in the way.
Outcomes: NOT_APPLICABLE, MET (nothing stands in the way; done, or still in time), NOT_MET, UNKNOWN (evidence is
missing), NEEDS_PERSON. Consequences: block, warn, deadline, inform; none where a waiver lifts the condition, which
stays NOT_MET. A number of which only bounds are known is written {at_least: 2, at_most: 3}.
Exit code: 0 as expected, 1 something differs or the file cannot be read, 2 wrong use.
"""


def add_commands(actions: Any) -> None:
    about = "run the rules on situations of a YAML file"
    check = actions.add_parser(
        "check", help=about, description=about, epilog=SHAPE, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    check.add_argument(
        "files", nargs="+", type=Path, metavar="FILE.yaml", help="cases: [{id, title, on, subject, expect}]"
    )
    check.add_argument("--on", type=day, metavar="DATE", help="this day instead of each case's own")
    check.add_argument("--rule", action="append", metavar="ID", help="print this rule only; may be given again")
    check.add_argument("--differences", action="store_true", help="print only what differs from `expect`")
    add_json(check)
    check.set_defaults(run=_check)


def _check(arguments: argparse.Namespace) -> int:
    from quanheng.rulebook.book import load
    from quanheng.rulebook.checking import check, load_rules
    from quanheng.rulebook.facts_reading import load_facts
    from quanheng.rulebook.situations import CannotReadSituation, Case, read_situations

    book, vocabulary = load(), load_facts()
    for id in arguments.rule or ():
        book.versions(id)
    cases: list[Case] = []
    try:
        for file in arguments.files:
            cases += read_situations(file.read_bytes(), file.name, book, vocabulary, arguments.on)
    except CannotReadSituation as last:
        complain(last.earlier)
        raise
    reports = check(cases, book, load_rules(), vocabulary)
    if arguments.json:
        from quanheng.cli.rules_check_words import as_json

        say_json({"cases": [as_json(report, arguments.rule) for report in reports]})
    else:
        for line in _lines(reports, arguments):
            say(line)
    return FINDINGS if any(report.differences for report in reports) else DONE


def complain(mistakes: Sequence[Refused]) -> None:
    """What else is wrong in a file, so that nobody has to mend one mistake a run."""
    from quanheng.cli.words import sentence

    for mistake in mistakes[: MISTAKES - 1]:
        sys.stderr.write(f"quanheng: {sentence(mistake)}\n")
    if len(mistakes) >= MISTAKES:
        sys.stderr.write(f"quanheng: 另有 {len(mistakes) - MISTAKES + 1} 处。\n")


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
