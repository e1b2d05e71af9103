"""Why there is no plan: rules, pins and kin that cannot hold together, none of which can be left out.

A Farkas ray of the relaxation names the rows that quarrel; where fractions would hide the conflict, CP-SAT names
them by assumptions. A deletion filter then takes away whatever is not needed (Chinneck 2008, ch. 6).
"""

from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from quanheng.planning.assumptions import find_quarrel
from quanheng.planning.budget import CP_SAT_RATE, Budget, Meter, linear_work, start_work
from quanheng.planning.columns import longest_chain, longest_exchange, places_of, seats_of
from quanheng.planning.core import Effort
from quanheng.planning.greedy import keeps, unchanged
from quanheng.planning.linear import TOLERANCE, Linear, Relaxation, quarrel
from quanheng.planning.problem import CHAIN_RULE, Problem, Rule, RuleKind
from quanheng.planning.rows import Model, build

Ids = frozenset[str]
Floats = npt.NDArray[np.float64]

WHOLE_COLUMNS = 20_000  # up to so many, "no limit" is tried with chains of any length
PROOF = -0.01  # y·upper of a ray: far more than all that rounding can have added
MOST_COLUMNS = 400_000  # of chains as long as can be tried otherwise


def conflict_of(problem: Problem, budget: Budget, given: Ids = frozenset()) -> tuple[str, ...]:
    """Ids that cannot hold together while without any one of them the others can, in the order of the problem.

    Members are hard rules, pins and kin (`ids_of`), but for `given`, which stays and is not named. Pairs, forbids
    and permission to rotate are facts, not members. Taking the last longest_chain rule away leaves the default;
    taking `longest_chain:default` away leaves no limit.
    Empty: there is a plan, or no proof of the contrary within the budget; also when `given` alone cannot hold. A
    member whose need could not be decided within the budget is kept."""
    return _Filter(_hard(problem), Meter(budget), given).find()


def ids_of(problem: Problem) -> tuple[str, ...]:
    """What can be a member of a conflict. Absent are soft rules and the one rule that allows the longest rotations:
    without it there would be fewer plans."""
    rules = [rule.id for rule in problem.rules if rule.soft is None and rule is not _permission(problem)]
    default = [] if _chain_rules(problem) else [CHAIN_RULE]
    pins = [f"pin:{person},{post}" for person, post in problem.pins]
    return tuple(dict.fromkeys([*rules, *default, *pins, *(f"kin:{a},{b}" for a, b in problem.kin)]))


def only(problem: Problem, kept: Ids, limit: int | None = None) -> Problem:
    """The problem with these members alone. `limit` is the chain length where nothing kept sets one."""
    permission = _permission(problem)
    rules = [rule for rule in problem.rules if rule.id in kept or rule is permission]
    if limit is not None and not any(rule.kind is RuleKind.LONGEST_CHAIN for rule in rules):
        rules.append(Rule("no limit", RuleKind.LONGEST_CHAIN, at_most=limit))
    return replace(
        problem,
        rules=tuple(rules),
        pins=tuple((person, post) for person, post in problem.pins if f"pin:{person},{post}" in kept),
        kin=tuple((a, b) for a, b in problem.kin if f"kin:{a},{b}" in kept),
    )


@dataclass(frozen=True)
class _Verdict:
    """`feasible` None: not decided. Where False, `ids` quarrel and `ray` (if any) proves it."""

    feasible: bool | None
    ids: Ids = frozenset()
    ray: Floats | None = None


