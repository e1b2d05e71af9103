"""`quanheng calibrate --explain`: one person's account in sentences (calibration.md §1.8).

Figures of the whole only: no sentence tells of one ballot, and counts of few ballots are merged or left out so that
neither they nor their differences give one away (calibration.md §1.5, security.md §6).
"""

from dataclasses import dataclass

import numpy as np

from quanheng.calibration.result import Calibration, Status
from quanheng.cli.calibrate_cells import Cell, cells_of
from quanheng.cli.calibrate_words import link_sentence

FEWEST = 5  # ballots below which no figure of a person is told
RELIABLE = 0.5
CAUSES = ("ballots", "culture", "groups", "shrinkage")
FEWEST_LINKS = 2
WIDE_SCALE = 20.0  # points of one hundred are told to one decimal


@dataclass(frozen=True)
class Account:
    """What the sentences draw on."""

    found: Calibration
    place: int
    ballots: int  # of this person; 0: no ballots in the data
    cells: tuple[Cell, ...]
    decimals: int  # fewer where groups were merged, so that no difference gives them away

    @property
    def label(self) -> str:
        return self.found.persons.labels[self.place]

    def figure(self, value: float) -> str:
        return f"{value:.{self.decimals}f}"

    def signed(self, value: float) -> str:
        return f"{'上调' if value >= 0 else '下调'} {self.figure(abs(value))}"


def explain(found: Calibration, label: str) -> list[str]:
    """The lines of the account; `label` is known."""
    account = account_of(found, found.persons.labels.index(label))
    if found.ratings.rater is not None and account.ballots < FEWEST:
        return [
            f"{label}：只有 {account.ballots} 张票，不足 {FEWEST} 张。",
            "为保护写票的人，也因为票太少、说明不了问题，不出个人得分和校准说明；票面统计由监票人按规定保存。",
        ]
    return [
        f"{label}：{_basis(account)}",
        *_raw(account),
        *_calibrated(account),
        "校准分是分析参考，不代替票面得分；票面得分和原始票数是法定记录。对结果有疑问，可以申请复核。",
    ]


def account_of(found: Calibration, place: int) -> Account:
    rows = np.flatnonzero(found.ratings.person.index == place)
    ballots = 0 if found.ratings.rater is None else int(np.unique(found.ratings.rater.index[rows]).size)
    cells = cells_of(found.ratings, rows)
    is_merged = any(len(cell.groups) > 1 for cell in cells)
    span = float(np.ptp(points_of(found)))
    return Account(found, place, ballots, cells, 1 if is_merged or span > WIDE_SCALE else 2)


def points_of(found: Calibration) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    return np.array(found.design.points if found.design.points else found.ratings.score, dtype=np.float64)


def _basis(account: Account) -> str:
    marks = int(account.found.persons.n[account.place])
    if account.found.ratings.rater is None:
        return f"共 {marks} 个评分。"
    missing = [
        f"缺{label}票"
        for label, is_missing in zip(
            account.found.ratings.group.labels if account.found.ratings.group else (),
            account.found.persons.missing_groups[account.place],
            strict=False,
        )
        if is_missing
    ]
    note = f"；{'、'.join(missing)}，这部分只能按平均估计" if missing else ""
    return f"共 {account.ballots} 张票、{marks} 个评分{_links(account)}{note}。"


def _links(account: Account) -> str:
    """How many of the unit's ballots link it to others; of the unit, not of the person."""
    ratings = account.found.ratings
    if ratings.unit is None or ratings.rater is None:
        return ""
    unit = ratings.unit.index[np.argmax(ratings.person.index == account.place)]
    inside = np.bincount(ratings.rater.index[ratings.unit.index == unit], minlength=len(ratings.rater.labels)) > 0
    outside = np.bincount(ratings.rater.index[ratings.unit.index != unit], minlength=len(ratings.rater.labels)) > 0
    count = int((inside & outside).sum())
    weak = "，偏少，与别的单位比较要谨慎" if count < FEWEST_LINKS else ""
    return f"；所在单位有 {count} 张联系票{weak}"


def _raw(account: Account) -> list[str]:
    """The record: marks by grade and group, then the weighted score."""
    lines = [_cell_line(cell) for cell in account.cells]
    raw = account.figure(float(account.found.persons.raw[account.place]))
    return [*lines, f"票面加权得分 {raw}（法定记录）。"]


def _cell_line(cell: Cell) -> str:
    who = f"{'、'.join(cell.groups)}票" if any(cell.groups) else "全部"
    if cell.ballots and len(cell.groups) > 1:
        who += "合并"
    size = f" {cell.ballots} 张" if cell.ballots else ""
    if cell.counts is None:
        return f"{who}{size}：不足 8 张，不列等次。"
    told = "，".join(f"{'或'.join(grades)} {count} 个" for grades, count in cell.counts)
    return f"{who}{size}：{told}。"


