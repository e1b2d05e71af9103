import io
from datetime import date
from zipfile import ZipFile

import pytest
from docx import Document
from pypdf import PdfReader

from quanheng.formats.appointment_bundle import Kind, bundle, number_namesakes, zip_by_name
from tests.formats.appointment_samples import CHEN, MINORITY, NO_DATA

ON = date(2026, 11, 21)


@pytest.mark.parametrize("kind", ["pdf", "docx"])
def test_one_file_a_person_named_after_them(kind: Kind) -> None:
    packed = ZipFile(io.BytesIO(bundle([CHEN, MINORITY, CHEN, NO_DATA], kind, on=ON)))
    assert packed.namelist() == [
        f"陈建国.{kind}",
        f"阿卜杜热合曼·图尔荪尼亚孜.{kind}",
        f"陈建国（2）.{kind}",
        f"未命名.{kind}",
    ]


def test_each_file_is_that_persons_form() -> None:
    printed = ZipFile(io.BytesIO(bundle([CHEN], "pdf", on=ON))).read("陈建国.pdf")
    assert "陈建国" in PdfReader(io.BytesIO(printed)).pages[0].extract_text()
    word = ZipFile(io.BytesIO(bundle([CHEN], "docx", on=ON))).read("陈建国.docx")
    assert Document(io.BytesIO(word)).tables[0].cell(0, 2).text == "陈建国"


def test_names_cannot_leave_the_folder() -> None:
    files = [("../../etc/张伟", b""), ("张\\伟\n", b""), ("..", b""), ("字" * 300, b"")]
    assert [name for name, _ in number_namesakes(files)] == ["etc张伟", "张伟", "未命名", "字" * 60]


def test_numbers_do_not_meet_a_person_of_that_name() -> None:
    files = [("张伟（2）", b""), ("张伟", b""), ("张伟", b"")]
    assert [name for name, _ in number_namesakes(files)] == ["张伟（2）", "张伟", "张伟（3）"]


def test_the_same_files_are_the_same_zip() -> None:
    files = [("张伟", b"one"), ("李娜", b"two")]
    assert zip_by_name(files, "lrmx", on=ON) == zip_by_name(files, "lrmx", on=ON)
