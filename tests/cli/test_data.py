"""`quanheng import | export`: the user's grants decide, and the ledger has an entry for each person."""

import io
import json
import stat
import zipfile
from collections import Counter
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from openpyxl import load_workbook
from pypdf import PdfReader
from pytest_django import DjangoAssertNumQueries

from quanheng.cli import DONE, FINDINGS, WRONG_USE, main
from quanheng.formats import identity, lrmx
from quanheng.formats.appointment import AppointmentForm
from quanheng.intake.models import ImportBatch
from quanheng.ledger.models import Entry
from quanheng.organization.models import Unit
from quanheng.people.exports import CHUNK
from quanheng.people.models import Cadre
from tests.conftest import Cast, make_cadre

FORM = AppointmentForm(
    name="沈砚秋",
    sex="女",
    birth="198503",
    ethnicity="汉族",
    native_place="霁州松涧",
    party_joining="200612",
    work_start="200707",
    health="健康",
    full_time_education="大学",
    full_time_degree="经济学学士",
    full_time_education_school="霁州师范学院经济学专业",
    current_post="松涧县发展和改革局局长",
    resume="2003.09--2007.07  霁州师范学院经济学专业学习\n2007.07--         松涧县发展和改革局科员",
    identity_number=identity.complete("00010119850312002"),
    version="3.2.1.16",
)
OTHER = replace(FORM, name="顾南乔", identity_number=identity.complete("00010119850312004"))
VAGUE = replace(FORM, name="闻人舟", birth="1985年春", identity_number=identity.complete("00010119850312006"))


def rows() -> dict[str, int]:
    return {model._meta.label: model._base_manager.count() for model in apps.get_models()}


def tell(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, Any]:
    code = main([*map(str, arguments), "--json"])
    return code, json.loads(capsys.readouterr().out)


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """Two clean files and one with a finding."""
    written = []
    for number, form in enumerate((FORM, OTHER, VAGUE), start=1):
        written.append(tmp_path / f"{number}.lrmx")
        written[-1].write_bytes(lrmx.write(form))
    return written


def test_clean_files_are_written(cast: Cast, files: list[Path], capsys: pytest.CaptureFixture[str]) -> None:
    code, told = tell(capsys, "import", *files[:2], "--as", "lin")
    assert code == DONE
    assert {name: told[name] for name in ("written", "skipped", "dry_run")} == {
        "written": 2,
        "skipped": 0,
        "dry_run": False,
    }
    batch = ImportBatch.objects.get()
    assert (told["number"], batch.account_key, batch.unit) == (batch.number, cast.accounts["lin"].pk, cast.unit_a)
    assert told["persons"] == [
        {"file": file.name, "match": "new", "decision": "accept", "error": None, "findings": []} for file in files[:2]
    ]
    names = Cadre.objects.filter(home_unit=cast.unit_a).values_list("name", flat=True)
    assert {*names} == {"陈知行", "沈砚秋", "顾南乔"}
    assert Entry.objects.filter(action="intake.import_cadre", actor=cast.accounts["lin"].pk).count() == 2