@dataclass
class _Filter:
    problem: Problem
    meter: Meter
    given: Ids
    _last: tuple[Model, Floats] | None = None  # ray that has proved a quarrel, with its model
    _models: dict[tuple[int, int], tuple[Ids, Model]] = field(default_factory=dict)  # by lengths, with what was kept

    def find(self) -> tuple[str, ...]:
        members = ids_of(self.problem)
        kept = self._narrowed(frozenset(members))
        if kept is None:
            return ()
        for one in self._order(members):
            if one in kept and one not in self.given:
                holds = one in self._lengths and self._proved_for_any_length(kept)
                kept = kept - {one} if holds else self._narrowed(kept - {one}) or kept
        return tuple(one for one in members if one in kept and one not in self.given)

    def _proved_for_any_length(self, kept: Ids) -> bool:
        """By the last ray, so that nothing need be built anew to leave a length out."""
        if self._last is None:
            return False
        model, ray = self._last
        ray = np.where([frozenset(ids) <= kept for ids in model.ids], ray, 0)
        return bool(ray @ model.upper < PROOF) and is_stationary(model, ray)

    def _order(self, members: tuple[str, ...]) -> list[str]:
        """Lengths first, the loosest first: taking one away may leave a stricter default, and only then are all
        further steps from strict to loose."""
        lengths = sorted(self.problem.rules, key=lambda rule: -(rule.at_most or 0))
        first = [rule.id for rule in lengths if rule.id in self._lengths]
        return [*first, *(one for one in members if one not in first)]

    def _narrowed(self, kept: Ids) -> Ids | None:
        """Of a set that cannot hold, a part that cannot either; None when it can, or nobody knows."""
        verdict = self._test(kept)
        if verdict.feasible is not False:
            return None
        return kept & (verdict.ids | self.given | self._lengths)

    @cached_property
    def _lengths(self) -> Ids:
        """No row stands for the length of chains and rotations, so no ray names them."""
        return frozenset(rule.id for rule in self.problem.rules if rule.kind in _SHAPES) | {CHAIN_RULE}

    def _test(self, kept: Ids) -> _Verdict:
        if _chain_rules(self.problem) or CHAIN_RULE in kept:
            limit = longest_chain(only(self.problem, kept))
            return self._among_shorter(kept, limit) or self._judge(self._model(kept, limit))
        most = 1 + sum(person.post is not None for person in self.problem.people)
        if most * len(self.problem.pairs) <= WHOLE_COLUMNS:
            return self._judge(self._model(kept, most))
        return self._without_limit(kept, most)

    def _among_shorter(self, kept: Ids, limit: int) -> _Verdict | None:
        """A plan among chains that have been built already is one among longer ones."""
        wanted = limit, longest_exchange(only(self.problem, kept, limit))
        for lengths, (built_for, model) in tuple(self._models.items()):
            is_less = lengths != wanted and lengths[0] <= wanted[0] and lengths[1] <= wanted[1]
            part = part_of(model, kept) if is_less and kept <= built_for else None
            if part is not None and (verdict := self._judge(part)).feasible:
                return verdict
        return None

    def _without_limit(self, kept: Ids, most: int) -> _Verdict:
        """Chains of any length are too many columns: a plan of short chains shows one thing, a ray that holds at every
        position the other."""
        model = self._model(kept, longest_chain(only(self.problem, kept)))
        verdict = self._judge(model)
        if verdict.feasible or (verdict.ray is not None and is_stationary(model, verdict.ray)):
            return verdict
        longer = min(most, MOST_COLUMNS // len(self.problem.pairs))
        verdict = self._judge(self._model(kept, longer))
        return verdict if verdict.feasible or longer == most else _Verdict(None)

    def _model(self, kept: Ids, limit: int) -> Model:
        """Rows of the model built before where that is possible, else built anew (a clique of kin that falls apart)."""
        problem = only(self.problem, kept, limit)
        lengths = limit, longest_exchange(problem)
        built_for, model = self._models.get(lengths, (frozenset(), None))
        part = part_of(model, kept) if model is not None and kept <= built_for else None
        if part is None:
            part = build(problem)
            self.meter.spend(start_work(len(part.weight)))
            self._models.setdefault(lengths, (kept, part))
        return part

    def _judge(self, model: Model) -> _Verdict:
        if model.impossible:
            alone = min((frozenset(ids) for ids in model.impossible), key=lambda ids: (len(ids), sorted(ids)))
            return _Verdict(False if model.is_complete else None, alone)
        if not len(model.weight) or unchanged(model) is not None:
            return _Verdict(True)
        model = replace(model, weight=np.zeros(len(model.weight)))
        relaxation = Relaxation(model, np.zeros(len(model.upper)))
        linear = relaxation.solve(seconds=self.meter.wall_left)
        self.meter.spend(linear_work(len(model.weight)))
        if linear.exact and not linear.feasible:
            ids, ray = smallest_quarrel(model, linear.duals)
            self._last = model, ray
            return _Verdict(False if model.is_complete else None, ids, ray)
        if linear.feasible and _is_plan(model, linear):
            return _Verdict(True)
        return self._judge_whole(model, relaxation.program.inside)

    def _judge_whole(self, model: Model, inside: npt.NDArray[np.int64]) -> _Verdict:
        """By CP-SAT: a plan among the columns of the restricted program, or else over all."""
        for columns in (np.sort(inside), np.arange(len(model.weight))):
            effort = Effort(self.meter.left / CP_SAT_RATE, self.meter.wall_left, self.meter.budget.seed)
            found = find_quarrel(model, columns, effort)
            self.meter.spend(found.work * CP_SAT_RATE)
            if found.feasible:
                return _Verdict(True)
        proved = found.feasible is False and model.is_complete
        return _Verdict(False, frozenset(found.ids)) if proved else _Verdict(None)


def part_of(model: Model, kept: Ids) -> Model | None:
    """The model with the rows of these ids only; None when a row stands for some that are kept and some that are not.

    For models without soft rules."""
    named = [frozenset(ids) for ids in model.ids]
    if any(not ids <= kept and ids & kept for ids in set(named)):
        return None
    rows = np.flatnonzero([ids <= kept for ids in named])
    seat_rows = rows[rows >= model.first_seat_row] - model.first_seat_row
    return replace(
        model,
        matrix=sparse.csc_matrix(model.matrix.tocsr()[rows]),
        upper=model.upper[rows],
        equal=model.equal[rows],
        number=model.number[rows],
        names=tuple(model.names[row] for row in rows),
        ids=tuple(model.ids[row] for row in rows),
        seat_matrix=sparse.csr_matrix(model.seat_matrix[seat_rows]),
    )


def smallest_quarrel(model: Model, ray: Floats) -> tuple[Ids, Floats]:
    """The fewest ids that still prove it, and their part of the ray: a Farkas ray often holds several quarrels at once,
    and rows that cancel out.

    y falls apart into sets of rows that share no column with a negative y·entry; y·column ≥ 0 then holds for each of
    them, so each with y·upper < 0 is a ray of its own."""
    rows = np.flatnonzero(np.abs(ray) > TOLERANCE)
    scaled = sparse.csr_matrix(sparse.diags(ray[rows]) @ model.matrix.tocsr()[rows])
    tied = scaled[:, np.unique(scaled.indices[scaled.data < 0])]
    label = connected_components(tied @ tied.T, directed=False)[1]
    found = []
    for part in np.unique(label):
        inside = np.flatnonzero(label == part)
        worst = np.asarray(scaled[inside].sum(axis=0)).min(initial=0)
        if ray[rows[inside]] @ model.upper[rows[inside]] < PROOF + worst * len(model.problem.people):
            part_ids = frozenset(one for row in rows[inside] for one in model.ids[row])
            found.append((part_ids, np.where(np.isin(np.arange(len(ray)), rows[inside]), ray, 0)))
    whole = frozenset(quarrel(model, ray)), ray
    return min(found, key=lambda one: (len(one[0]), sorted(one[0])), default=whole)


def is_stationary(model: Model, ray: Floats) -> bool:
    """Whether a Farkas ray proves the quarrel for chains of any length, too: the same number for row (2) at every
    position, the largest it has, leaves no seat with y·column < 0. Around a closed exchange these numbers cancel."""
    problem, places, seats = model.problem, model.places, model.columns.seats
    if len(seats) < len(seats_of(problem, places_of(problem))):
        return False
    nodes = model.first_seat_row
    at_post = np.zeros(len(problem.posts) + 1)  # the last: nowhere
    np.maximum.at(at_post, model.node_post, ray[:nodes])
    home = places.home[seats.person]
    total = at_post[seats.post] - at_post[home] + model.seat_matrix.T @ ray[nodes:]
    return bool(total.min(initial=0) >= -TOLERANCE)


def _is_plan(model: Model, linear: Linear) -> bool:
    return keeps(model, np.rint(linear.x))


def _hard(problem: Problem) -> Problem:
    """Without soft rules, which can always be broken, and with each kin pair once."""
    soft = [rule for rule in problem.rules if rule.soft is not None and rule.kind not in _SHAPES]
    kin = {frozenset(pair): pair for pair in reversed(problem.kin)}
    return replace(
        problem,
        rules=tuple(rule for rule in problem.rules if rule not in soft),
        kin=tuple(pair for pair in problem.kin if kin[frozenset(pair)] == pair),
    )


_SHAPES = (RuleKind.LONGEST_CHAIN, RuleKind.ROTATION)  # never soft


def _chain_rules(problem: Problem) -> list[Rule]:
    return [rule for rule in problem.rules if rule.kind is RuleKind.LONGEST_CHAIN]


def _permission(problem: Problem) -> Rule | None:
    """The rotation rule that allows most."""
    rules = [rule for rule in problem.rules if rule.kind is RuleKind.ROTATION]
    return max(rules, key=lambda rule: rule.at_most or 0, default=None)
