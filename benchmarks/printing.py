"""Printing 干部任免审批表: many people as one PDF against one by one, and Word files.

`uv run python -m benchmarks.printing`
"""

import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from time import perf_counter

from quanheng.formats.appointment import AppointmentForm
from quanheng.formats.appointment_bundle import bundle
from quanheng.formats.appointment_pdf import pdf
from quanheng.formats.appointment_word import docx
from tests.formats.appointment_samples import CHEN, photo, relative

ON = date(2026, 11, 21)
LIMIT = 3.0  # seconds for 100 forms as one PDF


def person(number: int) -> AppointmentForm:
    """No two alike: what is remembered of one form must not make the next one fast."""
    resume = "\n".join(f"{line}，分管第{number}项工作" for line in (CHEN.resume * 2).splitlines())
    family = tuple(relative(member, name=f"陈{number}亲{member}") for member in range(5))
    return replace(CHEN, name=f"陈建国{number}", resume=resume, family=family, photo=photo(440 + number % 40, 550))


def seconds(work: Callable[[], object]) -> float:
    start = perf_counter()
    work()
    return perf_counter() - start


def main() -> None:
    people = [person(number) for number in range(100)]
    first = seconds(lambda: pdf(people[:1], on=ON))
    one = seconds(lambda: pdf(people[1:2], on=ON))
    together = seconds(lambda: pdf(people, on=ON))
    apart = seconds(lambda: [pdf([form], on=ON) for form in people])
    word = seconds(lambda: [docx(form, on=ON) for form in people])
    packed = seconds(lambda: bundle(people, "docx", on=ON))
    rows = [
        ("1 form, first of a process", first, 1 / first),
        ("1 form", one, 1 / one),
        ("100 forms, one PDF", together, 100 / together),
        ("100 forms, 100 PDF files", apart, 100 / apart),
        ("100 forms, 100 Word files", word, 100 / word),
        ("100 forms, zip of Word files", packed, 100 / packed),
    ]
    print(f"{'printing':<30}{'seconds':>9}{'forms/s':>9}")
    for name, taken, rate in rows:
        print(f"{name:<30}{taken:>9.3f}{rate:>9.0f}")
    print(f"one PDF is {apart / together:.1f} times as fast as one by one; limit {LIMIT:.0f} s, taken {together:.2f} s")
    sys.exit(together > LIMIT)


if __name__ == "__main__":
    main()
