"""Effect periods of sanctions that follow one another, as fields of the sanctions (`derived`)."""

from collections.abc import Callable, Iterable
from datetime import date

from quanheng.rulebook import spans
from quanheng.rulebook.dates import add_months
from quanheng.rulebook.given import Given, has_begun
from quanheng.rulebook.situation import Raw, Record
from quanheng.rulebook.types import LAST

PARTY, ADMINISTRATIVE, MEASURE, ADMONISHMENT = "党纪", "政务", "组织处理", "诫勉"
PROBATION, WARNING = "留党察看", "警告"
_SYSTEMS = {  # a warning is of two systems, so it is not here
    **dict.fromkeys(("严重警告", "撤销党内职务", PROBATION, "开除党籍"), PARTY),
    **dict.fromkeys(("记过", "记大过", "降级", "撤职", "开除"), ADMINISTRATIVE),
    **dict.fromkeys(("停职检查", "调整职务", "责令辞职", "免职", "降职"), MEASURE),
    "诫勉": ADMONISHMENT,
}
# Where the length of the ban on promotion stands: of the longest ban where one has several.
_LENGTHS = {
    (PARTY, WARNING): ("SAN-PTY-W", "months"),
    (PARTY, "严重警告"): ("SAN-PTY-S", "months"),
    (PARTY, "撤销党内职务"): ("SAN-PTY-R", "months"),
    (PARTY, "开除党籍"): ("SAN-PTY-X", "months"),
    (ADMINISTRATIVE, WARNING): ("SAN-ADM-W", "months"),
    (ADMINISTRATIVE, "记过"): ("SAN-ADM-D", "months"),
    (ADMINISTRATIVE, "记大过"): ("SAN-ADM-M", "months"),
    (ADMINISTRATIVE, "降级"): ("SAN-ADM-L", "months"),
    (ADMINISTRATIVE, "撤职"): ("SAN-ADM-R", "months"),
    (MEASURE, "调整职务"): ("SAN-ORG-2", "no_promotion_months"),
    (MEASURE, "责令辞职"): ("SAN-ORG-3", "no_higher_months"),
    (MEASURE, "免职"): ("SAN-ORG-3", "no_higher_months"),
    (MEASURE, "降职"): ("SAN-ORG-4", "no_promotion_months"),
    (ADMONISHMENT, "诫勉"): ("SAN-ADMON", "no_promotion_months"),
}
_OF_A_WARNING = frozenset({PARTY, ADMINISTRATIVE})
_ALL = _OF_A_WARNING | {MEASURE, ADMONISHMENT}
_WITHOUT_PERIOD = {(MEASURE, "停职检查")}  # ends with the examination and bars nothing afterwards
_FOR_EVER = {(ADMINISTRATIVE, "开除")}
_FIXED = _WITHOUT_PERIOD | _FOR_EVER


def system(record: Record, given: Given) -> Raw:
    """The system that the kind belongs to, unless two have a kind of that name."""
    return _SYSTEMS.get(str(record.values.get("kind")))


def effect_end(record: Record, given: Given) -> Raw:
    """First day free of this sanction in the sequence of its system; None while a restoration is not recorded, or while
    another sanction that may belong before it has no date or no system."""
    if _is_sequence_open(record, given):
        return None
    return _sequence_end(record, given, _is_restored_known)


def _is_sequence_open(record: Record, given: Given) -> bool:
    """Is it not known of another sanction whether it belongs to the sequence that leads to this one?"""
    others = [each for each in given.records("sanctions") if each is not record]
    return _pair(record) not in _FIXED and any(_may_come_before(each, record) for each in others)


def _may_come_before(other: Record, record: Record) -> bool:
    start, systems = other.values.get("effective"), (_systems(other), _systems(record))
    if systems[0].isdisjoint(systems[1]):
        return False
    is_earlier = has_begun(other, "effective", record.values.get("effective"))
    return start is None or (is_earlier and len(systems[0] | systems[1]) > 1)


def _systems(record: Record) -> frozenset[str]:
    """Those that it may be of."""
    known = record.values.get("system")
    if known is not None:
        return frozenset({str(known)})
    return _OF_A_WARNING if record.values.get("kind") == WARNING else _ALL


