"""人员名册: who stands in it, how it is narrowed and ordered, what is made of chosen rows."""

import io
import re
from collections.abc import Iterator
from datetime import date, datetime

import openpyxl
import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from quanheng.kernel.actor import Actor
from quanheng.ledger.models import Entry
from quanheng.organization.choices import PostTier, Rank, UnitCategory
from quanheng.organization.models import Unit
from quanheng.people.choices import AssessmentGrade, SourceKind
from quanheng.people.models import AnnualGrade, Cadre, PostHolding, RankHolding, SavedQuery
from quanheng.people.names import search_text, sort_name
from tests.conftest import Cast, ClientOf, make_cadre, make_unit

LIST = "/desk/people/"
BYSTANDERS = ("沈砚秋", "林晚", "古丽娜尔·艾山江")


@pytest.fixture(autouse=True)
def _now(at: datetime) -> Iterator[None]:
    with time_machine.travel(at, tick=False):
        yield


def make_person(cast: Cast, at: datetime, name: str, birth: date, order: int, **values: object) -> Cadre:
    return Cadre.objects.create(
        name=name,
        home_unit=cast.unit_a,
        management_category="city",
        search_text=search_text(name),
        sort_name=sort_name(name),
        birth_month=birth,
        unit_order=order,
        created_at=at,
        **values,
    )


@pytest.fixture
def people(cast: Cast, at: datetime) -> dict[str, Cadre]:
    shen = make_person(
        cast, at, "沈砚秋", date(1985, 3, 1), 1, sex="female", ethnicity="01", identity_number="000101198503120021"
    )
    lin = make_person(cast, at, "林晚", date(1991, 11, 1), 2, sex="female", ethnicity="11")
    guli = make_person(cast, at, "古丽娜尔·艾山江", date(1970, 1, 1), 3, ethnicity="05")
    said = {"source": SourceKind.OFFICER, "recorded_at": at, "recorded_by": shen.pk}
    PostHolding.objects.create(
        cadre=shen, unit=cast.unit_a, unit_name="示范市甲局", title="局长", tier=PostTier.COUNTY_PRINCIPAL,
        valid_from=date(2022, 4, 1), **said,
    )  # fmt: skip
    RankHolding.objects.create(cadre=shen, rank=Rank.COUNSEL_4, valid_from=date(2024, 6, 1), **said)
    for year in (2023, 2024, 2025):
        AnnualGrade.objects.create(cadre=shen, year=year, grade=AssessmentGrade.COMPETENT, **said)
    AnnualGrade.objects.create(cadre=lin, year=2024, grade=AssessmentGrade.EXCELLENT, **said)
    return {"沈砚秋": shen, "林晚": lin, "古丽娜尔·艾山江": guli, "陈知行": cast.chen_file}


def names_in(html: bytes) -> list[str]:
    return re.findall(r'<th scope="row" class="c-name"><a href="[^"]*" data-open>([^<]*)</a>', html.decode())


def test_the_list_holds_the_own_scope_in_official_order(
    client_of: ClientOf, lin: Actor, people: dict[str, Cadre]
) -> None:
    response = client_of(lin).get(LIST)
    assert response.status_code == 200
    assert names_in(response.content) == ["沈砚秋", "林晚", "古丽娜尔·艾山江", "陈知行"]
    assert "周望舒" not in response.content.decode()


def test_another_unit_sees_nobody_of_it_and_no_number_of_it(
    client_of: ClientOf, zhao: Actor, people: dict[str, Cadre]
) -> None:
    html = client_of(zhao).get(LIST).content.decode()
    assert names_in(html.encode()) == ["周望舒"]
    assert "共 <b>1</b>" in html
    assert not any(name in html for name in BYSTANDERS)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=syq", ["沈砚秋"]),
        ("q=shenyan", ["沈砚秋"]),
        ("q=艾山", ["古丽娜尔·艾山江"]),
        ("q=0021", ["沈砚秋"]),
        ("tier=county_principal", ["沈砚秋"]),
        ("rank=counsel_4", ["沈砚秋"]),
        ("rank=counsel_3", []),
        ("age_from=35&age_to=41", ["沈砚秋", "林晚"]),
        ("age_from=36&age_to=41", ["沈砚秋"]),
        ("age_to=34", []),
        ("grades=any_excellent", ["林晚"]),
        ("grades=all_competent", ["沈砚秋"]),
        ("also=minority", ["林晚", "古丽娜尔·艾山江"]),
        ("also=female", ["沈砚秋", "林晚"]),
        ("also=not_serving", []),
        ("also=female&also=male", ["沈砚秋", "林晚", "古丽娜尔·艾山江", "陈知行"]),
        ("also=non_party", []),
        ("sort=birth", ["古丽娜尔·艾山江", "陈知行", "沈砚秋", "林晚"]),
        ("sort=-birth", ["林晚", "沈砚秋", "陈知行", "古丽娜尔·艾山江"]),
        ("sort=name", ["陈知行", "古丽娜尔·艾山江", "林晚", "沈砚秋"]),
        ("tier=nonsense&age_from=x&sort=y&page=z", ["沈砚秋", "林晚", "古丽娜尔·艾山江", "陈知行"]),
    ],
)
def test_conditions_narrow_exactly(
    client_of: ClientOf, lin: Actor, people: dict[str, Cadre], query: str, found: list[str]
) -> None:
    Cadre.objects.filter(name="陈知行").update(search_text=search_text("陈知行"), sort_name=sort_name("陈知行"))
    assert names_in(client_of(lin).get(f"{LIST}?{query}").content) == found


