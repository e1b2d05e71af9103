"""The cast. Two units side by side under one city; stories use the people by name.

Lin (officer, unit A) · Zhao (officer, unit B, must never see A) · Wang (leader, whole city) · Chen (the subject,
unit A) · He (discipline supervisor) · Qian, Wu and Xu (audit, system, security administrator) · an outsider with
an account and nothing else. Sun, the rater, comes with the ballots.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test import Client
from django.utils import translation
from pytest_django.plugin import DjangoDbBlocker

from quanheng.accounts.choices import ManagementCategory
from quanheng.accounts.models import Account, Grant, RoleAssignment
from quanheng.accounts.queries import actor_of
from quanheng.kernel.actor import Actor, Purpose, Role
from quanheng.ledger import protection
from quanheng.organization.choices import UnitCategory
from quanheng.organization.models import Unit, UnitVersion
from quanheng.people.models import Cadre

SINCE = date(2020, 1, 1)
PASSWORD = "correct horse 电池"
EVERY_CATEGORY = sorted(ManagementCategory.values)
OFFICER_PURPOSES = [Purpose.ASSESSMENT.value, Purpose.MANAGEMENT.value, Purpose.SELECTION.value]

ClientOf = Callable[[Actor], Client]


COUNTING_MARKS = (
    "tests/census/",
    "tests/ledger/test_forgotten_marks.py",
    "tests/ledger/test_marks.py",
    "tests/insight/test_due_queries.py",
)


@dataclass(frozen=True)
class Cast:
    city: Unit
    unit_a: Unit
    unit_b: Unit
    chen_file: Cadre  # in unit A
    zhou_file: Cadre  # in unit B
    accounts: dict[str, Account]  # by the name of the fixture


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What counts change marks runs apart from others on PostgreSQL (`make test-postgres`)."""
    for item in items:
        if item.nodeid.startswith(COUNTING_MARKS):
            item.add_marker(pytest.mark.alone)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """Tests that commit empty the tables; the ledger's triggers would refuse. Its own tests put them back."""
    with django_db_blocker.unblock():
        protection.remove(connection)


@pytest.fixture(autouse=True)
def language() -> Iterator[None]:
    """The language of a page that one test asked for stays active in the thread; the next test starts in Chinese."""
    yield
    translation.deactivate()


@pytest.fixture
def today() -> date:
    return date(2026, 11, 20)


@pytest.fixture
def at() -> datetime:
    return datetime(2026, 11, 20, 0, 0, tzinfo=UTC)  # 08:00 in China


def make_unit(code: str, name: str, path: str, parent: Unit | None, category: UnitCategory) -> Unit:
    unit = Unit.objects.create(code=code, name=name, path=path, parent=parent)
    UnitVersion.objects.create(unit=unit, parent=parent, name=name, category=category, valid_from=SINCE)
    return unit


def make_account(username: str, name: str, role: Role | None, at: datetime, **values: object) -> Account:
    account = Account(username=username, name=name, created_at=at, **values)
    account.set_password(PASSWORD)
    account.save()
    if role:
        RoleAssignment.objects.create(account=account, role=role.value, valid_from=SINCE)
    return account


def make_grant(account: Account, unit: Unit, purposes: list[str], at: datetime) -> Grant:
    return Grant.objects.create(
        account=account,
        unit=unit,
        categories=EVERY_CATEGORY,
        purposes=purposes,
        valid_from=SINCE,
        granted_by=account.pk,
        granted_at=at,
        reason="测试用的授权，不经页面登记",
    )


def make_cadre(name: str, unit: Unit, at: datetime, **values: object) -> Cadre:
    return Cadre.objects.create(
        name=name,
        home_unit=unit,
        management_category=ManagementCategory.CITY,
        search_text=name,
        sort_name=name,
        created_at=at,
        **values,
    )


