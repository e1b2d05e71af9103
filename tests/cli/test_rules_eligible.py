"""`quanheng rules eligible`: the user's grants decide who is asked about, the records of this moment what is said."""

import json
import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine

from quanheng.accounts.models import Account, Grant
from quanheng.cli import DONE, FINDINGS, WRONG_USE, main
from quanheng.ledger.ledger_codes import OPEN_DOSSIER
from quanheng.ledger.models import Entry
from quanheng.organization.choices import PostTier
from quanheng.organization.models import Position
from quanheng.people.choices import CadreStatus
from quanheng.people.models import Cadre, PostHolding
from tests.conftest import Cast
from tests.dossiers import fill

CHIEF = "post:county_principal"


@pytest.fixture(autouse=True)
def _clock(at: datetime) -> Iterator[None]:
    with time_machine.travel(at, tick=False):
        yield


@pytest.fixture
def deputy(cast: Cast, at: datetime) -> Cadre:
    """陈知行, deputy since 2025-06-01: short of two years until 2027-06-01."""
    cadre = fill(cast.chen_file, at - timedelta(days=100))
    PostHolding.objects.filter(cadre=cadre, title="局长").delete()
    PostHolding.objects.filter(cadre=cadre).update(valid_from=date(2025, 6, 1), valid_to=None)
    return cadre


def run(capsys: pytest.CaptureFixture[str], *arguments: str, user: str = "lin") -> tuple[int, list[str], str]:
    code = main(["rules", "eligible", *arguments, "--as", user])
    captured = capsys.readouterr()
    return code, captured.out.splitlines(), captured.err


def told(capsys: pytest.CaptureFixture[str], *arguments: str, user: str = "lin") -> Any:
    code, lines, _err = run(capsys, *arguments, "--json", user=user)
    assert code == DONE
    return json.loads(lines[0])


def condition(told: Any, rule: str) -> Any:
    return next(each for each in told["people"][0]["conditions"] if each["rule"] == rule)


def test_a_line_says_what_fails_with_article_and_from_when(deputy: Cadre, capsys: pytest.CaptureFixture[str]) -> None:
    code, lines, err = run(capsys, "--target", CHIEF)
    assert (code, err) == (DONE, "")
    assert lines[0].startswith("陈知行  示范市甲局  不符合  ")
    assert "SEL-QUAL-08-3a 副职提任正职（TJ2019 8(3)）差 7 个月，2027-06-01 起符合（未签认，只提示）" in lines[0]
    assert re.search(r"  待认定 \d+ 项", lines[0])
    assert "SEL-COND-07" not in lines[0]  # the same for everybody


def test_what_waits_for_people_is_told_in_words_once(deputy: Cadre, capsys: pytest.CaptureFixture[str]) -> None:
    _code, lines, _err = run(capsys, "--target", CHIEF)
    start = lines.index("待认定的条件（一个人的用 --cadre 看）：")
    waiting = lines[start + 1 : -1]
    assert [line for line in waiting if "SEL-COND-07" in line] == [
        "  SEL-COND-07 基本条件（TJ2019 7）（未签认，只提示）  1 人"
    ]
    assert f"待认定 {len(waiting)} 项" in lines[0]


def test_what_is_no_day_is_told_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["rules", "eligible", "--target", CHIEF, "--as", "lin", "--on", "2026-13-01"])
    assert "没有 2026-13-01 这一天，日期写作 2025-06-01" in capsys.readouterr().err


def test_counts_stand_at_the_end(deputy: Cadre, capsys: pytest.CaptureFixture[str]) -> None:
    _code, lines, _err = run(capsys, "--target", CHIEF)
    assert lines[-1] == (
        "县处级正职（post:county_principal），2026-11-20：共 1 人；符合 0 人，不符合 1 人，缺材料 0 人，待认定 0 人。"
        "资格是门槛，不是排名。"
    )


@pytest.mark.parametrize(("on", "outcome"), [("2027-05-31", "NOT_MET"), ("2027-06-01", "MET")])
def test_another_day_is_asked_for(deputy: Cadre, capsys: pytest.CaptureFixture[str], on: str, outcome: str) -> None:
    found = told(capsys, "--target", CHIEF, "--on", on)
    assert (found["on"], condition(found, "SEL-QUAL-08-3a")["outcome"]) == (on, outcome)


def test_json_gives_each_condition_with_its_findings(deputy: Cadre, capsys: pytest.CaptureFixture[str]) -> None:
    found = told(capsys, "--target", CHIEF)
    assert found["target"] == {"code": CHIEF, "title": "县处级正职"}
    assert found["counts"] == {"MET": 0, "NOT_MET": 1, "UNKNOWN": 0, "NEEDS_PERSON": 0}
    tenure = condition(found, "SEL-QUAL-08-3a")
    assert {name: tenure[name] for name in ("article", "binding", "earliest", "remedy")} == {
        "article": "TJ2019 8(3)",
        "binding": True,
        "earliest": "2027-06-01",
        "remedy": "差 7 个月，2027-06-01 起符合",
    }
    assert tenure["findings"][0]["numbers"] == {"months": "17", "need": "24", "short": "7"}


@pytest.mark.parametrize("target", ["rank:counsel_2", "pool:young", "post:staff"])
def test_each_kind_of_target_is_answered(deputy: Cadre, capsys: pytest.CaptureFixture[str], target: str) -> None:
    assert told(capsys, "--target", target)["target"]["code"] == target


def test_a_post_by_its_unit_and_title(cast: Cast, deputy: Cadre, capsys: pytest.CaptureFixture[str]) -> None:
    Position.objects.create(unit=cast.unit_a, title="局长", tier=PostTier.COUNTY_PRINCIPAL, valid_from=date(2010, 1, 1))
    assert told(capsys, "--target", "post:QH01/局长")["target"]["title"] == "示范市甲局局长"


