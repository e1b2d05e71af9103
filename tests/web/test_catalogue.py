"""The English catalogue: complete, in step with the sources, compiled, and faithful in placeholders and markup."""

import gettext
import re
from collections import Counter

import pytest
from django.template import engines
from django.utils.translation import ngettext, override

from tests.web.catalogue import FOLDER, Translation, messages_of_sources, read_po

TRANSLATIONS = list(read_po((FOLDER / "django.po").read_text()))
PLACEHOLDER = re.compile(r"%\(\w+\)s|\{\w*\}|%[sd]")
MARKUP = re.compile(r"</?\w[^>]*>")
CHINESE = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]+")
# Chinese inside English: what an officer must type, or find in a paper or a file.
SHORT_NAMES = {"三龄二历一身份", "其间", "群众", "大学", "示编〔", "〕", "号", "〓"}


def texts(translation: Translation) -> list[str]:
    return [translation.chinese, *translation.english]


def test_every_message_is_in_the_catalogue_and_nothing_else() -> None:
    """Not so? `make messages`, then translate what is empty or fuzzy, then `make messages` again."""
    known = {(each.context, each.chinese) for each in TRANSLATIONS if not each.is_obsolete}
    wanted = messages_of_sources()
    assert wanted - known == set()
    assert known - wanted == set()


def test_every_message_is_translated() -> None:
    assert [each.chinese for each in TRANSLATIONS if each.is_fuzzy or each.is_obsolete] == []
    assert [each.chinese for each in TRANSLATIONS if not all(each.english)] == []
    assert [each.chinese for each in TRANSLATIONS if len(each.english) != (2 if each.plural else 1)] == []
    assert len(TRANSLATIONS) > 1400


def test_chinese_has_one_form_and_needs_no_catalogue() -> None:
    """Django takes the plural of a message without a catalogue for what it says: both must be the same text."""
    assert [each.chinese for each in TRANSLATIONS if each.plural not in ("", each.chinese)] == []
    with override("zh-hans"):
        assert ngettext("已调整 %(count)s 人。", "已调整 %(count)s 人。", 1) == "已调整 %(count)s 人。"
    page = engines["django"].from_string(
        "{% load i18n %}{% blocktranslate count counter=2 %}有 {{ counter }} 人没有撤销{% plural %}"
        "有 {{ counter }} 人没有撤销{% endblocktranslate %}"
    )
    with override("zh-hans"):
        assert page.render() == "有 2 人没有撤销"
    with override("en"):
        assert page.render() == "2 people were not undone"


def test_placeholders_and_markup_are_kept() -> None:
    for pattern in (PLACEHOLDER, MARKUP):
        for each in TRANSLATIONS:
            wanted = Counter(pattern.findall(each.chinese))
            assert [Counter(pattern.findall(text)) for text in each.english] == [wanted] * len(each.english), each


def test_english_may_stand_in_an_attribute() -> None:
    """A translation is printed as it is: a straight quote would end the attribute it stands in."""
    plain = [MARKUP.sub("", text) for each in TRANSLATIONS for text in each.english]
    assert [text for text in plain if '"' in text or "<" in text or "&" in text] == []


def test_english_has_no_chinese_but_short_names() -> None:
    found = {part for each in TRANSLATIONS for text in each.english for part in CHINESE.findall(text)}
    assert found <= SHORT_NAMES


def test_english_ends_as_the_chinese_does() -> None:
    """A sentence stays a sentence; what is a word or a title in one language is none in the other."""
    ends = [(each.chinese, text) for each in TRANSLATIONS for text in each.english]
    assert [pair for pair in ends if pair[0].endswith("。") and not pair[1].rstrip().endswith((".", ".)"))] == []
    titles = [pair for pair in ends if re.search(r"[\u4e00-\u9fff]$", pair[0]) and pair[1].endswith(".")]
    assert [pair for pair in titles if not pair[1].endswith(("No.", "no.", "nos."))] == []


@pytest.mark.parametrize(
    ("chinese", "english"),
    [
        ("考核", "Assessment"), ("职级", "Rank"), ("等次", "Grade"), ("职务", "Post"), ("岗位", "Position"),
        ("职务层次", "Tier of post"), ("干部", "Cadre"), ("台账", "Ledger"), ("授权", "Grant"), ("回避", "Recusal"),
        ("诫勉", "Admonishment"), ("挂职", "Secondment"), ("影响期", "Period of effect"), ("领导班子", "Leading group"),
        ("优秀", "Excellent"), ("称职", "Competent"), ("基本称职", "Basically competent"), ("不称职", "Incompetent"),
        ("政治面貌", "Political affiliation"), ("家庭成员及社会关系", "Family members and social relations"),
    ],
)  # fmt: skip
def test_words_are_those_of_the_glossary(chinese: str, english: str) -> None:
    found = {each.chinese: each.english[0] for each in TRANSLATIONS}
    assert found[chinese] in (english, f"{english}s")


def test_compiled_file_is_that_of_the_catalogue() -> None:
    """gettext is not at hand where the demo runs; the compiled file is committed."""
    with (FOLDER / "django.mo").open("rb") as file:
        compiled = dict(gettext.GNUTranslations(file)._catalog)  # type: ignore[attr-defined]
    compiled.pop("")
    expected: dict[object, str] = {}
    for each in TRANSLATIONS:
        key = f"{each.context}\x04{each.chinese}" if each.context else each.chinese
        expected |= (
            {(key, number): text for number, text in enumerate(each.english)} if each.plural else {key: each.english[0]}
        )
    assert compiled == expected
