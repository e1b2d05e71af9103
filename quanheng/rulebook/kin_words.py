"""Kin words that officers write, as steps: P parent, C child, S sibling, M spouse. Words of GB/T 4761 are all here.

Seniority and sex are not kept: no class depends on them. A word for two relations of different
classes (媳妇: wife or son's wife) is left out. What is not listed is unknown, not "no kin".
"""

import re

_STEPS = {
    "M": "配偶 爱人 夫 妻 丈夫 妻子 老公 老婆 老伴",
    "P": "父 母 父亲 母亲 爸爸 妈妈 爸 妈 老爸 老妈 父母 双亲 生父 生母 养父 养母 养父母 继父 继母 继父母",
    "C": "子 女 儿 儿子 女儿 子女 孩子 独子 独女 其他女儿 养子 养女 养子女 继子 继女 继子女 婚生子 非婚生子 非婚生女",
    "S": "兄 弟 姐 姊 妹 哥 哥哥 弟弟 姐姐 妹妹 兄弟 姐妹 姊妹 兄妹 姐弟 兄弟姐妹 胞兄 胞弟 胞姐 胞妹 "
    "同父异母兄 同父异母弟 同父异母姐 同父异母妹 同母异父兄 同母异父弟 同母异父姐 同母异父妹 "
    "养兄 养弟 养姐 养妹 继兄 继弟 继姐 继妹",
    "PP": "祖父 祖母 祖父母 爷爷 奶奶 外祖父 外祖母 外祖父母 外公 外婆 姥爷 姥姥",
    "CC": "孙 孙子 孙女 孙子女 外孙 外孙子 外孙女 外孙子女",
    "PPP": "曾祖父 曾祖母 外曾祖父 外曾祖母 太爷爷 太奶奶",
    "CCC": "曾孙 曾孙子 曾孙女 曾外孙 外曾孙 曾外孙女 外曾孙女",
    "PPPP": "高祖父 高祖母",
    "CCCC": "玄孙 玄孙女",
    # 伯叔姑舅姨 and their spouses
    "PS": "伯 叔 姑 舅 姨 伯父 叔父 姑母 舅父 姨母 伯伯 大伯 叔叔 姑姑 姑妈 舅舅 姨妈 胞叔 胞伯",
    "PSM": "伯母 伯娘 大娘 叔母 婶母 婶娘 婶婶 婶子 婶 大妈 姑父 姑夫 姑丈 舅母 舅妈 妗子 姨父 姨夫 姨丈",
    "SC": "侄 侄子 侄儿 侄女 侄子女 甥 外甥 外甥女 甥女 甥子女",
    "SCM": "侄媳 侄媳妇 侄婿 侄女婿 外甥媳妇 甥媳 外甥女婿 甥婿",
    "PSC": "堂兄 堂弟 堂姐 堂妹 堂哥 堂兄弟 堂姐妹 堂兄弟姐妹 表兄 表弟 表姐 表妹 表哥 表兄弟 表姐妹 表兄弟姐妹 "
    "从兄 从弟 姑表兄 姑表弟 姑表姐 姑表妹 舅表兄 舅表弟 舅表姐 舅表妹 姨表兄 姨表弟 姨表姐 姨表妹",
    "PSCM": "堂嫂 堂弟媳 堂弟妇 堂姐夫 堂妹夫 表嫂 表弟媳 表弟妇 表姐夫 表妹夫",
    "PSCC": "堂侄 堂侄子 堂侄女 表侄 表侄子 表侄女 堂外甥 堂外甥女 表外甥 表外甥女",
    "PPS": "伯祖父 叔祖父 姑祖母 舅祖父 姨祖母 舅爷爷 二爷爷 三爷爷 二奶奶 三奶奶",
    "PPSC": "堂伯 堂叔 堂姑 表伯 表叔 表姑 表舅 表姨 堂舅 堂姨",
    "SCC": "侄孙 侄孙子 侄孙女 外甥孙 甥孙 甥孙女",
    # by marriage
    "SM": "嫂 嫂子 嫂嫂 弟媳 弟妇 弟妹 弟媳妇 姐夫 妹夫 姐丈 妹丈",
    "MP": "岳父 岳母 岳父母 岳丈 丈人 老丈人 丈母娘 公公 婆婆 公婆 公爹 婆母",
    "CM": "儿媳 儿媳妇 女婿 子媳 婿",
    "CMP": "亲家 亲家公 亲家母 亲家父 亲家翁",
    "CCM": "孙媳 孙媳妇 孙女婿 孙婿 外孙媳 外孙媳妇 外孙女婿",
    "MS": "妻兄 妻弟 妻姐 妻妹 妻哥 夫兄 夫弟 夫姐 夫妹 内兄 内弟 大舅子 小舅子 大舅哥 小舅哥 妻舅 大姨子 小姨子 "
    "大伯子 大伯哥 小叔子 大姑子 小姑子 大姑姐",
    "MSM": "妻嫂 妻弟媳 妻姐夫 妻妹夫 夫嫂 夫弟媳 夫姐夫 夫妹夫 连襟 妯娌 内嫂 内弟媳 内弟妇",
    "MSC": "妻侄 妻侄子 妻侄女 内侄 内侄女 妻外甥 妻外甥女 夫侄 夫侄子 夫侄女 夫外甥 夫外甥女",
    "MPS": "妻叔 妻伯 妻舅父 妻姨母 妻姑母 夫叔 夫伯 叔岳父 伯岳父",
    "MPSC": "妻表兄 妻表弟 妻表姐 妻表妹 妻堂兄 妻堂弟 妻堂姐 妻堂妹 "
    "夫表兄 夫表弟 夫表姐 夫表妹 夫堂兄 夫堂弟 夫堂姐 夫堂妹",
    "MPP": "岳祖父 岳祖母 妻祖父 妻祖母 夫祖父 夫祖母 太岳父 太岳母",
}
_OF_WORD = {word: steps for steps, words in _STEPS.items() for word in words.split()}
_NO_KIN = frozenset(
    ("无", "非亲属", "不是亲属", "无亲属关系", "没有亲属关系", "同学", "同窗", "校友", "同事", "朋友", "好友", "同乡")
    + ("老乡", "战友", "邻居", "师生", "老师", "学生", "上级", "下级", "下属", "熟人", "前同事", "原同事", "同乡关系")
    + ("同事关系", "同学关系", "师生关系", "无关系", "无亲属")
)
_STEP_WORDS = ("继父", "继母", "继子", "继女", "继兄", "继弟", "继姐", "继妹")
_ORDINAL = re.compile(r"[大二三四五六七八九长次小幺]")
# Where a birth order names another person of the same relation. Not for spouses (大夫 is a physician), nor upwards
# (二爷爷 is the grandfather's brother, 小妈 a stepmother). 小叔, 大姨 and their like are also said of the spouse's
# siblings, who are recused just the same; 小叔子, 大姨子 are listed.
_COUNTED = frozenset({"C", "S", "PS", "PSM", "SC", "SCM", "PSC", "PSCM", "CC", "SM", "CM"})
_SPACE = re.compile(r"\s+")


def parts(word: str) -> list[str]:
    """A chain at 之 and 的: 妻之兄的妻子 is 妻, 兄, 妻子. Never empty; a gap in the chain stays as an empty part."""
    return re.split("[之的]", _SPACE.sub("", word))


def steps(part: str) -> str | None:
    """The steps of one word; a birth order before it is left out (长子, 二姐夫, 三叔). None: unknown."""
    if found := _OF_WORD.get(part):
        return found
    found = _OF_WORD.get(part[1:]) if _ORDINAL.match(part) else None
    return found if found in _COUNTED else None


def is_no_kin(word: str) -> bool:
    """A word that says that there is no kinship (同学, 同事)."""
    return _SPACE.sub("", word) in _NO_KIN


def is_step(word: str) -> bool:
    """Does the word itself say stepparent, stepchild or stepsibling?"""
    return any(part.startswith(_STEP_WORDS) for part in parts(word))


def words() -> dict[str, str]:
    """Every word with its steps."""
    return dict(_OF_WORD)
