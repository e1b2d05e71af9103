"""Who may come to a page at all: redirect, 404 or 403, for every kind of account."""

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import get_resolver, path
from django.urls.resolvers import URLPattern, URLResolver
from pytest_django import DjangoAssertNumQueries

from quanheng.kernel.actor import EDITORS, READERS, Actor, Role
from quanheng.kernel.errors import NotFound, NotPermitted
from quanheng.web.console.urls import urlpatterns as console_urls
from quanheng.web.shared.gate import Access, ActorRequest, Audience, refuse, roles, signed_in
from quanheng.web.shared.refusals import SENTENCES, sentence
from quanheng.web.shared.sign_in import sign_in
from tests.conftest import Cast, ClientOf

SECURITY = ("accounts", "account", "session", "sessions")


@roles(*EDITORS)
def editors_page(request: ActorRequest) -> HttpResponse:
    return HttpResponse(request.actor.name)


@roles(*READERS)
def readers_page(request: ActorRequest) -> HttpResponse:
    return HttpResponse(request.actor.name)


@roles(Role.CADRE)
def own_page(request: ActorRequest) -> HttpResponse:
    return HttpResponse(request.actor.name)


@roles(Role.AUDIT_ADMIN)
def audit_page(request: ActorRequest) -> HttpResponse:
    return HttpResponse(request.actor.name)


@signed_in
def anybodys_page(request: ActorRequest) -> HttpResponse:
    return HttpResponse(request.actor.name)


urlpatterns: list[URLPattern | URLResolver] = [
    path("editors/", editors_page),
    path("readers/", readers_page),
    path("own/", own_page),
    path("audit/", audit_page),
    path("anybody/", anybodys_page),
    *get_resolver("quanheng.urls").url_patterns,
]

EXPECTED = {
    "lin": {"editors": 200, "readers": 200, "own": 404, "audit": 404, "anybody": 200},
    "zhao": {"editors": 200, "readers": 200, "own": 404, "audit": 404, "anybody": 200},
    "wang": {"editors": 403, "readers": 200, "own": 404, "audit": 404, "anybody": 200},
    "he": {"editors": 403, "readers": 200, "own": 404, "audit": 404, "anybody": 200},
    "chen": {"editors": 404, "readers": 404, "own": 200, "audit": 404, "anybody": 200},
    "qian": {"editors": 404, "readers": 404, "own": 404, "audit": 200, "anybody": 200},
    "wu": {"editors": 404, "readers": 404, "own": 404, "audit": 404, "anybody": 200},
    "xu": {"editors": 404, "readers": 404, "own": 404, "audit": 404, "anybody": 200},
    "outsider": {"editors": 404, "readers": 404, "own": 404, "audit": 404, "anybody": 200},
}


@pytest.mark.urls("tests.web.shared.test_gate")
@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_each_account_meets_its_pages(
    name: str, client_of: ClientOf, request: pytest.FixtureRequest, cast: Cast
) -> None:
    client = client_of(request.getfixturevalue(name))
    assert {url: client.get(f"/{url}/").status_code for url in EXPECTED[name]} == EXPECTED[name]


@pytest.mark.urls("tests.web.shared.test_gate")
def test_nobody_signed_in_is_sent_to_sign_in(db: None, client: Client) -> None:
    for url in EXPECTED["lin"]:
        response = client.get(f"/{url}/")
        assert (response.status_code, response.headers["Location"]) == (302, f"/sign-in/?next=%2F{url}%2F")
    assert client.post("/editors/").headers["Location"] == "/sign-in/"


@pytest.mark.urls("tests.web.shared.test_gate")
def test_403_says_who_does_it_and_who_grants(wang: Actor, client_of: ClientOf) -> None:
    shown = client_of(wang).get("/editors/").content.decode()
    assert "这一步由组织部干部工作人员、单位人事干部办理。" in shown
    assert "授权由安全管理员登记" in shown


def test_a_view_declares_its_access() -> None:
    assert vars(editors_page)["access"] == Access(Audience.DESK, EDITORS)
    assert vars(own_page)["access"] == Access(Audience.MINE, frozenset({Role.CADRE}))
    assert vars(audit_page)["access"] == Access(Audience.CONSOLE, frozenset({Role.AUDIT_ADMIN}))
    assert vars(anybodys_page)["access"] == Access(Audience.SIGNED_IN)
    assert vars(sign_in)["access"] == Access(Audience.PUBLIC)


def test_another_administrators_page_does_not_exist(wu: Actor, outsider: Actor, wang: Actor) -> None:
    console = Access(Audience.CONSOLE, frozenset({Role.SECURITY_ADMIN}))
    for actor in (wu, outsider, wang):
        with pytest.raises(NotFound):
            refuse(actor, console)
    with pytest.raises(NotPermitted):
        refuse(wang, Access(Audience.DESK, EDITORS))


def test_every_console_page_is_for_one_administrator_only() -> None:
    kinds = {pattern.name: vars(pattern.callback)["access"] for pattern in console_urls}
    for name, access in kinds.items():
        assert access.audience is Audience.CONSOLE
        expected = Role.SECURITY_ADMIN if str(name).startswith(SECURITY) else None
        assert len(access.roles) == 1
        assert expected is None or access.roles == {expected}


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_console_pages_open_to_their_administrator_alone(
    name: str, cast: Cast, client_of: ClientOf, request: pytest.FixtureRequest
) -> None:
    client = client_of(request.getfixturevalue(name))
    urls = {"xu": ("accounts/", "accounts/add/", "sessions/"), "wu": ("running/", "codes/", "codes/degrees/")}
    every = [url for own in urls.values() for url in own]
    opened = [url for url in every if client.get(f"/console/{url}").status_code == 200]
    assert opened == list(urls.get(name, ()))
    assert {client.get(f"/console/{url}").status_code for url in every if url not in opened} <= {404}


def test_every_request_has_one_reading_of_the_clock(cast: Cast, lin: Actor, client_of: ClientOf) -> None:
    response = client_of(lin).get("/settings/")
    request = response.wsgi_request
    assert request.actor == lin  # type: ignore[attr-defined]
    assert (request.now.utcoffset().total_seconds(), request.office) == (0, "干部一科")  # type: ignore[attr-defined]


def test_the_own_file_is_recused(cast: Cast, chen: Actor, client_of: ClientOf) -> None:
    request = client_of(chen).get("/settings/").wsgi_request
    assert request.actor.recused == {cast.chen_file.pk}  # type: ignore[attr-defined]


def test_an_unworded_refusal_shows_its_code() -> None:
    assert "no-such-code" in sentence(NotPermitted("no-such-code"))
    assert all(str(words).endswith(("。", "。）")) for words in SENTENCES.values())


def test_visitors_cost_no_query(db: None, client: Client, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(0):
        client.get("/sign-in/")


def test_pages_of_a_signed_in_account_stay_in_no_cache(cast: Cast, lin: Actor, client_of: ClientOf) -> None:
    assert client_of(lin).get("/settings/").headers["Cache-Control"] == "no-store"
