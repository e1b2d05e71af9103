"""Counts the queries of one request, BEGIN and the like not. Never part of the product."""

from collections.abc import Callable
from typing import Any

from django.db import connection
from django.http import HttpRequest
from django.http.response import HttpResponseBase

QUERIES = "X-Benchmark-Queries"
FRAMES = ("BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK")  # SQLite sends them as statements, PostgreSQL's driver by itself


def count_queries(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    def middleware(request: HttpRequest) -> HttpResponseBase:
        count = 0

        def counted(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
            nonlocal count
            count += not sql.startswith(FRAMES)
            return execute(sql, *rest)

        with connection.execute_wrapper(counted):
            response = get_response(request)
        response.headers[QUERIES] = str(count)
        return response

    return middleware
