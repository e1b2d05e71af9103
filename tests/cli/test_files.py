"""`quanheng formats read | convert`: exactly what the issue asks of their output."""

import io
import json
import stat
import zipfile
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from pypdf import PdfReader

from quanheng.cli import DONE, FINDINGS, WRONG_USE, main
from quanheng.formats import lrmx

SAMPLES = Path("tests/data/lrmx").absolute()
UNREADABLE = {"billion-laughs.lrmx", "external-entity.lrmx", "other-root.lrmx", "truncated.lrmx"}
READABLE = sorted(path.name for path in SAMPLES.glob("*.lrmx") if path.name not in UNREADABLE)
SMALL = """<?xml version="1.0" encoding="utf-8"?>
<Person>
  <XingMing>沈砚秋</XingMing>
  <ChuShengNianYue>1985年春</ChuShengNianYue>
  <JianLi>2007.07--2010.10  青萍镇科员
                  （其间：2008.03--2008.07市委党校学习）
在家
2010.10--         松涧县发展和改革局局长</JianLi>
  <JiaTingChengYuan><Item>
    <ChengWei>丈夫</ChengWei><XingMing>黎暮云</XingMing><ChuShengRiQi>198401</ChuShengRiQi>
    <ZhengZhiMianMao>中共党员</ZhengZhiMianMao><GongZuoDanWeiJiZhiWu>霁州一中教师</GongZuoDanWeiJiZhiWu>
  </Item></JiaTingChengYuan>
  <BeiZhu>备</BeiZhu>
</Person>
"""
KEYS = ["file", "ok", "error", "fields", "resume", "family", "photo", "unknown", "findings"]


def read(capsys: pytest.CaptureFixture[str], *files: Path) -> tuple[int, list[dict[str, Any]]]:
    code = main(["formats", "read", *map(str, files)])
    return code, [json.loads(line) for line in capsys.readouterr().out.splitlines()]


@pytest.fixture
def small(tmp_path: Path) -> Path:
    file = tmp_path / "small.lrmx"
    file.write_text(SMALL, encoding="utf-8")
    return file


