"""`quanheng plan`: the best batch plan with its proof, from JSON or from a workbook. Solvers load only when it runs."""

import argparse
import math
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from quanheng.cli import DONE, WRONG_USE, add_json, end_progress, say, say_json, wrong_use
from quanheng.cli.files import put
from quanheng.kernel.errors import Refused

GAP, INFEASIBLE, UNKNOWN, INVALID = 3, 4, 5, WRONG_USE
CODES = {"optimal": DONE, "feasible": GAP, "infeasible": INFEASIBLE, "unknown": UNKNOWN, "invalid": INVALID}
PRECEDENCE = (INVALID, INFEASIBLE, UNKNOWN, GAP, DONE)
MOST_ALTERNATIVES = 20
_EPILOG = """\
exit: 0 proved optimal, 3 a plan with a gap, 4 no plan exists, 5 none found yet, 2 invalid or wrong use;
of several problems the first of 2, 4, 5, 3, 0 that occurred.

also: quanheng plan workbook FILE.xlsx --out DIR   plan a workbook of 岗位 人员 资格 规则
      quanheng plan template FILE.xlsx             write an example of such a workbook
      (a problem in a file called workbook or template: ./workbook)"""


class WrongPlanUse(Refused):
    """Files and folders that do not go together: same-name (first, second, name), overwrites (file), not-a-folder
    (path), cannot-write (path, why), unknown-person (file, person), unknown-post (file, post), not-eligible (file,
    person, post), not-a-plan (file, why), no-plan-in (file), not-xlsx (file), exists (file)."""


class PlanParser(argparse.ArgumentParser):
    """`plan workbook` and `plan template` beside `plan PROBLEM…`, for which argparse has no word of its own."""

    def __init__(self, **named: Any) -> None:
        super().__init__(**named)
        self.others: dict[str, argparse.ArgumentParser] = {}

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        other = self.others.get(args[0]) if args else None
        return (
            super().parse_known_args(args, namespace) if other is None else other.parse_known_args(args[1:], namespace)
        )


def add_commands(commands: Any) -> None:
    listed = commands.add_parser("plan", help="the best batch plan with its proof")
    made = PlanParser(prog=listed.prog, epilog=_EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands.choices["plan"] = made
    made.add_argument("problems", nargs="+", type=Path, metavar="PROBLEM.json", help="problems of schema problem-1")
    _add_solving(made)
    made.set_defaults(run=_run)
    book = argparse.ArgumentParser(prog=f"{listed.prog} workbook", description="plan a workbook")
    book.add_argument("workbook", type=Path, metavar="FILE.xlsx", help="sheets 岗位 人员 资格 规则")
    _add_solving(book)
    book.set_defaults(run=_run_workbook)
    example = argparse.ArgumentParser(prog=f"{listed.prog} template", description="write an example of a workbook")
    example.add_argument("target", type=Path, metavar="FILE.xlsx", help="a new file")
    add_json(example)
    example.set_defaults(run=_template)
    made.others = {"workbook": book, "template": example}


def _add_solving(made: argparse.ArgumentParser) -> None:
    made.add_argument("--seconds", type=_seconds, default=60.0, metavar="N", help="for each problem (default 60)")
    made.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder of the plans, made if absent")
    made.add_argument("--explain", nargs=2, metavar=("PERSON", "POST"), help="why not this person for this post")
    made.add_argument("--alternatives", type=_count, default=0, metavar="K", help="so many plans that differ")
    made.add_argument("--effects", action="store_true", help="what the plan would gain without each rule")
    for option, words in (("--pin", "this person takes this post"), ("--forbid", "this person does not")):
        made.add_argument(
            option, nargs=2, action="append", default=[], metavar=("PERSON", "POST"), help=f"{words}; may be repeated"
        )
    made.add_argument("--since", type=Path, metavar="OLD.plan.json", help="say what is different from that plan")
    made.add_argument("--picture", action="store_true", help="draw the chains as SVG")
    add_json(made)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0 <= seconds < math.inf:
        raise argparse.ArgumentTypeError(f"“{text}”不是不小于 0 的秒数")
    return seconds


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) > MOST_ALTERNATIVES:
        raise argparse.ArgumentTypeError(f"“{text}”不是 0 到 {MOST_ALTERNATIVES} 的整数")
    return int(text)


def _run(arguments: argparse.Namespace) -> int:
    """All that is wrong use is told before hours of work, not after."""
    from quanheng.cli.plan_problems import plan_file

    try:
        names = names_of(arguments.problems)
        check_inputs(arguments.problems, [_target(arguments.out, name) for name in names])
        make_folder(arguments.out)
        return worst([plan_file(arguments, path, name) for path, name in zip(arguments.problems, names, strict=True)])
    except WrongPlanUse as refusal:
        return _refused(refusal)


def _run_workbook(arguments: argparse.Namespace) -> int:
    from quanheng.cli.plan_workbook import plan_workbook
    from quanheng.formats.plan_workbook_cells import CannotReadPlanWorkbook

    try:
        if arguments.workbook.suffix.lower() != ".xlsx":
            raise WrongPlanUse("not-xlsx", file=str(arguments.workbook))
        arguments.workbook.open("rb").close()
        make_folder(arguments.out)
        return plan_workbook(arguments)
    except (WrongPlanUse, CannotReadPlanWorkbook) as refusal:
        return _refused(refusal)


def _refused(refusal: Refused) -> int:
    from quanheng.cli.plan_words import refusal_sentence

    end_progress()
    return wrong_use(refusal_sentence(refusal))


def _template(arguments: argparse.Namespace) -> int:
    """Never over a workbook that somebody has filled in."""
    from quanheng.formats.plan_workbook_template import plan_template

    if arguments.target.exists():
        return _refused(WrongPlanUse("exists", file=str(arguments.target)))
    put(arguments.target, plan_template())
    if arguments.json:
        say_json({"file": str(arguments.target)})
    else:
        say(f"已写入 {arguments.target}，填法见其中“说明”一表。")
    return DONE


def worst(codes: Iterable[int]) -> int:
    """The first of 2, 4, 5, 3, 0 that occurred."""
    return min(codes, key=PRECEDENCE.index)


def names_of(paths: list[Path]) -> list[str]:
    """File names without .json; each gives its plan the name, so no two may be the same."""
    seen: dict[str, Path] = {}
    for path in paths:
        name = path.name[:-5] if path.suffix.lower() == ".json" else path.name
        if name in seen:
            raise WrongPlanUse("same-name", first=str(seen[name]), second=str(path), name=f"{name}.plan.json")
        seen[name] = path
    return list(seen)


def _target(folder: Path, name: str) -> Path:
    return folder / f"{name}.plan.json"


def check_inputs(paths: list[Path], targets: list[Path]) -> None:
    """Every file opens, and no plan would be written over a problem. Raises OSError, WrongPlanUse."""
    written = {target.resolve() for target in targets}
    for path in paths:
        path.open("rb").close()
        if path.resolve() in written:
            raise WrongPlanUse("overwrites", file=str(path))


def make_folder(folder: Path) -> None:
    """Made, and tried: a plan that cannot be written is known before it is sought."""
    if folder.exists() and not folder.is_dir():
        raise WrongPlanUse("not-a-folder", path=str(folder))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise WrongPlanUse("cannot-write", path=str(folder), why=error.strerror or type(error).__name__) from error
