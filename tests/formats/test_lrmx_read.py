import base64
from dataclasses import replace

import pytest

from quanheng.formats import identity, lrmx
from quanheng.formats.appointment import AppointmentForm, FamilyItem
from quanheng.formats.lrmx import CannotRead, Limits, Reading
from tests.formats.samples import ENCODINGS, jpeg, person, sample


def found(reading: Reading) -> list[tuple[str, str]]:
    return [(finding.place, finding.code) for finding in reading.findings]


def read(inner: str) -> Reading:
    """Of a sound person with `inner` added."""
    return lrmx.read(person(inner))


def test_a_file_of_the_editor() -> None:
    reading = lrmx.read(sample("plain"))
    form = reading.form
    assert found(reading) == []
    assert (form.name, form.sex, form.birth, form.ethnicity) == ("周石桥", "男", "197503", "汉族")
    assert (form.professional_title, form.filled_on, form.version) == ("", "20261109", "3.2.1.16")
    assert form.family[1] == FamilyItem(
        relation="女儿", name="周小满", birth="200409", political_affiliation="共青团员", work="云岭大学学生"
    )
    assert [(entry.start, entry.end) for entry in reading.resume][-2:] == [("2006-11", "2012-05"), ("2012-05", None)]
    assert [len(entry.inside) for entry in reading.resume] == [0, 0, 1, 1, 0]
    assert reading.photo is not None
    assert (reading.photo.media_type, reading.photo.width, reading.photo.height) == ("image/jpeg", 96, 120)
    assert form.photo.startswith(b"\xff\xd8\xff")


@pytest.mark.parametrize("name", ENCODINGS)
def test_encodings_and_line_ends_give_the_same_form(name: str) -> None:
    plain, other = lrmx.read(sample("plain")).form, lrmx.read(sample(name))
    assert replace(other.form, photo=b"") == replace(plain, photo=b"")
    assert found(other) == []


def test_a_wrong_declaration_is_read_and_named() -> None:
    reading = lrmx.read(sample("wrong-declaration"))
    assert reading.form.name == "周石桥"
    assert found(reading) == [("Person", "encoding")]


def test_utf8_that_says_gbk_is_read_as_utf8() -> None:
    data = sample("no-party").replace(b'encoding="utf-8"', b'encoding="gbk"')
    reading = lrmx.read(data)
    assert (reading.form.party_joining, found(reading)) == ("无党派", [("Person", "encoding")])


def test_bytes_of_no_encoding_are_named() -> None:
    reading = lrmx.read(person().replace("赵".encode(), b"\xff\xff", 1))
    assert ("Person", "characters-lost") in found(reading)
    assert ("XingMing", "replacement") in found(reading)


def test_cdata_new_elements_and_unknown_ones() -> None:
    reading = lrmx.read(sample("cdata-2025"))
    form = reading.form
    assert (form.retirement_due, form.age_limit_before_reform, form.version) == (
        "203812",
        "改革前任职年龄界限为60岁",
        "4.0.0.1",
    )
    assert form.unknown == (("XinYuanSu", "<XinYuanSu>以后才有的内容</XinYuanSu>"),)
    assert len(reading.resume) == 5
    assert found(reading) == []


def test_an_old_file_lacks_elements_and_is_whole() -> None:
    reading = lrmx.read(sample("old"))
    assert (reading.form.identity_number, reading.form.retirement_due, reading.photo) == ("", "", None)
    assert "ShenFenZheng" not in dict(reading.raw)
    assert dict(reading.raw)["ZhuanYeJiShuZhiWu"] == "\n    "
    assert found(reading) == []


def test_no_party() -> None:
    reading = lrmx.read(sample("no-party"))
    assert (reading.form.party_joining, found(reading)) == ("无党派", [])