def test_a_page_beyond_the_end_is_the_last(client_of: ClientOf, lin: Actor, people: dict[str, Cadre]) -> None:
    html = client_of(lin).get(f"{LIST}?size=14&page=99").content
    assert len(names_in(html)) == 4


def test_pages_follow_each_other_without_gap_or_repetition(
    client_of: ClientOf, wang: Actor, cast: Cast, people: dict[str, Cadre], at: datetime
) -> None:
    for number in range(30):
        make_person(cast, at, f"测试{number:02d}", date(1990, 1, 1), 10 + number)
    client = client_of(wang)
    pages = [names_in(client.get(f"{LIST}?size=14&page={page}").content) for page in (1, 2, 3)]
    together = [name for page in pages for name in page]
    assert [len(page) for page in pages] == [14, 14, 7]
    assert len(set(together)) == 35
    assert together[-1] == "周望舒"


def test_a_unit_of_another_scope_answers_like_one_that_does_not_exist(
    client_of: ClientOf, zhao: Actor, cast: Cast
) -> None:
    client = client_of(zhao)
    hidden = client.get(f"{LIST}?unit={cast.unit_a.pk}")
    absent = client.get(f"{LIST}?unit=00000000-0000-7000-8000-000000000000")
    assert (hidden.status_code, absent.status_code) == (404, 404)
    assert len(hidden.content) == len(absent.content)


def test_htmx_gets_the_results_alone(client_of: ClientOf, lin: Actor, people: dict[str, Cadre]) -> None:
    html = client_of(lin).get(f"{LIST}?q=syq", headers={"HX-Request": "true", "HX-Target": "results"}).content
    assert names_in(html) == ["沈砚秋"]
    assert b"<html" not in html


def test_the_workbook_holds_the_chosen_rows_and_each_export_is_recorded(
    client_of: ClientOf, lin: Actor, people: dict[str, Cadre]
) -> None:
    chosen = [people["沈砚秋"].pk, people["林晚"].pk]
    response = client_of(lin).post("/desk/people/export/", {"pk": chosen})
    book = openpyxl.load_workbook(io.BytesIO(response.content)).active
    assert book is not None
    assert [row[0] for row in book.iter_rows(min_row=3, values_only=True)] == ["沈砚秋", "林晚"]
    entries = Entry.objects.filter(action="people.export").values_list("cadre", flat=True)
    assert set(entries) == set(chosen)


def test_keys_of_another_scope_are_not_exported(client_of: ClientOf, zhao: Actor, people: dict[str, Cadre]) -> None:
    response = client_of(zhao).post("/desk/people/export/", {"pk": [people["沈砚秋"].pk]})
    assert response.status_code == 400
    assert not Entry.objects.filter(action="people.export").exists()


def test_all_pages_means_the_filter_and_only_it(client_of: ClientOf, lin: Actor, people: dict[str, Cadre]) -> None:
    response = client_of(lin).post("/desk/people/export/?also=female", {"all": "1"})
    book = openpyxl.load_workbook(io.BytesIO(response.content)).active
    assert book is not None
    assert [row[0] for row in book.iter_rows(min_row=3, values_only=True)] == ["沈砚秋", "林晚"]


@pytest.mark.parametrize(("kind", "start"), [("pdf", b"%PDF"), ("docx", b"PK"), ("lrmx", b"\xef\xbb\xbf<?xml")])
def test_a_form_is_made_of_a_chosen_row(
    client_of: ClientOf, lin: Actor, people: dict[str, Cadre], kind: str, start: bytes
) -> None:
    response = client_of(lin).post(f"/desk/people/forms/{kind}/", {"pk": [people["沈砚秋"].pk]})
    assert response.content.startswith(start)


