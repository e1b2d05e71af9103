"""The words of due items, and lines joined where a group would be too long."""

from datetime import date, timedelta
from uuid import UUID

import pytest

from quanheng.insight.due import Due, DueKind, watches
from quanheng.insight.due_groups import Lot, When
from quanheng.web.desk.today_due import TABS, by_kind, evidence_url
from quanheng.web.desk.today_items import lead_text
from quanheng.web.desk.today_words import DUE_WORDS, GROUPS, basis_of, basis_of_all, target_of, what_of, when_text

ON = date(2026, 11, 20)
SOMEBODY = UUID("00000000-0000-7000-8000-000000000009")


def lot(kind: DueKind, rule: str, day: date, count: int = 2) -> Lot:
    return Lot(When.LATER, kind, rule, count, count, day, day, (Due(day, kind, rule, "", SOMEBODY),))


def test_every_kind_and_group_has_its_words() -> None:
    assert set(DUE_WORDS) == set(DueKind)
    assert set(GROUPS) == set(When)
    assert set(TABS) == set(DueKind) - {DueKind.RETIREMENT}


def test_what_is_told_before_and_after_the_day() -> None:
    assert what_of(DueKind.PROBATION, "SEL-PRO-42", When.TODAY) == "试用期将满"
    assert what_of(DueKind.PROBATION, "SEL-PRO-42", When.OVERDUE) == "试用期已满，没有考核结论"
    assert what_of(DueKind.RANK, "RNK-Y-06", When.LATER) == "职级年限将满：四级调研员"
    assert what_of(DueKind.RANK, "RNK-Y-06", When.HAPPENED) == "职级年限已满：四级调研员"
    assert what_of(DueKind.RANK, "", When.HAPPENED) == "职级年限已满"


def test_the_rank_aimed_at_is_the_target_of_the_screening() -> None:
    targets = [target_of(watch.kind, watch.rule) for watch in watches()]
    assert targets == [watch.target.code if watch.target else "" for watch in watches()]


@pytest.mark.parametrize(
    ("day", "when", "words"),
    [
        (date(2026, 11, 19), When.OVERDUE, "逾期 1 天"),
        (ON, When.TODAY, "今天"),
        (date(2026, 11, 23), When.NEXT, "11-23"),
        (date(2027, 3, 18), When.LATER, "2027-03-18"),
        (date(2026, 6, 1), When.HAPPENED, "06-01"),
    ],
)
def test_days_are_short(day: date, when: When, words: str) -> None:
    assert when_text(day, ON, when) == words


def test_the_basis_is_the_article_without_the_year_of_its_version() -> None:
    assert basis_of("SEL-PRO-42", ON) == "党政领导干部选拔任用工作条例第四十二条"
    assert basis_of("", ON) == "到龄计算"
    assert basis_of_all({"RNK-Y-06"}, ON) == "公务员职务与职级并行规定第十八条第（六）项"
    assert basis_of_all({"RNK-Y-06", "RNK-Y-07"}, ON) == "公务员职务与职级并行规定"
    assert basis_of_all({"SAN-PTY-W", "SAN-ADM-W"}, ON) == "中国共产党纪律处分条例、公职人员政务处分法"
    assert basis_of_all({""}, ON) == "到龄计算"


def test_lots_of_a_kind_are_joined() -> None:
    late, early = ON + timedelta(days=40), ON + timedelta(days=30)
    ranks = [lot(DueKind.RANK, "RNK-Y-06", late, 3), lot(DueKind.RANK, "RNK-Y-07", early, 4)]
    joined, other = by_kind([ranks[0], lot(DueKind.TERM, "TRM-5", late), ranks[1]])
    assert (joined.rule, joined.items, joined.people, joined.first, joined.last) == ("", 7, 7, early, late)
    assert [due.rule for due in joined.heads] == ["RNK-Y-07"]  # as many as before, the earliest
    assert (other.kind, other.rule, other.items) == (DueKind.TERM, "TRM-5", 2)


def test_evidence_is_that_of_the_rule_or_of_the_age() -> None:
    rank, sanction, retirement = (
        Due(ON, kind, rule, "", SOMEBODY)
        for kind, rule in ((DueKind.RANK, "RNK-Y-06"), (DueKind.SANCTION, "SAN-PTY-W"), (DueKind.RETIREMENT, ""))
    )
    assert evidence_url(rank) == f"/desk/evidence/rule/{SOMEBODY}/RNK-Y-06/?target=rank%3Acounsel_4"
    assert evidence_url(sanction) == f"/desk/evidence/rule/{SOMEBODY}/SAN-PTY-W/"
    assert evidence_url(retirement) == f"/desk/evidence/age/{SOMEBODY}/"


def test_a_list_says_its_days_and_why() -> None:
    assert lead_text(DueKind.PROBATION) == "提前 60 天提示：期满以前要完成考核。过了期限一直提示，到原因消除为止。"
    assert lead_text(DueKind.RANK).endswith("期满后再提示 180 天。")
