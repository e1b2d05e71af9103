"""Where a date may be missing, both databases give the same order: by themselves they put it at opposite ends."""

from datetime import date, datetime

from quanheng.accounts.models import Grant
from quanheng.accounts.queries import visible_grants
from quanheng.kernel.actor import Actor
from quanheng.organization.choices import GroupRole, LeadingGroupKind, PostTier
from quanheng.organization.models import LeadingGroup, Position
from quanheng.organization.queries import positions_on
from quanheng.people.choices import EducationKind, SourceKind
from quanheng.people.models import Education, ProfessionalTitle
from quanheng.people.queries import dossier_on
from tests.conftest import SINCE, Cast, make_grant

ON = date(2026, 11, 20)


def test_live_grants_stand_before_revoked_ones(cast: Cast, xu: Actor, at: datetime) -> None:
    account = cast.accounts["lin"]
    Grant.objects.filter(account=account).update(revoked_at=at)
    make_grant(account, cast.unit_b, ["selection"], at)
    assert [grant.unit.name for grant in visible_grants(xu, account)] == ["示范市乙局", "示范市甲局"]


def test_positions_of_the_leading_group_stand_before_the_others(cast: Cast) -> None:
    unit = cast.unit_a
    group = LeadingGroup.objects.create(unit=unit, kind=LeadingGroupKind.WHOLE, name="领导班子", valid_from=SINCE)
    for title, order, of in (("科长", 1, None), ("局长", 2, group)):
        Position.objects.create(
            unit=unit, leading_group=of, title=title, tier=PostTier.values[0], order=order, valid_from=SINCE,
            group_role=GroupRole.PRINCIPAL if of else "",
        )  # fmt: skip
    assert [position.title for position in positions_on(unit, ON)] == ["局长", "科长"]


def test_what_an_import_gave_without_a_day_stands_before_what_has_one(cast: Cast, at: datetime) -> None:
    said = {"cadre": cast.chen_file, "source": SourceKind.OFFICER, "recorded_at": at, "recorded_by": cast.chen_file.pk}
    for day, name in ((date(2010, 1, 1), "高级工程师"), (None, "工程师")):
        ProfessionalTitle.objects.create(name=name, valid_from=day, **said)
        Education.objects.create(kind=EducationKind.FULL_TIME, school=name, valid_to=day, **said)
    dossier = dossier_on(cast.chen_file, ON)
    assert [title.name for title in dossier.titles] == ["工程师", "高级工程师"]
    assert [education.school for education in dossier.educations] == ["工程师", "高级工程师"]
