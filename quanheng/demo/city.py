"""霁州市: units, then one cadre after another. Pure; the same seed and number give the same city."""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from quanheng.accounts.choices import ManagementCategory
from quanheng.demo import duties, history, kin, studies
from quanheng.demo.careers import Career, Seats, build_career
from quanheng.demo.cast import CAST, SUBJECT, CastMember
from quanheng.demo.chance import KeyMaker, dice, pick
from quanheng.demo.facts import (
    CadreFact,
    EducationFact,
    LineFact,
    RankFact,
    RelativeFact,
    Slot,
    TieFact,
    TrainingFact,
    UnitFact,
)
from quanheng.demo.ladder import LADDER, TODAY, Stage, least_months, ranks, stages
from quanheng.demo.persons import Identity, make_identity, may_be_outside_party
from quanheng.demo.slots import fill
from quanheng.demo.subject import as_drawn
from quanheng.demo.units import Organization, build_units
from quanheng.organization.choices import PostTier, Rank, UnitCategory
from quanheng.people.choices import CadreStatus, PersonnelKind, ResumeSetting

CADRES, SEED = 3_000, 20_261_120
_SPECIALTIES = ("公文写作", "项目管理", "群众工作", "财务审计", "信息化建设", "基层党建", "应急处置", "规划编制")
_ENTRY_RANK = {"35": Rank.STAFF_2, "31": Rank.STAFF_2, "21": Rank.STAFF_1, "11": Rank.SENIOR_STAFF_4}
_PARTY_CODES = ("01", "02")
_COUNTY = (PostTier.COUNTY_PRINCIPAL, PostTier.COUNTY_DEPUTY)


@dataclass(frozen=True, slots=True)
class City:
    seed: int
    organization: Organization
    slots: tuple[Slot, ...]
    cast: Mapping[int, CastMember]
    ties: tuple[TieFact, ...]
    known: Mapping[int, Mapping[str, RelativeFact]]  # relatives who are cadres, by number and relation
    seats: Seats
    keys: KeyMaker
    terms: Mapping[UUID, int]  # by position, since when its holder has the term
    long_held: int | None  # the number of who comes to ten years in a post

    def cadres(self) -> Iterator[CadreFact]:
        return (self.cadre(index) for index in range(len(self.slots)))

    def cadre(self, index: int) -> CadreFact:
        fact, slot = _cadre(self, index), self.slots[index]
        if fact.name == SUBJECT:
            fact = as_drawn(fact, self.organization.units)
        elif index == self.long_held:
            fact = duties.held_long(fact)
        return duties.with_duties(fact, slot, self.terms)

    def number_of(self, name: str) -> int:
        """The number of one of the cast."""
        return next(index for index, member in self.cast.items() if member.name == name)


def build_city(*, cadres: int = CADRES, seed: int = SEED) -> City:
    organization = build_units(seed, cadres)
    slots, cast = fill(organization, seed, cadres)
    first = sorted({*range(min(cadres, kin.SPAN)), *cast})
    people = {number: make_identity(seed, number, slots[number], cast.get(number)) for number in first}
    ties = kin.plan_ties(seed, people, _spouses(cast))
    known: dict[int, dict[str, RelativeFact]] = {}
    for tie in ties:
        work = slots[tie.kin].unit.name + slots[tie.kin].position.title
        known.setdefault(tie.cadre, {})[tie.relation_code] = kin.as_relative(people[tie.kin], tie.relation_code, work)
    seats, keys, terms = Seats(organization), KeyMaker(seed, "cadre"), duties.term_starts(organization.units)
    return City(seed, organization, slots, cast, ties, known, seats, keys, terms, _long_held(slots))


def _long_held(slots: tuple[Slot, ...]) -> int | None:
    held = (number for number, slot in enumerate(slots) if (slot.unit.name, slot.position.title) == duties.LONG_HELD)
    return next(held, None)


def _spouses(cast: Mapping[int, CastMember]) -> dict[str, int]:
    """Of the cast: name → number of the spouse."""
    numbers = {member.name: number for number, member in cast.items()}
    return {member.name: numbers[member.spouse] for member in CAST if {member.name, member.spouse} <= set(numbers)}


@dataclass(frozen=True, slots=True)
class _Life:
    until: int
    study: studies.Study
    climbed: tuple[Stage, ...]
    career: Career
    on_job: tuple[EducationFact, LineFact] | None

    @property
    def educations(self) -> tuple[EducationFact, ...]:
        return (*self.study.educations, self.on_job[0]) if self.on_job else self.study.educations


def _live(city: City, slot: Slot, who: Identity, chance: random.Random) -> _Life:
    tier, until = slot.position.tier, who.retired_in or TODAY
    study = studies.full_time(chance, who.birth, until - least_months(tier))
    climbed = stages(chance, tier, study.work_start, until)
    stays = may_be_outside_party(slot) and who.affiliation not in _PARTY_CODES
    career = build_career(chance, city.seats, slot, climbed, is_serving=who.retired_in is None, stays=stays)
    return _Life(until, study, climbed, career, studies.on_job(chance, study, study.work_start, until))


