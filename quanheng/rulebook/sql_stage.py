# ruff: noqa: S608  every name comes from the vocabulary, every text is doubled in `sql_text.word`
"""A stage of a statement: one row a person, with what was aggregated of records and what is computed of that."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace

from quanheng.rulebook.sql import SUBJECT
from quanheng.rulebook.sql_text import Frame, Sql, name


@dataclass
class Stage:
    """Columns of the stage before (`source`; None: this is the table of the people), columns of grouped records beside
    them, and the columns of `frame` over both."""

    name: str
    frame: Frame = field(default_factory=lambda: Frame(""))
    source: "Stage | None" = None
    joined: dict[str, None] = field(default_factory=dict)  # queries of grouped records
    columns: dict[str, str] = field(default_factory=dict)  # column -> its expression over them

    def join(self, key: str, columns: Iterable[str]) -> None:
        self.joined[key] = None
        self.columns |= {each: f"{name(key)}.{name(each)}" for each in columns}

    @property
    def query(self) -> str:
        """As a query of its own, with all columns."""
        made = f"SELECT * FROM {self._select(self.frame, self.columns, self._source.name)}"
        return f"{self.name} AS ({made} AS {name(self._bare + '_made')})"

    def narrow(self, wanted: set[str]) -> str:
        """Some columns only, in brackets, with no more work than they take: a stage that is asked by two is kept in
        memory with all that both ask for, so rows of records do not ask the stage itself."""
        if self.source is None:
            return self.name
        needed = set(self._needed(wanted))
        frame = replace(
            self.frame, columns={each: made for each, made in self.frame.columns.items() if _bare(each) in needed}
        )
        columns = {each: text for each, text in self.columns.items() if each in needed}
        own = {*columns, *map(_bare, frame.columns)}
        source = self.source.narrow(needed - own)
        listed = "".join(f", {name(each)}" for each in sorted(wanted))
        return f"(SELECT {SUBJECT}{listed} FROM {self._select(frame, columns, source)} AS {name(self._bare + '_some')})"

    def _needed(self, wanted: Collection[str]) -> Iterator[str]:
        """With all that they are computed of."""
        known, left = set[str](), list(wanted)
        while left:
            each = left.pop()
            if each not in known:
                known.add(each)
                left += names_in([self.frame.columns[name(each)]] if name(each) in self.frame.columns else [])
                yield each

    def _select(self, frame: Frame, columns: dict[str, str], source: str) -> str:
        joins = [key for key in self.joined if any(f"{name(key)}." in text for text in columns.values())]
        beside = " ".join(f"LEFT JOIN {name(key)} ON {name(key)}.{SUBJECT} = p.{SUBJECT}" for key in joins)
        listed = "".join(f", {text} AS {name(each)}" for each, text in columns.items())
        return frame.select(f"(SELECT p.*{listed} FROM {source} AS p {beside})")

    @property
    def _source(self) -> "Stage":
        assert self.source is not None
        return self.source

    @property
    def _bare(self) -> str:
        return _bare(self.name)


PEOPLE = Stage("person")


def names_in(texts: Iterable[Sql | str]) -> set[str]:
    """What they name."""
    return {each for text in texts for each in str(text).split('"')[1::2]}


def _bare(quoted: str) -> str:
    return quoted.strip('"')
