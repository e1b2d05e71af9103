"""What a change of the plan would do, in Chinese: the weight of each rule, and two plans side by side."""

from collections.abc import Iterable, Iterator

from quanheng.cli.plan_words import rule_words
from quanheng.planning.difference import Difference, difference
from quanheng.planning.effects import Effect
from quanheng.planning.problem import CHAIN_RULE, DEFAULT_CHAIN, Problem, Rule, RuleKind
from quanheng.planning.result import Move, Result


def effect_lines(problem: Problem, effects: Iterable[Effect]) -> Iterator[str]:
    """The rules that cost something, the dearest first; the others are counted."""
    heavy = sorted((one for one in effects if _says_something(one)), key=_weight, reverse=True)
    nothing = sum(not _says_something(one) for one in effects)
    yield ""
    yield "各条规则的分量（只放开这一条，其余不动）："
    yield from (f"  {_name(problem, one.rule)}：{effect_words(one)}" for one in heavy)
    if nothing:
        yield f"  {'其余' if heavy else ''} {nothing} 条放开也不会更好。".replace("   ", "  ")


def effect_words(effect: Effect) -> str:
    """Never a number where none is known, never exact where it is an interval."""
    if effect.lifts:
        return "放开以后就有方案"
    low, high = effect.lowest, effect.highest
    if effect.exact and low is not None and low == high:
        return _gain(low)
    if low is None and high is None:
        return "多多少还没有算出来"
    if high is None:
        return f"全案至少多 {low}（没有算到底）"
    return f"全案多 {'？' if low is None else low} 至 {high}（没有算到底，不是准数）"


def _gain(gain: int) -> str:
    return f"全案多 {gain}" if gain >= 0 else f"全案少 {-gain}"


def _says_something(effect: Effect) -> bool:
    return effect.lifts or not (effect.exact and effect.lowest in (0, None) and effect.highest in (0, None))


def _weight(effect: Effect) -> tuple[bool, int, int]:
    return effect.lifts, effect.highest or 0, effect.lowest or 0


def _name(problem: Problem, rule: str) -> str:
    default = Rule(CHAIN_RULE, RuleKind.LONGEST_CHAIN, at_most=DEFAULT_CHAIN)
    known = next((one for one in problem.rules if one.id == rule), default)
    return rule_words(known) if rule == CHAIN_RULE else f"{rule}  {rule_words(known)}"


def change_lines(problem: Problem, before: Result, after: Result, title: str) -> Iterator[str]:
    """Post by post who comes instead of whom, then who is left without a post."""
    yield ""
    yield f"{title}{_values(before, after)}："
    found = difference(problem, before.moves, after.moves)
    yield from difference_lines(problem, found, before.moves, after.moves)


def _values(before: Result, after: Result) -> str:
    if before.value is None or after.value is None:
        return ""
    change = after.value - before.value
    words = "相同" if not change else f"{'多' if change > 0 else '少'} {abs(change)}"
    return f"（价值 {before.value} → {after.value}，{words}）"


def difference_lines(
    problem: Problem, found: Difference, first: Iterable[Move], second: Iterable[Move]
) -> Iterator[str]:
    if not found.posts and not found.people:
        yield "  没有不同。"
    came, comes = _movers(first), _movers(second)
    for post in found.posts:
        yield f"  {post.post}：{_holder(post.first, came)} → {_holder(post.second, comes)}"
    for person in found.people:
        if person.second is None:
            yield f"  {person.person}：原方案任 {person.first}，现方案没有岗位"


def _movers(moves: Iterable[Move]) -> frozenset[str]:
    return frozenset(move.person for move in moves)


def _holder(person: str | None, movers: frozenset[str]) -> str:
    return "空着" if person is None else person if person in movers else f"{person}（留任）"
