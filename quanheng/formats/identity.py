"""The 18-character citizen identity number: 6 region, 8 birth date, 3 sequence, 1 check character.

Check character: ISO 7064 MOD 11-2, as in GB 11643-1999.
"""

from datetime import date

from quanheng.formats.dates import Month, month_of

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"


def check_digit(first_17: str) -> str:
    """The 18th character for 17 digits."""
    return _CHECK[sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, first_17, strict=True)) % 11]


def complete(first_17: str) -> str:
    return first_17 + check_digit(first_17)


def problem(number: str) -> str | None:
    """The code of the first thing wrong, None for a sound number."""
    if _is_digits(number) and len(number) == 15:
        return "identity-15"
    if len(number) != 18 or not _is_digits(number[:17]) or number[17] not in "0123456789X":
        return "identity-form"
    if birth_date(number) is None:
        return "identity-birth"
    return None if number[17] == check_digit(number[:17]) else "identity-check"


def is_valid(number: str) -> bool:
    return problem(number) is None


def birth_date(number: str) -> date | None:
    """The date inside the number, whatever its check character says."""
    digits = number[6:14]
    if len(number) != 18 or not _is_digits(digits):
        return None
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None


def birth_month(number: str) -> Month | None:
    born = birth_date(number)
    return month_of(born.year, born.month) if born else None


def sex(number: str) -> str | None:
    """男 for an odd 17th digit, 女 for an even one."""
    if len(number) != 18 or not _is_digits(number[16]):
        return None
    return "男" if int(number[16]) % 2 else "女"


def _is_digits(text: str) -> bool:
    return text.isascii() and text.isdigit()