def test_statistics_are_refreshed_by_how_many_were_written(
    cast: Cast, files: list[Path], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    written: list[int] = []
    monkeypatch.setattr("quanheng.operations.statistics.refresh_after_import", written.append)
    tell(capsys, "import", *files, "--as", "lin", "--dry-run")
    assert written == []
    tell(capsys, "import", *files, "--as", "lin")
    assert written == [2]


def test_a_file_with_findings_waits_for_a_person(
    cast: Cast, files: list[Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["import", *map(str, files), "--as", "lin"]) == FINDINGS
    out = capsys.readouterr().out
    assert "3.lrmx：新增；待人看" in out
    assert "    ChuShengNianYue：" in out
    assert out.splitlines()[-1].startswith("已写入 2 人，跳过 1 人（")
    assert not Cadre.objects.filter(name="闻人舟").exists()


def test_findings_may_be_accepted(cast: Cast, files: list[Path], capsys: pytest.CaptureFixture[str]) -> None:
    code, told = tell(capsys, "import", files[2], "--as", "lin", "--accept-findings")
    assert (code, told["written"]) == (FINDINGS, 1)
    assert Cadre.objects.get(name="闻人舟").birth_month is None


def test_the_same_file_again_changes_nothing(cast: Cast, files: list[Path], capsys: pytest.CaptureFixture[str]) -> None:
    tell(capsys, "import", files[0], "--as", "lin")
    code, told = tell(capsys, "import", files[0], "--as", "lin")
    assert (code, told["written"], told["persons"][0]["match"]) == (DONE, 0, "unchanged")


@pytest.mark.parametrize("options", [[], ["--accept-findings"]])
def test_a_dry_run_says_the_same_and_writes_nothing(
    cast: Cast, files: list[Path], options: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    files.append(files[0].with_name("4.lrmx"))
    files[3].write_bytes(b"<Person>")
    files.append(files[0].with_name("5.lrmx"))
    files[4].write_bytes(lrmx.write(FORM))
    before = rows()
    arguments = ["import", *files, "--as", "lin", *options]
    code, rehearsed = tell(capsys, *arguments, "--dry-run")
    assert rows() == before
    assert (code, rehearsed["number"], rehearsed["dry_run"]) == (FINDINGS, None, True)
    written_code, written = tell(capsys, *arguments)
    assert written_code == code
    assert {**rehearsed, "number": 0, "dry_run": 0} == {**written, "number": 0, "dry_run": 0}
    assert (
        written["persons"][4]["error"]
        == "这次导入里有两份文件是同一个人，只取前一份。要用这一份，请跳过前一份、采用这一份。"
    )


def test_a_dry_run_only_reads(cast: Cast, files: list[Path]) -> None:
    """So that nobody waits for it, however long it takes."""

    def only_reads(execute: Any, statement: str, *rest: Any) -> Any:
        assert statement.lstrip(" (\n").upper().startswith("SELECT"), statement
        return execute(statement, *rest)

    with connection.execute_wrapper(only_reads):
        assert main(["import", *map(str, files), "--as", "lin", "--dry-run"]) == FINDINGS


def test_zhao_cannot_import_into_unit_a(cast: Cast, files: list[Path], capsys: pytest.CaptureFixture[str]) -> None:
    before = rows()
    for code in ("QH01", "NOPE"):
        assert main(["import", str(files[0]), "--as", "zhao", "--unit", code]) == FINDINGS
        assert capsys.readouterr().err == "quanheng: 没有这个账号或单位，或不在这个账号的授权范围内。\n"
    assert rows() == before


def test_a_person_of_another_unit_is_not_given_away(
    cast: Cast, files: list[Path], capsys: pytest.CaptureFixture[str]
) -> None:
    tell(capsys, "import", files[0], "--as", "lin")
    code, told = tell(capsys, "import", files[0], "--as", "zhao")
    assert (code, told["written"], told["persons"][0]["match"]) == (FINDINGS, 0, "out_of_scope")
    assert Cadre.objects.get(name="沈砚秋").home_unit == cast.unit_a


@pytest.mark.parametrize("user", ["wang", "he", "qian", "wu", "xu", "chen", "outsider"])
def test_who_may_not_edit_imports_nothing(
    cast: Cast, files: list[Path], user: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = rows()
    assert main(["import", str(files[0]), "--as", user]) == FINDINGS
    assert main(["import", str(files[0]), "--as", user, "--dry-run"]) == FINDINGS
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 2
    assert said[0] == said[1]
    assert said[0].startswith(("quanheng: 新增的人不能放进这个单位", "quanheng: 这个账号没有所在单位"))
    assert rows() == before


def test_wrong_imports_are_told(cast: Cast, files: list[Path], capsys: pytest.CaptureFixture[str]) -> None:
    before = rows()
    assert main(["import", str(files[0]), "/nowhere/x.lrmx", "--as", "lin"]) == WRONG_USE
    assert main(["import", str(files[0]), "--as", "nobody"]) == FINDINGS
    assert main(["import", str(files[0]), "--as", "lin", "--category", "royal"]) == FINDINGS
    assert main(["import", str(files[0]), "--as", "lin", "--reason", "短"]) == FINDINGS
    words = capsys.readouterr().err.splitlines()
    assert words[0] == "quanheng: /nowhere/x.lrmx：No such file or directory"
    assert words[2].startswith("quanheng: 没有“royal”这个管理类别。可用：")
    assert words[3] == "quanheng: 理由不少于 10 个字；写入台账，以后可查。"
    assert rows() == before


def test_a_bad_zip_leaves_nothing(cast: Cast, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file, packed, before = tmp_path / "bad.zip", io.BytesIO(), rows()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("../../x.lrmx", lrmx.write(FORM))
    file.write_bytes(packed.getvalue())
    for options in ([], ["--dry-run"]):
        assert main(["import", str(file), "--as", "lin", *options]) == FINDINGS
        assert "写着包外的位置" in capsys.readouterr().err
    assert rows() == before


@pytest.fixture
def people(cast: Cast, at: datetime) -> Cast:
    """Two more of unit A, namesakes, and one below it."""
    below = Unit.objects.create(code="QH0101", name="甲局下属科", path="0001.0001.0001.", parent=cast.unit_a)
    for unit in (cast.unit_a, below):
        make_cadre("苏望", unit, at)
    return cast


def export(kind: str, to: Path, user: str, unit: str = "QH01") -> int:
    return main(["export", "--unit", unit, "--format", kind, "--to", str(to), "--as", user])


def names_of(kind: str, to: Path) -> list[str]:
    if kind == "lrmx":
        return sorted(lrmx.read(file.read_bytes()).form.name for file in to.iterdir())
    (file,) = to.iterdir()
    if kind == "xlsx":
        return sorted(str(row[0].value) for row in list(load_workbook(file).worksheets[0].iter_rows())[2:])
    text = "".join(page.extract_text() for page in PdfReader(file).pages).replace(" ", "")
    return sorted(name for name in ("陈知行", "苏望", "周望舒") for _ in range(min(text.count(name), 2)))


@pytest.mark.parametrize("kind", ["lrmx", "xlsx"])
@pytest.mark.parametrize(
    ("user", "unit", "names"),
    [
        ("lin", "QH01", ["苏望", "苏望", "陈知行"]),
        ("lin", "QH0101", ["苏望"]),
        ("wang", "QH", ["周望舒", "苏望", "苏望", "陈知行"]),
        ("wang", "QH02", ["周望舒"]),
        ("he", "QH01", ["苏望", "苏望", "陈知行"]),
        ("zhao", "QH02", ["周望舒"]),
    ],
)
def test_exactly_the_persons_granted_leave(
    people: Cast, kind: str, user: str, unit: str, names: list[str], tmp_path: Path
) -> None:
    assert export(kind, tmp_path, user, unit) == DONE
    assert names_of(kind, tmp_path) == sorted(names)
    entries = Entry.objects.filter(action="people.export", actor=people.accounts[user].pk)
    told = Counter(Cadre.objects.get(pk=key).name for key in entries.values_list("cadre", flat=True) if key)
    assert told == Counter(names)
    assert all(stat.S_IMODE(file.stat().st_mode) == 0o600 for file in tmp_path.iterdir())


def test_forms_leave_as_one_pdf_or_a_docx_each(people: Cast, tmp_path: Path) -> None:
    assert export("pdf", tmp_path / "pdf", "lin") == DONE
    assert [file.name for file in (tmp_path / "pdf").iterdir()] == ["示范市甲局.pdf"]
    assert set(names_of("pdf", tmp_path / "pdf")) == {"苏望", "陈知行"}
    assert export("docx", tmp_path / "docx", "lin") == DONE
    assert sorted(file.name for file in (tmp_path / "docx").iterdir()) == ["苏望.docx", "苏望2.docx", "陈知行.docx"]
    assert Entry.objects.filter(action="people.print_form", actor=people.accounts["lin"].pk).count() == 6


@pytest.mark.parametrize(
    ("user", "unit"),
    [
        ("zhao", "QH01"),
        ("zhao", "QH"),
        ("zhao", "NOPE"),
        ("lin", "QH02"),
        ("chen", "QH01"),
        ("qian", "QH01"),
        ("wu", "QH01"),
        ("xu", "QH01"),
        ("outsider", "QH01"),
        ("nobody", "QH01"),
    ],
)
@pytest.mark.parametrize("kind", ["lrmx", "xlsx", "pdf"])
def test_out_of_scope_answers_like_an_unknown_code(
    people: Cast, kind: str, user: str, unit: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = rows()
    assert export(kind, tmp_path / "out", user, unit) == FINDINGS
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "quanheng: 没有这个账号或单位，或不在这个账号的授权范围内。\n")
    assert not (tmp_path / "out").exists()
    assert rows() == before


def test_nobody_to_export_is_a_refusal(cast: Cast, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Unit.objects.create(code="QH0109", name="空科", path="0001.0001.0009.", parent=cast.unit_a)
    assert export("lrmx", tmp_path / "out", "lin", "QH0109") == FINDINGS
    assert "没有可导出的人" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_an_export_asks_no_more_for_more_people(
    cast: Cast, at: datetime, tmp_path: Path, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    """A hundred at a time: two rounds for a hundred and fifty, one ledger transaction to a round."""
    for number in range(CHUNK + 50):
        make_cadre(f"人{number:03d}", cast.unit_a, at)
    with django_assert_max_num_queries(75):
        assert export("lrmx", tmp_path, "lin") == DONE
    assert len(list(tmp_path.iterdir())) == CHUNK + 51
    detail = Entry.objects.filter(action="people.export").select_related("detail").last()
    assert detail is not None
    assert json.loads(detail.detail.detail) == {"kind": "lrmx", "together": CHUNK + 51}
