"""Files as other programs and hurried hands make them: bytes of a good file, altered in one way each."""

import base64
import io
import re

from PIL import Image

BOM = b"\xef\xbb\xbf"
_DECLARED = b'<?xml version="1.0" encoding="utf-8"?>'


def without_bom(data: bytes) -> bytes:
    return data.removeprefix(BOM)


def in_gbk(data: bytes) -> bytes:
    """Declared and written so, as older programs do; what GBK lacks becomes a character reference."""
    text = data.removeprefix(BOM + _DECLARED).decode()
    return b'<?xml version="1.0" encoding="gbk"?>' + text.encode("gbk", "xmlcharrefreplace")


def set_element(data: bytes, tag: str, content: str) -> bytes:
    """Put something else between the tags of the first element of the name, or behind the empty one."""
    pattern = re.compile(rf"<{tag}>.*?</{tag}>|<{tag} ?/>".encode(), re.DOTALL)
    return pattern.sub(lambda _found: f"<{tag}>{content}</{tag}>".encode(), data, count=1)


def without_element(data: bytes, tag: str) -> bytes:
    """As files of older programs that do not know it."""
    return re.sub(rf"\s*<{tag}>.*?</{tag}>|\s*<{tag} ?/>".encode(), b"", data, count=1, flags=re.DOTALL)


def with_cdata(data: bytes, tag: str) -> bytes:
    found = re.search(rf"<{tag}>(.*?)</{tag}>".encode(), data, re.DOTALL)
    assert found is not None
    return set_element(data, tag, f"<![CDATA[{found[1].decode()}]]>")


def with_blank_elements(data: bytes) -> bytes:
    """Empty elements hold a line break and the indent."""
    return re.sub(rb"<(\w+) ?/>", rb"<\1>\n  </\1>", data)


def with_unknown_elements(data: bytes) -> bytes:
    more = '  <DanWeiLeiBie>03</DanWeiLeiBie>\n  <KuoZhan><Xiang Ming="备用">甲</Xiang></KuoZhan>\n</Person>'
    return data.replace(b"</Person>", more.encode())


def with_crlf(data: bytes) -> bytes:
    return data.replace(b"\n", b"\r\n")


def cut_off(data: bytes) -> bytes:
    """Two thirds, as after a full disk."""
    end = len(data) * 2 // 3
    return data[:end]


def with_entities(data: bytes) -> bytes:
    """A small specimen of the kind that grows a thousandfold: must be refused, not expanded."""
    definitions = '<!ENTITY a "甲甲甲甲甲甲甲甲">' + "".join(
        f'<!ENTITY {name} "{f"&{before};" * 8}">' for before, name in ("ab", "bc", "cd")
    )
    text = data.replace(_DECLARED, _DECLARED + f"\n<!DOCTYPE Person [{definitions}]>".encode())
    return set_element(text, "XingMing", "&d;")


def with_photo(data: bytes, photo: bytes) -> bytes:
    return set_element(data, "ZhaoPian", base64.b64encode(photo).decode())


def as_png(photo: bytes) -> bytes:
    out = io.BytesIO()
    with Image.open(io.BytesIO(photo)) as image:
        image.resize((240, 300)).save(out, "PNG")
    return out.getvalue()


def hurried_resume(text: str) -> str:
    """The same lines with other signs between the months, ASCII brackets, and one month written out."""
    signs = iter(("-", "—", "～", "至", "－"))
    lines = [line.replace("--", next(signs, "--"), 1) if line[:1].isdigit() else line for line in text.split("\n")]
    return "\n".join(lines).replace("（其间：", "(其间:").replace("）", ")")


def with_gap(text: str, months: int = 8) -> str:
    """The second line begins so many months after the first ended."""
    lines = text.split("\n")
    second = next(number for number, line in enumerate(lines) if number and line[:1].isdigit())
    year, month = int(lines[second][:4]), int(lines[second][5:7])
    later = year * 12 + month - 1 + months
    lines[second] = f"{later // 12:04d}.{later % 12 + 1:02d}{lines[second][7:]}"
    return "\n".join(lines)
