"""Numbers of articles in words: `8(3)` is 第八条第（三）项, in English Art. 8(3)."""

import re
from functools import cache

from quanheng.rulebook.instrument import Citation, Words

_DIGITS = "零一二三四五六七八九"
_PARAGRAPHS = {"末款": "last paragraph", "第二款": "paragraph 2"}
_PARAGRAPH = re.compile(rf"(\d{{1,3}}) ({'|'.join(_PARAGRAPHS)})")
_ARTICLE = re.compile(r"(\d{1,3})(?:\((\d{1,2})\))?")


@cache
def cited(citation: Citation, own: str) -> Words:
    """Where a number stands: the article, before it the document where that is another than `own`."""
    from quanheng.rulebook.book import load  # the book is read from what this names

    article = citation.article
    if citation.instrument == own and article:
        return Words(chinese(article), english(article))
    title = next((each.title for each in load().instruments if each.code == citation.instrument), None)
    if title is None:
        return Words(str(citation), str(citation))
    return Words(title.zh + chinese(article), f"{title.en} {english(article)}".strip())


def english(article: str | None) -> str:
    if not article:
        return ""
    if _ARTICLE.fullmatch(article):
        return f"Art. {article}"
    found = _PARAGRAPH.fullmatch(article)
    if found:
        return f"Art. {found[1]}, {_PARAGRAPHS[found[2]]}"
    return f"Arts. {article.replace(',', ', ')}" if all(map(_ARTICLE.fullmatch, _several(article))) else article


def chinese(article: str | None) -> str:
    """As the Chinese text counts them; what is written otherwise stays as it is."""
    if found := _PARAGRAPH.fullmatch(article or ""):
        return _one_numeral(found[1]) + found[2]
    parts = _several(article or "")
    if not all(map(_ARTICLE.fullmatch, parts)):
        return article or ""
    return ("至" if "-" in (article or "") else "、").join(map(_one_numeral, parts))


def _several(article: str) -> list[str]:
    """`55,56`, `37/38` and `28-30` name several articles."""
    return re.split(r"[,/]|(?<=\d)-(?=\d)", article)


def _one_numeral(article: str) -> str:
    found = _ARTICLE.fullmatch(article)
    assert found
    number, item = found.groups()
    return f"第{numeral(int(number))}条" + (f"第（{numeral(int(item))}）项" if item else "")


def numeral(number: int) -> str:
    """Below a thousand, as articles are numbered: 一百零三."""
    hundreds, rest = divmod(number, 100)
    tens, units = divmod(rest, 10)
    head = f"{_DIGITS[hundreds]}百" if hundreds else ""
    middle = "" if not tens else "十" if tens == 1 and not hundreds else f"{_DIGITS[tens]}十"
    gap = "零" if hundreds and not tens and units else ""
    tail = _DIGITS[units] if units or not number else ""
    return head + middle + gap + tail
