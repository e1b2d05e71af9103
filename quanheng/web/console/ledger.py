"""台账 for the audit administrator: every entry without values, the proof, checkpoints and the package."""

from io import TextIOWrapper
from tempfile import TemporaryFile

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from quanheng.kernel.actor import Role
from quanheng.ledger import checkpoint_actions, exports
from quanheng.ledger.access import entry_for, visible_entries
from quanheng.ledger.checkpoint_actions import CannotCheckpoint
from quanheng.ledger.notes import CannotTrustNote
from quanheng.ledger.queries import find_entries
from quanheng.web.shared.gate import ActorRequest, roles
from quanheng.web.shared.ledger_entry import entry_view
from quanheng.web.shared.ledger_proof import proof_state, start_proof
from quanheng.web.shared.ledger_rows import asked, entry_rows, names_for, object_filter, turn
from quanheng.web.shared.parts import Link


@roles(Role.AUDIT_ADMIN)
@require_GET
def list_entries(request: ActorRequest) -> HttpResponse:
    wanted = asked(request.GET, lambda text: object_filter(text, lambda name: ()), has_streams=True)
    entries = visible_entries(request.actor).select_related("detail")
    page = find_entries(entries, wanted.filter, before=wanted.before, after=wanted.after)
    names = names_for(page.entries, {})
    context = {
        "conditions": wanted.conditions,
        "rows": entry_rows(request.actor, page.entries, names),
        "turn": turn(request.GET, page),
        **proof_state(request.now),
    }
    return render(request, "console/ledger/list.html", context)


@roles(Role.AUDIT_ADMIN)
@require_GET
def show_entry(request: ActorRequest, pk: int) -> HttpResponse:
    entry = entry_for(request.actor, pk)
    view = entry_view(request.actor, entry, names_for([entry], {}))
    crumbs = [Link(_("台账"), reverse("console:ledger"))]
    return render(request, "console/ledger/entry.html", {"entry": view, "crumbs": crumbs})


@roles(Role.AUDIT_ADMIN)
@require_GET
def show_proof(request: ActorRequest) -> HttpResponse:
    """The line on top alone, while the proof runs; without htmx the whole page."""
    if not request.htmx:
        return redirect("console:ledger")
    return render(request, "console/ledger/_proof.html", proof_state(request.now))


@roles(Role.AUDIT_ADMIN)
@require_POST
def prove(request: ActorRequest) -> HttpResponse:
    start_proof()
    return redirect("console:ledger")


@roles(Role.AUDIT_ADMIN)
@require_POST
def export_checkpoint(request: ActorRequest) -> HttpResponse:
    """The signed note as a file; from then on it counts as lying outside."""
    try:
        checkpoint = checkpoint_actions.make_checkpoint(at=request.now)
    except (CannotCheckpoint, CannotTrustNote):
        messages.error(request, _("没有签发检查点：台账与上一个检查点对不上。先校验，看哪一条起不符。"))
        return redirect("console:ledger")
    text = checkpoint_actions.export_checkpoint(checkpoint=checkpoint, at=request.now)
    response = HttpResponse(text, content_type="text/plain; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="ledger-checkpoint-{checkpoint.number}.txt"'
    return response


@roles(Role.AUDIT_ADMIN)
@require_POST
def export_package(request: ActorRequest) -> FileResponse:
    """校验包: entries without details, as lines of JSON; `quanheng ledger verify` proves it anywhere."""
    file = TemporaryFile("w+b")  # noqa: SIM115  closed by the answer
    text = TextIOWrapper(file, encoding="utf-8")
    name = f"ledger-{localtime(request.now):%Y%m%d-%H%M}.jsonl"
    exports.export_package(actor=request.actor, file=text, name=name, at=request.now)
    text.flush()
    text.detach()  # or the file would be closed with its wrapper
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=name, content_type="application/jsonl")
