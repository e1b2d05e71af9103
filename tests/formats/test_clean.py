import pytest
from hypothesis import given
from hypothesis import strategies as st

from quanheng.formats.appointment import FamilyItem
from quanheng.formats.clean import clean, clean_identity, clean_name, clean_party, clean_text, has_control
from quanheng.formats.elements import ELEMENTS, FAMILY_ELEMENTS, Kind, label_of
from quanheng.formats.family import is_deceased
from quanheng.formats.party import PartyJoining, parse_party, party_problem, party_value
from tests.formats.strategies import texts


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("张  三", "张三"),
        ("张　三", "张三"),
        ("阿不都?买买提", "阿不都·买买提"),
        ("阿不都？买买提", "阿不都·买买提"),
        ("阿不都。买买提", "阿不都·买买提"),
        ("阿不都•买买提", "阿不都·买买提"),
        ("阿不都 ? 买买提", "阿不都·买买提"),
        ("阿不都·买买提", "阿不都·买买提"),
        ("张三?", "张三?"),
        ("John  Smith", "John Smith"),
        ("J. Smith", "J. Smith"),
    ],
)
def test_names(raw: str, name: str) -> None:
    assert clean_name(raw) == name


def test_text_loses_what_nobody_sees() -> None:
    assert clean_text("\ufeff 一\r\n二\r三\x0b\x7f\x85\u200b \n　") == "一\n二\n三"
    assert has_control("无\x0b")
    assert not has_control("一\r\n\t二")


def test_identity_number() -> None:
    assert clean_identity("０００ 000 1985 0315 001x") == "00000019850315001X"


@pytest.mark.parametrize(
    ("raw", "joined", "others", "value"),
    [
        ("199906", "1999-06", (), "1999-06"),
        ("1999.06", "1999-06", (), "1999-06"),
        ("200108；民建", "2001-08", ("民建",), "2001-08；民建"),
        ("２００１０８；民建", "2001-08", ("民建",), "2001-08；民建"),
        ("200108;民建", "2001-08", ("民建",), "2001-08；民建"),
        ("民建；九三学社", None, ("民建", "九三学社"), "民建；九三学社"),
        ("无党派", None, ("无党派",), "无党派"),
        ("群众", None, ("群众",), "群众"),
        ("200113", None, (), None),
        ("", None, (), ""),
    ],
)
def test_party_joining(raw: str, joined: str | None, others: tuple[str, ...], value: str | None) -> None:
    assert parse_party(raw) == PartyJoining(joined, others)  # type: ignore[arg-type]  # plain text for readability
    assert party_value(raw) == value


def test_a_bad_month_of_joining_is_named() -> None:
    assert party_problem("200113；民建") == ("date-month", {"month": 13})
    assert party_problem("200108；民建") is None


@pytest.mark.parametrize(
    ("work", "dead"), [("农民（已去世）", True), ("工人，2009年病故", True), ("县第一中学教师", False)]
)
def test_deceased(work: str, dead: bool) -> None:
    assert is_deceased(FamilyItem(work=work)) is dead


@given(st.sampled_from(Kind), texts | st.text(max_size=10))
def test_cleaning_twice_changes_nothing(kind: Kind, text: str) -> None:
    assert clean(kind, clean(kind, text)) == clean(kind, text)


@given(texts)
def test_party_text_is_stable(text: str) -> None:
    assert clean_party(clean_party(text)) == clean_party(text)


def test_the_table_of_elements() -> None:
    assert len(ELEMENTS) == 36
    assert [element.tag for element in ELEMENTS[:3]] == ["XingMing", "XingBie", "ChuShengNianYue"]
    assert [element.tag for element in ELEMENTS[-3:]] == ["ShenFenZheng", "ZhaoPian", "Version"]
    assert [element.attribute for element in FAMILY_ELEMENTS] == list(FamilyItem.__dataclass_fields__)[:5]
    assert label_of(FAMILY_ELEMENTS[2], 2) == "家庭成员第 2 人的出生日期"