def test_a_character_without_a_glyph_is_said_before_printing(
    client_of: ClientOf, lin: Actor, people: dict[str, Cadre]
) -> None:
    Cadre.objects.filter(name="林晚").update(native_place="\U0002ceff村")
    client, chosen = client_of(lin), {"pk": [people["林晚"].pk]}
    asked = client.post("/desk/people/forms/pdf/", chosen)
    assert asked["Content-Type"].startswith("text/html")
    assert "\U0002ceff" in asked.content.decode()
    assert not Entry.objects.filter(action="people.print_form").exists()
    assert client.post("/desk/people/forms/pdf/", chosen | {"anyway": "1"}).content.startswith(b"%PDF")


def test_an_unknown_kind_of_form_is_not_found(client_of: ClientOf, lin: Actor, people: dict[str, Cadre]) -> None:
    assert client_of(lin).post("/desk/people/forms/exe/", {"pk": [people["林晚"].pk]}).status_code == 404


def test_chosen_columns_are_kept_for_the_account_and_may_be_once(
    client_of: ClientOf, lin: Actor, people: dict[str, Cadre]
) -> None:
    client = client_of(lin)
    client.post("/desk/people/columns/", {"column": ["native_place", "sex"], "save": "mine"})
    heads = re.findall(r'<th scope="col" class="c-[^"]*"[^>]*>([^<]+)</th>', client.get(LIST).content.decode())
    assert heads[-2:] == ["籍贯", "性别"]
    once = client.post("/desk/people/columns/", {"column": ["rank"], "save": "once"})
    assert "columns=rank" in once["Location"]


def test_a_saved_query_is_the_account_s_own(
    client_of: ClientOf, lin: Actor, zhao: Actor, people: dict[str, Cadre]
) -> None:
    client_of(lin).post("/desk/people/queries/?also=female", {"name": "女干部"})
    saved = SavedQuery.objects.get()
    assert (saved.name, saved.query) == ("女干部", "also=female")
    assert "女干部" in client_of(lin).get(LIST).content.decode()
    assert "女干部" not in client_of(zhao).get(LIST).content.decode()
    client_of(zhao).post(f"/desk/people/queries/{saved.pk}/delete/")
    assert SavedQuery.objects.count() == 1


def test_a_list_does_not_take_the_name_of_a_screening(
    client_of: ClientOf, lin: Actor, zhao: Actor, people: dict[str, Cadre]
) -> None:
    client = client_of(lin)
    client.post("/desk/screening/queries/?target=pool:young", {"name": "年轻干部"})
    answer = client.post("/desk/people/queries/?also=female", {"name": " 年轻干部 "})
    assert answer.status_code == 200
    assert "资格筛查里已有一个叫“年轻干部”的常用筛查，没有覆盖它。请换一个名称" in answer.content.decode()
    assert SavedQuery.objects.get().query == "target=pool%3Ayoung"

    client.post("/desk/people/queries/?also=female", {"name": "女干部"})
    client.post("/desk/people/queries/?also=male", {"name": "女干部"})  # of one kind the same name replaces
    assert SavedQuery.objects.get(name="女干部").query == "also=male"
    client_of(zhao).post("/desk/people/queries/?also=female", {"name": "年轻干部"})  # another account's names
    assert SavedQuery.objects.filter(name="年轻干部").count() == 2
    assert "请写一个名称" in client.post("/desk/people/queries/", {"name": " "}).content.decode()


def count_queries(client_of: ClientOf, actor: Actor, address: str) -> int:
    client = client_of(actor)
    client.get(address)
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def test_the_number_of_queries_does_not_grow_with_the_people(
    client_of: ClientOf, lin: Actor, cast: Cast, people: dict[str, Cadre], at: datetime
) -> None:
    few = count_queries(client_of, lin, LIST)
    for number in range(40):
        make_person(cast, at, f"测试{number:02d}", date(1990, 1, 1), 10 + number)
    assert count_queries(client_of, lin, LIST) == few


def test_who_retired_from_a_unit_that_has_ended_is_in_the_list(
    client_of: ClientOf, lin: Actor, cast: Cast, at: datetime
) -> None:
    ended = make_unit("QH0101", "示范市甲局旧处", "0001.0001.0001.", cast.unit_a, UnitCategory.GOVERNMENT)
    Unit.objects.filter(pk=ended.pk).update(abolished_on=date(2025, 1, 1))
    for unit, name in ((ended, "林退休"), (cast.unit_a, "林离休")):
        make_cadre(name, unit, at, status="retired")
    html = client_of(lin).get("/desk/people/?also=not_serving").content
    assert names_in(html) == ["林离休", "林退休"]
