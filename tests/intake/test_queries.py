"""What pages ask of imports: which may still be taken back, and the file behind a record."""

from datetime import datetime, timedelta
from uuid import uuid4

from quanheng.intake.choices import ImportState
from quanheng.intake.models import ImportBatch
from quanheng.intake.queries import import_files as files_of
from quanheng.intake.queries import undoable_imports
from quanheng.kernel.actor import Actor
from quanheng.people.models import Cadre, FieldSource
from tests.conftest import Cast
from tests.intake.test_import import FORM, Import, import_files, only_item

__all__ = ["import_files"]


def test_imports_can_be_undone_for_a_week_by_their_officer(cast: Cast, lin: Actor, zhao: Actor, at: datetime) -> None:
    for number, days in (("1", 6), ("2", 8)):
        ImportBatch.objects.create(
            number=number,
            account_key=lin.key,
            account_name=lin.name,
            state=ImportState.APPLIED,
            unit=cast.unit_a,
            management_category="city",
            created_at=at,
            applied_at=at - timedelta(days=days),
        )
    assert [batch.number for batch in undoable_imports(lin, at)] == ["1"]
    assert list(undoable_imports(zhao, at)) == []


def test_the_file_behind_a_value_is_found_by_its_key(import_files: Import) -> None:
    item = only_item(import_files(FORM))
    sources = FieldSource.objects.filter(cadre=Cadre.objects.get(name="沈砚秋"))
    keys = {source.source_key for source in sources if source.source_key}
    assert files_of({*keys, uuid4()}) == {item.pk: "0.lrmx"}
    assert files_of(frozenset()) == {}
