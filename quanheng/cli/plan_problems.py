"""One problem of `quanheng plan`: read, solve, write, tell."""

import argparse
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from quanheng.cli import end_progress, progress, say, say_json
from quanheng.cli.files import put
from quanheng.cli.plan import CODES, INVALID, WrongPlanUse
from quanheng.cli.plan_account import Account, account_of
from quanheng.cli.plan_engine import Answer, Question, answer
from quanheng.cli.plan_picture import plan_picture
from quanheng.cli.plan_report import invalid_lines, report
from quanheng.cli.plan_words import (
    invalid_reason,
    item_words,
    percent,
    place_words,
    proof_sentence,
    refusal_sentence,
    why_not_sentence,
)
from quanheng.planning.problem import Problem
from quanheng.planning.reading import MAX_BYTES, Invalid, read_problem, read_text
from quanheng.planning.result import Result, Status
from quanheng.planning.writing import write_result

Value = dict[str, Any]


@dataclass(frozen=True)
class Told:
    """What one problem came to, for the report and for --json."""

    name: str
    files: tuple[Path, ...]
    result: Result
    lines: tuple[str, ...]
    facts: Value


def plan_file(arguments: argparse.Namespace, path: Path, name: str) -> int:
    """Its exit code. A problem that is invalid, or that --explain does not fit, does not keep the others of a batch
    from being solved. Raises OSError."""
    target = arguments.out / f"{name}.plan.json"
    try:
        problem = read_problem(read_text(_bytes(path)))
    except Invalid as invalid:
        return tell(arguments, _invalid(name, target, invalid))
    try:
        question = question_of(arguments, problem, str(path))
    except WrongPlanUse as refusal:
        return _tell_refusal(arguments, name, refusal)
    found = answer(problem, question, progress_line(name))
    end_progress()
    account = account_of(problem, found.result)
    files = write_plan(arguments, account, name)
    return tell(arguments, told_of(name, files, account, found, question))


def _bytes(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MAX_BYTES + 1)


def question_of(arguments: argparse.Namespace, problem: Problem, file: str) -> Question:
    """Raises WrongPlanUse when --explain names nobody, or no post, of this problem."""
    if arguments.explain:
        person, post = arguments.explain
        if all(one.id != person for one in problem.people):
            raise WrongPlanUse("unknown-person", file=file, person=person)
        if all(one.id != post for one in problem.posts):
            raise WrongPlanUse("unknown-post", file=file, post=post)
    explain = tuple(arguments.explain) if arguments.explain else None
    return Question(arguments.seconds, explain, arguments.alternatives)


def progress_line(name: str) -> Callable[[Result], None]:
    progress(f"{name}：准备…")
    return lambda result: progress(f"{name}：{_so_far(result)}")


def _so_far(result: Result) -> str:
    best = "还没有方案" if result.value is None else f"最好 {result.value}"
    if result.bound is None:
        return f"{best}…"
    if result.value is None:
        return f"{best}，上限 {result.bound}…"
    return f"{best}，上限 {result.bound}，差 {percent(result.bound - result.value, max(1, abs(result.value)))} %…"


def write_plan(arguments: argparse.Namespace, account: Account, name: str) -> tuple[Path, ...]:
    """The plan whole or not at all; a picture never of another plan than the one beside it."""
    target, picture = arguments.out / f"{name}.plan.json", arguments.out / f"{name}.plan.svg"
    picture.unlink(missing_ok=True)
    put(target, as_json(account.result))
    if not arguments.picture or account.result.value is None:
        return (target,)
    put(picture, plan_picture(account, name))
    return target, picture


def as_json(result: Result) -> bytes:
    """The same result gives the same bytes."""
    text = json.dumps(write_result(result), ensure_ascii=False, indent=1, allow_nan=False)
    return (text + "\n").encode("utf-8", "backslashreplace")


def _invalid(name: str, target: Path, invalid: Invalid) -> Told:
    result = Result(Status.INVALID, invalid=invalid.places)
    target.with_suffix(".svg").unlink(missing_ok=True)
    put(target, as_json(result))
    places = [
        {"path": place.path, "place": place_words(place.path), "reason": invalid_reason(place)}
        for place in result.invalid
    ]
    lines = (f"{proof_sentence(result)}：", *invalid_lines(result.invalid))
    return Told(name, (target,), result, lines, {"invalid": places})


def told_of(name: str, files: tuple[Path, ...], account: Account, found: Answer, question: Question) -> Told:
    problem, result = account.problem, account.result
    facts: Value = {"alternatives": len(result.alternatives)}
    facts |= {"conflict": [{"id": one, "words": item_words(one, problem)} for one in result.conflict]}
    lines = list(report(account))
    if result.value is not None and len(result.alternatives) < question.alternatives:
        lines += ["", f"备选要 {question.alternatives} 个，找到 {len(result.alternatives)} 个。"]
    if found.why_not is not None:
        sentence = why_not_sentence(found.why_not, problem)
        lines += ["", sentence]
        facts["why_not"] = {**vars(found.why_not), "words": sentence}
    return Told(name, files, result, tuple(lines), facts)


def tell(arguments: argparse.Namespace, told: Told) -> int:
    """Each problem as soon as it is done, in JSON one object in a line."""
    result = told.result
    code = CODES[result.status.value]
    if arguments.json:
        figures = {name: getattr(result, name) for name in ("value", "bound", "gap", "proved")}
        head = {"name": told.name, "files": [str(file) for file in told.files], "exit": code}
        say_json({**head, "status": result.status.value, **figures, "sentence": proof_sentence(result), **told.facts})
        return code
    say(f"{told.name}")
    for line in told.lines:
        say(line)
    if told.files:
        say()
        say(f"已写入 {'、'.join(map(str, told.files))}")
    say()
    return code


def _tell_refusal(arguments: argparse.Namespace, name: str, refusal: WrongPlanUse) -> int:
    from quanheng.cli import wrong_use

    if arguments.json:
        say_json({"name": name, "exit": INVALID, "refused": refusal.code, "sentence": refusal_sentence(refusal)})
        return INVALID
    return wrong_use(refusal_sentence(refusal))
