"""A zip of `.lrmx` files, opened with care: bounds first, data later, one member at a time."""

import io
import stat
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from quanheng.formats.findings import Finding
from quanheng.kernel.errors import Refused


class CannotUnpack(Refused):
    """not-zip (kind), encrypted, path (name), too-many (count, limit), member-too-large (name, size, limit),
    too-large (size, limit), bomb (name), compression (name), damaged (name)."""


@dataclass(frozen=True, slots=True)
class Limits:
    entries: int = 10_000
    directory_bytes: int = 8 * 1024 * 1024
    members: int = 5_000
    member_bytes: int = 16 * 1024 * 1024
    total_bytes: int = 4 * 1024 * 1024 * 1024
    ratio: int = 100  # text of a form shrinks to about a tenth, a photo in base64 to three quarters
    ratio_from: int = 1024 * 1024  # below this size no ratio is suspicious


LIMITS = Limits()


@dataclass(frozen=True)
class Member:
    """One `.lrmx` of the archive; its data is unpacked when asked for."""

    name: str  # folders and all, with /
    size: int
    archive: zipfile.ZipFile
    entry: zipfile.ZipInfo

    @property
    def data(self) -> bytes:
        """Raises CannotUnpack."""
        try:
            data = self.archive.read(self.entry)
        except _DAMAGE as error:
            raise CannotUnpack("damaged", name=self.name) from error
        if len(data) != self.size:
            raise CannotUnpack("damaged", name=self.name)
        return data


@dataclass(frozen=True)
class Archive:
    members: tuple[Member, ...]
    findings: tuple[Finding, ...]  # what was left aside


_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError)
_DIRECTORY_END = b"PK\x05\x06"
_NESTED = (".zip", ".7z", ".rar", ".hzb", ".zb3", ".zzb3", ".gz", ".tar")
_OTHERS = {b"7z\xbc\xaf\x27\x1c": "7z", b"Rar!\x1a\x07": "rar", b"\x1f\x8b": "gz"}
_LITTER = {"__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini"}  # systems put them in, nobody asked


def unpack(source: bytes | Path | BinaryIO, *, limits: Limits = LIMITS) -> Archive:
    """Refuses the whole archive before anything of it is unpacked. Raises CannotUnpack."""
    archive = _open(source, limits)
    entries = archive.infolist()
    if len(entries) > limits.entries:
        raise CannotUnpack("too-many", count=len(entries), limit=limits.entries)
    members, findings = _sort_out(archive, entries)
    _check_bounds(members, limits)
    return Archive(tuple(members), tuple(findings))


def members(source: bytes | Path | BinaryIO, *, limits: Limits = LIMITS) -> list[Member]:
    return list(unpack(source, limits=limits).members)


def is_archive(head: bytes) -> bool:
    return head.startswith((b"PK\x03\x04", b"PK\x05\x06", *_OTHERS))


def _open(source: bytes | Path | BinaryIO, limits: Limits) -> zipfile.ZipFile:
    file = _file_of(source)
    head = file.read(8)
    try:
        _check_directory(file, limits)
        return zipfile.ZipFile(file)
    except _DAMAGE as error:
        raise CannotUnpack("not-zip", kind=_kind_of(head)) from error


def _file_of(source: bytes | Path | BinaryIO) -> BinaryIO:
    if isinstance(source, bytes):
        return io.BytesIO(source)
    file = source.open("rb") if isinstance(source, Path) else source
    file.seek(0)
    return file


def _check_directory(file: BinaryIO, limits: Limits) -> None:
    """The library loads the whole list of names before anyone can count it: look at its size first."""
    size = file.seek(0, io.SEEK_END)
    file.seek(max(0, size - 65_557))
    tail = file.read()
    at = len(tail) - 22 if tail[-22:-18] == _DIRECTORY_END else tail.rfind(_DIRECTORY_END)
    listed = int.from_bytes(tail[at + 12 : at + 16], "little") if at >= 0 else 0
    if listed > limits.directory_bytes:
        raise CannotUnpack("too-many", count=listed // 46, limit=limits.entries)


def _kind_of(head: bytes) -> str:
    return next((kind for magic, kind in _OTHERS.items() if head.startswith(magic)), "")


def _sort_out(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> tuple[list[Member], list[Finding]]:
    members, findings = list[Member](), list[Finding]()
    for entry in entries:
        name = _safe_name(entry)
        if entry.flag_bits & 0x1:
            raise CannotUnpack("encrypted", name=name)
        if name.endswith("/") or _is_litter(name):
            continue
        suffix = PurePosixPath(name).suffix.lower()
        if suffix == ".lrmx":
            members.append(Member(name, entry.file_size, archive, entry))
        else:
            findings.append(Finding(name, name, "archive-nested" if suffix in _NESTED else "archive-other"))
    return members, findings


def _is_litter(name: str) -> bool:
    path = PurePosixPath(name)
    return bool(_LITTER.intersection(path.parts)) or path.name.startswith("._")


def _safe_name(entry: zipfile.ZipInfo) -> str:
    """Nothing is ever written under this name; a name that tries to leave its folder is still no honest file."""
    name = _decoded(entry).replace("\\", "/")
    is_link = stat.S_ISLNK(entry.external_attr >> 16)
    path = PurePosixPath(name)
    has_drive = ":" in name
    if is_link or has_drive or path.is_absolute() or ".." in path.parts or "\0" in entry.orig_filename:
        raise CannotUnpack("path", name=name)
    return name


def _decoded(entry: zipfile.ZipInfo) -> str:
    """Chinese Windows writes names in GBK and says nothing; the library then takes them for cp437."""
    if entry.flag_bits & 0x800:
        return entry.filename
    written = entry.orig_filename.encode("cp437", errors="replace")
    for encoding in ("utf-8", "gb18030"):
        try:
            return written.decode(encoding)
        except UnicodeDecodeError:
            continue
    return entry.filename


def _check_bounds(members: list[Member], limits: Limits) -> None:
    if len(members) > limits.members:
        raise CannotUnpack("too-many", count=len(members), limit=limits.members)
    for member in members:
        _check_member(member, limits)
    total = sum(member.size for member in members)
    if total > limits.total_bytes:
        raise CannotUnpack("too-large", size=total, limit=limits.total_bytes)
    _check_overlap(members)


def _check_member(member: Member, limits: Limits) -> None:
    if member.entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise CannotUnpack("compression", name=member.name)
    if member.size > limits.member_bytes:
        raise CannotUnpack("member-too-large", name=member.name, size=member.size, limit=limits.member_bytes)
    if member.size > limits.ratio_from and member.size > limits.ratio * max(member.entry.compress_size, 1):
        raise CannotUnpack("bomb", name=member.name)


def _check_overlap(members: list[Member]) -> None:
    """One packed piece shown under many names is a bomb as well."""
    position, before = 0, ""
    for member in sorted(members, key=lambda member: member.entry.header_offset):
        if member.entry.header_offset < position:
            raise CannotUnpack("bomb", name=before)
        position, before = member.entry.header_offset + member.entry.compress_size, member.name
