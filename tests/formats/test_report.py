import json

import pytest

from quanheng.formats import lrmx, photos, report
from quanheng.formats.archives import CannotUnpack
from quanheng.formats.findings import _SENTENCES, Finding, reason, shorten
from quanheng.formats.lrmx import CannotRead, CannotWrite
from quanheng.formats.photos import CannotReadPhoto
from tests.formats.samples import person, sample


def of(name: str) -> report.Json:
    printed = json.dumps(report.as_json(f"{name}.lrmx", lrmx.read(sample(name))), ensure_ascii=False)
    return dict(json.loads(printed))


def test_the_whole_object() -> None:
    inner = (
        "<ChuShengNianYue>1985.13</ChuShengNianYue><RuDangShiJian>200108；民建</RuDangShiJian>"
        "<JianLi>1997.07--2001.03  甲\n                  （其间：2000.01--2000.06，乙）\n2001.03--  丙\n丁</JianLi>"
        "<JiaTingChengYuan><Item><ChengWei>妻子</ChengWei><XingMing>陆 知远</XingMing>"
        "<ChuShengRiQi>197606</ChuShengRiQi>"
        "<Xin>1</Xin></Item><Item><ChengWei>父亲</ChengWei><ChuShengRiQi>1948</ChuShengRiQi></Item></JiaTingChengYuan>"
        "<Foo>值</Foo><Foo a='1'>值</Foo><Bar><Baz/></Bar>"
    )
    assert report.as_json("a.lrmx", lrmx.read(person(inner))) == {
        "file": "a.lrmx",
        "ok": True,
        "error": None,
        "fields": {
            "XingMing": {"raw": "赵", "value": "赵"},
            "ChuShengNianYue": {"raw": "1985.13", "value": None},
            "RuDangShiJian": {"raw": "200108；民建", "value": "2001-08；民建"},
            "JianLi": {"raw": JIAN_LI, "value": JIAN_LI},
        },
        "resume": [
            {
                "from": "1997-07",
                "to": "2001-03",
                "text": "甲",
                "inside": [{"from": "2000-01", "to": "2000-06", "text": "乙"}],
            },
            {"from": "2001-03", "to": None, "text": "丙", "inside": []},
            {"from": None, "to": None, "text": "丁", "inside": []},
        ],
        "family": [
            {"relation": "妻子", "name": "陆知远", "birth": "1976-06", "political_affiliation": "", "work": ""},
            {"relation": "父亲", "name": "", "birth": "1948", "political_affiliation": "", "work": ""},
        ],
        "photo": None,
        "unknown": {
            "Foo": "值",
            "Foo[2]": "<Foo a='1'>值</Foo>",
            "Bar": "<Bar><Baz/></Bar>",
            "JiaTingChengYuan/Item[1]/Xin": "1",
        },
        "findings": [
            {
                "place": "ChuShengNianYue",
                "value": "1985.13",
                "reason": "“出生年月”写作 1985.13，没有 13 月。保留原文，请核对身份证或档案。",
            }
        ],
    }


JIAN_LI = "1997.07--2001.03  甲\n                  （其间：2000.01--2000.06，乙）\n2001.03--  丙\n丁"


def test_a_file_of_the_editor() -> None:
    printed = of("plain")
    fields = printed["fields"]
    assert isinstance(fields, dict)
    assert len(fields) == 32
    assert fields["ChuShengNianYue"] == {"raw": "197503", "value": "1975-03"}
    assert fields["TianBiaoShiJian"] == {"raw": "20261109", "value": "2026-11"}
    assert fields["ZhuanYeJiShuZhiWu"] == {"raw": "\n  ", "value": ""}
    assert printed["photo"] == {"media_type": "image/jpeg", "width": 96, "height": 120}
    assert printed["findings"] == []


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("truncated", "文件在第 35 行中断，后面缺失。请重新复制或导出。"),
        ("billion-laughs", "文件第 2 行带有文档类型声明，.lrmx 不应有，为安全没有读。请在原系统重新导出。"),
        ("other-root", "文件的根元素是 html，不是 Person，不是任免审批表。请确认选对了文件。"),
    ],
)
def test_a_file_that_cannot_be_read(name: str, error: str) -> None:
    with pytest.raises(CannotRead) as refusal:
        lrmx.read(sample(name))
    assert report.as_json(name, refusal.value) == {
        "file": name,
        "ok": False,
        "error": error,
        "fields": {},
        "resume": [],
        "family": [],
        "photo": None,
        "unknown": {},
        "findings": [],
    }


def test_every_code_named_in_an_error_has_a_sentence() -> None:
    for kind, sentences in report._SENTENCES.items():
        documented = kind.__doc__ or ""
        assert [code for code in sentences if code not in documented] == []
    assert set(report._SENTENCES) == {CannotRead, CannotWrite, CannotReadPhoto, CannotUnpack}


def test_refusals_of_photos_in_words() -> None:
    with pytest.raises(CannotReadPhoto) as refusal:
        photos.normalise(b"no picture")
    assert report.error_sentence(refusal.value) == "这个文件不是能识别的图片。请选 JPEG 或 PNG 照片。"


def test_sentences_end_and_hold_no_forbidden_words() -> None:
    sentences = [*_SENTENCES.values(), *(text for texts in report._SENTENCES.values() for text in texts.values())]
    assert [text for text in sentences if not text.endswith(("。", "）。"))] == []
    assert [text for text in sentences if any(word in text for word in ("非法", "失败", "错误", "您", "亲"))] == []


def test_long_values_are_shortened_in_sentences() -> None:
    assert shorten("甲" * 50, 3) == "甲甲甲…"
    assert reason(Finding("JiGuan", "甲\n乙", "stray-text")).startswith("有一段文字“甲 乙”")
