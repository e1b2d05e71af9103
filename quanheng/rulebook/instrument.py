"""What a rulebook consists of, as read: instruments, the rules in them as cited text, parameters, switches.

Nothing here is evaluated. Expressions are text with their line; `book.compile_rules` hands them to the language.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from fractions import Fraction
from functools import cached_property

from quanheng.kernel import period

Scalar = int | Fraction | bool | str
Row = Mapping[str, Scalar]
# A list of codes, rows of a table, or one value. None: the centre gives no number, the organization sets one.
Value = Scalar | tuple[str, ...] | tuple[Row, ...] | None
NEVER = "never"  # a waiver of it: nobody may grant one


class InstrumentKind(StrEnum):
    CONSTITUTION = "constitution"
    LAW = "law"
    REGULATIONS = "regulations"  # 条例
    PROVISIONS = "provisions"  # 规定
    MEASURES = "measures"  # 办法
    RULES = "rules"  # 规则、细则
    OPINION = "opinion"  # 意见
    STANDARD = "standard"
    LOCAL = "local"  # an organization's own, stricter only


class InstrumentStatus(StrEnum):
    IN_FORCE = "in_force"
    SUPERSEDED = "superseded"
    TO_CHECK = "to_check"  # a later text may exist
    LOCAL = "local"  # switched on by the organization


class Begin(StrEnum):
    """How the first day in force is known."""

    DATED = "dated"
    UNKNOWN = "unknown"  # the date was not seen
    CONFIGURED = "configured"  # from the day the organization switches it on


class RuleKind(StrEnum):
    ELIGIBILITY = "eligibility"
    PROCEDURE = "procedure"
    QUOTA = "quota"
    DEADLINE = "deadline"
    AVOIDANCE = "avoidance"
    SANCTION_EFFECT = "sanction_effect"
    RECORD = "record"


class Check(StrEnum):
    COMPUTED = "computed"  # decidable from records
    ASSISTED = "assisted"  # the machine collects and prepares, a person decides
    HUMAN = "human"  # judgement only


class OnFail(StrEnum):
    BLOCK = "block"
    WARN = "warn"
    DEADLINE = "deadline"
    INFORM = "inform"


class SeenVersion(StrEnum):
    CURRENT = "current"
    PARTIAL = "partial"  # see unverified_parts
    OLDER = "older"  # only superseded wording was seen
    NONE = "none"


class State(StrEnum):
    NOT_YET_COMPUTED = "not_yet_computed"  # cited text only
    ENCODED = "encoded"  # has expressions, or is a checklist item


class Unit(StrEnum):
    YEARS = "years"
    MONTHS = "months"
    DAYS = "days"
    WORKDAYS = "workdays"
    HOURS = "hours"
    COUNT = "count"
    RATIO = "ratio"  # exact: 1/5, 20%
    TRUTH = "truth"
    CODE = "code"
    CODES = "codes"
    TEXT = "text"
    TABLE = "table"


@dataclass(frozen=True)
class Words:
    zh: str
    en: str


@dataclass(frozen=True)
class InForce:
    """Half-open: from `start`, no longer on `end`. No start: see `begin`."""

    start: date | None
    end: date | None = None
    begin: Begin = Begin.DATED

    def contains(self, on: date) -> bool:
        """A start that is unknown or set locally excludes no day: only the end does."""
        return period.contains(self.start, self.end, on)

    def overlaps(self, other: "InForce") -> bool:
        return period.overlaps(self.start or date.min, self.end, other.start or date.min, other.end)

    def within(self, outer: "InForce") -> bool:
        begins = (self.start or date.min) >= (outer.start or date.min)
        return begins and (outer.end is None or (self.end is not None and self.end <= outer.end))


@dataclass(frozen=True)
class Citation:
    instrument: str
    article: str | None = None

    def __str__(self) -> str:
        return f"{self.instrument} {self.article}" if self.article else self.instrument


@dataclass(frozen=True)
class Expression:
    """Text of the language (decision 0010), with its place for errors."""

    text: str
    file: str
    line: int


@dataclass(frozen=True)
class Parameter:
    """A number or list of a rule, dated by the rule it stands in: another number is another version of the rule."""

    name: str
    value: Value
    unit: Unit
    citation: Citation
    is_seen: bool
    note: str = ""

    @property
    def is_local(self) -> bool:
        return self.value is None


@dataclass(frozen=True, eq=False)  # one object a version: compared and hashed as such
class RuleText:
    id: str
    instrument: str
    title: Words
    article: str | None
    is_article_verified: bool
    in_force: InForce
    kind: RuleKind
    subject: str
    text: Words
    check: Check
    on_fail: OnFail
    is_verified: bool
    seen_version: SeenVersion
    basis: str
    state: State
    file: str
    line: int
    article_note: str = ""
    also: tuple[Citation, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    evidence: tuple[str, ...] = ()
    waiver: str = ""  # NEVER, or the rule under which a waiver is asked for
    replaces: str = ""  # the rule of the former instrument in whose place this one stands
    see: tuple[str, ...] = ()
    switches: tuple[str, ...] = ()
    unverified_parts: Words | None = None
    note: Words | None = None
    applies: Expression | None = None
    each: Expression | None = None
    requires: Expression | None = None
    person_decides: Expression | None = None  # when a person has to decide; see `rule.py`
    when_none: str = ""  # the outcome of `each` over no record
    numbers: Mapping[str, Expression] = field(default_factory=dict)
    dates: Mapping[str, Expression] = field(default_factory=dict)

    @property
    def family(self) -> str:
        return self.id.partition("-")[0]

    @property
    def is_local(self) -> bool:
        return self.in_force.begin is Begin.CONFIGURED

    @property
    def is_waivable(self) -> bool:
        return self.waiver not in ("", NEVER)

    @property
    def citations(self) -> tuple[Citation, ...]:
        return (Citation(self.instrument, self.article), *self.also)

    @cached_property
    def citation(self) -> str:
        """As an officer cites it: `TJ2019 9; GWYF2018 45`."""
        return "; ".join(map(str, self.citations))

    def parameter(self, name: str) -> Parameter:
        """Raises `KeyError`: a parameter that is missing is an error, never a default."""
        for parameter in self.parameters:
            if parameter.name == name:
                return parameter
        raise KeyError(f"{self.id}.{name}")

    def expressions(self) -> Iterator[tuple[str, Expression]]:
        """(field, expression) of each that is there; fields of `numbers` and `dates` are `numbers.need`."""
        for name in ("applies", "each", "requires", "person_decides"):
            expression = getattr(self, name)
            if expression:
                yield name, expression
        for group in ("numbers", "dates"):
            for name, expression in getattr(self, group).items():
                yield f"{group}.{name}", expression


@dataclass(frozen=True)
class Instrument:
    code: str
    title: Words
    kind: InstrumentKind
    issuer: str
    number: str | None  # 文号, entered from the official text at sign-off
    in_force: InForce
    status: InstrumentStatus
    status_note: str
    seen: str  # marks of sources.yaml, or words
    note: str
    rules: tuple[RuleText, ...]
    file: str


@dataclass(frozen=True)
class Choice:
    """One reading of a switch: a machine value and what it means."""

    value: Scalar
    words: Words


@dataclass(frozen=True)
class Switch:
    id: str
    owner: str  # the office that decides between the readings
    question: Words
    default: Choice
    alternatives: tuple[Choice, ...]
    since: date  # the day from which the default stands
    why: Words

    @property
    def values(self) -> tuple[Scalar, ...]:
        return (self.default.value, *(choice.value for choice in self.alternatives))
