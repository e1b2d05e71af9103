"""The city in the database: every constraint holds, the screens' queries find what was generated."""

import io
from datetime import datetime

import pytest
from django.contrib.auth.hashers import check_password
from django.db import connection
from django.utils.timezone import localtime
from PIL import Image

from quanheng.accounts.models import Account, Grant
from quanheng.accounts.queries import actor_of
from quanheng.demo.cast import OFFICER_WITH_KIN, REVISED, SUBJECT
from quanheng.demo.city import build_city
from quanheng.demo.forms import form_of
from quanheng.demo.load import CannotLoad, Summary, load_city
from quanheng.demo.personas import PASSWORD, PERSONAS
from quanheng.demo.sign_offs import AWAITING, UNSIGNED
from quanheng.demo.silhouettes import silhouettes
from quanheng.formats.photos import is_in_our_form
from quanheng.instruments.models import SignOff
from quanheng.instruments.queries import signed_ids
from quanheng.kernel.actor import Role
from quanheng.ledger.models import Entry
from quanheng.organization.models import Position, Reorganization, Unit, UnitVersion
from quanheng.people import form, models, queries
from quanheng.people.names import search_text, sort_name
from quanheng.rulebook.book import load
from quanheng.rulebook.instrument import OnFail, State
from quanheng.vault.fields import blind_index_of

pytestmark = pytest.mark.django_db
SEED = 11


@pytest.fixture
def summary(at: datetime) -> Summary:
    return load_city(cadres=60, seed=SEED, at=at)


def test_the_city_is_loaded_whole(summary: Summary) -> None:
    connection.check_constraints()
    assert (summary.cadres, models.Cadre.objects.count()) == (60, 60)
    assert (summary.units, Unit.objects.count()) == (120, 120)
    assert UnitVersion.objects.filter(valid_to=None).count() == 119
    counted = {name: getattr(models, name).objects.count() for name in ("ResumeEntry", "AnnualGrade", "FamilyMember")}
    assert counted == {name: summary.rows[name.lower()] for name in counted}


def test_one_ledger_entry_by_the_system(summary: Summary, at: datetime) -> None:
    (entry,) = Entry.objects.all()
    assert (entry.action, entry.actor.int, entry.at, entry.object_key) == (
        "people.load_city",
        0,
        at,
        "demo.city:霁州市",
    )


def test_a_database_with_people_is_left_alone(summary: Summary, at: datetime) -> None:
    with pytest.raises(CannotLoad) as refused:
        load_city(cadres=60, seed=SEED + 1, at=at)
    assert refused.value.code == "not-empty"
    assert models.Cadre.objects.count() == 60


def test_values_come_back_as_they_were_generated(summary: Summary) -> None:
    city = build_city(cadres=60, seed=SEED)
    for fact in city.cadres():
        row = models.Cadre.objects.get(pk=fact.key)
        assert (row.name, row.home_unit_id, row.unit_order) == (fact.name, fact.unit, fact.order)
        assert (row.identity_number, row.health) == (fact.identity_number, fact.health)
        assert (row.birth_month, row.sex) == (fact.born.replace(day=1), fact.sex)
        assert (row.search_text, row.sort_name) == (search_text(fact.name, fact.former_names), sort_name(fact.name))
        family = models.FamilyMember.objects.filter(cadre=row).order_by("order")
        assert [(one.name, one.birth, one.work) for one in family] == [
            (one.name, one.birth, one.work) for one in fact.family
        ]


def test_blind_indexes_find_what_the_fields_find(summary: Summary) -> None:
    city = build_city(cadres=60, seed=SEED)
    fact = city.cadre(city.number_of(SUBJECT))
    wanted = {
        "identity_number_index": fact.identity_number,
        "identity_tail_index": fact.identity_number[-4:],
    }
    for index, value in wanted.items():
        found = models.Cadre.objects.filter(**{index: blind_index_of(models.Cadre, index, value)})
        assert fact.key in set(found.values_list("pk", flat=True))
    relative = models.FamilyMember.objects.filter(cadre=fact.key).order_by("order")[0]
    assert relative.namesake_index == blind_index_of(models.FamilyMember, "namesake_index", relative.namesake or "")


