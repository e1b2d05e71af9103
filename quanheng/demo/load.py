"""The city into an empty database: all of it in one transaction with one ledger entry, or nothing."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from quanheng.demo.chance import KeyMaker
from quanheng.demo.city import CADRES, SEED, City, build_city
from quanheng.demo.facts import UnitFact
from quanheng.demo.personas import add_personas
from quanheng.demo.rows import Checker, Rows
from quanheng.demo.sign_offs import add_sign_offs
from quanheng.demo.silhouettes import silhouettes
from quanheng.kernel.actor import SYSTEM
from quanheng.kernel.errors import Refused
from quanheng.ledger.actions import record
from quanheng.organization.choices import GroupRole
from quanheng.organization.models import LeadingGroup, Position, Reorganization, Unit, UnitVersion
from quanheng.papers.actions import build_file
from quanheng.papers.models import StoredFile
from quanheng.people.choices import KinTieState
from quanheng.people.models import Cadre, KinTie
from quanheng.vault.fields import current_keyring

LOAD_CITY = "people.load_city"
CHUNK = 500
Progress = Callable[[int, int], None]  # done, total


class CannotLoad(Refused):
    """not-empty: a database that already holds units or people is left alone."""


@dataclass(frozen=True, slots=True)
class Summary:
    cadres: int
    units: int
    seed: int
    rows: dict[str, int]  # by table
    usernames: tuple[str, ...]


def load_city(*, cadres: int = CADRES, seed: int = SEED, at: datetime, progress: Progress | None = None) -> Summary:
    current_keyring()  # no keys, no city: said before the long work
    with transaction.atomic():
        if Cadre.objects.exists() or Unit.objects.exists():
            raise CannotLoad("not-empty")
        city = build_city(cadres=cadres, seed=seed)
        _load_organization(city, at)
        people = {name: city.keys.key(city.number_of(name)) for name in _cast_names(city)}
        accounts = add_personas(seed, {unit.name: unit.key for unit in city.organization.units}, people, at)
        add_sign_offs(seed, {account.username: account.pk for account in accounts}, at)
        checkers = {account.username: Checker(account.pk, account.name) for account in accounts}
        rows = _load_people(city, at, checkers, progress)
        _load_ties(city, at, checkers["hejing"].key)
        units = len(city.organization.units)
        detail = {"cadres": cadres, "units": units, "seed": seed, "rows": rows}
        record(actor=SYSTEM, action=LOAD_CITY, obj="demo.city:霁州市", detail=detail, reason="装入演示城市", at=at)
    return Summary(cadres, units, seed, rows, tuple(checkers))


def _cast_names(city: City) -> list[str]:
    return [member.name for member in city.cast.values()]


def _load_organization(city: City, at: datetime) -> None:
    units = city.organization.units
    keys = {unit.code: unit.key for unit in units}
    Unit.objects.bulk_create((_unit(unit, keys) for unit in units), batch_size=CHUNK)
    Reorganization.objects.bulk_create(
        Reorganization(
            id=act.key,
            unit_id=act.unit,
            kind=act.kind,
            effective_on=act.effective_on,
            document=act.document,
            reason=act.reason,
            recorded_at=at,
            recorded_by=SYSTEM.key,
        )
        for act in city.organization.reorganizations
    )
    UnitVersion.objects.bulk_create(_versions(city, keys), batch_size=CHUNK)
    LeadingGroup.objects.bulk_create((_group(unit) for unit in units if unit.group_key), batch_size=CHUNK)
    Position.objects.bulk_create(_positions(city), batch_size=CHUNK)


def _unit(unit: UnitFact, keys: dict[str, UUID]) -> Unit:
    return Unit(
        id=unit.key,
        code=unit.code,
        name=unit.name,
        parent_id=keys.get(unit.parent),
        path=unit.path,
        abolished_on=unit.abolished_on,
    )


def _versions(city: City, keys: dict[str, UUID]) -> Iterator[UnitVersion]:
    made = KeyMaker(city.seed, "unit-version")
    pairs = ((unit, version) for unit in city.organization.units for version in unit.versions)
    for number, (unit, version) in enumerate(pairs, 1):
        yield UnitVersion(
            id=made.key(number),
            unit_id=unit.key,
            parent_id=keys.get(unit.parent),
            name=version.name,
            short_name=unit.short_name,
            region=unit.region,
            affiliation="市" if not unit.area else "县（区）",
            level=unit.level,
            category=unit.category,
            kind=unit.kind,
            principal_quota=unit.principal_quota,
            deputy_quota=unit.deputy_quota,
            internal_quota=unit.internal_quota,
            administrative_establishment=unit.administrative,
            institution_establishment=unit.institution,
            successor_id=keys.get(version.successor),
            reorganization_id=version.reorganization,
            ended_by_id=version.ended_by,
            valid_from=version.valid_from,
            valid_to=version.valid_to,
        )


def _group(unit: UnitFact) -> LeadingGroup:
    name = f"{unit.name}领导班子"
    return LeadingGroup(
        id=unit.group_key, unit_id=unit.key, kind=unit.group_kind, name=name, valid_from=unit.founded_on
    )


def _positions(city: City) -> Iterator[Position]:
    for unit in city.organization.units:
        for position in unit.positions:
            in_group = position.role in (GroupRole.PRINCIPAL, GroupRole.DEPUTY, GroupRole.MEMBER)
            yield Position(
                id=position.key,
                unit_id=unit.key,
                leading_group_id=unit.group_key if in_group else None,
                title=position.title,
                tier=position.tier,
                group_role=position.role or "",
                is_leading=position.is_leading,
                quota=position.quota,
                order=position.order,
                valid_from=unit.founded_on,
            )


def _load_people(city: City, at: datetime, checkers: dict[str, Checker], progress: Progress | None) -> dict[str, int]:
    rows = Rows(city.seed, at, _checkers(city, checkers), _load_photos(city, at))
    total = len(city.slots)
    for number, fact in enumerate(city.cadres(), 1):
        rows.add(fact)
        if number % CHUNK == 0 or number == total:
            rows.flush()
            if progress:
                progress(number, total)
    return rows.counts()


def _checkers(city: City, accounts: dict[str, Checker]) -> dict[UUID, Checker]:
    """何静 checks the files of 松涧县, 林疏桐 all others."""
    area = next(unit.code for unit in city.organization.units if unit.name == "松涧县")
    units = city.organization.units
    return {unit.key: accounts["hejing"] if unit.area == area else accounts["lin"] for unit in units}


def _load_photos(city: City, at: datetime) -> list[UUID]:
    keys = KeyMaker(city.seed, "stored-file")
    files = []
    for number, content in enumerate(silhouettes(city.seed), 1):
        file = build_file(name="照片.jpg", media_type="image/jpeg", content=content, at=at)
        file.pk = keys.key(number)
        files.append(file)
    return [file.pk for file in StoredFile.objects.bulk_create(files)]


def _load_ties(city: City, at: datetime, officer: UUID) -> None:
    keys = KeyMaker(city.seed, "kin-tie")
    KinTie.objects.bulk_create(
        KinTie(
            id=keys.key(number),
            cadre_id=city.keys.key(tie.cadre),
            kin_id=city.keys.key(tie.kin),
            relation=tie.relation_code,
            state=tie.state,
            proposed_at=at,
            decided_at=at if tie.state == KinTieState.CONFIRMED else None,
            decided_by=officer if tie.state == KinTieState.CONFIRMED else None,
        )
        for number, tie in enumerate(city.ties, 1)
    )