def test_one_person_is_one_object(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, (person,) = read(capsys, small)
    assert code == FINDINGS
    assert list(person) == KEYS
    assert (person["file"], person["ok"], person["error"]) == (str(small), True, None)
    assert person["fields"]["XingMing"] == {"raw": "沈砚秋", "value": "沈砚秋"}
    assert person["fields"]["ChuShengNianYue"] == {"raw": "1985年春", "value": None}
    assert set(person["fields"]) == {"XingMing", "ChuShengNianYue", "JianLi"}
    assert person["resume"] == [
        {
            "from": "2007-07",
            "to": "2010-10",
            "text": "青萍镇科员",
            "inside": [{"from": "2008-03", "to": "2008-07", "text": "市委党校学习"}],
        },
        {"from": None, "to": None, "text": "在家", "inside": []},
        {"from": "2010-10", "to": None, "text": "松涧县发展和改革局局长", "inside": []},
    ]
    assert person["family"] == [
        {
            "relation": "丈夫",
            "name": "黎暮云",
            "birth": "1984-01",
            "political_affiliation": "中共党员",
            "work": "霁州一中教师",
        }
    ]
    assert (person["photo"], person["unknown"]) == (None, {"BeiZhu": "备"})
    assert all(list(finding) == ["place", "value", "reason"] for finding in person["findings"])
    birth = next(finding for finding in person["findings"] if finding["place"] == "ChuShengNianYue")
    assert birth["value"] == "1985年春"
    assert birth["reason"].endswith("。")


def test_a_clean_file_is_done(capsys: pytest.CaptureFixture[str]) -> None:
    code, (person,) = read(capsys, SAMPLES / "plain.lrmx")
    assert (code, person["findings"]) == (DONE, [])
    assert person["photo"] == {"media_type": "image/jpeg", "width": 96, "height": 120}
    assert person["fields"]["ChuShengNianYue"] == {"raw": "197503", "value": "1975-03"}


def test_the_others_are_printed_beside_an_unreadable_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = [SAMPLES / "truncated.lrmx", tmp_path / "absent.lrmx", tmp_path, SAMPLES / "plain.lrmx"]
    code, persons = read(capsys, *files)
    assert code == FINDINGS
    assert [person["file"] for person in persons] == [str(file) for file in files]
    assert [person["ok"] for person in persons] == [False, False, False, True]
    assert persons[0]["error"] == "文件在第 35 行中断，后面缺失。请重新复制或导出。"
    empty: dict[str, Any] = {"fields": {}, "resume": [], "family": [], "photo": None, "unknown": {}, "findings": []}
    for person in persons[:3]:
        assert list(person) == KEYS
        assert {name: person[name] for name in empty} == empty
        assert person["error"]


def test_every_sample_gives_one_object(capsys: pytest.CaptureFixture[str]) -> None:
    files = sorted(SAMPLES.glob("*.lrmx"))
    _, persons = read(capsys, *files)
    assert [Path(person["file"]).name for person in persons if not person["ok"]] == sorted(UNREADABLE)
    assert len(persons) == len(files)


def zipped(*members: tuple[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return packed.getvalue()


def test_a_zip_gives_each_of_its_persons(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "two.zip"
    file.write_bytes(zipped(("甲/one.lrmx", SMALL.encode()), ("two.lrmx", b"")))
    code, persons = read(capsys, file)
    assert code == FINDINGS
    assert [(person["file"], person["ok"]) for person in persons] == [
        (f"{file}/甲/one.lrmx", True),
        (f"{file}/two.lrmx", False),
    ]


def test_a_zip_with_path_tricks_is_one_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "bad.zip"
    file.write_bytes(zipped(("../../one.lrmx", SMALL.encode())))
    code, (person,) = read(capsys, file)
    assert (code, person["ok"], person["file"]) == (FINDINGS, False, str(file))


def test_a_huge_file_is_refused_without_being_held(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "huge.lrmx"
    with file.open("wb") as opened:
        opened.write(b"<Person>")
        opened.truncate(2 * 2**30)
    code, (person,) = read(capsys, file)
    assert (code, person["ok"]) == (FINDINGS, False)
    assert "字节" in person["error"]


@pytest.mark.parametrize("name", READABLE)
def test_every_readable_sample_converts(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, form = SAMPLES / name, lrmx.read((SAMPLES / name).read_bytes()).form
    for kind in ("pdf", "docx", "lrmx"):
        target = tmp_path / f"out.{kind}"
        code = main(["formats", "convert", str(source), str(target), "--on", "2026-11-20", "--json"])
        told = json.loads(capsys.readouterr().out)
        assert told["file"] == str(target)
        assert code == (FINDINGS if told["findings"] else DONE)
    assert form.name[:2] in "".join(page.extract_text() for page in PdfReader(tmp_path / "out.pdf").pages)
    words = "".join(cell.text for row in Document(str(tmp_path / "out.docx")).tables[0].rows for cell in row.cells)
    assert form.name[:2] in words.replace(" ", "")
    again = lrmx.read((tmp_path / "out.lrmx").read_bytes()).form
    assert (again.name, again.resume, again.family) == (form.name, form.resume, form.family)


def test_converting_our_own_file_changes_no_byte(tmp_path: Path) -> None:
    first, second = tmp_path / "first.lrmx", tmp_path / "second.lrmx"
    assert main(["formats", "convert", str(SAMPLES / "plain.lrmx"), str(first)]) == DONE
    assert main(["formats", "convert", str(first), str(second)]) == DONE
    assert first.read_bytes() == second.read_bytes()


@pytest.mark.parametrize("name", sorted(UNREADABLE))
def test_what_cannot_be_read_is_not_converted(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["formats", "convert", str(SAMPLES / name), str(tmp_path / "out.pdf")]) == FINDINGS
    assert capsys.readouterr().err.startswith("quanheng: 文件")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("source", "target"),
    [("plain.lrmx", "out.txt"), ("plain.lrmx", "out"), ("absent.lrmx", "out.pdf"), ("plain.lrmx", "no/such/out.pdf")],
)
def test_converting_wrongly_is_2(source: str, target: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["formats", "convert", str(SAMPLES / source), str(tmp_path / target)]) == WRONG_USE
    assert capsys.readouterr().err.startswith("quanheng: ")
    assert list(tmp_path.iterdir()) == []


def test_a_sign_without_a_glyph_is_a_finding(tmp_path: Path, small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    small.write_text(SMALL.replace("1985年春", "198503").replace("在家\n", "").replace("沈砚秋", "沈砚\U0001f600"))
    assert main(["formats", "convert", str(small), str(tmp_path / "out.pdf"), "--json"]) == FINDINGS
    findings = json.loads(capsys.readouterr().out)["findings"]
    (missing,) = [finding for finding in findings if finding["value"] == "\U0001f600"]
    assert missing["place"] == "XingMing"
    assert "没有字形" in missing["reason"]


def test_a_target_is_replaced_whole(tmp_path: Path) -> None:
    target = tmp_path / "out.lrmx"
    target.write_text("before")
    assert main(["formats", "convert", str(SAMPLES / "plain.lrmx"), str(target)]) == DONE
    assert lrmx.read(target.read_bytes()).form.name == "周石桥"
    assert stat.S_IMODE(target.stat().st_mode) & 0o111 == 0
    assert list(tmp_path.iterdir()) == [target]
