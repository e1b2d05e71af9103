"""What the rulebook calls the things of a post. A value that is not here has no word: it is unknown."""

from collections.abc import Mapping

from django.db.models import QuerySet

from quanheng.organization.choices import GroupRole, LeadingGroupKind, PostTier, UnitCategory, UnitKind
from quanheng.organization.models import Position, UnitVersion
from quanheng.people.rule_words import ROLES
from quanheng.rulebook.situation import FactValue

Positions = QuerySet[Position, Position]
Version = UnitVersion | None
PRINCIPAL, DEPUTY = ROLES[:2]
ROLE_OF_TIER: Mapping[PostTier, str] = {
    tier: PRINCIPAL if tier.value.endswith("_principal") else DEPUTY for tier in PostTier if tier is not PostTier.STAFF
}
ROLE_WORDS = dict(zip(GroupRole, ROLES, strict=True))
BODIES: Mapping[UnitCategory, str] = {
    UnitCategory.PEOPLES_CONGRESS: "人大",
    UnitCategory.CONSULTATIVE: "政协",
    UnitCategory.DISCIPLINE: "纪委监委",
    UnitCategory.COURT: "法院",
    UnitCategory.PROCURATORATE: "检察院",
}
ORGANS: Mapping[UnitCategory, str] = {
    UnitCategory.DISCIPLINE: "纪检",
    UnitCategory.COURT: "法院",
    UnitCategory.PROCURATORATE: "检察院",
    UnitCategory.INSTITUTION: "其他",
    UnitCategory.ENTERPRISE: "其他",
    UnitCategory.MASS: "其他",
}
OF_A_PLACE: Mapping[LeadingGroupKind, tuple[str, str]] = {  # body and organ of a place's own leading group
    LeadingGroupKind.PARTY_COMMITTEE: ("党委", "党委"),
    LeadingGroupKind.ADMINISTRATIVE: ("政府", "政府"),
}
HEADED_UNDER_TERMS = (UnitCategory.DISCIPLINE, UnitCategory.COURT, UnitCategory.PROCURATORATE)
NEVER_UNDER_TERMS = (UnitCategory.INSTITUTION, UnitCategory.ENTERPRISE, UnitCategory.TOWNSHIP)


def facts_of_post(position: Position, version: Version) -> dict[str, FactValue]:
    group = LeadingGroupKind(position.leading_group.kind) if position.leading_group else None
    category = UnitCategory(version.category) if version else None
    of_place = OF_A_PLACE.get(group) if group and category is UnitCategory.TERRITORY else None
    return {
        "target.role": ROLE_WORDS.get(GroupRole(position.group_role)) if position.group_role else None,
        "target.body": of_place[0] if of_place else BODIES.get(category) if category else None,
        "target.organ": of_place[1] if of_place else ORGANS.get(category) if category else None,
        "target.area_tier": area_tier(version.region) if version else None,
        "target.place": version.region or None if version else None,
        "target.is_under_terms": is_under_terms(position, version),
    }


def area_tier(region: str) -> str | None:
    """Of an area code of six digits (GB/T 2260): province, city, county; nine more digits name a township."""
    if len(region) not in (6, 9, 12) or not region.isdigit():
        return None
    if region[6:].strip("0"):
        return "乡镇"
    if region[4:6] != "00":
        return "县级"
    return "市级" if region[2:4] != "00" else "省级"


def is_under_terms(position: Position, version: Version) -> bool | None:
    """RQ2006 2: leading members of Party committees and governments from the county up, chiefs of discipline organs,
    courts and procuratorates. Of other organs only what is surely outside; for the rest an officer has to know."""
    if not position.is_leading or not position.group_role:
        return False
    if version is None:
        return None
    category = UnitCategory(version.category)
    if version.kind == UnitKind.INTERNAL or category in NEVER_UNDER_TERMS:
        return False
    if category is UnitCategory.TERRITORY:
        return True
    if category in HEADED_UNDER_TERMS:
        return position.group_role == GroupRole.PRINCIPAL
    return None if position.group_role == GroupRole.PRINCIPAL else False
