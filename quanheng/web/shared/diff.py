"""Word-level difference of two texts, for components/_diff.html."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby

from quanheng.web.shared.parts import Text

# Runs of Latin letters and digits stay whole (a changed date reads as a date); everything else goes by character.
WORD = re.compile(r"[A-Za-z0-9.\-/]+|\s+|.", re.DOTALL)


@dataclass(frozen=True, slots=True)
class DiffRun:
    text: str
    is_changed: bool = False


@dataclass(frozen=True, slots=True)
class DiffRow:
    label: Text
    before: tuple[DiffRun, ...]
    after: tuple[DiffRun, ...]


def diff_row(label: Text, before: str, after: str) -> DiffRow:
    """Both sides as runs. Texts that share less than a third are shown replaced as a whole: confetti reads worse."""
    old, new = WORD.findall(before), WORD.findall(after)
    matcher = SequenceMatcher(a=old, b=new, autojunk=False)
    if matcher.ratio() < 1 / 3:
        return DiffRow(label, _whole(before), _whole(after))
    codes = matcher.get_opcodes()
    return DiffRow(
        label,
        _runs([("".join(old[a:b]), tag != "equal") for tag, a, b, _c, _d in codes]),
        _runs([("".join(new[c:d]), tag != "equal") for tag, _a, _b, c, d in codes]),
    )


def diff_rows(changes: dict[Text, tuple[str, str]]) -> tuple[DiffRow, ...]:
    """Label -> (before, after); equal ones are left out."""
    return tuple(diff_row(label, before, after) for label, (before, after) in changes.items() if before != after)


def _whole(text: str) -> tuple[DiffRun, ...]:
    return (DiffRun(text, True),) if text else ()


def _runs(pieces: list[tuple[str, bool]]) -> tuple[DiffRun, ...]:
    """Neighbours of one kind become one run."""
    groups = groupby((piece for piece in pieces if piece[0]), key=lambda piece: piece[1])
    return tuple(DiffRun("".join(text for text, _is_changed in group), is_changed) for is_changed, group in groups)
