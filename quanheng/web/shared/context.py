"""The frame around every page: entries, tabs, name menu. Data, so that a page is added by one line here.

A page author extends DESK, MINE or CONSOLE with `Tab(label, url name, roles, also=prefixes of URL names that keep the
tab current)`. A tab whose URL name does not exist yet, or that roles and grants do not open, is absent, not grey.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from quanheng.kernel.actor import EDITORS, READERS, Actor, Purpose, Role

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Tab:
    label: Text
    url_name: str
    roles: frozenset[Role]
    also: tuple[str, ...] = ()  # prefixes of URL names below this tab
    purpose: Purpose | None = None  # that a grant must serve, or the page would be empty

    def is_open_to(self, actor: Actor) -> bool:
        return actor.has_role(*self.roles) and (self.purpose is None or actor.has_purpose(self.purpose))

    def is_current(self, view_name: str) -> bool:
        return view_name == self.url_name or view_name.startswith(self.also or ("\0",))


@dataclass(frozen=True, slots=True)
class Entry:
    label: Text
    tabs: tuple[Tab, ...]
    is_single: bool = False  # one page, no row of tabs


@dataclass(frozen=True, slots=True)
class Link:
    name: Text
    url: str
    current: bool = False


@dataclass(frozen=True, slots=True)
class Chrome:
    entries: tuple[Link, ...]
    tabs: tuple[Link, ...]
    tools: tuple[Link, ...]  # right of the bar: 规则库, 台账, 帮助
    places: tuple[Link, ...]  # inside the name menu: the actor's other audiences
    name: str
    office: str
    home_url: str
    search_url: str
    sign_out_url: str
    is_demo: bool


_ADMINISTRATOR = {role: frozenset({role}) for role in (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN)}
_CADRE = frozenset({Role.CADRE})

_DOSSIER = ("desk:people-", "desk:dossier", "desk:evidence", "desk:rule-evidence")

DESK = (
    Entry(_("今日"), (Tab(_("今日"), "desk:today", READERS, also=("desk:today-",)),), is_single=True),
    Entry(
        _("干部"),
        (
            Tab(_("人员名册"), "desk:people", READERS, also=_DOSSIER),
            Tab(_("机构与班子"), "desk:units", READERS, also=("desk:unit",)),
            Tab(_("统计与结构"), "desk:structure", READERS, also=("desk:structure-",)),
            Tab(_("导入"), "desk:imports", EDITORS, also=("desk:import",)),
        ),
    ),
    Entry(
        _("选任"),
        (Tab(_("资格筛查"), "desk:screening", READERS, also=("desk:screening-",), purpose=Purpose.SELECTION),),
    ),
)
MINE = (
    Entry(_("我的档案"), (Tab(_("我的档案"), "mine:dossier", _CADRE, also=("mine:dossier-",)),), is_single=True),
    Entry(_("我的资格"), (Tab(_("我的资格"), "mine:eligibility", _CADRE, also=("mine:rule-",)),), is_single=True),
    Entry(_("谁看过"), (Tab(_("谁看过"), "mine:readings", _CADRE),), is_single=True),
)
CONSOLE = (
    Entry(
        _("运行"),
        (
            Tab(_("运行状态"), "console:running", _ADMINISTRATOR[Role.SYSTEM_ADMIN], also=("console:running-",)),
            Tab(_("字典"), "console:codes", _ADMINISTRATOR[Role.SYSTEM_ADMIN], also=("console:code-",)),
        ),
    ),
    Entry(
        _("账号与授权"),
        (
            Tab(
                pgettext_lazy("several", "账号"),
                "console:accounts",
                _ADMINISTRATOR[Role.SECURITY_ADMIN],
                also=("console:account",),
            ),
            Tab(_("会话"), "console:sessions", _ADMINISTRATOR[Role.SECURITY_ADMIN]),
        ),
    ),
    Entry(
        _("台账"),
        (Tab(_("台账"), "console:ledger", _ADMINISTRATOR[Role.AUDIT_ADMIN], also=("console:ledger-",)),),
        is_single=True,
    ),
)
AUDIENCES = {"desk": DESK, "mine": MINE, "console": CONSOLE}

TOOLS = (
    Tab(_("规则库"), "desk:rules", READERS, also=("desk:rule",)),
    Tab(_("台账"), "desk:ledger", READERS, also=("desk:ledger-",)),
    Tab(_("帮助"), "web:help", frozenset(Role)),
)


def chrome(request: HttpRequest) -> dict[str, Chrome]:
    """Context processor: `chrome` in every template. Touches no database beyond what `request.actor` holds."""
    actor: Actor | None = getattr(request, "actor", None)
    view_name = request.resolver_match.view_name if request.resolver_match else ""
    audience = view_name.split(":")[0] if view_name.split(":")[0] in AUDIENCES else _home_audience(actor)
    entries = AUDIENCES[audience]
    current = next((entry for entry in entries if any(tab.is_current(view_name) for tab in entry.tabs)), None)
    return {
        "chrome": Chrome(
            entries=_entry_links(entries, actor, current),
            tabs=() if current is None or current.is_single else links(current.tabs, actor, view_name),
            tools=links(TOOLS, actor, view_name),
            places=_other_places(actor, audience),
            name=actor.name if actor else "",
            office=str(getattr(request, "office", "")),
            home_url=url_or_nothing("web:front-door"),
            search_url=url_or_nothing("desk:search") if audience == "desk" else "",
            sign_out_url=url_or_nothing("web:sign-out"),
            is_demo=settings.DEMO,
        )
    }


def first_url(actor: Actor) -> str:
    """Where the front door leads: the first entry that is built and open to this actor, or nothing."""
    for entries in (DESK, CONSOLE, MINE):
        for link in _entry_links(entries, actor, None):
            return link.url
    return ""


def links(tabs: Iterable[Tab], actor: Actor | None, view_name: str) -> tuple[Link, ...]:
    """The tabs that are built and open to the actor."""
    if actor is None:
        return ()
    opened = [(tab, url_or_nothing(tab.url_name)) for tab in tabs if tab.is_open_to(actor)]
    return tuple(Link(tab.label, url, tab.is_current(view_name)) for tab, url in opened if url)


def url_or_nothing(url_name: str, *args: object) -> str:
    try:
        return reverse(url_name, args=args)
    except NoReverseMatch:
        return ""


def _entry_links(entries: Iterable[Entry], actor: Actor | None, current: Entry | None) -> tuple[Link, ...]:
    opened = [(entry, links(entry.tabs, actor, "")) for entry in entries]
    return tuple(Link(entry.label, tabs[0].url, entry is current) for entry, tabs in opened if tabs)


def _home_audience(actor: Actor | None) -> str:
    """Pages of no audience (errors, help) wear the frame of the actor's own."""
    for audience in ("desk", "console", "mine"):
        if _entry_links(AUDIENCES[audience], actor, None):
            return audience
    return "mine"


def _other_places(actor: Actor | None, audience: str) -> tuple[Link, ...]:
    names: dict[str, Text] = {"desk": _("工作台"), "mine": _("我的档案"), "console": _("管理")}
    found = []
    for other, entries in AUDIENCES.items():
        first = _entry_links(entries, actor, None)
        if other != audience and first:
            found.append(Link(names[other], first[0].url))
    return tuple(found)
