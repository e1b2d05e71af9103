import io
import stat
import struct
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quanheng.formats import archives
from quanheng.formats.archives import CannotUnpack, Limits, unpack
from tests.formats.samples import sample

FORM = sample("old")


def packed(*entries: tuple[str | zipfile.ZipInfo, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for name, data in entries:
            archive.writestr(name, data)
    return out.getvalue()


def refusal_of(data: bytes, limits: Limits = archives.LIMITS) -> CannotUnpack:
    with pytest.raises(CannotUnpack) as refusal:
        unpack(data, limits=limits)
    return refusal.value


def names(data: bytes) -> list[str]:
    return [member.name for member in archives.members(data)]


def test_members_with_folders(tmp_path: Path) -> None:
    data = packed(("市水务局/", b""), ("市水务局/甲.lrmx", FORM), ("乙.LRMX", b"<Person/>"))
    assert [(member.name, member.size, member.data) for member in archives.members(data)] == [
        ("市水务局/甲.lrmx", len(FORM), FORM),
        ("乙.LRMX", 9, b"<Person/>"),
    ]
    file = tmp_path / "a.zip"
    file.write_bytes(data)
    assert [member.name for member in archives.members(file)] == names(data)
    with file.open("rb") as stream:
        stream.seek(5)
        assert [member.name for member in archives.members(stream)] == names(data)


def test_what_is_left_aside_is_named() -> None:
    archive = unpack(
        packed(
            ("a.lrmx", FORM),
            ("b.zip", b"PK"),
            ("c/d.7z", b""),
            ("说明.txt", b"x"),
            ("__MACOSX/._a.lrmx", b"x"),
            ("Thumbs.db", b""),
        )
    )
    assert [member.name for member in archive.members] == ["a.lrmx"]
    assert [(finding.place, finding.code) for finding in archive.findings] == [
        ("b.zip", "archive-nested"),
        ("c/d.7z", "archive-nested"),
        ("说明.txt", "archive-other"),
    ]
    assert archive.findings[0].reason == "压缩包里还有压缩包 b.zip，没有打开。请先解开，再一起选。"


def test_names_in_gbk() -> None:
    """Windows' own zip: GBK bytes and no flag that says so."""
    data = packed(("AAAAAA.lrmx", FORM)).replace(b"AAAAAA", "周石桥".encode("gbk"))
    assert names(data) == ["周石桥.lrmx"]
    utf8 = packed(("AAAAAAAAA.lrmx", FORM)).replace(b"AAAAAAAAA", "周石桥".encode())
    assert names(utf8) == ["周石桥.lrmx"]


@pytest.mark.parametrize(
    "name",
    [
        "../a.lrmx",
        "x/../../a.lrmx",
        "/etc/a.lrmx",
        "C:/a.lrmx",
        "c:a.lrmx",
        "..\\a.lrmx",
        "\\\\host\\a.lrmx",
        "x/../y.txt",
    ],
)
def test_path_tricks_are_refused(name: str) -> None:
    refusal = refusal_of(packed(("good.lrmx", FORM), (name, FORM)))
    assert (refusal.code, refusal.facts) == ("path", {"name": name.replace("\\", "/")})


def test_links_are_refused() -> None:
    link = zipfile.ZipInfo("a.lrmx")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    assert refusal_of(packed((link, b"/etc/passwd"))).code == "path"


def test_a_hidden_end_of_name_is_refused() -> None:
    data = packed(("a.lrmxZ.txt", FORM)).replace(b"a.lrmxZ.txt", b"a.lrmx\0.txt")
    assert refusal_of(data).code == "path"


def test_encrypted_is_refused() -> None:
    data = bytearray(packed(("a.lrmx", FORM)))
    for head, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(head) + flags] |= 1
    assert refusal_of(bytes(data)).code == "encrypted"


@pytest.mark.parametrize(
    ("data", "kind"),
    [(b"", ""), (b"7z\xbc\xaf\x27\x1c....", "7z"), (b"Rar!\x1a\x07\x00", "rar"), (b"PK\x03\x04", ""), (FORM, "")],
)
def test_what_is_no_zip(data: bytes, kind: str) -> None:
    refusal = refusal_of(data)
    assert (refusal.code, refusal.facts) == ("not-zip", {"kind": kind})


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    refusal = refusal_of(packed(("a.lrmx", FORM), ("b.lrmx", bytes(3_000_000))))
    assert (refusal.code, refusal.facts) == ("bomb", {"name": "b.lrmx"})


def test_one_piece_under_many_names_is_a_bomb() -> None:
    data = packed(("a.lrmx", FORM), ("b.lrmx", FORM))
    second = data.rindex(b"PK\x01\x02")
    overlapped = data[: second + 42] + struct.pack("<I", 0) + data[second + 46 :]
    assert refusal_of(overlapped).code == "bomb"


def test_bounds() -> None:
    data = packed(("a.lrmx", FORM), ("b.lrmx", FORM))
    size = len(FORM)
    cases = {
        "too-many": [Limits(entries=1), Limits(members=1), Limits(directory_bytes=50)],
        "member-too-large": [Limits(member_bytes=size - 1)],
        "too-large": [Limits(total_bytes=2 * size - 1)],
    }
    for code, all_limits in cases.items():
        assert [refusal_of(data, limits).code for limits in all_limits] == [code] * len(all_limits)
    assert len(unpack(data, limits=Limits(entries=2, members=2, member_bytes=size, total_bytes=2 * size)).members) == 2


def test_a_lie_about_the_size_is_found_when_unpacking() -> None:
    data = bytearray(packed(("a.lrmx", FORM)))
    data[data.index(b"PK\x01\x02") + 24] ^= 0x55
    (member,) = archives.members(bytes(data))
    with pytest.raises(CannotUnpack) as refusal:
        _ = member.data
    assert (refusal.value.code, refusal.value.facts) == ("damaged", {"name": "a.lrmx"})


def test_rare_compression_is_refused() -> None:
    assert refusal_of(packed(("a.lrmx", FORM), compression=zipfile.ZIP_LZMA)).code == "compression"


@given(st.integers(0, 400), st.binary(min_size=1, max_size=6))
def test_damage_is_refused_or_read(position: int, patch: bytes) -> None:
    good = packed(("a.lrmx", b"<Person/>"), ("b/c.lrmx", b"<Person/>"))
    data = good[:position] + patch + good[position + len(patch) :]
    try:
        unpacked = [member.data for member in archives.members(data)]
    except CannotUnpack:
        return
    assert all(piece == b"<Person/>" for piece in unpacked)


def test_recognised_by_its_first_bytes() -> None:
    assert [archives.is_archive(head) for head in (b"PK\x03\x04..", b"7z\xbc\xaf\x27\x1c", FORM[:8])] == [
        True,
        True,
        False,
    ]
