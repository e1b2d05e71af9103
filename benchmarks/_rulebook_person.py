"""One person with reasons, in a process of its own: every rule about a person for the post, in Python, with its trace.

`python -m benchmarks._rulebook_person FILE` prints milliseconds of many people as JSON.
"""

import json
import os
import subprocess
import sys
from dataclasses import asdict, dataclass
from math import ceil
from pathlib import Path
from statistics import median
from time import perf_counter

import duckdb

from benchmarks._planning_run import ROOT
from benchmarks._rulebook_rules import ON, about_people, situation
from quanheng.rulebook.book import load
from quanheng.rulebook.derived import derive
from quanheng.rulebook.evaluate import evaluate
from quanheng.rulebook.facts_reading import load_facts
from quanheng.rulebook.situation import FactValue, Situation

PEOPLE = 200


@dataclass(frozen=True)
class Person:
    """Milliseconds: the median person and the worst of twenty; reading and deriving facts apart."""

    rules: int
    median: float
    p95: float
    reading: float
    worst_rule: str
    worst: float  # of that rule, of the median person


def measure(file: Path) -> Person:
    command = [sys.executable, "-m", "benchmarks._rulebook_person", str(file)]
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "quanheng.settings"}
    done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True, env=environment)
    return Person(**json.loads(done.stdout.splitlines()[-1]))


def run(file: Path) -> Person:
    from quanheng.census.reading import facts_of

    vocabulary, rules = load_facts(), list(about_people())
    recorded = frozenset(fact.name for fact in vocabulary)
    whole, reading, by_rule = list[float](), list[float](), dict[str, list[float]]()
    with duckdb.connect(str(file), read_only=True) as connection:
        rows = connection.execute(f"SELECT subject FROM person ORDER BY hash(subject) LIMIT {PEOPLE}").fetchall()  # noqa: S608
        for (key,) in rows:
            start = perf_counter()
            facts = facts_of(connection, vocabulary, recorded, [key])[key]
            asked = _situation(facts)
            reading.append(perf_counter() - start)
            whole.append(0.0)
            for rule in rules:
                start = perf_counter()
                evaluate(rule, asked, vocabulary)
                taken = perf_counter() - start
                by_rule.setdefault(rule.id, []).append(taken)
                whole[-1] += taken
    worst = max(by_rule, key=lambda rule: median(by_rule[rule]))
    late = sorted(whole)[ceil(0.95 * len(whole)) - 1]
    middle, late, read, worst_taken = (
        1000 * each for each in (median(whole), late, median(reading), median(by_rule[worst]))
    )
    return Person(len(rules), middle, late, read, worst, worst_taken)


def _situation(facts: dict[str, FactValue]) -> Situation:
    given = situation()
    derived = derive({**given.facts, **facts}, load_facts(), on=ON, switches=given.switches, book=load())
    return Situation(ON, derived, "", given.switches, given.calendar)


if __name__ == "__main__":
    import django

    django.setup()
    print(json.dumps(asdict(run(Path(sys.argv[1])))))
