"""Who acts: a frozen value that every action, query and access check decides on."""

from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID


class Role(StrEnum):
    CADRE_OFFICER = "cadre_officer"  # 组织部干部科
    UNIT_OFFICER = "unit_officer"  # 单位人事干部
    LEADER = "leader"  # 领导
    DISCIPLINE_SUPERVISOR = "discipline_supervisor"  # 纪检监督
    CADRE = "cadre"  # 干部本人
    SYSTEM_ADMIN = "system_admin"  # 系统管理员
    SECURITY_ADMIN = "security_admin"  # 安全管理员
    AUDIT_ADMIN = "audit_admin"  # 审计管理员


ADMINISTRATORS = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN})
READERS = frozenset({Role.CADRE_OFFICER, Role.UNIT_OFFICER, Role.LEADER, Role.DISCIPLINE_SUPERVISOR})
EDITORS = frozenset({Role.CADRE_OFFICER, Role.UNIT_OFFICER})


class Purpose(StrEnum):
    """Why a dossier is opened; a grant names the purposes it serves."""

    MANAGEMENT = "management"  # 日常管理
    SELECTION = "selection"  # 选拔任用
    ASSESSMENT = "assessment"  # 考核
    SUPERVISION = "supervision"  # 监督
    RULES = "rules"  # 规则签认, opens no file
    SUBJECT_ACCESS = "subject_access"  # 本人查阅, needs no grant


# Granted as the others are, but no dossier is opened for them: they never become a grant of data.
WITHOUT_FILES = frozenset({Purpose.RULES})


@dataclass(frozen=True, slots=True)
class Grant:
    """Units below `unit_path` x cadre categories x purposes, in force at the moment the actor was made."""

    unit_path: str
    categories: frozenset[str]
    purposes: frozenset[Purpose]


@dataclass(frozen=True, slots=True)
class Actor:
    key: UUID
    name: str
    roles: frozenset[Role]
    grants: tuple[Grant, ...] = ()
    cadre: UUID | None = None  # the person's own file
    recused: frozenset[UUID] = field(default_factory=frozenset)  # own file and kin's: not by an officer role
    duties: frozenset[Purpose] = frozenset()  # granted purposes that open no file

    def has_role(self, *roles: Role) -> bool:
        return not self.roles.isdisjoint(roles)

    def has_purpose(self, purpose: Purpose) -> bool:
        """Does any grant open files for it?"""
        return any(purpose in grant.purposes for grant in self.grants)


SYSTEM = Actor(key=UUID(int=0), name="SYSTEM", roles=frozenset())
