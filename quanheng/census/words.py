# ruff: noqa: S608  names come from the vocabulary, values go apart
"""What the rulebook derives from one word of a record alone: worked out once for each word, put in as rows are read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from quanheng.census.tables import quoted
from quanheng.people.rule_words import KIN
from quanheng.rulebook.book import Rulebook
from quanheng.rulebook.derived import derive
from quanheng.rulebook.instrument import Scalar
from quanheng.rulebook.situation import Raw, Record
from quanheng.rulebook.vocabulary import Vocabulary

RELATIVES = "relatives"
BY_KIN = ("kin_class", "class_by_word", "is_business_kin")


@dataclass(frozen=True)
class ByWord:
    """`lists`: the words, then of each of `names` the values that follow from them."""

    of: str
    names: Sequence[str]
    lists: Sequence[Sequence[Raw]]

    def rows(self, types: Mapping[str, str]) -> str:
        """With a place for each of the lists."""
        made = ", ".join(f"unnest(?::{types[name]}[]) AS {quoted(name)}" for name in self.names)
        return f"SELECT unnest(?::VARCHAR[]) AS word, {made}"


def kin(vocabulary: Vocabulary, book: Rulebook, switches: Mapping[str, Scalar], on: date) -> ByWord:
    """Of every word that a source has for a relative. It depends neither on the day nor on a switch."""
    words = sorted(set(KIN.values()))
    told = {RELATIVES: tuple(Record(word, {"kin": word}) for word in words)}
    only = Vocabulary({RELATIVES: vocabulary.lookup(RELATIVES)}, vocabulary.codes)
    found = derive(told, only, on=on, switches=switches, book=book)[RELATIVES]
    assert isinstance(found, tuple)
    return ByWord("kin", BY_KIN, [words, *([each.values.get(name) for each in found] for name in BY_KIN)])
