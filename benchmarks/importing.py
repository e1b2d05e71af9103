"""Importing 1,000 `.lrmx` files as `quanheng import` does it: keep, read, compare, take effect, in one process.

`uv run python -m benchmarks.importing`

Each run has a database and keys of its own in a throw-away folder; QUANHENG_DATABASE may name an empty PostgreSQL
database instead. Limits: 60 s with photos of 330 KB, 20 s without.
"""

import contextlib
import io
import os
import random
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter

from PIL import Image, ImageFilter

PERSONS = 1000
LIMITS = {True: 60.0, False: 20.0}  # seconds, with and without photos
PHOTO_BYTES = 330 * 1024


@dataclass
class Step:
    name: str
    seconds: float
    cpu: float  # of this process and of those it used


def photos(count: int) -> list[bytes]:
    """JPEG of a phone's size and of about 330 KB, so that each is written anew; noise makes no two alike."""
    made = []
    for number in range(count):
        noise = Image.effect_noise((900, 1200), 60 + number).convert("RGB")
        made.append(_fitted(noise.filter(ImageFilter.GaussianBlur(1.2))))
    return made


def _fitted(image: Image.Image) -> bytes:
    for quality in range(95, 20, -3):
        out = io.BytesIO()
        image.save(out, "JPEG", quality=quality)
        if out.tell() <= PHOTO_BYTES:
            return out.getvalue()
    raise AssertionError("no quality makes the photo small enough")


def files(folder: Path, *, with_photos: bool) -> list[Path]:
    from quanheng.formats import identity, lrmx
    from tests.intake.test_import import FORM

    chance, pictures = random.Random(20261121), photos(8) if with_photos else [b""]
    written = []
    for number in range(PERSONS):
        text = "\n".join(f"{line}，分管第{chance.randrange(900)}项工作" for line in (FORM.resume + "\n").splitlines())
        key = identity.complete(
            f"0001{number // 100:02d}1985{number % 12 + 1:02d}{number % 28 + 1:02d}{number % 500 * 2:03d}"
        )
        birth = f"1985{number % 12 + 1:02d}"
        name = f"沈{chr(0x4E00 + number)}"
        picture = pictures[number % len(pictures)]
        photo = picture + str(number).encode() if picture else b""  # equal photos would be one file
        form = replace(FORM, name=name, identity_number=key, birth=birth, resume=text, photo=photo)
        written.append(folder / f"{number:04d}.lrmx")
        written[-1].write_bytes(lrmx.write(form))
    return written


def run(*, with_photos: bool) -> list[Step]:
    """In this process, on the database of the environment."""
    import django

    django.setup()
    from quanheng.intake import apply_actions, reading_actions, upload_actions
    from quanheng.kernel import clock
    from tests.intake.import_killing import make_place

    place, steps = make_place(), list[Step]()
    actor, on = place.actor, clock.today()
    folder = Path(os.environ["QUANHENG_DATA"]) / "files"
    folder.mkdir()
    paths = files(folder, with_photos=with_photos)
    with contextlib.ExitStack() as opened, measured("keep", steps):
        sources = [(path.name, opened.enter_context(path.open("rb"))) for path in paths]
        batch = upload_actions.upload(
            actor=actor, files=sources, unit=place.unit, category="city", sender="", at=clock.now(), on=on
        )
    with measured("read", steps):
        batch = reading_actions.start_reading(actor=actor, batch=batch.pk, at=clock.now())
        reading_actions.read_items(actor=actor, batch=batch, clock=clock.now, on=on)
    with measured("take effect", steps):
        batch = apply_actions.start_applying(
            actor=actor, batch=batch.pk, reason="按年度集中采集的要求更新", at=clock.now()
        )
        batch = apply_actions.apply_items(actor=actor, batch=batch, clock=clock.now, on=on)
    assert (batch.done, batch.skipped) == (PERSONS, 0), (batch.done, batch.skipped)
    return steps


@contextlib.contextmanager
def measured(name: str, steps: list[Step]) -> Iterator[None]:
    start, used = perf_counter(), cpu_seconds()
    yield
    steps.append(Step(name, perf_counter() - start, cpu_seconds() - used))


def cpu_seconds() -> float:
    own, others = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + others.ru_utime + others.ru_stime


def report(*, with_photos: bool) -> float:
    """Seconds over the limit."""
    steps = run(with_photos=with_photos)
    total = Step("together", sum(step.seconds for step in steps), sum(step.cpu for step in steps))
    print(f"{'with photos of 330 KB' if with_photos else 'without photos':<24}{'seconds':>9}{'CPU':>9}{'files/s':>9}")
    for step in (*steps, total):
        print(f"  {step.name:<22}{step.seconds:>9.2f}{step.cpu:>9.2f}{PERSONS / step.seconds:>9.0f}")
    limit = LIMITS[with_photos]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"  {total.seconds / limit:.2f} of the limit of {limit:.0f} s; at most {peak} MiB of memory")
    return total.seconds - limit


def main() -> None:
    """A process and a folder for each of the two, so that neither warms the other up."""
    failed = False
    for kind in ("photos", "plain"):
        with tempfile.TemporaryDirectory(prefix="quanheng-bench-") as folder:
            environment = os.environ | {"QUANHENG_DATA": folder, "DJANGO_SETTINGS_MODULE": "quanheng.settings"}
            command = [sys.executable, "-m", "benchmarks.importing", kind]
            failed |= subprocess.run(command, env=environment, check=False).returncode != 0
    sys.exit(failed)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        sys.exit(report(with_photos=sys.argv[1] == "photos") > 0)
    main()
