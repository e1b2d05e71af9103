"""Sample `.lrmx` files for trying the import: good ones, and one for each way in which files go wrong."""

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from quanheng.demo import awkward
from quanheng.demo.cast import LONGEST_NAME, NAMESAKE, REVISED, TEN_RELATIVES
from quanheng.demo.chance import months
from quanheng.demo.city import SEED, City, build_city
from quanheng.demo.facts import LineFact
from quanheng.demo.forms import form_of, resume_text
from quanheng.demo.silhouettes import silhouettes
from quanheng.formats.appointment import AppointmentForm
from quanheng.formats.identity import complete
from quanheng.formats.lrmx import write
from quanheng.people.choices import ResumeSetting

_OTHER_CITY = 1_000_003  # added to the seed: persons who are not in the demo city
_STRANGERS = 400
_ZIP_OF = 20
_ZIP_DATE = (2026, 11, 20, 8, 0, 0)


@dataclass(frozen=True, slots=True)
class Sample:
    name: str
    purpose: str
    content: bytes


def write_samples(folder: Path, *, seed: int = SEED) -> tuple[Path, ...]:
    """The files and their README.txt; the folder is made, files of the same names are replaced."""
    folder.mkdir(parents=True, exist_ok=True)
    samples = [*make_samples(seed)]
    written = []
    for sample in samples:
        written.append(folder / sample.name)
        written[-1].write_bytes(sample.content)
    readme = folder / "README.txt"
    readme.write_text(_readme(samples), encoding="utf-8")
    return (*written, readme)


def make_samples(seed: int = SEED) -> Iterator[Sample]:
    """Numbered in the order of the README."""
    here, there = build_city(seed=seed), build_city(cadres=_STRANGERS, seed=seed + _OTHER_CITY)
    photo = silhouettes(seed)[0]
    made = [*_good(there, photo), *_known(here), *_awkward(there, photo)]
    for number, (name, purpose, content) in enumerate(made, 1):
        yield Sample(f"{number:02d}_{name}", purpose, content)


_Made = tuple[str, str, bytes]


def _stranger(city: City, number: int) -> AppointmentForm:
    """Not one of the cast: those have the same names in every city."""
    free = [index for index in range(len(city.slots)) if index not in city.cast]
    return form_of(city.cadre(free[number * 7 % len(free)]))


def _good(city: City, photo: bytes) -> Iterator[_Made]:
    yield "普通干部.lrmx", "写法规范，没有照片。应为新增，没有问题。", write(_stranger(city, 0))
    with_photo = replace(_stranger(city, 1), photo=photo)
    yield "带照片.lrmx", "照片为绘制的剪影，480×600。", write(with_photo)
    long_name = replace(_stranger(city, 2), name=LONGEST_NAME.replace("阿卜杜", "买买提"), ethnicity="维吾尔族")
    yield "长姓名.lrmx", "少数民族长姓名，姓名不得截断。", write(long_name)
    ten = form_of(city.cadre(city.number_of(TEN_RELATIVES)))
    ten = replace(ten, name="石望江", identity_number=_identity(ten.birth, 21))
    yield "十名家庭成员.lrmx", "家庭成员满十名，审批表续页。", write(ten)
    longest = replace(_stranger(city, 3), resume=longest_resume(), work_start="198807")
    yield "最长简历.lrmx", "简历三十余行，审批表缩小字号并续页。", write(longest)
    yield "二十人.zip", "二十个文件，放在一个文件夹里。", _archive(city)


def _archive(city: City) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(_ZIP_OF):
            form = _stranger(city, 20 + number)
            entry = zipfile.ZipInfo(f"任免审批表/{number + 1:02d}_{form.name}.lrmx", _ZIP_DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, write(form))
    return out.getvalue()


