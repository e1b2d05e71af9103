"""Kinship as a path of steps, and the class that recusal asks for (AVO-KIN, AVO-KIN-DEF).

Source: 公务员法 (GWYF2018) 74 names four classes, 公务员回避规定 (GWYHB2011) 5 says who belongs to each, HB2006 3 the
same for leading cadres. A path leads from one person to the other by steps parent, child, sibling, spouse; the class
follows from the path, so that no list of words has to be complete. 74 speaks of a relation *between* two persons: it is
there when either is what the article names to the other (妻之侄 is named nowhere, but to him the cadre is 姑父).

A word that nobody knows is UNKNOWN and never NONE. Whether stepchildren and stepparents count depends on whether one
raised the other (民法典 1072), which the word does not say: their class is that of blood and `is_step` says so.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Literal

from quanheng.rulebook import kin_words

Step = Literal["P", "C", "S", "M"]  # parent, child, sibling, spouse (marriage)
Path = tuple[Step, ...]
WORDS = 2_000  # kept; many more than the words there are, but anything may be written

_BACK: dict[Step, Step] = {"P": "C", "C": "P", "S": "S", "M": "M"}
# Two steps that are one. A sibling's sibling or a parent's child may be oneself; officers name others, not themselves.
_SHORTER: dict[tuple[Step, Step], Path] = {
    ("S", "S"): ("S",),
    ("S", "P"): ("P",),
    ("C", "S"): ("C",),
    ("P", "C"): ("S",),
    ("P", "M"): ("P",),  # may be a stepparent
    ("M", "C"): ("C",),  # may be a stepchild
}
_MAY_BE_STEP = {("P", "M"), ("M", "C")}
_OPEN = {("C", "P"), ("M", "M")}  # 子之母 may be the wife, one divorced, or never married: a person has to say
GENERATIONS = 3  # 三代以内


class KinClass(StrEnum):
    SPOUSE = "夫妻"
    LINEAL = "直系血亲"
    COLLATERAL = "三代以内旁系血亲"
    AFFINITY = "近姻亲"
    NONE = "非亲属"  # none of the four: not kin, or kin further away
    UNKNOWN = "不明"


@dataclass(frozen=True, slots=True)
class Kinship:
    """`degree`: parent-child steps between the two (an affine has that of the blood on the path; None: not known).

    `generations`: 代, both ends counted, for blood only: siblings 2, cousins 3. `is_step` only for stepparents and
    stepchildren on the path.
    """

    kin_class: KinClass
    degree: int | None = None
    generations: int | None = None
    is_step: bool = False


_UNKNOWN = Kinship(KinClass.UNKNOWN)


def kin_path(word: str) -> Path | None:
    """The steps of a word or a chain: 表弟, 妻兄之妻, 配偶之兄之配偶. None when any part is unknown."""
    found: Path = ()
    for part in kin_words.parts(word):
        steps = kin_words.steps(part)
        if steps is None:
            return None
        found += _path(steps)
    return found or None


def _path(text: str) -> Path:
    by_name: dict[str, Step] = {"P": "P", "C": "C", "S": "S", "M": "M"}
    return tuple(by_name[step] for step in text)


def inverse(path: Path) -> Path:
    """The same path from the other end: what the first is to the second."""
    return tuple(_BACK[step] for step in reversed(path))


def kinship(word: str) -> Kinship:
    """Class and degree of the person whom the word names to the one who says it (GWYHB2011 5)."""
    if kin_words.is_no_kin(word):
        return Kinship(KinClass.NONE)
    path = kin_path(word)
    if path is None:
        return _UNKNOWN
    found = kinship_of_path(path)
    return Kinship(found.kin_class, found.degree, found.generations, found.is_step or kin_words.is_step(word))


@lru_cache(maxsize=WORDS)
def kin_class(word: str) -> KinClass:
    """The class of a word: a value for rules."""
    return kinship(word).kin_class


@lru_cache(maxsize=WORDS)
def is_business_kin(word: str) -> bool | None:
    """Spouse, child, or a child's spouse: whose business bars a post (公务员法 74(2), HB2006 4). None: unknown."""
    path = kin_path(word)
    if path is None:
        return False if kin_words.is_no_kin(word) else None
    short, _ = _shorten(path)
    return None if short is None else short in {("M",), ("C",), ("C", "M")}


def kinship_of_path(path: Path) -> Kinship:
    """Class and degree of a path of steps. UNKNOWN when it leads nowhere certain (child's parent) or to oneself."""
    short, may_be_step = _shorten(path)
    if not short:
        return _UNKNOWN
    runs = _blood_runs(short)
    degree = sum(up + down for up, down in runs)
    if short.count("M") == 0:
        up, down = runs[0]
        return Kinship(_blood_class(up, down), degree, max(up, down) + 1, may_be_step)
    return Kinship(_affine_class(short), degree, None, may_be_step)


def _shorten(path: Path) -> tuple[Path | None, bool]:
    """The path without detours; None when it is uncertain. And whether a stepparent or stepchild may be on it."""
    done: list[Step] = []
    may_be_step, rest = False, list(path)
    while rest:
        step = rest.pop(0)
        pair = (done[-1], step) if done else None
        if pair in _OPEN:
            return None, may_be_step
        if pair in _SHORTER:
            done.pop()
            rest = [*_SHORTER[pair], *rest]
            may_be_step = may_be_step or pair in _MAY_BE_STEP
        else:
            done.append(step)
    return tuple(done), may_be_step


def _blood_runs(short: Path) -> list[tuple[int, int]]:
    """Steps up and down of each stretch of blood between marriages; a sibling is one up and one down."""
    runs = "".join(short).split("M")
    return [(run.count("P") + run.count("S"), run.count("C") + run.count("S")) for run in runs]


def _blood_class(up: int, down: int) -> KinClass:
    if up == 0 or down == 0:
        return KinClass.LINEAL
    return KinClass.COLLATERAL if max(up, down) + 1 <= GENERATIONS else KinClass.NONE


def _affine_class(short: Path) -> KinClass:
    if short == ("M",):
        return KinClass.SPOUSE
    is_near = _is_named_affine(short) or _is_named_affine(inverse(short))
    return KinClass.AFFINITY if is_near else KinClass.NONE


def _is_named_affine(short: Path) -> bool:
    """GWYHB2011 5: spouse's parents; spouse's siblings and their spouses; children's spouses and their parents; spouses
    of collateral blood within three generations."""
    if short in {("M", "P"), ("M", "S"), ("M", "S", "M"), ("C", "M"), ("C", "M", "P")}:
        return True
    if short[-1] != "M" or short.count("M") > 1:
        return False
    [(up, down), _] = _blood_runs(short)
    return up > 0 and down > 0 and _blood_class(up, down) is KinClass.COLLATERAL


def is_same(one: Sequence[Step], other: Sequence[Step]) -> bool:
    """Do two paths lead to the same place once detours are left out?"""
    return _shorten(tuple(one))[0] == _shorten(tuple(other))[0] is not None
