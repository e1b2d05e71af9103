"""The frame: only what is built and open to the actor, the current entry marked, other audiences in the name menu."""

from dataclasses import replace
from uuid import UUID

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import include, path
from django.urls.resolvers import ResolverMatch
from pytest_django import Settings

from quanheng.kernel.actor import Actor, Grant, Purpose, Role
from quanheng.web.shared.context import Chrome, chrome, first_url


def page(request: object, **kwargs: object) -> HttpResponse:
    return HttpResponse()


desk = (
    [
        path("today/", page, name="today"),
        path("people/", page, name="people"),
        path("dossier/<uuid:pk>/", page, name="dossier"),
        path("imports/", page, name="imports"),
        path("search/", page, name="search"),
        path("screening/", page, name="screening"),
    ],
    "desk",
)
mine = ([path("dossier/", page, name="dossier")], "mine")
console = ([path("ledger/", page, name="ledger"), path("accounts/", page, name="accounts")], "console")
web = ([path("", page, name="front-door"), path("sign-out/", page, name="sign-out")], "web")
urlpatterns = [
    path("", include(web)),
    path("desk/", include(desk)),
    path("mine/", include(mine)),
    path("console/", include(console)),
]


@pytest.fixture(autouse=True)
def _few_pages(settings: Settings) -> None:
    settings.ROOT_URLCONF = __name__


def actor(*roles: Role) -> Actor:
    return Actor(key=UUID(int=7), name="林疏桐", roles=frozenset(roles))


def frame(who: Actor | None, view_name: str) -> Chrome:
    request = RequestFactory().get("/")
    request.actor = who  # type: ignore[attr-defined]
    request.office = "干部一科"  # type: ignore[attr-defined]
    namespace, name = view_name.split(":")
    request.resolver_match = ResolverMatch(page, (), {}, url_name=name, app_names=[namespace], namespaces=[namespace])
    return chrome(request)["chrome"]


def test_entries_and_tabs_of_an_officer_are_those_that_are_built() -> None:
    found = frame(actor(Role.CADRE_OFFICER), "desk:people")
    assert [(str(link.name), link.url, link.current) for link in found.entries] == [
        ("今日", "/desk/today/", False),
        ("干部", "/desk/people/", True),
    ]
    assert [(str(link.name), link.current) for link in found.tabs] == [("人员名册", True), ("导入", False)]
    assert (found.name, found.office, found.search_url, found.sign_out_url) == (
        "林疏桐",
        "干部一科",
        "/desk/search/",
        "/sign-out/",
    )


@pytest.mark.parametrize(("purpose", "is_open"), [(Purpose.SELECTION, True), (Purpose.MANAGEMENT, False)])
def test_an_entry_that_no_grant_serves_is_absent(purpose: Purpose, is_open: bool) -> None:
    grant = Grant("/1/", frozenset({"city"}), frozenset({purpose}))
    entries = frame(replace(actor(Role.CADRE_OFFICER), grants=(grant,)), "desk:people").entries
    assert ("选任" in [str(link.name) for link in entries]) is is_open


def test_a_page_below_a_tab_keeps_it_current() -> None:
    found = frame(actor(Role.CADRE_OFFICER), "desk:dossier")
    assert [str(link.name) for link in found.tabs if link.current] == ["人员名册"]


def test_a_single_page_has_no_row_of_tabs() -> None:
    assert frame(actor(Role.CADRE_OFFICER), "desk:today").tabs == ()


def test_a_leader_has_no_import() -> None:
    assert [str(link.name) for link in frame(actor(Role.LEADER), "desk:people").tabs] == ["人员名册"]


@pytest.mark.parametrize(
    ("role", "entries"),
    [(Role.SECURITY_ADMIN, ["账号与授权"]), (Role.AUDIT_ADMIN, ["台账"]), (Role.SYSTEM_ADMIN, [])],
)
def test_each_administrator_sees_only_their_own(role: Role, entries: list[str]) -> None:
    found = frame(actor(role), "console:ledger")
    assert [str(link.name) for link in found.entries] == entries
    assert found.search_url == ""


def test_an_officer_who_is_a_cadre_finds_the_own_file_in_the_name_menu() -> None:
    found = frame(actor(Role.CADRE_OFFICER, Role.CADRE), "desk:people")
    assert [(str(link.name), link.url) for link in found.places] == [("我的档案", "/mine/dossier/")]


def test_nobody_sees_nothing() -> None:
    found = frame(None, "web:front-door")
    assert (found.entries, found.tabs, found.places, found.name, found.search_url) == ((), (), (), "", "")


@pytest.mark.parametrize(
    ("role", "url"),
    [
        (Role.CADRE_OFFICER, "/desk/today/"),
        (Role.CADRE, "/mine/dossier/"),
        (Role.AUDIT_ADMIN, "/console/ledger/"),
        (Role.SYSTEM_ADMIN, ""),
    ],
)
def test_the_front_door_leads_to_the_first_open_page(role: Role, url: str) -> None:
    assert first_url(actor(role)) == url
