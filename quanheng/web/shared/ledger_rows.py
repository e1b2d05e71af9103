"""The ledger as rows ready to print, and the conditions of its filter bar: for the console and the desk."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.http import QueryDict
from django.utils.timezone import localtime, make_aware
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quanheng.accounts.queries import keys_named, names_of
from quanheng.kernel.actor import SYSTEM, Actor
from quanheng.ledger.models import Entry
from quanheng.ledger.queries import EntryFilter, Page, masked, shown
from quanheng.web.shared.ledger_words import ACTIONS, KINDS, OBJECTS, STREAMS, action_text, field_text, purpose_text
from quanheng.web.shared.parts import Condition, Option, Text
from quanheng.web.shared.rule_words import titled
from quanheng.web.shared.wording import listed

CADRE = "people.cadre"


@dataclass(frozen=True, slots=True)
class Names:
    """Whom and what this reader may know by name; the rest stays a key."""

    accounts: Mapping[UUID, str]
    named: Mapping[str, str]  # object key -> name
    url_of: Callable[[str], str] = lambda key: ""  # object key -> its page

    def account(self, key: UUID) -> str:
        return _("系统") if key == SYSTEM.key else self.accounts.get(key, short(str(key)))

    def object(self, key: str) -> str:
        label, _dot, pk = key.partition(":")
        return self.named.get(key) or f"{OBJECTS.get(label, label)} {short(pk)}"


@dataclass(frozen=True, slots=True)
class EntryRow:
    pk: int
    at: str
    who: str
    behalf: str  # for whom
    what: str
    about: str  # 家庭成员, 日常管理: what the action was on or for
    is_refused: bool
    object: str
    object_key: str
    object_url: str


def short(key: str) -> str:
    """Enough of a key to tell two apart in a list; the whole stands on the page of the entry."""
    return f"…{key[-8:]}" if len(key) == 36 else key


def moment(at: datetime) -> str:
    return f"{localtime(at):%Y-%m-%d %H:%M:%S}"


def names_for(
    entries: Iterable[Entry], objects: Mapping[str, str], url_of: Callable[[str], str] = lambda key: ""
) -> Names:
    keys = {key for entry in entries for key in (entry.actor, entry.on_behalf_of) if key}
    known = names_of([*keys, *_accounts(entries)])
    accounts = {f"accounts.account:{key}": name for key, name in known.items()}
    return Names(known, {**accounts, **_rulebook(entries), **objects}, url_of)


def _rulebook(entries: Iterable[Entry]) -> dict[str, str]:
    """Rules and switches by their titles: they are nobody's secret."""
    keys = {entry.object_key for entry in entries if entry.object_key.startswith("rulebook.")}
    return {key: titled(*key.removeprefix("rulebook.").split(":", 1)) for key in keys}


def _accounts(entries: Iterable[Entry]) -> list[UUID]:
    keys = [entry.object_key.partition(":") for entry in entries]
    return [UUID(pk) for label, _colon, pk in keys if label == "accounts.account"]


def entry_rows(actor: Actor, entries: Iterable[Entry], names: Names) -> list[EntryRow]:
    return [entry_row(actor, entry, names) for entry in entries]


def entry_row(actor: Actor, entry: Entry, names: Names) -> EntryRow:
    return EntryRow(
        pk=entry.pk,
        at=moment(entry.at),
        who=names.account(entry.actor),
        behalf=names.account(entry.on_behalf_of) if entry.on_behalf_of else "",
        what=action_text(entry.action),
        about=about(actor, entry),
        is_refused=entry.is_refused,
        object=names.object(entry.object_key),
        object_key=entry.object_key,
        object_url=names.url_of(entry.object_key),
    )


