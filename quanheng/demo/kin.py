"""Relatives, and who of them is a cadre of the city too."""

import random
from collections.abc import Iterator, Mapping

from quanheng.demo.careers import Seats
from quanheng.demo.chance import compact, dice, pick
from quanheng.demo.facts import RelativeFact, TieFact
from quanheng.demo.ladder import TODAY
from quanheng.demo.names import OWN_NAMES, make_name, surname_of
from quanheng.demo.persons import Identity
from quanheng.demo.places import FIRMS, SCHOOLS, UNIVERSITIES
from quanheng.formats.codes import table
from quanheng.organization.choices import PostTier
from quanheng.people.choices import KinTieState, Sex

M, F = Sex.MALE, Sex.FEMALE
_CHILDREN = {(1, M): "14", (1, F): "15", (2, M): "20", (2, F): "28"}
_MORE = (("16", M, -5), ("18", F, -3), ("17", M, 4), ("19", F, 6), ("60", M, -20))  # siblings, an uncle


def make_family(
    seed: int, who: Identity, seats: Seats, area: str, known: Mapping[str, RelativeFact], count: int
) -> tuple[RelativeFact, ...]:
    """In the order of the form: spouse, children, parents, parents-in-law. `known` are cadres of the city."""
    chance = dice(seed, "kin", who.token)
    wanted = count or _usual_count(chance, who)
    husband = known.get("12")
    others = [one for one in _relatives(chance, who, seats, area, husband) if one.relation_code not in known]
    family = sorted([*known.values(), *others], key=lambda one: _ORDER.get(one.relation_code, 9))
    return tuple(family[:wanted])


_ORDER = {"12": 0, "13": 0, "14": 1, "15": 1, "20": 1, "28": 1, "21": 2, "29": 2, "10": 3, "11": 4, "42": 5, "40": 5}


def _usual_count(chance: random.Random, who: Identity) -> int:
    """Two for the young, mostly four to six, now and then one more."""
    return 2 if _age(who.birth) < 26 else chance.choice((4, 4, 5, 5, 5, 6, 7))


def _age(birth: int) -> int:
    return (TODAY - birth) // 12


def _relatives(
    chance: random.Random, who: Identity, seats: Seats, area: str, husband: RelativeFact | None
) -> Iterator[RelativeFact]:
    """More than anybody needs; who comes first in the form is kept. Children are called after the father."""
    spouse_sex = F if who.sex == M else M
    surname = "" if who.ethnicity in OWN_NAMES else surname_of(who.name)
    if _age(who.birth) >= 29 or (_age(who.birth) >= 26 and chance.random() < 0.5):
        code = "13" if spouse_sex == F else "12"
        birth = who.birth + chance.randint(-40, 40)
        spouse = _relative(chance, seats, area, code, spouse_sex, birth, who.ethnicity)
        yield spouse
        father = surname if who.sex == M else surname_of((husband or spouse).name)
        yield from _children(chance, who, seats, area, "" if who.ethnicity in OWN_NAMES else father)
    for code, sex, years in (("10", M, 27), ("11", F, 25)):
        birth = who.birth - years * 12 + chance.randint(-30, 30)
        own = surname if sex == M else ""
        yield _relative(chance, seats, area, code, sex, birth, who.ethnicity, own)
    if _age(who.birth) >= 29:
        codes = (("42", M), ("43", F)) if who.sex == M else (("40", M), ("41", F))
        for code, sex in codes:
            yield _relative(chance, seats, area, code, sex, who.birth - 310 + chance.randint(-30, 30))
    for code, sex, years in _MORE:
        yield _relative(chance, seats, area, code, sex, who.birth + years * 12, who.ethnicity, surname)


def _children(chance: random.Random, who: Identity, seats: Seats, area: str, own: str) -> Iterator[RelativeFact]:
    first = who.birth + chance.randint(25 * 12, 33 * 12)
    births = [one for one in (first, first + chance.randint(30, 80)) if one <= TODAY - 1]
    births = births[: 2 if chance.random() < 0.3 or who.ethnicity == "05" else 1]
    sexes = [pick(chance, (M, F)) for _ in births]
    if len(set(sexes)) < len(sexes):
        sexes[1] = F if sexes[0] == M else M  # 长子 and 长女 name both without doubt
    for birth, sex in zip(births, sexes, strict=True):
        yield _relative(chance, seats, area, _CHILDREN[len(births), sex], sex, birth, who.ethnicity, own)


