"""The grammar of 简历: lines `yyyy.MM--yyyy.MM  text`, with （其间：…） lines below them.

How lines without a period are read:
- a line that begins with （其间： belongs to the entry above it;
- a line below an unclosed bracket, or indented like print (16 columns and more) with no blank line
  before it, is the wrapped rest of the line above and is joined to it;
- every other one is an entry of its own with neither start nor end (such as the last paragraph with
  seats in committees).
A line whose period cannot be read (month 13) stays whole as the text of such an entry, with a finding.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from quanheng.formats.clean import clean_text
from quanheng.formats.dates import FIRST_YEAR, LAST_YEAR, Month, month_index, month_of, to_ascii
from quanheng.formats.findings import Finding, shorten


@dataclass(frozen=True, slots=True)
class Inside:
    """（其间：…）. `written` is its period as the file has it, so that printing alters nothing in free text."""

    start: Month | None
    end: Month | None
    text: str
    written: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class ResumeEntry:
    start: Month | None
    end: Month | None  # None beside a start: to the present
    text: str
    inside: tuple[Inside, ...] = ()
    raw: str = field(default="", compare=False)
    line: int = field(default=0, compare=False)  # from 1, within the stripped text


PERIOD_WIDTH = 18
MAX_LENGTH = 30_000  # far beyond any life; longer text is kept but not parsed

# Written for text after `to_ascii`, which keeps the length, so that positions hold in the original.
_DATE = (
    r"([0-9]{4})(?: ?[./年-] ?([0-9]{1,2})(?![0-9]) ?月?(?:\.[0-9]{1,2}(?![0-9]))?(?:[0-9]{1,2}日)?"
    r"|([0-9]{2})(?![0-9]))"
)
_PERIOD = re.compile(rf"{_DATE} ?(?:[-~～―─]+|至|到) ?(?:{_DATE}|(?:至今|今|现在)|(?![0-9]))")
_LOOKS_LIKE_PERIOD = re.compile(r"[0-9]{4} ?(?:[./年~-]|[0-9]{2}(?![0-9])|至)")
_INSIDE = re.compile(r"[（(]其间[：:]")
_MARKS = re.compile(r"[\s，,、：:]*")
_OPEN, _CLOSE = "（(", "）)"
_INDENT_OF_WRAPPED = 16


def parse(text: str) -> tuple[tuple[ResumeEntry, ...], tuple[Finding, ...]]:
    text = clean_text(text)
    if len(text) > MAX_LENGTH:
        facts = {"length": len(text), "max_length": MAX_LENGTH}
        return (), (Finding("JianLi", shorten(text), "resume-too-long", facts),)
    entries: list[ResumeEntry] = []
    findings: list[Finding] = []
    for number, line in _logical_lines(text):
        _read_line(number, line, entries, findings)
    findings += check_order(entries)
    return tuple(entries), tuple(findings)


def render(entries: Sequence[ResumeEntry]) -> str:
    """The print form: 16 + 2 columns for a period, 18 spaces before 其间."""
    return "\n".join(line for entry in entries for line in _lines_of(entry))


def print_period(start: Month, end: Month | None) -> str:
    """yyyy.MM--yyyy.MM and yyyy.MM-- followed by 7 spaces: always 16 columns."""
    return f"{_dotted(start)}--{_dotted(end) if end else '':7}"


def _lines_of(entry: ResumeEntry) -> Iterator[str]:
    yield f"{print_period(entry.start, entry.end)}  {entry.text}" if entry.start else entry.text
    for inside in entry.inside:
        yield f"{'':{PERIOD_WIDTH}}（其间：{_period_inside(inside)}{inside.text}）"


def _period_inside(inside: Inside) -> str:
    if inside.written or inside.start is None:
        return inside.written
    return f"{_dotted(inside.start)}--{_dotted(inside.end) if inside.end else ''}，"


def _dotted(month: Month) -> str:
    return month.replace("-", ".")


def _logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """Number and text of each line, wrapped ones joined with a newline."""
    number, pieces, depth, blank_before = 0, list[str](), 0, False
    for here, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            blank_before = True
            continue
        if pieces and _is_wrapped(line, depth, blank_before):
            pieces.append(line)
        else:
            if pieces:
                yield number, "\n".join(pieces)
            number, pieces, depth = here, [line], 0
        depth += _depth(line)
        blank_before = False
    if pieces:
        yield number, "\n".join(pieces)


def _is_wrapped(line: str, depth: int, blank_before: bool) -> bool:
    words = to_ascii(line).lstrip()
    if _INSIDE.match(words) or _LOOKS_LIKE_PERIOD.match(words):
        return False
    return depth > 0 or (not blank_before and _indent(line) >= _INDENT_OF_WRAPPED)


def _indent(line: str) -> int:
    """In half-width columns."""
    margin = line[: len(line) - len(line.lstrip())]
    return sum(2 if character == "\u3000" else 1 for character in margin)


def _depth(line: str) -> int:
    return sum(line.count(bracket) for bracket in _OPEN) - sum(line.count(bracket) for bracket in _CLOSE)


def _read_line(number: int, line: str, entries: list[ResumeEntry], findings: list[Finding]) -> None:
    words = "".join(piece.strip() for piece in line.split("\n"))
    if _INSIDE.match(words):
        insides, words = _take_insides(words)
        if entries:
            entries[-1] = replace(entries[-1], inside=(*entries[-1].inside, *insides))
        else:
            findings.append(_finding(number, line, "resume-inside-alone"))
            words = line.strip()
        if not words:
            return
    entry, problem = _read_entry(words)
    entries.append(replace(entry, raw=line, line=number))
    if problem:
        findings.append(_finding(number, line, problem[0], **problem[1]))


def _read_entry(words: str) -> tuple[ResumeEntry, tuple[str, dict[str, int]] | None]:
    found = _PERIOD.match(to_ascii(words))
    if found is None:
        unreadable = _LOOKS_LIKE_PERIOD.match(to_ascii(words))
        return ResumeEntry(None, None, words), ("resume-period", {}) if unreadable else None
    if problem := _problem_of(found):
        return ResumeEntry(None, None, words), problem
    start, end = _months(found)
    text, insides = _split_insides(words[found.end() :].strip())
    return ResumeEntry(start, end, text, insides), None


def _numbers(found: re.Match[str]) -> list[tuple[int, int]]:
    """Year and month of both ends, of one if the end is open."""
    first, second = found.group(1, 2, 3), found.group(4, 5, 6)
    return [(int(year), int(month or compact)) for year, month, compact in (first, second) if year]


def _months(found: re.Match[str]) -> tuple[Month, Month | None]:
    months = [month_of(year, month) for year, month in _numbers(found)]
    return months[0], months[1] if len(months) == 2 else None


def _problem_of(found: re.Match[str]) -> tuple[str, dict[str, int]] | None:
    for year, month in _numbers(found):
        if not FIRST_YEAR <= year <= LAST_YEAR:
            return "resume-year", {"year": year}
        if not 1 <= month <= 12:
            return "resume-month", {"month": month}
    return None


def _split_insides(text: str) -> tuple[str, tuple[Inside, ...]]:
    """Some write 其间 behind the text of the period, on the same line."""
    found = _INSIDE.search(text)
    if found is None:
        return text, ()
    insides, rest = _take_insides(text[found.start() :])
    return (text, ()) if rest else (text[: found.start()].rstrip(), tuple(insides))


def _take_insides(words: str) -> tuple[list[Inside], str]:
    """The 其间 brackets that words begin with, and what follows them."""
    insides = []
    while found := _INSIDE.match(words):
        end = _closing(words, found.end())
        insides.append(_read_inside(words[found.end() : end]))
        words = words[end + 1 :].lstrip()
    return insides, words


def _closing(words: str, start: int) -> int:
    """Where the bracket opened just before `start` closes; the end of the words if it never does."""
    depth = 1
    for position in range(start, len(words)):
        depth += (words[position] in _OPEN) - (words[position] in _CLOSE)
        if depth == 0:
            return position
    return len(words)


def _read_inside(body: str) -> Inside:
    body = body.strip()
    found = _PERIOD.match(to_ascii(body))
    if found is None or _problem_of(found):
        return Inside(None, None, body)
    start, end = _months(found)
    marks = _MARKS.match(body, found.end())
    words_at = marks.end() if marks else found.end()
    return Inside(start, end, body[words_at:], written=body[:words_at])


def check_order(entries: Sequence[ResumeEntry]) -> list[Finding]:
    """Months must join: the end of a period is the month in which the next starts, or the one before it."""
    dated = [entry for entry in entries if entry.start]
    findings = [_finding_at(entry, "resume-end-before-start") for entry in dated if _is_reversed(entry)]
    for before, after in pairwise(entries):  # a line that could not be read between two hides no gap
        findings += _check_pair(before, after)
    if dated and (end := dated[-1].end) and not _has_unreadable_after(dated[-1], entries):
        findings.append(_finding(dated[-1].line, dated[-1].raw, "resume-no-open-end", end=end))
    return sorted(findings, key=lambda finding: int(finding.facts["line"]))


def _has_unreadable_after(last: ResumeEntry, entries: Sequence[ResumeEntry]) -> bool:
    after = entries[entries.index(last) + 1 :]
    return any(_LOOKS_LIKE_PERIOD.match(to_ascii(entry.text)) for entry in after)


def _is_reversed(entry: ResumeEntry) -> bool:
    return entry.start is not None and entry.end is not None and entry.end < entry.start


def _check_pair(before: ResumeEntry, after: ResumeEntry) -> list[Finding]:
    if before.start is None or after.start is None or _is_reversed(before):
        return []
    if before.end is None:
        return [_finding(before.line, before.raw, "resume-open-inside")]
    facts = {"start": after.start, "end": before.end}
    if after.start < before.end:
        return [_finding(after.line, after.raw, "resume-overlap", **facts)]
    empty = month_index(after.start) - month_index(before.end) - 1
    return [_finding(after.line, after.raw, "resume-gap", months=empty, **facts)] if empty > 0 else []


def _finding_at(entry: ResumeEntry, code: str) -> Finding:
    return _finding(entry.line, entry.raw, code, start=str(entry.start), end=str(entry.end))


def _finding(line: int, raw: str, code: str, **facts: str | int) -> Finding:
    return Finding(f"JianLi/{line}", raw, code, {"line": line, **facts})
