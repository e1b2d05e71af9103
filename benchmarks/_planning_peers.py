"""What the engine is measured against: the best pair first, and three solvers on the naive model.

Every plan is valued and checked by quanheng.planning.checker; one that breaks a rule is no plan.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from heapq import heappop, heappush
from math import floor, isfinite
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread
from time import process_time
from typing import Any

import highspy
import pulp
from ortools.sat.python import cp_model

from benchmarks._planning_naive import Naive, gains, longest_chain, naive
from quanheng.planning.checker import check_plan, moves_of
from quanheng.planning.problem import Problem, RuleKind

Pairs = list[tuple[str, str]]


PATIENCE = 6  # times the CPU seconds by the clock, for a machine that is shared
FEASIBLE_POINT = 2  # of HiGHS


@dataclass(frozen=True)
class Found:
    """`value` None: no plan. `bound` None: none known. `proved`: there is none better, or none at all."""

    value: int | None
    bound: int | None = None
    proved: bool = False


Peer = Callable[[Problem, float], Found]  # CPU seconds it may take


def greedy(problem: Problem, seconds: float = 0) -> Found:
    """The pair that gains most first, chains as they open, as long as it gains and breaks no hard rule."""
    return Found(_worth(problem, _Greedy(problem).run()))


def cp_sat(problem: Problem, seconds: float) -> Found:
    """CP-SAT on the naive model, one worker."""
    model = naive(problem)
    if model.impossible:
        return Found(None, proved=True)
    program, variables = _cp_program(model)
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = PATIENCE * seconds
    solver.parameters.num_workers = 1
    with stopping_after(seconds, solver.stop_search):
        status = solver.solve(program)
    if status == cp_model.INFEASIBLE:
        return Found(None, proved=True)
    bound = model.constant + floor(solver.best_objective_bound + 1e-6)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return Found(None, bound)
    chosen = [pair for pair, variable in zip(model.pairs, variables, strict=False) if solver.value(variable)]
    return Found(_worth(problem, chosen), bound, status == cp_model.OPTIMAL)


def cbc(problem: Problem, seconds: float) -> Found:
    """PuLP with CBC. It tells its bound only in the log."""
    with TemporaryDirectory(prefix="quanheng-cbc-") as folder:
        log = Path(folder) / "log"
        solver = pulp.PULP_CBC_CMD(msg=False, timeLimit=seconds, timeMode="cpu", threads=1, logPath=str(log), gapRel=0)
        return _by_pulp(problem, solver, lambda _: _bound_in(log.read_text()), lambda _: True)


def highs(problem: Problem, seconds: float) -> Found:
    """PuLP with HiGHS."""
    end, kinds = process_time() + seconds, highspy.cb.HighsCallbackType

    def ask(kind: Any, message: str, told: Any, answer: Any, data: Any) -> None:
        answer.user_interrupt = process_time() > end

    solver = pulp.HiGHS(
        msg=False,
        timeLimit=PATIENCE * seconds,
        threads=1,
        gapRel=0,
        random_seed=0,
        callbackTuple=(ask, None),
        callbacksToActivate=[kinds.kCallbackMipInterrupt, kinds.kCallbackSimplexInterrupt],
    )
    return _by_pulp(problem, solver, _bound_of_highs, _has_plan_of_highs)


def _bound_of_highs(program: Any) -> float:
    return -float(program.solverModel.getInfo().mip_dual_bound)


def _has_plan_of_highs(program: Any) -> bool:
    """PuLP takes a search that was interrupted before its first plan for one that found nobody moving."""
    return int(program.solverModel.getInfo().primal_solution_status) == FEASIBLE_POINT


@contextmanager
def stopping_after(seconds: float, stop: Callable[[], None]) -> Iterator[None]:
    """Calls `stop` once this process has used so many CPU seconds more: solvers know only the clock."""
    end, done = process_time() + seconds, Event()

    def watch() -> None:
        while not done.wait(0.1):
            if process_time() > end:
                stop()

    watcher = Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()


PEERS: dict[str, Peer] = {
    "greedy": greedy,
    "CP-SAT naive": cp_sat,
    "PuLP CBC naive": cbc,
    "PuLP HiGHS naive": highs,
}


def _worth(problem: Problem, pairs: Pairs) -> int | None:
    """None where it is no plan: stopped early, CBC hands out what need not even hold together."""
    try:
        account = check_plan(problem, moves_of(problem, pairs))
    except ValueError:
        return None
    return None if account.broken else account.value


class _Greedy:
    """Candidates in a heap. What a share forbids waits for a promotion that helps; what another rule forbids is passed
    over for good. Kin are looked for among all who sit in the group at that moment."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.gain = gains(problem)
        self.posts = {post.id: post for post in problem.posts}
        self.people = {person.id: person for person in problem.people}
        self.longest = longest_chain(problem)
        self.seat = {person.id: person.post for person in problem.people}
        self.open = {post.id: 1 for post in problem.posts if post.vacant}  # post -> position of who takes it
        self.ready: list[tuple[int, str, str]] = []
        self.waiting: list[tuple[int, str, str]] = []
        self.moved: set[str] = {person for person, post in problem.pins if self.seat[person] == post}
        self.taken: Pairs = []
        self.leaving: Counter[str] = Counter()
        self.kin: dict[str, set[str]] = defaultdict(set)
        for one, other in problem.kin:
            self.kin[one].add(other)
            self.kin[other].add(one)
        self.by_post: dict[str, list[str]] = defaultdict(list)
        for person, post in self.gain:
            self.by_post[post].append(person)
        self.promotions = {(pair.person, pair.post) for pair in problem.pairs if pair.promotion}
        self._sort_rules()

    def run(self) -> Pairs:
        for post in self.open:
            self._push(post)
        for person, post in self.problem.pins:
            if person not in self.moved and post in self.open and (person, post) in self.gain:
                self._take(person, post)
        while chosen := self._next():
            self._take(*chosen)
        return self.taken

    def _sort_rules(self) -> None:
        inside: dict[str | None, list[str]] = defaultdict(list)
        for person, post in self.seat.items():
            inside[self.posts[post].group if post else None].append(person)
        hard = [rule for rule in self.problem.rules if rule.soft is None]
        self.shares = [(rule, [0, 0]) for rule in hard if rule.kind is RuleKind.SHARE]  # promotions, of them with it
        self.limit = {rule.unit: rule.at_most or 0 for rule in hard if rule.kind is RuleKind.LEAVE_LIMIT}
        self.counts: dict[str | None, list[tuple[str, int, float, list[int]]]] = defaultdict(list)
        for rule in hard:
            if rule.kind is RuleKind.GROUP_COUNT:
                least = rule.at_least if isinstance(rule.at_least, int) else 0
                most = float("inf") if rule.at_most is None else rule.at_most
                today = sum(self._has(name, rule.attribute) for name in inside[rule.group])
                self.counts[rule.group].append((rule.attribute or "", least, most, [today]))

    def _has(self, person: str, attribute: str | None) -> bool:
        return bool(self.people[person].attributes.get(attribute or "", False))

    def _push(self, post: str) -> None:
        if self.open[post] <= self.longest:
            for person in self.by_post[post]:
                heappush(self.ready, (-self.gain[person, post], person, post))

    def _next(self) -> tuple[str, str] | None:
        while self.ready or self.waiting:
            from_waiting = bool(self.waiting) and (not self.ready or self.waiting[0] < self.ready[0])
            if from_waiting and not self._share_allows(*self.waiting[0][1:]):
                if not self.ready:
                    return None
                from_waiting = False  # what waits behind the first waits for the same share
            worth, person, post = heappop(self.waiting if from_waiting else self.ready)
            if person in self.moved or post not in self.open or worth >= 0 or not self._allowed(person, post):
                continue
            if self._share_allows(person, post):
                return person, post
            heappush(self.waiting, (worth, person, post))
        return None

    def _share_allows(self, person: str, post: str) -> bool:
        if person in self.moved or post not in self.open or (person, post) not in self.promotions:
            return True  # what is gone is dropped by who asks
        tests = []
        for rule, (promoted, with_it) in self.shares:
            assert isinstance(rule.at_least, tuple)
            a, b = rule.at_least
            tests.append(b * (with_it + self._has(person, rule.attribute)) >= a * (promoted + 1))
        return all(tests)

    def _allowed(self, person: str, post: str) -> bool:
        home, group = self.seat[person], self.posts[post].group
        if home and self.posts[home].unit != self.posts[post].unit:
            unit = self.people[person].unit
            if self.leaving[unit] >= self.limit.get(unit, len(self.people)):
                return False
        seats = [self.seat[name] for name in self.kin[person]]
        if group is not None and any(seat and self.posts[seat].group == group for seat in seats):
            return False
        before = self.posts[home].group if home else None
        return before == group or (self._counts_hold(person, before, -1) and self._counts_hold(person, group, 1))

    def _counts_hold(self, person: str, group: str | None, change: int) -> bool:
        """A count that is wrong already may get better."""
        for attribute, least, most, [now] in self.counts.get(group, []):
            after = now + change * self._has(person, attribute)
            if (after < least and after < now) or (after > most and after > now):
                return False
        return True

    def _take(self, person: str, post: str) -> None:
        home = self.seat[person]
        for group, change in ((self.posts[home].group if home else None, -1), (self.posts[post].group, 1)):
            for attribute, _, _, now in self.counts.get(group, []) if group else []:
                now[0] += change * self._has(person, attribute)
        if (person, post) in self.promotions:
            for rule, tally in self.shares:
                tally[0] += 1
                tally[1] += self._has(person, rule.attribute)
        if home and self.posts[home].unit != self.posts[post].unit:
            self.leaving[self.people[person].unit] += 1
        position = self.open.pop(post)
        self.moved.add(person)
        self.seat[person] = post
        self.taken.append((person, post))
        if home:
            self.open[home] = position + 1
            self._push(home)


