"""Simulated ballots under names as they occur, long and rare ones among them, for pictures that are looked at."""

from dataclasses import replace

import numpy as np

from quanheng.calibration.ratings import Facet, Ratings
from tests.calibration.simulate import Setting, simulate

POINTS = (0.0, 60.0, 80.0, 95.0)
ASPECTS = ("德", "能", "勤", "绩", "廉")
UNITS = (
    *("发展和改革局", "教育局", "财政局", "民政局", "司法局", "人力资源和社会保障局", "自然资源局", "交通运输局"),
    *("水利局", "农业农村局", "商务局", "文化和旅游局", "卫生健康委员会", "退役军人事务局", "应急管理局", "审计局"),
    *("市场监督管理局", "统计局", "医疗保障局", "档案馆"),
)
SURNAMES = "沈方殷江顾柳罗杜韩魏唐孟管黎陆何林赵钱周吴郑冯陈褚卫蒋秦许吕施张孔曹严华金陶姜"
GIVEN = ("砚秋", "既白", "知行", "听雨", "明谦", "闻笛", "望之", "若衡", "若川", "青崖", "岚", "拾光", "子衿", "暮云")
RARE = ("阿卜杜热合曼·图尔荪尼亚孜", "欧阳景行", "龚䶮", "李𬀩", "闫㛃")


def name(place: int) -> str:
    """Of a person; no two alike."""
    if place % 17 == 3 and place // 17 < len(RARE):
        return RARE[place // 17]
    return SURNAMES[place % len(SURNAMES)] + GIVEN[(place // 3) % len(GIVEN)] + "一二三四五六七八九"[place // 42 % 9]


def county(setting: Setting, seed: int, *, classes: tuple[str, ...] = ()) -> Ratings:
    """`classes`: persons are shared out among them by turns."""
    ratings = simulate(setting, seed).ratings
    assert ratings.unit is not None
    assert ratings.item is not None
    persons = len(ratings.person.labels)
    kinds = Facet(classes, np.asarray(ratings.person.index % max(1, len(classes)))) if classes else None
    return replace(
        ratings,
        person=Facet(tuple(name(place) for place in range(persons)), ratings.person.index),
        unit=Facet(UNITS[: len(ratings.unit.labels)], ratings.unit.index),
        item=Facet(ASPECTS[: len(ratings.item.labels)], ratings.item.index),
        comparison_class=kinds,
    )
