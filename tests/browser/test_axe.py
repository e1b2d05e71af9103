"""axe-core finds no violation of WCAG 2.2 AA on any main page, for the persona it is for, on desk and phone.

The pages stand still for axe: it is injected past the content security policy, which is tested elsewhere.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from quanheng.kernel.actor import Actor
from quanheng.people.models import Cadre
from tests.browser.desk import sign_in
from tests.conftest import Cast
from tests.deciders import BLOCKING, signer
from tests.dossiers import fill

__all__ = ["signer"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

AXE = Path(__file__).parent / "axe" / "axe.min.js"
SIZES = [(1440, 900), (390, 844)]
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
RUN = """tags => axe.run(document, {runOnly: tags}).then(result => result.violations.flatMap(
    found => found.nodes.map(node => `${found.id}: ${node.target.join(" ")} ${node.html.slice(0, 120)}`)))"""
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"

PAGES = {
    "": ["/sign-in/"],
    "lin": [
        "/desk/today/",
        "/desk/today/items/all/",
        "/desk/people/",
        "/desk/people/?name=nobody",
        "/desk/people/columns/",
        "/desk/people/new/",
        "/desk/people/{chen}/",
        "/desk/people/{chen}/?on=2021-06-30",
        "/desk/people/{chen}/?tab=family",
        "/desk/people/{chen}/?tab=readings",
        "/desk/people/{chen}/?tab=eligibility&target=post:county_deputy&find=局",
        "/desk/evidence/rule/{chen}/SEL-STEP-09/?target=post:department_deputy",
        "/desk/people/{chen}/?evidence=/desk/evidence/age/{chen}/",
        "/desk/people/{chen}/fields/native-place/",
        "/desk/evidence/tier/{chen}/",
        "/desk/units/",
        "/desk/units/{unit}/",
        "/desk/imports/",
        "/desk/imports/new/",
        "/desk/ledger/",
        "/desk/search/?q=示范",
        "/desk/rules/",
        "/desk/rules/{rule}/",
        "/desk/rules/{rule}/sign/",
        "/desk/rules/switches/",
        "/desk/rules/switches/{switch}/",
        "/desk/rules/switches/{switch}/set/",
        "/desk/screening/",
        "/desk/screening/?find=局",
        "/desk/screening/posts/?cadre={chen}",
        "/desk/screening/queries/?target=pool:young",
        "/help/",
        "/settings/",
    ],
    "chen": [
        "/mine/dossier/",
        "/mine/readings/",
        "/mine/evidence/age/",
        "/mine/eligibility/?target=rank:counsel_2",
        "/mine/evidence/rule/RNK-BAN/?target=rank:counsel_2",
    ],
    "wu": ["/console/running/", "/console/codes/"],
    "xu": ["/console/accounts/", "/console/accounts/add/", "/console/accounts/{lin}/", "/console/sessions/"],
    "qian": ["/console/ledger/", "/console/ledger/proof/"],
}


@pytest.fixture
def names(cast: Cast, at: datetime, signer: Actor) -> dict[str, object]:
    """Lin is also the signer of rules."""
    chen: Cadre = fill(cast.chen_file, at - timedelta(days=100))
    rules = {"rule": BLOCKING, "switch": "SW-ROUND"}
    return {"chen": chen.pk, "unit": cast.unit_a.pk, "lin": cast.accounts["lin"].pk, **rules}


@pytest.fixture
def look(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(locale="zh-CN", bypass_csp=True)
    yield context.new_page()
    context.close()


def faults(page: Page, url: str) -> list[str]:
    """What is wrong with one page at one size: its status, axe, scrolling sideways."""
    answer = page.goto(url)
    page.wait_for_load_state("networkidle")
    if answer is None or answer.status != 200:
        return ["the page does not open"]
    page.add_script_tag(path=AXE)
    found: list[str] = page.evaluate(RUN, TAGS)
    wide = page.evaluate(SIDEWAYS)
    return found + ([f"scrolls sideways by {wide} px"] if wide else [])


@pytest.mark.parametrize("who", PAGES)
def test_axe_finds_nothing(look: Page, live_server: LiveServer, names: dict[str, object], who: str) -> None:
    if who:
        sign_in(look, live_server.url, who)
    found: dict[str, list[str]] = {}
    for path in PAGES[who]:
        for width, height in SIZES:
            look.set_viewport_size({"width": width, "height": height})
            wrong = faults(look, live_server.url + path.format(**names))
            found |= {f"{path} at {width}": wrong} if wrong else {}
    assert found == {}