def _cp_program(model: Naive) -> tuple[Any, list[Any]]:
    program = cp_model.CpModel()
    variables = [program.new_int_var(low, high, "") for low, high in model.ends]
    for row in model.rows:
        terms = cp_model.LinearExpr.weighted_sum([variables[v] for v in row.of], list(row.of.values()))
        if row.low is not None:
            program.add(terms >= row.low)
        if row.high is not None:
            program.add(terms <= row.high)
    filled: dict[tuple[int, ...], Any] = {}
    for link in model.links:
        if link.takers not in filled:
            filled[link.takers] = program.new_bool_var("")
            program.add(sum(variables[taker] for taker in link.takers) == filled[link.takers])
        step = variables[link.later] >= variables[link.earlier] + 1
        program.add(step).only_enforce_if([variables[link.move], filled[link.takers]])
    program.maximize(cp_model.LinearExpr.weighted_sum(variables, list(model.weight)))
    return program, variables


def _by_pulp(
    problem: Problem, solver: Any, bound_of: Callable[[Any], float | None], has_plan: Callable[[Any], bool]
) -> Found:
    model = naive(problem)
    if model.impossible:
        return Found(None, proved=True)
    program, variables = _pulp_program(model)
    program.solve(solver)
    if program.status == pulp.LpStatusInfeasible:
        return Found(None, proved=True)
    known = bound_of(program)
    bound = None if known is None or not isfinite(known) else model.constant + floor(known + 1e-6)
    if program.sol_status not in (pulp.LpSolutionOptimal, pulp.LpSolutionIntegerFeasible) or not has_plan(program):
        return Found(None, bound)
    chosen = [pair for pair, variable in zip(model.pairs, variables, strict=False) if (variable.value() or 0) > 0.5]
    value = _worth(problem, chosen)
    is_optimal = value is not None and program.sol_status == pulp.LpSolutionOptimal
    return Found(value, value if is_optimal else bound, is_optimal)


