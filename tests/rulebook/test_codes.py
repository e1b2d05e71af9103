"""What codes and stored texts are called: all of them have words in both languages."""

import re
from collections.abc import Iterator
from fractions import Fraction

import pytest

from quanheng.rulebook import articles, codes, labels
from quanheng.rulebook.book import load
from quanheng.rulebook.facts_reading import load_facts
from quanheng.rulebook.instrument import Citation, Words

HAN = re.compile(r"[\u4e00-\u9fff]")


def texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for each in value:
            yield from texts(each)
    elif hasattr(value, "items"):
        for _name, cell in value.items():
            yield from texts(cell)


def stored() -> set[str]:
    """Codes of the vocabulary, texts and notes of parameters, names of evidence, remarks on article numbers."""
    book = load()
    found = {code for each in load_facts().codes.values() for code in each.values} | set(book.evidence.values())
    for rule in book.texts:
        found |= {rule.article_note} - {""}
        for parameter in rule.parameters:
            found |= {*texts(parameter.value), *([parameter.note] if parameter.note else [])}
    return found


def test_every_stored_text_has_words_in_both_languages() -> None:
    assert len(stored()) > 500
    for text in stored():
        words = codes.called(text)
        assert not words.zh.isascii(), text
        assert not HAN.search(words.en), text


def test_there_are_no_words_for_what_is_not_stored() -> None:
    assert set(codes.english()) | set(codes.NAMES) == stored()


def test_the_terms_are_those_of_the_glossary() -> None:
    assert codes.called("县处级副职").en == "County/division deputy"
    assert codes.called("公示").en == "public notice"
    assert codes.called("基本称职").en == "basically competent"
    assert codes.called("pool") == Words("优秀年轻干部库", "the pool of outstanding young cadres")


def test_a_local_text_without_words_stays_as_it_is() -> None:
    assert codes.called("本市另定的情形") == Words("本市另定的情形", "本市另定的情形")


@pytest.mark.parametrize(
    ("value", "zh", "en"),
    [
        (
            ("厅局级正职", "县处级正职"),
            "厅局级正职；县处级正职",
            "Department/bureau principal; County/division principal",
        ),
        ("general", "一般应当如此", "generally so"),
        (True, "是", "yes"),
        (Fraction(1, 4), "25%", "25%"),
        (
            ({"of": "综合管理类职位数", "max": Fraction(1, 2)},),
            "所限 综合管理类职位数，上限 50%",
            "for general management posts, at most 50%",
        ),
    ],
)
def test_a_value_is_told_in_either_language(value: object, zh: str, en: str) -> None:
    assert labels.plain(value) == zh  # type: ignore[arg-type]
    assert labels.plain(value, "en") == en  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("citation", "own", "zh", "en"),
    [
        (Citation("TJ2019", "8(3)"), "TJ2019", "第八条第（三）项", "Art. 8(3)"),
        (
            Citation("GWYF2018", "45"),
            "TJ2019",
            "中华人民共和国公务员法（2018修订）第四十五条",
            "Civil Servants Law (2018 revision) Art. 45",
        ),
        (Citation("LOCAL9", "8"), "TJ2019", "LOCAL9 8", "LOCAL9 8"),
    ],
)
def test_a_number_is_cited_by_its_article(citation: Citation, own: str, zh: str, en: str) -> None:
    """Of another document with its title; of one that this version does not know as it is written."""
    assert articles.cited(citation, own) == Words(zh, en)