def test_an_awkward_file_loses_nothing() -> None:
    reading = lrmx.read(sample("awkward"))
    form = reading.form
    assert (form.name, form.birth, form.party_joining) == ("阿不都·买买提", "1985.13", "200108；民建")
    assert dict(reading.raw)["ChuShengNianYue"] == "１９８５．１３"
    assert [(item.name, item.birth) for item in form.family] == [("古丽", "198613"), ("张三", "1950"), ("无名", "")]
    assert found(reading) == [
        ("XingMing", "name-mark"),
        ("ChuShengNianYue", "date-month"),
        ("MinZu", "ethnicity"),
        ("JianKangZhuangKuang", "too-long"),
        ("JianLi/2", "resume-month"),
        ("JianLi/3", "resume-end-before-start"),
        ("JianLi/5", "resume-overlap"),
        ("JianLi/6", "resume-gap"),
        ("JianLi/6", "resume-no-open-end"),
        ("JiaTingChengYuan/Item[1]/ChuShengRiQi", "date-month"),
        ("JiaTingChengYuan/Item[3]/ChengWei", "relation-missing"),
        ("ShenFenZheng", "identity-sex-differs"),
        ("ZhaoPian", "photo-type"),
    ]


def test_sentences_say_what_is_wrong_and_what_to_do() -> None:
    reasons = {finding.place: finding.reason for finding in lrmx.read(sample("awkward")).findings}
    assert reasons["ChuShengNianYue"] == ("“出生年月”写作 １９８５．１３，没有 13 月。保留原文，请核对身份证或档案。")
    assert reasons["JiaTingChengYuan/Item[1]/ChuShengRiQi"] == (
        "“家庭成员第 1 人的出生日期”写作 198613，没有 13 月。保留原文，请核对身份证或档案。"
    )


def test_control_characters_cost_no_field() -> None:
    reading = lrmx.read(sample("control-characters"))
    assert (reading.form.rewards_and_sanctions, reading.form.reason) == ("无", "工作需要")
    assert dict(reading.raw)["RenMianLiYou"] == "工作\x1f需要"
    assert found(reading) == [("JiangChengQingKuang", "control"), ("RenMianLiYou", "control")]


def test_references_to_no_character() -> None:
    reading = read("<RenMianLiYou>&#x0;&#65;&#xD800;&#x110000;&#10;&#xFFFE;</RenMianLiYou>")
    assert reading.form.reason == "A\ufffd\ufffd\n\ufffd"
    assert found(reading) == [("RenMianLiYou", "control"), ("RenMianLiYou", "replacement")]


def test_a_tail_of_zeros_is_ignored() -> None:
    assert lrmx.read(person() + b"\0" * 512).form.name == "赵"


@pytest.mark.parametrize(
    ("inner", "findings"),
    [
        ("<XingMing>钱</XingMing>", [("XingMing", "duplicate")]),
        ("<JiGuan>云<b>岭</b></JiGuan>", [("JiGuan", "markup")]),
        ("孤立的话", [("Person", "stray-text")]),
        ("<JiaTingChengYuan>甲<Item>乙</Item></JiaTingChengYuan>", [
            ("JiaTingChengYuan", "stray-text"), ("JiaTingChengYuan/Item[1]", "stray-text"),
        ]),
        ("<XingBie>1</XingBie>", [("XingBie", "sex")]),
        ("<ShenFenZheng>000000850315001</ShenFenZheng>", [("ShenFenZheng", "identity-15")]),
        ("<ShenFenZheng>不详</ShenFenZheng>", [("ShenFenZheng", "identity-form")]),
        ("<a:Foo/>", [("a:Foo", "unknown-dropped")]),
        ("<ZhaoPian>/9j/4AAQ*</ZhaoPian>", [("ZhaoPian", "photo-base64")]),
        ("<ZhaoPian>/9j/4AAQ</ZhaoPian>", [("ZhaoPian", "photo-no-picture")]),
        ("<ChuShengNianYue>1985</ChuShengNianYue>", [("ChuShengNianYue", "date-without-month")]),
        ("<DaoLingNianYue>20450231</DaoLingNianYue>", [("DaoLingNianYue", "date-day")]),
    ],
)  # fmt: skip
def test_findings(inner: str, findings: list[tuple[str, str]]) -> None:
    reading = read(inner)
    assert found(reading) == findings
    assert all(finding.reason.endswith(("。", "）。")) for finding in reading.findings)


def test_of_two_the_first_with_content_counts() -> None:
    assert read("<XingMing>钱</XingMing>").form.name == "赵"
    assert read("<JiGuan> </JiGuan><JiGuan>云岭</JiGuan>").form.native_place == "云岭"


