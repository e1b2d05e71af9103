"""What one page took, against what it may take."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from statistics import median

from benchmarks._server import Answer


@dataclass(frozen=True, slots=True)
class Limit:
    """What a page may take; None is not limited."""

    postgresql: float | None = None  # milliseconds, p95
    sqlite: float | None = None
    queries: int | None = None
    kilobytes: int | None = None

    def milliseconds(self, vendor: str) -> float | None:
        return self.sqlite if vendor == "sqlite" else self.postgresql


@dataclass(frozen=True, slots=True)
class Figures:
    """Of the answers to one page. Queries and size are the most that any answer had."""

    median: float  # milliseconds, as p95 and both of CPU, which are of one answer
    p95: float
    web_cpu: float
    database_cpu: float  # in SQLite part of the web server's
    queries: int
    kilobytes: float
    failed: int  # answers that were no page

    def ratio(self, limit: float | None) -> float | None:
        return self.p95 / limit if limit else None

    def broken(self, limit: Limit, vendor: str) -> list[str]:
        """What is beyond its limit, in words."""
        taken = (
            ("p95", self.p95, limit.milliseconds(vendor)),
            ("queries", self.queries, limit.queries),
            ("KB", self.kilobytes, limit.kilobytes),
        )
        words = [f"{name} {value:.0f} > {most:.0f}" for name, value, most in taken if most and value > most]
        return words + ([f"{self.failed} answers failed"] if self.failed else [])


def figures(answers: Sequence[Answer], web_seconds: float, database_seconds: float = 0) -> Figures:
    times = sorted(answer.seconds * 1000 for answer in answers)
    return Figures(
        median=median(times),
        p95=times[ceil(0.95 * len(times)) - 1],
        web_cpu=web_seconds * 1000 / len(times),
        database_cpu=database_seconds * 1000 / len(times),
        queries=max(answer.queries for answer in answers),
        kilobytes=max(answer.size for answer in answers) / 1024,
        failed=sum(answer.status != 200 for answer in answers),
    )
