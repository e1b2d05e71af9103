"""Every sample file does what the README in its folder says of it."""

import re
import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from quanheng.demo.cast import NAMESAKE, REVISED
from quanheng.demo.city import build_city
from quanheng.demo.forms import form_of
from quanheng.demo.samples import Sample, longest_resume, make_samples, write_samples
from quanheng.formats import identity, resume
from quanheng.formats.appointment import AppointmentForm
from quanheng.formats.lrmx import CannotRead, read
from quanheng.formats.photos import CannotReadPhoto, normalise


@pytest.fixture(scope="module")
def samples() -> dict[str, Sample]:
    return {re.sub(r"^\d\d_", "", sample.name): sample for sample in make_samples()}


FOUND = {  # sample → codes of its findings
    "出生年月13月.lrmx": ["date-month"],
    "简历有空档.lrmx": ["resume-gap"],
    "姓名分隔点写作问号.lrmx": ["name-mark"],
    "身份证号校验位不符.lrmx": ["identity-check"],
    "照片为PNG.lrmx": ["photo-type"],
    "照片不是图片.lrmx": ["photo-no-picture"],
}
REFUSED = {"文件截断.lrmx": "truncated", "带实体声明.lrmx": "document-type", "空文件.lrmx": "empty"}


def test_what_the_reader_finds(samples: dict[str, Sample]) -> None:
    for name, sample in samples.items():
        if name in REFUSED:
            with pytest.raises(CannotRead) as refused:
                read(sample.content)
            assert refused.value.code == REFUSED[name]
        elif name.endswith(".lrmx"):
            assert [one.code for one in read(sample.content).findings] == FOUND.get(name, []), name


def test_nobody_in_the_samples_can_exist(samples: dict[str, Sample]) -> None:
    for sample in samples.values():
        for number in re.findall(rb"<ShenFenZheng>(\w+)</ShenFenZheng>", sample.content):
            assert number.startswith(b"00"), sample.name


def form(samples: dict[str, Sample], name: str) -> AppointmentForm:
    return read(samples[name].content).form


def test_the_samples_about_registered_persons(samples: dict[str, Sample]) -> None:
    city = build_city()
    revised = form_of(city.cadre(city.number_of(REVISED)))
    same, changed = form(samples, "在册干部_没有变化.lrmx"), form(samples, "在册干部_三处有变.lrmx")
    parts = [part for part in AppointmentForm.__dataclass_fields__ if part != "version"]
    assert [part for part in parts if getattr(same, part) != getattr(revised, part)] == []
    differing = [part for part in parts if getattr(changed, part) != getattr(revised, part)]
    assert differing == ["native_place", "health", "specialties"]
    namesake, known = form(samples, "同名同出生年月.lrmx"), city.cadre(city.number_of(NAMESAKE))
    assert (namesake.name, namesake.birth) == (known.name, f"{known.born:%Y%m}")
    assert namesake.identity_number != known.identity_number
    assert identity.is_valid(namesake.identity_number)


def test_the_long_ones(samples: dict[str, Sample]) -> None:
    ten = form(samples, "十名家庭成员.lrmx")
    assert len(ten.family) == 10
    entries, findings = resume.parse(longest_resume())
    assert findings == ()
    assert (len(entries), sum(len(entry.inside) for entry in entries)) == (32, 5)
    assert form(samples, "最长简历.lrmx").resume == longest_resume()


def test_what_is_written_oddly_is_read_all_the_same(samples: dict[str, Sample]) -> None:
    assert form(samples, "两个党派.lrmx").party_joining == "200108；民建"
    assert {len(item.birth) for item in form(samples, "家庭成员只有出生年.lrmx").family} <= {0, 4}
    assert sum("已去世" in item.work for item in form(samples, "家庭成员已去世.lrmx").family) >= 2
    assert dict(form(samples, "不认识的元素.lrmx").unknown)["DanWeiLeiBie"] == "<DanWeiLeiBie>03</DanWeiLeiBie>"
    assert form(samples, "没有身份证号.lrmx").identity_number == ""
    hurried, _ = resume.parse(form(samples, "简历写法不一.lrmx").resume)
    assert all(entry.start for entry in hurried)


def test_photos_good_and_bad(samples: dict[str, Sample]) -> None:
    assert normalise(form(samples, "带照片.lrmx").photo).data == form(samples, "带照片.lrmx").photo
    assert normalise(form(samples, "照片为PNG.lrmx").photo).media_type == "image/jpeg"
    with pytest.raises(CannotReadPhoto) as refused:
        normalise(form(samples, "照片损坏.lrmx").photo)
    assert refused.value.code == "damaged"


def test_the_archive_holds_twenty_readable_files(samples: dict[str, Sample]) -> None:
    with zipfile.ZipFile(BytesIO(samples["二十人.zip"].content)) as archive:
        names = {read(archive.read(name)).form.name for name in archive.namelist()}
        assert len(archive.namelist()) == 20
    assert len(names) == 20


def test_the_folder_and_its_readme(tmp_path: Path, samples: dict[str, Sample]) -> None:
    written = write_samples(tmp_path / "样例")
    assert {path.name for path in written} == {sample.name for sample in samples.values()} | {"README.txt"}
    readme = written[-1].read_text(encoding="utf-8")
    assert all(sample.name in readme and sample.purpose in readme for sample in samples.values())
    first = next(iter(samples.values()))
    assert (tmp_path / "样例" / first.name).read_bytes() == first.content
