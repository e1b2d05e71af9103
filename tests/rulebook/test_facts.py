"""The vocabulary: what a file declares, what is refused, and that the shipped one is whole."""

import pytest

from quanheng.people.rule_words import EDUCATION, RANKS
from quanheng.rulebook.facts_reading import load_facts, read_facts
from quanheng.rulebook.fields import CannotReadInstrument
from quanheng.rulebook.ladders import LEVELS
from quanheng.rulebook.types import DATE, Kind, Type
from quanheng.rulebook.vocabulary import CannotReadVocabulary, Scope, UnknownName, World, merge_all, nearest

ONE = """
codes:
  level: {scale: true, values: [low, high]}
facts:
  person.birth: {type: date, zh: 出生日期, en: birth, source: people.Cadre, world: open}
  posts:
    type: records
    zh: 任职
    en: posts
    source: people.PostHolding
    world: open
    begins: start
    ends: end
    label: post
    fields:
      start: {type: date, zh: 起, en: start}
      end: {type: date, zh: 止, en: end}
      level: {type: code of level, zh: 层次, en: level}
      post: {type: text, zh: 职务, en: post}
  case.votes: {type: number, unit: count, zh: 票, en: votes, source: meeting, world: closed}
"""


def test_what_a_file_declares() -> None:
    made = read_facts(ONE, "f.yaml")
    posts, votes = made.lookup("posts"), made.lookup("case.votes")
    assert (posts.type, posts.begins, posts.ends, posts.key, posts.label) == (
        Type(Kind.RECORDS, "posts"),
        "start",
        "end",
        "",
        "post",
    )
    assert posts.fields["level"].type == Type(Kind.CODE, "level")
    assert (posts.scope, votes.scope, made.lookup("person.birth").type) == (Scope.PERSON, Scope.CASE, DATE)
    assert (votes.unit, votes.world, votes.meaning.zh) == ("count", World.CLOSED, "票")
    scale = made.scale("level")
    assert scale is not None
    assert scale.values == ("low", "high")
    assert made.scale("none") is None


def changed(old: str, new: str) -> str:
    assert old in ONE
    return ONE.replace(old, new, 1)


@pytest.mark.parametrize(
    ("text", "field"),
    [
        (changed("type: date", "type: day"), "facts.person.birth.type"),
        (changed("zh: 出生日期, ", ""), "facts.person.birth.zh"),
        (changed("world: open", "world: half"), "facts.person.birth.world"),
        (changed("begins: start", "begins: from"), "facts.posts.begins"),
        (changed("begins: start", "begins: level"), "facts.posts.begins"),
        (changed("label: post", "label: name"), "facts.posts.label"),
        (changed("      post: {type: text", "      from: {type: text"), "facts.posts.fields.from.type"),
        (changed("person.birth:", "person.Birth:"), "facts.person.Birth.type"),
        (changed("unit: count", "units: count"), "facts.case.votes.units"),
        (changed("type: text", "type: records"), "facts.posts.fields.post.type"),
    ],
)
def test_what_is_refused_and_where(text: str, field: str) -> None:
    with pytest.raises(CannotReadInstrument) as refused:
        read_facts(text, "f.yaml")
    assert refused.value.facts["field"] == field


def test_a_name_is_declared_once() -> None:
    made = read_facts(ONE, "f.yaml")
    with pytest.raises(CannotReadVocabulary):
        merge_all([made, made])


def test_an_unknown_name_tells_the_nearest() -> None:
    with pytest.raises(UnknownName) as refused:
        read_facts(ONE, "f.yaml").lookup("person.brith")
    assert refused.value.facts["near"] == "person.birth"
    assert nearest("xyz", ["person.birth"]) == ""


def test_the_shipped_scales_are_those_that_the_register_is_read_by() -> None:
    codes = load_facts().codes
    assert codes["level"].values == tuple(map(str, LEVELS))
    assert codes["rank"].values == tuple(reversed(RANKS))
    assert codes["education"].values == tuple(word for _held, word in reversed(EDUCATION))


def test_every_shipped_fact_says_what_it_means_and_where_it_comes_from() -> None:
    for fact in load_facts():
        assert fact.meaning.zh
        assert fact.meaning.en
        assert fact.source
        assert ("." in fact.name) is not fact.is_records
        assert bool(fact.fields) is fact.is_records
