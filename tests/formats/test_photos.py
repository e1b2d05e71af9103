import io
import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from quanheng.formats import photos
from quanheng.formats.photos import MAX_BYTES, CannotReadPhoto, PhotoFacts, is_in_our_form, normalise, probe
from tests.formats.samples import jpeg, picture

OURS = normalise(jpeg(size=(800, 1000))).data


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def refusal_of(data: bytes) -> CannotReadPhoto:
    with pytest.raises(CannotReadPhoto) as refusal:
        normalise(data)
    return refusal.value


def with_segment(mark: int, body: bytes) -> bytes:
    """OURS with one more segment behind the JFIF header."""
    return OURS[:20] + b"\xff" + bytes([mark]) + struct.pack(">H", len(body) + 2) + body + OURS[20:]


def test_a_large_photo_becomes_small() -> None:
    photo = normalise(jpeg(size=(1600, 2000)))
    assert (photo.media_type, photo.width, photo.height) == ("image/jpeg", 480, 600)
    assert opened(photo.data).size == (480, 600)
    assert is_in_our_form(photo.data)


@pytest.mark.parametrize(
    ("size", "result"),
    [
        ((480, 600), (480, 600)),
        ((481, 600), (480, 599)),
        ((1000, 500), (480, 240)),
        ((48, 60), (48, 60)),
        ((1, 900), (1, 600)),
    ],
)
def test_the_ratio_stays_and_nothing_is_enlarged(size: tuple[int, int], result: tuple[int, int]) -> None:
    photo = normalise(jpeg(size=size))
    assert (photo.width, photo.height) == result


@pytest.mark.parametrize("size", [(480, 600), (1600, 2000)])
@pytest.mark.parametrize(
    ("kind", "mode"),
    [
        ("JPEG", "L"),
        ("JPEG", "CMYK"),
        ("PNG", "RGBA"),
        ("PNG", "P"),
        ("PNG", "I;16"),
        ("PNG", "1"),
        ("GIF", "P"),
        ("BMP", "RGB"),
        ("WEBP", "RGBA"),
    ],
)
def test_other_kinds_and_modes_become_ours(kind: str, mode: str, size: tuple[int, int]) -> None:
    photo = normalise(picture(kind, size, "L" if mode == "I;16" else mode))
    assert (photo.width, photo.height, opened(photo.data).mode) == (480, 600, "RGB")
    assert is_in_our_form(photo.data)


def test_transparent_becomes_white() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (8, 8), (0, 0, 0, 0)).save(out, "PNG")
    assert opened(normalise(out.getvalue()).data).getpixel((4, 4)) == (255, 255, 255)


def test_progressive_is_written_anew() -> None:
    data = jpeg(progressive=True)
    assert not is_in_our_form(data)
    assert is_in_our_form(normalise(data).data)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_orientation_is_applied(orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    photo = normalise(jpeg(size=(960, 1200), exif=exif.tobytes()))
    image = opened(photo.data).convert("L")
    assert image.size == ((480, 600) if orientation <= 4 else (480, 384))
    assert (
        dark_side(image)
        == {1: "top", 2: "top", 3: "bottom", 4: "bottom", 5: "left", 6: "right", 7: "right", 8: "left"}[orientation]
    )


def dark_side(image: Image.Image) -> str:
    width, height = image.size
    middles = {
        "top": (width // 2, 2),
        "bottom": (width // 2, height - 3),
        "left": (2, height // 2),
        "right": (width - 3, height // 2),
    }
    return min(middles, key=lambda side: int(image.getpixel(middles[side])))  # type: ignore[arg-type]  # one band


def test_nothing_but_the_picture_remains() -> None:
    exif = Image.Exif()
    exif[0x010F] = "SECRET-CAMERA"
    photo = normalise(
        jpeg(exif=exif.tobytes(), comment=b"SECRET-COMMENT", icc_profile=b"SECRET-PROFILE", dpi=(300, 300))
    )
    assert b"SECRET" not in photo.data
    assert photo.data[:20] == OURS[:20]
    assert b"SECRET" not in normalise(OURS + b"SECRET-TAIL").data


def test_our_form_stays_byte_for_byte() -> None:
    assert normalise(OURS).data is OURS
    foreign = jpeg(size=(240, 300), quality=50)
    assert normalise(foreign).data is foreign


@pytest.mark.parametrize(
    "data",
    [
        with_segment(0xE1, b"Exif\0\0"),
        with_segment(0xFE, b"comment"),
        with_segment(0xE0, b"JFXX\0"),
        OURS + b"\0",
        OURS[:2] + OURS[20:],
        OURS[:-2],
        jpeg(mode="L"),
        jpeg(size=(481, 600)),
        b"\xff\xd8\xff\xd9",
        OURS[:20] + b"\xff\xdb\xff",
    ],
    ids=["exif", "comment", "thumbnail", "tail", "no-jfif", "no-end", "grey", "wide", "empty", "cut-table"],
)  # fmt: skip
def test_what_is_not_our_form(data: bytes) -> None:
    assert not is_in_our_form(data)


def test_facts_from_the_header() -> None:
    assert probe(jpeg(size=(48, 60))) == PhotoFacts("image/jpeg", 48, 60)
    assert probe(picture("PNG", (30, 40))) == PhotoFacts("image/png", 30, 40)
    assert probe(b"GIF89a") is None
    assert probe(picture("TIFF", (30, 40))) is None


def test_what_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert refusal_of(b"").code == "empty"
    assert refusal_of(b"this is no picture").code == "no-picture"
    assert refusal_of(OURS[: len(OURS) // 2]).code == "damaged"
    big = refusal_of(b"\xff\xd8\xff" + bytes(50 * 1024 * 1024))
    assert (big.code, big.facts["limit"]) == ("too-large", MAX_BYTES)
    monkeypatch.setattr(photos, "MAX_PIXELS", 100)
    bomb = refusal_of(picture("PNG", (20, 30)))
    assert (bomb.code, bomb.facts) == ("too-many-pixels", {"width": 20, "height": 30, "limit": 100})


def test_a_bomb_is_refused_before_it_is_decoded() -> None:
    header = struct.pack(">IIBBBBB", 100_000, 100_000, 8, 2, 0, 0, 0)
    chunk = struct.pack(">I", 13) + b"IHDR" + header + struct.pack(">I", zlib.crc32(b"IHDR" + header))
    assert refusal_of(b"\x89PNG\r\n\x1a\n" + chunk + b"\0\0\0\0IDAT\0\0\0\0").code in ("no-picture", "too-many-pixels")


@given(st.integers(0, len(OURS) - 1), st.binary(min_size=1, max_size=4))
def test_damage_is_refused_or_repaired(position: int, patch: bytes) -> None:
    data = OURS[:position] + patch + OURS[position + len(patch) :]
    try:
        photo = normalise(data)
    except CannotReadPhoto as refusal:
        code = refusal.code
    else:
        code = "repaired"
        assert normalise(photo.data) == photo
    assert code in ("repaired", "no-picture", "damaged", "too-many-pixels")


@given(st.binary(max_size=60))
def test_no_bytes_break_it(data: bytes) -> None:
    assert not is_in_our_form(b"\xff\xd8" + data)
    assert probe(data) is None
