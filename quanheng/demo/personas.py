"""Who can be signed in as in the demo city, with what role and grant."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from quanheng.accounts.choices import ManagementCategory
from quanheng.accounts.models import Account, Grant, RoleAssignment
from quanheng.demo.cast import OFFICER_WITH_KIN, SUBJECT
from quanheng.demo.chance import KeyMaker
from quanheng.kernel.actor import Purpose, Role

PASSWORD = "jz-4Wq7-mulan-29"  # noqa: S105  of synthetic persons in a synthetic city; printed by the command
SINCE = date(2024, 1, 1)
_ALL = (Purpose.MANAGEMENT, Purpose.SELECTION, Purpose.ASSESSMENT, Purpose.SUPERVISION)
_LEADING = (ManagementCategory.CITY, ManagementCategory.COUNTY)


@dataclass(frozen=True, slots=True)
class Scope:
    unit: str
    categories: tuple[ManagementCategory, ...]
    purposes: tuple[Purpose, ...]


@dataclass(frozen=True, slots=True)
class Persona:
    username: str
    name: str
    office: str
    what: str | Promise  # for the sign-in page: what to try
    roles: tuple[Role, ...]
    unit: str
    scopes: tuple[Scope, ...] = ()
    cadre: str = ""  # of the cast: the own file


PERSONAS = (
    Persona(
        "lin",
        "林疏桐",
        "市委组织部干部一科",
        _("管全市的干部：查人、导入、更正、打印任免审批表"),
        (Role.CADRE_OFFICER,),
        "中共霁州市委组织部",
        (
            Scope("霁州市", _LEADING, (*_ALL, Purpose.RULES)),
            Scope("霁州市", (ManagementCategory.OTHER,), (Purpose.MANAGEMENT,)),
        ),
    ),
    Persona(
        "hejing",
        "何静",
        "松涧县委组织部",
        _("只管松涧县，看不到别的县"),
        (Role.CADRE_OFFICER,),
        "中共松涧县委组织部",
        (
            Scope(
                "松涧县",
                (ManagementCategory.COUNTY, ManagementCategory.OTHER),
                (Purpose.MANAGEMENT, Purpose.SELECTION, Purpose.ASSESSMENT),
            ),
        ),
    ),
    Persona(
        "zhao",
        "赵慎之",
        "市自然资源和规划局人事科",
        _("单位人事干部：只管本单位"),
        (Role.UNIT_OFFICER,),
        "霁州市自然资源和规划局",
        (Scope("霁州市自然资源和规划局", (ManagementCategory.CITY, ManagementCategory.OTHER), (Purpose.MANAGEMENT,)),),
    ),
    Persona(
        "wen",
        OFFICER_WITH_KIN,
        "市委组织部干部一科科长",
        _("自己也是干部：看不到本人和爱人的档案"),
        (Role.CADRE_OFFICER, Role.CADRE),
        "中共霁州市委组织部",
        (Scope("霁州市", (*_LEADING, ManagementCategory.OTHER), (Purpose.MANAGEMENT, Purpose.SELECTION)),),
        OFFICER_WITH_KIN,
    ),
    Persona(
        "wang",
        "王叙白",
        "市委组织部副部长",
        _("领导：查阅，不改动"),
        (Role.LEADER,),
        "中共霁州市委组织部",
        (
            Scope(
                "霁州市",
                _LEADING,
                (Purpose.MANAGEMENT, Purpose.SELECTION, Purpose.ASSESSMENT, Purpose.RULES),
            ),
        ),
    ),
    Persona(
        "qin",
        "秦知微",
        "市纪委监委党风政风监督室",
        _("监督人员：按监督用途查阅"),
        (Role.DISCIPLINE_SUPERVISOR,),
        "霁州市纪委监委机关",
        (Scope("霁州市", _LEADING, (Purpose.SUPERVISION,)),),
    ),
    Persona(
        "shen",
        SUBJECT,
        "松涧县发展和改革局",
        _("干部本人：我的档案、谁看过"),
        (Role.CADRE,),
        "松涧县发展和改革局",
        cadre=SUBJECT,
    ),
    Persona("wu", "吴守拙", "系统管理员", _("运行、备份、字典；看不到档案"), (Role.SYSTEM_ADMIN,), "霁州市"),
    Persona("xu", "徐秉衡", "安全管理员", _("账号与授权；看不到档案"), (Role.SECURITY_ADMIN,), "霁州市"),
    Persona("qian", "钱若愚", "审计管理员", _("台账与校验；看不到档案"), (Role.AUDIT_ADMIN,), "霁州市"),
)


def add_personas(seed: int, units: Mapping[str, UUID], cadres: Mapping[str, UUID], at: datetime) -> list[Account]:
    """Accounts, roles and grants. `units` by name, `cadres` of the cast by name: a tiny city lacks some of them."""
    present = [persona for persona in PERSONAS if not persona.cadre or persona.cadre in cadres]
    keys, password = KeyMaker(seed, "account"), make_password(PASSWORD)  # one hash: it takes half a second
    accounts = {
        persona.username: Account(
            id=keys.key(number),
            username=persona.username,
            name=persona.name,
            office=persona.office,
            unit_id=units[persona.unit],
            cadre_key=cadres[persona.cadre] if persona.cadre else None,
            password=password,
            created_at=at,
        )
        for number, persona in enumerate(present, 1)
    }
    made = Account.objects.bulk_create(accounts.values())
    RoleAssignment.objects.bulk_create(
        RoleAssignment(id=KeyMaker(seed, f"role-{role}").key(number), account=account, role=role, valid_from=SINCE)
        for number, (persona, account) in enumerate(zip(present, made, strict=True), 1)
        for role in persona.roles
    )
    Grant.objects.bulk_create(_grants(seed, present, units, accounts, at))
    return made


def _grants(
    seed: int, present: Sequence[Persona], units: Mapping[str, UUID], accounts: Mapping[str, Account], at: datetime
) -> list[Grant]:
    keys = KeyMaker(seed, "grant")
    scopes = [(persona, scope) for persona in present for scope in persona.scopes]
    return [
        Grant(
            id=keys.key(number),
            account=accounts[persona.username],
            unit_id=units[scope.unit],
            categories=sorted(scope.categories),
            purposes=sorted(scope.purposes),
            valid_from=SINCE,
            granted_by=accounts["xu"].pk,  # the security administrator
            granted_at=at,
            reason="演示城市的初始授权",
        )
        for number, (persona, scope) in enumerate(scopes, 1)
    ]