def _pulp_program(model: Naive) -> tuple[Any, list[Any]]:
    program = pulp.LpProblem("naive", pulp.LpMinimize)
    variables = [
        pulp.LpVariable(f"x{number}", low, high, pulp.LpInteger) for number, (low, high) in enumerate(model.ends)
    ]
    program += pulp.LpAffineExpression([(variables[v], -weight) for v, weight in enumerate(model.weight)])
    for row in model.rows:
        terms = pulp.LpAffineExpression([(variables[v], factor) for v, factor in row.of.items()])
        if row.low is not None:
            program += terms >= row.low
        if row.high is not None:
            program += terms <= row.high
    big = model.longest
    for link in model.links:
        terms = [(variables[link.earlier], 1), (variables[link.later], -1), (variables[link.move], big)]
        terms += [(variables[taker], big) for taker in link.takers]
        program += pulp.LpAffineExpression(terms) <= 2 * big - 1  # binds where both are made
    return program, variables


def _bound_in(log: str) -> float | None:
    """CBC minimises; "Lower bound" at the end of a search cut short, else the best it says on the way."""
    said = re.findall(r"Lower bound:\s*(-?[\d.e+]+)", log) or re.findall(r"best possible\s+(-?[\d.e+]+)", log)
    return -float(said[-1]) if said else None
