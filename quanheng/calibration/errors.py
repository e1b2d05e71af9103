"""Refusals to estimate: one exception each, with the facts that say where and why. The command words them."""

from quanheng.kernel.errors import Refused


class CannotCalibrate(Refused):
    """Nothing is estimated."""
