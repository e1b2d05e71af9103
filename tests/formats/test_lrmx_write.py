import re
from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from quanheng.formats import lrmx
from quanheng.formats.appointment import AppointmentForm, FamilyItem
from quanheng.formats.elements import ELEMENTS
from quanheng.formats.lrmx import CannotWrite
from tests.formats.samples import ENCODINGS, sample
from tests.formats.strategies import anything, forms

FORM = AppointmentForm(
    name="周石桥",
    resume="1997.07--2001.03  甲 & <乙>\n2001.03--         丙]]>",
    family=(FamilyItem(relation="妻子", name="陆知远", unknown=(("GuoJi", "<GuoJi/>"),)), FamilyItem()),
    photo=b"\xff\xd8\xff",
    unknown=(("Foo", "<Foo>1</Foo>"), ("JiaTingChengYuan/Zu", "<Zu/>")),
)


def test_the_exact_bytes() -> None:
    lines = lrmx.write(FORM).decode().split("\n")
    assert lines[0] == '\ufeff<?xml version="1.0" encoding="utf-8"?>'
    assert lines[1:4] == ["<Person>", "  <XingMing>周石桥</XingMing>", "  <XingBie />"]
    resume = lines.index("  <JianLi>1997.07--2001.03  甲 &amp; &lt;乙&gt;")
    assert lines[resume + 1] == "2001.03--         丙]]&gt;</JianLi>"
    group = lines.index("  <JiaTingChengYuan>")
    assert lines[group + 1 : group + 11] == [
        "    <Item>",
        "      <ChengWei>妻子</ChengWei>",
        "      <XingMing>陆知远</XingMing>",
        "      <ChuShengRiQi />",
        "      <ZhengZhiMianMao />",
        "      <GongZuoDanWeiJiZhiWu />",
        "      <GuoJi/>",
        "    </Item>",
        "    <Zu/>",
        "  </JiaTingChengYuan>",
    ]
    assert lines[-5:] == [
        "  <ZhaoPian>/9j/</ZhaoPian>",
        "  <Version>3.2.1.16</Version>",
        "  <Foo>1</Foo>",
        "</Person>",
        "",
    ]


def test_every_element_in_order() -> None:
    written = re.findall(r"^  <(\w+)", lrmx.write(AppointmentForm()).decode(), re.MULTILINE)
    assert written == [element.tag for element in ELEMENTS]


def test_what_is_written_is_read() -> None:
    form = lrmx.read(lrmx.write(FORM)).form
    assert form == replace(FORM, family=FORM.family[:1], version="3.2.1.16")


@pytest.mark.parametrize("name", ["plain", "cdata-2025", "old", "awkward", "no-picture", *ENCODINGS])
def test_files_of_others_become_stable(name: str) -> None:
    first = lrmx.write(lrmx.read(sample(name)).form)
    assert lrmx.write(lrmx.read(first).form) == first
    assert replace(lrmx.read(first).form, version="") == replace(lrmx.read(sample(name)).form, version="")


@example(FORM)
@given(forms)
def test_our_own_files_come_back_byte_for_byte(form: AppointmentForm) -> None:
    first = lrmx.write(form)
    assert lrmx.write(lrmx.read(first).form) == first


def write_or_refuse(form: AppointmentForm) -> str:
    """The code of the refusal, or else a stable file."""
    try:
        first = lrmx.write(form)
    except CannotWrite as refusal:
        return refusal.code
    assert lrmx.write(lrmx.read(first).form) == first
    return "written"


@given(anything)
def test_any_text_is_written_stably_or_refused(text: str) -> None:
    form = AppointmentForm(reason=text, name=text, identity_number=text, party_joining=text, birth=text)
    assert write_or_refuse(form) in ("written", "illegal-character")


@given(st.text(st.sampled_from(list("<>/Foo a='\"&!-[]CDATA xmlns:?")), max_size=25))
def test_any_unknown_element_is_written_stably_or_refused(xml: str) -> None:
    assert write_or_refuse(AppointmentForm(unknown=(("Foo", f"<Foo{xml}"),))) in ("written", "unknown")


@pytest.mark.parametrize(("text", "character"), [("\x0b", "U+000B"), ("\0", "U+0000"), ("\ud800", "U+D800")])
def test_illegal_characters_are_refused(text: str, character: str) -> None:
    with pytest.raises(CannotWrite) as refusal:
        lrmx.write(AppointmentForm(rewards_and_sanctions=text))
    assert (refusal.value.code, refusal.value.facts) == (
        "illegal-character",
        {"element": "JiangChengQingKuang", "character": character},
    )


@pytest.mark.parametrize(
    ("path", "xml"),
    [
        ("XingMing", "<XingMing>假</XingMing>"),
        ("Foo", "<Foo>"),
        ("Foo", "</Person>"),
        ("Foo", "<Foo/><Foo/>"),
        ("Foo", "<Foo/>文字"),
        ("Foo", "<Bar/>"),
        ("Foo", "<a:Foo/>"),
        ("Foo", "<Foo>\r\n</Foo>"),
        ("Foo", "<Foo>&x;</Foo>"),
        ("Foo", "<Foo>\ud800</Foo>"),
        ("JiaTingChengYuan/Item", "<Item/>"),
        ("Foo", "<Foo/></Person><Person><Foo/>"),
    ],
)
def test_unknown_elements_that_would_break_the_file_are_refused(path: str, xml: str) -> None:
    with pytest.raises(CannotWrite) as refusal:
        lrmx.write(AppointmentForm(unknown=((path, xml),)))
    assert (refusal.value.code, refusal.value.facts) == ("unknown", {"element": path})


def test_too_many_relatives_are_refused() -> None:
    with pytest.raises(CannotWrite) as refusal:
        lrmx.write(AppointmentForm(family=(FamilyItem(name="张三"),) * 201))
    assert refusal.value.facts == {"count": 201, "limit": 200}
