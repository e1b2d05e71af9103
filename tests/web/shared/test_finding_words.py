"""Findings and refusals of readers in English: every code, the same facts, and the sentences as printed."""

import re
from string import Formatter

import pytest
from django.utils.translation import override

from quanheng.formats import findings, report
from quanheng.formats.elements import ELEMENTS, FAMILY_ELEMENTS
from quanheng.formats.findings import Finding
from quanheng.formats.lrmx_read import CannotRead
from quanheng.web.shared.element_words import FAMILY_LABELS, LABELS, place_label
from quanheng.web.shared.finding_words import ERRORS, FINDINGS, error_reason, finding_reason
from quanheng.web.shared.wording import bracketed, listed, stated


def facts_of(sentence: str) -> set[str]:
    return {name for _text, name, _spec, _conversion in Formatter().parse(sentence) if name}


def test_every_finding_has_english_words_with_its_facts() -> None:
    assert {code: facts_of(text) for code, text in FINDINGS.items()} == {
        code: facts_of(text) for code, text in findings._SENTENCES.items()
    }


def test_every_error_has_english_words_with_its_facts() -> None:
    def facts(sentences: object) -> dict[type, dict[str, set[str]]]:
        return {kind: {code: facts_of(text) for code, text in words.items()} for kind, words in sentences.items()}  # type: ignore[attr-defined]

    assert facts(ERRORS) == facts(report._SENTENCES)


def test_english_sentences_say_what_to_do_or_what_was_not_done() -> None:
    sentences = [*FINDINGS.values(), *(text for texts in ERRORS.values() for text in texts.values())]
    assert [text for text in sentences if not text.endswith(".")] == []
    assert [text for text in sentences if not re.search(r"[Pp]lease|not read", text)] == []


FINDING = Finding(
    "JiaTingChengYuan/Item[2]/ChuShengRiQi", "84年", "date-unreadable", {"label": "家庭成员第 2 人的出生日期"}
)


def test_finding_is_worded_in_the_language_of_the_page() -> None:
    with override("zh-hans"):
        assert finding_reason(FINDING) == FINDING.reason
        assert FINDING.reason.startswith("“家庭成员第 2 人的出生日期”写作 84年，读不出年月。")
    with override("en"):
        assert finding_reason(FINDING) == (
            "“Family member 2, Date of birth” says 84年; no month can be read from it. Kept as written; "
            "please check the identity card or the dossier."
        )


def test_sex_in_a_finding_is_a_word_of_the_language() -> None:
    found = Finding("ShenFenZheng", "", "identity-sex-differs", {"sex": "女", "identity": "男"})
    with override("en"):
        assert finding_reason(found).startswith("The sex says female, character 17 of the identity number means male.")


def test_error_is_worded_in_the_language_of_the_page() -> None:
    error = CannotRead("truncated", line=7)
    with override("zh-hans"):
        assert error_reason(error) == "文件在第 7 行中断，后面缺失。请重新复制或导出。"
    with override("en"):
        assert error_reason(error) == (
            "The file breaks off in line 7; the rest is missing. Please copy or export it again."
        )


def test_fields_are_named_as_the_engine_names_them() -> None:
    with override("zh-hans"):
        assert {name: str(label) for name, label in LABELS.items()} == {each.attribute: each.label for each in ELEMENTS}
        assert {name: str(label) for name, label in FAMILY_LABELS.items()} == {
            each.attribute: each.label for each in FAMILY_ELEMENTS
        }


@pytest.mark.parametrize(
    ("place", "chinese", "english"),
    [
        ("JianLi/3", "简历第 3 行", "Résumé, line 3"),
        ("JiaTingChengYuan/Item[2]/ChengWei", "家庭成员第 2 人的称谓", "Family member 2, Relation"),
        ("JiaTingChengYuan/Item[2]/Other", "JiaTingChengYuan/Item[2]/Other", "JiaTingChengYuan/Item[2]/Other"),
        ("MinZu", "民族", "Ethnicity"),
        ("MinZu[2]", "民族", "Ethnicity"),
        ("Other", "整个文件", "Whole file"),
    ],
)
def test_place_is_named(place: str, chinese: str, english: str) -> None:
    with override("zh-hans"):
        assert place_label(place) == chinese
    with override("en"):
        assert place_label(place) == english


def test_punctuation_is_that_of_the_language() -> None:
    with override("zh-hans"):
        assert listed(["甲局", "乙局"]) == "甲局、乙局"
        assert listed(["甲", "乙"], "；") == "甲；乙"
        assert (bracketed("甲局", "QH01"), stated("年龄", "46")) == ("甲局（QH01）", "年龄：46")
    with override("en"):
        assert listed(["A", "B"]) == "A, B"
        assert (listed(["A", "B"], "；"), listed(["A", "B"], "，")) == ("A; B", "A, B")
        assert (bracketed("A", "QH01"), stated("Age", "46")) == ("A (QH01)", "Age: 46")
