"""The address of the 资格筛查: its parameters as a question, and a question as parameters."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode
from uuid import UUID

from django.http import QueryDict

from quanheng.accounts.choices import ManagementCategory
from quanheng.insight.screening import Paging, Question
from quanheng.insight.screening_extra import Extra
from quanheng.insight.screening_scope import Scope
from quanheng.organization.choices import PostTier
from quanheng.organization.queries import TreeUnit
from quanheng.people.rule_words import LEVELS
from quanheng.rulebook.finding import Outcome
from quanheng.web.desk.people_query import MANAGED
from quanheng.web.desk.screening_rows import ExtraRow, read_rows

POST, POSTS = "post", "posts"  # modes: people for a target, targets for a person
SHOWN_OF_EACH, PAGE = 12, 50
LIMIT = 60  # characters of a text that is looked for


@dataclass(frozen=True, slots=True)
class ScreeningQuery:
    """What the address asks for; what cannot be understood is left out. `kept`: the rules ticked in a form that was
    sent, None where the address itself says which are left out."""

    target: str
    on: date
    unit: TreeUnit | None
    is_below: bool
    categories: tuple[str, ...]
    tiers: tuple[str, ...]
    left_out: tuple[str, ...]
    kept: tuple[str, ...] | None
    rows: tuple[ExtraRow, ...]
    group: Outcome | None
    page: int
    find: str
    is_today: bool
    is_whole: bool = False  # all columns, also those in which all are alike
    lost_unit: str = ""  # typed, and no unit in scope

    @property
    def parameters(self) -> list[tuple[str, str]]:
        single = [
            ("target", self.target),
            ("on", "" if self.is_today else self.on.isoformat()),
            ("unit", str(self.unit.id) if self.unit else ""),
            ("below", "" if self.is_below else "0"),
        ]
        many = {
            "category": () if self.categories == MANAGED else self.categories,
            "tier": self.tiers,
            "off": self.left_out,
            "also": tuple(row.value for row in self.rows),
        }
        listed = [(name, value) for name, values in many.items() for value in values]
        return [(name, value) for name, value in single if value] + listed

    def url(self, *removed: str, **changes: object) -> str:
        """This address with some parameters changed or without them; it goes back to the first page of all groups."""
        kept = [(name, value) for name, value in self.parameters if name not in {*removed, *changes}]
        added = [(name, str(value)) for name, value in (dict(self.view) | changes).items() if value not in (None, "")]
        return f"?{urlencode([*kept, *added])}"

    @property
    def view(self) -> list[tuple[str, str]]:
        """How it is looked at; not saved."""
        return [("cols", "all")] if self.is_whole else []

    @property
    def here(self) -> str:
        """With group, page and columns."""
        return self.here_with(**dict(self.view))

    def here_with(self, **view: str) -> str:
        group, page = self.group.value if self.group else None, self.page if self.page > 1 else None
        return self.url(group=group, page=page, **view)

    def question(self, *, size: int | None = None) -> Question:
        usual = PAGE if self.group else SHOWN_OF_EACH
        paging = Paging(self.group, self.page, usual if size is None else size)
        return Question(
            scope=Scope(self.unit.path if self.unit else "", not self.is_below, frozenset(self.categories)),
            left_out=frozenset(self.left_out),
            extras=tuple(Extra(row.expression, row.title) for row in self.rows if not row.problem),
            narrowed=_of_tiers(self.tiers),
            paging=paging,
        )


def _of_tiers(tiers: Sequence[str]) -> tuple[Extra, ...]:
    """Who holds one of these tiers and none above all of them; a secondment gives no tier."""
    words = [LEVELS[PostTier(tier)] for tier in tiers if PostTier(tier) in LEVELS]
    if not words:
        return ()
    scale = list(dict.fromkeys(LEVELS.values()))
    above = scale[: min(scale.index(word) for word in words)]
    held = _held(words)
    return (Extra(f"{held} and not {_held(above)}" if above else held),)


def _held(words: Iterable[str]) -> str:
    listed = ", ".join(f'"{word}"' for word in words)
    return f"exists(posts, running and not is_secondment and level in [{listed}])"


def parse(data: QueryDict, units: Sequence[TreeUnit], on: date, today: date) -> ScreeningQuery:
    """Raises nothing: a unit that is not visible is no unit. `on`: the day of the appointment."""
    kept = tuple(data.getlist("keep")) if data.get("shown") == "1" else None
    categories = _chosen(data, "category", ManagementCategory.values) or MANAGED
    return ScreeningQuery(
        target=data.get("target", "")[:LIMIT],
        on=on,
        unit=_unit(data.get("unit", ""), units),
        is_below=data.get("below", "1") == "1",
        categories=categories,
        tiers=_chosen(data, "tier", PostTier.values),
        left_out=tuple(dict.fromkeys(data.getlist("off"))),
        kept=kept,
        rows=read_rows(data),
        group=_group(data.get("group", "")),
        page=_number(data.get("page", "")),
        find=data.get("find", "").strip()[:LIMIT],
        is_today=on == today,
        is_whole=data.get("cols") == "all",
    )


def _unit(text: str, units: Sequence[TreeUnit]) -> TreeUnit | None:
    try:
        key = UUID(text)
    except ValueError:
        return None
    return next((unit for unit in units if unit.id == key and unit.is_granted), None)


def _chosen(data: QueryDict, name: str, known: Sequence[str] | Mapping[str, object]) -> tuple[str, ...]:
    return tuple(value for value in dict.fromkeys(data.getlist(name)) if value in known)


def _group(text: str) -> Outcome | None:
    return next((each for each in Outcome if each.value == text and each is not Outcome.NOT_APPLICABLE), None)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and 0 < len(text) < 6 and int(text) else 1