def test_the_printed_form_says_what_a_sample_file_says(summary: Summary, at: datetime) -> None:
    """So the sample without changes is imported as unchanged."""
    city = build_city(cadres=60, seed=SEED)
    for name in (REVISED, OFFICER_WITH_KIN):
        fact = city.cadre(city.number_of(name))
        cadre = models.Cadre.objects.select_related("home_unit").get(pk=fact.key)
        printed = form.form_of(queries.dossier_on(cadre, at.date()))
        sent = form_of(fact)
        parts = ("name", "birth", "ethnicity", "party_joining", "work_start", "health", "resume", "family")
        assert [getattr(printed, part) for part in parts] == [getattr(sent, part) for part in parts]
        assert (printed.current_post, printed.annual_grades) == (sent.current_post, sent.annual_grades)
        assert printed.full_time_education_school == sent.full_time_education_school


def test_history_and_quotas_of_units(summary: Summary) -> None:
    kinds = set(Reorganization.objects.values_list("kind", flat=True))
    assert kinds == {"renamed", "merged", "established"}
    renamed = UnitVersion.objects.get(unit__name="松涧县自然资源局", valid_to=None)
    assert renamed.reorganization is not None
    assert renamed.reorganization.began.get() == renamed
    assert [one.name for one in renamed.reorganization.ended.all()] == ["松涧县国土资源局"]
    merged = UnitVersion.objects.get(unit__name="霁州市旅游发展委员会")
    assert merged.successor is not None
    assert merged.successor.name == "霁州市文化广电和旅游局"
    assert Position.objects.filter(leading_group=None).exclude(group_role="").count() == 0


def test_personas_can_sign_in_and_hold_what_they_should(summary: Summary, at: datetime) -> None:
    assert summary.usernames == tuple(persona.username for persona in PERSONAS)
    for persona in PERSONAS:
        account = Account.objects.get(username=persona.username)
        assert check_password(PASSWORD, account.password)
        assert set(account.roles.values_list("role", flat=True)) == {role.value for role in persona.roles}
        assert account.grants.count() == len(persona.scopes)
    assert Grant.objects.exclude(granted_by=Account.objects.get(username="xu").pk).count() == 0
    assert {role for persona in PERSONAS for role in persona.roles} == set(Role)


def test_the_officer_with_kin_is_recused(summary: Summary, at: datetime) -> None:
    account = Account.objects.get(username="wen")
    kin = models.Cadre.objects.get(name="周以宁")
    assert account.cadre_key == models.Cadre.objects.get(name=OFFICER_WITH_KIN).pk
    assert queries.recused_keys(account.cadre_key) == {account.cadre_key, kin.pk}
    assert [len(grant.categories) for grant in actor_of(account, at=at).grants] == [3]


def test_a_city_of_one_lacks_the_persona_who_is_not_in_it(at: datetime) -> None:
    summary = load_city(cadres=1, seed=SEED, at=at)
    assert models.Cadre.objects.count() == 1
    assert set(summary.usernames) == {persona.username for persona in PERSONAS} - {"shen"}


def test_photos_are_small_pictures_in_our_form() -> None:
    drawn = silhouettes(SEED)
    assert drawn == silhouettes(SEED)
    for content in drawn:
        assert len(content) < 15 * 1024
        assert is_in_our_form(content)
        with Image.open(io.BytesIO(content)) as image:
            assert image.size == (480, 600)


def test_every_rule_but_two_is_signed_and_the_blocking_ones_twice(summary: Summary, at: datetime) -> None:
    texts = load().texts
    rows = SignOff.objects.all()
    assert {row.rule for row in rows} == {text.id for text in texts} - {UNSIGNED}
    assert rows.count() == len(texts) - 1
    blocking = {text.id for text in texts if text.on_fail is OnFail.BLOCK} - {AWAITING}
    assert {row.rule for row in rows if row.countersigned_by} == blocking
    lin, wang = (Account.objects.get(username=name).pk for name in ("lin", "wang"))
    assert {(row.signed_by, row.countersigned_by) for row in rows} == {(lin, None), (lin, wang)}
    on = localtime(at).date()
    assert signed_ids(on) == {text.id for text in load().rules(on)} - {UNSIGNED, AWAITING}
    assert {text.state for text in texts if text.id in (UNSIGNED, AWAITING)} == {State.NOT_YET_COMPUTED}
    assert {text.id for text in texts if not text.is_verified and text.id != UNSIGNED} == {
        row.rule for row in rows if row.paper_id
    }
