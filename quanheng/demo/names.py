"""Names by combination: a surname and one or two characters. Whoever bears such a name is not meant."""

import random

from quanheng.demo.chance import Weighted, pick
from quanheng.people.choices import Sex

DOUBLE = ("欧阳", "上官", "司马", "诸葛", "夏侯", "皇甫", "尉迟", "令狐", "宇文", "慕容", "司徒", "端木")
SURNAMES = Weighted(
    {
        **dict.fromkeys("王李张刘陈杨赵黄周吴", 6.0),
        **dict.fromkeys("徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕", 2.0),
        **dict.fromkeys(
            "苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万", 0.8
        ),
        **dict.fromkeys(
            "段雷钱汤尹黎易常武乔贺赖龚文庞樊兰殷施陶洪翟安颜倪严牛温芦季俞章鲁葛伍韦申尤毕聂丛焦向柳邢路岳齐", 0.4
        ),
        **dict.fromkeys(
            "祁梅莫庄辛管祝左涂谷时舒耿牟卜詹关苗凌费纪靳盛童欧甄项曲成游阳裴席卫查屈鲍位覃霍翁隋植甘景薄单包", 0.2
        ),
        **dict.fromkeys(
            ("欧阳", "上官", "司马", "诸葛", "夏侯", "皇甫", "尉迟", "令狐", "宇文", "慕容", "司徒", "端木"), 0.15
        ),
        **dict.fromkeys("仇区解盖查冼缪", 0.12),  # surnames read otherwise than the word
    }
)
_MALE_FIRST = "怀明景知以启志承绍光云思柏松泽远仲子书文维敬修立正宏世延守砚行弘嘉昭存润望致允牧北川原"
_MALE_LAST = "瑾谦行远宁川明舟山石林平然岳诚钧衡安松洲峰哲轩宇恒章铭年程卓廷和齐望维野涛航帆磊"
_FEMALE_FIRST = "若听望语清疏秋采晓静书雅婉念素兰芷思知沐映雪月霁云梦青蕴柔令舒宜如初安佩慧敏文淑"
_FEMALE_LAST = "水澜舒芹桐秋静宜宁溪晴岚音禾瑶萱竹微然琳玥颖彤蓉荷雯怡妍菲琴珊棠茵露敏洁"

_UYGHUR = {
    Sex.MALE: ("艾尔肯", "买买提江", "阿卜杜拉", "吐尔逊", "努尔兰", "亚森", "玉素甫", "热合曼", "木拉提", "阿迪力江"),
    Sex.FEMALE: ("古丽娜尔", "阿依古丽", "热依汗", "帕提古丽", "迪丽拜尔", "麦尔哈巴", "祖丽皮耶", "阿孜古丽"),
}
_UYGHUR_FATHER = (
    "艾山江",
    "图尔荪",
    "买合木提",
    "阿不都热依木",
    "依明江",
    "库尔班",
    "伊布拉音",
    "托合提",
    "肉孜",
    "赛麦提江",
)
_MONGOL = {
    Sex.MALE: ("巴特尔", "苏和", "那木拉", "布仁", "青格勒", "阿古拉", "乌力吉", "满都拉"),
    Sex.FEMALE: ("乌兰图雅", "萨仁", "其其格", "娜仁", "托娅", "高娃", "斯琴", "乌日娜"),
}
_TIBETAN = {
    Sex.MALE: ("扎西顿珠", "多吉次仁", "格桑罗布", "洛桑平措", "旦增达瓦"),
    Sex.FEMALE: ("卓玛央金", "白玛拉姆", "德吉措姆", "次仁曲珍", "格桑美朵"),
}
OWN_NAMES = {"02", "04", "05"}  # groups whose names here are not of surname and given name

ETHNICITIES = Weighted(
    {
        "01": 925.0,
        "11": 16.0,
        "03": 16.0,
        "15": 10.0,
        "02": 8.0,
        "05": 7.0,
        "06": 5.0,
        "08": 5.0,
        "12": 3.0,
        "10": 2.0,
        "04": 2.0,
        "07": 1.0,
    }
)


def given_name(chance: random.Random, sex: Sex) -> str:
    first, last = (_MALE_FIRST, _MALE_LAST) if sex == Sex.MALE else (_FEMALE_FIRST, _FEMALE_LAST)
    if chance.random() < 0.14:
        return pick(chance, last)
    return pick(chance, first) + pick(chance, last)


def make_name(chance: random.Random, sex: Sex, ethnicity: str = "01", surname: str = "") -> str:
    match ethnicity:
        case "05":
            return f"{pick(chance, _UYGHUR[sex])}·{pick(chance, _UYGHUR_FATHER)}"
        case "02":
            return pick(chance, _MONGOL[sex])
        case "04":
            return pick(chance, _TIBETAN[sex])
        case _:
            return (surname or SURNAMES.draw(chance)) + given_name(chance, sex)


def surname_of(name: str) -> str:
    """The surname of a name made here: two characters only for the double ones."""
    return name[:2] if name[:2] in DOUBLE else name[:1]
