"""Who may decide about rules: the role, and a grant for this purpose. Rules themselves are open to every reader."""

from uuid import UUID

from quanheng.instruments.flow import SIGNERS
from quanheng.instruments.models import LocalRule, SignOff
from quanheng.instruments.texts import central
from quanheng.kernel.actor import READERS, SYSTEM, Actor, Purpose, Role
from quanheng.kernel.errors import NotFound, NotPermitted
from quanheng.papers.models import StoredFile
from quanheng.rulebook.book import CannotFindRule
from quanheng.rulebook.instrument import RuleText, Switch


def may_decide(actor: Actor, roles: frozenset[Role] = SIGNERS) -> bool:
    return actor == SYSTEM or (actor.has_role(*roles) and Purpose.RULES in actor.duties)


def require_decider(actor: Actor, roles: frozenset[Role] = SIGNERS) -> None:
    """Reading is everybody's who reads files; deciding asks for the role, then for the purpose."""
    if actor == SYSTEM:
        return
    require_reader(actor)
    if not actor.has_role(*roles):
        raise NotPermitted("role-not-open", roles=sorted(roles))
    if Purpose.RULES not in actor.duties:
        raise NotPermitted("purpose-not-granted", purpose=Purpose.RULES.value)


def require_reader(actor: Actor) -> None:
    if actor != SYSTEM and not actor.has_role(*READERS):
        raise NotFound


def versions_for(actor: Actor, rule: str) -> tuple[RuleText, ...]:
    """All versions of a rule, the oldest first; NotFound for an id that no rule has."""
    require_reader(actor)
    try:
        return central().versions(rule)
    except CannotFindRule:
        raise NotFound from None


def switch_for(actor: Actor, id: str) -> Switch:
    require_reader(actor)
    try:
        return central().switch(id)
    except KeyError:
        raise NotFound from None


def paper_of(actor: Actor, rule: str, sign_off: UUID) -> StoredFile:
    """The text attached to a sign-off of that rule."""
    require_reader(actor)
    row = SignOff.objects.select_related("paper").filter(pk=sign_off, rule=rule).first()
    if row is None or row.paper is None:
        raise NotFound
    return row.paper


def local_rule_for(actor: Actor, pk: UUID, *, for_update: bool = False) -> LocalRule:
    require_reader(actor)
    rows = LocalRule.objects.select_for_update() if for_update else LocalRule.objects.all()
    row = rows.filter(pk=pk).first()
    if row is None:
        raise NotFound
    return row
