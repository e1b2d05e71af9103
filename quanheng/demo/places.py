"""A fictional province: 岚江省, with the prefecture-level city 霁州市. No such places exist."""

from dataclasses import dataclass

PROVINCE = "岚江"
CITY = "霁州"

_FIRST = "云松栖砚望青白临清宁安怀金玉石长永新梅竹兰桐枫柏榆柳沙苇鹤雁鹿凤龙鹭"
_SECOND = "涧梧溪岚栈川陵原泽江丘浦台湖岭塘滩渡"


@dataclass(frozen=True, slots=True)
class County:
    name: str  # 松涧
    suffix: str  # 县, 区, 市
    townships: tuple[str, ...]

    @property
    def full_name(self) -> str:
        return self.name + self.suffix


COUNTIES = (
    County("望岚", "区", ("临江街道", "文昌街道", "云台镇")),
    County("松涧", "县", ("城关镇", "青萍镇", "石屏镇", "白鹭乡", "苇塘乡")),
    County("栖梧", "县", ("梧桐镇", "凤台镇", "桑洲乡")),
    County("砚溪", "县", ("溪口镇", "墨池镇", "竹坪乡")),
    County("云栈", "县", ("云门镇", "栈桥镇", "雁回乡")),
)

_TAKEN = {county.name for county in COUNTIES} | {"长江", "金沙", "玉溪", "云溪", "清江", "临川", "永川", "长陵"}


def extra_counties(count: int) -> tuple[County, ...]:
    """More counties for cities made large for measuring; names by combination, each once."""
    names = [first + second for second in _SECOND for first in _FIRST if first + second not in _TAKEN]
    assert count <= len(names), "no more county names"
    return tuple(County(name, "县", _townships(number)) for number, name in enumerate(names[:count]))


def _townships(number: int) -> tuple[str, ...]:
    names = [
        _FIRST[(number * 7 + step * 5) % len(_FIRST)] + _SECOND[(number + step * 3) % len(_SECOND)] for step in range(5)
    ]
    suffixes = ("镇", "镇", "镇", "乡", "乡")
    return ("城关镇", *(name + suffix for name, suffix in zip(names[1:], suffixes[1:], strict=True)))


NATIVE_PLACES = (
    *(PROVINCE + county.name for county in COUNTIES),
    *(PROVINCE + name for name in ("霁州", "澄安", "澜阳", "汀州", "岱宁")),
    "云泽广陂",
    "云泽临洮口",
    "东屿海门关",
    "北岭塔河源",
    "南圃榕川",
)

UNIVERSITIES = (
    "岚江大学",
    "霁州大学",
    "霁州师范学院",
    "岚江理工大学",
    "岚江农业大学",
    "岚江财经大学",
    "云泽大学",
    "东屿政法学院",
    "北岭工业大学",
    "南圃师范大学",
)
COLLEGES = ("霁州师范专科学校", "岚江行政管理专科学校", "霁州农业学校", "岚江水利专科学校", "霁州财贸专科学校")
FIRMS = (
    "霁州市城市建设投资公司",
    "岚江省水利工程第二局",
    "霁州市松涧水泥厂",
    "霁州市粮油贸易公司",
    "岚江省路桥工程公司",
)
SCHOOLS = ("第一中学", "第二中学", "实验小学", "职业中学")
