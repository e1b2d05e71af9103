"""Code tables of the trade: lists with source, version and whether they were verified.

The lists were read from programs in use, not from the standards' own texts; a table says so by
`is_verified`. A code or name that a table does not know is kept by whoever reads it and flagged.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class CodeTable:
    key: str
    standard: str
    source: str
    version: str
    is_verified: bool
    names: Mapping[str, str]  # code -> name, in the order of the table
    codes: Mapping[str, str]  # name or alias -> code; the first of equal names counts

    def code_of(self, text: str) -> str | None:
        """The code of a code, a name or a usual short form; None when the table does not know it."""
        text = text.strip()
        return text if text in self.names else self.codes.get(text)

    def name_of(self, code: str) -> str:
        """The name of a code; what the table does not know is given back as it is."""
        return self.names.get(code, code)


@dataclass(frozen=True, slots=True)
class _Origin:
    standard: str
    source: str
    version: str
    is_verified: bool = False


_EDITOR = "code table of an appointment-form editor in use, read 2026-11"
_ORIGINS: Mapping[str, _Origin] = {
    "degrees": _Origin("GB/T 6864", _EDITOR, "editor-2026-11"),
    "education_levels": _Origin("ZB64", _EDITOR, "editor-2026-11"),
    "ethnic_groups": _Origin("GB/T 3304", _EDITOR, "editor-2026-11"),
    "family_relations": _Origin("GB/T 4761", _EDITOR, "editor-2026-11"),
    "political_affiliations": _Origin("GB/T 4762", _EDITOR, "editor-2026-11"),
    "professional_titles": _Origin("GB/T 8561", _EDITOR, "editor-2026-11"),
    "regions": _Origin("GB/T 2260", _EDITOR, "editor-2026-11"),
}
# Short forms that stand in real files beside the names of the tables.
_ALIASES: Mapping[str, Mapping[str, str]] = {
    "education_levels": {"大学本科": "21", "本科": "21", "大学专科": "31", "专科": "31", "硕士研究生": "11"},
    "political_affiliations": {
        "党员": "01",
        "中国共产党党员": "01",
        "中共预备党员": "02",
        "共青团员": "03",
        "团员": "03",
        "九三学社": "10",
        "无党派人士": "12",
    },
    "family_relations": {"妻": "13", "夫": "12", "儿": "14", "女": "15", "父": "10", "母": "11"},
}


def table_keys() -> tuple[str, ...]:
    return tuple(_ORIGINS)


@cache
def table(key: str) -> CodeTable:
    """A table by its key, one of `table_keys()`; KeyError otherwise."""
    origin = _ORIGINS[key]
    text = resources.files(__package__).joinpath(f"{key}.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    names = {row["code"]: row["name"] for row in rows}  # a code listed twice has its later name,
    codes: dict[str, str] = {}
    for row in rows:  # and its earlier name still leads to it (530821)
        codes.setdefault(row["name"], row["code"])
    for name, code in _ALIASES.get(key, {}).items():
        codes.setdefault(name, code)
    return CodeTable(
        key=key,
        standard=origin.standard,
        source=origin.source,
        version=origin.version,
        is_verified=origin.is_verified,
        names=MappingProxyType(names),
        codes=MappingProxyType(codes),
    )
