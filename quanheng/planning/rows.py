"""The model: all rows (1)…(9) over all columns as one sparse matrix of whole numbers, max const + w·x, A·x ≤ upper.

Rows (3)…(8) speak of seats only, so they are built over seats and spread over columns; (9) has no rows of its own.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

from quanheng.planning.columns import (
    NOWHERE,
    Columns,
    Flags,
    Ints,
    Places,
    Seats,
    columns_of,
    constant_of,
    places_of,
    seats_of,
)
from quanheng.planning.problem import Problem
from quanheng.planning.seat_rows import SeatRows, Shortfall, seat_rows

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Model:
    """max constant + weight·x with matrix·x ≤ upper (= where `equal`), 0 ≤ x ≤ limit, x whole.

    Columns in this order: chain columns, exchanges (both 0 or 1), one shortfall for each soft rule that can break.
    Numbers in `matrix` (CSC) and `upper` are whole, kept as float64 because that is what multiplies fast."""

    problem: Problem
    places: Places
    columns: Columns
    shortfalls: tuple[Shortfall, ...]
    constant: int
    weight: Floats
    limit: Floats  # of columns
    matrix: sparse.csc_matrix
    upper: Floats
    equal: Flags
    number: Ints  # 1 … 8, the row of the formulation
    names: tuple[str, ...]
    ids: tuple[tuple[str, ...], ...]  # rules, pins and kin each row stands for; empty for (1), (2), (3)
    node_post: Ints  # of rows (1) and (2): the post filled …
    node_position: Ints  # … and its position, 1 in rows (1), k+1 in rows (2)
    seat_matrix: sparse.csr_matrix  # rows from `first_seat_row` on, over seats
    first_seat_row: int

    @property
    def lower(self) -> Floats:
        """−inf but for pins: the left ends of the rows."""
        return np.where(self.equal, self.upper, -np.inf)

    @property
    def impossible(self) -> tuple[tuple[str, ...], ...]:
        """The ids of each row that no plan can keep, seen from that row and (3) alone."""
        return tuple(self.ids[row] for row in np.flatnonzero(self._lowest() > self.upper))

    @property
    def is_complete(self) -> bool:
        """False: some exchanges are missing (columns of exchanges.py), so bounds do not hold for all plans."""
        return self.columns.exchanges.is_complete

    def _lowest(self) -> Floats:
        """By row, the least that its left side can come to; inf where an equation stays below."""
        soft = [self.first_seat_row + row for shortfall in self.shortfalls for row in shortfall.rows]
        above = np.full(self.first_seat_row, np.inf)
        least, most = reach(self.seat_matrix, self.columns.seats.person)
        lowest, highest = np.concatenate([-above, least]), np.concatenate([above, most])
        lowest[soft] = -np.inf
        return np.where(self.equal & (highest < self.upper), np.inf, lowest)


def build(problem: Problem) -> Model:
    """A problem that checks.py accepts as a model. Raises TooManyColumnsError.

    Rows (4)…(7) that no plan can break are left out, and with them their shortfall."""
    places = places_of(problem)
    columns = columns_of(problem, places, seats_of(problem, places))
    rows = seat_rows(problem, places, columns.seats)
    return _assemble(problem, places, columns, rows)


def _assemble(problem: Problem, places: Places, columns: Columns, rows: SeatRows) -> Model:
    starts, follows = _start_rows(problem, places, columns), _follow_rows(problem, places, columns)
    blocks = [
        _padded(starts.matrix, columns, rows),
        _padded(follows.matrix, columns, rows),
        sparse.hstack([_spread(rows.matrix, columns), rows.shortfall_matrix], format="csr"),
    ]
    above = len(starts.names) + len(follows.names)
    moves = columns.chains + len(columns.exchanges)
    return Model(
        problem=problem,
        places=places,
        columns=columns,
        shortfalls=rows.shortfalls,
        constant=constant_of(problem),
        weight=np.concatenate([columns.weight, [-float(s.cost) for s in rows.shortfalls]]).astype(np.float64),
        limit=np.concatenate([np.ones(moves), [float(s.limit) for s in rows.shortfalls]]),
        matrix=sparse.csc_matrix(sparse.vstack(blocks, format="csc")),
        upper=np.concatenate([np.ones(len(starts.names)), np.zeros(len(follows.names)), rows.upper]),
        equal=np.concatenate([np.zeros(above, dtype=bool), rows.equal]),
        number=np.concatenate([np.full(len(starts.names), 1), np.full(len(follows.names), 2), rows.number]),
        names=(*starts.names, *follows.names, *rows.names),
        ids=(((),) * above + rows.ids),
        node_post=np.concatenate([starts.post, follows.post]),
        node_position=np.concatenate([starts.position, follows.position]),
        seat_matrix=rows.matrix,
        first_seat_row=above,
    )


@dataclass(frozen=True)
class _Block:
    matrix: sparse.csr_matrix  # over chain columns
    names: tuple[str, ...]
    post: Ints
    position: Ints


def _start_rows(problem: Problem, places: Places, columns: Columns) -> _Block:
    """(1): each post vacant at the start, by at most one person, at position 1."""
    first = np.arange(columns.layers[1]) if len(columns.layers) > 1 else np.zeros(0, np.int64)
    posts, row = np.unique(columns.post[first], return_inverse=True)
    matrix = sparse.csr_matrix((np.ones(len(first)), (row, first)), shape=(len(posts), columns.chains))
    names = tuple(f"start:{problem.posts[post].id}" for post in posts)
    return _Block(matrix, names, posts, np.ones(len(posts), dtype=np.int64))


def _follow_rows(problem: Problem, places: Places, columns: Columns) -> _Block:
    """(2): an occupied post is filled at position k+1 only if its holder moved at position k."""
    depth = len(columns.layers)
    later = np.flatnonzero(columns.position > 1)
    keys, row = np.unique(columns.post[later] * depth + columns.position[later] - 1, return_inverse=True)
    home = places.home[columns.person] if columns.chains else columns.person
    wanted = np.where(home >= 0, home * depth + columns.position, NOWHERE)
    found = np.searchsorted(keys, wanted)
    opens = np.flatnonzero((found < len(keys)) & (wanted == np.append(keys, NOWHERE)[found])) if len(keys) else keys
    matrix = sparse.csr_matrix(
        (
            np.concatenate([np.ones(len(later)), -np.ones(len(opens))]),
            (np.concatenate([row, found[opens]]), np.concatenate([later, opens])),
        ),
        shape=(len(keys), columns.chains),
    )
    names = tuple(f"follow:{problem.posts[key // depth].id}:{key % depth}" for key in keys)
    return _Block(matrix, names, keys // depth, keys % depth + 1)


def _padded(block: sparse.csr_matrix, columns: Columns, rows: SeatRows) -> sparse.csr_matrix:
    """With empty columns for exchanges and shortfalls."""
    block.resize((block.shape[0], columns.chains + len(columns.exchanges) + len(rows.shortfalls)))
    return block


def _spread(by_seat: sparse.csr_matrix, columns: Columns) -> sparse.csc_matrix:
    """Rows over seats as rows over chain columns and exchanges."""
    csc = by_seat.tocsc()
    chains = csc[:, columns.seat]
    exchanges = columns.exchanges
    if not len(exchanges):
        return chains
    uses = sparse.csc_matrix(
        (np.ones(len(exchanges.seat)), exchanges.seat, exchanges.start), shape=(csc.shape[1], len(exchanges))
    )
    together = csc @ uses
    together.eliminate_zeros()
    return sparse.hstack([chains, together], format="csc")


def reach(by_seat: sparse.csr_matrix, person: Ints) -> tuple[Floats, Floats]:
    """Least and most that each row can come to when every person takes at most one seat."""
    coo = by_seat.tocoo()
    rows = coo.shape[0]
    key = coo.row.astype(np.int64) * (1 + int(person.max(initial=0))) + person[coo.col]
    order = np.argsort(key, kind="stable")
    key, data, row = key[order], coo.data[order], coo.row[order]
    first = np.flatnonzero(np.append(True, key[1:] != key[:-1])) if len(key) else np.zeros(0, np.int64)
    if not len(first):
        return np.zeros(rows), np.zeros(rows)
    least = np.minimum(np.minimum.reduceat(data, first), 0)
    most = np.maximum(np.maximum.reduceat(data, first), 0)
    return _summed(row[first], least, rows), _summed(row[first], most, rows)


def _summed(row: Ints, values: Floats, rows: int) -> Floats:
    return np.asarray(np.bincount(row, values, rows), dtype=np.float64)


def plan_of(model: Model, x: Floats) -> tuple[tuple[str, str], ...]:
    """The (person, post) pairs of a 0-1 vector over all columns, sorted by person and post index."""
    columns = model.columns
    used = np.flatnonzero(x[: columns.chains] > 0.5)
    closed = np.flatnonzero(x[columns.chains : columns.chains + len(columns.exchanges)] > 0.5)
    return _pairs(model, [*columns.seat[used], *_seats_of_exchanges(columns, closed)])


def vector_of(model: Model, pairs: Iterable[tuple[str, str]]) -> Floats:
    """The 0-1 vector of a plan over all columns, with the least shortfalls; plan_of turned round.

    Raises ValueError when a pair is no seat, a chain has no start or an exchange is no column. The plan may break
    hard rows: only (1), (2) are kept by construction, see `slack_of`."""
    x = np.zeros(len(model.weight))
    places, seats = model.places, model.columns.seats
    taker = {places.post_of[post]: places.person_of[person] for person, post in pairs}
    seat_of = _seat_numbers(seats, taker)
    left = dict(taker)
    for start in [post for post in taker if places.vacant[post]]:
        position, post = 1, start
        while post in left:
            x[_chain_column(model, seat_of[post], position)] = 1
            position, post = position + 1, int(places.home[left.pop(post)])
    while left:
        x[_exchange_column(model, _walk(places, left), seat_of)] = 1
    _fill_shortfalls(model, x)
    return x


def slack_of(model: Model, x: Floats) -> Floats:
    """upper − matrix·x; a plan is one of the model when it is nowhere negative, and 0 where `equal`."""
    return np.asarray(model.upper - model.matrix @ x)


def value_of(model: Model, x: Floats) -> int:
    """The exact value of a whole vector."""
    return model.constant + round(float(model.weight @ np.round(x)))


def _seat_numbers(seats: Seats, taker: dict[int, int]) -> dict[int, int]:
    """By post, the seat of the person who takes it."""
    numbers = {}
    for post, person in taker.items():
        first, last = np.searchsorted(seats.post, [post, post + 1])
        number = first + np.searchsorted(seats.person[first:last], person)
        if number == last or seats.person[number] != person:
            raise ValueError(f"person {person} may not take post {post}")
        numbers[post] = int(number)
    return numbers


def _chain_column(model: Model, seat: int, position: int) -> int:
    columns = model.columns
    if position < len(columns.layers):
        first, last = columns.layers[position - 1 : position + 1]
        column = int(first + np.searchsorted(columns.seat[first:last], seat))
        if column < last and columns.seat[column] == seat:
            return column
    raise ValueError(f"seat {seat} has no column at position {position}")


def _walk(places: Places, left: dict[int, int]) -> list[int]:
    """Takes one closed exchange out of `left`: its posts."""
    posts, post = [], min(left)
    while post in left:
        posts.append(post)
        post = int(places.home[left.pop(post)])
    if post != posts[0]:
        raise ValueError(f"post {posts[-1]} is filled, but the chain does not start at a vacant post")
    return posts


def _exchange_column(model: Model, posts: list[int], seat_of: dict[int, int]) -> int:
    exchanges = model.columns.exchanges
    wanted = np.sort([seat_of[post] for post in posts])
    same = np.flatnonzero(np.diff(exchanges.start) == len(wanted))
    seats = np.sort(exchanges.seat[exchanges.start[same][:, None] + np.arange(len(wanted))], axis=1)
    found = same[(seats == wanted).all(axis=1)] if len(same) else same
    if not len(found):
        raise ValueError(f"the exchange of posts {posts} is no column")
    return model.columns.chains + int(found[0])


def _fill_shortfalls(model: Model, x: Floats) -> None:
    short = -slack_of(model, x)
    first = len(x) - len(model.shortfalls)
    for index, shortfall in enumerate(model.shortfalls):
        worst = max(short[model.first_seat_row + row] for row in shortfall.rows)
        x[first + index] = max(0, -(-round(worst) // shortfall.step))


def _seats_of_exchanges(columns: Columns, chosen: Iterable[int]) -> list[int]:
    start, seat = columns.exchanges.start, columns.exchanges.seat
    return [int(one) for exchange in chosen for one in seat[start[exchange] : start[exchange + 1]]]


def _pairs(model: Model, seats: Iterable[int]) -> tuple[tuple[str, str], ...]:
    person, post = model.columns.seats.person, model.columns.seats.post
    places = sorted((int(person[seat]), int(post[seat])) for seat in seats)
    return tuple((model.problem.people[i].id, model.problem.posts[j].id) for i, j in places)
