"""When somebody reaches the statutory age of retirement, and by which sum: what 今日 reminds of."""

from datetime import date
from uuid import UUID

from django.utils.translation import gettext as _

from quanheng.people.rule_facts import people_of
from quanheng.rulebook.retirement import TABLES, RetirementClass, delay_months, retirement_date
from quanheng.web.shared.dossier_words import month


def retirement_text(cadre: UUID) -> str:
    """Nothing where the month of birth is not known or was found doubtful, or the class is not known."""
    facts = people_of([cadre]).get(cadre, {})
    birth, word = facts.get("person.birth"), facts.get("person.retirement_class")
    return said_of(RetirementClass(word), birth) if isinstance(word, str) and isinstance(birth, date) else ""


def said_of(kind: RetirementClass, birth: date) -> str:
    said = _(
        "法定退休时间 %(month)s：原定 %(old)s 岁，按出生月份延迟 %(delay)s 个月"
        "（渐进式延迟法定退休年龄的办法第一条）。何时离开岗位由人决定。"
    )
    facts = {"old": TABLES[kind].old_age // 12, "delay": delay_months(kind, birth)}
    return said % {"month": month(retirement_date(kind, birth)), **facts}
