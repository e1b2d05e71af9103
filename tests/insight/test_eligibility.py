"""Conditions of a target, asked of people of the demo city and of one whose records are written here."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from quanheng.accounts.choices import ManagementCategory
from quanheng.demo.load import load_city
from quanheng.insight.columns import cells, columns
from quanheng.insight.conditions import conditions
from quanheng.insight.eligibility import ORDER, Eligibility, eligibilities, eligibility, has_source, standing, worst
from quanheng.insight.situations import derived, recorded_facts, situation
from quanheng.insight.targets import (
    CannotReadTarget,
    Target,
    find_target,
    pool_target,
    position_targets,
    rank_target,
    tier_target,
)
from quanheng.instruments.local import rulebook_in_force
from quanheng.kernel.actor import SYSTEM, Actor, Grant, Purpose, Role
from quanheng.kernel.errors import NotFound
from quanheng.organization.choices import PostTier, Rank
from quanheng.organization.models import Position
from quanheng.people.models import Cadre
from quanheng.people.rule_facts import unsourced
from quanheng.rulebook.facts_reading import load_facts
from quanheng.rulebook.finding import Outcome

pytestmark = pytest.mark.django_db
AT, ON = datetime(2026, 11, 20, 1, 2, 3, tzinfo=UTC), date(2026, 11, 20)


def ids(target: Target, on: date = ON) -> set[str]:
    return {rule.id for rule in conditions(rulebook_in_force(on), target)}


def test_a_post_asks_for_its_own_articles_and_a_rank_for_its_own() -> None:
    post, rank = ids(tier_target(PostTier.COUNTY_DEPUTY)), ids(rank_target(Rank.COUNSEL_4))
    assert {"SEL-QUAL-08-1a", "SEL-QUAL-08-3b", "SEL-EXCL-24-6", "SAN-PTY-W", "AVO-KIN"} <= post
    assert {"RNK-Y-06", "RNK-APPR", "RNK-BAN", "RNK-NOT-AUTO", "SAN-PTY-W"} <= rank
    assert not {rule for rule in post if rule.startswith("RNK-")}
    assert not {each for each in rank if each[:3] == "SEL"}


def test_what_can_never_apply_to_the_target_is_left_out() -> None:
    assert "SEL-QUAL-08-3a" not in ids(tier_target(PostTier.COUNTY_DEPUTY))  # deputy to principal of the same level
    assert "SEL-QUAL-08-3a" in ids(tier_target(PostTier.COUNTY_PRINCIPAL))
    assert {each for each in ids(rank_target(Rank.COUNSEL_4)) if each.startswith("RNK-Y-")} == {"RNK-Y-06"}


def test_steps_of_a_case_are_no_conditions() -> None:
    assert not {"SEL-DEC-37a", "SEL-REC-16", "SEL-EXC-09a", "SEL-PUB-41"} & ids(tier_target(PostTier.COUNTY_DEPUTY))


def test_the_rules_of_the_day_are_asked() -> None:
    former = ids(tier_target(PostTier.COUNTY_DEPUTY), date(2015, 3, 1))
    assert "SEL14-EXCL-24-2" in former
    assert "SEL-EXCL-24-3" not in former


def test_a_pool_asks_only_for_what_bars_and_for_the_key_checks() -> None:
    asked = ids(pool_target("young"))
    assert "PMR-KEY" in asked
    assert {each.partition("-")[0] for each in asked} == {"SAN", "PMR"}


@pytest.mark.parametrize("code", ["post", "post:", "seat:county_deputy", "rank:general", "pool:old", ""])
def test_a_target_that_cannot_be_read_is_refused_with_what_can(code: str) -> None:
    with pytest.raises(CannotReadTarget) as refused:
        find_target(SYSTEM, code, ON)
    assert refused.value.facts["kinds"]


@pytest.mark.parametrize("code", ["post:county_deputy", "rank:counsel_4", "pool:young"])
def test_a_target_says_its_own_code(code: str) -> None:
    assert find_target(SYSTEM, code, ON).code == code


def test_a_post_out_of_sight_is_not_found() -> None:
    with pytest.raises(NotFound):
        find_target(SYSTEM, "post:01890000-0000-7000-8000-000000000000", ON)


def test_conditions_of_one_question_share_a_column() -> None:
    found = columns(conditions(rulebook_in_force(ON), tier_target(PostTier.COUNTY_DEPUTY)))
    names = [column.name for column in found]
    assert names[:4] == ["基本条件", "工龄", "基层经历", "两个职位"]
    assert len(names) == len(set(names)) <= 20
    sanctions = next(column for column in found if column.key == "sanction")
    assert {"SEL-EXCL-24-6", "SAN-PTY-W", "SAN-ADM-R", "SEL-REU-56"} <= {rule.id for rule in sanctions.rules}


class TestTheCity:
    @pytest.fixture(autouse=True)
    def city(self) -> None:
        load_city(cadres=40, seed=12, at=AT)

    def found(self, target: Target) -> list[Eligibility]:
        people = Cadre.objects.order_by("pk").values_list("pk", flat=True)
        return [each for (each,) in eligibilities(people, [target], rulebook_in_force(ON)).values()]

    def test_each_person_has_an_outcome_for_each_condition(self) -> None:
        target = tier_target(PostTier.COUNTY_DEPUTY)
        found = self.found(target)
        assert len(found) == 40
        for each in found:
            assert {condition.rule.id for condition in each.conditions} == ids(target)
            assert all(condition.findings for condition in each.conditions)

    def test_the_whole_is_the_worst_of_what_binds(self) -> None:
        found = self.found(tier_target(PostTier.COUNTY_DEPUTY))
        assert {each.outcome for each in found} >= {Outcome.NOT_MET}
        for each in found:
            failing = each.having(Outcome.NOT_MET)
            assert (each.outcome is Outcome.NOT_MET) == bool(failing)
            assert not failing or all(condition.is_binding for condition in failing)

    def test_what_no_room_keeps_waits_for_a_person(self) -> None:
        for each in self.found(tier_target(PostTier.COUNTY_DEPUTY)):
            assert "SAN-CASE" in {condition.rule.id for condition in each.outside}  # inquiries have no room yet
            lacking = [condition for condition in each.having(Outcome.UNKNOWN) if not condition.is_outside]
            assert (each.outcome is Outcome.UNKNOWN) == (bool(lacking) and not each.having(Outcome.NOT_MET))

    def test_from_when_is_the_last_of_the_days(self) -> None:
        found = [each for each in self.found(tier_target(PostTier.COUNTY_DEPUTY)) if each.earliest]
        assert found
        for each in found:
            days = [condition.earliest for condition in each.having(Outcome.NOT_MET)]
            assert each.earliest == max(day for day in days if day)
            assert each.earliest > ON

    def test_what_follows_from_the_records_alone_may_be_made_before(self) -> None:
        house, targets = rulebook_in_force(ON), [tier_target(PostTier.COUNTY_DEPUTY), rank_target(Rank.COUNSEL_4)]
        people = recorded_facts(Cadre.objects.order_by("pk").values_list("pk", flat=True))
        for cadre, recorded in people.items():
            known = derived(recorded, house)
            for target in (*targets, None):
                assert situation(cadre, known, target, house) == situation(cadre, recorded, target, house)

    def test_many_targets_are_told_as_each_alone(self) -> None:
        house, targets = rulebook_in_force(ON), [*map(tier_target, PostTier), *map(rank_target, Rank)]
        asked = [(target, conditions(house, target)) for target in targets]
        people = recorded_facts(Cadre.objects.order_by("pk").values_list("pk", flat=True)[:3])
        for cadre, recorded in people.items():
            alone = [eligibility(cadre, recorded, target, house, rules) for target, rules in asked]
            assert list(standing(cadre, recorded, asked, house)) == alone

    def test_a_cell_shows_the_condition_that_decides(self) -> None:
        target = tier_target(PostTier.COUNTY_DEPUTY)
        wanted = columns(conditions(rulebook_in_force(ON), target))
        for each in self.found(target):
            made = cells(each.conditions, wanted)
            assert [cell.column for cell in made] == list(wanted)
            assert all(cell.shown.outcome is cell.outcome for cell in made)

    def test_a_post_is_told_to_a_snapshot_by_digests(self) -> None:
        key = Position.objects.values_list("pk", flat=True).order_by("unit__path", "order", "pk")[0]
        target = position_targets([key], ON)[key]
        assert target.facts["target.post"] == target.title
        assert len(str(target.told["target.post"])) == 32
        assert {name for name in target.facts if target.facts[name] != target.told[name]} == {
            "target.post",
            "target.unit",
        }

    def test_a_post_is_found_by_its_key_and_by_unit_and_title(self) -> None:
        row = Position.objects.select_related("unit").order_by("unit__path", "order", "pk")[0]
        whole = Grant(row.unit.path, frozenset(ManagementCategory.values), frozenset({Purpose.SELECTION}))
        officer = Actor(row.pk, "", frozenset({Role.CADRE_OFFICER}), (whole,), None, frozenset())
        for code in (f"post:{row.pk}", f"post:{row.unit.code}/{row.title}"):
            assert find_target(officer, code, ON).code == f"post:{row.pk}"
        elsewhere = replace(officer, grants=(replace(whole, unit_path=f"{row.unit.path}9/"),))
        with pytest.raises(NotFound):
            find_target(elsewhere, f"post:{row.pk}", ON)


def test_worst_first() -> None:
    assert [worst(ORDER[place:]) for place in range(5)] == list(ORDER)
    assert worst(()) is Outcome.NOT_APPLICABLE


def test_which_facts_a_dossier_gives() -> None:
    assert has_source("posts")
    assert has_source("posts.level")
    assert has_source("sanctions.effect_end")
    assert has_source("relatives.is_business_kin")
    assert has_source("target.levels_up")
    assert not has_source("inquiries")
    assert not has_source("person.has_open_case")


def test_no_room_records_a_waiver_yet() -> None:
    """One person is asked with them (`rulebook.evaluate`), SQL is not: with a source they have to be there too."""
    assert "waivers" in {fact.name for fact in unsourced(load_facts())}
