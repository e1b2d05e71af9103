"""The vocabulary of the permission matrix: who stands together, and what a row is."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.access.world import DESK, PERSONAS

ADMINISTRATORS = "qian wu xu"
READERS = " ".join(DESK)
NO_NUMBER = "999999999"  # no entry of the ledger
NO_EDITOR = "wang he"  # they read
UNGRANTED = "expired future revoked su"  # no file is open to them
OFFICERS = f"lin low tang selector wen {UNGRANTED}"  # 组织部干部工作人员
EDITORS = f"lin zhao low tang selector wen {UNGRANTED}"
ON_A = "lin wang he tang selector wen"  # those whose grant covers unit A

AWAY = {302: "anonymous initial closed"}  # to sign in, or to change the password first
DESK_DOOR = {**AWAY, 404: f"chen outsider former {ADMINISTRATORS}"}
EVERYBODY_IN = " ".join(who for who in PERSONAS if who not in ("anonymous", "initial", "closed"))

Groups = Mapping[int, str]


@dataclass(frozen=True)
class Row:
    name: str  # of the URL
    method: str
    groups: Groups
    kwargs: Mapping[str, str] = field(default_factory=dict)
    query: str = ""
    data: Mapping[str, str] = field(default_factory=dict)

    @property
    def label(self) -> str:
        named = " ".join(str(value) for value in self.kwargs.values())
        sent = " ".join(f"{name}={value}" for name, value in self.data.items() if value.startswith("{"))
        return " ".join(part for part in (self.method, self.name, named, self.query, sent) if part)

    def inside(self) -> list[str]:
        """Who gets the page or carries out the step."""
        groups = (group for status, group in self.groups.items() if status < 400)
        return [who for group in groups for who in group.split() if who not in AWAY[302].split()]

    def expected(self) -> dict[str, int]:
        return {who: status for status, group in self.groups.items() for who in group.split()}


def joined(*parts: Groups) -> Groups:
    found: dict[int, str] = {}
    for part in parts:
        for status, group in part.items():
            found[status] = f"{found.get(status, '')} {group}".strip()
    return found


def get(name: str, groups: Groups, *, query: str = "", **kwargs: str) -> Row:
    return Row(name, "GET", groups, kwargs, query)


def post(name: str, groups: Groups, data: Mapping[str, str], *, query: str = "", **kwargs: str) -> Row:
    return Row(name, "POST", groups, kwargs, query, data)


def desk(groups: Groups) -> Groups:
    return joined(DESK_DOOR, groups)


def only(who: str, status: int = 200) -> Groups:
    """A page of one administrator: for everybody else who is signed in it does not exist."""
    others = " ".join(name for name in EVERYBODY_IN.split() if name != who)
    return joined(AWAY, {404: others}, {status: who} if who in PERSONAS else {})


NOBODY = desk({404: READERS})


def without(group: str, who: str) -> str:
    return " ".join(name for name in group.split() if name not in who.split())
