"""Facts of assessments and of reports on personal matters that follow from what is recorded (`derived`)."""

from quanheng.rulebook.given import Given
from quanheng.rulebook.situation import FactValue, Raw, Record

EXCELLENT = "优秀"
# A limit is looked at where the number that it is a share of is recorded.
_BASES = {
    "优秀人数": "case.group_members",
    "主要负责人等次": "case.group_grade",
    "优秀班子数": "case.groups_assessed",
    "优秀领导干部数": "case.leaders_assessed",
}
_FAMILY = (  # GRSX2017 3; the others stand in its article 4
    *("婚姻", "因私护照和出国", "港澳台证件和往来", "子女涉外婚姻", "子女与港澳台居民婚姻", "配偶子女移居或境外一年"),
    *("配偶子女从业", "被追究刑责"),
)


def group_limits(given: Given) -> FactValue:
    """The limits for grades of leading groups that the case touches; None where it says nothing of groups."""
    touched = [limit for limit, base in _BASES.items() if given.facts.get(base) is not None]
    if not touched:
        return None
    return tuple(Record(f"group_limits[{limit}]", {"limit": limit}) for limit in touched)


def excellent_proposed(given: Given) -> FactValue:
    """How many grades excellent are proposed; None while one of the grades is not known."""
    grades = given.facts.get("proposed_grades")
    if not isinstance(grades, tuple) or any(each.values.get("grade") is None for each in grades):
        return None
    return sum(each.values["grade"] == EXCELLENT for each in grades)


def report_article(record: Record, given: Given) -> Raw:
    """Article 3 (family) or 4 (property), by the matter."""
    matter = record.values.get("matter")
    return None if matter is None else "第三条" if matter in _FAMILY else "第四条"
