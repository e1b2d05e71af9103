"""The career picture of a dossier: lanes of marks, each with the evidence of its record."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from django.utils.translation import gettext as _

from quanheng.organization.choices import Rank
from quanheng.people.choices import AssessmentGrade, HoldingKind, ResumeSetting, SanctionKind
from quanheng.people.models import AnnualGrade, Education, PostHolding, RankHolding, ResumeEntry
from quanheng.people.queries_dossier import LifeMark
from quanheng.people.roster import Row
from quanheng.web.shared.career import CareerPicture, Lane, Mark, draw_career
from quanheng.web.shared.columns import GRADE_SIGNS
from quanheng.web.shared.dossier_records import Links

GAP = timedelta(days=62)  # a longer stretch without any line of the résumé is drawn as unknown


def career_of(records: Row, marks: Sequence[LifeMark], links: Links) -> CareerPicture:
    on = records.on
    posts = [post for post in records.posts if post.kind != HoldingKind.SECONDMENT]
    seconded = [post for post in records.posts if post.kind == HoldingKind.SECONDMENT]
    rewards = [mark for mark in marks if mark.kind in ("reward", "sanction")]
    trainings = [mark for mark in marks if mark.kind == "training"]
    lanes = (
        Lane(_("学历"), tuple(_studies(records.educations, on, links))),
        Lane(_("职务"), tuple(_posts(records.resume, posts, on, links))),
        Lane(_("挂职"), tuple(_holding(post, "dashed", 0, on, links) for post in seconded)),
        Lane(_("职级"), tuple(_rank(rank, links) for rank in reversed(records.ranks))),
        Lane(_("考核"), tuple(_grade(grade, links) for grade in reversed(records.grades))),
        Lane(_("奖惩"), tuple(_reward(mark, links) for mark in rewards)),
        Lane(_("培训"), tuple(_training(mark, links) for mark in trainings)),
    )
    return draw_career(lanes, on=on)


def _end(end: date | None, on: date) -> date | None:
    return end if end and end <= on else None


def _studies(educations: Iterable[Education], on: date, links: Links) -> Iterable[Mark]:
    for item in educations:
        start = item.valid_from or item.valid_to
        if start:
            label = item.level_name or item.degree_name
            yield Mark(start, _end(item.valid_to, on), label, links.record("education", item.pk))


def _posts(resume: Sequence[ResumeEntry], posts: Sequence[PostHolding], on: date, links: Links) -> Iterable[Mark]:
    """Holdings where they are recorded, later ones darker; the résumé's own lines before the first of them."""
    ordered = sorted(posts, key=lambda post: (post.valid_from, post.order))
    first = ordered[0].valid_from if ordered else None
    tops = sorted(
        (row for row in resume if row.inside_id is None and row.valid_from), key=lambda row: str(row.valid_from)
    )
    work = [row for row in tops if row.setting != ResumeSetting.STUDY and (not first or _starts(row) < first)]
    total = len(work) + len(ordered)
    for number, row in enumerate(work):
        end = min(row.valid_to or first or on, first) if first else _end(row.valid_to, on)
        yield Mark(_starts(row), end, row.text, links.record("resume", row.pk), tone=_tone(number, total))
    for number, post in enumerate(ordered, start=len(work)):
        yield _holding(post, "bar", _tone(number, total), on, links)
    yield from _gaps(tops, on)


def _starts(row: ResumeEntry) -> date:
    assert row.valid_from is not None  # only lines with a period are drawn
    return row.valid_from


def _tone(number: int, total: int) -> int:
    return max(0, 5 - total + number) if total < 5 else 4 * number // max(1, total - 1)


def _gaps(tops: Sequence[ResumeEntry], on: date) -> Iterable[Mark]:
    reached = tops[0].valid_to if tops else None
    for row in tops[1:]:
        if reached and _starts(row) - reached > GAP:
            yield Mark(reached, _starts(row), "", kind="unknown", words=_("简历没有写这一段"))
        reached = max(reached, row.valid_to or on) if reached else row.valid_to


def _holding(post: PostHolding, kind: str, tone: int, on: date, links: Links) -> Mark:
    label = f"{post.unit_name}{post.title}"
    return Mark(
        post.valid_from, _end(post.valid_to, on), label, links.record("post", post.pk), kind, tone, short=post.title
    )


def _rank(rank: RankHolding, links: Links) -> Mark:
    return Mark(rank.valid_from, None, str(Rank(rank.rank).label), links.record("rank", rank.pk), "tick")


def _grade(grade: AnnualGrade, links: Links) -> Mark:
    value = AssessmentGrade(grade.grade)
    tone = 4 if value is AssessmentGrade.EXCELLENT else 0
    words = _("%(year)s 年度考核%(grade)s") % {"year": grade.year, "grade": value.label}
    sign = str(GRADE_SIGNS[grade.grade])
    return Mark(date(grade.year, 7, 1), None, sign, links.record("grade", grade.pk), "text", tone, words)


def _reward(mark: LifeMark, links: Links) -> Mark:
    is_reward = mark.kind == "reward"
    label = mark.text if is_reward else str(SanctionKind(mark.text).label)
    shape = "diamond" if is_reward else "ring"
    return Mark(mark.start, None, f"{mark.start:%Y-%m} {label}", links.record(mark.kind, mark.key), shape)


def _training(mark: LifeMark, links: Links) -> Mark:
    words = f"{mark.start:%Y-%m} {mark.text}"
    return Mark(mark.start, None, "", links.record("training", mark.key), "dot", words=words)