def _cadre(city: City, index: int) -> CadreFact:
    slot, member = city.slots[index], city.cast.get(index)
    who = make_identity(city.seed, index, slot, member)
    chance = dice(city.seed, "life", who.token)
    life = _live(city, slot, who, chance)
    known = city.known.get(index, {})
    wanted = member.relatives if member else 0
    return replace(
        _file(city, slot, who, life, chance),
        family=kin.make_family(city.seed, who, city.seats, slot.unit.area, known, wanted),
    )


def _file(city: City, slot: Slot, who: Identity, life: _Life, chance: random.Random) -> CadreFact:
    is_party, start = who.affiliation in _PARTY_CODES, life.study.work_start
    place = city.seats.area_name(slot.unit.area)
    sanctions = history.make_sanctions(chance, start, life.until, is_party=is_party, authority=place + "纪委监委")
    grades = history.make_grades(chance, start, life.until, sanctions)
    return CadreFact(
        key=city.keys.key(who.index),
        index=who.index,
        unit=slot.unit.key,
        order=slot.order,
        category=management_category(slot.unit, slot.position.tier),
        status=CadreStatus.RETIRED if who.retired_in else CadreStatus.SERVING,
        personnel_kind=_personnel_kind(slot.unit),
        name=who.name,
        former_names=who.former_names,
        sex=who.sex,
        born=who.born,
        ethnicity=who.ethnicity,
        native_place=who.native_place,
        birth_place=who.birth_place,
        affiliation=who.affiliation,
        party_joined=who.party_joined,
        work_start=start,
        specialties=pick(chance, _SPECIALTIES),
        identity_number=who.identity_number,
        health="一般" if chance.random() < 0.04 else "健康",
        tier=slot.position.tier,
        resume=_resume(life, who),
        holdings=life.career.holdings,
        ranks=_ranks(slot, life, chance),
        educations=life.educations,
        titles=history.make_titles(chance, slot.unit, start),
        family=(),
        rewards=history.make_rewards(chance, grades, place + "人力资源和社会保障局"),
        sanctions=sanctions,
        grades=grades,
        trainings=_trainings(slot, life, chance),
        verifications=history.make_verifications(chance, who.born, is_party=is_party),
    )


def _trainings(slot: Slot, life: _Life, chance: random.Random) -> tuple[TrainingFact, ...]:
    start = life.study.work_start
    found = history.make_trainings(chance, start, life.until)
    yearly = history.make_yearly_trainings(start, life.until) if slot.position.tier in _COUNTY else ()
    return tuple(sorted([*found, *yearly], key=lambda each: each.start))


def _resume(life: _Life, who: Identity) -> tuple[LineFact, ...]:
    """Study, work, retirement; study beside work stands as 其间 below the line in which it ended."""
    lines = list(life.career.lines)
    if life.on_job:
        number = studies.place_inside(lines, life.on_job[1])
        inside = (*lines[number].inside, life.on_job[1])
        lines[number] = replace(lines[number], inside=tuple(sorted(inside, key=lambda line: line.start)))
    if who.retired_in:
        lines.append(LineFact(who.retired_in, None, "退休", ResumeSetting.OTHER, "退休审批表"))
    return (*life.study.lines, *lines)


def _ranks(slot: Slot, life: _Life, chance: random.Random) -> tuple[RankFact, ...]:
    """Institutions have none."""
    if slot.unit.category == UnitCategory.INSTITUTION or life.career.civil_since >= life.until:
        return ()
    held = ranks(chance, life.climbed, life.career.civil_since, life.until, _ENTRY_RANK[life.study.level])
    return held if life.until == TODAY else (*held[:-1], replace(held[-1], end=life.until))


def management_category(unit: UnitFact, tier: PostTier) -> ManagementCategory:
    """By whom a post of this tier is managed; sections of the city's organs by the organ itself."""
    height = LADDER.index(tier)
    if height >= LADDER.index(PostTier.DEPARTMENT_DEPUTY):
        return ManagementCategory.PROVINCE
    if height >= LADDER.index(PostTier.COUNTY_DEPUTY):
        return ManagementCategory.CITY
    return ManagementCategory.COUNTY if height and unit.area else ManagementCategory.OTHER


def _personnel_kind(unit: UnitFact) -> PersonnelKind:
    match unit.category:
        case UnitCategory.INSTITUTION:
            return PersonnelKind.INSTITUTION_MANAGER
        case UnitCategory.MASS:
            return PersonnelKind.REFERENCE_STAFF
        case _:
            return PersonnelKind.CIVIL_SERVANT
