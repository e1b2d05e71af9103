"""Everybody over the snapshot says what one after another says from the register; and only within the scope of now."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.utils.timezone import localdate
from pytest_django import Settings

from quanheng.accounts.choices import ManagementCategory
from quanheng.accounts.models import Grant
from quanheng.accounts.queries import actor_of
from quanheng.census import house as census
from quanheng.census.failures import NoSnapshot
from quanheng.census.snapshot import refresh
from quanheng.demo.load import load_city
from quanheng.insight import screening_scope, verdicts
from quanheng.insight.eligibility import Eligibility, eligibilities
from quanheng.insight.screening import OUTCOME_OF, Answer, Paging, Question, keys_of, screen
from quanheng.insight.screening_extra import CannotScreen, Extra
from quanheng.insight.screening_scope import Scope, people_in
from quanheng.insight.targets import Target, pool_target, position_targets, rank_target, targets_of, tier_target
from quanheng.insight.verdict_table import NOT_APPLICABLE, NOT_MET, OUTSIDE
from quanheng.instruments.local import rulebook_in_force
from quanheng.kernel.actor import Actor, Purpose, Role
from quanheng.kernel.actor import Grant as Granted
from quanheng.organization.choices import PostTier, Rank
from quanheng.organization.models import Position
from quanheng.people import actions, placement_actions
from quanheng.people.models import Cadre, PostHolding
from quanheng.rulebook.finding import Outcome
from quanheng.rulebook.parse import CannotParse
from tests.conftest import Cast
from tests.dossiers import fill

pytestmark = pytest.mark.django_db(transaction=True)
AT, ON = datetime(2026, 11, 20, 1, 2, 3, tzinfo=UTC), date(2026, 11, 20)
DEPUTY = tier_target(PostTier.COUNTY_DEPUTY)
YOUNG = pool_target("young")
REASON = "按任免文件更正登记内容"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Settings) -> None:
    settings.CENSUS_FOLDER = tmp_path


def published(at: datetime = AT, on: date = ON) -> None:
    refresh(census.folder(), census.recipe_on(on), at=at, on=on)


def everybody() -> Actor:
    granted = Granted("0001.", frozenset(ManagementCategory.values), frozenset({Purpose.SELECTION}))
    return Actor(key=UUID(int=7), name="温若水", roles=frozenset({Role.LEADER}), grants=(granted,))


def asked(actor: Actor, target: Target = DEPUTY, on: date = ON, **values: Any) -> Answer:
    values.setdefault("paging", Paging(size=1000))
    return screen(actor, target, rulebook_in_force(on), Question(**values))


@pytest.mark.slow
class TestTheCity:
    @pytest.fixture(autouse=True)
    def city(self) -> None:
        load_city(cadres=60, seed=12, at=AT)
        published()

    def targets(self) -> Iterator[Target]:
        yield DEPUTY
        yield tier_target(PostTier.TOWNSHIP_PRINCIPAL)
        yield rank_target(Rank.COUNSEL_4)
        yield rank_target(Rank.STAFF_1)
        yield pool_target("young")
        keys = Position.objects.order_by("unit__path", "order", "pk").values_list("pk", flat=True)
        yield from position_targets([keys[0], keys[7]], ON).values()

    def test_everybody_at_once_says_what_one_after_another_says(self) -> None:
        actor, house = everybody(), rulebook_in_force(ON)
        people = list(people_in(actor, Scope()).order_by("pk").values_list("pk", flat=True))
        assert len(people) > 40
        for target in self.targets():
            expected = {key: each for key, (each,) in eligibilities(people, [target], house).items()}
            assert_same(asked(actor, target), expected)

    def test_many_are_asked_in_stretches(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """As they are where the register is large."""
        actor, whole = everybody(), asked(everybody())
        made = list(census.folder().glob("verdicts-*"))
        assert len(made) == 1
        made[0].unlink()
        monkeypatch.setattr("quanheng.insight.verdict_table.STRETCH", 7)
        assert asked(actor).lines == whole.lines

    def test_on_another_day_too(self) -> None:
        day = date(2028, 3, 1)
        actor, house = everybody(), rulebook_in_force(day)
        people = people_in(actor, Scope()).order_by("pk").values_list("pk", flat=True)
        expected = {key: each for key, (each,) in eligibilities(people, [DEPUTY], house).items()}
        assert_same(asked(actor, on=day), expected)

    def test_the_nearest_are_first_and_pages_follow_each_other(self) -> None:
        actor = everybody()
        lines = asked(actor).lines[Outcome.NOT_MET]
        days = [line.earliest or date.max for line in lines]
        assert days == sorted(days)
        assert any(line.earliest for line in lines)
        count = -(-len(lines) // 7)
        pages = [asked(actor, paging=Paging(Outcome.NOT_MET, number, 7)).lines for number in range(1, count + 1)]
        assert [line for page in pages for line in page[Outcome.NOT_MET]] == list(lines)
        assert asked(actor, paging=Paging(Outcome.NOT_MET, 999, 7)).lines == pages[-1]
        short = asked(actor, paging=Paging(size=3))
        assert short.lines[Outcome.NOT_MET] == lines[:3]
        assert short.groups[Outcome.NOT_MET] == len(lines)

    def test_each_condition_that_time_will_mend_has_its_own_day(self) -> None:
        answer, house = asked(everybody()), rulebook_in_force(ON)
        lines = answer.lines[Outcome.NOT_MET]
        expected = eligibilities([line.cadre for line in lines], [DEPUTY], house)
        for line in lines:
            (found,) = expected[line.cadre]
            days = {each.rule.id: each.earliest for each in found.conditions if each.outcome is Outcome.NOT_MET}
            told = {answer.rules[place].id: day for place, day in line.days.items()}
            assert told == {rule: day for rule, day in days.items() if day}
        assert any(line.days for line in lines)
        assert not any(line.days for line in answer.lines[Outcome.UNKNOWN] if NOT_MET not in line.codes)

    def test_the_keys_of_an_export_are_those_of_the_page(self) -> None:
        actor, house = everybody(), rulebook_in_force(ON)
        answer = asked(actor)
        listed = [line.cadre for lines in answer.lines.values() for line in lines]
        assert keys_of(actor, DEPUTY, house, Question(), 1000) == listed
        group = Question(paging=Paging(Outcome.NOT_MET))
        assert keys_of(actor, DEPUTY, house, group, 2) == [line.cadre for line in answer.lines[Outcome.NOT_MET]][:2]

    def test_what_is_left_out_is_counted_and_decides_nothing(self) -> None:
        actor = everybody()
        before = asked(actor)
        failing = {rule.id for rule, counts in zip(before.rules, before.counts, strict=True) if counts[NOT_MET]}
        assert failing
        after = asked(actor, left_out=frozenset(failing))
        assert after.groups[Outcome.NOT_MET] == 0
        assert (after.counts, after.total) == (before.counts, before.total)
        alone = asked(actor, left_out=frozenset(rule.id for rule in before.rules))
        assert alone.groups[Outcome.MET] == alone.total

    def test_a_further_condition_is_one_like_the_others(self) -> None:
        actor = everybody()
        before, after = asked(actor), asked(actor, extras=(Extra("person.is_party_member"),))
        assert len(after.counts) == len(before.counts) + 1
        members = Cadre.objects.filter(pk__in=people_in(actor, Scope())).exclude(political_affiliation="01").count()
        assert after.counts[-1][NOT_MET] == members
        for line in (each for lines in after.lines.values() for each in lines):
            assert len(line.codes) == len(after.counts)
            assert line.codes[-1] != NOT_MET or line.outcome is Outcome.NOT_MET

    def test_a_further_condition_may_come_true_some_day(self) -> None:
        born = Extra("reached(person.birth + years(60))")
        answer = asked(everybody(), target=pool_target("young"), extras=(born,))
        found = {line.cadre: line.earliest for line in answer.lines[Outcome.NOT_MET]}
        for cadre in Cadre.objects.filter(pk__in=[key for key, day in found.items() if day]):
            assert cadre.birth_month
            assert found[cadre.pk] == cadre.birth_month.replace(year=cadre.birth_month.year + 60)
        assert any(found.values())

    def test_what_no_room_keeps_waits_for_a_person(self) -> None:
        answer = asked(everybody(), target=pool_target("young"), extras=(Extra("not person.has_open_case"),))
        assert answer.counts[-1][OUTSIDE] == answer.total

    def test_narrowed_to_those_who_surely_fulfil(self) -> None:
        actor = everybody()
        held = Extra('exists(posts, running and level == "乡科级正职")')
        answer = asked(actor, narrowed=(held,))
        assert answer.total == asked(actor, extras=(held,)).counts[-1][2]
        assert 0 < answer.total < asked(actor).total

    @pytest.mark.parametrize(
        ("text", "what"),
        [
            ('exists(posts, "局长" == post)', "posts.post"),
            ('exists(posts, unit in ("甲局", "乙局"))', "posts.unit"),
            ('latest(education, school) != "示范大学"', "education.school"),
        ],
    )
    def test_a_text_of_which_only_a_digest_is_told_is_not_compared_with_words(self, text: str, what: str) -> None:
        with pytest.raises(CannotScreen) as refused:
            asked(everybody(), extras=(Extra(text),))
        assert refused.value.facts["what"] == what

    @pytest.mark.parametrize(
        "text",
        [
            "exists(posts, post == target.post)",
            'latest(posts, level, post == target.post) == "县处级副职"',
            'latest(education, school) == ""',
            'exists(relatives, kin == "妻子")',
        ],
    )
    def test_digests_are_compared_with_each_other_and_codes_with_words(self, text: str) -> None:
        Extra(text).check(ON)

    def test_hostile_expressions_are_refused(self) -> None:
        for text in ("__import__('os')", "person.nobody", "person.birth", "'; DROP TABLE person; --", "(" * 150):
            with pytest.raises(CannotParse):
                asked(everybody(), extras=(Extra(text),))


def assert_same(answer: Answer, expected: dict[Any, Eligibility]) -> None:
    assert answer.total == len(expected)
    found = {line.cadre: line for lines in answer.lines.values() for line in lines}
    assert found.keys() == expected.keys()
    for key, one in expected.items():
        line = found[key]
        assert (line.outcome, line.earliest) == (_group(one.outcome), one.earliest), (answer.rules, key)
        assert [OUTCOME_OF[code] for code in line.codes] == [
            Outcome.NEEDS_PERSON if each.is_outside else each.outcome for each in one.conditions
        ]
    for place in range(len(answer.rules)):
        codes = [line.codes[place] for line in found.values() if line.codes[place] != NOT_APPLICABLE]
        assert {code: codes.count(code) for code in set(codes)} == {
            code: count for code, count in answer.counts[place].items() if count
        }


def _group(outcome: Outcome) -> Outcome:
    return Outcome.MET if outcome is Outcome.NOT_APPLICABLE else outcome


class TestPreparing:
    def test_the_worker_makes_anew_what_was_asked_last(self, cast: Cast, wang: Actor) -> None:
        published()
        for target in (YOUNG, tier_target(PostTier.STAFF)):
            asked(wang, target)
        published(AT + timedelta(minutes=5))
        before = set(census.folder().glob("verdicts-*"))
        verdicts.prepare(rulebook_in_force(ON))
        made = set(census.folder().glob("verdicts-*")) - before
        assert len(made) == len(before) == 2
        asked(wang, YOUNG)
        assert set(census.folder().glob("verdicts-*")) == made | before  # nothing had to be made

    def test_a_file_that_others_take_away_meanwhile_is_left_out(
        self, cast: Cast, wang: Actor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        published()
        asked(wang, YOUNG)
        folder = census.folder()
        (folder / "verdicts-00000001-gone.duckdb").symlink_to("nowhere")
        assert list(verdicts._used_last(folder)) == ["pool:young"]
        monkeypatch.setattr(verdicts, "_with_times", lambda files: [(1, folder / "verdicts-00000001-gone.duckdb")])
        assert verdicts._used_last(folder) == {}

    def test_a_target_that_is_no_more_is_left_out(self, cast: Cast) -> None:
        gone = ["post:01890000-0000-7000-8000-000000000000", "rank:general", "seat:x", "pool:old", "pool:young"]
        assert [target.code for target in targets_of(gone, ON)] == ["pool:young"]


class TestTheScopeOfNow:
    """Each change comes after the snapshot, and a moment before the question."""

    @pytest.fixture(autouse=True)
    def snapshot(self, cast: Cast) -> None:
        fill(cast.chen_file, AT)
        published()

    def seen(self, actor: Actor, **values: Any) -> set[Any]:
        answer = asked(actor, YOUNG, **values)
        listed = {line.cadre for lines in answer.lines.values() for line in lines}
        assert answer.total == len(listed) == sum(answer.groups.values())
        assert all(sum(counts.values()) <= answer.total for counts in answer.counts)
        return listed

    def test_no_snapshot_no_answer(self, lin: Actor, tmp_path: Path, settings: Settings) -> None:
        settings.CENSUS_FOLDER = tmp_path / "other"
        with pytest.raises(NoSnapshot):
            self.seen(lin)

    def test_each_sees_the_own_scope(self, cast: Cast, lin: Actor, zhao: Actor, wang: Actor) -> None:
        chen, zhou = cast.chen_file.pk, cast.zhou_file.pk
        assert [self.seen(each) for each in (lin, zhao, wang)] == [{chen}, {zhou}, {chen, zhou}]

    def test_a_purpose_that_was_not_granted_opens_nothing(self, cast: Cast, he: Actor) -> None:
        assert self.seen(he) == set()

    def test_a_grant_withdrawn_a_second_ago(self, cast: Cast, lin: Actor) -> None:
        assert self.seen(lin) == {cast.chen_file.pk}
        Grant.objects.filter(account=cast.accounts["lin"]).update(valid_to=localdate(AT))
        assert self.seen(actor_of(cast.accounts["lin"], at=AT + timedelta(seconds=1))) == set()

    def test_somebody_moved_out_of_scope_and_in(self, cast: Cast, lin: Actor, zhao: Actor, wang: Actor) -> None:
        moved(wang_as_officer(cast), cast.chen_file, cast.unit_b)
        assert self.seen(lin) == set()
        assert self.seen(zhao) == {cast.chen_file.pk, cast.zhou_file.pk}
        assert self.seen(wang) == {cast.chen_file.pk, cast.zhou_file.pk}

    def test_somebody_of_another_category_now(self, cast: Cast, lin: Actor) -> None:
        city = frozenset({ManagementCategory.CITY.value})
        assert self.seen(lin, scope=Scope(categories=city)) == {cast.chen_file.pk}
        moved(wang_as_officer(cast), cast.chen_file, cast.unit_a, category=ManagementCategory.COUNTY.value)
        assert self.seen(lin, scope=Scope(categories=city)) == set()
        assert self.seen(lin) == {cast.chen_file.pk}

    def test_who_serves_no_more(self, cast: Cast, lin: Actor) -> None:
        placement_actions.place_cadres(actor=lin, cadres=[cast.chen_file.pk], status="retired", reason=REASON, at=AT)
        assert self.seen(lin) == set()

    def test_kin_are_not_shown(self, cast: Cast, wang: Actor) -> None:
        assert self.seen(replace(wang, recused=frozenset({cast.chen_file.pk}))) == {cast.zhou_file.pk}

    def test_kin_that_has_changed_is_not_shown_either(self, cast: Cast, lin: Actor, wang: Actor) -> None:
        post = PostHolding.objects.get(cadre=cast.chen_file, title="局长")
        actions.withdraw_record(actor=lin, cadre=cast.chen_file.pk, kind="post", record=post.pk, reason=REASON, at=AT)
        assert self.seen(wang) == {cast.chen_file.pk, cast.zhou_file.pk}
        assert self.seen(replace(wang, recused=frozenset({cast.chen_file.pk}))) == {cast.zhou_file.pk}

    def test_a_unit_alone_or_with_those_below(self, cast: Cast, wang: Actor) -> None:
        assert self.seen(wang, scope=Scope("0001.0001.")) == {cast.chen_file.pk}
        assert self.seen(wang, scope=Scope("0001.")) == {cast.chen_file.pk, cast.zhou_file.pk}
        assert self.seen(wang, scope=Scope("0001.", is_alone=True)) == set()

    def test_a_unit_out_of_scope_shows_nobody(self, cast: Cast, lin: Actor) -> None:
        assert self.seen(lin, scope=Scope("0001.0002.")) == set()

    def test_the_same_where_marks_cannot_tell_or_are_too_many(
        self, cast: Cast, lin: Actor, zhao: Actor, wang: Actor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        moved(wang_as_officer(cast), cast.chen_file, cast.unit_b)
        for answer, many in ((None, 10), ([cast.chen_file.pk], 0)):
            monkeypatch.setattr(screening_scope, "changed_since", lambda _mark, told=answer: told)
            monkeypatch.setattr(screening_scope, "MANY", many)
            assert self.seen(lin) == set()
            assert self.seen(zhao) == {cast.chen_file.pk, cast.zhou_file.pk}
            assert self.seen(wang) == {cast.chen_file.pk, cast.zhou_file.pk}


def wang_as_officer(cast: Cast) -> Actor:
    granted = Granted("0001.", frozenset(ManagementCategory.values), frozenset({Purpose.MANAGEMENT}))
    return Actor(key=cast.accounts["wang"].pk, name="王景行", roles=frozenset({Role.CADRE_OFFICER}), grants=(granted,))


def moved(actor: Actor, cadre: Cadre, unit: Any, **values: Any) -> None:
    placement_actions.place_cadres(actor=actor, cadres=[cadre.pk], unit=unit, reason=REASON, at=AT, **values)
