"""What the generator hands over: frozen values that know no database. Months are counted from year 0."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from quanheng.accounts.choices import ManagementCategory
from quanheng.organization.choices import (
    GroupRole,
    LeadingGroupKind,
    PostTier,
    Rank,
    ReorganizationKind,
    UnitCategory,
    UnitKind,
    UnitLevel,
)
from quanheng.people.choices import (
    AssessmentGrade,
    CadreStatus,
    EducationKind,
    HoldingKind,
    KinTieState,
    PersonnelKind,
    ResumeSetting,
    RewardKind,
    SanctionKind,
    Sex,
    VerificationItem,
    VerificationResult,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReorganizationFact:
    key: UUID
    unit: UUID
    kind: ReorganizationKind
    effective_on: date
    document: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionFact:
    name: str
    valid_from: date
    valid_to: date | None = None
    successor: str = ""  # code of the unit that took over
    reorganization: UUID | None = None  # by which it began
    ended_by: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PositionFact:
    key: UUID
    title: str
    tier: PostTier
    role: GroupRole | None
    is_leading: bool
    quota: int
    order: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitFact:
    key: UUID
    code: str
    path: str
    parent: str  # code, blank at the root
    short_name: str
    area: str  # code of the county that it belongs to, blank for the city's own organs
    region: str
    level: UnitLevel
    category: UnitCategory
    kind: UnitKind
    versions: tuple[VersionFact, ...]
    group_key: UUID | None
    group_kind: LeadingGroupKind
    positions: tuple[PositionFact, ...]
    principal_quota: int | None  # None: none is set, as for a grouping
    deputy_quota: int | None
    internal_quota: int | None
    administrative: int | None  # authorised staff
    institution: int | None
    founded_on: date
    abolished_on: date | None = None

    @property
    def name(self) -> str:
        return self.versions[-1].name

    def name_on(self, day: date) -> str:
        for version in reversed(self.versions):
            if version.valid_from <= day:
                return version.name
        return self.versions[0].name


@dataclass(frozen=True, slots=True)
class LineFact:
    start: int
    end: int | None
    text: str
    setting: ResumeSetting
    document: str = ""
    inside: tuple["LineFact", ...] = ()


@dataclass(frozen=True, slots=True)
class HoldingFact:
    unit: UUID | None
    unit_name: str
    position: UUID | None
    title: str
    tier: PostTier
    kind: HoldingKind
    document: str
    start: int
    end: int | None
    probation: int | None = None  # since when
    confirmed: int | None = None  # when it was over
    term: int | None = None  # since when it runs


@dataclass(frozen=True, slots=True)
class RankFact:
    rank: Rank
    document: str
    start: int
    end: int | None


@dataclass(frozen=True, slots=True)
class EducationFact:
    kind: EducationKind
    level_code: str
    degree_code: str
    school: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class TitleFact:
    code: str
    start: int


@dataclass(frozen=True, slots=True)
class RelativeFact:
    relation_code: str
    name: str
    birth: str
    political_affiliation: str
    work: str


@dataclass(frozen=True, slots=True)
class RewardFact:
    kind: RewardKind
    name: str
    authority: str
    document: str
    start: int


@dataclass(frozen=True, slots=True)
class SanctionFact:
    kind: SanctionKind
    cause: str
    authority: str
    document: str
    start: int
    end: int
    is_lifted: bool


@dataclass(frozen=True, slots=True)
class GradeFact:
    year: int
    grade: AssessmentGrade


@dataclass(frozen=True, slots=True)
class TrainingFact:
    name: str
    institution: str
    hours: int
    start: date
    end: date


@dataclass(frozen=True, slots=True)
class VerificationFact:
    item: VerificationItem
    result: VerificationResult
    materials: str
    verified_on: date


@dataclass(frozen=True, slots=True)
class Slot:
    """A seat to be filled: the unit, its position, the place in the unit's list."""

    unit: UnitFact
    position: PositionFact
    order: int


@dataclass(frozen=True, slots=True)
class CadreFact:
    key: UUID
    index: int
    unit: UUID
    order: int
    category: ManagementCategory
    status: CadreStatus
    personnel_kind: PersonnelKind
    name: str
    former_names: str
    sex: Sex
    born: date
    ethnicity: str
    native_place: str
    birth_place: str
    affiliation: str
    party_joined: int | None
    work_start: int
    specialties: str
    identity_number: str
    health: str
    tier: PostTier
    resume: tuple[LineFact, ...]
    holdings: tuple[HoldingFact, ...]
    ranks: tuple[RankFact, ...]
    educations: tuple[EducationFact, ...]
    titles: tuple[TitleFact, ...]
    family: tuple[RelativeFact, ...]
    rewards: tuple[RewardFact, ...]
    sanctions: tuple[SanctionFact, ...]
    grades: tuple[GradeFact, ...]
    trainings: tuple[TrainingFact, ...]
    verifications: tuple[VerificationFact, ...]


@dataclass(frozen=True, slots=True)
class TieFact:
    """The person of index `kin` is the relative (a code of GB/T 4761) of the person of index `cadre`."""

    cadre: int
    kin: int
    relation_code: str
    state: KinTieState