def least_effect_end(record: Record, given: Given) -> Raw:
    """The earliest day that `effect_end` can be: of a probation whose end is not recorded, as if decided in time."""
    return _sequence_end(record, given, lambda each, given: True)


def is_inside_another(record: Record, given: Given) -> Raw:
    """Did it begin while an earlier one of its system still had effect? None where one that may be such is not known,
    or an earlier one may still have had effect though it has served its least time."""
    start = record.values.get("effective")
    earlier = [each for each in _of_its_system(record, given) if each.values.get("effective") != start]
    if not isinstance(start, date) or record.values.get("system") is None:
        return None
    ends = [_end_of_sequence(earlier, str(record.values.get("system")), given)] if earlier else []
    if any(end is not None and start < end for end in ends):
        return True
    is_open = _is_sequence_open(record, given) or not all(_is_restored_known(each, given) for each in earlier)
    return None if None in ends or is_open else False


def _sequence_end(record: Record, given: Given, is_sure: Callable[[Record, Given], bool]) -> Raw:
    start, pair = record.values.get("effective"), _pair(record)
    if not isinstance(start, date):
        return None
    if pair in _WITHOUT_PERIOD or pair in _FOR_EVER:
        return start if pair in _WITHOUT_PERIOD else LAST
    chain = _of_its_system(record, given)
    if not all(is_sure(each, given) for each in chain):
        return None
    return _end_of_sequence(chain, pair[0], given)


def _pair(record: Record) -> tuple[str, str]:
    return str(record.values.get("system")), str(record.values.get("kind"))


def _of_its_system(record: Record, given: Given) -> list[Record]:
    """The sanctions with a period, of the same system, that took effect no later than this one; itself alone where its
    system is not known."""
    if record.values.get("system") is None:
        return [record]
    start = record.values.get("effective")
    others = [each for each in given.records("sanctions") if each.values.get("system") == record.values.get("system")]
    timed = [each for each in others if _pair(each) not in _FIXED]
    return [each for each in timed if has_begun(each, "effective", start)]


def _is_restored_known(record: Record, given: Given) -> bool:
    return _pair(record) != (PARTY, PROBATION) or isinstance(record.values.get("restored"), date)


def _end_of_sequence(chain: Iterable[Record], system: str, given: Given) -> date | None:
    """Party and administrative sanctions add up (DJCF2023, XZCF2007 10); others only if SW-SEQ says so."""
    sanctions = [_timed(each, given) for each in chain]
    known = [each for each in sanctions if each is not None]
    if not known or len(known) < len(sanctions):
        return None
    if system in (PARTY, ADMINISTRATIVE) or given.switches.get("SW-SEQ") == "remaining_plus_new":
        cap = given.number("SAN-ADM-SEQ", "cap_months", given.on) if system == ADMINISTRATIVE else None
        return spans.effect_end_in_sequence(known, given.period_end, cap)
    return spans.latest_end(spans.effect_end_in_sequence([each], given.period_end) or LAST for each in known)


def _timed(record: Record, given: Given) -> spans.Sanction | None:
    start, pair, months = record.values.get("effective"), _pair(record), record.values.get("months")
    if not isinstance(start, date):
        return None
    if pair == (PARTY, PROBATION):
        return _probation(record, start, given)
    if not isinstance(months, int) and pair in _LENGTHS:
        months = given.number(*_LENGTHS[pair], start)
    return spans.Sanction(start, months) if isinstance(months, int) else None


def _probation(record: Record, start: date, given: Given) -> spans.Sanction:
    """Its effect ends two years after the rights came back: on the day recorded, at the earliest when it is served."""
    months, restored = record.values.get("months"), record.values.get("restored")
    least = months if isinstance(months, int) else given.number("SAN-PTY-P", "months_short", start)
    if record.values.get("is_prolonged") is True:
        least = given.number("SAN-PTY-P", "max_months", start)
    served = restored if isinstance(restored, date) else add_months(start, least)
    after = given.number("SAN-PTY-P", "after_restore_months", start)
    return spans.Sanction(start, 0, spans.effect_end(served, after, given.period_end))
