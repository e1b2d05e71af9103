"""What a page that reads a snapshot says of it: as of when, what has changed since, and whether the worker lives."""

from datetime import date, datetime

from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from quanheng.census import house
from quanheng.census.failures import NoSnapshot
from quanheng.census.reading import Snapshot
from quanheng.census.upkeep import Standing, last_refresh, standing
from quanheng.web.shared.gate import ActorRequest
from quanheng.web.shared.parts import AsOf, Text
from quanheng.web.shared.refusals import sentence

LEFT_OUT = ("on", "page", "evidence")  # of an address, when another day is asked for


def as_of_snapshot(request: ActorRequest, told: Snapshot, *, on: date | None = None, choose: bool = True) -> AsOf:
    """For `as_of` in the context of a page. `told`: what the reader gave beside its cursor. `on`: the day that was
    asked for, where it is not today. `choose`: may another day be asked for by `?on=`?"""
    if on is not None and on != request.today:
        return AsOf(on.isoformat(), is_past=True, today_url=_today_url(request))
    found = standing(house.folder(), told, at=request.now)
    kept = ((name, str(value)) for name, values in request.GET.lists() for value in values if name not in LEFT_OUT)
    is_stale = found.changes != 0 or found.still_since is not None or found.failed_at is not None
    return AsOf(
        _minute(found.as_of),
        choose_name="on" if choose else "",
        keep=tuple(kept),
        changes_since=found.changes or 0,
        notice=_notice(found),
        refresh_url=reverse("web:census-refresh") if is_stale else "",
        back=request.get_full_path(),
    )


def no_snapshot_text(refusal: NoSnapshot) -> Text:
    """For where due items would stand."""
    if refusal.code == "not-yet":
        return _("到期事项还没有算过：后台正在做第一份统计快照，做好后自动出现在这里。")
    return _("到期事项现在读不出。%(why)s") % {"why": unreadable_text(refusal)}


def unreadable_text(refusal: NoSnapshot) -> Text:
    """Why, and since when there is no newer one."""
    last = last_refresh(house.folder())
    told = _("最近一份快照做于 %(at)s。") % {"at": _minute(last.at)} if last else ""
    return f"{sentence(refusal)}{told}"


def _today_url(request: ActorRequest) -> str:
    parameters = request.GET.copy()
    parameters.pop("on", None)
    return f"?{parameters.urlencode()}"


def _notice(found: Standing) -> Text:
    if found.still_since:
        return _("后台从 %(since)s 起没有动静") % {"since": _minute(found.still_since)}
    if found.failed_at:
        return _("%(at)s 重新计算没有做成") % {"at": _minute(found.failed_at)}
    return _("数据库换过，这还是以前的") if found.changes is None else ""


def _minute(at: datetime) -> str:
    return f"{localtime(at):%Y-%m-%d %H:%M}"
