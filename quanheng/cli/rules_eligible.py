"""`quanheng rules eligible`: how everybody in a user's scope stands to a post, rank or pool, from the records as they
stand now. The grants, recusals and seals of this moment decide who is asked about."""

import argparse
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from quanheng.cli import DONE, add_json, end_progress, progress, say, say_json, with_database
from quanheng.cli.rules import day

if TYPE_CHECKING:
    from quanheng.insight.eligibility import Eligibility
    from quanheng.insight.targets import Target
    from quanheng.kernel.actor import Actor
    from quanheng.people.models import Cadre

CHUNK = 100
_POSTS = "岗位写作 post:单位编码/职务名称 或 post:岗位键；某一层次的任何岗位写作 post:层次，层次有 {tiers}"
SENTENCES = {
    "CannotReadTarget": {
        "unknown-target": "没有“{target}”这个目标。"
        + _POSTS
        + "。职级写作 rank:职级，有 {ranks}。人选库写作 pool:{pools}。",
        "no-such-post": "没有“{target}”这个岗位，或不在这个账号的授权范围内。" + _POSTS + "。",
    }
}


def add_commands(actions: Any) -> None:
    eligible = actions.add_parser("eligible", help="say who meets the conditions of a post, rank or pool, from when")
    eligible.add_argument(
        "--target",
        required=True,
        metavar="TARGET",
        help="post:TIER, post:UNIT/TITLE or post:KEY; rank:RANK; pool:POOL. A wrong one lists what there is",
    )
    eligible.add_argument("--on", type=day, metavar="DATE", help="asked for this day (default: today)")
    eligible.add_argument("--as", dest="user", required=True, metavar="USER", help="account whose grants decide")
    eligible.add_argument("--cadre", type=UUID, metavar="KEY", help="this person only; the file is opened, and logged")
    add_json(eligible)
    eligible.set_defaults(run=_eligible)


def _eligible(arguments: argparse.Namespace) -> int:
    with_database()
    from quanheng.cli import rules_eligible_words as words
    from quanheng.kernel import clock

    on, actor = arguments.on or clock.today(), _actor(arguments.user)
    target = _target(actor, arguments.target, on)
    people = _people(actor, arguments.cadre)
    if arguments.json:
        found = [words.as_json(cadre, each) for cadre, each in _asked(people, target, on)]
        say_json(words.whole_json(target, on, found))
        return DONE
    counts, waiting, waits = Counter[str](), dict[str, str](), Counter[str]()
    for cadre, each in _asked(people, target, on):
        counts[each.outcome] += 1
        waiting |= words.waiting(each)
        waits.update(list(words.waiting(each)))
        for line in words.lines(cadre, each, whole=arguments.cadre is not None):
            say(line)
    for line in words.total(target, on, counts, {waiting[id]: waits[id] for id in sorted(waiting)}):
        say(line)
    return DONE


def _actor(username: str) -> "Actor":
    from quanheng.accounts.queries import find_account
    from quanheng.web.shared.tasks import actor_by_key

    return actor_by_key(find_account(username).pk)


def _target(actor: "Actor", code: str, on: date) -> "Target":
    """A post out of sight is told like one that does not exist."""
    from quanheng.insight.targets import cannot_read, find_target
    from quanheng.kernel.errors import NotFound

    try:
        return find_target(actor, code, on)
    except NotFound:
        raise cannot_read(code, "no-such-post") from None


def _people(actor: "Actor", key: UUID | None) -> "Sequence[Cadre]":
    """Those whom a screening asks about, in the official order; one person through the file, logged as opened."""
    from quanheng.insight.screening_scope import Scope, people_in
    from quanheng.kernel import clock
    from quanheng.ledger.actions import record_opening
    from quanheng.people import access

    if key is not None:
        purpose = access.default_purpose(actor)
        cadre = access.dossier_for(actor, key, purpose=purpose)
        record_opening(actor=actor, cadre=cadre.pk, purpose=purpose, at=clock.now())
        return [cadre]
    cadres = people_in(actor, Scope()).select_related("home_unit")
    return list(cadres.order_by("home_unit__path", "unit_order", "sort_name", "pk"))


def _asked(people: "Sequence[Cadre]", target: "Target", on: date) -> "Iterator[tuple[Cadre, Eligibility]]":
    """In pieces, so that a large register is asked in a small memory and somebody can look on."""
    from quanheng.insight.eligibility import eligibilities
    from quanheng.instruments.local import rulebook_in_force

    house = rulebook_in_force(on)
    for start in range(0, len(people), CHUNK):
        progress(f"已查 {start} / {len(people)} 人…")
        piece = people[start : start + CHUNK]
        found = eligibilities([cadre.pk for cadre in piece], [target], house)
        end_progress()
        yield from ((cadre, found[cadre.pk][0]) for cadre in piece if cadre.pk in found)
