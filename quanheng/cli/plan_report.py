"""The short report of a plan in Chinese, line by line."""

from collections.abc import Iterator, Sequence

from quanheng.cli.plan_account import Account, Chain, Step
from quanheng.cli.plan_words import (
    MARKS,
    chain_end,
    chain_heading,
    empty_reason,
    invalid_reason,
    item_words,
    place_words,
    proof_sentence,
    rule_figure,
    rule_words,
    step_reason,
)
from quanheng.planning.result import Alternative, Move, Place, Status

SHOWN = 20  # of the rules that hold, and of the places that are wrong


def report(account: Account) -> Iterator[str]:
    """Hierarchy of the plan screen: how sure, chains, single steps, what stays empty, rules, alternatives."""
    yield from headline(account)
    if account.result.status is Status.INFEASIBLE:
        yield from conflict_lines(account)
    if account.result.value is None:
        return
    if not account.chains:
        yield "没有一项变动比现状更好：维持现状。"
    for chain in sorted(account.chains, key=_is_single):
        yield from _chain(chain)
    yield from _empty(account)
    yield from _rules(account)
    for number, other in enumerate(account.result.alternatives, start=1):
        yield from _alternative(account, number, other)


def headline(account: Account) -> Iterator[str]:
    problem, result = account.problem, account.result
    vacant = sum(post.vacant for post in problem.posts)
    yield f"待配 {vacant} 个岗位 · 人员 {len(problem.people)} 人 · 符合资格 {len(problem.pairs)} 对"
    if result.value is not None:
        yield " · ".join(_totals(account, vacant))
    yield proof_sentence(result)


def _totals(account: Account, vacant: int) -> Iterator[str]:
    steps = [step for chain in account.chains for step in chain.steps]
    result = account.result
    yield f"价值 {result.value}，上限 {'不详' if result.bound is None else result.bound}"
    if account.more_than_now is not None:
        yield f"比维持现状多 {account.more_than_now}"
    yield f"填补 {account.filled} / {vacant}"
    yield f"变动 {len(steps)} 人"
    yield f"提任 {sum(step.nature == '晋升' for step in steps)} 人"
    yield f"跨单位 {sum(step.is_away for step in steps)} 人"


def conflict_lines(account: Account) -> Iterator[str]:
    """Of the conflict it is known that each member is needed for it; another conflict may stand beside it."""
    if not account.result.conflict:
        yield "哪几条互相矛盾，在这次的时间里没有找出来。请用 --seconds 多给时间。"
        return
    if len(account.result.conflict) == 1:
        yield "下面这一项单独就做不到，须放开："
    else:
        yield "下面几项不能同时成立，放开其中任何一项，这个矛盾就解开："
    for item in account.result.conflict:
        yield f"  ✗ {item_words(item, account.problem)}"


def _is_single(chain: Chain) -> bool:
    return len(chain.steps) == 1


def _chain(chain: Chain) -> Iterator[str]:
    yield ""
    yield chain_heading(chain)
    for number, step in enumerate(chain.steps):
        before = f"{chain.steps[number - 1].person}调出" if number else "轮岗" if chain.is_rotation else "空缺"
        yield f"  {'○' if number else '●'} {step.post}（{before}）← {_who(step)}"
        yield f"      {step_reason(step)}"
    if chain.end is not None:
        yield f"  ◌ {chain_end(chain)}"


def _who(step: Step) -> str:
    return f"{step.person}（{step.source or '未任岗位'}） · {step.nature}"


def _empty(account: Account) -> Iterator[str]:
    if account.empty:
        yield ""
        yield f"未填 {len(account.empty)} 个："
    for empty in account.empty:
        yield f"  ◌ {empty.post}：{empty_reason(empty)}"


def _rules(account: Account) -> Iterator[str]:
    """Broken rules are all told, of those that hold only the first."""
    broken = [figure for figure in account.rules if figure.state == "broken"]
    others = [figure for figure in account.rules if figure.state != "broken"]
    yield ""
    yield f"规则 {len(account.rules)} 条，未达到 {len(broken)} 条："
    for figure in [*broken, *others[:SHOWN]]:
        name = "" if figure.rule.id == rule_words(figure.rule) else f"{figure.rule.id}  "
        yield f"  {MARKS[figure.state]} {name}{rule_words(figure.rule)}：{rule_figure(figure)}"
    if len(others) > SHOWN:
        yield f"  其余 {len(others) - SHOWN} 条都遵守或没有涉及，见结果文件。"


def _alternative(account: Account, number: int, other: Alternative) -> Iterator[str]:
    """Which posts another person takes, and who."""
    less = (account.result.value or 0) - other.value
    how = "这样不同的方案里最好的" if other.proved else "不一定是这样不同的方案里最好的"
    yield ""
    yield f"备选 {number} · 价值 {other.value}（少 {less}） · {how}"
    mine, theirs = _holders(account, account.result.moves), _holders(account, other.moves)
    for post in other.differs:
        yield f"  {post}：{mine.get(post, '空着')} → {theirs.get(post, '空着')}"


def _holders(account: Account, moves: Sequence[Move]) -> dict[str, str]:
    """Post -> who is there after these moves."""
    moved = {move.person for move in moves}
    stays = {one.post: f"{one.id}（留任）" for one in account.problem.people if one.post and one.id not in moved}
    return stays | {move.target: move.person for move in moves}


def invalid_lines(places: Sequence[Place]) -> Iterator[str]:
    for place in places[:SHOWN]:
        yield f"  {place_words(place.path)}：{invalid_reason(place)}"
    if len(places) > SHOWN:
        yield f"  另有 {len(places) - SHOWN} 处，见结果文件。"
