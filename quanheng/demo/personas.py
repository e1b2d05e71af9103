"""Who may be signed in as with one click on the sign-in page of a demo city: names of accounts that it makes."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Persona:
    username: str
    what: str | Promise  # one sentence: what this person can do here


PERSONAS = (
    Persona("lin", _("管全市的干部：名册、档案、导入、任免审批表")),
    Persona("wen", _("同上；本人和亲属的档案打不开")),
    Persona("zhao", _("只管本县本单位的干部")),
    Persona("wang", _("看名册和档案，不改")),
    Persona("he", _("为监督看档案，不改")),
    Persona("shen", _("看本人的档案，和谁看过")),
    Persona("wu", _("看系统运行和字典，看不到任何人的档案")),
    Persona("xu", _("管账号、角色和授权，看不到任何人的档案")),
    Persona("qian", _("查台账、验台账，看不到任何人的档案")),
)
