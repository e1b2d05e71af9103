import pytest

from quanheng.formats import codes


@pytest.mark.parametrize(
    ("key", "rows"),
    [
        ("degrees", 56),
        ("education_levels", 19),
        ("ethnic_groups", 60),
        ("family_relations", 81),
        ("political_affiliations", 13),
        ("professional_titles", 351),
        ("regions", 2341),
    ],
)
def test_table_is_whole(key: str, rows: int) -> None:
    assert len(codes.table(key).names) == rows


def test_every_table_says_where_it_comes_from() -> None:
    for key in codes.table_keys():
        table = codes.table(key)
        assert table.standard
        assert table.source
        assert table.version
        assert table.is_verified is False


def test_name_alias_and_code_lead_to_the_code() -> None:
    levels = codes.table("education_levels")
    assert levels.code_of("大学") == levels.code_of("本科") == levels.code_of("21") == "21"


def test_code_listed_twice_has_its_later_name_and_both_lead_to_it() -> None:
    regions = codes.table("regions")
    assert regions.name_of("530821") == "云南宁洱"
    assert regions.code_of("云南普洱") == regions.code_of("云南宁洱") == "530821"


def test_unknown_text_is_kept_not_guessed() -> None:
    table = codes.table("ethnic_groups")
    assert table.code_of("火星族") is None
    assert table.name_of("火星族") == "火星族"
    assert table.name_of("05") == "维吾尔族"
