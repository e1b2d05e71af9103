"""A working life: stages of the ladder cut into posts in units of the city, with no month unaccounted for."""

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from quanheng.demo.chance import index_of, month, pick
from quanheng.demo.facts import HoldingFact, LineFact, Slot, UnitFact
from quanheng.demo.ladder import LADDER, Stage
from quanheng.demo.places import FIRMS, SCHOOLS
from quanheng.demo.slots import Seating
from quanheng.demo.units import NEWEST, REFORM, Organization
from quanheng.organization.choices import PostTier, UnitCategory
from quanheng.people.choices import HoldingKind, ResumeSetting

_REFORM = index_of(REFORM)


class Seats:
    """Which posts there are, by area and tier: where somebody may have been before."""

    def __init__(self, organization: Organization) -> None:
        self._by_tier: dict[tuple[str, PostTier], list[Seating]] = defaultdict(list)
        for unit in organization.units:
            for position in unit.positions if unit.founded_on != NEWEST else ():
                self._by_tier[unit.area, position.tier].append((unit, position))
        self.areas = tuple(dict.fromkeys(unit.area for unit in organization.units if unit.area))
        self.ended = next(unit for unit in organization.units if unit.abolished_on)
        self._names = {unit.code: unit.name for unit in organization.units}

    def draw(self, chance: random.Random, area: str, tier: PostTier, other_than: UnitFact | None = None) -> Seating:
        """A post of the tier in the area, in another unit than the one named if chance allows."""
        choice = self._by_tier.get((area, tier)) or self._by_tier["", tier]
        seat = pick(chance, choice)
        return pick(chance, choice) if seat[0] is other_than else seat

    def area_name(self, area: str) -> str:
        return self._names[area or "001"]


@dataclass(frozen=True, slots=True)
class Segment:
    """One post, or time outside the civil service when there is no seat."""

    start: int
    end: int | None
    tier: PostTier
    unit: UnitFact | None
    seat: Seating | None = None  # blank beside a unit: a post that is no more
    title: str = ""
    place: str = ""  # what stands before the title outside the civil service
    setting: ResumeSetting = ResumeSetting.OTHER


@dataclass(frozen=True, slots=True)
class Career:
    lines: tuple[LineFact, ...]
    holdings: tuple[HoldingFact, ...]
    civil_since: int


def build_career(
    chance: random.Random, seats: Seats, slot: Slot, climbed: Sequence[Stage], *, is_serving: bool, stays: bool
) -> Career:
    areas = [slot.unit.area] * len(climbed) if stays else _areas(chance, seats, slot, len(climbed))
    segments = [*_segments(chance, seats, slot, climbed, areas)]
    if is_serving:
        segments[-1] = replace(segments[-1], end=None)
    return finish_career(chance, seats, segments)


def finish_career(chance: random.Random, seats: Seats, segments: Sequence[Segment]) -> Career:
    """Lines and holdings of the segments; a unit renamed in the course of one cuts it in two."""
    parts = [part for segment in segments for part in _at_renamings(segment)]
    lines = [_line(chance, part) for part in parts]
    pairs = zip(parts, lines, strict=True)
    holdings = [_holding(part, part.unit, line) for part, line in pairs if part.unit]
    _add_secondment(chance, seats, parts, lines, holdings)
    return Career(tuple(lines), tuple(holdings), next(part.start for part in parts if part.unit))


def _segments(
    chance: random.Random, seats: Seats, slot: Slot, climbed: Sequence[Stage], areas: Sequence[str]
) -> Iterator[Segment]:
    spans = [(stage, area, span) for stage, area in zip(climbed, areas, strict=True) for span in _cuts(chance, stage)]
    for number, (stage, area, (start, end)) in enumerate(spans):
        if number == len(spans) - 1:
            yield _seated(chance, stage.tier, start, end, (slot.unit, slot.position))
        elif number == 0 and spans[1][0] is stage and chance.random() < 0.35:
            yield _outside(chance, seats, area, start, end)
        elif stage.tier == PostTier.STAFF and not area and end <= _REFORM and chance.random() < 0.05:
            yield Segment(start, end, stage.tier, seats.ended, None, "科员")
        else:
            yield _seated(chance, stage.tier, start, end, seats.draw(chance, area, stage.tier, slot.unit))


def _areas(chance: random.Random, seats: Seats, slot: Slot, count: int) -> list[str]:
    """Where each stage was spent: most stay, some of the city's officers come up from a county."""
    final = slot.unit.area
    if count == 1 or chance.random() < 0.55:
        return [final] * count
    other = pick(chance, seats.areas)
    until = chance.randint(1, min(count - 1, 3))
    return [other] * until + [final] * (count - until)


