"""What the ledger says of files that leave."""

from datetime import datetime

from quanheng.kernel.actor import Actor
from quanheng.ledger.access import visible_entries
from quanheng.ledger.models import Entry
from quanheng.people.actions import record_export
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
