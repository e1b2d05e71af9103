"""What holds for every subcommand: help, JSON, exit codes, refusals in words."""

import argparse
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from quanheng.cli import DONE, FINDINGS, WRONG_USE, main, parser
from quanheng.cli.words import SENTENCES, sentence
from quanheng.kernel.errors import Refused

COMMANDS = [
    "formats read",
    "formats convert",
    "calibrate",
    "import",
    "export",
    "plan",
    "rules list",
    "rules show",
    "rules docs",
    "rules facts",
    "rules check",
    "rules eligible",
    "ledger verify",
    "ledger checkpoint",
    "ledger protect",
    "census refresh",
    "census show",
    "demo",
    "serve",
    "worker",
    "backup",
    "restore",
    "harden-postgres",
    "keys status",
    "keys rotate",
    "keys retire",
]


def leaves(made: argparse.ArgumentParser, path: str = "") -> Iterator[tuple[str, argparse.ArgumentParser]]:
    choices = [action for action in made._actions if isinstance(action, argparse._SubParsersAction)]
    if not choices:
        yield path.strip(), made
    for action in choices:
        for name, child in action.choices.items():
            yield from leaves(child, f"{path} {name}")


def test_the_commands_are_these() -> None:
    assert sorted(dict(leaves(parser()))) == sorted(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_and_json(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([*command.split(), "--help"])
    assert ended.value.code == DONE
    assert "--json" in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["unknown"],
        ["formats"],
        ["formats", "read"],
        ["formats", "convert", "a.lrmx"],
        ["import", "a.lrmx"],
        ["export", "--unit", "QH"],
        ["export", "--unit", "QH", "--format", "csv", "--to", "x", "--as", "lin"],
        ["ledger", "checkpoint"],
        ["demo", "--cadres", "many"],
        ["backup"],
        ["keys", "rotate"],
        ["serve", "--bind", "8000"],
        ["serve", "--bind", "127.0.0.1:0"],
    ],
)
def test_wrong_use_is_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == WRONG_USE
    assert capsys.readouterr().out == ""


def test_demo_wants_a_sensible_size_and_a_folder(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo", "--cadres", "0"]) == WRONG_USE
    assert main(["demo", "samples"]) == WRONG_USE
    assert "文件夹" in capsys.readouterr().err


def test_formats_load_no_django(tmp_path: Path) -> None:
    """They work on files alone, wherever they are run."""
    code = (
        "import sys; from quanheng.cli import main;"
        "main(['formats', 'read', sys.argv[1]]); main(['formats', 'convert', sys.argv[1], sys.argv[2]]);"
        "print([name for name in sys.modules if name.partition('.')[0] == 'django'])"
    )
    plain = Path("tests/data/lrmx/plain.lrmx").absolute()
    done = subprocess.run(
        [sys.executable, "-c", code, plain, tmp_path / "out.pdf"], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.stdout.splitlines()[-1] == "[]", done.stderr


def test_a_closed_pipe_is_no_error() -> None:
    plain = Path("tests/data/lrmx/plain.lrmx").absolute()
    command = f"{sys.executable} -m quanheng.cli formats read {' '.join([str(plain)] * 40)} | head -c 10"
    done = subprocess.run(command, shell=True, capture_output=True, text=True)  # noqa: S602  our own words
    assert (done.stderr, len(done.stdout.encode())) == ("", 10)


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("QUANHENG_DATABASE", "mysql://root:hush@db/x", "QUANHENG_DATABASE is sqlite or postgresql://"),
        ("QUANHENG_DATA", "/proc/nowhere", "QUANHENG_DATA: /proc/nowhere cannot be made"),
        ("QUANHENG_HOSTS", "", "QUANHENG_HOSTS: '' is no host name"),
    ],
)
def test_a_wrong_setting_is_wrong_use(name: str, value: str, words: str, tmp_path: Path) -> None:
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "quanheng.settings", "QUANHENG_DATA": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-m", "quanheng.cli", "ledger", "verify"],
        env={**environment, name: value},
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout) == (WRONG_USE, "")
    assert words in done.stderr
    assert "hush" not in done.stderr


def test_a_database_without_tables_is_named(tmp_path: Path) -> None:
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "quanheng.settings", "QUANHENG_DATA": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-m", "quanheng.cli", "ledger", "verify", "--json"],
        env={**environment, "QUANHENG_DATABASE": "sqlite"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == FINDINGS
    assert '"refused": "not-migrated"' in done.stdout


def exceptions() -> set[type[Refused]]:
    found, rest = set(), [Refused]
    while rest:
        kinds = rest.pop().__subclasses__()
        found |= set(kinds)
        rest += kinds
    return found


def test_sentences_belong_to_exceptions_that_exist() -> None:
    import quanheng.calibration.jmle
    import quanheng.census.extract
    import quanheng.cli.calibrate_input
    import quanheng.cli.running
    import quanheng.formats.ballots_table
    import quanheng.insight.targets
    import quanheng.intake.actions
    import quanheng.operations.keys
    import quanheng.operations.restore
    import quanheng.operations.roles
    import quanheng.people.exports  # noqa: F401  loaded so that their exceptions are known

    assert set(SENTENCES) - {kind.__name__ for kind in exceptions()} == set()


def test_a_sentence_says_the_facts() -> None:
    class CannotRestore(Refused):
        pass

    words = sentence(CannotRestore("not-empty", tables=["people.cadre", "accounts.account"]))
    assert words == "数据库里已有记录（people.cadre、accounts.account）。备份只恢复到空的数据库。"


def test_a_refusal_of_formats_has_its_own_words(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    empty = tmp_path / "empty.lrmx"
    empty.write_bytes(b"")
    assert main(["formats", "convert", str(empty), str(tmp_path / "out.pdf"), "--json"]) == FINDINGS
    told = '{"refused": "empty", "sentence": "文件是空的。请在原系统重新导出。", "facts": {}}\n'
    assert capsys.readouterr().out == told
    assert sorted(tmp_path.iterdir()) == [empty]
