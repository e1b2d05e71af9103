"""`quanheng plan workbook`: the problem from a workbook, the plan as a sheet in a copy of it."""

import argparse
from collections.abc import Iterator

from quanheng.cli import end_progress, say, say_json
from quanheng.cli.files import put
from quanheng.cli.plan import INVALID
from quanheng.cli.plan_account import Account, Chain, account_of
from quanheng.cli.plan_engine import answer
from quanheng.cli.plan_problems import plan_before, progress_line, question_of, tell, told_of, write_plan
from quanheng.cli.plan_report import conflict_lines, headline
from quanheng.cli.plan_words import (
    MARKS,
    chain_end,
    chain_heading,
    empty_reason,
    invalid_reason,
    rule_figure,
    rule_words,
    step_reason,
)
from quanheng.formats.plan_workbook import PlanWorkbook, read_plan_workbook
from quanheng.formats.plan_workbook_cells import CellFinding, PlanWorkbookFindings, read_bytes
from quanheng.formats.plan_workbook_sheet import PlanSheet, SheetChain, SheetStep, with_plan
from quanheng.planning.problem import Problem
from quanheng.planning.reading import Invalid, read_problem
from quanheng.planning.result import Status


def plan_workbook(arguments: argparse.Namespace) -> int:
    """Its exit code. Raises CannotReadPlanWorkbook, WrongPlanUse, OSError."""
    content = read_bytes(arguments.workbook)
    try:
        book = read_plan_workbook(content)
        problem = read_problem_of(book)
    except PlanWorkbookFindings as refusal:
        return _tell_findings(arguments, refusal.findings)
    question = question_of(arguments, problem, str(arguments.workbook))
    since = plan_before(arguments.since) if arguments.since else None
    name = arguments.workbook.stem
    found = answer(problem, question, progress_line(name))
    end_progress()
    account = account_of(found.problem, found.result)
    target = arguments.out / f"{name}.plan.xlsx"
    files = write_plan(arguments, account, name)
    put(target, with_plan(content, sheet_of(account, book.remarks)))
    return tell(arguments, told_of(name, (target, *files), account, found, question, since))


def read_problem_of(book: PlanWorkbook) -> Problem:
    """What the engine finds wrong is told by sheet, row and column. Raises PlanWorkbookFindings."""
    try:
        return read_problem(book.problem)
    except Invalid as invalid:
        found = [book.finding(place.path, f"{invalid_reason(place)}。") for place in invalid.places]
        raise PlanWorkbookFindings(found) from invalid


def _tell_findings(arguments: argparse.Namespace, findings: tuple[CellFinding, ...]) -> int:
    end_progress()
    if arguments.json:
        told = [{**vars(finding), "place": finding.place} for finding in findings]
        say_json({"name": arguments.workbook.stem, "exit": INVALID, "status": "invalid", "findings": told})
        return INVALID
    say(f"{arguments.workbook.name}：有 {len(findings)} 处不对，没有求解，没有写入：")
    for finding in findings:
        value = f"写作“{finding.value}”。" if finding.value else ""
        say(f"  {finding.place}：{value}{finding.reason}")
    return INVALID


def sheet_of(account: Account, remarks: tuple[str, ...]) -> PlanSheet:
    lines = list(headline(account))
    conflict = conflict_lines(account) if account.result.status is Status.INFEASIBLE else ()
    return PlanSheet(
        summary=(lines[-1], *lines[:-1], *conflict),
        chains=tuple(_chains(account)),
        empty=tuple(_empty(account)),
        rules=tuple(
            (
                f"{MARKS[figure.state]} {_STATES[figure.state]}",
                _rule(figure.rule.id, rule_words(figure.rule)),
                rule_figure(figure),
            )
            for figure in account.rules
        ),
        remarks=(*remarks, "本表是按所给资格、适配和规则算出的建议方案，不是决定。"),
    )


_STATES = {"kept": "遵守", "broken": "未达到", "idle": "未涉及"}


def _rule(name: str, words: str) -> str:
    return f"{name}（{words}）"


def _chains(account: Account) -> Iterator[SheetChain]:
    for chain in account.chains:
        name = f"{'轮岗' if chain.is_rotation else '链'} {chain.number}"
        yield SheetChain(name, chain_heading(chain), tuple(_steps(chain)))


def _steps(chain: Chain) -> Iterator[SheetStep]:
    for number, step in enumerate(chain.steps, start=1):
        remark = step_reason(step).partition("，")[2]
        if number == len(chain.steps) and chain.end is not None:
            remark = "；".join(filter(None, (remark, chain_end(chain))))
        yield SheetStep(number, step.post, step.person, step.source or "", step.fit, step.nature, remark)


def _empty(account: Account) -> Iterator[tuple[str, str]]:
    for empty in account.empty:
        yield empty.post, f"原来空缺，未填：{empty_reason(empty)}"
    for post in account.result.opened:
        yield post, "腾空，暂不补"
    for post in account.result.merged:
        yield post, "腾出后撤并"
