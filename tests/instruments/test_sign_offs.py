"""签认: one officer, a second one where the rule blocks, the text itself where nobody of the project has seen it."""

import json
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from quanheng.instruments import queries, texts
from quanheng.instruments.actions import CannotSign, Paper, countersign_rule, sign_rule, withdraw_sign_off
from quanheng.instruments.choices import SignOffState
from quanheng.instruments.models import SignOff
from quanheng.kernel.actor import Actor
from quanheng.kernel.errors import NotFound, NotPermitted
from quanheng.ledger.models import Entry
from quanheng.papers.models import StoredFile
from quanheng.rulebook.book import load
from quanheng.rulebook.instrument import Check, OnFail, RuleText, Words
from tests.deciders import BLOCKING, PDF, WARNING

TODAY = date(2026, 11, 20)


def rule(id: str) -> RuleText:
    return load().rule(id, TODAY)


def unverified(on_fail: OnFail) -> RuleText:
    return next(text for text in load().rules(TODAY) if not text.is_verified and text.on_fail is on_fail)


def sign(actor: Actor, at: datetime, id: str = BLOCKING, **values: object) -> SignOff:
    given: dict[str, object] = {"document": "中办发〔2019〕1号", "paper": None, "used_from": TODAY}
    return sign_rule(actor=actor, rule=id, at=at, **{**given, **values})  # type: ignore[arg-type]


def state(id: str = BLOCKING, on: date = TODAY) -> SignOffState:
    return queries.standings(on)[id].state


def entries() -> list[Entry]:
    return list(Entry.objects.filter(stream="instruments").order_by("seq"))


def refused(code: str) -> "pytest.RaisesExc[CannotSign]":
    return pytest.raises(CannotSign, match=f"^{code}$")


def test_nobody_has_signed_anything(db: None) -> None:
    found = queries.standings(TODAY)
    assert len(found) == len(load().rules(TODAY))
    assert {each.state for each in found.values()} == {SignOffState.UNSIGNED}
    assert queries.signed_ids(TODAY) == frozenset()


def test_a_blocking_rule_waits_for_the_second_person(signer: Actor, second: Actor, at: datetime) -> None:
    row = sign(signer, at)
    assert (row.rule, row.version_from, row.document) == (BLOCKING, date(2019, 6, 1), "中办发〔2019〕1号")
    assert (state(), queries.signed_ids(TODAY)) == (SignOffState.AWAITING, frozenset())
    countersign_rule(actor=second, sign_off=row.pk, at=at)
    assert (state(), queries.signed_ids(TODAY)) == (SignOffState.SIGNED, frozenset({BLOCKING}))
    assert [(entry.action, entry.object_key) for entry in entries()] == [
        ("instruments.sign_rule", f"rulebook.rule:{BLOCKING}"),
        ("instruments.countersign_rule", f"rulebook.rule:{BLOCKING}"),
    ]
    assert json.loads(entries()[0].cites) == ["中办发〔2019〕1号"]
    detail = json.loads(entries()[0].detail.detail)
    assert (detail["digest"], detail["used_from"]) == (texts.digest_of(rule(BLOCKING)), "2026-11-20")


def test_a_rule_that_blocks_nobody_needs_one(signer: Actor, at: datetime) -> None:
    assert rule(WARNING).on_fail is not OnFail.BLOCK
    sign(signer, at, WARNING)
    assert state(WARNING) is SignOffState.SIGNED


def test_the_signer_is_not_the_second_person(signer: Actor, at: datetime) -> None:
    row = sign(signer, at)
    with refused("countersigned-by-signer"):
        countersign_rule(actor=signer, sign_off=row.pk, at=at)
    assert state() is SignOffState.AWAITING
    with pytest.raises(IntegrityError), transaction.atomic():
        SignOff.objects.filter(pk=row.pk).update(countersigned_by=signer.key, countersigned_at=at)


def test_where_a_warning_was_signed_there_is_nothing_to_countersign(signer: Actor, second: Actor, at: datetime) -> None:
    row = sign(signer, at, WARNING)
    with refused("sign-step-not-open"):
        countersign_rule(actor=second, sign_off=row.pk, at=at)


