"""Relatives who are registered persons: proposed by name and birth month, confirmed by an officer."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from quanheng.people.fields import month_of, month_text
from quanheng.people.models import Cadre, FamilyMember, KinTie
from quanheng.people.models.records import namesake
from quanheng.vault.fields import blind_index_of

BATCH = 500


def propose_kin_ties(cadres: Iterable[UUID], *, at: datetime) -> int:
    """Ties from these persons' relatives to the register, and from others' relatives to these persons.

    Within the caller's transaction; a tie already proposed or decided is left as it is.
    """
    keys = set(cadres)
    ties = [*_from_relatives_of(keys, at), *_to_persons(keys, at)]
    before = KinTie.objects.count() if ties else 0
    KinTie.objects.bulk_create(ties, ignore_conflicts=True, batch_size=BATCH)
    return KinTie.objects.count() - before if ties else 0


def _from_relatives_of(keys: set[UUID], at: datetime) -> list[KinTie]:
    relatives = list(FamilyMember.objects.filter(cadre__in=keys, withdrawn_at=None))
    names = {relative.name for relative in relatives if relative.namesake}
    found = Cadre.objects.filter(name__in=names, withdrawn_at=None).only("pk", "name", "birth_month")
    by_namesake: dict[tuple[str, object], list[Cadre]] = {}
    for person in found:
        by_namesake.setdefault((person.name, person.birth_month), []).append(person)
    return [
        _tie(relative, person.pk, at)
        for relative in relatives
        for person in by_namesake.get((relative.name or "", month_of(relative.birth or "")), ())
        if person.pk != relative.cadre_id and relative.namesake
    ]


def _to_persons(keys: set[UUID], at: datetime) -> list[KinTie]:
    persons = Cadre.objects.filter(pk__in=keys).only("pk", "name", "birth_month")
    indexes = {_index_of(person): person.pk for person in persons if person.birth_month}
    relatives = FamilyMember.objects.filter(namesake_index__in=list(indexes), withdrawn_at=None).exclude(cadre__in=keys)
    return [_tie(relative, indexes[bytes(relative.namesake_index or b"")], at) for relative in relatives]


def _index_of(person: Cadre) -> bytes:
    value = namesake(person.name, month_text(person.birth_month))
    index = blind_index_of(FamilyMember, "namesake_index", value or "")
    assert index is not None  # a name and a month are there
    return index


def _tie(relative: FamilyMember, kin: UUID, at: datetime) -> KinTie:
    return KinTie(cadre_id=relative.cadre_id, kin_id=kin, relation=relative.relation_code, proposed_at=at)