@pytest.fixture
def cast(db: None, at: datetime) -> Cast:
    city = make_unit("QH", "示范市", "0001.", None, UnitCategory.TERRITORY)
    unit_a = make_unit("QH01", "示范市甲局", "0001.0001.", city, UnitCategory.GOVERNMENT)
    unit_b = make_unit("QH02", "示范市乙局", "0001.0002.", city, UnitCategory.GOVERNMENT)
    chen_file = make_cadre("陈知行", unit_a, at, birth_month=date(1980, 5, 1))
    zhou_file = make_cadre("周望舒", unit_b, at, birth_month=date(1978, 3, 1))
    accounts = {
        "lin": make_account("lin", "林疏桐", Role.CADRE_OFFICER, at, office="干部一科", unit=unit_a),
        "zhao": make_account("zhao", "赵临川", Role.UNIT_OFFICER, at, office="人事科", unit=unit_b),
        "wang": make_account("wang", "王景行", Role.LEADER, at, office="部领导", unit=city),
        "chen": make_account("chen", "陈知行", Role.CADRE, at, unit=unit_a, cadre_key=chen_file.pk),
        "he": make_account("he", "何静", Role.DISCIPLINE_SUPERVISOR, at, office="干部监督科", unit=city),
        "qian": make_account("qian", "钱守拙", Role.AUDIT_ADMIN, at, office="审计管理员"),
        "wu": make_account("wu", "吴其昌", Role.SYSTEM_ADMIN, at, office="系统管理员"),
        "xu": make_account("xu", "许慎言", Role.SECURITY_ADMIN, at, office="安全管理员"),
        "outsider": make_account("outsider", "路行远", None, at),
    }
    make_grant(accounts["lin"], unit_a, OFFICER_PURPOSES, at)
    make_grant(accounts["zhao"], unit_b, OFFICER_PURPOSES, at)
    make_grant(accounts["wang"], city, [Purpose.MANAGEMENT.value, Purpose.SELECTION.value], at)
    make_grant(accounts["he"], city, [Purpose.SUPERVISION.value], at)
    return Cast(city, unit_a, unit_b, chen_file, zhou_file, accounts)


@pytest.fixture
def lin(cast: Cast, at: datetime) -> Actor:
    """Officer of unit A: management, selection and assessment, every category."""
    return actor_of(cast.accounts["lin"], at=at)


@pytest.fixture
def zhao(cast: Cast, at: datetime) -> Actor:
    """Officer of unit B, with the same purposes there."""
    return actor_of(cast.accounts["zhao"], at=at)


@pytest.fixture
def wang(cast: Cast, at: datetime) -> Actor:
    """Leader: the whole city, management and selection."""
    return actor_of(cast.accounts["wang"], at=at)


@pytest.fixture
def chen(cast: Cast, at: datetime) -> Actor:
    """The cadre of `cast.chen_file`, in unit A."""
    return actor_of(cast.accounts["chen"], at=at)


@pytest.fixture
def he(cast: Cast, at: datetime) -> Actor:
    """Discipline supervisor: the whole city, supervision only."""
    return actor_of(cast.accounts["he"], at=at)


@pytest.fixture
def qian(cast: Cast, at: datetime) -> Actor:
    return actor_of(cast.accounts["qian"], at=at)


@pytest.fixture
def wu(cast: Cast, at: datetime) -> Actor:
    return actor_of(cast.accounts["wu"], at=at)


@pytest.fixture
def xu(cast: Cast, at: datetime) -> Actor:
    return actor_of(cast.accounts["xu"], at=at)


@pytest.fixture
def outsider(cast: Cast, at: datetime) -> Actor:
    return actor_of(cast.accounts["outsider"], at=at)


@pytest.fixture
def client_of() -> ClientOf:
    """A browser signed in as that actor, at the time the test runs in."""

    def signed_in(actor: Actor) -> Client:
        client = Client()
        client.force_login(Account.objects.get(pk=actor.key))
        return client

    return signed_in
