"""What units of each kind look like: titles, tiers and authorised numbers. Read from top to bottom as a 职数表."""

from dataclasses import dataclass, field
from typing import Any

from quanheng.organization.choices import GroupRole, PostTier, UnitCategory, UnitLevel

C, P = PostTier, GroupRole


@dataclass(frozen=True, slots=True)
class Seat:
    title: str
    tier: PostTier
    role: GroupRole | None
    quota: int = 1
    is_leading: bool = True


@dataclass(frozen=True, slots=True)
class Body:
    """A unit to be made: name within its area, what its head is called, sections, weight in the number of people."""

    name: str
    category: UnitCategory
    head: str = "局长"
    has_party_group: bool = True  # 党组; departments of the committee itself have none
    sections: tuple[str, ...] = ()
    weight: float = 1.0
    deputies: int = 3
    deputy: str = ""  # where it is not 副 and the head's title
    extra: str = ""  # title of one more member of the group
    earlier_name: str = ""  # before the reform of March 2019
    merged_into: str = ""  # ended by that reform
    is_new: bool = False  # set up in September 2026, nobody in it yet


def city_seats(body: Body) -> tuple[Seat, ...]:
    """A department of the city: 县处级, with sections (科) of 乡科级."""
    return (
        *_group(body, C.COUNTY_PRINCIPAL, C.COUNTY_DEPUTY),
        Seat("办公室主任", C.TOWNSHIP_PRINCIPAL, None),
        *(Seat(f"{name}科科长", C.TOWNSHIP_PRINCIPAL, None) for name in body.sections),
        Seat("副科长", C.TOWNSHIP_DEPUTY, None, len(body.sections) + 1),
        Seat("科员", C.STAFF, None, 0, is_leading=False),
    )


def county_seats(body: Body) -> tuple[Seat, ...]:
    """A department of the county: 乡科级; its inner offices have no tier."""
    return (
        *_group(body, C.TOWNSHIP_PRINCIPAL, C.TOWNSHIP_DEPUTY),
        Seat("办公室主任", C.STAFF, None, is_leading=False),
        *(Seat(f"{name}股股长", C.STAFF, None, is_leading=False) for name in body.sections),
        Seat("科员", C.STAFF, None, 0, is_leading=False),
    )


def _group(body: Body, principal: PostTier, deputy: PostTier) -> tuple[Seat, ...]:
    head, member = ("党组书记、", "党组成员、") if body.has_party_group else ("", "")
    seats = (
        Seat(head + body.head, principal, P.PRINCIPAL),
        Seat(member + (body.deputy or f"副{body.head}"), deputy, P.DEPUTY, body.deputies),
    )
    return (*seats, Seat(member + body.extra, deputy, P.MEMBER)) if body.extra else seats


def township_seats(is_street: bool) -> tuple[Seat, ...]:
    head, place = ("主任", "办事处") if is_street else ("长", "")
    party = "党工委" if is_street else "党委"
    return (
        Seat(f"{party}书记", C.TOWNSHIP_PRINCIPAL, P.PRINCIPAL),
        Seat(f"{party}副书记、{place}{head}", C.TOWNSHIP_PRINCIPAL, P.PRINCIPAL),
        Seat(f"{party}副书记、政法委员", C.TOWNSHIP_DEPUTY, P.DEPUTY),
        Seat(f"{party}委员、{place}副{head}", C.TOWNSHIP_DEPUTY, P.DEPUTY, 3),
        Seat(f"{party}委员、组织委员", C.TOWNSHIP_DEPUTY, P.MEMBER),
        Seat(f"{party}委员、纪委书记", C.TOWNSHIP_DEPUTY, P.MEMBER),
        Seat("党政办公室主任", C.STAFF, None, is_leading=False),
        Seat("经济发展办公室主任", C.STAFF, None, is_leading=False),
        Seat("科员", C.STAFF, None, 0, is_leading=False),
    )


def territory_seats(kind: str) -> tuple[Seat, ...]:
    """The party committee and the government of a county or district: 县 or 区."""
    return (
        Seat(f"{kind}委书记", C.COUNTY_PRINCIPAL, P.PRINCIPAL),
        Seat(f"{kind}委副书记、{kind}长", C.COUNTY_PRINCIPAL, P.PRINCIPAL),
        Seat(f"{kind}委副书记", C.COUNTY_DEPUTY, P.DEPUTY),
        Seat(f"{kind}委常委、常务副{kind}长", C.COUNTY_DEPUTY, P.DEPUTY),
        Seat(f"{kind}委常委、组织部部长", C.COUNTY_DEPUTY, P.MEMBER),
        Seat(f"{kind}委常委、纪委书记、监委主任", C.COUNTY_DEPUTY, P.MEMBER),
        Seat(f"副{kind}长", C.COUNTY_DEPUTY, P.DEPUTY, 3),
    )


