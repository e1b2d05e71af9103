"""The settings refuse to start on a wrong value, say which and what would be right, and never repeat a password."""

import json
import os
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

CODE = """
import json
from django.core.exceptions import ImproperlyConfigured
try:
    import quanheng.settings as s
except ImproperlyConfigured as error:
    print(json.dumps({"error": str(error)}))
else:
    d = s.DATABASES["default"]
    print(json.dumps({
        "hosts": s.ALLOWED_HOSTS, "demo": s.DEMO, "https": s.HTTPS, "secret": s.SECRET_KEY, "data": str(s.DATA),
        "keys": str(s.KEY_FILE), "secure": [s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SECURE_SSL_REDIRECT],
        "origins": s.CSRF_TRUSTED_ORIGINS,
        "database": {key: str(d[key]) for key in ("ENGINE", "NAME", "USER", "PASSWORD", "HOST", "PORT") if key in d},
    }))
"""


def started(folder: Path, **variables: str) -> dict[str, Any]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("QUANHENG_", "DJANGO_"))}
    environment = {**kept, "QUANHENG_DATA": str(folder), **variables}
    done = subprocess.run([sys.executable, "-c", CODE], env=environment, capture_output=True, text=True, check=True)
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def test_the_defaults(tmp_path: Path) -> None:
    told = started(tmp_path / "new")
    assert told["hosts"] == ["127.0.0.1", "localhost", "[::1]"]
    assert (told["demo"], told["https"], told["secure"], told["origins"]) == (False, False, [False] * 3, [])
    assert told["database"]["ENGINE"] == "django.db.backends.sqlite3"
    assert told["database"]["NAME"] == str(tmp_path / "new" / "quanheng.sqlite3")
    assert told["keys"] == str(tmp_path / "new" / "keys.json")
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "new" / "secret").stat().st_mode) == 0o600


def test_a_deployment(tmp_path: Path) -> None:
    told = started(
        tmp_path,
        QUANHENG_DATABASE="postgresql://app:p%40ss%2Fword@db.example:5433/quanheng",
        QUANHENG_HOSTS="hr.example, 10.0.0.8",
        QUANHENG_HTTPS="1",
        QUANHENG_KEYS=str(tmp_path / "elsewhere" / "keys.json"),
    )
    assert told["database"] == {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "quanheng",
        "USER": "app",
        "PASSWORD": "p@ss/word",
        "HOST": "db.example",
        "PORT": "5433",
    }
    assert (told["hosts"], told["secure"]) == (["hr.example", "10.0.0.8"], [True] * 3)
    assert told["origins"] == ["https://hr.example", "https://10.0.0.8"]
    assert told["keys"] == str(tmp_path / "elsewhere" / "keys.json")


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("QUANHENG_DATABASE", "mysql://a:hush@db/x", "QUANHENG_DATABASE is sqlite or postgresql://"),
        ("QUANHENG_DATABASE", "postgresql://a:hush@db", "QUANHENG_DATABASE is sqlite or postgresql://"),
        ("QUANHENG_DATABASE", "postgresql://a:hush@db:port/x", "QUANHENG_DATABASE is sqlite or postgresql://"),
        ("QUANHENG_DATABASE", "postgresql://a:hush@[db/x", "QUANHENG_DATABASE is sqlite or postgresql://"),
        ("QUANHENG_DATABASE", "", "QUANHENG_DATABASE is sqlite or postgresql://"),
        ("QUANHENG_DATA", "/proc/nowhere", "QUANHENG_DATA: /proc/nowhere cannot be made"),
        ("QUANHENG_DEMO", "yes", "QUANHENG_DEMO must be 0 or 1, not 'yes'"),
        ("QUANHENG_HTTPS", "", "QUANHENG_HTTPS must be 0 or 1, not ''"),
        ("QUANHENG_HOSTS", "", "QUANHENG_HOSTS: '' is no host name"),
        ("QUANHENG_HOSTS", "*", "QUANHENG_HOSTS: '*' is no host name"),
        ("QUANHENG_HOSTS", "https://hr.example", "QUANHENG_HOSTS: 'https://hr.example' is no host name"),
        ("QUANHENG_HOSTS", "hr.example:8000", "QUANHENG_HOSTS: 'hr.example:8000' is no host name"),
        ("QUANHENG_HOSTS", "hr.example,", "QUANHENG_HOSTS: '' is no host name"),
    ],
)
def test_a_wrong_value_is_named(name: str, value: str, words: str, tmp_path: Path) -> None:
    told = started(tmp_path, **{name: value})
    assert told["error"].startswith(words)
    assert "hush" not in told["error"]


def test_a_file_in_place_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert started(tmp_path / "file")["error"].startswith(f"QUANHENG_DATA: {tmp_path}/file cannot be made")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    assert "cannot be written by this user" in started(tmp_path)["error"]
    tmp_path.chmod(0o700)


def test_the_secret_stays(tmp_path: Path) -> None:
    assert started(tmp_path)["secret"] == started(tmp_path)["secret"]


def test_processes_that_start_at_once_share_one_secret(tmp_path: Path) -> None:
    with ThreadPoolExecutor(6) as pool:
        secrets = list(pool.map(lambda _: started(tmp_path)["secret"], range(6)))
    assert len(set(secrets)) == 1
    assert len(secrets[0]) == 64
    assert sorted(path.name for path in tmp_path.iterdir()) == ["secret", "uploads"]


@pytest.mark.parametrize("content", ["", "short"])
def test_a_damaged_secret_is_named(content: str, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text(content)
    assert "is damaged" in started(tmp_path)["error"]


def test_what_a_start_loads_is_not_walked_for_garbage(tmp_path: Path) -> None:
    words = "import gc, quanheng.wsgi; print(gc.get_freeze_count() > 10_000)"
    environment = {**os.environ, "QUANHENG_DATA": str(tmp_path), "QUANHENG_DEMO": "1"}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    said = subprocess.run([sys.executable, "-c", words], capture_output=True, text=True, env=environment, check=True)
    assert said.stdout == "True\n"
