"""Whom a file is about: nobody yet, somebody in the register, perhaps somebody."""

from dataclasses import dataclass

from quanheng.formats import identity
from quanheng.formats.appointment import AppointmentForm
from quanheng.intake.choices import ImportMatch
from quanheng.intake.queries import namesakes
from quanheng.kernel.actor import Actor, Purpose
from quanheng.people import access
from quanheng.people.fields import month_of
from quanheng.people.models import Cadre
from quanheng.vault.fields import blind_index_of


@dataclass(frozen=True, slots=True)
class Match:
    kind: ImportMatch
    cadre: Cadre | None = None


def match(actor: Actor, form: AppointmentForm) -> Match:
    """By identity number first; without a hit, the same name and birth month is for a person to decide.

    Somebody registered out of the actor's scope is OUT_OF_SCOPE: not said where or under which name.
    """
    number = form.identity_number.upper()
    if number and identity.is_valid(number):
        index = blind_index_of(Cadre, "identity_number_index", number)
        known = Cadre.objects.filter(identity_number_index=index, withdrawn_at=None).first()
        if known:
            return _known(actor, known)
    alike = namesakes(actor, form.name, month_of(form.birth))
    return Match(ImportMatch.DUPLICATE, alike[0]) if alike else Match(ImportMatch.NEW)


def _known(actor: Actor, cadre: Cadre) -> Match:
    visible = (
        access.visible_cadres(actor, purpose=Purpose.MANAGEMENT).filter(pk=cadre.pk).select_related("home_unit").first()
    )
    return Match(ImportMatch.CHANGED, visible) if visible else Match(ImportMatch.OUT_OF_SCOPE)
