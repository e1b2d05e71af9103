# ruff: noqa: S608  names are made here or come from the vocabulary
"""The table of verdicts over the tables of a snapshot: what SQL can say at once, then rules about single records.

A rule with `each` is asked once for each pattern: records alike in all that the rule looks at. One that looks at other
records too is asked of people one by one, of all where they are few, else of those whom nothing else has ruled out.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from duckdb import DuckDBPyConnection

from quanheng.census.kept import by_stretches
from quanheng.census.reading import facts_of
from quanheng.census.tables import BESIDE, PERSON, SUBJECT, column, quoted
from quanheng.insight.eligibility import has_source
from quanheng.insight.verdicts_making import Tell
from quanheng.people.rule_facts import sourced
from quanheng.rulebook.evaluate import evaluate
from quanheng.rulebook.facts_reading import load_facts
from quanheng.rulebook.finding import Finding, Outcome
from quanheng.rulebook.instrument import OnFail
from quanheng.rulebook.rule import Rule
from quanheng.rulebook.situation import FactValue, Raw, Record, Situation
from quanheng.rulebook.sql import Context
from quanheng.rulebook.sql_rules import OUTCOMES, Conditions, conditions, rule_statements
from quanheng.rulebook.sql_statement import Statement
from quanheng.rulebook.sql_text import NotInSqlError
from quanheng.rulebook.sql_text import day as written
from quanheng.rulebook.tree import Combine, FactName, ItemName, walk
from quanheng.rulebook.types import LAST
from quanheng.rulebook.vocabulary import Fact, World

VERDICT, JUDGED = "kept.verdict", "judged"
# By place: the outcomes of the rulebook's SQL, then what is not known for want of a source, and what was not judged.
NOT_MET, UNKNOWN, MET, NOT_APPLICABLE, NEEDS_PERSON, OUTSIDE, UNJUDGED = range(7)
# The worst last; `quanheng.insight.eligibility.ORDER`, with what is outside below what the dossier lacks.
MILDEST_FIRST = (NOT_APPLICABLE, MET, NEEDS_PERSON, UNJUDGED, OUTSIDE, UNKNOWN, NOT_MET)
SHOWN = (NOT_MET, UNKNOWN, MET, NEEDS_PERSON, OUTSIDE, UNJUDGED)  # have a mask `m<code>` of the places where it stands
MANY_PATTERNS, MANY_PEOPLE, AT_ONCE = 20_000, 300, 100
BY_SQL = 0.8  # of the work
STRETCH = 250_000  # people whose rules SQL is asked at once: for a million DuckDB would want three gigabytes


@dataclass
class Work:
    """Columns of the table to be, and the tables that they come from."""

    connection: DuckDBPyConnection
    context: Context
    tell: Tell
    columns: dict[int, tuple[str, str]] = field(default_factory=dict)
    joins: list[str] = field(default_factory=list)

    @property
    def on(self) -> date:
        return self.context.on

    def found(self, rule: Rule, facts: dict[str, FactValue]) -> tuple[int, date | None]:
        given = {**self.context.situation.facts, **facts}
        asked = Situation(self.on, given, "", self.context.situation.switches, self.context.situation.calendar)
        return judged(evaluate(rule, asked, self.context.vocabulary))


def write(connection: DuckDBPyConnection, context: Context, rules: Sequence[Rule], tell: Tell) -> None:
    """`kept.verdict`, from the tables that `connection` uses: masks `m<code>` of the conditions by their places;
    `timeless`, of those that fail and that no day will mend; `d<place>`, from when one holds that will, where any does.
    `tell`: how much is done.
    """
    work = Work(connection, context, tell)
    tell(0)
    trees, apart = dict[str, Conditions](), list[tuple[int, Rule]]()
    for place, rule in enumerate(rules):
        try:
            trees[f"c{place}"] = conditions(rule, context)
        except NotInSqlError:
            apart.append((place, rule))
    _by_sql(work, trees)
    tell(BY_SQL)
    late = [(place, rule) for place, rule in apart if not _by_pattern(work, place, rule)]
    _put_together(work)
    if late:
        _one_by_one(work, late, _asked_one_by_one(work, rules))
    tell((1 + BY_SQL) / 2)
    _keep(work, len(rules))


def judged(findings: Iterable[Finding]) -> tuple[int, date | None]:
    """Code and day of one condition, as `quanheng.insight.eligibility.Condition` has them."""
    codes = [_code(each) for each in findings if not each.waived_by]
    worst = max(codes, key=MILDEST_FIRST.index, default=NOT_APPLICABLE)
    days = [each.earliest for each in findings if each.outcome is Outcome.NOT_MET and not each.waived_by]
    return worst, max((each for each in days if each), default=None) if all(days) else None


def _code(finding: Finding) -> int:
    if finding.outcome is Outcome.UNKNOWN and not any(map(has_source, finding.missing)):
        return OUTSIDE
    return OUTCOMES.index(finding.outcome)


# --- by SQL


def _by_sql(work: Work, trees: dict[str, Conditions]) -> None:
    statements = rule_statements(trees, work.context)
    people = work.connection.execute(f"SELECT count(*) FROM {PERSON}").fetchall()[0][0]
    count = len(statements) * max(1, -(-people // STRETCH))
    for number, each in enumerate(statements):
        for place in by_stretches(work.connection, STRETCH):
            work.tell(BY_SQL * (number * count // len(statements) + place) / count)
            into = f"INSERT INTO found_{number}" if place else f"CREATE TEMP TABLE found_{number} AS"
            work.connection.execute(f"{into} {each.text}")
        work.joins.append(f"JOIN found_{number} USING ({SUBJECT})")
        work.columns.update((int(name[1:]), _columns(name, each, work.on)) for name in each.names)


def _columns(name: str, statement: Statement, on: date) -> tuple[str, str]:
    outcome, missing, lo = (quoted(f"{name}_{part}") for part in ("outcome", "missing", "lo"))
    kept = sum(1 << place for each, place in statement.bits_of(name).places.items() if has_source(each))
    code = f"CASE WHEN {outcome} = {UNKNOWN} AND {missing} & {kept} = 0 THEN {OUTSIDE} ELSE {outcome} END"
    is_to_come = f"{outcome} = {NOT_MET} AND {lo} > {written(on)} AND {lo} < {written(LAST)}"
    return code, f"CASE WHEN {is_to_come} THEN {lo} END"


def _put_together(work: Work) -> None:
    """`judged`: for the condition at place n its code `k<n>` and its day `d<n>`."""
    columns = [SUBJECT, *BESIDE]
    for place, (code, when) in sorted(work.columns.items()):
        columns += [f"CAST({code} AS TINYINT) AS k{place}", f"CAST({when} AS DATE) AS d{place}"]
    selected = f"SELECT {', '.join(columns)} FROM {PERSON} {' '.join(work.joins)}"
    work.connection.execute(f"CREATE TEMP TABLE {JUDGED} AS {selected}")


def _keep(work: Work, places: int) -> None:
    listed = ", ".join(f"count(d{place})" for place in range(places)) or "0"
    row = work.connection.execute(f"SELECT {listed} FROM {JUDGED}").fetchone()
    assert row is not None
    dated = [f", d{place}" for place in range(places) if row[place]]
    masks = "".join(f", {mask(places, f'k{{0}} = {code}')} AS m{code}" for code in SHOWN)
    masks += f", {mask(places, f'k{{0}} = {NOT_MET} AND d{{0}} IS NULL')} AS timeless"
    selected = f"SELECT {SUBJECT}, {', '.join(BESIDE)}{masks}{''.join(dated)} FROM {JUDGED} ORDER BY {SUBJECT}"
    work.connection.execute(f"CREATE TABLE {VERDICT} AS {selected}")


def mask(places: int, test: str, first: int = 0) -> str:
    """Bits of the places where a test holds."""
    bits = (
        f"CASE WHEN {test.format(place)} THEN {1 << place}::HUGEINT ELSE 0 END"
        for place in range(first, first + places)
    )
    return f"({' + '.join(bits) or '0::HUGEINT'})"


# --- by pattern


@dataclass(frozen=True)
class Looks:
    """What a rule with `each` looks at: fields of the record, single facts of the person."""

    fact: Fact
    fields: tuple[str, ...]
    singles: tuple[str, ...]

    @property
    def names(self) -> list[str]:
        return [*(f"r.{quoted(each)}" for each in self.fields), *(f"p.{quoted(column(each))}" for each in self.singles)]

    def rows(self, on: date) -> str:
        """Each person beside each of the records that exist on the day, or beside none."""
        begin = quoted(self.fact.begins)
        begun = f" WHERE {begin} IS NULL OR {begin} <= {written(on)}" if self.fact.begins else ""
        return f"{PERSON} AS p LEFT JOIN (SELECT * FROM {quoted(self.fact.name)}{begun}) AS r USING ({SUBJECT})"

    def facts(self, is_there: bool, values: Sequence[Raw]) -> dict[str, FactValue]:
        known = dict(zip((*self.fields, *self.singles), values, strict=True))
        facts: dict[str, FactValue] = {name: value for name in self.singles if (value := known[name]) is not None}
        told = {name: value for name in self.fields if (value := known[name]) is not None}
        if is_there:
            facts[self.fact.name] = (Record("record", told),)
        elif self.fact.world is World.CLOSED:
            facts[self.fact.name] = ()
        return facts


def _by_pattern(work: Work, place: int, rule: Rule) -> bool:
    """False where the rule looks at more than a record and single facts, or at too many different ones."""
    work.columns[place] = (str(UNJUDGED), "NULL")
    looks = _looks(work, rule)
    if looks is None:
        return False
    listed = "".join(f", {each}" for each in looks.names)
    wanted = f"SELECT DISTINCT r.{SUBJECT} IS NOT NULL{listed} FROM {looks.rows(work.on)} LIMIT {MANY_PATTERNS + 1}"
    patterns = work.connection.execute(wanted).fetchall()
    if len(patterns) > MANY_PATTERNS:
        return False
    found = [work.found(rule, looks.facts(is_there, values)) for is_there, *values in patterns]
    _keep_patterns(work, place, looks, [(*row, *each) for row, each in zip(patterns, found, strict=True)])
    work.joins.append(f"JOIN judged_{place} USING ({SUBJECT})")
    work.columns[place] = (f"judged_{place}.code", f"judged_{place}.since")
    return True


def _looks(work: Work, rule: Rule) -> Looks | None:
    nodes = [node for each in rule.nodes if each != rule.each for node in walk(each)]
    assert rule.each is not None
    fact = work.context.vocabulary.lookup(rule.each.name)
    is_wide = any(isinstance(node, Combine) and work.context.is_personal(node) for node in nodes)
    if is_wide or (fact.begins and fact.world is World.OPEN):
        return None
    fields = {node.name for node in nodes if isinstance(node, ItemName)}
    singles = {node.name for node in nodes if isinstance(node, FactName) and work.context.is_of_person(node)}
    return Looks(fact, tuple(sorted(fields)), tuple(sorted(singles)))


def _keep_patterns(work: Work, place: int, looks: Looks, rows: list[tuple[object, ...]]) -> None:
    """`judged_<place>`: of each person the worst of the records, and the last of the days if each has one."""
    names = [f"v{number}" for number in range(len(looks.names))]
    shape = "".join(f", {each} AS {name}" for each, name in zip(looks.names, names, strict=True))
    first = f"SELECT r.{SUBJECT} IS NOT NULL AS is_there{shape}, 0::TINYINT AS code, NULL::DATE AS since"
    work.connection.execute(f"CREATE TEMP TABLE pattern_{place} AS {first} FROM {looks.rows(work.on)} LIMIT 0")
    work.connection.executemany(
        f"INSERT INTO pattern_{place} VALUES ({', '.join('?' * (len(names) + 3))})", [list(row) for row in rows]
    )
    alike = "".join(f" AND {each} IS NOT DISTINCT FROM f.{name}" for each, name in zip(looks.names, names, strict=True))
    rank = f"list_position({list(MILDEST_FIRST)}, f.code)"
    failing = f"FILTER (f.code = {NOT_MET})"
    since = f"CASE WHEN count(*) {failing} = count(f.since) {failing} THEN max(f.since) {failing} END"
    work.connection.execute(
        f"CREATE TEMP TABLE judged_{place} AS SELECT {SUBJECT}, arg_max(f.code, {rank}) AS code, {since} AS since"
        f" FROM {looks.rows(work.on)} JOIN pattern_{place} AS f"
        f" ON f.is_there = (r.{SUBJECT} IS NOT NULL){alike} GROUP BY {SUBJECT}"
    )


# --- one by one


def _asked_one_by_one(work: Work, rules: Sequence[Rule]) -> list[UUID]:
    """Everybody, if they are few; else some of those whom no binding condition has ruled out."""
    binding = [f"k{place}" for place, rule in enumerate(rules) if rule.text.on_fail is OnFail.BLOCK]
    everybody = f"SELECT {SUBJECT} FROM {JUDGED}"
    open = " AND ".join(f"{each} <> {NOT_MET}" for each in binding) or "true"
    count = work.connection.execute(f"SELECT count(*) FROM {JUDGED}").fetchall()[0][0]
    where = f" WHERE {open}" if count > MANY_PEOPLE else ""
    rows = work.connection.execute(f"{everybody}{where} ORDER BY {SUBJECT} LIMIT {MANY_PEOPLE}").fetchall()
    return [row[0] for row in rows]


def _one_by_one(work: Work, late: Sequence[tuple[int, Rule]], subjects: list[UUID]) -> None:
    for start in range(0, len(subjects), AT_ONCE):
        people = facts_of(work.connection, load_facts(), sourced(), subjects[start : start + AT_ONCE])
        for place, rule in late:
            found = [(str(key), *work.found(rule, dict(facts))) for key, facts in people.items()]
            columns = [list(values) for values in zip(*found, strict=True)]
            given = "SELECT unnest(?::UUID[]) AS its, unnest(?::TINYINT[]) AS code, unnest(?::DATE[]) AS since"
            work.connection.execute(
                f"UPDATE {JUDGED} SET k{place} = code, d{place} = since FROM ({given}) WHERE {SUBJECT} = its", columns
            )
