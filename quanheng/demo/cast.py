"""Persons made by hand: those of the design's pictures, and those that a screen must be able to bear."""

from dataclasses import dataclass
from datetime import date

from quanheng.people.choices import Sex

M, F = Sex.MALE, Sex.FEMALE


@dataclass(frozen=True, slots=True)
class CastMember:
    name: str
    sex: Sex
    born: date
    unit: str
    title: str
    ethnicity: str = "01"
    relatives: int = 0  # 0: as it comes
    spouse: str = ""  # another of the cast

    @property
    def seat(self) -> tuple[str, str]:
        return self.unit, self.title


SUBJECT = "沈砚秋"  # signs in to 我的档案
LONGEST_NAME = "阿卜杜热合曼·图尔荪尼亚孜"
TEN_RELATIVES = "石广陵"
OFFICER_WITH_KIN = "温如故"
NAMESAKE = "宋怀瑾"  # of a sample file: same name and birth month, another person
REVISED = "谢听澜"  # of a sample file: the same person with three changed fields

CAST = (
    CastMember(SUBJECT, F, date(1985, 3, 12), "松涧县发展和改革局", "党组书记、局长"),
    CastMember(NAMESAKE, M, date(1987, 12, 5), "松涧县发展和改革局", "党组成员、副局长"),
    CastMember("顾明谦", M, date(1976, 5, 20), "松涧县住房和城乡建设局", "党组书记、局长"),
    CastMember("周以宁", M, date(1982, 11, 3), "松涧县住房和城乡建设局", "党组成员、副局长", spouse=OFFICER_WITH_KIN),
    CastMember("陆知远", M, date(1986, 10, 17), "松涧县住房和城乡建设局", "党组成员、总工程师"),
    CastMember("韩若川", M, date(1979, 1, 9), "松涧县自然资源局", "党组书记、局长"),
    CastMember("方既白", M, date(1984, 6, 28), "松涧县农业农村局", "党组书记、局长"),
    CastMember("古丽娜尔·艾山江", F, date(1988, 7, 15), "松涧县农业农村局", "党组成员、副局长", "05"),
    CastMember("欧阳景行", M, date(1981, 8, 22), "松涧县水利局", "党组书记、局长"),
    CastMember("祁望舒", F, date(1990, 2, 14), "松涧县民政局", "党组成员、副局长", "03"),
    CastMember(REVISED, F, date(1983, 9, 6), "松涧县财政局", "党组成员、副局长"),
    CastMember("龙启明", M, date(1989, 4, 30), "松涧县交通运输局", "党组成员、副局长", "15"),
    CastMember("孟拾光", M, date(1978, 3, 25), "松涧县应急管理局", "党组书记、局长"),
    CastMember("贺兰若水", F, date(1991, 1, 18), "松涧县文化和旅游局", "党组成员、副局长", "11"),
    CastMember(LONGEST_NAME, M, date(1986, 5, 8), "松涧县青萍镇", "党委委员、副镇长", "05"),
    CastMember(TEN_RELATIVES, M, date(1971, 10, 2), "松涧县城关镇", "党委书记", relatives=10),
    CastMember(OFFICER_WITH_KIN, F, date(1984, 8, 19), "中共霁州市委组织部", "干部一科科长", spouse="周以宁"),
    CastMember("宁采芹", F, date(1987, 9, 11), "云栈县司法局", "党组成员、副局长"),
)