def longest_resume() -> str:
    """Thirty posts of a year and some months, each without gap, with a 其间 line here and there."""
    units = (
        "松涧县苇塘乡",
        "松涧县石屏镇",
        "松涧县青萍镇",
        "松涧县水利局",
        "霁州市水利局工程管理科",
        "霁州市防汛抗旱指挥部",
    )
    titles = ("科员", "办公室副主任", "办公室主任", "水利站站长", "工程管理股股长兼安全生产监督管理办公室主任")
    start = months(1988, 7)
    lines = [LineFact(months(1985, 9), start, "岚江水利专科学校水利水电工程专业学习", ResumeSetting.STUDY)]
    for number in range(30):
        text = units[number // 5] + titles[number % 5]
        inner = LineFact(start + 2, start + 6, "霁州市水利局挂职，参加防汛抢险工作", ResumeSetting.CITY)
        inside = (inner,) if number % 6 == 5 else ()
        lines.append(LineFact(start, start + 15, text, ResumeSetting.UNKNOWN, "", inside))
        start += 15
    return resume_text((*lines, LineFact(start, None, "霁州市防汛抗旱指挥部办公室主任", ResumeSetting.CITY)))


def _known(city: City) -> Iterator[_Made]:
    """About persons of the demo city."""
    revised = form_of(city.cadre(city.number_of(REVISED)))
    yield "在册干部_没有变化.lrmx", f"与在册的{REVISED}一致。应为无变化。", write(revised)
    changed = replace(revised, native_place="云泽广陂", specialties="预算管理、绩效评价", health="一般")
    changed = changed if changed.health != revised.health else replace(changed, health="健康")
    yield (
        "在册干部_三处有变.lrmx",
        f"身份证号与在册的{REVISED}相同；籍贯、健康状况、专长三处不同。应为有变化，逐项比较。",
        write(changed),
    )
    namesake = form_of(city.cadre(city.number_of(NAMESAKE)))
    other = replace(
        namesake, identity_number=_identity(namesake.birth, 77), native_place="东屿海门关", birth_place="东屿海门关"
    )
    yield (
        "同名同出生年月.lrmx",
        f"与在册的{NAMESAKE}同姓名、同出生年月，身份证号不同。应提示疑似重复，由人判定。",
        write(other),
    )


def _identity(birth: str, sequence: int) -> str:
    return complete(f"009999{birth}29{sequence:03d}")  # nobody here is born on a 29th


def _awkward(city: City, photo: bytes) -> Iterator[_Made]:
    yield from _awkward_containers(city)
    yield from _awkward_values(city)
    yield from _awkward_photos(city, photo)
    yield from _unreadable(city)


def _awkward_containers(city: City) -> Iterator[_Made]:
    good = [write(_stranger(city, number)) for number in range(50, 56)]
    yield "没有BOM.lrmx", "文件开头没有 BOM，内容完好。", awkward.without_bom(good[0])
    yield "声明为gbk.lrmx", "声明并按 GBK 编码，内容完好。", awkward.in_gbk(good[1])
    yield "CDATA.lrmx", "简历写在 CDATA 里，内容完好。", awkward.with_cdata(good[2], "JianLi")
    yield (
        "空白元素.lrmx",
        "空元素里只有换行和缩进，换行为 CRLF。",
        awkward.with_crlf(awkward.with_blank_elements(good[3])),
    )
    yield "不认识的元素.lrmx", "多出两个不认识的元素，应原样保留。", awkward.with_unknown_elements(good[4])
    old = awkward.without_element(awkward.without_element(good[5], "DaoLingNianYue"), "ShenFenZheng")
    yield "没有身份证号.lrmx", "旧版文件：没有身份证号和到龄时间两个元素。", old


def _awkward_values(city: City) -> Iterator[_Made]:
    good = [_stranger(city, number) for number in range(60, 71)]
    month_13 = awkward.set_element(write(good[0]), "ChuShengNianYue", "1985.13")
    yield "出生年月13月.lrmx", "出生年月写作 1985.13，没有 13 月。保留原文，请人核对。", month_13
    yield (
        "不认识的民族.lrmx",
        "民族写作“穿青人”，代码表没有。保留原文并标注。",
        write(replace(good[1], ethnicity="穿青人")),
    )
    hurried = replace(good[2], resume=awkward.hurried_resume(good[2].resume))
    yield "简历写法不一.lrmx", "起止年月之间用了不同的连接号，其间用了半角括号。都应读出。", write(hurried)
    yield "简历有空档.lrmx", "简历中有八个月空档。", write(replace(good[3], resume=awkward.with_gap(good[3].resume)))
    years = tuple(replace(item, birth=item.birth[:4]) for item in good[4].family)
    yield "家庭成员只有出生年.lrmx", "家庭成员的出生日期只写到年。", write(replace(good[4], family=years))
    late = tuple(replace(item, work=f"{item.work}（已去世）") for item in good[5].family[-2:])
    yield (
        "家庭成员已去世.lrmx",
        "两名家庭成员已去世，审批表年龄留空。",
        write(replace(good[5], family=(*good[5].family[:-2], *late))),
    )
    yield "两个党派.lrmx", "入党时间写作“200108；民建”。", write(replace(good[6], party_joining="200108；民建"))
    yield "无党派.lrmx", "入党时间写作“无党派”。", write(replace(good[7], party_joining="无党派"))
    dotted = awkward.set_element(write(good[8]), "XingMing", "古丽娜尔?买合木提")
    yield "姓名分隔点写作问号.lrmx", "姓名中的分隔点写作问号，应读作“·”。", dotted
    number = good[9].identity_number
    wrong = number[:17] + ("0" if number[17] != "0" else "1")
    yield "身份证号校验位不符.lrmx", "身份证号校验位不符。", write(replace(good[9], identity_number=wrong))
    wide = awkward.set_element(write(good[10]), "CanJiaGongZuoShiJian", "２００７．０７")
    yield "全角日期.lrmx", "参加工作时间用全角数字和点，应读出。", wide


def _awkward_photos(city: City, photo: bytes) -> Iterator[_Made]:
    good = [write(_stranger(city, number)) for number in range(80, 83)]
    yield "照片为PNG.lrmx", "照片是 PNG，应转为 JPEG。", awkward.with_photo(good[0], awkward.as_png(photo))
    yield (
        "照片损坏.lrmx",
        "照片只有前半，读不出；其余内容可以导入。",
        awkward.with_photo(good[1], photo[: len(photo) // 2]),
    )
    yield "照片不是图片.lrmx", "照片处是一段文字。", awkward.with_photo(good[2], "这不是照片".encode())


def _unreadable(city: City) -> Iterator[_Made]:
    good = [write(_stranger(city, number)) for number in range(90, 92)]
    yield "文件截断.lrmx", "文件只有前三分之二，读不出。其他文件照常导入。", awkward.cut_off(good[0])
    yield "带实体声明.lrmx", "含有 DTD 和实体声明，应拒绝读取。", awkward.with_entities(good[1])
    yield "空文件.lrmx", "零字节。", b""


def _readme(samples: list[Sample]) -> str:
    lines = [f"{sample.name}\n    {sample.purpose}" for sample in samples]
    head = "铨衡示例文件：试用导入和测试用。\n人物、地名、单位都是虚构的；身份证号省级代码为 00，不属于任何人。\n"
    return "\n".join([head, *lines, ""])
