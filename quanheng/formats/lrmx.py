"""`.lrmx`, the exchange file of the 干部任免审批表: one XML document, one person."""

from quanheng.formats.lrmx_read import CannotRead, Limits, Reading, read
from quanheng.formats.lrmx_write import CannotWrite, write

__all__ = ["CannotRead", "CannotWrite", "Limits", "Reading", "read", "write"]
