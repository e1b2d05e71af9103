"""What `quanheng formats read` prints: one JSON object for one person."""

from quanheng.formats.appointment import FamilyItem
from quanheng.formats.archives import CannotUnpack
from quanheng.formats.dates import parse_month, parse_year
from quanheng.formats.elements import BY_TAG, Kind
from quanheng.formats.findings import Finding
from quanheng.formats.lrmx_read import CannotRead, Reading
from quanheng.formats.lrmx_write import CannotWrite
from quanheng.formats.lrmx_xml import inner_text
from quanheng.formats.party import party_value
from quanheng.formats.photos import CannotReadPhoto, PhotoFacts
from quanheng.formats.resume import ResumeEntry

Json = dict[str, object]


def as_json(name: str, reading: Reading | CannotRead) -> Json:
    if isinstance(reading, CannotRead):
        return _unreadable(name, reading)
    form = reading.form
    return {
        "file": name,
        "ok": True,
        "error": None,
        "fields": {tag: {"raw": raw, "value": _value(tag, raw, reading)} for tag, raw in reading.raw},
        "resume": [_entry(entry) for entry in reading.resume],
        "family": [_relative(item) for item in form.family],
        "photo": _photo(reading.photo),
        "unknown": _unknown(reading),
        "findings": [_finding(finding) for finding in reading.findings],
    }


def error_sentence(error: CannotRead | CannotReadPhoto | CannotUnpack | CannotWrite) -> str:
    return _SENTENCES[type(error)][error.code].format(**error.facts)


def _unreadable(name: str, error: CannotRead) -> Json:
    return {
        "file": name,
        "ok": False,
        "error": error_sentence(error),
        "fields": {},
        "resume": [],
        "family": [],
        "photo": None,
        "unknown": {},
        "findings": [],
    }


def _value(tag: str, raw: str, reading: Reading) -> str | None:
    """Months as yyyy-mm, null where there is none; other text as it goes into the form."""
    match BY_TAG[tag].kind:
        case Kind.MONTH:
            return parse_month(raw)
        case Kind.PARTY:
            return party_value(raw)
        case _:
            return str(getattr(reading.form, BY_TAG[tag].attribute))


def _entry(entry: ResumeEntry) -> Json:
    inside = [{"from": item.start, "to": item.end, "text": item.text} for item in entry.inside]
    return {"from": entry.start, "to": entry.end, "text": entry.text, "inside": inside}


def _relative(item: FamilyItem) -> Json:
    year = parse_year(item.birth)
    return {
        "relation": item.relation,
        "name": item.name,
        "birth": parse_month(item.birth) or (str(year) if year else None),
        "political_affiliation": item.political_affiliation,
        "work": item.work,
    }


def _photo(facts: PhotoFacts | None) -> Json | None:
    return {"media_type": facts.media_type, "width": facts.width, "height": facts.height} if facts else None


def _unknown(reading: Reading) -> dict[str, str]:
    """A second element of the same name gets its number, as in paths: Name[2]."""
    pairs = list(reading.form.unknown)
    for index, item in enumerate(reading.form.family, start=1):
        pairs += [(f"JiaTingChengYuan/Item[{index}]/{tag}", xml) for tag, xml in item.unknown]
    found: dict[str, str] = {}
    counts: dict[str, int] = {}
    for path, xml in pairs:
        counts[path] = counts.get(path, 0) + 1
        found[path if counts[path] == 1 else f"{path}[{counts[path]}]"] = inner_text(xml)
    return found


def _finding(finding: Finding) -> Json:
    return {"place": finding.place, "value": finding.value, "reason": finding.reason}


_SENTENCES: dict[type, dict[str, str]] = {
    CannotRead: {
        "empty": "文件是空的。请在原系统重新导出。",
        "too-large": "文件有 {size} 字节，超过 {limit} 字节。请缩小照片后重新导出。",
        "not-xml": "第 {line} 行第 {column} 列起读不通，不是 .lrmx 文件或已损坏。请在原系统重新导出。",
        "truncated": "文件在第 {line} 行中断，后面缺失。请重新复制或导出。",
        "document-type": "文件第 {line} 行带有文档类型声明，.lrmx 不应有，为安全没有读。请在原系统重新导出。",
        "root": "文件的根元素是 {root}，不是 Person，不是任免审批表。请确认选对了文件。",
        "too-many-elements": "文件的元素超过 {limit} 个，不是一个人的任免审批表。请确认选对了文件。",
    },
    CannotWrite: {
        "illegal-character": "{element} 里有文件不能容纳的字符 {character}。请删去这个字符再导出。",
        "unknown": "原文件带来的元素 {element} 写回去会读不通。请在档案的来源资料里删去它再导出。",
        "too-many-relatives": "家庭成员有 {count} 人，文件最多写 {limit} 人。请删减后再导出。",
    },
    CannotReadPhoto: {
        "empty": "没有照片。请另附照片。",
        "too-large": "照片有 {size} 字节，超过 {limit} 字节。请缩小后再选。",
        "no-picture": "这个文件不是能识别的图片。请选 JPEG 或 PNG 照片。",
        "too-many-pixels": "照片有 {width}×{height} 像素，超过 {limit} 像素。请缩小后再选。",
        "damaged": "照片已损坏，解不出画面。请重新导出照片。",
    },
    CannotUnpack: {
        "not-zip": "这不是 zip 压缩包，或已损坏。请压缩成 zip 再选（7z、rar 请先解开）。",
        "encrypted": "压缩包加了密，{name} 打不开。请向报送单位要不加密的压缩包。",
        "path": "压缩包里的 {name} 写着包外的位置，为安全整包没有打开。请向报送单位要重新压缩的文件。",
        "too-many": "压缩包里有 {count} 个文件，超过 {limit} 个。请分成几包。",
        "member-too-large": "压缩包里的 {name} 解开有 {size} 字节，超过 {limit} 字节。请缩小照片后重新导出。",
        "too-large": "压缩包解开有 {size} 字节，超过 {limit} 字节。请分成几包。",
        "bomb": "压缩包里的 {name} 压缩得异常，为安全整包没有打开。请向报送单位要重新压缩的文件。",
        "compression": "压缩包里的 {name} 用了少见的压缩方法。请用系统自带的压缩功能重新压缩。",
        "damaged": "压缩包里的 {name} 已损坏。请重新复制压缩包。",
    },
}
