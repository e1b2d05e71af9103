"""Recalculate now: an officer who has just corrected a record need not wait for the next round of the worker."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from quanheng.census import house, upkeep
from quanheng.census.extract import CannotExtract
from quanheng.census.failures import CannotRefresh, NoSnapshot
from quanheng.census.publish import CannotPublish
from quanheng.census.reading import Snapshot
from quanheng.kernel.actor import READERS
from quanheng.web.shared import tasks
from quanheng.web.shared.gate import ActorRequest, roles
from quanheng.web.shared.refusals import sentence
from quanheng.web.shared.sign_in import asked_for

SMALL = 20_000  # people: a page may wait for so many


def _current() -> Snapshot | None:
    """None also where it cannot be read: the next one reads everybody."""
    try:
        return upkeep.current_snapshot(house.folder())
    except NoSnapshot:
        return None


@roles(*READERS)
@require_POST
def refresh_census(request: ActorRequest) -> HttpResponse:
    """Nothing is decided and no record is touched, so that the ledger has no entry of it."""
    try:
        told = _current()
        if told is None or told.cadres > SMALL:
            tasks.refresh_census.enqueue()
            messages.success(request, _("已交后台重新计算。稍候刷新页面，看上面的截至时间。"))
        else:
            made = tasks.bring_census_up_to_date()
            messages.success(request, _("已重新计算。") if made else _("没有新的变动。"))
    except CannotPublish as refusal:
        messages.warning(request, sentence(refusal))
    except CannotRefresh as refusal:
        messages.warning(request, _("没有重新计算成功，页面上的仍是原有快照。%(why)s") % {"why": sentence(refusal)})
    except CannotExtract:  # what and where is told by the command, to who can mend it
        messages.warning(
            request,
            _("没有重新计算成功，页面上的仍是原有快照。请告诉系统管理员，由他运行 quanheng census refresh 查明原因。"),
        )
    return redirect(asked_for(request) or "web:front-door")
