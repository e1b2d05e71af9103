"""Every code, column and finding of the ledger has its words."""

import pytest
from django.template import Context, Template

from quanheng.intake.compare import GROUPS
from quanheng.ledger import verify
from quanheng.ledger.codes import known_codes
from quanheng.ledger.verify import Finding
from quanheng.people.detail import values_of
from quanheng.people.fields import BY_KEY
from quanheng.people.queries import RECORD_MODELS
from quanheng.web.shared.ledger_rows import short
from quanheng.web.shared.ledger_words import (
    ACTIONS,
    FIELDS,
    FINDINGS,
    KINDS,
    STREAMS,
    action_text,
    field_text,
    finding_text,
    purpose_text,
    stream_text,
)


def test_every_registered_action_has_words_and_no_other() -> None:
    assert set(ACTIONS) == known_codes()
    assert len({str(words) for words in ACTIONS.values()}) == len(ACTIONS)


def test_every_stream_of_a_code_can_be_chosen() -> None:
    assert {code.partition(".")[0] for code in known_codes()} <= set(STREAMS)


@pytest.mark.parametrize("kind", sorted(RECORD_MODELS))
def test_every_column_that_an_entry_can_hold_has_words(kind: str) -> None:
    """`values_of` of a row with something in every column names what a detail can hold."""
    model = RECORD_MODELS[kind]
    row = model(**{field.name: "x" for field in model._meta.concrete_fields if not field.is_relation})
    assert [name for name in values_of(row) if name not in FIELDS] == []
    assert kind in KINDS


def test_every_field_of_the_identity_part_has_words() -> None:
    columns = {column for field in BY_KEY.values() for column in field.columns}
    assert sorted(columns - set(FIELDS)) == []


def test_every_code_of_a_finding_has_words() -> None:
    """The codes that verify.Finding lists are exactly those worded."""
    assert Finding.__doc__ is not None
    listed = Finding.__doc__.replace("\n", " ").partition("by stream:")[2].replace("by checkpoint:", "")
    codes = {code.strip(" .") for code in listed.replace(";", ",").split(",")}
    assert codes == set(FINDINGS)
    assert verify.Finding is Finding


def test_sentences_of_places_and_purposes() -> None:
    assert finding_text(Finding("hash", "people", 312)) == "干部（people）第 312 号起不符：内容被改过"
    assert finding_text(Finding("root", checkpoint=4)) == "第 4 号检查点：与检查点的总摘要不符"
    assert (stream_text("read.07"), stream_text("accounts")) == ("查阅", "账号与授权")
    assert (purpose_text("supervision"), purpose_text("subject_access")) == ("监督", "本人查阅")
    assert action_text("people.change_field") == "更正档案项目"


def test_a_key_is_shortened_a_name_is_not() -> None:
    assert short("01a0c450-6d02-7168-b186-5880a0a6337f") == "…a0a6337f"
    assert short("霁州市") == "霁州市"


def test_groups_of_an_import_have_words() -> None:
    assert [group for group in GROUPS if field_text(group) == group] == []
    assert (field_text("current_post"), field_text("full_time")) == ("现任职务", "全日制教育")


def test_words_are_texts_for_templates() -> None:
    assert Template("{{ words }}").render(Context({"words": ACTIONS["ledger.open_dossier"]})) == "查阅档案"
