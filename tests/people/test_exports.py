"""What the ledger says of files that leave."""

import io
from datetime import datetime

import openpyxl
import pytest

from quanheng.kernel.actor import Actor
from quanheng.ledger.access import visible_entries
from quanheng.ledger.models import Entry
from quanheng.people.actions import record_export
from quanheng.people.exports import roster_workbook
from quanheng.people.roster import Row
from tests.conftest import Cast


def test_that_a_supervisor_took_a_file_is_not_told_to_its_officers(
    cast: Cast, lin: Actor, he: Actor, qian: Actor, at: datetime
) -> None:
    cadres = [cast.chen_file.pk]
    for actor in (he, lin):
        record_export(actor=actor, cadres=cadres, kind="xlsx", at=at)

    def takers(reader: Actor) -> list[str]:
        entries = visible_entries(reader, cadres=cadres).filter(action="people.export").order_by("pk")
        names = {he.key: "he", lin.key: "lin"}
        return [names[entry.actor] for entry in entries]

    assert takers(lin) == ["lin"]
    assert takers(he) == takers(qian) == ["he", "lin"]
    assert list(Entry.objects.order_by("pk").values_list("purpose", flat=True)) == ["supervision", "management"]


@pytest.mark.parametrize("text", ["{=1+1}", "=1+1", "+86", "@SUM(A1)", "-1", "http://x.example/", "陈知行"])
def test_no_text_becomes_a_formula_or_a_link(cast: Cast, lin: Actor, at: datetime, text: str) -> None:
    columns = [("姓名", 10, lambda row: text)]
    rows = [Row(cast.chen_file, at.date())]
    packed = roster_workbook(actor=lin, rows=rows, columns=columns, title="名册", at=at, on=at.date())
    cell = openpyxl.load_workbook(io.BytesIO(packed)).active["A3"]
    assert (cell.data_type, cell.hyperlink) == ("s", None)
    assert cell.value.removeprefix("'") == text
