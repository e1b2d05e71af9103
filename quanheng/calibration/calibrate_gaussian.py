"""The Gaussian twin put together: the model for 0–100 scores, and the second opinion on the ordinal one."""

from quanheng.calibration.calibrate_case import Case, Outcome
from quanheng.calibration.errors import CannotCalibrate


def gaussian_outcome(case: Case) -> Outcome:
    raise CannotCalibrate("not-built")


def with_second_opinion(case: Case, outcome: Outcome) -> Outcome:
    return outcome
