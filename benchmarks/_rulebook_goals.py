"""The goal figures of the rulebook in bulk, each with its limit and the ratio of the two (1 or less keeps it)."""

from collections.abc import Iterator

from benchmarks._figures import Figures
from benchmarks._planning_goals import Figure
from benchmarks._rulebook_person import Person
from benchmarks._rulebook_run import Run, Taken

PART = 25  # rules that a limit speaks of
LARGE, SMALL = 1_000_000, 20_000
TIMES_PEER = 5.0
FULL, COUNTS = 1.0, 0.5  # seconds a part on facts at 1M
CITY = 0.15
MEGABYTES = 1024.0
PERSON, PAGE = 20.0, 100.0  # milliseconds


def a_part(taken: float, rules: int) -> float:
    return taken * PART / rules


def of_run(run: Run, peer: Taken | None) -> Iterator[Figure]:
    """Limits are those of the two sizes that the goals speak of; another size has none."""
    size = f"{run.cadres:,}"
    if peer is not None and run.cadres > SMALL:
        ours, all_of_it = run.dated_outcomes, peer.wall / run.dated.wall
        note = f"{peer.wall:.1f} s against {ours.wall:.1f} s; CPU {peer.cpu:.1f} against {ours.cpu:.1f}; "
        note += f"with days and what is missing {all_of_it:.1f}x"
        times = peer.wall / ours.wall
        yield Figure(f"{size} dated: times hand SQL, wall", times, TIMES_PEER, "x", at_least=True, note=note)
    full, counts = (a_part(each.wall, run.rules) for each in (run.full, run.counts))
    if run.cadres >= LARGE:
        yield Figure(f"{size} on facts: {PART} rules, all outputs", full, FULL, "s", note=f"CPU {_cpu(run.full, run)}")
        yield Figure(f"{size} on facts: {PART} rules, counts", counts, COUNTS, "s", note=f"CPU {_cpu(run.counts, run)}")
        yield Figure(f"{size} memory", run.megabytes, MEGABYTES, "MB")
    elif run.cadres <= SMALL:
        yield Figure(f"{size} on facts: {PART} rules, all outputs", full, CITY, "s", note=f"CPU {_cpu(run.full, run)}")


def _cpu(taken: Taken, run: Run) -> str:
    return f"{a_part(taken.cpu, run.rules):.2f} s"


def of_person(person: Person) -> Figure:
    note = f"{person.rules} rules; p95 {person.p95:.1f} ms, facts read in {person.reading:.1f} ms; "
    note += f"most: {person.worst_rule} {person.worst:.2f} ms"
    return Figure("one person with reasons, median", person.median, PERSON, "ms", note=note)


def of_page(found: Figures) -> Figure:
    note = f"p95 {found.p95:.0f} ms; CPU {found.web_cpu:.0f} ms, {found.queries} queries, all targets of the dossier"
    return Figure("one person as a page, median", found.median, PAGE, "ms", note=note)
