"""`quanheng calibrate`: from ballots to scores that can be compared. numpy is loaded only when it runs."""

import argparse
import sys
from pathlib import Path
from typing import Any

from quanheng.cli import DONE, add_json, end_progress, progress, say, say_json, wrong_use
from quanheng.cli.files import put

MODELS = ("ordinal", "gaussian", "jmle")


def add_commands(commands: Any) -> None:
    from quanheng.cli import calibrate_options as given

    made = commands.add_parser("calibrate", help="scores that can be compared, from ballots")
    made.add_argument("ratings", nargs="?", type=Path, metavar="RATINGS", help=".csv of ratings, or .xlsx of ballots")
    for name, text in _COLUMNS.items():
        made.add_argument(f"--{name}", metavar="COLUMN", help=text)
    made.add_argument("--class", dest="comparison_class", metavar="COLUMN", help="who is ranked with whom")
    made.add_argument("--group-weights", type=given.weights, metavar="A=.35,B=.35,C=.30", help="statutory weights")
    made.add_argument("--model", choices=MODELS, default="ordinal", help="jmle only verifies")
    criterion = made.add_mutually_exclusive_group()
    for name in ("reml", "ml"):
        criterion.add_argument(f"--{name}", dest="criterion", action="store_const", const=name, help="gaussian")
    made.add_argument("--fixed", type=given.names, action="extend", metavar="COLUMN,A*B", help="gaussian")
    made.add_argument("--random", type=given.names, action="extend", metavar="COLUMN", help="gaussian: crossed")
    made.add_argument("--partial-credit", action="store_true", help="jmle: own thresholds for each item")
    made.add_argument("--points", type=given.points, metavar="0,60,80,95", help="points of the grades, lowest first")
    made.add_argument("--scale", type=given.scale, metavar="LOW,HIGH", help="lowest and highest permitted score")
    made.add_argument("--pairs", type=Path, metavar="FILE", help="columns a,b: persons to be compared")
    made.add_argument("--pictures", type=Path, metavar="DIR", help="pictures as SVG and PNG")
    made.add_argument("--explain", metavar="ID", help="print one person's account")
    made.add_argument("--template", type=Path, metavar="FILE.xlsx", help="write an empty workbook of ballots")
    made.add_argument("--out", type=Path, metavar="DIR", help="folder of the files")
    add_json(made)
    made.set_defaults(run=_run)


_COLUMNS = {
    "person": "who is rated",
    "rater": "the ballot; left out or the same as --person: no ballots",
    "item": "the dimension",
    "score": "grade word or number",
    "group": "the rater group of the ballot",
    "unit": "the unit of the person",
}


def _run(arguments: argparse.Namespace) -> int:
    """Wrong use is told apart from a refusal to estimate."""
    from quanheng.cli.calibrate_input import WrongOptions
    from quanheng.cli.words import sentence
    from quanheng.formats.ballots_table import CannotReadBallots

    try:
        return _template(arguments) if arguments.template else _calibrate(arguments)
    except (WrongOptions, CannotReadBallots) as refusal:
        end_progress()
        return wrong_use(sentence(refusal))


def _template(arguments: argparse.Namespace) -> int:
    from quanheng.formats.ballots_workbook import template

    put(arguments.template, template())
    if arguments.json:
        say_json({"file": str(arguments.template)})
    else:
        say(f"已写入 {arguments.template}，填法见其中“说明”一表。")
    return DONE


def _calibrate(arguments: argparse.Namespace) -> int:
    from quanheng.calibration.calibrate import calibrate
    from quanheng.calibration.errors import CannotCalibrate
    from quanheng.cli.calibrate_input import check_person, check_target, read_input
    from quanheng.cli.calibrate_words import STAGES, with_places
    from quanheng.formats.ballots_table import BallotFindings

    check_target(arguments)
    try:
        given = read_input(arguments, lambda rows: progress(f"读入 {rows} 行…"))
    except BallotFindings as refusal:
        raise with_places(refusal, str) from refusal
    check_person(arguments.explain, given.ratings)
    _warn(list(given.table.warnings))
    try:
        found = calibrate(given.ratings, given.design, lambda stage: progress(STAGES[stage]))
    except CannotCalibrate as refusal:
        raise with_places(refusal, given.table.place_of) from refusal
    end_progress()
    return _give(arguments, found, given.pairs)


def _give(arguments: argparse.Namespace, found: Any, pairs: Any) -> int:
    from quanheng.cli.calibrate_explain import explain
    from quanheng.cli.calibrate_files import write_files
    from quanheng.cli.calibrate_words import remarks

    written = write_files(arguments.out, found, pairs) if arguments.out else []
    if arguments.pictures:
        _draw(arguments, found)
    _warn(remarks(found.summary))
    account = explain(found, arguments.explain) if arguments.explain else []
    if arguments.json:
        say_json({"folder": str(arguments.out or ""), "files": written, "account": account, "summary": found.summary})
        return DONE
    for line in account:
        say(line)
    if written:
        say(f"已写入 {arguments.out}：{'、'.join(written)}")
    return DONE


def _draw(arguments: argparse.Namespace, found: Any) -> None:
    from quanheng.cli.calibration_pictures import left_out, write_pictures

    progress("画图…")
    write_pictures(found, arguments.pictures)
    _warn(left_out(found))


def _warn(lines: list[str]) -> None:
    if lines:
        end_progress()
        sys.stderr.write("".join(f"quanheng: {line}\n" for line in lines))
