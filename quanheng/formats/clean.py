"""How a value is written, whoever wrote it. Reader and writer share it, hence our own files are stable.

Every function here is idempotent.
"""

import re

from quanheng.formats.dates import to_ascii
from quanheng.formats.elements import Kind

# Controls mean nothing here; C0 comes only from files that had to be mended, since XML forbids it.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
# Zero-width characters come with pasted text.
_DROPPED = {code: None for code in (*range(0x20), *range(0x7F, 0xA0), 0x200B, 0xFEFF) if code not in (9, 10)}
_SPACE = re.compile(r"\s+")
_LATIN = re.compile(r"[A-Za-z.,]")
# Programs of the GBK age lose the dot of minority names in these ways.
_LOST_DOT = re.compile(r"(?<=[^\W\dA-Za-z_])[?？。•・‧∙．.]+(?=[^\W\dA-Za-z_])")
_IDENTITY_WIDE = str.maketrans("０１２３４５６７８９ＸｘХх×", "0123456789XXXXX")


def clean(kind: Kind, text: str) -> str:
    text = clean_text(text)
    match kind:
        case Kind.NAME:
            return clean_name(text)
        case Kind.MONTH | Kind.BIRTH:
            return to_ascii(text).strip()
        case Kind.PARTY:
            return clean_party(text)
        case Kind.IDENTITY:
            return clean_identity(text)
        case _:
            return text


def clean_text(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").translate(_DROPPED).strip()


def clean_name(text: str) -> str:
    """Names are set with spaces in tables (张  三); Latin names keep one."""
    return _LOST_DOT.sub("·", _SPACE.sub(_space_of_name, text))


def _space_of_name(found: re.Match[str]) -> str:
    start, end = found.span()
    before, after = found.string[max(start - 1, 0) : start], found.string[end : end + 1]
    return " " if _LATIN.match(before) and _LATIN.match(after) else ""


def clean_party(text: str) -> str:
    """200108；民建: digits and the mark between in one way, names as they are."""
    return re.sub(r"(?<=\d) *; *", "；", to_ascii(text).strip())


def clean_identity(text: str) -> str:
    return _SPACE.sub("", text.translate(_IDENTITY_WIDE)).replace("x", "X")


def has_lost_dot(text: str) -> bool:
    """A question mark in a name may stand for a dot or for a character that got lost."""
    return "?" in text or "？" in text


def has_control(text: str) -> bool:
    return _CONTROL.search(text) is not None