def _calibrated(account: Account) -> list[str]:
    found, place = account.found, account.place
    reliability = found.summary.get("reliability")
    if not isinstance(reliability, float) or reliability < RELIABLE:
        told = "算不出" if not isinstance(reliability, float) else f"{reliability:.2f}，低于 0.5"
        return [f"这次测评区分人的信度{told}，按规定不出校准分，请以票面得分为准。"]
    low, high = (account.figure(float(bound[place])) for bound in (found.persons.lo90, found.persons.hi90))
    fair = account.figure(float(found.persons.fair[place]))
    return [
        f"换成同样的评分人来打，估计得 {fair}，90% 的把握在 {low}–{high} 之间；这次测评的信度 {reliability:.2f}。",
        *_shift(account),
        *_standing(account),
        *_second(account),
    ]


def _shift(account: Account) -> list[str]:
    """Why the fair score is not the raw one; parts that round to nothing are not told."""
    persons = account.found.persons
    whole = float(persons.fair[account.place] - persons.raw[account.place])
    parts = {name: float(getattr(account.found.shifts, name)[account.place]) for name in CAUSES}
    told = [_cause(account, name, value) for name, value in parts.items() if float(account.figure(abs(value)))]
    if not float(account.figure(abs(whole))) and not told:
        return ["校准分与票面得分基本一致。"]
    if account.found.design.model.value == "jmle":
        return [f"与票面得分相比{account.signed(whole)}。"]
    return [f"与票面得分相比{account.signed(whole)}：{'；'.join(told) or '各项都很小'}。"]


def _cause(account: Account, name: str, value: float) -> str:
    is_strict = value >= 0
    words = {
        "ballots": f"给您写票的人打分偏{'严' if is_strict else '宽'}",
        "culture": f"您所在单位打分普遍偏{'严' if is_strict else '宽'}",
        "groups": "各类票的构成与规定权重、各项目不一样",
        "shrinkage": "票数有限，机遇成分向平均靠拢",
    }
    return f"{words[name]}，{account.signed(value)}"


def _standing(account: Account) -> list[str]:
    """Ranks only inside the component; where there is none, what would be needed."""
    persons, place = account.found.persons, account.place
    if persons.status[place] is Status.UNCONNECTED:
        return [_unconnected(account)]
    peers = _peers(account)
    low, high = int(persons.rank_lo[place]), int(persons.rank_hi[place])
    ranks = f"第 {low} 名" if low == high else f"第 {low}–{high} 名之间"
    same = int((persons.band[peers] == persons.band[place]).sum()) - 1
    band = f"，与其中 {same} 人难分先后" if same else ""
    lines = [f"在可以比较的 {peers.size} 人中，可能的名次在{ranks}{band}。"]
    if persons.status[place] is Status.EXTREME:
        lines.append("您的评分全是最高或全是最低，票里看不出还差多少，这个估计主要靠其余人的分布，所以区间较宽。")
    return lines


def _peers(account: Account) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    """Those ranked together with the person."""
    ratings, persons = account.found.ratings, account.found.persons
    ranked = persons.rank_lo > 0
    if ratings.comparison_class is not None:
        own = np.zeros(len(persons.labels), dtype=np.int64)
        own[ratings.person.index] = ratings.comparison_class.index
        ranked = ranked & (own == own[account.place])
    return np.flatnonzero(ranked)


def _unconnected(account: Account) -> str:
    component = int(account.found.persons.component[account.place])
    links = account.found.summary["missing_links"]
    assert isinstance(links, list)
    needed = next(link_sentence(link) for link in links if link["component"] == component)
    return f"没有任何一张票把您和多数人连起来，分数的高低可能只是打分宽严不同，所以不排名次。要能比较，还缺：{needed}"


def _second(account: Account) -> list[str]:
    if account.found.second_opinion is None:
        return []
    other = account.figure(float(account.found.second_opinion[account.place]))
    opinion = account.found.summary["second_opinion"]
    assert isinstance(opinion, dict)
    if account.label in opinion["more_than_one_band"]:
        return [f"另一种算法（线性模型）得 {other}，名次相差一档以上，请复核，不要单凭这个名次作决定。"]
    low, high = (float(bound[account.place]) for bound in (account.found.persons.lo90, account.found.persons.hi90))
    if not low <= float(account.found.second_opinion[account.place]) <= high:
        is_ranked = account.found.persons.status[account.place] is not Status.UNCONNECTED
        rank = "，但名次相差不超过一档" if is_ranked else ""
        return [f"另一种算法（线性模型）得 {other}，不在上述区间内{rank}。"]
    return [f"另一种算法（线性模型）得 {other}，结论一致。"]