def test_a_text_is_signed_once(signer: Actor, second: Actor, at: datetime) -> None:
    sign(signer, at)
    with refused("sign-step-not-open"):
        sign(second, at)
    assert SignOff.objects.count() == 1


@pytest.mark.parametrize("on_fail", [OnFail.BLOCK, OnFail.WARN])
def test_a_text_that_nobody_saw_has_to_be_attached(signer: Actor, at: datetime, on_fail: OnFail) -> None:
    text = unverified(on_fail)
    with refused("text-not-attached"):
        sign(signer, at, text.id)
    row = sign(signer, at, text.id, paper=PDF, document="")
    assert row.paper is not None
    assert (row.paper.media_type, bytes(StoredFile.objects.get().content)) == ("application/pdf", PDF.content)


def test_a_document_number_or_the_text_is_needed(signer: Actor, at: datetime) -> None:
    with refused("no-document"):
        sign(signer, at, document="  ")
    with pytest.raises(IntegrityError), transaction.atomic():
        SignOff.objects.create(rule="X", digest="0" * 64, used_from=TODAY, signed_by=signer.key, signed_at=at)


@pytest.mark.parametrize(
    ("paper", "code"),
    [
        (Paper("a.exe", b"MZ..."), "paper-unknown-type"),
        (Paper("a.html", b"<script>"), "paper-unknown-type"),
        (Paper("a.pdf", b"%PDF" + bytes(20 * 2**20)), "paper-too-large"),
    ],
)
def test_what_cannot_be_a_text_is_not_kept(signer: Actor, at: datetime, paper: Paper, code: str) -> None:
    with refused(code):
        sign(signer, at, paper=paper)
    assert (StoredFile.objects.count(), SignOff.objects.count(), entries()) == (0, 0, [])


def test_it_blocks_from_the_day_named(signer: Actor, second: Actor, at: datetime) -> None:
    later = TODAY + timedelta(days=11)
    row = sign(signer, at, used_from=later)
    countersign_rule(actor=second, sign_off=row.pk, at=at)
    assert [state(on=day) for day in (TODAY, later - timedelta(days=1), later)] == [
        SignOffState.SCHEDULED,
        SignOffState.SCHEDULED,
        SignOffState.SIGNED,
    ]


def test_nothing_blocks_in_the_past(signer: Actor, second: Actor, at: datetime) -> None:
    with refused("used-from-past"):
        sign(signer, at, used_from=TODAY - timedelta(days=1))
    row = sign(signer, at)
    countersign_rule(actor=second, sign_off=row.pk, at=at + timedelta(days=3))
    assert state(on=TODAY + timedelta(days=2)) is SignOffState.SCHEDULED
    assert state(on=TODAY + timedelta(days=3)) is SignOffState.SIGNED


def test_a_version_that_has_ended_may_be_signed_for_looking_back(signer: Actor, second: Actor, at: datetime) -> None:
    ended = next(text for text in load().texts if text.in_force.end and text.in_force.end < TODAY)
    assert ended.in_force.start is not None
    row = sign(signer, at, ended.id, used_from=ended.in_force.start, paper=PDF)
    if texts.needs_second(ended):
        countersign_rule(actor=second, sign_off=row.pk, at=at)
    assert ended.id in queries.signed_ids(ended.in_force.start)
    assert ended.id not in queries.signed_ids(TODAY)
    withdraw_sign_off(actor=signer, sign_off=row.pk, reason="附件不是正式文本，重新核对", at=at)
    assert ended.id not in queries.signed_ids(ended.in_force.start)