def _relative(
    chance: random.Random,
    seats: Seats,
    area: str,
    code: str,
    sex: Sex,
    birth: int,
    ethnicity: str = "01",
    surname: str = "",
) -> RelativeFact:
    name = make_name(chance, sex, ethnicity, surname)
    written = compact(birth)[: 4 if _age(birth) > 70 and chance.random() < 0.2 else 6]
    return RelativeFact(code, name, written, _affiliation(chance, birth), _work(chance, seats, area, birth))


def _affiliation(chance: random.Random, birth: int) -> str:
    if _age(birth) < 14:
        return ""
    if _age(birth) < 28:
        return pick(chance, ("共青团员", "共青团员", "群众", "中共党员"))
    return pick(chance, ("群众", "群众", "中共党员"))


def _work(chance: random.Random, seats: Seats, area: str, birth: int) -> str:
    age = _age(birth)
    place = seats.area_name(area)
    if age < 22:
        return _school(chance, place, age)
    if age >= 60:
        return _after_work(chance, seats, area, age)
    if chance.random() < 0.3:
        return place + pick(chance, ("居民", "个体经营", "农民"))
    if chance.random() < 0.4:
        return pick(chance, (*FIRMS, *(place + school for school in SCHOOLS))) + "职工"
    unit, _ = seats.draw(chance, area, PostTier.STAFF)
    return f"{unit.name}科员"


def _school(chance: random.Random, place: str, age: int) -> str:
    if age < 6:
        return "学龄前"
    if age < 18:
        return place + ("实验小学" if age < 12 else "第一中学") + "学生"
    return pick(chance, UNIVERSITIES) + "学生"


def _after_work(chance: random.Random, seats: Seats, area: str, age: int) -> str:
    unit, _ = seats.draw(chance, area, PostTier.STAFF)
    work = pick(chance, (f"{unit.name}干部", f"{seats.area_name(area)}农民", f"{pick(chance, FIRMS)}职工"))
    return f"{work}（已去世）" if chance.random() < (age - 55) / 80 else f"{work}（已退休）"


SPAN = 3_000  # kin are sought among the first so many: enough for every screen, and quick in a large city


def plan_ties(seed: int, people: Mapping[int, Identity], cast: Mapping[str, int]) -> tuple[TieFact, ...]:
    """Pairs of spouses, both directions; of four, three are confirmed. `cast` is spouse by name → number."""
    pairs = [(one, other) for one, other in _cast_pairs(people, cast)]
    taken = {index for pair in pairs for index in pair}
    for index in range(7, min(len(people), SPAN) - 25, 47):
        other = next((n for n in range(index + 1, index + 25) if n not in taken and _match(people, index, n)), None)
        if index not in taken and other is not None and index not in cast.values():
            pairs.append((index, other))
            taken |= {index, other}
    return tuple(tie for number, (one, other) in enumerate(pairs) for tie in _both(number, one, other, people))


def _cast_pairs(people: Mapping[int, Identity], cast: Mapping[str, int]) -> Iterator[tuple[int, int]]:
    for index, who in people.items():
        if who.name in cast and index < cast[who.name]:
            yield index, cast[who.name]


def _match(people: Mapping[int, Identity], one: int, other: int) -> bool:
    a, b = people[one], people[other]
    return a.sex != b.sex and abs(a.birth - b.birth) <= 60 and min(_age(a.birth), _age(b.birth)) >= 28


def _both(number: int, one: int, other: int, people: Mapping[int, Identity]) -> Iterator[TieFact]:
    state = KinTieState.PROPOSED if number % 4 == 3 else KinTieState.CONFIRMED
    for here, there in ((one, other), (other, one)):
        yield TieFact(here, there, "13" if people[there].sex == F else "12", state)


def as_relative(who: Identity, relation_code: str, work: str) -> RelativeFact:
    names = table("political_affiliations").names
    return RelativeFact(relation_code, who.name, compact(who.birth), names.get(who.affiliation, ""), work)
