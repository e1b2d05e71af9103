"""`?on=2024-06-30`: the day that a desk page speaks of."""

from datetime import date

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from quanheng.web.shared.gate import ActorRequest
from quanheng.web.shared.parts import AsOf

FIRST_PLANNED, LAST_PLANNED = date(1990, 1, 1), date(2100, 1, 1)
MAX_SAID = 30  # characters of what was typed that are said again


def chosen_day(request: ActorRequest) -> date:
    """The day asked for; today where none is, or one that cannot be read or is still to come."""
    try:
        day = date.fromisoformat(request.GET.get("on", ""))
    except ValueError:
        return request.today
    return min(day, request.today)


def planned_day(request: ActorRequest) -> date:
    """The day asked for though it be still to come: that of an appointment that is planned."""
    try:
        day = date.fromisoformat(request.GET.get("on", ""))
    except ValueError:
        return request.today
    return day if FIRST_PLANNED <= day < LAST_PLANNED else request.today


def unplanned(request: ActorRequest) -> str:
    """Why the page speaks of today and not of the day that was asked for; nothing where it need not be said."""
    asked = request.GET.get("on", "").strip()
    if not asked or planned_day(request).isoformat() == asked:
        return ""
    years = {"first": FIRST_PLANNED.year, "last": LAST_PLANNED.year - 1}
    return _("“%(day)s”不能作拟任日：要写 %(first)s 至 %(last)s 年间的一天。现在按今天看。") % {
        "day": asked[:MAX_SAID],
        **years,
    }


def as_of(request: ActorRequest, on: date) -> AsOf:
    kept = [(name, str(request.GET[name])) for name in request.GET if name not in ("on", "page", "evidence")]
    if on < request.today:
        today = request.GET.copy()
        del today["on"]
        return AsOf(on.isoformat(), is_past=True, today_url=f"?{today.urlencode()}")
    return AsOf(printed_at(request), choose_name="on", keep=tuple(kept))


def printed_at(request: ActorRequest) -> str:
    return f"{localtime(request.now):%Y-%m-%d %H:%M}"
