"""The snapshot of all people on the page of the running installation: counts and times, never a person."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from quanheng.census import house, upkeep
from quanheng.census.failures import NoSnapshot
from quanheng.census.upkeep import Compared, Failed, Refreshed, Standing
from quanheng.web.console.account_parts import moment
from quanheng.web.shared.parts import Fact, Text
from quanheng.web.shared.refusals import sentence
from quanheng.web.shared.wording import people_text


@dataclass(frozen=True, slots=True)
class Alarm:
    what: Text
    why: Text
    step: Text


@dataclass(frozen=True, slots=True)
class CensusState:
    facts: tuple[Fact, ...]
    alarms: tuple[Alarm, ...]


def census_state(*, at: datetime) -> CensusState:
    folder = house.folder()
    failed, compared = upkeep.last_failure(folder), upkeep.last_comparison(folder)
    try:
        told = upkeep.current_snapshot(folder)
    except NoSnapshot as refusal:
        alarm = Alarm(_("全员快照读不出。"), sentence(refusal), _("筛查和到期事项在此之前都不能看。"))
        facts = (Fact(_("全员快照"), _("读不出")), *_work(upkeep.last_refresh(folder)), *_failures(failed))
        return CensusState(facts, (alarm,))
    if told is None:
        return CensusState((Fact(_("全员快照"), _("还没有")), *_failures(failed)), ())
    found, last = upkeep.standing(folder, told, at=at), upkeep.last_refresh(folder)
    facts = (
        Fact(_("全员快照"), people_text(told.cadres), note=_age(found, at)),
        *_work(last),
        Fact(_("快照进程"), moment(upkeep.last_sign(folder)) or _("没有记录")),
        *_comparison(compared),
        *_failures(failed),
    )
    return CensusState(facts, (*_still(found), *_failing(found), *_differing(compared)))


def _age(found: Standing, at: datetime) -> str:
    minutes = max(0, int((at - found.as_of).total_seconds() // 60))
    told = {"as_of": moment(found.as_of), "minutes": minutes}
    return _("数据截至 %(as_of)s，%(minutes)s 分钟前") % told


def _work(last: Refreshed | None) -> tuple[Fact, ...]:
    if last is None:
        return ()
    read = _("全部重读") if last.changed is None else _("重读 %(count)s 人") % {"count": last.changed}
    value = _("%(at)s，用时 %(seconds)s 秒") % {"at": moment(last.at), "seconds": f"{last.seconds:.1f}"}
    return (Fact(_("最近重做快照"), value, note=read),)


def _comparison(compared: Compared | None) -> tuple[Fact, ...]:
    if compared is None:
        return (Fact(_("每夜核对"), _("还没有")),)
    word = _("与前一份不符") if compared.differing else _("一致")
    return (Fact(_("每夜核对"), word, note=moment(compared.at)),)


def _failures(failed: Failed | None) -> tuple[Fact, ...]:
    return (Fact(_("最近没有做成"), moment(failed.at), note=failed.error),) if failed else ()


def _still(found: Standing) -> tuple[Alarm, ...]:
    if found.still_since is None:
        return ()
    why = _("从 %(since)s 起没有动静，筛选和到期事项停在那时。") % {"since": moment(found.still_since)}
    return (Alarm(_("快照没有人更新。"), why, _("请在服务器上看后台进程：quanheng worker。")),)


def _failing(found: Standing) -> tuple[Alarm, ...]:
    if found.failed_at is None:
        return ()
    told = {"at": moment(found.failed_at), "as_of": moment(found.as_of)}
    why = _("%(at)s 没有做成新的，筛查和到期事项仍按 %(as_of)s 的数据。") % told
    return (Alarm(_("快照没有更新。"), why, _("请在服务器上运行 quanheng census refresh，它会说明原因。")),)


def _differing(compared: Compared | None) -> tuple[Alarm, ...]:
    if compared is None or not compared.differing:
        return ()
    told = {"at": moment(compared.at), "tables": "、".join(compared.differing)}
    why = _("%(at)s 重读全部档案，这些表与前一份快照不符，而没有变更标记：%(tables)s。") % told
    step = _("有人绕过系统改了数据库。请查明是谁，再运行 quanheng census refresh --whole。")
    return (Alarm(_("档案有未留痕的改动。"), why, step),)