def _cuts(chance: random.Random, stage: Stage) -> Iterator[tuple[int, int]]:
    """A stage in one to three posts, none shorter than 20 months."""
    length = stage.end - stage.start
    count = 1 + (length >= 48 and chance.random() < 0.6) + (length >= 110 and chance.random() < 0.6)
    points = [stage.start + length * step // count + chance.randint(-3, 3) for step in range(1, count)]
    yield from zip([stage.start, *points], [*points, stage.end], strict=True)


def _seated(chance: random.Random, tier: PostTier, start: int, end: int, seat: Seating) -> Segment:
    unit, position = seat
    return Segment(
        start, end, tier, unit, seat, _section(chance, unit, position.title) + position.title, "", _setting(unit)
    )


def _section(chance: random.Random, unit: UnitFact, title: str) -> str:
    """科员 and 副科长 of the city's organs belong to a section: 预算科科员."""
    sections = [one.title[:-3] for one in unit.positions if one.title.endswith("科科长")]
    if not sections or title not in ("科员", "副科长"):
        return ""
    return pick(chance, sections) + "科"


def _setting(unit: UnitFact) -> ResumeSetting:
    if unit.category == UnitCategory.TOWNSHIP:
        return ResumeSetting.GRASSROOTS
    return ResumeSetting.COUNTY if unit.area else ResumeSetting.CITY


def _outside(chance: random.Random, seats: Seats, area: str, start: int, end: int) -> Segment:
    """What came before the civil service: a school, a village, the army, a firm."""
    place = seats.area_name(area or pick(chance, seats.areas))
    kinds = (
        (place + pick(chance, SCHOOLS), "教师", ResumeSetting.GRASSROOTS),
        (place, "大学生村官" if start // 12 >= 2008 else "乡镇企业办公室干事", ResumeSetting.GRASSROOTS),
        ("", "部队服役", ResumeSetting.OTHER),
        (pick(chance, FIRMS), "职员", ResumeSetting.OTHER),
    )
    place, title, setting = pick(chance, kinds)
    return Segment(start, end, PostTier.STAFF, None, None, title, place, setting)


def _at_renamings(segment: Segment) -> Iterator[Segment]:
    start = segment.start
    for version in segment.unit.versions[1:] if segment.unit else ():
        at = index_of(version.valid_from)
        if start < at and (segment.end is None or at < segment.end):
            yield replace(segment, start=start, end=at)
            start = at
    yield replace(segment, start=start)


def _line(chance: random.Random, part: Segment) -> LineFact:
    place = unit_text(part.unit, part.unit.name_on(month(part.start)), part.title) if part.unit else part.place
    return LineFact(part.start, part.end, place + part.title, part.setting, _document(chance, part))


def unit_text(unit: UnitFact, name: str, title: str) -> str:
    """松涧 + 县委书记: a territory drops its suffix before a title that begins with it."""
    is_territory = unit.category == UnitCategory.TERRITORY
    return name[:-1] if is_territory and title.startswith(f"{name[-1]}委") else name


def _document(chance: random.Random, part: Segment) -> str:
    if part.unit is None:
        return "个人自述材料" if part.title == "职员" else "人事档案材料"
    if part.tier == PostTier.STAFF:
        return "公务员登记表"
    is_city = LADDER.index(part.tier) >= LADDER.index(PostTier.COUNTY_DEPUTY) or not part.unit.area
    sign = "霁" if is_city else part.unit.versions[0].name.removeprefix("中共").removeprefix("共青团")[0]
    return f"{sign}组任〔{part.start // 12}〕{chance.randint(1, 60)}号"


def _holding(part: Segment, unit: UnitFact, line: LineFact) -> HoldingFact:
    position = part.seat[1].key if part.seat else None
    name = unit.name_on(month(part.start))
    document = "" if part.tier == PostTier.STAFF else line.document
    return HoldingFact(
        unit.key, name, position, part.title, part.tier, HoldingKind.APPOINTMENT, document, part.start, part.end
    )


def _add_secondment(
    chance: random.Random, seats: Seats, parts: list[Segment], lines: list[LineFact], holdings: list[HoldingFact]
) -> None:
    """A year elsewhere in the course of one post, for one in nine."""
    long = [n for n, part in enumerate(parts) if part.unit and part.end and part.end - part.start >= 30]
    if not long or chance.random() > 0.11:
        return
    number = pick(chance, long)
    part, start = parts[number], parts[number].start + chance.randint(6, 14)
    unit, _ = seats.draw(chance, "" if part.unit and part.unit.area else pick(chance, seats.areas), PostTier.STAFF)
    name = unit.name_on(month(start))
    inner = LineFact(start, start + 12, f"{name}挂职", _setting(unit))
    lines[number] = replace(lines[number], inside=(*lines[number].inside, inner))
    holdings.append(
        HoldingFact(unit.key, name, None, "挂职干部", part.tier, HoldingKind.SECONDMENT, "", start, start + 12)
    )
