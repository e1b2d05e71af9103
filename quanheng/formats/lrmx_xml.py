"""Bytes of an `.lrmx` file -> its elements as text, safely. Meaning comes in `lrmx_read`.

expat reads without a document type: the first sign of one stops it, so entities never exist.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from xml.parsers import expat  # noqa: S407  a document type is refused below, before any entity is declared

from quanheng.formats.elements import BY_TAG, FAMILY_BY_TAG, GROUP, ITEM, ROOT, label_of
from quanheng.formats.findings import Finding
from quanheng.kernel.errors import Refused


class CannotRead(Refused):
    """Not a file of ours. Codes: empty, too-large, not-xml, truncated, document-type, root, too-many-elements."""


@dataclass(frozen=True, slots=True)
class Limits:
    file_bytes: int = 16 * 1024 * 1024  # a 5 MB photo, the most that is allowed, makes 7 MB
    elements: int = 5_000
    relatives: int = 200


@dataclass(slots=True)
class RawFile:
    """What stands in the file; texts as read. Relatives are counted from 1 in `relatives`."""

    texts: dict[str, str] = field(default_factory=dict)
    relatives: list["RawItem"] = field(default_factory=list)
    unknown: list[tuple[str, str]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


@dataclass(slots=True)
class RawItem:
    texts: dict[str, str] = field(default_factory=dict)
    unknown: list[tuple[str, str]] = field(default_factory=list)


# The 32 control characters XML forbids ride through the parser as the 32 noncharacters that it allows.
_RIDER = 0xFDD0
_UNRIDE = {_RIDER + code: code for code in range(32)}
_CONTROL_BYTES = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_REFERENCE = re.compile(rb"&#(?:x([0-9A-Fa-f]{1,8})|([0-9]{1,8}));")
_DECLARATION = re.compile(rb"\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})[\"']")
_CHINESE = {"gbk", "gb2312", "gb18030", "gb_2312-80", "cp936", "ms936", "windows-936", "x-gbk", "euc-cn", "hz-gb-2312"}
_CUT_SHORT = {
    expat.errors.XML_ERROR_NO_ELEMENTS,
    expat.errors.XML_ERROR_UNCLOSED_TOKEN,
    expat.errors.XML_ERROR_PARTIAL_CHAR,
    expat.errors.XML_ERROR_UNCLOSED_CDATA_SECTION,
}
_MENDABLE = {expat.errors.XML_ERROR_INVALID_TOKEN, expat.errors.XML_ERROR_BAD_CHAR_REF}


def read_raw(data: bytes, limits: Limits) -> RawFile:
    if not data.strip(b" \t\r\n\0"):
        raise CannotRead("empty")
    if len(data) > limits.file_bytes:
        raise CannotRead("too-large", size=len(data), limit=limits.file_bytes)
    source, findings = to_utf8(data)
    raw = _parse(source.rstrip(b"\0 \t\r\n"), limits)  # a broken copy may end in a block of zeros
    raw.findings[:0] = findings
    return raw


def _parse(source: bytes, limits: Limits) -> RawFile:
    try:
        return _Collector(source, limits).collect()
    except expat.ExpatError as error:
        mended = _mend(source) if expat.ErrorString(error.code) in _MENDABLE else source
        if mended == source:
            raise _refusal(error, source) from error
    try:
        raw = _Collector(mended, limits).collect()
    except expat.ExpatError as error:
        raise _refusal(error, mended) from error
    return _without_riders(raw)


def _refusal(error: expat.ExpatError, source: bytes) -> CannotRead:
    cut = expat.ErrorString(error.code) in _CUT_SHORT and b"<" + ROOT.encode() in source[:4096]
    return CannotRead("truncated" if cut else "not-xml", line=error.lineno, column=error.offset + 1)


# -- encoding ------------------------------------------------------------------------------------


def to_utf8(data: bytes) -> tuple[bytes, list[Finding]]:
    """The parser is fed UTF-8 only: it knows no multi-byte Chinese encoding."""
    if data.startswith(b"\xef\xbb\xbf"):
        declared, data = "utf-8", data[3:]
    else:
        declared = _declared(data)
    for used in _candidates(declared, data):
        try:
            text = data.decode(used)
        except UnicodeDecodeError:
            continue
        findings = [] if _is_same(declared, used) else [_encoding_finding(declared, used)]
        return (data if used == "utf-8" else text.encode(errors="replace")).lstrip(), findings
    lossy = data.decode(_candidates(declared, data)[0], errors="replace")
    return lossy.encode(errors="replace").lstrip(), [Finding(ROOT, declared, "characters-lost")]


def _declared(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    if data.startswith((b"<\0", b"\0<")):
        return "utf-16-le" if data[0] else "utf-16-be"
    found = _DECLARATION.match(data)
    return found[1].decode("ascii").lower() if found else "utf-8"


def _candidates(declared: str, data: bytes) -> tuple[str, ...]:
    if declared.startswith("utf-16") and b"\0" in data[:4] + data[-4:]:
        return (declared,)
    if declared in _CHINESE and not _is_surely_utf8(data):
        return ("gb18030", "utf-8")  # a superset of the older ones
    return ("utf-8", "gb18030")


def _is_surely_utf8(data: bytes) -> bool:
    """A few GBK words can pass for UTF-8 by chance, a form full of them cannot."""
    try:
        return len(data) - len(data.decode("utf-8")) > 60
    except UnicodeDecodeError:
        return False


def _is_same(declared: str, used: str) -> bool:
    return declared == used or (declared in _CHINESE and used == "gb18030") or declared == "utf8"


def _encoding_finding(declared: str, used: str) -> Finding:
    return Finding(ROOT, declared, "encoding", {"declared": declared, "used": used})


# -- control characters --------------------------------------------------------------------------


def _mend(source: bytes) -> bytes:
    """Only after the parser refused the file: one bad character must not cost the other fields."""
    ridden = _CONTROL_BYTES.sub(lambda found: _rider(found[0][0]), source)
    return _REFERENCE.sub(_mend_reference, ridden)


def _mend_reference(found: re.Match[bytes]) -> bytes:
    code = int(found[1], 16) if found[1] else int(found[2])
    if code in (9, 10, 13):
        return found[0]
    if code < 32:
        return _rider(code)
    is_character = code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF and code not in (0xFFFE, 0xFFFF)
    return found[0] if is_character else "\ufffd".encode()


def _rider(code: int) -> bytes:
    return chr(_RIDER + code).encode()


def _without_riders(raw: RawFile) -> RawFile:
    """Texts get their control characters back; unknown elements lose them, as they are written again."""
    drop = dict.fromkeys(_UNRIDE)
    holders: list[RawFile | RawItem] = [raw, *raw.relatives]
    for holder in holders:
        holder.texts = {tag: text.translate(_UNRIDE) for tag, text in holder.texts.items()}
        holder.unknown = [(tag, xml.translate(drop)) for tag, xml in holder.unknown]
    return raw


# -- elements ------------------------------------------------------------------------------------


class _Collector:
    """Handlers of the parser: follow the path, gather text of known elements, cut out the unknown ones."""

    def __init__(self, source: bytes, limits: Limits) -> None:
        self.source, self.limits = source, limits
        self.raw = RawFile()
        self.path: list[str] = []  # at most Person / JiaTingChengYuan / Item / element
        self.put: Callable[[str], None] | None = None  # takes the text of the element being gathered
        self.inner = 0  # depth below that element
        self.has_children = False
        self.pieces: list[str] = []
        self.cut_from = 0
        self.count = 0

    def collect(self) -> RawFile:
        self.parser = expat.ParserCreate("utf-8")
        self.parser.StartDoctypeDeclHandler = self.refuse_document_type
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.pieces_append
        try:
            self.parser.Parse(self.source, True)
        finally:
            del self.parser  # handlers and parser hold each other, and with them the whole file
        return self.raw

    def refuse_document_type(self, *_: object) -> None:
        raise CannotRead("document-type", line=self.parser.CurrentLineNumber)

    def start(self, tag: str, _attributes: dict[str, str]) -> None:
        self.count += 1
        if self.count > self.limits.elements:
            raise CannotRead("too-many-elements", limit=self.limits.elements)
        if self.put is not None:
            self.inner += 1
            self.has_children = True
            return
        if not self.path and tag != ROOT:
            raise CannotRead("root", root=tag[:60])
        self.note_stray()
        self.path.append(tag)
        self.open_element()

    def open_element(self) -> None:
        match self.path:
            case [_]:
                pass
            case [_, tag] if tag in BY_TAG:
                self.put = None if tag == GROUP else self.put_text
            case [_, tag, item] if tag == GROUP and item == ITEM:
                self.raw.relatives.append(RawItem())
            case [_, _, _, tag] if tag in FAMILY_BY_TAG:
                self.put = self.put_item_text
            case _:
                self.cut_from = self.parser.CurrentByteIndex
                self.put = self.put_unknown

    def pieces_append(self, text: str) -> None:
        self.pieces.append(text)

    def end(self, _tag: str) -> None:
        if self.inner:
            self.inner -= 1
            return
        if self.put is None:
            self.note_stray()
        else:
            self.put("".join(self.pieces))
        self.put, self.has_children, self.pieces = None, False, []
        self.path.pop()

    def put_text(self, text: str) -> None:
        self.put_once(self.raw.texts, text)

    def put_item_text(self, text: str) -> None:
        self.put_once(self.raw.relatives[-1].texts, text)

    def put_once(self, texts: dict[str, str], text: str) -> None:
        """Of an element that stands there twice the first with content counts."""
        tag, spare = self.path[-1], text
        if tag in texts:
            if not texts[tag].strip():
                texts[tag], spare = text, texts[tag]
            self.find("duplicate", spare)
        else:
            texts[tag] = text
        if self.has_children:
            self.find("markup", text)

    def put_unknown(self, _text: str) -> None:
        xml = self.source[self.cut_from : self.cut_to()].decode()
        is_in_item = len(self.path) == 4
        holder = self.raw.relatives[-1].unknown if is_in_item else self.raw.unknown
        holder.append((self.path[-1] if is_in_item else "/".join(self.path[1:]), xml))

    def cut_to(self) -> int:
        """expat stands before the end tag, or behind an element that has none: <x/>."""
        here = self.parser.CurrentByteIndex
        is_empty = not self.has_children and not self.pieces and self.source[here - 2 : here] == b"/>"
        return here if is_empty else self.source.index(b">", here) + 1

    def note_stray(self) -> None:
        stray = "".join(self.pieces).strip()
        self.pieces = []
        if stray:
            self.find("stray-text", stray)

    def find(self, code: str, value: str) -> None:
        self.raw.findings.append(Finding(self.place(), value, code, {"label": self.label()}))

    def label(self) -> str:
        if len(self.path) == 4:
            return label_of(FAMILY_BY_TAG.get(self.path[-1]), len(self.raw.relatives)) or self.path[-1]
        return label_of(BY_TAG.get(self.path[-1])) or self.path[-1]

    def place(self) -> str:
        if len(self.path) < 3:
            return "/".join(self.path[1:]) or ROOT
        return "/".join([GROUP, f"{ITEM}[{len(self.raw.relatives)}]", *self.path[3:]])


# -- unknown elements ----------------------------------------------------------------------------


_AROUND = {
    ROOT: (f"<{ROOT}>", f"</{ROOT}>"),
    GROUP: (f"<{ROOT}><{GROUP}>", f"</{GROUP}></{ROOT}>"),
    ITEM: (f"<{ROOT}><{GROUP}><{ITEM}>", f"</{ITEM}></{GROUP}></{ROOT}>"),
}


def is_whole(path: str, xml: str, *, within: str) -> bool:
    """Would this unknown element, written into `within`, be read again as it is, also by stricter readers?"""
    before, after = _AROUND[within]
    try:
        source = (before + xml + after).encode()
        raw = _Collector(source, Limits()).collect()  # first: it refuses a document type
        expat.ParserCreate("utf-8", " ").Parse(source, True)  # prefixes must be declared inside
    except (expat.ExpatError, CannotRead, UnicodeEncodeError):
        return False
    kept = raw.relatives[0].unknown if within == ITEM and raw.relatives else raw.unknown
    is_alone = not raw.texts and not raw.findings and len(raw.relatives) == (within == ITEM)
    return is_alone and kept == [(path, xml)] and "\r" not in xml


def inner_text(xml: str) -> str:
    """The text of an unknown element that holds only text; its XML if it holds more."""
    pieces: list[str] = []
    tags: list[dict[str, str]] = []
    parser = expat.ParserCreate("utf-8")
    parser.CharacterDataHandler = pieces.append
    parser.StartElementHandler = lambda _tag, attributes: tags.append(attributes)
    parser.Parse(xml, True)
    return xml if len(tags) > 1 or tags[0] else "".join(pieces)
