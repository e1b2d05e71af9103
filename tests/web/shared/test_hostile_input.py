"""What no page of ours would send: each address answers, and not with an error of ours."""

import pytest
from django.urls import NoReverseMatch, get_resolver, reverse

from quanheng.kernel.actor import Actor
from tests.conftest import Cast, ClientOf

VALUES = ("-1", "999999", "٣", "9" * 30, "2025-13-45", "0001-01-01", "9999-12-31", "x" * 3000, "'\"<>%_\\", "\ufffe😀")
PARAMETERS = (
    "q", "unit", "age_from", "age_to", "page", "size", "sort", "columns", "on", "tab", "purpose", "record", "before",
    "after", "action", "actor", "cadre", "since", "until", "stream", "text", "role", "scope", "tier", "below",
)  # fmt: skip


def addresses(audience: str) -> list[str]:
    """Every address of an audience that needs no key."""
    names = [name for name in get_resolver(f"quanheng.web.{audience}.urls").reverse_dict if isinstance(name, str)]
    return sorted({url for name in names if (url := _plain(f"{audience}:{name}"))})


def _plain(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


@pytest.mark.parametrize("value", VALUES, ids=range(len(VALUES)))
def test_no_parameter_breaks_a_desk_page(cast: Cast, lin: Actor, client_of: ClientOf, value: str) -> None:
    client = client_of(lin)
    parameters = dict.fromkeys(PARAMETERS, value)
    dossier = reverse("desk:dossier", args=[cast.chen_file.pk])
    for url in (*addresses("desk"), dossier):
        alone = {} if url != reverse("desk:people") else {"unit": str(cast.unit_a.pk)}  # a wrong unit is 404 at once
        assert client.get(url, parameters | alone).status_code < 500


@pytest.mark.parametrize("who", ["qian", "wu", "xu"])
def test_no_parameter_breaks_a_console_page(request: pytest.FixtureRequest, client_of: ClientOf, who: str) -> None:
    client = client_of(request.getfixturevalue(who))
    for value in VALUES:
        for url in addresses("console"):
            assert client.get(url, dict.fromkeys(PARAMETERS, value)).status_code < 500


@pytest.mark.parametrize("bound", ["age_from", "age_to"])
def test_an_age_beyond_the_calendar_is_left_out(cast: Cast, lin: Actor, client_of: ClientOf, bound: str) -> None:
    response = client_of(lin).get(reverse("desk:people"), {bound: "999999"})
    assert response.status_code == 200
    assert "陈知行" in response.content.decode()


@pytest.mark.parametrize("name", ["people", "search", "ledger", "today"])
def test_a_nul_in_the_address_is_a_bad_request(cast: Cast, lin: Actor, client_of: ClientOf, name: str) -> None:
    client, url = client_of(lin), reverse(f"desk:{name}")
    assert client.get(url, {"q": "陈\0"}).status_code == 400
    assert client.get(url, {"q\0": "陈"}).status_code == 400
    assert client.get(url, {"q": "陈"}).status_code == 200


def test_a_nul_in_a_form_is_a_bad_request(cast: Cast, lin: Actor, client_of: ClientOf) -> None:
    client, url = client_of(lin), reverse("desk:people-query")
    body = "name=a%00b"
    kind = "application/x-www-form-urlencoded"
    assert client.post(url, body, content_type=kind).status_code == 400
    assert client.post(url, "name=ab", content_type=kind).status_code == 302