def test_identity_number_against_the_form() -> None:
    number = identity.complete("00000019850315001")
    inner = f"<XingBie>女</XingBie><ChuShengNianYue>198504</ChuShengNianYue><ShenFenZheng>{number}</ShenFenZheng>"
    reading = read(inner)
    assert found(reading) == [("ShenFenZheng", "identity-birth-differs"), ("ShenFenZheng", "identity-sex-differs")]
    assert reading.findings[0].facts == {"birth": "1985-04", "identity": "1985-03"}
    assert found(read(f"<ShenFenZheng>{number.lower()}</ShenFenZheng>")) == []
    wrong = number[:17] + str((int(number[17]) + 1) % 10)
    assert read(f"<ShenFenZheng>{wrong}</ShenFenZheng>").findings[0].facts["expected"] == number[17]


def test_a_missing_name_is_named() -> None:
    assert found(lrmx.read(b"<Person/>")) == [("XingMing", "name-missing")]


def test_unknown_elements_at_every_level() -> None:
    form = read(
        "<Foo a='1'><Bar>&lt;</Bar></Foo><Foo/><JiaTingChengYuan><Zu>1</Zu>"
        "<Item><ChengWei>妻子</ChengWei><GuoJi >中</GuoJi ></Item><Item><ChengWei/></Item></JiaTingChengYuan>"
    ).form
    assert form.unknown == (
        ("Foo", "<Foo a='1'><Bar>&lt;</Bar></Foo>"),
        ("Foo", "<Foo/>"),
        ("JiaTingChengYuan/Zu", "<Zu>1</Zu>"),
    )
    assert form.family == (FamilyItem(relation="妻子", unknown=(("GuoJi", "<GuoJi >中</GuoJi >"),)),)


def test_order_of_elements_is_not_enforced() -> None:
    data = b"<Person><Version>1</Version><XingBie>\xe7\x94\xb7</XingBie><XingMing>A</XingMing></Person>"
    form = lrmx.read(data).form
    assert form == AppointmentForm(name="A", sex="男", version="1")


def test_photo_on_many_lines() -> None:
    packed = base64.encodebytes(jpeg()).decode()
    assert read(f"<ZhaoPian>\n{packed}</ZhaoPian>").form.photo == jpeg()


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf", "not-xml"),
        (b" \r\n\0\0", "empty"),
        (b"PK\x03\x04", "not-xml"),
        (b"<Person>", "truncated"),
        (b"<Person><XingMing>A", "truncated"),
        (b"<Person><XingMing>A</XingM", "truncated"),
        (b"<Person><![CDATA[A", "truncated"),
        (b"<Person></person>", "not-xml"),
        (b"<Person/><Person/>", "not-xml"),
        (b"<person/>", "root"),
        (b"<Person>&nbsp;</Person>", "not-xml"),
        (b"<!DOCTYPE Person><Person/>", "document-type"),
        (b"<Person>" + b"<a>" * 6000, "too-many-elements"),
        (sample("truncated"), "truncated"),
        (sample("billion-laughs"), "document-type"),
        (sample("external-entity"), "document-type"),
        (sample("other-root"), "root"),
        ("<Person><XingMing>赵".encode("utf-16"), "truncated"),
        ("<Person><XingMing>赵".encode("utf-16-le"), "truncated"),
        ("<Person><XingMing>赵".encode("utf-16-be"), "truncated"),
        (b"<Person>\x0b", "truncated"),
    ],
)
def test_what_is_no_file_of_ours(data: bytes, code: str) -> None:
    with pytest.raises(CannotRead) as refusal:
        lrmx.read(data)
    assert refusal.value.code == code


def test_bounds() -> None:
    with pytest.raises(CannotRead) as refusal:
        lrmx.read(sample("plain"), limits=Limits(file_bytes=1000))
    assert (refusal.value.code, refusal.value.facts["limit"]) == ("too-large", 1000)
    few = lrmx.read(sample("plain"), limits=Limits(relatives=1))
    assert (len(few.form.family), found(few)) == (1, [("JiaTingChengYuan", "too-many-relatives")])


def test_a_heavy_photo_is_named() -> None:
    heavy = base64.b64encode(jpeg() + bytes(5 * 1024 * 1024)).decode()
    assert found(read(f"<ZhaoPian>{heavy}</ZhaoPian>")) == [("ZhaoPian", "photo-too-large")]


def test_every_cut_of_a_file_is_refused_or_read() -> None:
    data = sample("old")
    for length in range(0, len(data) - 20, 7):
        with pytest.raises(CannotRead):
            lrmx.read(data[:length])
