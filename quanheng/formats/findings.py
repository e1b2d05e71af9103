"""What a reader found: place, raw value, code and facts. The default sentence is Chinese.

This layer knows no gettext; a screen may word the code and facts itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Finding:
    """`place` is an element path: ChuShengNianYue, JianLi/3 (line), JiaTingChengYuan/Item[2]/ChuShengRiQi."""

    place: str
    value: str
    code: str
    facts: Mapping[str, str | int] = field(default_factory=dict, hash=False)

    @property
    def reason(self) -> str:
        return reason(self)


def reason(finding: Finding) -> str:
    """One sentence or two: what is wrong, what to do."""
    facts = {"label": finding.place, "value": shorten(finding.value), **finding.facts}
    return _SENTENCES[finding.code].format(**facts)


def shorten(text: str, length: int = 40) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= length else flat[:length] + "…"


_SENTENCES = {
    # the whole file
    "encoding": "文件没有按它声明的编码 {declared} 书写，已按 {used} 读取。请抽看几个字是否正确。",
    "characters-lost": "文件里有不能识别的字节，读不出的字写作“\ufffd”。请对照原文件补上这些字。",
    "stray-text": "有一段文字“{value}”不在任何栏目里，没有读入。请看它应属哪一栏，再补录。",
    "unknown-dropped": "不认识的元素 {element} 离开原文件就读不通，没有保留。请核对它是否有用。",
    # any element
    "duplicate": "“{label}”出现了不止一次，只取第一处有内容的，另一处写作“{value}”。请核对以哪处为准。",
    "markup": "“{label}”里夹有标记，已只取文字。请核对文字是否完整。",
    "control": "“{label}”里有看不见的控制字符，已去掉。请核对文字是否完整。",
    "replacement": "“{label}”写作“{value}”，其中有读不出的字。请按原件补上。",
    "too-long": "“{label}”有 {length} 字，按规定不超过 {max_length} 字。原文已全部保留，请酌情精简。",
    # names, sex, ethnicity
    "name-missing": "“{label}”是空的。请补上与户籍一致的姓名。",
    "name-mark": "“{label}”写作 {value}，问号可能是间隔点，也可能是没能显示的字，已读作 {read}。请核对身份证。",
    "sex": "“{label}”写作 {value}，应写男或女。保留原文，请核对身份证。",
    "unknown-code": "“{label}”写作 {value}，代码表里没有这一项。保留原文并标出，请核对或改为表中的写法。",
    "ethnicity": "“{label}”写作 {value}，应写全称，例如汉族、维吾尔族。保留原文，请补全。",
    # dates
    "date-unreadable": "“{label}”写作 {value}，读不出年月。保留原文，请核对身份证或档案。",
    "date-without-month": "“{label}”写作 {value}，只有年份没有月份。保留原文，请核对身份证或档案。",
    "date-year": "“{label}”写作 {value}，{year} 年不在 1900 年至 2099 年之间。保留原文，请核对身份证或档案。",
    "date-month": "“{label}”写作 {value}，没有 {month} 月。保留原文，请核对身份证或档案。",
    "date-day": "“{label}”写作 {value}，{month} 月没有 {day} 日。保留原文，请核对身份证或档案。",
    # identity number; the number itself is not repeated in a sentence, since sentences are shown in lists
    "identity-15": "“{label}”是 15 位的旧号码。请按现在的身份证写 18 位号码。",
    "identity-form": "“{label}”应是 17 位数字加 1 位校验码，现有 {length} 位。请核对身份证。",
    "identity-birth": "“{label}”第 7 至 14 位不是一个日期。请核对身份证。",
    "identity-check": "“{label}”末位是 {last}，按前 17 位算应是 {expected}，可能抄错了一位。请核对身份证。",
    "identity-birth-differs": "“出生年月”写作 {birth}，身份证号里是 {identity}。两处都已保留，请按档案核定。",
    "identity-sex-differs": "“性别”写作{sex}，身份证号第 17 位表示{identity}。两处都已保留，请核对身份证。",
    # résumé
    "resume-too-long": "简历有 {length} 字，超过 {max_length} 字，没有分段。原文已保留，请先整理。",
    "resume-period": "简历第 {line} 行“{value}”读不出起止年月。原文保留为一行文字，请改成 yyyy.MM--yyyy.MM。",
    "resume-month": "简历第 {line} 行“{value}”，没有 {month} 月。原文保留为一行文字，请核对档案。",
    "resume-year": "简历第 {line} 行“{value}”，{year} 年不在 1900 年至 2099 年之间。原文保留为一行文字，请核对档案。",
    "resume-end-before-start": "简历第 {line} 行止于 {end}，早于开始的 {start}。请核对起止年月。",
    "resume-gap": "简历第 {line} 行从 {start} 开始，上一段止于 {end}，中间空了 {months} 个月。"
    "请补上这段经历（学习、病休、待分配也要写）。",
    "resume-overlap": "简历第 {line} 行从 {start} 开始，上一段到 {end} 才结束，两段重叠。请核对，兼学的改写为“其间”。",
    "resume-open-inside": "简历第 {line} 行没有写止于何时，后面却还有经历。请补上止的年月。",
    "resume-no-open-end": "简历最后一段止于 {end}，没有写到现在。若仍在任，请去掉止的年月；已离任的请补写之后。",
    "resume-inside-alone": "简历第 {line} 行是“其间”，前面没有它所属的经历。原文保留为一行文字，请移到所属经历之后。",
    # family
    "relation-missing": "家庭成员 {value} 没有写称谓。请补上称谓。",
    "too-many-relatives": "家庭成员超过 {max_items} 人，之后的没有读入。请核对文件。",
    # photo
    "photo-base64": "照片的编码不完整，没有读入照片。请在原系统重新导出，或另附照片。",
    "photo-no-picture": "照片一栏的内容不是图片。请另附 JPEG 照片。",
    "photo-type": "照片是 {media_type}，规定用 JPEG。导入时会转成 JPEG，请看转换后是否清楚。",
    "photo-too-large": "照片有 {size} 字节，超过 {max_size} 字节。导入时会缩小，请看缩小后是否清楚。",
    "photo-damaged": "照片已损坏，解不出画面，没有读入照片。请在原系统重新导出，或另附照片。",
    "photo-over-limit": "照片有 {size} 字节，超过 {limit} 字节，没有读入照片。请缩小后另附。",
    "photo-too-many-pixels": "照片有 {width}×{height} 像素，超过 {limit} 像素，没有读入照片。请缩小后另附。",
    # archive
    "archive-nested": "压缩包里还有压缩包 {value}，没有打开。请先解开，再一起选。",
    "archive-other": "压缩包里的 {value} 不是 .lrmx 文件，没有读。",
}