CITY_SEATS = (
    Seat("市委书记", C.DEPARTMENT_PRINCIPAL, P.PRINCIPAL),
    Seat("市委副书记、市长", C.DEPARTMENT_PRINCIPAL, P.PRINCIPAL),
    Seat("市委副书记", C.DEPARTMENT_DEPUTY, P.DEPUTY),
    Seat("市委常委、常务副市长", C.DEPARTMENT_DEPUTY, P.DEPUTY),
    Seat("市委常委、组织部部长", C.DEPARTMENT_DEPUTY, P.MEMBER),
    Seat("市委常委、纪委书记、监委主任", C.DEPARTMENT_DEPUTY, P.MEMBER),
    Seat("副市长", C.DEPARTMENT_DEPUTY, P.DEPUTY, 3),
)


def _government(name: str, sections: str, **more: Any) -> Body:
    return Body(name, UnitCategory.GOVERNMENT, sections=tuple(sections.split()), **more)


def _party(name: str, head: str, sections: str, **more: Any) -> Body:
    settings: dict[str, Any] = {"category": UnitCategory.PARTY, "has_party_group": False, **more}
    return Body(name, head=head, sections=tuple(sections.split()), **settings)


CITY_BODIES = (
    _party(
        "纪委监委机关",
        "副书记",
        "党风政风监督 审查调查 案件审理",
        category=UnitCategory.DISCIPLINE,
        deputy="常委",
        weight=1.4,
    ),
    _party("委办公室", "主任", "秘书 综合 机要"),
    _party("委组织部", "常务副部长", "干部一 干部二 干部监督 公务员 组织一", deputy="副部长", weight=1.1),
    _party("委宣传部", "部长", "理论 新闻 文化发展改革"),
    _party("委统一战线工作部", "部长", "干部 民族宗教"),
    _party("委政法委员会", "书记", "综治督导 执法监督"),
    Body("人大常委会机关", UnitCategory.PEOPLES_CONGRESS, "秘书长", sections=("法制", "代表联络")),
    Body("政协机关", UnitCategory.CONSULTATIVE, "秘书长", sections=("提案", "文史")),
    _government("人民政府办公室", "秘书一 秘书二 督查", head="主任", weight=1.3),
    _government("发展和改革委员会", "综合规划 投资 重点项目", head="主任", extra="总经济师"),
    _government("教育局", "基础教育 职业教育 教师工作", weight=1.2),
    _government("科学技术局", "高新技术 成果转化"),
    _government("公安局", "法制 治安 出入境", weight=2.5, deputies=4),
    _government("民政局", "社会救助 养老服务"),
    _government("司法局", "法治调研 公共法律服务"),
    _government("财政局", "预算 国库 农业农村", extra="总会计师"),
    _government("人力资源和社会保障局", "就业促进 工资福利 劳动关系", weight=1.2),
    _government(
        "自然资源和规划局", "国土空间规划 耕地保护 确权登记", extra="总规划师", earlier_name="国土资源局", weight=1.3
    ),
    _government("生态环境局", "水生态环境 大气环境", earlier_name="环境保护局"),
    _government("住房和城乡建设局", "建筑市场 住房保障 城市建设", extra="总工程师", weight=1.2),
    _government("交通运输局", "公路 运输管理"),
    _government("水利局", "水资源 水旱灾害防御", extra="总工程师"),
    _government("农业农村局", "种植业 乡村建设 农村改革", earlier_name="农业局", weight=1.2),
    _government("文化广电和旅游局", "公共服务 市场管理 资源开发", earlier_name="文化广电新闻出版局"),
    _government("旅游发展委员会", "规划开发 市场监管", head="主任", merged_into="文化广电和旅游局"),
    _government("卫生健康委员会", "医政医管 疾病防控", head="主任", earlier_name="卫生和计划生育委员会"),
    _government("应急管理局", "应急指挥 危化监管", earlier_name="安全生产监督管理局"),
    _government("审计局", "财政审计 经济责任审计"),
    _government("市场监督管理局", "信用监管 食品安全 质量发展", weight=1.5, earlier_name="工商行政管理局"),
    Body("中级人民法院", UnitCategory.COURT, "院长", sections=("政治部干部",), weight=1.4),
    Body("人民检察院", UnitCategory.PROCURATORATE, "检察长", sections=("政治部干部",), weight=1.2),
    Body("总工会", UnitCategory.MASS, "主席", sections=("组织宣传",), deputies=2, weight=0.5),
    Body("共青团{area}委员会", UnitCategory.MASS, "书记", False, ("组织宣传",), deputies=2, weight=0.4),
    Body("妇女联合会", UnitCategory.MASS, "主席", sections=("权益",), deputies=2, weight=0.4),
    Body("委党校", UnitCategory.INSTITUTION, "常务副校长", False, ("教务", "科研"), deputies=2, deputy="副校长"),
    Body("第一人民医院", UnitCategory.INSTITUTION, "院长", False, ("医务", "人事"), weight=1.4),
    Body("融媒体中心", UnitCategory.INSTITUTION, "主任", False, ("编辑",), deputies=2, weight=0.8),
)

