"""入党时间: a month, one or more party names, or both: 200108；民建."""

from dataclasses import dataclass

from quanheng.formats.clean import clean_party, clean_text
from quanheng.formats.dates import Month, month_problem, parse_month


@dataclass(frozen=True, slots=True)
class PartyJoining:
    joined: Month | None  # the Communist Party; a bare month always means it
    others: tuple[str, ...]  # words as written: 民建, 无党派, 群众, …


def parse_party(raw: str) -> PartyJoining:
    parts = _parts(raw)
    months = [month for part in parts if (month := parse_month(part))]
    return PartyJoining(months[0] if months else None, tuple(part for part in parts if not part[:1].isdigit()))


def party_value(raw: str) -> str | None:
    """The text with its month as yyyy-mm; None where a month cannot be read."""
    parts = _parts(raw)
    if party_problem(raw):
        return None
    return "；".join(parse_month(part) or part for part in parts)


def party_problem(raw: str) -> tuple[str, dict[str, int]] | None:
    """A part that begins with a digit must be a month."""
    for part in _parts(raw):
        if part[:1].isdigit() and (problem := month_problem(part)):
            return problem
    return None


def _parts(raw: str) -> list[str]:
    text = clean_party(clean_text(raw))
    return [part.strip() for part in text.replace(";", "；").split("；") if part.strip()]
