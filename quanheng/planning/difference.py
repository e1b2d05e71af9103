"""Two plans of one problem side by side, as data: who goes elsewhere, which posts get someone else, what it costs."""

from collections.abc import Iterable
from dataclasses import dataclass

from quanheng.planning.problem import Problem
from quanheng.planning.result import Move


@dataclass(frozen=True)
class Elsewhere:
    """A person whose place after the plan differs; None: without a post."""

    person: str
    first: str | None
    second: str | None


@dataclass(frozen=True)
class OtherHolder:
    """A post whose holder after the plan differs; None: nobody."""

    post: str
    first: str | None
    second: str | None


@dataclass(frozen=True)
class Difference:
    people: tuple[Elsewhere, ...]  # in the order of the problem
    posts: tuple[OtherHolder, ...]

    @property
    def taken(self) -> tuple[str, ...]:
        """Posts that another person takes in the second plan; not those that merely stay or fall empty."""
        return tuple(post.post for post in self.posts if post.second is not None)


def difference(problem: Problem, first: Iterable[Move], second: Iterable[Move]) -> Difference:
    """By where everybody is afterwards: numbers of chains and the order of moves do not matter."""
    one, two = _after(problem, first), _after(problem, second)
    holder_one, holder_two = _turned(one), _turned(two)
    return Difference(
        people=tuple(
            Elsewhere(person.id, one[person.id], two[person.id])
            for person in problem.people
            if one[person.id] != two[person.id]
        ),
        posts=tuple(
            OtherHolder(post.id, holder_one.get(post.id), holder_two.get(post.id))
            for post in problem.posts
            if holder_one.get(post.id) != holder_two.get(post.id)
        ),
    )


def _after(problem: Problem, moves: Iterable[Move]) -> dict[str, str | None]:
    places = {person.id: person.post for person in problem.people}
    return places | {move.person: move.target for move in moves}


def _turned(places: dict[str, str | None]) -> dict[str, str]:
    return {post: person for person, post in places.items() if post is not None}