def test_another_text_voids_the_sign_off(
    signer: Actor, second: Actor, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = sign(signer, at)
    countersign_rule(actor=second, sign_off=row.pk, at=at)
    was = rule(BLOCKING)
    changed = replace(was, text=replace(was.text, zh=was.text.zh + "。"))
    assert queries.standing_of(changed, TODAY).state is SignOffState.VOID
    noted = replace(was, note=Words("更好的说明", "a better note"))
    assert queries.standing_of(noted, TODAY).state is SignOffState.SIGNED
    assert queries.standing_of(replace(was, text=replace(was.text, en="better")), TODAY).state is SignOffState.SIGNED


@pytest.mark.parametrize(
    "change",
    [
        {"article": "9"},
        {"on_fail": OnFail.WARN},
        {"check": Check.HUMAN},
        {"switches": ("SW-ROUND",)},
        {"parameters": ()},
        {"requires": None},
        {"waiver": "never"},
    ],
)
def test_the_digest_covers_what_decides(change: dict[str, object]) -> None:
    was = rule(BLOCKING)
    changed = replace(was, **change)  # type: ignore[arg-type]
    assert change == {name: getattr(was, name) for name in change} or texts.digest_of(changed) != texts.digest_of(was)


def test_the_layout_of_an_expression_is_not_signed() -> None:
    was = rule(BLOCKING)
    assert was.requires is not None
    respaced = replace(was, requires=replace(was.requires, text="  " + was.requires.text.replace(" ", "\n "), line=1))
    assert texts.digest_of(respaced) == texts.digest_of(was)


def test_a_number_of_another_rule_that_is_named_is_signed_too() -> None:
    """The years of a rank count on RNK-APPR; that rule's number is among what is signed."""
    parts = texts._parts(rule("RNK-Y-03"))
    assert ["excellent_months", "-6", "months"] in [each[:3] for each in parts["parameters"]]  # type: ignore[attr-defined]


def test_digests_tell_all_versions_apart() -> None:
    digests = [texts.digest_of(text) for text in load().texts]
    assert len(set(digests)) == len(digests)


def test_withdrawing_ends_it_today_and_it_can_be_signed_again(signer: Actor, second: Actor, at: datetime) -> None:
    row = sign(signer, at)
    countersign_rule(actor=second, sign_off=row.pk, at=at)
    later = at + timedelta(days=2)
    withdraw_sign_off(actor=second, sign_off=row.pk, reason="正式文本与所附转载不一致", at=later)
    assert state(on=TODAY + timedelta(days=1)) is SignOffState.SIGNED
    assert state(on=TODAY + timedelta(days=2)) is SignOffState.UNSIGNED
    assert entries()[-1].detail.reason == "正式文本与所附转载不一致"
    with refused("sign-step-not-open"):
        withdraw_sign_off(actor=second, sign_off=row.pk, reason="正式文本与所附转载不一致", at=later)
    sign(signer, later, used_from=TODAY + timedelta(days=2))
    assert state(on=TODAY + timedelta(days=2)) is SignOffState.AWAITING


def test_withdrawing_needs_a_reason(signer: Actor, at: datetime) -> None:
    row = sign(signer, at)
    with refused("reason-too-short"):
        withdraw_sign_off(actor=signer, sign_off=row.pk, reason="错了", at=at)
    assert state() is SignOffState.AWAITING


def test_who_has_no_grant_for_rules_decides_nothing(
    lin: Actor, zhao: Actor, wang: Actor, he: Actor, signer: Actor, at: datetime
) -> None:
    for actor in (lin, zhao, wang, he):
        with pytest.raises(NotPermitted):
            sign(actor, at)
    row = sign(signer, at)
    for actor in (lin, zhao, wang, he):
        with pytest.raises(NotPermitted):
            countersign_rule(actor=actor, sign_off=row.pk, at=at)
        with pytest.raises(NotPermitted):
            withdraw_sign_off(actor=actor, sign_off=row.pk, reason="没有授权的人不能撤回", at=at)
    assert (state(), len(entries())) == (SignOffState.AWAITING, 1)


def test_for_whoever_reads_no_rules_there_are_none(chen: Actor, xu: Actor, outsider: Actor, at: datetime) -> None:
    for actor in (chen, xu, outsider):
        with pytest.raises(NotFound):
            sign(actor, at)


def test_no_such_rule(signer: Actor, at: datetime) -> None:
    with pytest.raises(NotFound):
        sign(signer, at, "SEL-NONE")
    with refused("rule-not-in-force"):
        sign(signer, at, "SEL14-EXCL-24-2")


def test_a_grant_for_rules_opens_no_file(second: Actor) -> None:
    assert second.grants == ()
    assert [purpose.value for purpose in second.duties] == ["rules"]


def test_the_states_of_all_rules_are_one_query(
    signer: Actor, at: datetime, django_assert_num_queries: "object"
) -> None:
    sign(signer, at)
    with django_assert_num_queries(1):  # type: ignore[operator]
        queries.standings(TODAY)
