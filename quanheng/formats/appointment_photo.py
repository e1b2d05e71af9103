"""The photo of a form as it is printed."""

import io

from PIL import Image

WIDTH = 600  # pixels: 36 mm at 420 dots an inch; more would only swell the file
MOST_PIXELS = 40_000_000  # a small file can hold a picture that fills the memory


def printable(content: bytes) -> bytes:
    """A JPEG no wider than needed; empty when there is none or it is no picture, since then the cell stays empty."""
    try:
        with Image.open(io.BytesIO(content), formats=("JPEG", "PNG", "BMP", "GIF")) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                return b""
            return content if is_fine(picture) else encode(picture)
    except (OSError, SyntaxError, ValueError):  # what Pillow raises for broken files
        return b""


def is_fine(picture: Image.Image) -> bool:
    is_plain = picture.format == "JPEG" and picture.mode in ("RGB", "L") and picture.width <= WIDTH
    picture.load()  # a truncated file fails here and not in the printed form
    return is_plain


def encode(picture: Image.Image) -> bytes:
    picture.draft("RGB", (WIDTH, WIDTH * 2))
    small = picture.convert("RGB")
    small.thumbnail((WIDTH, WIDTH * 2))
    target = io.BytesIO()
    small.save(target, "JPEG", quality=90)
    return target.getvalue()
