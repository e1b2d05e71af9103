"""Kin of the cadre and how their work is tied to the cadre's, as fields of records (`derived`)."""

from quanheng.rulebook import kinship, ladders
from quanheng.rulebook.given import Given
from quanheng.rulebook.situation import Raw, Record

SELF = "本人"


def kin_class(record: Record, given: Given) -> Raw:
    """Of the four classes of GWYF2018 74 by the kin word; None for a word that nobody knows."""
    word = record.values.get("kin")
    if not isinstance(word, str) or word == SELF:
        return SELF if word == SELF else None
    found = kinship.kin_class(word)
    return None if found is kinship.KinClass.UNKNOWN else found.value


def is_business_kin(record: Record, given: Given) -> Raw:
    """Spouse, child or child's spouse (GWYF2018 74(2))."""
    word = record.values.get("kin")
    return kinship.is_business_kin(word) if isinstance(word, str) else None


ABOVE_OR_BELOW, SAME_SUPERIOR, NO_LINE = "直接上下级", "同受一人领导", "无"


def line_between(record: Record, given: Given) -> Raw:
    """How the relative's work is tied to the cadre's, by who leads each of them directly in their unit (GWYHB2011 5).

    Another unit is no tie. Without both direct superiors nothing is said, but where one of the two leads the other; nor
    is it that there is none, while the cadre may hold a post of which the beginning is not recorded.
    """
    found = _line(record, given)
    return None if found == NO_LINE and given.may_hold_others else found


def _line(record: Record, given: Given) -> str | None:
    unit, theirs, their_post = (record.values.get(name) for name in ("unit", "superior", "post"))
    own = [each for each in given.current_posts if unit is None or each.values.get("unit") in (None, unit)]
    if unit is not None and not own and given.current_posts:
        return NO_LINE
    superiors = {each.values.get("superior") for each in own}
    if their_post in superiors - {None} or theirs in {each.values.get("post") for each in own} - {None}:
        return ABOVE_OR_BELOW
    if theirs is None or not own or None in superiors:
        return None
    return SAME_SUPERIOR if theirs in superiors else NO_LINE


def is_in_organ_led(record: Record, given: Given) -> Raw:
    """Is the relative's unit one in which the cadre now holds a leading post (township deputy and above)?"""
    unit, own = record.values.get("unit"), given.current_posts
    levels = [ladders.level(str(each.values.get("level"))) for each in own]
    if unit is None or not own or None in levels or any(each.values.get("unit") is None for each in own):
        return None
    led = [each for each, level in zip(own, levels, strict=True) if level and level is not ladders.Level.STAFF]
    is_led = unit in {each.values.get("unit") for each in led}
    return None if not is_led and given.may_hold_others else is_led
