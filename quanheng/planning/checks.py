"""What no schema can say of a problem: which names must meet, what contradicts itself, and how much is too much.

The limits are the sizes up to which the engine was measured; more is refused in words instead of a frozen machine.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from quanheng.planning.problem import DEFAULT_CHAIN, Problem, Rule, RuleKind
from quanheng.planning.result import Place

MAX_POSTS = 20_000
MAX_PEOPLE = 50_000
MAX_PAIRS = 500_000
MAX_PAIRS_OF_ONE = 5_000  # eligible pairs of one person, or of one post
MAX_KIN = 50_000
MAX_RULES = 5_000
MAX_SEATS = 500_000  # pins, and forbids
MAX_NUMBER = 10_000_000  # of a fit or a cost either way: sums stay exact in the linear programs
MAX_TEXT = 200  # characters of an id or a label
MAX_COLUMNS = 2_500_000  # a pair at each place in a chain it can have
MAX_ROTATIONS = 200_000  # closed exchanges
MAX_STEPS = 5_000_000  # of the search that counts them
MAX_PLACES = 1_000  # findings told of one problem

LIMITS = {
    "posts": MAX_POSTS,
    "people": MAX_PEOPLE,
    "pairs": MAX_PAIRS,
    "kin": MAX_KIN,
    "rules": MAX_RULES,
    "pins": MAX_SEATS,
    "forbids": MAX_SEATS,
}


REASONS = {
    "repeated_id": "{id} is already entry {first}",
    "unknown_post": "there is no post {post}",
    "two_holders": "{post} is already held by {person}",
    "vacant_but_held": "{post} is held by {person}",
    "not_held": "{post} is neither vacant nor held",
    "fit_without_post": "{person} holds no post, so fit must be 0",
    "other_unit": "{person} is in {unit}, but the post held is in {of_post}",
    "repeated_pair": "{person} and {post} are already pair {first}",
    "pin_not_eligible": "{person} is not eligible for {post}",
    "unknown_person": "there is no person {person}",
    "kin_of_oneself": "{person} is named twice",
    "share_above_whole": "{a} of {b} is more than all",
    "empty_interval": "at most {most} is below at least {least}",
    "limit_pairs_of_one": "{id} has {count} pairs, the limit is {limit}",
    "limit_columns": "{pairs} pairs in chains of {length} make {count} places, the limit is {limit}",
    "limit_rotations": "closed exchanges of at most {length} are more than {limit}, or too many to count",
}


@dataclass(frozen=True)
class Finding(Place):
    """A place with a code and facts, from which a screen or the command makes its own (Chinese) sentence.

    `reason` is the English one, for logs and for readers of the JSON."""

    code: str = ""
    facts: tuple[tuple[str, str | int], ...] = ()


def check(problem: Problem) -> tuple[Finding, ...]:
    """Everything against a problem whose fields fit the schema; empty: it may be solved."""
    return tuple(check_problem(problem)) or tuple(check_size(problem))


def check_problem(problem: Problem) -> Iterator[Finding]:
    """Names that do not meet and what contradicts itself; paths are JSON Pointers by the order of the problem."""
    yield from _repeated_ids(problem)
    yield from _holders(problem)
    yield from _people(problem)
    yield from _pairs(problem)
    yield from _seats(problem)
    yield from _kin(problem)
    for index, rule in enumerate(problem.rules):
        yield from _rule(rule, f"/rules/{index}")


def check_size(problem: Problem) -> Iterator[Finding]:
    """What would make the engine too large or too slow. For a problem without findings so far."""
    yield from _crowded(problem)
    yield from _columns(problem)
    yield from _rotations(problem)


def _repeated_ids(problem: Problem) -> Iterator[Finding]:
    for name in ("posts", "people", "rules"):
        first: dict[str, int] = {}
        for index, one in enumerate(getattr(problem, name)):
            if one.id in first:
                yield _found(
                    f"/{name}/{index}/id",
                    "repeated_id",
                    id=one.id,
                    first=first[one.id],
                )
            first.setdefault(one.id, index)


def _holders(problem: Problem) -> Iterator[Finding]:
    holder: dict[str, str] = {}
    posts = {post.id for post in problem.posts}
    for index, person in enumerate(problem.people):
        if person.post is None:
            continue
        at = f"/people/{index}/post"
        if person.post not in posts:
            yield _found(at, "unknown_post", post=person.post)
        elif person.post in holder:
            yield _found(at, "two_holders", post=person.post, person=holder[person.post])
        holder.setdefault(person.post, person.id)
    for index, post in enumerate(problem.posts):
        if post.vacant and post.id in holder:
            yield _found(
                f"/posts/{index}/vacant",
                "vacant_but_held",
                post=post.id,
                person=holder[post.id],
            )
        elif not post.vacant and post.id not in holder:
            yield _found(f"/posts/{index}/vacant", "not_held", post=post.id)


def _people(problem: Problem) -> Iterator[Finding]:
    unit = {post.id: post.unit for post in problem.posts}
    for index, person in enumerate(problem.people):
        at = f"/people/{index}"
        if person.post is None and person.fit != 0:
            yield _found(f"{at}/fit", "fit_without_post", person=person.id)
        elif person.post in unit and unit[person.post] != person.unit:
            yield _found(
                f"{at}/unit",
                "other_unit",
                person=person.id,
                unit=person.unit,
                of_post=unit[person.post],
            )


def _pairs(problem: Problem) -> Iterator[Finding]:
    people, posts = {person.id for person in problem.people}, {post.id for post in problem.posts}
    first: dict[tuple[str, str], int] = {}
    for index, pair in enumerate(problem.pairs):
        key = (pair.person, pair.post)
        if key in first:
            yield _found(
                f"/pairs/{index}",
                "repeated_pair",
                person=pair.person,
                post=pair.post,
                first=first[key],
            )
        first.setdefault(key, index)
        yield from _unknown(f"/pairs/{index}", pair.person, pair.post, people, posts)


def _seats(problem: Problem) -> Iterator[Finding]:
    people, posts = {person.id: person.post for person in problem.people}, {post.id for post in problem.posts}
    eligible = {(pair.person, pair.post) for pair in problem.pairs} if problem.pins else set()
    for index, (person, post) in enumerate(problem.pins):
        unknown = list(_unknown(f"/pins/{index}", person, post, people.keys(), posts))
        yield from unknown
        if not unknown and (person, post) not in eligible and people[person] != post:
            yield _found(f"/pins/{index}", "pin_not_eligible", person=person, post=post)
    for index, (person, post) in enumerate(problem.forbids):
        yield from _unknown(f"/forbids/{index}", person, post, people.keys(), posts)


def _unknown(at: str, person: str, post: str, people: Iterable[str], posts: Iterable[str]) -> Iterator[Finding]:
    if person not in people:
        yield _found(f"{at}/person", "unknown_person", person=person)
    if post not in posts:
        yield _found(f"{at}/post", "unknown_post", post=post)


def _kin(problem: Problem) -> Iterator[Finding]:
    people = {person.id for person in problem.people}
    for index, pair in enumerate(problem.kin):
        for side, person in enumerate(pair):
            if person not in people:
                yield _found(f"/kin/{index}/{side}", "unknown_person", person=person)
        if pair[0] == pair[1]:
            yield _found(f"/kin/{index}", "kin_of_oneself", person=pair[0])


def _rule(rule: Rule, at: str) -> Iterator[Finding]:
    least, most = rule.at_least, rule.at_most
    if isinstance(least, tuple) and least[0] > least[1]:
        yield _found(f"{at}/at_least", "share_above_whole", a=least[0], b=least[1])
    if isinstance(least, int) and most is not None and least > most:
        yield _found(f"{at}/at_most", "empty_interval", most=most, least=least)


def _crowded(problem: Problem) -> Iterator[Finding]:
    for name, index, counts in (
        ("people", {person.id: i for i, person in enumerate(problem.people)}, Counter(p.person for p in problem.pairs)),
        ("posts", {post.id: i for i, post in enumerate(problem.posts)}, Counter(p.post for p in problem.pairs)),
    ):
        for one, count in counts.items():
            if count > MAX_PAIRS_OF_ONE:
                yield _found(
                    f"/{name}/{index[one]}",
                    "limit_pairs_of_one",
                    id=one,
                    count=count,
                    limit=MAX_PAIRS_OF_ONE,
                )


def _limit_of(problem: Problem, kind: RuleKind, absent: int) -> int:
    return min((rule.at_most or 0 for rule in problem.rules if rule.kind is kind), default=absent)


def _columns(problem: Problem) -> Iterator[Finding]:
    """No chain is longer than the serving people and one."""
    serving = sum(person.post is not None for person in problem.people)
    length = min(_limit_of(problem, RuleKind.LONGEST_CHAIN, DEFAULT_CHAIN), serving + 1)
    vacant = {post.id for post in problem.posts if post.vacant}
    first = sum(pair.post in vacant for pair in problem.pairs)
    count = first + (len(problem.pairs) - first) * max(0, length - 1)
    if count > MAX_COLUMNS:
        yield _found(
            "/pairs",
            "limit_columns",
            pairs=len(problem.pairs),
            length=length,
            count=count,
            limit=MAX_COLUMNS,
        )


def _rotations(problem: Problem) -> Iterator[Finding]:
    length = min(_limit_of(problem, RuleKind.ROTATION, 0), _limit_of(problem, RuleKind.LONGEST_CHAIN, DEFAULT_CHAIN))
    if length >= 2 and not _count_rotations(problem, length):
        yield _found(
            "/rules",
            "limit_rotations",
            length=length,
            limit=MAX_ROTATIONS,
        )


def _count_rotations(problem: Problem, length: int) -> bool:
    """Whether there are at most MAX_ROTATIONS, found within MAX_STEPS; each counted from its first person only.

    The last person of the longest is not walked to but counted: who can be reached and can close the exchange."""
    goes = _exchanges(problem)
    comes: list[set[int]] = [set() for _ in goes]
    for one, nexts in enumerate(goes):
        for other in nexts:
            comes[other].add(one)
    found = steps = 0
    todo: list[tuple[int, ...]] = [(start,) for start in range(len(goes)) if goes[start] and comes[start]]
    while todo:
        path = todo.pop()
        later = [one for one in goes[path[-1]] if one > path[0] and one not in path]
        found += sum(one in comes[path[0]] for one in later)
        steps += 1 + len(later)
        if found > MAX_ROTATIONS or steps > MAX_STEPS:
            return False
        if len(path) < length - 1:
            todo += [(*path, one) for one in later]
    return True


def _exchanges(problem: Problem) -> list[set[int]]:
    """For each person, by index, the holders of the posts this person could take; nobody comes to who holds none."""
    index = {person.id: number for number, person in enumerate(problem.people)}
    rank = {person.post: number for number, person in enumerate(problem.people) if person.post is not None}
    goes: list[set[int]] = [set() for _ in problem.people]
    for pair in problem.pairs:
        if pair.post in rank:
            goes[index[pair.person]].add(rank[pair.post])
    return goes


def _found(path: str, code: str, **facts: str | int) -> Finding:
    return Finding(path, REASONS[code].format(**facts), code, tuple(facts.items()))
