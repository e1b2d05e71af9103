"""Print docs/mission.yaml as a table: `make mission`."""

import sys
from dataclasses import dataclass
from pathlib import Path

import yaml

MISSION = Path(__file__).resolve().parents[1] / "docs" / "mission.yaml"
STATES = ("done", "partly", "open")
# Letters and counts of the mission's chapters; the file must hold exactly these.
CHAPTERS = {"K": 11, "D": 6, "Y": 10, "A": 12, "G": 10, "U": 7, "E": 4, "P": 5}
ROW_IDS = tuple(f"{letter}{number}" for letter, count in CHAPTERS.items() for number in range(1, count + 1))


@dataclass(frozen=True, slots=True)
class Row:
    id: str
    title: str
    state: str
    stories: tuple[str, ...]  # pytest node ids
    pages: tuple[str, ...]  # names of URLs


def read_rows(path: Path) -> list[Row]:
    """The rows in the file's order; a field that is missing or unknown stops the reading."""
    rows = [
        Row(
            id=entry["id"],
            title=entry["title"],
            state=entry["state"],
            stories=tuple(entry.get("stories", ())),
            pages=tuple(entry.get("pages", ())),
        )
        for entry in yaml.safe_load(path.read_text())
    ]
    unknown = [row.id for row in rows if row.state not in STATES]
    if unknown:
        raise ValueError(f"state must be one of {', '.join(STATES)}: {', '.join(unknown)}")
    return rows


def table(rows: list[Row]) -> str:
    """Chinese titles stand last, since a terminal draws them twice as wide."""
    lines = ["id   state   stories  pages  mechanism"]
    lines += [f"{row.id:<4} {row.state:<7} {len(row.stories):>7} {len(row.pages):>6}  {row.title}" for row in rows]
    counts = ", ".join(f"{sum(row.state == state for row in rows)} {state}" for state in STATES)
    return "\n".join([*lines, "", f"{len(rows)} mechanisms: {counts}"])


def main() -> int:
    print(table(read_rows(MISSION)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
