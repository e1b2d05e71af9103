"""The cities that the planning benchmark is run on."""

import hashlib
import json
from collections import Counter
from dataclasses import replace
from statistics import correlation, mean

import pytest

from benchmarks.planning_cities import ELIGIBLE, GROUP, STAFF, city, level_of, main, witness
from quanheng.planning.checker import check_plan, moves_of
from quanheng.planning.checks import check
from quanheng.planning.problem import Problem, RuleKind
from quanheng.planning.reading import read_problem
from quanheng.planning.writing import write_problem

CITY = city(20, 3)


def text(problem: Problem) -> str:
    return json.dumps(write_problem(problem))


def test_the_same_seed_makes_the_same_city() -> None:
    assert text(city(20, 3)) == text(CITY)
    assert text(city(20, 4)) != text(CITY)


def test_a_city_is_the_same_on_every_machine() -> None:
    """Figures of two runs are compared; a city that has changed makes them worthless."""
    assert hashlib.sha256(text(city(5, 1)).encode()).hexdigest()[:12] == "9f224b378621"


@pytest.mark.parametrize(("size", "posts"), [(20, 160), (50, 400), (200, 1600)])
def test_eight_posts_a_vacancy(size: int, posts: int) -> None:
    made = city(size, 1)
    assert (len(made.posts), sum(post.vacant for post in made.posts)) == (posts, size)


@pytest.mark.slow
@pytest.mark.parametrize("size", [500, 1000])
def test_the_large_cities_are_within_the_limits(size: int) -> None:
    made = city(size, 1)
    assert len(made.posts) == 8 * size
    assert check(made) == ()
    assert check_plan(made, moves_of(made, witness(made))).broken == ()


@pytest.mark.parametrize("size", [1, 2, 5, 20])
@pytest.mark.parametrize("seed", range(5))
def test_a_city_is_valid_and_has_a_plan(size: int, seed: int) -> None:
    made = city(size, seed)
    assert check(made) == ()
    assert read_problem(json.loads(text(made))) == made
    assert check_plan(made, moves_of(made, witness(made))).broken == ()


@pytest.mark.parametrize("seed", range(5))
def test_doing_nothing_breaks_pins_alone(seed: int) -> None:
    made = city(20, seed)
    assert set(check_plan(made, ()).broken) == {f"pin:{person},{post}" for person, post in made.pins}
    assert check_plan(replace(made, pins=()), ()).broken == ()


def test_a_city_without_vacancies_is_refused() -> None:
    with pytest.raises(ValueError, match="a city of 0 vacancies"):
        city(0, 1)


def test_leading_groups_have_five_to_eleven_posts_and_one_principal() -> None:
    sizes = Counter(post.group for post in CITY.posts if post.group)
    assert all(5 <= size <= 11 for size in list(sizes.values())[:-1])  # the last is cut
    assert Counter(post.group for post in CITY.posts if post.principal) == Counter(sizes.keys())


def test_twenty_to_sixty_are_eligible_for_a_post_and_never_its_holder() -> None:
    counts = Counter(pair.post for pair in CITY.pairs)
    home = {person.id: person.post for person in CITY.people}
    assert set(counts) == {post.id for post in CITY.posts}
    assert ELIGIBLE[0] <= min(counts.values())
    assert max(counts.values()) <= ELIGIBLE[1]
    assert mean(counts.values()) == pytest.approx(40, abs=3)
    assert all(home[pair.person] != pair.post for pair in CITY.pairs)


def test_seven_of_ten_serve() -> None:
    serving = {person.id for person in CITY.people if person.post}
    assert len(serving) / len(CITY.people) == pytest.approx(0.70, abs=0.005)
    assert mean(pair.person in serving for pair in CITY.pairs) == pytest.approx(0.70, abs=0.06)


def test_a_promotion_goes_up_one_level_and_other_moves_stay_on_it() -> None:
    level = {post.id: level_of(post) for post in CITY.posts}
    home = {person.id: level[person.post] for person in CITY.people if person.post}
    steps = {(level[pair.post] - home[pair.person], pair.promotion) for pair in CITY.pairs if pair.person in home}
    assert steps == {(0, False), (1, True)}
    assert mean(pair.promotion for pair in CITY.pairs) == pytest.approx(0.5, abs=0.08)


def test_who_fits_one_post_tends_to_fit_another() -> None:
    fit = {person.id: person.fit for person in CITY.people if person.post}
    both = [(fit[pair.person], pair.fit) for pair in CITY.pairs if pair.person in fit]
    assert correlation(*zip(*both, strict=True)) == pytest.approx(0.37, abs=0.12)
    assert all(0 <= pair.fit <= 1000 for pair in CITY.pairs)


def test_the_rules_are_of_every_kind_but_rotation() -> None:
    assert {rule.kind for rule in CITY.rules} == set(RuleKind) - {RuleKind.ROTATION}
    shares = [(rule.attribute, rule.at_least, rule.soft) for rule in CITY.rules if rule.kind is RuleKind.SHARE]
    assert shares == [("young", (1, 3), None), ("female", (1, 3), 300), ("non_party", (1, 6), 200)]
    limits = {rule.at_most for rule in CITY.rules if rule.kind is RuleKind.LEAVE_LIMIT}
    assert limits == {1, 2, 3}


@pytest.mark.parametrize(("seed", "chain", "longest"), [(2, None, 3), (3, None, 4), (3, 3, 3)])
def test_chains_are_of_three_or_four(seed: int, chain: int | None, longest: int) -> None:
    assert city(5, seed, chain).rules[-1].at_most == longest


def test_there_are_some_pins_forbids_and_kin() -> None:
    made = city(50, 1)
    home = {person.id: person.post for person in made.people}
    level = {post.id: level_of(post) for post in made.posts}
    assert [(home[person], level[post]) for person, post in made.pins] == [(None, STAFF)] * 2
    assert not set(made.pins) & set(made.forbids)
    assert len(made.forbids) / len(made.pairs) == pytest.approx(0.008, abs=0.002)
    assert len(made.kin) == round(0.02 * len(made.people))
    assert GROUP in level.values()


def test_the_command_prints_the_city(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.argv", ["planning_cities", "--size", "2", "--seed", "7"])
    main()
    assert read_problem(json.loads(capsys.readouterr().out)) == city(2, 7)


def test_without_a_size_it_tells_what_there_is(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["planning_cities"])
    monkeypatch.setattr("benchmarks.planning_cities.SIZES", (2, 5))
    main()
    rows = [line.split()[:3] for line in capsys.readouterr().out.splitlines()]
    assert rows == [["city", "posts", "people"], ["S2", "16", "20"], ["S5", "40", "50"]]
