"""One bounded value against another: settled for ever, unknown, or from a day on where a number grows."""

from datetime import date
from fractions import Fraction
from typing import TypeVar

from quanheng.rulebook import functions
from quanheng.rulebook.tree import TURNED, Operator
from quanheng.rulebook.types import LAST
from quanheng.rulebook.values import Names, Number, State, Truth, negation, settled, unknown

End = TypeVar("End", int | Fraction, date)


def ordered(operator: Operator, left: tuple[End, End], right: tuple[End, End], missing: Names) -> Truth:
    """Bounded values: settled for ever or never, else unknown."""
    match operator:
        case Operator.GE | Operator.GT:
            turned = Operator.LE if operator is Operator.GE else Operator.LT
            return ordered(turned, right, left, missing)
        case Operator.LE:
            is_met, is_open = left[1] <= right[0], left[0] <= right[1]
        case Operator.LT:
            is_met, is_open = left[1] < right[0], left[0] < right[1]
        case Operator.EQ:
            is_met = left[0] == left[1] == right[0] == right[1]
            is_open = left[0] <= right[1] and right[0] <= left[1]
        case Operator.NE:
            same = ordered(Operator.EQ, left, right, missing)
            return same if same.state is State.UNKNOWN else settled(same.state is State.NOT_MET)
    return settled(is_met) if is_met or not is_open else unknown(missing)


def compare_numbers(operator: Operator, left: Number, right: Number, on: date) -> Truth:
    held = ordered(operator, (left.lo, left.hi), (right.lo, right.hi), left.missing | right.missing)
    if held.state is State.UNKNOWN or operator in (Operator.EQ, Operator.NE) or bool(left.grows) == bool(right.grows):
        return held
    if right.grows:
        return compare_numbers(TURNED[operator], right, left, on)
    steps = right.hi // 1 + 1 if operator in (Operator.GT, Operator.LE) else -(-right.hi // 1)
    arrival = functions.arrival(left, int(steps), on)
    at_least = Truth(State.MET if arrival <= on else State.NOT_MET, lo=arrival) if arrival < LAST else settled(False)
    made = at_least if operator in (Operator.GE, Operator.GT) else negation(at_least, on)
    return made if made.state is held.state else held  # bounds apart: settled today, the day is not known