_PARTY_OF_COUNTY = (
    _party("纪委监委机关", "副书记", "党风政风监督", category=UnitCategory.DISCIPLINE, deputies=2, deputy="常委"),
    _party("委办公室", "主任", "秘书", deputies=2),
    _party("委组织部", "常务副部长", "干部", deputies=2, deputy="副部长"),
)
_GOVERNMENT_OF_COUNTY = (
    _government("人民政府办公室", "综合", head="主任"),
    _government("发展和改革局", "投资", deputies=3),
    _government("教育局", "基础教育"),
    _government("财政局", "预算", extra="总会计师"),
    _government("住房和城乡建设局", "建筑业管理", extra="总工程师"),
    _government("自然资源局", "耕地保护", earlier_name="国土资源局"),
    _government("农业农村局", "种植业", earlier_name="农业局"),
    _government("水利局", "水利建设", deputies=2),
    _government("民政局", "社会救助", deputies=2),
    _government("交通运输局", "公路", deputies=2),
    _government("应急管理局", "安全监管", deputies=2, earlier_name="安全生产监督管理局"),
    _government("文化和旅游局", "公共文化", deputies=2, earlier_name="文化广电新闻出版局"),
    _government("政务服务和大数据局", "数据资源", deputies=2, is_new=True),
)
_MASS_OF_COUNTY = (
    Body("总工会", UnitCategory.MASS, "主席", sections=(), deputies=1, weight=0.3),
    Body("共青团{area}委员会", UnitCategory.MASS, "书记", False, (), deputies=2, weight=0.25),
)
_INSTITUTION_OF_COUNTY = (Body("人民医院", UnitCategory.INSTITUTION, "院长", False, ("医务",), weight=0.8),)


@dataclass(frozen=True, slots=True)
class CountyPlan:
    """Which bodies a county has; the city of 120 units has one county in full and four in outline."""

    groups: dict[str, tuple[Body, ...]] = field(default_factory=dict)
    townships: int = 3


FULL_COUNTY = CountyPlan(
    {
        "委工作部门": _PARTY_OF_COUNTY,
        "政府工作部门": _GOVERNMENT_OF_COUNTY,
        "群团组织": _MASS_OF_COUNTY,
        "属事业单位": _INSTITUTION_OF_COUNTY,
    },
    townships=5,
)


def outline_county(*names: str) -> CountyPlan:
    by_name = {body.name: body for body in (*_GOVERNMENT_OF_COUNTY, _government("审计局", "财政审计"))}
    by_name["司法局"] = _government("司法局", "公共法律服务", deputies=2)
    chosen = tuple(by_name[name] for name in names)
    return CountyPlan({"委工作部门": (_PARTY_OF_COUNTY[0], _PARTY_OF_COUNTY[2]), "政府工作部门": chosen})


COUNTY_PLANS = {
    "望岚": outline_county("人民政府办公室", "发展和改革局", "住房和城乡建设局", "审计局"),
    "松涧": FULL_COUNTY,
    "栖梧": outline_county("人民政府办公室", "发展和改革局", "自然资源局", "农业农村局"),
    "砚溪": outline_county("人民政府办公室", "财政局", "水利局", "文化和旅游局"),
    "云栈": outline_county("人民政府办公室", "司法局", "交通运输局"),
}
LEVELS = {
    "city": UnitLevel.DEPARTMENT,
    "city_body": UnitLevel.COUNTY,
    "county": UnitLevel.COUNTY,
    "county_body": UnitLevel.TOWNSHIP,
}
