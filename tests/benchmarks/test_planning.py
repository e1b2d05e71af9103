"""What the planning benchmark makes of its runs."""

from xml.etree import ElementTree

import pytest

from benchmarks._planning_goals import NEVER, Figure, figures
from benchmarks._planning_peers import Found, stopping_after
from benchmarks._planning_picture import MARKS, picture, x_of, y_of
from benchmarks._planning_run import ENGINE, Point, Run, read_run, run, write_run
from benchmarks.planning import SOLVERS, main, row

POINTS = [Point(0.5, None, 1100), Point(1.0, 1000, 1100), Point(2.0, 1000, 1020), Point(4.0, 1010, 1010)]


def made(size: int = 20, seed: int = 1, *, proved: bool = True, points: list[Point] = POINTS, mb: float = 90) -> Run:
    return Run(ENGINE, size, seed, 20.0, points[-1], proved, mb, points)


def simple(value: int | None, size: int = 20, seed: int = 1) -> Run:
    point = Point(0.01, value, None)
    return Run("greedy", size, seed, 1.0, point, False, 80, [point])


def kept(runs: list[Run]) -> dict[str, tuple[float, bool]]:
    return {figure.name: (round(figure.measured, 4), figure.is_kept) for figure in figures(runs)}


def test_a_run_tells_what_was_known_when() -> None:
    run = made()
    assert [run.at(cpu).value for cpu in (0.1, 0.7, 1.5, 9)] == [None, None, 1000, 1010]
    assert [run.at(cpu).gap for cpu in (0.7, 1.0, 3.0, 4.0)] == [None, 0.1, 0.02, 0.0]
    assert [run.reached(gap) for gap in (0.5, 0.02, 0.0)] == [1.0, 2.0, 4.0]
    assert made(points=POINTS[:2]).reached(0.01) is None


def test_a_run_comes_back_from_its_process() -> None:
    assert read_run(write_run(made())) == made()


def test_proofs_at_twenty_are_judged_by_median_and_worst() -> None:
    slow = [Point(9.0, 1, 1)]
    assert kept([made(), made(seed=2, points=[Point(0.9, 1, 1)]), made(seed=3, points=slow)]) == {
        "S20 proof, median": (4.0, False),
        "S20 proof, worst": (9.0, False),
    }
    assert kept([made(proved=False)])["S20 proof, worst"] == (NEVER, False)


def test_a_proof_ends_when_value_and_bound_meet_not_when_ties_are_settled() -> None:
    assert kept([made(points=[*POINTS, Point(6.0, 1010, 1010)])])["S20 proof, worst"] == (4.0, True)


def test_gaps_are_judged_by_the_worst_city_at_that_moment() -> None:
    late = [Point(1.0, 990, 1010), Point(5.0, 1010, 1010)]
    assert kept([made(50), made(50, 2, points=late)]) == {
        "S50 gap after 3 s, worst of 2": (2.0202, False),
        "S50 gap after 6 s, worst of 2": (0.0, True),
        "S50 gap after 25 s, worst of 2": (0.0, True),
    }


def test_no_plan_is_no_gap() -> None:
    assert kept([made(500, points=POINTS[:1])]) == {"S500 gap after 60 s, worst of 1": (NEVER, False)}


def test_memory_is_limited_at_two_hundred() -> None:
    assert kept([made(200, mb=410.5)])["S200 memory"] == (410.5, False)


def test_the_value_is_compared_with_best_pair_first_city_by_city() -> None:
    name = "S20 value by that of best pair first, least"
    assert kept([made(), made(seed=2), simple(500), simple(606, seed=2)])[name] == (1.6667, True)
    assert kept([made(), simple(700)])[name] == (1.4429, False)
    assert name not in kept([made(), simple(None)])


def test_a_figure_says_its_ratio_and_whether_it_is_broken() -> None:
    assert Figure("memory", 200, 400, "MB").ratio == 0.5
    assert Figure("value", 3.3, 1.65, "x", at_least=True).ratio == 0.5
    line = Figure("proof", 2, 1, "s", note="why").line()
    assert line.split() == ["proof", "2.00", "s", "≤", "1.00", "s", "2.00", "BROKEN", "why"]


def test_the_picture_has_a_line_a_city_and_a_mark_a_peer() -> None:
    end = Point(20.0, 800, 1600)
    peers = [Run(name, 20, 1, 20.0, end, False, 100, [end]) for name in SOLVERS]
    root = ElementTree.fromstring(picture([made(), made(50), simple(500), *peers]))  # noqa: S314  our own
    lines = [node for node in root.iter() if node.tag.endswith("path") and node.get("fill") == "none"]
    words = [node.text for node in root.iter() if node.tag.endswith("text")]
    assert len(lines) == 2
    assert [words.count(mark) for mark in MARKS.values()] == [1, 1, 1]
    assert words.count("— S20") == 1
    assert words.count("— S200") == 0


def test_axes_go_by_powers_of_ten_and_end_at_their_ends() -> None:
    assert x_of(1.0) - x_of(0.1) == pytest.approx(x_of(10.0) - x_of(1.0))
    assert (x_of(0.001), y_of(0.0)) == (x_of(0.1), y_of(0.0001))
    assert y_of(0.01) > y_of(0.1)


def test_a_row_says_proved_or_the_gap() -> None:
    assert "proved" in row(made())
    assert "10.00" in row(made(proved=False, points=POINTS[:2]))
    assert row(simple(None)).split()[:5] == ["S20/1", "≤3", "greedy", "-", "-"]


def test_all_solvers_are_run_alike_and_agree() -> None:
    runs = [run(solver, 1, 1, 5.0, 3) for solver in (ENGINE, *SOLVERS, "greedy")]
    assert all(run.points[-1] == run.end for run in runs)
    assert [run.proved for run in runs] == [True, True, True, True, False]
    assert len({run.end.value for run in runs[:4]}) == 1
    assert min(run.megabytes for run in runs) > 10


def test_a_solver_is_stopped_by_cpu_seconds() -> None:
    stopped: list[bool] = []
    with stopping_after(0.0, lambda: stopped.append(True)):
        number = 0
        while not stopped:
            number += 1
    assert stopped[0]


def test_the_run_ends_with_1_where_a_limit_is_broken(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: object
) -> None:
    def fake(solver: str, size: int, seed: int, seconds: float, chain: int) -> Run:
        return made(size, seed) if solver == ENGINE else simple(500, size, seed)

    monkeypatch.setattr("benchmarks.planning.measure", fake)
    monkeypatch.setattr("benchmarks.planning.KEPT", tmp_path)
    drawn = f"{tmp_path}/gap.svg"
    monkeypatch.setattr("sys.argv", ["planning", "--size", "20", "--seeds", "1", "--no-peers", "--picture", drawn])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1  # 4 s against a median of 1 s
    assert "BROKEN" in capsys.readouterr().out


def test_found_without_a_bound_is_not_proved() -> None:
    assert Found(3) == Found(3, None, False)
