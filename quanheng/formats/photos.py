"""Photos in our form: JPEG as every program reads it, small, without anything but the picture.

"Our form": baseline JPEG of 3 components, at most 480 x 600, one scan, no segment but JFIF, tables,
frame and scan, nothing behind the end mark, and it decodes. Such a photo stays byte for byte; all others
are decoded and written anew, which drops place, camera, thumbnails and whatever hides behind the picture.
"""

import io
import re
import struct
import zlib
from dataclasses import dataclass

from PIL import Image

from quanheng.kernel.errors import Refused


class CannotReadPhoto(Refused):
    """empty, too-large (size, limit), no-picture, too-many-pixels (width, height, limit), damaged."""


@dataclass(frozen=True, slots=True)
class PhotoFacts:
    media_type: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Photo:
    data: bytes
    media_type: str
    width: int
    height: int


MAX_BYTES = 10 * 1024 * 1024
MAX_PIXELS = 30_000_000  # a phone's picture; bounds memory at about 120 MB
BOX = (480, 600)
QUALITY = 90
MEDIA_TYPE = "image/jpeg"

_FORMATS = ("JPEG", "PNG", "BMP", "GIF", "WEBP")
# What Pillow's decoders raise for damaged input, gathered from their sources.
_DAMAGE = (
    OSError,
    ValueError,
    SyntaxError,
    struct.error,
    zlib.error,
    EOFError,
    IndexError,
    KeyError,
    TypeError,
    OverflowError,
    MemoryError,
    NotImplementedError,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
)
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_ORIENTATION = 0x0112


def probe(data: bytes) -> PhotoFacts | None:
    """From the header alone; None for what is no picture we take."""
    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
            return PhotoFacts(_media_type(image), image.width, image.height)
    except _DAMAGE:
        return None


def normalise(data: bytes) -> Photo:
    """Idempotent. Raises CannotReadPhoto."""
    if not data:
        raise CannotReadPhoto("empty")
    if len(data) > MAX_BYTES:
        raise CannotReadPhoto("too-large", size=len(data), limit=MAX_BYTES)
    facts = probe(data)
    if facts is None:
        raise CannotReadPhoto("no-picture")
    if facts.width * facts.height > MAX_PIXELS:
        raise CannotReadPhoto("too-many-pixels", width=facts.width, height=facts.height, limit=MAX_PIXELS)
    if is_in_our_form(data):
        return Photo(data, MEDIA_TYPE, facts.width, facts.height)
    return _write_anew(data)


def _media_type(image: Image.Image) -> str:
    return MEDIA_TYPE if image.format == "MPO" else Image.MIME[str(image.format)]


def _write_anew(data: bytes) -> Photo:
    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
            small = _shrink(image)
            out = io.BytesIO()
            small.save(out, "JPEG", quality=QUALITY)
    except _DAMAGE as error:
        raise CannotReadPhoto("damaged") from error
    return Photo(out.getvalue(), MEDIA_TYPE, small.width, small.height)


def _shrink(image: Image.Image) -> Image.Image:
    """Upright, RGB, within the box; JPEG is decoded at a fraction of its size where that is enough."""
    turn = _TURNS.get(_orientation(image))
    lies = turn is not None and turn not in (
        Image.Transpose.FLIP_LEFT_RIGHT,
        Image.Transpose.FLIP_TOP_BOTTOM,
        Image.Transpose.ROTATE_180,
    )
    box = BOX[::-1] if lies else BOX
    if image.width > box[0] or image.height > box[1]:
        image.thumbnail(box, Image.Resampling.BICUBIC, reducing_gap=2.0)
    upright = image.transpose(turn) if turn is not None else image
    return _to_rgb(upright)


def _orientation(image: Image.Image) -> int:
    try:
        return int(image.getexif().get(_ORIENTATION, 1))
    except _DAMAGE:
        return 1  # a damaged note about the camera does not spoil the picture


def _to_rgb(image: Image.Image) -> Image.Image:
    if image.mode == "P" or "A" in image.mode or "transparency" in image.info:
        layer = image.convert("RGBA")
        paper = Image.new("RGB", layer.size, "white")
        paper.paste(layer, mask=layer.getchannel("A"))
        return paper
    copy = image.convert("RGB")
    copy.info.clear()  # `save` would write resolution, comment and colour profile again
    return copy


# -- is it in our form? --------------------------------------------------------------------------

_JFIF = re.compile(rb"\xff\xe0\x00\x10JFIF\x00.{7}\x00\x00", re.DOTALL)  # 16 bytes: no thumbnail
_TABLES = {0xDB, 0xC4, 0xDD}  # quantisation, Huffman, restart interval
_BASELINE_FRAME, _SCAN = 0xC0, 0xDA
_AFTER_SCAN = re.compile(rb"\xff[^\x00\xd0-\xd7]")


def is_in_our_form(data: bytes) -> bool:
    frame = _frame_of(data)
    return frame is not None and frame[0] <= BOX[0] and frame[1] <= BOX[1] and _decodes(data)


def _frame_of(data: bytes) -> tuple[int, int] | None:
    """Width and height, if the segments are those of our form."""
    if not data.startswith(b"\xff\xd8") or _JFIF.match(data, 2) is None:
        return None
    position, size = 20, None
    while position + 4 <= len(data) and data[position] == 0xFF:
        mark, length = data[position + 1], int.from_bytes(data[position + 2 : position + 4])
        if mark == _SCAN:
            return size if _ends_at_end_mark(data, position + 2 + length) else None
        if mark == _BASELINE_FRAME and size is None:
            size = _size_in_frame(data[position + 4 : position + 2 + length])
        elif mark not in _TABLES:
            return None
        position += 2 + length
    return None


def _size_in_frame(frame: bytes) -> tuple[int, int] | None:
    """Precision 8, height, width, 3 components."""
    if len(frame) != 15 or frame[0] != 8 or frame[5] != 3:
        return None
    return int.from_bytes(frame[3:5]), int.from_bytes(frame[1:3])


def _ends_at_end_mark(data: bytes, scan: int) -> bool:
    found = _AFTER_SCAN.search(data, scan)
    return found is not None and found[0] == b"\xff\xd9" and found.end() == len(data)


def _decodes(data: bytes) -> bool:
    """All of the data is read, at an eighth of the size. Like every viewer it lets a grey rest pass."""
    try:
        with Image.open(io.BytesIO(data), formats=("JPEG",)) as image:
            image.draft(None, (1, 1))
            image.load()
    except _DAMAGE:
        return False
    return True
