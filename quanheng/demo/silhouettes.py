"""Photos of nobody: a head and shoulders in flat colour, drawn from the seed."""

import io
import random

from PIL import Image, ImageDraw

from quanheng.demo.chance import dice, pick

SIZE = (480, 600)
COUNT = 24
_GROUNDS = ("#dfe7ee", "#e6ebe4", "#ece8e1", "#e3e3ea")
_SHAPES = ("#8fa5b8", "#93a698", "#a69c8f", "#9696a6")


def silhouettes(seed: int) -> list[bytes]:
    """JPEG, 480 x 600; by turns with short hair and with hair to the shoulders."""
    return [_draw(dice(seed, "silhouette", number), has_long_hair=number % 2 == 1) for number in range(COUNT)]


def _draw(chance: random.Random, *, has_long_hair: bool) -> bytes:
    choice = chance.randrange(len(_GROUNDS))
    image = Image.new("RGB", SIZE, _GROUNDS[choice])
    draw = ImageDraw.Draw(image)
    shape, radius, lift = _SHAPES[choice], chance.randint(92, 108), chance.randint(-10, 10)
    middle, top = 240, 150 + lift
    if has_long_hair:
        hair = (middle - radius - 16, top - 12, middle + radius + 16, top + 3 * radius - 40)
        draw.rounded_rectangle(hair, radius + 10, fill=_darker(shape))
    draw.rectangle((middle - 40, top + 2 * radius - 30, middle + 40, 470), fill=shape)
    draw.ellipse((middle - radius, top, middle + radius, top + int(2.25 * radius)), fill=shape)
    width = pick(chance, (170, 180, 190))
    draw.rounded_rectangle((middle - width, 430, middle + width, 760), 110, fill=_darker(shape))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=80)
    return out.getvalue()


def _darker(colour: str) -> str:
    return "#" + "".join(f"{int(colour[at : at + 2], 16) * 4 // 5:02x}" for at in (1, 3, 5))
