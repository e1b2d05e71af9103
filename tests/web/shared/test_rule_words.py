"""Words of the rulebook for pages: articles as they are cited, and what was read of the text."""

import re

import pytest
from django.utils.translation import override

from quanheng.instruments.texts import central
from quanheng.rulebook.instrument import RuleText
from quanheng.web.shared.rule_words import article_text, basis_text, parameter_name, places_text, said


@pytest.mark.parametrize(
    ("article", "zh", "en"),
    [
        ("8", "第八条", "Art. 8"),
        ("18(6)", "第十八条第（六）项", "Art. 18(6)"),
        ("8 末款", "第八条末款", "Art. 8, last paragraph"),
        ("74 第二款", "第七十四条第二款", "Art. 74, paragraph 2"),
        ("55,56", "第五十五条、第五十六条", "Arts. 55, 56"),
        ("50,88(1)", "第五十条、第八十八条第（一）项", "Arts. 50, 88(1)"),
        ("37/38", "第三十七条、第三十八条", "Arts. 37/38"),
        ("28-30", "第二十八条至第三十条", "Arts. 28-30"),
        ("8.1.4", "8.1.4", "8.1.4"),
        ("免职辞职章", "免职辞职章", "免职辞职章"),
        ("", "", ""),
        (None, "", ""),
    ],
)
def test_an_article_is_cited_as_the_language_does(article: str | None, zh: str, en: str) -> None:
    assert article_text(article) == zh
    with override("en"):
        assert article_text(article) == en


@pytest.mark.parametrize(
    ("basis", "zh", "en"),
    [
        ("P8 P9", "P8、P9", "P8 P9"),
        ("M", "凭记忆", "from memory"),
        ("seed 002", "用户单位讲话 002", "speech 002 of the user organization"),
        (
            "M; seed 004",
            "用户单位讲话 004，部分凭记忆",
            "from memory; speech 004 of the user organization",
        ),
        ("P74 (Guangdong) + M", "P74，部分凭记忆", "P74 (Guangdong) + from memory"),
        ("memory; P22 garbled", "P22，部分凭记忆", "memory; P22 garbled"),
        (
            "P20 (two years for every step), P19; rest memory, KB3 and P20b (ifeng), P19",
            "P20、P19、KB3、P20b，部分凭记忆",
            "P20 (two years for every step), P19; rest memory, KB3 and P20b (ifeng), P19",
        ),
    ],
)
def test_on_a_chinese_page_the_marks_of_the_sources_stand_in_words(basis: str, zh: str, en: str) -> None:
    assert basis_text(basis) == zh
    with override("en"):
        assert basis_text(basis) == en


def test_each_mark_tells_where_that_was_read() -> None:
    sources = {"P3": "12371.cn Q33", "KB3": "评论 / comment", "P4": "other.cn"}
    assert places_text("P3 and KB3, P3 again; P99 lost, seed 004, M", sources) == "P3 12371.cn Q33；KB3 评论"
    with override("en"):
        assert places_text("KB3 (2014)", sources) == "KB3 comment"
    assert places_text("M", sources) == ""


def test_the_basis_of_every_rule_has_chinese_without_english_prose() -> None:
    for rule in texts():
        found = basis_text(rule.basis)
        assert found, rule.id
        assert not re.search(r"[A-Za-z]{3}", found), rule.id


def texts() -> list[RuleText]:
    return [rule for one in central().instruments for rule in one.rules]


def test_notes_of_rules_are_in_both_languages() -> None:
    both = [words for text in texts() for words in (text.note, text.unverified_parts) if words]
    assert len(both) == 135
    assert [words.zh for words in both if not any("\u4e00" <= sign <= "\u9fff" for sign in words.zh)] == []
    names = ("MET", "NOT_MET", "UNKNOWN", "NOT_APPLICABLE")
    assert [words.zh for words in both if any(name in words.zh for name in names)] == []
    assert said(both[0]) == both[0].zh


def test_every_parameter_of_the_rulebook_has_a_name() -> None:
    names = {each.name for text in texts() for each in text.parameters}
    assert len(names) > 200
    assert {name for name in names if parameter_name(name) == name} == set()
    assert parameter_name("min_years") == "最少年数"
    assert parameter_name("not_yet_named") == "not_yet_named"
    with override("en"):
        assert parameter_name("min_years") == "years at least"
