"""A past day is judged by what was in force then; of what was replaced since, the rulebook holds a part only."""

from datetime import date

from django.utils.translation import gettext as _

from quanheng.insight.conditions import KINDS
from quanheng.instruments.local import HouseRules


def replaced_since(house: HouseRules, today: date) -> str:
    """That a condition of today is missing on the day, and may have had a forerunner; nothing where none is."""
    if house.on >= today:
        return ""
    then = {text.id for text in house.running}
    now = [text for text in house.book.running(today, set()) if text.kind in KINDS and text in house.rules]
    missing = [text for text in now if text.id not in then]
    said = _(
        "现在的 %(all)s 条资格条件，有 %(count)s 条在 %(day)s 还没有施行；它们以前的条款系统没有录全。"
        "所以这一天的“符合”只说明录入的条款没有不符合的。"
    )
    facts = {"all": len(now), "count": len(missing), "day": house.on.isoformat()}
    return said % facts if missing else ""
