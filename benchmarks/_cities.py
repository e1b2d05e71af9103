"""Cities to measure in: made by `quanheng demo`, kept under var/bench/ as long as their maker stays the same.

Another list of migrations is another maker: a city holds the schema that it was made with.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from benchmarks._postgres import Postgres
from quanheng.demo.city import SEED

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / "var" / "bench"
MAKERS = ("quanheng/demo", "quanheng/vault")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a city is or will be."""

    vendor: str  # "sqlite", "postgresql"
    cadres: int
    folder: Path
    url: str = "sqlite"
    database_process: int | None = None

    @property
    def environment(self) -> Mapping[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("QUANHENG_")}
        return {**kept, "QUANHENG_DATA": str(self.folder), "QUANHENG_DATABASE": self.url}

    @property
    def is_made(self) -> bool:
        return (self.folder / "made").exists()


def mark(makers: tuple[str, ...] = MAKERS, root: Path = ROOT, seed: int = SEED) -> str:
    """Of the seed, of the code that makes cities and of the names of migrations; another mark is another city."""
    digest = hashlib.sha256(str(seed).encode())
    for file in sorted(file for maker in makers for file in (root / maker).rglob("*.py")):
        digest.update(file.relative_to(root).as_posix().encode() + b"\0" + file.read_bytes())
    for file in sorted((root / "quanheng").glob("*/migrations/0*.py")):
        digest.update(file.relative_to(root).as_posix().encode() + b"\0")
    return digest.hexdigest()[:10]


def on_sqlite(cadres: int) -> Place:
    return Place("sqlite", cadres, KEPT / f"sqlite-{cadres}-{mark()}")


def on_postgres(server: Postgres, cadres: int) -> Place:
    """The mark of an older city in the name makes room for this one; a city without its database is no city."""
    name = f"city_{cadres}_{mark()}"
    place = Place("postgresql", cadres, KEPT / f"postgresql-{cadres}-{mark()}", server.url(name), server.process)
    there = server.databases()
    for other in there:
        is_stale = other.startswith(f"city_{cadres}_") and (other != name or not place.is_made)
        if is_stale:
            server.run("dropdb", other)
    if name not in there or not place.is_made:
        shutil.rmtree(place.folder, ignore_errors=True)
        server.run("createdb", name)
    return place


def make(place: Place) -> float:
    """Seconds it took; 0 where it was there."""
    _remove_others(place)
    if place.is_made:
        return 0
    shutil.rmtree(place.folder, ignore_errors=True)
    start = perf_counter()
    run_quanheng(place, "-m", "quanheng.cli", "demo", "--cadres", str(place.cadres))
    taken = perf_counter() - start
    (place.folder / "made").touch()
    return taken


def run_quanheng(place: Place, *arguments: str) -> None:
    command = [sys.executable, *arguments]
    subprocess.run(command, cwd=ROOT, env=place.environment, check=True, stdout=subprocess.DEVNULL)


def _remove_others(place: Place) -> None:
    for folder in place.folder.parent.glob(f"{place.vendor}-{place.cadres}-*"):
        if folder != place.folder:
            shutil.rmtree(folder)
