r"""Coverage-guided fuzzing of the readers.

    uv run --with atheris python tools/fuzz_lrmx.py [lrmx|photo|archive] \
        -max_total_time=3600 -max_len=65536 -dict=tests/data/fuzz/lrmx.dict NEW_DIR tests/data/lrmx

Inputs that were of interest lie in tests/data/fuzz/<reader>; an ordinary test reads them all again.
A crash is any exception but the refusal of that reader, a reading that takes more than 2 s, or a form
that is not written twice with the same bytes.
"""

import importlib
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

SLOWEST = 2.0  # seconds for an input of at most 64 KB


def try_lrmx(data: bytes) -> None:
    from quanheng.formats import lrmx, report, resume

    try:
        reading = lrmx.read(data)
    except lrmx.CannotRead as error:
        report.as_json("file", error)
        return
    report.as_json("file", reading)
    written = lrmx.write(reading.form)
    assert lrmx.write(lrmx.read(written).form) == written
    printed = resume.render(reading.resume)
    resume.parse(printed)


def try_photo(data: bytes) -> None:
    from quanheng.formats import photos

    try:
        photo = photos.normalise(data)
    except photos.CannotReadPhoto:
        return
    assert photos.normalise(photo.data) == photo


def try_archive(data: bytes) -> None:
    from quanheng.formats import archives

    try:
        for member in archives.members(data):
            assert len(member.data) == member.size
    except archives.CannotUnpack:
        return


READERS: dict[str, Callable[[bytes], None]] = {"lrmx": try_lrmx, "photo": try_photo, "archive": try_archive}


def timed(reader: Callable[[bytes], None]) -> Callable[[bytes], None]:
    def run(data: bytes) -> None:
        started = time.process_time()
        reader(data)
        assert time.process_time() - started < SLOWEST, "too slow"

    return run


def main() -> None:
    import atheris

    name = sys.argv.pop(1) if sys.argv[1:2] and sys.argv[1] in READERS else "lrmx"
    with atheris.instrument_imports(include=["quanheng"]):
        importlib.import_module("quanheng.formats.report")  # reaches every reader
    atheris.Setup(sys.argv, timed(READERS[name]))
    atheris.Fuzz()


if __name__ == "__main__":
    main()
