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
from quanheng.cli.plan_changes import change_lines, effect_lines, effect_words
from quanheng.cli.plan_engine import Answer, Question, Seats, answer
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
from quanheng.planning.checks import check_problem
from quanheng.planning.problem import Problem, changed
from quanheng.planning.reading import MAX_BYTES, Invalid, read_problem, read_result, read_text
from quanheng.planning.result import Result, Status
from quanheng.planning.writing import write_result

Value = dict[str, Any]
CHANGED, SINCE = "加上这些定住和不安排以后，与原方案相比", "与上次的方案相比"


@dataclass(frozen=True)
class Told:
    """What one problem came to, for the report and for --json."""

    name: str
    files: tuple[Path, ...]
    result: Result
    lines: tuple[str, ...]
    facts: Value


def plan_file(arguments: argparse.Namespace, path: Path, name: str) -> int:
    """Its exit code. A problem that is invalid, or that --explain, --pin, --forbid or --since do not fit, does not
    keep the others of a batch from being solved. Raises OSError."""
    target = arguments.out / f"{name}.plan.json"
    try:
        problem = read_problem(read_text(_bytes(path)))
    except Invalid as invalid:
        return tell(arguments, _invalid(name, target, invalid))
    try:
        question = question_of(arguments, problem, str(path))
        since = plan_before(arguments.since) if arguments.since else None
    except WrongPlanUse as refusal:
        return _tell_refusal(arguments, name, refusal)
    found = answer(problem, question, progress_line(name))
    end_progress()
    account = account_of(found.problem, found.result)
    files = write_plan(arguments, account, name)
    return tell(arguments, told_of(name, files, account, found, question, since))


def _bytes(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MAX_BYTES + 1)


def question_of(arguments: argparse.Namespace, problem: Problem, file: str) -> Question:
    """Raises WrongPlanUse when --explain, --pin or --forbid name nobody, or no post, of this problem, or when --pin
    asks for a pair that is not eligible."""
    named = [arguments.explain] if arguments.explain else []
    for person, post in [*named, *arguments.pin, *arguments.forbid]:
        if all(one.id != person for one in problem.people):
            raise WrongPlanUse("unknown-person", file=file, person=person)
        if all(one.id != post for one in problem.posts):
            raise WrongPlanUse("unknown-post", file=file, post=post)
    pins, forbids = _seats(arguments.pin), _seats(arguments.forbid)
    for finding in check_problem(changed(problem, pins, forbids)) if pins else ():
        raise WrongPlanUse("not-eligible", file=file, **dict(finding.facts))
    explain = tuple(arguments.explain) if arguments.explain else None
    return Question(arguments.seconds, explain, arguments.alternatives, arguments.effects, pins, forbids)


def _seats(pairs: list[list[str]]) -> Seats:
    return tuple((person, post) for person, post in pairs)


def plan_before(path: Path) -> Result:
    """The plan of --since. Raises WrongPlanUse, OSError."""
    try:
        before = read_result(read_text(_bytes(path)))
    except Invalid as invalid:
        raise WrongPlanUse("not-a-plan", file=str(path), why=invalid_reason(invalid.places[0])) from invalid
    if before.value is None:
        raise WrongPlanUse("no-plan-in", file=str(path))
    return before


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


def told_of(
    name: str,
    files: tuple[Path, ...],
    account: Account,
    found: Answer,
    question: Question,
    since: Result | None = None,
) -> Told:
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
    if found.effects:
        lines += effect_lines(problem, found.effects)
        facts["effects"] = [{**vars(one), "words": effect_words(one)} for one in found.effects]
    for before, title in ((found.before, CHANGED), (since, SINCE)):
        if before is not None and before.value is not None and result.value is not None:
            lines += change_lines(problem, before, result, title)
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
