"""Printing 干部任免审批表: many people as one PDF against one by one, and Word files.

`uv run python -m benchmarks.printing`
"""

import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from time import perf_counter, process_time

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


def main() -> None:
    people = [person(number) for number in range(100)]
    print(f"{'printing':<30}{'seconds':>9}{'of CPU':>9}{'forms/s':>9}")
    measure("1 form, first of a process", 1, lambda: pdf(people[:1], on=ON))
    measure("1 form", 1, lambda: pdf(people[1:2], on=ON))
    together = measure("100 forms, one PDF", 100, lambda: pdf(people, on=ON))
    apart = measure("100 forms, 100 PDF files", 100, lambda: [pdf([form], on=ON) for form in people])
    measure("100 forms, 100 Word files", 100, lambda: [docx(form, on=ON) for form in people])
    measure("100 forms, zip of Word files", 100, lambda: bundle(people, "docx", on=ON))
    print(f"one PDF is {apart / together:.1f} times as fast as one by one; limit {LIMIT:.0f} s, taken {together:.2f} s")
    sys.exit(together > LIMIT)


def measure(name: str, count: int, work: Callable[[], object]) -> float:
    """Seconds by the clock; those of the CPU are printed beside them, since the machine may be shared."""
    start, used = perf_counter(), process_time()
    work()
    taken, used = perf_counter() - start, process_time() - used
    print(f"{name:<30}{taken:>9.3f}{used:>9.3f}{count / taken:>9.0f}")
    return taken


if __name__ == "__main__":
    main()