def about(actor: Actor, entry: Entry) -> str:
    """What the action was on, in a word or two: only names of things, which every reader of the entry may see."""
    if entry.purpose:
        return purpose_text(entry.purpose)
    detail = masked(shown(actor, entry).detail) or {}
    if "kind" in detail:
        return str(KINDS.get(detail["kind"], detail["kind"]))
    fields = detail.get("fields") or [detail["field"]] if "field" in detail or "fields" in detail else []
    return listed(field_text(field) for field in fields)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the filter bar says, and as a condition."""

    filter: EntryFilter
    conditions: tuple[Condition, ...]
    before: int | None
    after: int | None


Finder = Callable[[str], Mapping[str, Any]]
YEARS = (1900, 2999)  # at the ends of the calendar a midnight has no moment in UTC


def asked(query: QueryDict, find_object: Finder, *, has_streams: bool) -> Asked:
    """`find_object` turns the text of 对象 into arguments of EntryFilter, as far as this reader may know it."""
    since, until = _day(query, "since"), _day(query, "until")
    who, what = query.get("who", "").strip(), query.get("object", "").strip()
    action = query.get("action", "") if query.get("action") in ACTIONS else ""
    stream = query.get("stream", "") if has_streams and query.get("stream") in STREAMS else ""
    refused = query.get("refused") == "1"
    wanted = EntryFilter(
        since=_midnight(since),
        until=_midnight(until + timedelta(days=1)) if until else None,
        actors=keys_named(who) if who else None,
        action=action,
        stream=stream,
        is_refused=True if refused else None,
        **(find_object(what) if what else {}),
    )
    conditions = (
        _date("since", gettext_lazy("从"), since),
        _date("until", gettext_lazy("到"), until),
        _text("who", gettext_lazy("经办人"), who, _("姓名或账号")),
        _text("object", gettext_lazy("对象"), what, _("姓名或键")),
        _choice("action", gettext_lazy("动作"), action, ACTIONS),
        *((_choice("stream", gettext_lazy("类别"), stream, STREAMS),) if has_streams else ()),
        _choice("refused", gettext_lazy("结果"), "1" if refused else "", {"1": gettext_lazy("只看未办成")}),
    )
    return Asked(wanted, conditions, _number(query, "before"), _number(query, "after"))


def object_filter(text: str, cadres_named: Callable[[str], Sequence[UUID]]) -> Mapping[str, Any]:
    """A whole object key, the key of a person, or the name of persons."""
    if ":" in text:
        return {"object_key": text}
    try:
        return {"cadre": UUID(text)}
    except ValueError:
        return {"cadres": tuple(cadres_named(text))}


def _day(query: QueryDict, name: str) -> date | None:
    try:
        day = date.fromisoformat(query.get(name, ""))
    except ValueError:
        return None
    return day if YEARS[0] <= day.year <= YEARS[1] else None


def _midnight(day: date | None) -> datetime | None:
    return make_aware(datetime.combine(day, time.min)) if day else None


def _number(query: QueryDict, name: str) -> int | None:
    text = query.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else None


def _date(name: str, label: Text, day: date | None) -> Condition:
    return Condition(name, label, "date", value=day.isoformat() if day else "", is_set=day is not None)


def _text(name: str, label: Text, value: str, hint: str) -> Condition:
    return Condition(name, label, "text", value=value, is_set=bool(value), hint=hint)


def _choice(name: str, label: Text, chosen: str, words: Mapping[str, Text]) -> Condition:
    options = [Option("", _("不限"), not chosen)]
    options += [Option(code, word, code == chosen) for code, word in words.items()]
    value = str(words[chosen]) if chosen else _("不限")
    return Condition(name, label, "choice", value=value, is_set=bool(chosen), options=tuple(options))


@dataclass(frozen=True, slots=True)
class Turn:
    """Keyset paging: no total, no page number, so that the last page is as quick as the first."""

    newer_url: str
    older_url: str


def turn(query: QueryDict, page: Page) -> Turn:
    return Turn(_url(query, "after", page.newer), _url(query, "before", page.older))


def _url(query: QueryDict, name: str, key: int | None) -> str:
    if key is None:
        return ""
    kept = query.copy()
    kept.pop("before", None)
    kept.pop("after", None)
    kept[name] = str(key)
    return f"?{kept.urlencode()}"
