"""规则库: the list, a rule's page, signing it on the page, switches and local numbers."""

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from html.parser import HTMLParser

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from quanheng.instruments import queries
from quanheng.instruments.actions import countersign_rule, sign_rule
from quanheng.instruments.models import LocalRule, SignOff, SwitchValue
from quanheng.kernel.actor import Actor
from quanheng.ledger.models import Entry
from quanheng.rulebook import labels
from quanheng.rulebook.book import load
from quanheng.rulebook.instrument import RuleText
from tests.conftest import ClientOf
from tests.deciders import BLOCKING, PDF, WARNING, second, signer
from tests.web.desk.units import TextOf, words

__all__ = ["second", "signer"]
TODAY = date(2026, 11, 20)
LIST = "/desk/rules/"
PAGE = f"/desk/rules/{BLOCKING}/"
UNSEEN = next(text.id for text in load().rules(TODAY) if not text.is_verified)
COUNT = len(load().rules(TODAY))


@pytest.fixture(autouse=True)
def _clock(at: datetime) -> Iterator[None]:
    with time_machine.travel(at, tick=False):
        yield


class Rows(HTMLParser):
    """Ids of the rules that a list shows, in its order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        url = dict(attrs).get("href") or ""
        if tag == "a" and "data-open" in dict(attrs):
            self.ids.append(url.split("?")[0].strip("/").split("/")[-1])


def shown(client: Client, query: str = "") -> list[str]:
    return Rows(client.get(LIST + query).content.decode()).ids


def send(client: Client, url: str, **values: object) -> str:
    response = client.post(url, values, follow=True)
    assert response.status_code == 200, response.content.decode()[:2000]
    return str(TextOf(response.content.decode()))


def in_force() -> list[RuleText]:
    """Selection first, as whoever opens the list looks for it most."""
    families = list(labels.FAMILIES)
    return sorted(load().rules(TODAY), key=lambda text: families.index(text.family))


def test_the_list_begins_with_selection(lin: Actor, client_of: ClientOf) -> None:
    first = {load().versions(id)[-1].family for id in shown(client_of(lin), "")}
    assert first == {"SEL"}


def test_the_list_shows_every_rule_in_force(lin: Actor, client_of: ClientOf) -> None:
    client, pages = client_of(lin), -(-COUNT // 50)
    found = [id for page in range(1, pages + 1) for id in shown(client, f"?page={page}")]
    assert found == [text.id for text in in_force()]
    page = words(client, LIST)
    assert f"规则库 {COUNT} 条规则 已签认 0 条 待签认 {COUNT} 条" in page
    assert "没有签认的规则照样检查，但最多提醒，不拦阻。" in page


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("?q=RNK-Y-03", ["RNK-Y-03"]),
        ("?q=rnk-y-03", ["RNK-Y-03"]),
        ("?q=晋升一级调研员年限", ["RNK-Y-03"]),
        ("?q=没有这样的规则", []),
        ("?family=YNG&check=human", None),
        ("?family=AVO&family=TRM", None),
        ("?state=signed", []),
        ("?on_fail=deadline&family=PMR", None),
        ("?family=NONE&state=x&page=-1", None),
    ],
)
def test_conditions_narrow_the_list(lin: Actor, client_of: ClientOf, query: str, wanted: list[str] | None) -> None:
    found = shown(client_of(lin), query)
    if wanted is not None:
        assert found == wanted
        return
    asked = {name: set(values) for name, values in _asked(query).items()}
    known = {"family": "family", "check": "check", "on_fail": "on_fail"}
    expected = [
        text.id
        for text in in_force()
        if all(str(getattr(text, known[name])) in values for name, values in asked.items() if values and name in known)
    ]
    assert found == (expected[:50] if "NONE" not in query else [text.id for text in in_force()][:50])


def _asked(query: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for pair in query.lstrip("?").split("&"):
        name, _equals, value = pair.partition("=")
        found.setdefault(name, []).append(value)
    return found


def test_an_empty_list_says_what_to_do(lin: Actor, client_of: ClientOf) -> None:
    assert "没有符合这些条件的规则。去掉一个条件，或换一个词。" in words(client_of(lin), LIST + "?q=zzz")


def test_conditions_stay_in_the_links(lin: Actor, client_of: ClientOf) -> None:
    html = client_of(lin).get(LIST + "?check=computed&q=年").content.decode()
    assert "?q=%E5%B9%B4&amp;check=computed&amp;page=2" in html
    assert 'href="?check=computed"' in html  # the chip that takes the text away


def test_the_page_of_a_rule_nobody_has_signed(lin: Actor, client_of: ClientOf) -> None:
    page = words(client_of(lin), PAGE)
    assert "规则库 / RNK-Y-03 晋升一级调研员年限" in page
    assert "这条规则还没有人对照正式文本签认：系统照样检查并说明，但最多提醒，不拦阻。" in page
    assert "条款要点 晋升一级调研员：任县处级正职或二级调研员满3年" in page
    assert "公务员职务与职级并行规定第十八条第（三）项" in page
    assert "未签认，只提示" in page
    assert "怎么判断" in page
    assert "最少年数 3 年 第十八条第（三）项 见过 越大越严" in page
    assert "SW-RNK-WINDOW" in page
    assert "还没有人签认。" in page
    assert "local/?parameter=" not in client_of(lin).get(PAGE).content.decode()  # Lin has no grant for rules here


def test_every_rule_and_version_has_a_page(lin: Actor, client_of: ClientOf) -> None:
    client = client_of(lin)
    for text in load().texts[::7]:
        day = text.in_force.start.isoformat() if text.in_force.start else ""
        assert text.title.zh in words(client, f"/desk/rules/{text.id}/?on={day}")


def test_a_rule_that_no_longer_holds_says_so(lin: Actor, client_of: ClientOf) -> None:
    page = words(client_of(lin), "/desk/rules/SEL14-EXCL-24-2/")
    assert "这条规则这一天不施行" in page


def test_no_such_rule(lin: Actor, client_of: ClientOf) -> None:
    client = client_of(lin)
    for url in ("/desk/rules/SEL-NONE/", "/desk/rules/SEL-NONE/sign/", "/desk/rules/switches/SW-NONE/"):
        assert client.get(url).status_code in (403, 404)
    assert client.get("/desk/rules/SEL-NONE/").status_code == 404


def test_pages_ask_the_database_a_fixed_number_of_times(
    lin: Actor, client_of: ClientOf, django_assert_max_num_queries: "object"
) -> None:
    client = client_of(lin)
    client.get(LIST)
    for url, most in ((LIST, 5), (PAGE, 12), ("/desk/rules/switches/", 7)):
        with django_assert_max_num_queries(most):  # type: ignore[operator]
            client.get(url)


def test_signing_by_two_persons_and_seeing_it_in_force(signer: Actor, second: Actor, client_of: ClientOf) -> None:
    client = client_of(signer)
    form = words(client, f"{PAGE}sign/")
    assert "我已对照正式文本核对《公务员职务与职级并行规定》第十八条第（三）项，同意从启用日起用于拦阻。" in form
    assert "还要第二人签认，才会拦阻" in form
    page = send(client, f"{PAGE}sign/", document="中办发〔2019〕21号", used_from="2026-11-20", is_confirmed="on")
    assert "已签认。已写入台账。" in page
    assert "还差第二人签认" in page
    assert "第一签认人是您本人" in page
    assert queries.signed_ids(TODAY) == frozenset()
    page = send(client_of(second), f"{PAGE}countersign/", is_confirmed="on")
    assert "已签认，这条规则从启用日起拦阻。已写入台账。" in page
    assert "林疏桐 · 干部一科 2026-11-20 08:00 苏既明 · 干部监督科 2026-11-20 08:00 2026-11-20" in page
    assert queries.signed_ids(TODAY) == {BLOCKING}
    assert shown(client, "?state=signed") == [BLOCKING]
    assert "已签认 1 条" in words(client, LIST)


def test_nobody_signs_by_a_stray_click(signer: Actor, client_of: ClientOf) -> None:
    page = send(client_of(signer), f"{PAGE}sign/", document="中办发〔2019〕21号", used_from="2026-11-20")
    assert "核对以后勾选这一项，再签认。" in page
    assert SignOff.objects.count() == 0


def test_a_refusal_stands_in_the_panel_and_in_the_ledger(signer: Actor, client_of: ClientOf) -> None:
    page = send(client_of(signer), f"{PAGE}sign/", document="", used_from="2026-11-20", is_confirmed="on")
    assert "还没有办成。 没有写明文件。请填正式文件的文号。" in page
    entry = Entry.objects.get(stream="instruments")
    assert (entry.action, entry.is_refused, entry.object_key) == (
        "instruments.sign_rule",
        True,
        f"rulebook.rule:{BLOCKING}",
    )


def test_the_signer_cannot_be_the_second(signer: Actor, client_of: ClientOf, at: datetime) -> None:
    sign_rule(actor=signer, rule=BLOCKING, document="文", paper=None, used_from=TODAY, at=at)
    page = send(client_of(signer), f"{PAGE}countersign/", is_confirmed="on")
    assert "第一签认人不能再作第二人。" in page
    assert queries.signed_ids(TODAY) == frozenset()


def test_the_text_is_attached_and_can_be_opened(signer: Actor, client_of: ClientOf) -> None:
    client, url = client_of(signer), f"/desk/rules/{UNSEEN}/"
    given = {"document": "", "used_from": "2026-11-20", "is_confirmed": "on"}
    assert "只填文号不够" in send(client, f"{url}sign/", **given)
    assert SignOff.objects.count() == 0
    file = SimpleUploadedFile("正式文本.pdf", PDF.content)
    assert "已签认" in send(client, f"{url}sign/", paper=file, **given)
    row = SignOff.objects.get()
    response = client.get(reverse("desk:rule-paper", args=[UNSEEN, row.pk]))
    assert (response.content, response["Content-Type"]) == (PDF.content, "application/pdf")
    assert response["Content-Disposition"].startswith("attachment; ")
    assert client.get(reverse("desk:rule-paper", args=[BLOCKING, row.pk])).status_code == 404


def test_what_is_too_large_is_not_read(signer: Actor, client_of: ClientOf) -> None:
    file = SimpleUploadedFile("大.pdf", b"%PDF" + bytes(20 * 2**20))
    page = send(client_of(signer), f"{PAGE}sign/", paper=file, used_from="2026-11-20", is_confirmed="on", document="文")
    assert "文件超过 20 MB，没有收下。" in page
    assert SignOff.objects.count() == 0


def test_who_signs_in_a_second_window_is_told_the_state_and_it_is_written_down(
    signer: Actor, second: Actor, client_of: ClientOf, at: datetime
) -> None:
    row = sign_rule(actor=signer, rule=BLOCKING, document="文", paper=None, used_from=TODAY, at=at)
    given = {"document": "文", "used_from": TODAY.isoformat(), "is_confirmed": "on"}
    page = send(client_of(second), f"{PAGE}sign/", **given)
    assert "这条规则的签认状态是“待第二人签认”，可能刚有人办过。请刷新页面。" in page
    refused = Entry.objects.select_related("detail").order_by("-seq").filter(is_refused=True)[0]
    assert '"state":"awaiting"' in refused.detail.detail
    countersign_rule(actor=second, sign_off=row.pk, at=at)
    for step in ("sign", "countersign"):
        again = client_of(signer).post(f"{PAGE}{step}/", given)
        assert "已签认" in again.content.decode() or again.status_code == 404
    assert SignOff.objects.count() == 1


def test_a_reason_too_short_is_said_in_our_words(signer: Actor, client_of: ClientOf, at: datetime) -> None:
    sign_rule(actor=signer, rule=BLOCKING, document="文", paper=None, used_from=TODAY, at=at)
    assert "理由不少于 10 个字；写入台账，以后可查。" in send(client_of(signer), f"{PAGE}withdraw/", reason="短")
    assert SignOff.objects.filter(withdrawn_at=None).count() == 1


def test_withdrawing_on_the_page(signer: Actor, second: Actor, client_of: ClientOf, at: datetime) -> None:
    row = sign_rule(actor=signer, rule=BLOCKING, document="文", paper=None, used_from=TODAY, at=at)
    countersign_rule(actor=second, sign_off=row.pk, at=at)
    page = send(client_of(second), f"{PAGE}withdraw/", reason="正式文本与所附转载不一致")
    assert "已撤回签认。" in page
    assert "苏既明 · 干部监督科 2026-11-20 08:00 撤回：正式文本与所附转载不一致" in page
    assert queries.signed_ids(TODAY) == frozenset()


def test_an_earlier_day_offers_no_step(signer: Actor, client_of: ClientOf) -> None:
    client = client_of(signer)
    today, earlier = (client.get(PAGE + day).content.decode() for day in ("", "?on=2026-11-19"))
    steps = (f"{PAGE}sign/", f"{PAGE}local/?parameter=min_years")
    assert [(step in today, step in earlier) for step in steps] == [(True, False)] * 2


def test_the_number_to_be_made_stricter_is_named_in_words(signer: Actor, client_of: ClientOf) -> None:
    page = client_of(signer).get(f"{PAGE}local/?parameter=min_years").content.decode()
    (named,) = re.findall(r'<option value="min_years" selected>([^<]+)</option>', page)
    assert not re.search(r"[a-z_]", named)


def test_steps_without_the_grant_are_closed(lin: Actor, zhao: Actor, wang: Actor, client_of: ClientOf) -> None:
    steps = ("sign/", "countersign/", "withdraw/", "local/")
    assert [client_of(lin).get(PAGE + step).status_code for step in steps] == [403] * 4
    assert [client_of(zhao).get(PAGE + step).status_code for step in steps] == [403] * 4
    assert [client_of(wang).get(PAGE + step).status_code for step in steps] == [403] * 4
    page = client_of(lin).get(f"{PAGE}sign/").content.decode()
    assert "规则签认" in page


def test_where_nothing_is_signed_there_is_nothing_to_countersign(second: Actor, client_of: ClientOf) -> None:
    client = client_of(second)
    assert [client.get(PAGE + step).status_code for step in ("countersign/", "withdraw/")] == [404, 404]


def test_a_local_number_on_the_page(signer: Actor, client_of: ClientOf) -> None:
    client = client_of(signer)
    given = {
        "parameter": "min_years",
        "document": "示组发〔2026〕12号",
        "valid_from": "2026-11-20",
        "reason": "市委组织部部务会议定",
    }
    assert "本地规定只能更严：中央规定是 3，要填更大的数。" in send(client, f"{PAGE}local/", value="2", **given)
    page = send(client, f"{PAGE}local/", value="4", **given)
    assert "已登记本地规定。" in page
    assert "最少年数 4 年 中央规定 3 年 第十八条第（三）项 见过 示组发〔2026〕12号" in page
    row = LocalRule.objects.get()
    end = f"{PAGE}local/{row.pk}/end/"
    assert "已终止本地规定。" in send(client, end, valid_to="2026-11-20", reason="市委组织部部务会议定")
    assert "最少年数 3 年 第十八条第（三）项" in words(client, PAGE)
    assert client.get(f"/desk/rules/{WARNING}/local/{row.pk}/end/").status_code == 404


def test_a_local_rule_is_taken_up_on_its_page(signer: Actor, client_of: ClientOf) -> None:
    client, url = client_of(signer), "/desk/rules/YNG-3TO1/"
    assert "启用本规则" in words(client, url)
    given = {"document": "示组发〔2026〕12号", "valid_from": "2026-11-20", "reason": "市委组织部部务会议定"}
    page = send(client, f"{url}local/", parameter="", value="", **given)
    assert "启用本规则 — 示组发〔2026〕12号 2026-11-20 –" in page


def test_switches_and_setting_one(signer: Actor, client_of: ClientOf, at: datetime) -> None:
    client = client_of(signer)
    assert "SW-ROUND 职数和优秀比例的上限如何取整？ 舍去小数 组织部门 2026-11-20 默认" in words(
        client, "/desk/rules/switches/"
    )
    url = "/desk/rules/switches/SW-ROUND/"
    assert "没有设定过，按默认的取值办。" in words(client, url)
    given = {"valid_from": "2026-11-20", "document": "", "reason": "市委组织部部务会议定"}
    assert "那天起已经是这个取值，没有要改的。" in send(client, f"{url}set/", value="floor", **given)
    page = send(client, f"{url}set/", value="half_up", **given)
    assert "已设定口径。已写入台账。" in page
    assert "林疏桐 · 干部一科 2026-11-20 08:00 市委组织部部务会议定" in page
    assert "本单位设定" in words(client, "/desk/rules/switches/")
    assert SwitchValue.objects.get().value == "half_up"
    tomorrow = at + timedelta(days=1)
    with time_machine.travel(tomorrow, tick=False):
        lines = words(client_of(signer), "/desk/rules/switches/?on=2026-11-19")
        assert "SW-ROUND 职数和优秀比例的上限如何取整？ 舍去小数" in lines


def test_setting_a_switch_needs_the_grant(lin: Actor, wang: Actor, client_of: ClientOf) -> None:
    url = "/desk/rules/switches/SW-ROUND/set/"
    assert [client_of(who).get(url).status_code for who in (lin, wang)] == [403, 403]


def test_in_english(signer: Actor, client_of: ClientOf) -> None:
    client = client_of(signer)
    client.cookies["django_language"] = "en"
    page = words(client, PAGE)
    assert "At least 3 years as principal of the county-division tier or Consultant II" in page
    assert "Art. 18(3)" in page
    assert "organization department" in words(client, "/desk/rules/switches/")


def test_the_ledger_names_the_rule(signer: Actor, client_of: ClientOf, at: datetime) -> None:
    sign_rule(actor=signer, rule=BLOCKING, document="文", paper=None, used_from=TODAY, at=at)
    page = words(client_of(signer), "/desk/ledger/")
    assert "签认规则 RNK-Y-03 晋升一级调研员年限" in page
