"""What the rulebook bench makes of its runs."""

import json
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from benchmarks._figures import Figures
from benchmarks._rulebook_goals import a_part, of_page, of_person, of_run
from benchmarks._rulebook_page import PAGE
from benchmarks._rulebook_peer import digest, hand
from benchmarks._rulebook_person import Person
from benchmarks._rulebook_register import build, version
from benchmarks._rulebook_rules import ON, asked
from benchmarks._rulebook_run import Run, Taken, differing, measure, paired, read_run
from benchmarks.pages import pages
from benchmarks.rulebook import _lines

RUN = Run(
    cadres=1_000_000,
    rules=50,
    compiled=0.2,
    dated=Taken(7.5, 14.0),
    dated_outcomes=Taken(6.0, 11.0),
    facts=Taken(8.0, 12.0),
    facts_megabytes=190.0,
    full=Taken(2.0, 3.8),
    counts=Taken(0.9, 1.7),
    megabytes=900.0,
    are_equal=True,
    digest={"A": (10, 1000), "B": (7, 700)},
)


def kept(run: Run, peer: Taken | None) -> dict[str, tuple[float, bool]]:
    return {figure.name: (round(figure.measured, 2), figure.is_kept) for figure in of_run(run, peer)}


def test_a_run_comes_back_from_its_process() -> None:
    assert read_run(json.dumps(asdict(RUN))) == RUN


def test_limits_of_a_million_speak_of_twenty_five_rules() -> None:
    assert a_part(2.0, 50) == 1.0
    assert kept(RUN, Taken(30.0, 40.0)) == {
        "1,000,000 dated: times hand SQL, wall": (5.0, True),
        "1,000,000 on facts: 25 rules, all outputs": (1.0, True),
        "1,000,000 on facts: 25 rules, counts": (0.45, True),
        "1,000,000 memory": (900.0, True),
    }
    (note,) = (each.note for each in of_run(RUN, Taken(30.0, 40.0)) if "hand SQL" in each.name)
    assert note == "30.0 s against 6.0 s; CPU 40.0 against 11.0; with days and what is missing 4.0x"
    slower = replace(RUN, full=Taken(2.02, 3.8))
    assert kept(slower, Taken(29.9, 40.0))["1,000,000 dated: times hand SQL, wall"] == (4.98, False)
    assert kept(slower, None)["1,000,000 on facts: 25 rules, all outputs"] == (1.01, False)


def test_a_city_has_a_limit_of_its_own_and_larger_sizes_have_the_peer() -> None:
    assert kept(replace(RUN, cadres=20_000, full=Taken(0.3, 0.5)), Taken(1.0, 1.0)) == {
        "20,000 on facts: 25 rules, all outputs": (0.15, True)
    }
    assert list(kept(replace(RUN, cadres=100_000), Taken(12.0, 1.0))) == ["100,000 dated: times hand SQL, wall"]


def test_one_person_is_told_with_the_rule_that_takes_longest() -> None:
    figure = of_person(Person(140, 20.1, 30.0, 5.0, "RNK-APPR", 2.5))
    assert (figure.measured, figure.is_kept) == (20.1, False)
    assert figure.note == "140 rules; p95 30.0 ms, facts read in 5.0 ms; most: RNK-APPR 2.50 ms"


def test_a_rule_differs_where_one_of_its_sums_does() -> None:
    assert paired(["A", "B"], [10, 1000, None, 700]) == {"A": (10, 1000), "B": (0, 700)}
    assert differing(RUN.digest, {"A": (10, 1000), "B": (7, 701)}) == ["B"]
    assert differing(RUN.digest, {"A": (10, 1000)}) == ["B"]
    assert differing(RUN.digest, RUN.digest) == []


def test_the_sql_by_hand_has_each_rule_and_no_place_left_to_fill() -> None:
    text = hand()
    assert "@on" not in text
    assert f"DATE '{ON.isoformat()}'" in text
    assert all(text.count(f'AS "{rule}"') == 1 for rule in asked().rules)
    assert digest(["SAN-MAX"]).startswith('SELECT sum("SAN-MAX"), sum("SAN-MAX" * (person_birth')


def test_a_line_tells_seconds_and_those_of_a_part() -> None:
    lines = list(_lines(RUN, None))
    assert len(lines) == 5
    assert lines[3].split()[-3:] == ["2.00", "3.80", "1.00"]
    assert len(version()) == 8


def test_one_person_as_a_page_has_the_limit_of_its_wall_time() -> None:
    found = Figures(median=99.0, p95=140.0, web_cpu=70.0, database_cpu=0, queries=29, kilobytes=34, failed=0)
    assert (of_page(found).measured, of_page(found).is_kept) == (99.0, True)
    assert of_page(replace(found, median=100.1)).is_kept is False
    assert "29 queries" in of_page(found).line()


def test_the_page_is_one_of_those_of_the_bench_of_pages() -> None:
    made = pages(400)
    found, names = {page.name: page for page in made}, [page.name for page in made]
    assert names.count(PAGE) == 1
    assert names[names.index("dossier") : names.index("today")] == [
        "dossier",
        "dossier as on 2019-06-30",
        "evidence of the tier",
        "eligibility of one person",
        "evidence of a condition",
    ]
    assert len(found) == len(names) == 18
    dossiers = found["dossier"].paths
    assert list(found[PAGE].paths) == [f"{path}?tab=eligibility" for path in dossiers]


@pytest.mark.slow
def test_facts_are_asked_by_a_process_that_has_not_built_them(tmp_path: Path) -> None:
    file = tmp_path / "register.duckdb"
    build(file, 40, threads=1)
    found = measure(file)
    assert (found.cadres, found.rules, found.are_equal) == (40, len(found.digest), True)
    assert min(found.full.cpu, found.counts.cpu, found.facts.cpu) > 0
    assert [each.name for each in tmp_path.iterdir()] == [file.name]
