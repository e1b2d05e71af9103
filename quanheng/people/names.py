"""How a name is found and sorted: characters, full pinyin, initials; readings of a surname side by side."""

from functools import cache

from pypinyin import lazy_pinyin

DOT = "·"
LENGTH = 400  # of Cadre.search_text

# Surnames that are read otherwise than the word, syllable by syllable, the usual reading first.
SURNAME_READINGS: dict[str, tuple[tuple[str, ...], ...]] = {
    "单": (("shan",), ("dan",)),
    "解": (("xie",), ("jie",)),
    "曾": (("zeng",), ("ceng",)),
    "查": (("zha",), ("cha",)),
    "仇": (("qiu",), ("chou",)),
    "朴": (("piao",), ("pu",)),
    "区": (("ou",), ("qu",)),
    "盖": (("ge",), ("gai",)),
    "覃": (("qin",), ("tan",)),
    "乐": (("yue",), ("le",)),
    "翟": (("zhai",), ("di",)),
    "缪": (("miao",), ("mou",)),
    "员": (("yun",), ("yuan",)),
    "秘": (("bi",), ("mi",)),
    "召": (("shao",), ("zhao",)),
    "种": (("chong",), ("zhong",)),
    "洗": (("xian",), ("xi",)),
    "尉迟": (("yu", "chi"), ("wei", "chi")),
    "万俟": (("mo", "qi"), ("wan", "si")),
    "长孙": (("zhang", "sun"), ("chang", "sun")),
}


@cache
def _reading(character: str) -> str:
    return lazy_pinyin(character, errors="default")[0].lower()


def sort_name(name: str) -> str:
    """Pinyin in the usual reading, by which lists are sorted."""
    return "".join(_readings(name)[0])[:120]


def search_text(name: str, former_names: str = "") -> str:
    """Everything a search box may be given for a person: lower case, separated by blanks.

    `沈砚秋` gives `沈砚秋 shenyanqiu syq`; a surname of two readings gives both; a name with dots is
    found without them. Former names (separated by 、 or blanks) follow.
    """
    names = [name, *former_names.replace("、", " ").replace("，", " ").split()]
    words = dict.fromkeys(word for one in names if one for word in _words(one))
    return " ".join(words)[:LENGTH]


def _words(name: str) -> list[str]:
    written = [name.lower(), name.replace(DOT, "").lower()]
    for syllables in _readings(name):
        written += ["".join(syllables), "".join(syllable[:1] for syllable in syllables)]
    return written


def _readings(name: str) -> list[list[str]]:
    """The name syllable by syllable, once for each reading of its surname."""
    bare = name.replace(DOT, "").replace(" ", "")
    surname = next((bare[:length] for length in (2, 1) if bare[:length] in SURNAME_READINGS), "")
    given = [_reading(character) for character in bare[len(surname) :]]
    return [[*reading, *given] for reading in SURNAME_READINGS.get(surname, ((),))]
