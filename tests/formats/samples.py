"""Sample files, and small ones made on the spot."""

import io
from functools import cache
from pathlib import Path

from PIL import Image

DATA = Path(__file__).resolve().parent.parent / "data"
ENCODINGS = ["no-bom-crlf", "gbk", "gb2312", "gb18030", "utf16"]


def sample(name: str) -> bytes:
    return (DATA / "lrmx" / f"{name}.lrmx").read_bytes()


def person(inner: str = "") -> bytes:
    return f"<?xml version='1.0' encoding='utf-8'?>\n<Person><XingMing>赵</XingMing>{inner}</Person>".encode()


@cache
def picture(kind: str = "JPEG", size: tuple[int, int] = (48, 60), mode: str = "RGB", **options: object) -> bytes:
    """A gradient, so that orientation and scale can be seen in it."""
    gradient = Image.linear_gradient("L").resize(size)
    out = io.BytesIO()
    gradient.convert(mode).save(out, kind, **options)
    return out.getvalue()


def jpeg(**options: object) -> bytes:
    return picture(**options)
