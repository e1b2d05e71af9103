"""Pages of the system administrator: the state of the installation and the code tables. Never a dossier."""

from importlib.metadata import version

from django.http import HttpResponse
from django.shortcuts import render
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from quanheng.accounts.running import Running, running_state
from quanheng.formats.codes import table, table_keys
from quanheng.kernel.actor import Role
from quanheng.kernel.errors import NotFound
from quanheng.web.console.account_parts import moment
from quanheng.web.console.census_parts import census_state
from quanheng.web.shared.gate import ActorRequest, roles
from quanheng.web.shared.parts import Fact

SHOWN = 200


@roles(Role.SYSTEM_ADMIN)
@require_GET
def show_running(request: ActorRequest) -> HttpResponse:
    state = running_state(request.actor, at=request.now)
    census = census_state(at=request.now)
    facts = [*_facts(state), *census.facts]
    context = {"state": state, "since": moment(state.waiting_since), "facts": facts, "alarms": census.alarms}
    return render(request, "console/running/running.html", context)


def _facts(state: Running) -> list[Fact]:
    engine = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}.get(state.database, state.database)
    waiting = _("%(count)s 件等待，%(working)s 件正在办") % {"count": state.waiting, "working": state.working}
    failed = _("近 7 天 %(count)s 件没有办成") % {"count": state.failed} if state.failed else ""
    return [
        Fact(_("版本"), version("quanheng")),
        Fact(_("数据库"), engine, note=filesizeformat(state.database_bytes)),
        Fact(_("后台任务"), waiting, note=failed),
        Fact(_("最近办完一件"), moment(state.last_finished_at) or _("还没有")),
        Fact(_("最近备份"), moment(state.last_backup_at) or _("没有记录")),
    ]


@roles(Role.SYSTEM_ADMIN)
@require_GET
def list_codes(request: ActorRequest) -> HttpResponse:
    tables = [table(key) for key in table_keys()]
    rows = [(each, _name(each.key), _source(each.source)) for each in tables]
    return render(request, "console/running/codes.html", {"tables": rows})


@roles(Role.SYSTEM_ADMIN)
@require_GET
def show_codes(request: ActorRequest, key: str) -> HttpResponse:
    if key not in table_keys():
        raise NotFound
    text, found = request.GET.get("text", "").strip(), table(key)
    rows = [(code, name) for code, name in found.names.items() if text in name or code.startswith(text)]
    context = {
        "table": found,
        "name": _name(key),
        "rows": rows[:SHOWN],
        "total": len(rows),
        "text": text,
        "most": SHOWN,
    }
    return render(request, "console/running/code_table.html", context)


def _name(key: str) -> str:
    names = {
        "degrees": _("学位"),
        "education_levels": _("学历"),
        "ethnic_groups": _("民族"),
        "family_relations": _("家庭关系"),
        "political_affiliations": _("政治面貌"),
        "professional_titles": _("专业技术职务"),
        "regions": _("行政区划"),
    }
    return names.get(key, key)


def _source(source: str) -> str:
    """The engine keeps its sources in English."""
    words = {
        "code table of an appointment-form editor in use, read 2026-11": _(
            "在用的任免审批表编辑程序，2026 年 11 月读取"
        )
    }
    return words.get(source, source)
