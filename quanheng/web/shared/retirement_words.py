"""When somebody reaches the statutory age of retirement, and by which sum: what 今日 reminds of."""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from quanheng.people.choices import VerificationResult
from quanheng.people.models import Cadre, Verification
from quanheng.people.rule_words import RETIREMENT_CLASSES
from quanheng.rulebook.retirement import TABLES, RetirementClass, delay_months, retirement_date
from quanheng.web.shared.dossier_words import month


def retirement_text(cadre: Cadre, check: Verification | None) -> str:
    """Nothing where the month of birth is not known or was found doubtful, or the class is not known."""
    is_doubted = check is not None and check.result != VerificationResult.VERIFIED
    kind, birth = class_held(cadre), cadre.birth_month
    if kind is None or birth is None or is_doubted:
        return ""
    said = _(
        "法定退休时间 %(month)s：原定 %(old)s 岁，按出生月份延迟 %(delay)s 个月"
        "（渐进式延迟法定退休年龄的办法第一条）。何时离开岗位由人决定。"
    )
    facts = {"old": TABLES[kind].old_age // 12, "delay": delay_months(kind, birth)}
    return said % {"month": month(retirement_date(kind, birth)), **facts}


def class_held(cadre: Cadre) -> RetirementClass | None:
    return next((RetirementClass(word) for held, word in RETIREMENT_CLASSES if _holds(cadre, held)), None)


def _holds(cadre: Cadre, held: Mapping[str, object]) -> bool:
    """As the conditions of `RETIREMENT_CLASSES` are asked of the database: `field` or `field__in`."""
    return all(_is_one(cadre, name, wanted) for name, wanted in held.items())


def _is_one(cadre: Cadre, name: str, wanted: object) -> bool:
    field, _mark, lookup = name.partition("__")
    value = getattr(cadre, field)
    return value in wanted if lookup and isinstance(wanted, list | tuple | set | frozenset) else bool(value == wanted)
