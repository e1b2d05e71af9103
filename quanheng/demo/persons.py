"""Who somebody is, before any career: drawn from a source of its own, so that kin can be planned at once."""

import random
from dataclasses import dataclass
from datetime import date

from quanheng.demo.cast import CAST, CastMember
from quanheng.demo.chance import Weighted, dice, index_of, month, pick
from quanheng.demo.facts import Slot
from quanheng.demo.ladder import LADDER, TODAY
from quanheng.demo.names import ETHNICITIES, make_name
from quanheng.demo.places import NATIVE_PLACES
from quanheng.formats.identity import complete
from quanheng.organization.choices import PostTier
from quanheng.people.choices import Sex

AGES = {  # youngest, oldest, most often
    PostTier.STAFF: (24.0, 59.4, 33.0),
    PostTier.TOWNSHIP_DEPUTY: (29.0, 59.4, 38.0),
    PostTier.TOWNSHIP_PRINCIPAL: (33.5, 59.4, 43.0),
    PostTier.COUNTY_DEPUTY: (38.5, 59.4, 47.0),
    PostTier.COUNTY_PRINCIPAL: (43.0, 59.6, 51.0),
    PostTier.DEPARTMENT_DEPUTY: (47.0, 59.6, 53.0),
    PostTier.DEPARTMENT_PRINCIPAL: (51.0, 59.8, 56.0),
}
_OTHERS = Weighted({"13": 70.0, "12": 6.0, "05": 6.0, "06": 4.0, "04": 4.0, "07": 3.0, "08": 3.0, "10": 4.0})
_NUMBERS = 4_999_500  # 9,999 regions below province 00, 500 of one sex a day; the last region is the cast's


@dataclass(frozen=True, slots=True)
class Identity:
    index: int
    token: str  # what chance goes by: the cast are themselves in a city of any size
    name: str
    former_names: str
    sex: Sex
    ethnicity: str
    born: date
    native_place: str
    birth_place: str
    affiliation: str
    party_joined: int | None
    retired_in: int | None
    identity_number: str

    @property
    def birth(self) -> int:
        return index_of(self.born)


def make_identity(seed: int, index: int, slot: Slot, member: CastMember | None) -> Identity:
    token = member.name if member else str(index)
    chance = dice(seed, "who", token)
    sex = member.sex if member else Sex.FEMALE if chance.random() < _female_share(slot) else Sex.MALE
    ethnicity = member.ethnicity if member else ETHNICITIES.draw(chance)
    retired = member is None and slot.position.tier == PostTier.STAFF and chance.random() < 0.012
    born = member.born if member else _born(chance, slot.position.tier, sex, retired)
    affiliation, joined = _party(chance, slot, index_of(born))
    native = pick(chance, NATIVE_PLACES)
    return Identity(
        index=index,
        token=token,
        name=member.name if member else make_name(chance, sex, ethnicity),
        former_names=make_name(chance, sex) if member is None and chance.random() < 0.01 else "",
        sex=sex,
        ethnicity=ethnicity,
        born=born,
        native_place=native,
        birth_place=native if chance.random() < 0.8 else pick(chance, NATIVE_PLACES),
        affiliation=affiliation,
        party_joined=joined,
        retired_in=index_of(born) + 720 if retired else None,
        identity_number=identity_number(seed, index, born, sex) if member is None else _cast_number(member),
    )


def identity_number(seed: int, index: int, born: date, sex: Sex) -> str:
    """Province 00 belongs to nobody. Index → region and sequence is one to one, so no number comes twice."""
    place = (index * 7919 + seed * 104_729) % _NUMBERS
    sequence = place % 500 * 2 + (sex == Sex.MALE)
    return complete(f"00{place // 500:04d}{born:%Y%m%d}{sequence:03d}")


def _cast_number(member: CastMember) -> str:
    sequence = CAST.index(member) * 2 + (member.sex == Sex.MALE)
    return complete(f"009999{member.born:%Y%m%d}{sequence:03d}")


def _female_share(slot: Slot) -> float:
    return 0.44 if slot.position.tier == PostTier.STAFF else 0.3


def _born(chance: random.Random, tier: PostTier, sex: Sex, retired: bool) -> date:
    low, high, mode = AGES[tier]
    high = 55.0 if sex == Sex.FEMALE and LADDER.index(tier) < 3 else high
    age = chance.uniform(60.2, 65.0) if retired else chance.triangular(low, high, mode)
    return month(TODAY - int(age * 12) - 1).replace(day=chance.randint(1, 28))


def _party(chance: random.Random, slot: Slot, birth: int) -> tuple[str, int | None]:
    """Who sits in a party group is a member; leaders joined before they became leaders."""
    is_leader = slot.position.tier != PostTier.STAFF
    if chance.random() > (0.8 if not is_leader else 0.9 if may_be_outside_party(slot) else 1.0):
        age = TODAY - birth
        return ("03" if age < 27 * 12 and chance.random() < 0.7 else _OTHERS.draw(chance)), None
    joined = birth + int(chance.uniform(19.0, 22.0 if is_leader else 33.0) * 12)
    if joined > TODAY - 2:
        return "03", None
    return ("02" if joined > TODAY - 12 else "01"), joined


def may_be_outside_party(slot: Slot) -> bool:
    """Heads of sections in the city's organs; every leading post of a county here is one of the party too."""
    return not slot.unit.area and slot.position.tier in (PostTier.TOWNSHIP_DEPUTY, PostTier.TOWNSHIP_PRINCIPAL)