class TestScope:
    def names(self, capsys: pytest.CaptureFixture[str], user: str) -> list[str]:
        return [each["name"] for each in told(capsys, "--target", CHIEF, user=user)["people"]]

    def test_each_user_is_told_of_the_own_scope(self, deputy: Cadre, capsys: pytest.CaptureFixture[str]) -> None:
        assert self.names(capsys, "lin") == ["陈知行"]
        assert self.names(capsys, "zhao") == ["周望舒"]
        assert self.names(capsys, "wang") == ["陈知行", "周望舒"]

    def test_a_grant_taken_back_a_moment_ago_counts(
        self, cast: Cast, deputy: Cadre, at: datetime, capsys: pytest.CaptureFixture[str]
    ) -> None:
        given = Grant.objects.filter(account=cast.accounts["lin"])
        given.update(revoked_at=at, revoked_by=cast.accounts["xu"].pk)
        assert self.names(capsys, "lin") == []

    def test_the_grant_must_be_one_for_selection(
        self, cast: Cast, deputy: Cadre, capsys: pytest.CaptureFixture[str]
    ) -> None:
        Grant.objects.filter(account=cast.accounts["lin"]).update(purposes=["management"])
        assert self.names(capsys, "lin") == []

    def test_the_own_file_is_left_out(self, cast: Cast, deputy: Cadre, capsys: pytest.CaptureFixture[str]) -> None:
        Account.objects.filter(username="chen").update(cadre_key=None)
        Account.objects.filter(username="lin").update(cadre_key=deputy.pk)
        assert self.names(capsys, "lin") == []

    def test_who_no_longer_serves_is_left_out(self, deputy: Cadre, capsys: pytest.CaptureFixture[str]) -> None:
        Cadre.objects.filter(pk=deputy.pk).update(status=CadreStatus.RETIRED)
        assert self.names(capsys, "lin") == []

    def test_a_list_opens_no_file(self, deputy: Cadre, capsys: pytest.CaptureFixture[str]) -> None:
        self.names(capsys, "lin")
        assert not Entry.objects.filter(action=OPEN_DOSSIER).exists()


class TestOnePerson:
    def test_each_condition_with_what_it_rests_on(self, deputy: Cadre, capsys: pytest.CaptureFixture[str]) -> None:
        _code, lines, _err = run(capsys, "--target", CHIEF, "--cadre", str(deputy.pk))
        place = next(at for at, line in enumerate(lines) if line.strip().startswith("不符合  SEL-QUAL-08-3a"))
        assert "months=17；need=24；short=7" in lines[place + 1]
        assert "依据记录 posts[" in lines[place + 1]

    def test_the_opening_is_logged(self, deputy: Cadre, capsys: pytest.CaptureFixture[str]) -> None:
        run(capsys, "--target", CHIEF, "--cadre", str(deputy.pk))
        (entry,) = Entry.objects.filter(action=OPEN_DOSSIER)
        assert (entry.cadre, entry.purpose) == (deputy.pk, "management")

    def test_a_file_out_of_scope_is_not_found(
        self, cast: Cast, deputy: Cadre, capsys: pytest.CaptureFixture[str]
    ) -> None:
        out_of_scope = run(capsys, "--target", CHIEF, "--cadre", str(cast.zhou_file.pk))
        absent = run(capsys, "--target", CHIEF, "--cadre", "01890000-0000-7000-8000-000000000000")
        assert out_of_scope == absent
        assert (out_of_scope[0], out_of_scope[1]) == (FINDINGS, [])


class TestRefusals:
    @pytest.mark.parametrize("target", ["nonsense", "post:", "rank:general", "pool:old"])
    def test_an_unknown_target_is_told_what_there_is(
        self, cast: Cast, capsys: pytest.CaptureFixture[str], target: str
    ) -> None:
        code, lines, err = run(capsys, "--target", target)
        assert (code, lines) == (FINDINGS, [])
        assert err.startswith(f"quanheng: 没有“{target}”这个目标。")
        assert "county_deputy" in err
        assert "counsel_4" in err
        assert "pool:young" in err

    def test_a_post_out_of_sight_is_told_like_none(self, cast: Cast, capsys: pytest.CaptureFixture[str]) -> None:
        post = Position.objects.create(
            unit=cast.unit_b, title="局长", tier=PostTier.COUNTY_PRINCIPAL, valid_from=date(2010, 1, 1)
        )
        for target in (f"post:{post.pk}", "post:QH02/局长", "post:QH99/局长"):
            code, lines, err = run(capsys, "--target", target)
            assert (code, lines) == (FINDINGS, [])
            assert err.startswith(f"quanheng: 没有“{target}”这个岗位，或不在这个账号的授权范围内。")

    def test_an_unknown_user(self, cast: Cast, capsys: pytest.CaptureFixture[str]) -> None:
        code, lines, err = run(capsys, "--target", CHIEF, user="nobody")
        assert (code, lines) == (FINDINGS, [])
        assert "没有这个账号" in err

    def test_as_json_a_refusal_has_its_code(self, cast: Cast, capsys: pytest.CaptureFixture[str]) -> None:
        code, lines, _err = run(capsys, "--target", "nonsense", "--json")
        assert (code, json.loads(lines[0])["refused"]) == (FINDINGS, "unknown-target")

    def test_a_wrong_day_is_wrong_use(self, capsys: pytest.CaptureFixture[str]) -> None:
        with pytest.raises(SystemExit) as ended:
            run(capsys, "--target", CHIEF, "--on", "yesterday")
        assert ended.value.code == WRONG_USE
