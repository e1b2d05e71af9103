"""The types of the language (decision 0010) and the sentinels that stand for "for ever" and "without limit"."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

FIRST, LAST = date.min, date.max  # 0001-01-01 and 9999-12-31: always been so, never
MOST = 10**12  # more than any count, hour or month there is; -MOST is the other end


class Kind(StrEnum):
    TRUTH = "truth"
    NUMBER = "number"
    DATE = "date"
    CODE = "code"
    CODES = "codes"  # a list of codes: of a parameter, or written in brackets
    TEXT = "text"
    SPAN = "span"  # months, days or workdays, to be added to a date
    RECORDS = "records"


@dataclass(frozen=True, slots=True)
class Type:
    """`of` names the code list of a code (empty: not known, as for a parameter) and the fact of records."""

    kind: Kind
    of: str = ""

    def __str__(self) -> str:
        return f"{self.kind} of {self.of}" if self.of else str(self.kind)


TRUTH = Type(Kind.TRUTH)
NUMBER = Type(Kind.NUMBER)
DATE = Type(Kind.DATE)
SPAN = Type(Kind.SPAN)
TEXT = Type(Kind.TEXT)
CODE = Type(Kind.CODE)
