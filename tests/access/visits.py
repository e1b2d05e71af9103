"""Requests as the personas send them: addresses from rows of the matrix, bodies with keys of the world put in."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import get_resolver, reverse
from django.urls.resolvers import URLPattern, URLResolver

from quanheng.formats import lrmx
from quanheng.formats.appointment import AppointmentForm
from tests.access.world import World
from tests.matrix_words import Row


def urls_of() -> list[tuple[str, Callable[..., Any]]]:
    """(name with its namespace, view) of every URL there is."""
    return list(_walk(get_resolver(), ""))


def _walk(resolver: URLResolver, prefix: str) -> Iterator[tuple[str, Callable[..., Any]]]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLPattern):
            yield f"{prefix}{pattern.name}", pattern.callback
        else:
            yield from _walk(pattern, f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix)


@dataclass(frozen=True)
class Visit:
    method: str
    url: str
    data: Mapping[str, Any]

    @classmethod
    def of(cls, row: Row, world: World) -> "Visit":
        named = {name: value.format_map(world.keys) for name, value in row.kwargs.items()}
        query = f"?{row.query.format_map(world.keys)}" if row.query else ""
        data = {name: _sent(value, world) for name, value in row.data.items()}
        return cls(row.method, reverse(row.name, kwargs=named) + query, data)


def _sent(value: str, world: World) -> object:
    """`@lrmx` is a file; anything else a text in which keys are put in."""
    if value == "@lrmx":
        return SimpleUploadedFile("沈砚秋.lrmx", lrmx.write(AppointmentForm(name="沈砚秋", birth="198503")))
    return value.format_map(world.keys)


def request(client: Client, visit: Visit, **headers: str) -> Any:
    send = getattr(client, visit.method.lower())
    return send(visit.url, visit.data, headers=headers) if visit.method == "POST" else send(visit.url, headers=headers)


def browser(world: World, who: str) -> Client:
    """Signed in as that persona; of `closed` the session is left over."""
    client = Client()
    if who != "anonymous":
        client.force_login(world.accounts[who])
    return client


def with_ticket(cookies: str) -> Client:
    """Another browser with the same session: a step that signs out ends no other row's."""
    client = Client(raise_request_exception=False)  # a broken page counts as 500 beside the other answers
    client.cookies.load(cookies)
    return client
