"""领导职数配备表 as a workbook."""

from collections.abc import Sequence
from datetime import datetime
from io import BytesIO

import xlsxwriter
from django.db import transaction
from django.utils.translation import gettext as _

from quanheng.kernel.actor import Actor, Purpose
from quanheng.ledger.actions import Draft, object_key, record_many
from quanheng.organization.models import Unit
from quanheng.organization.quotas import Figures, QuotaTable

FIRST_ROW = 3  # below title and two rows of heads


def export_quotas(*, actor: Actor, unit: Unit, table: QuotaTable, title: str, purpose: Purpose, at: datetime) -> bytes:
    """The workbook, and in the ledger who took it out for what."""
    content = quota_table_xlsx(table, title)
    draft = Draft(
        action="organization.export_quotas",
        object_key=object_key(unit),
        purpose=purpose.value,
        detail={"kind": "xlsx", "units": len(table.rows), "as_of": table.on.isoformat()},
    )
    with transaction.atomic():
        record_many(actor=actor, drafts=[draft], at=at)
    return content


def quota_table_xlsx(table: QuotaTable, title: str) -> bytes:
    """One row a unit and the sum; what is not known is written as words, never as nought."""
    buffer = BytesIO()
    # Text stays text: a name that begins with = must not become a formula on the reader's machine.
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet(_("职数配备"))
    styles = {
        "title": book.add_format({"bold": True, "font_size": 14}),
        "head": book.add_format({"bold": True, "align": "center", "border": 1}),
        "cell": book.add_format({"border": 1}),
    }
    sheet.write_string(0, 0, _("%(title)s（%(day)s）") % {"title": title, "day": table.on.isoformat()}, styles["title"])
    _write_heads(sheet, styles["head"])
    rows = [(row.unit.name, (row.total, row.principal, row.deputy)) for row in table.rows]
    rows.append((_("合计"), (table.total, table.principal, table.deputy)))
    for number, (name, groups) in enumerate(rows, start=FIRST_ROW):
        _write_row(sheet, number, name, groups, styles["cell"])
    sheet.set_column(0, 0, 36)
    sheet.freeze_panes(FIRST_ROW, 1)
    sheet.repeat_rows(1, FIRST_ROW - 1)
    book.close()
    return buffer.getvalue()


def _write_heads(sheet: xlsxwriter.worksheet.Worksheet, style: xlsxwriter.format.Format) -> None:
    sheet.merge_range(1, 0, 2, 0, _("单位"), style)
    for group, name in enumerate((_("总数"), _("正职"), _("副职"))):
        sheet.merge_range(1, 1 + 4 * group, 1, 4 + 4 * group, name, style)
        for column, head in enumerate((_("应配"), _("实配"), _("超配"), _("缺配"))):
            sheet.write_string(2, 1 + 4 * group + column, head, style)


def _write_row(
    sheet: xlsxwriter.worksheet.Worksheet,
    number: int,
    name: str,
    groups: Sequence[Figures],
    style: xlsxwriter.format.Format,
) -> None:
    sheet.write_string(number, 0, name, style)
    for group, figures in enumerate(groups):
        values = (figures.authorized, figures.filled, figures.over, figures.short)
        for column, value in enumerate(values, start=1 + 4 * group):
            if value is None:
                sheet.write_string(number, column, _("未核定"), style)
            else:
                sheet.write_number(number, column, value, style)
