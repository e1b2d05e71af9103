"""The interval picture, read back: who stands where, with which figures and brackets."""

from dataclasses import replace
from itertools import islice

import numpy as np
import pytest

from quanheng.calibration.ratings import Facet
from quanheng.calibration.result import Calibration, Status
from quanheng.cli.calibration_pictures.figures import RECORD, cast
from quanheng.cli.calibration_pictures.intervals import interval_pictures
from quanheng.cli.calibration_pictures.rows import LINES_A_PAGE, Heading, Page, Row, pages
from tests.cli.calibration_pictures.reading import Drawing, read


def drawings(calibration: Calibration) -> dict[str, Drawing]:
    return {name: read(sheet) for name, sheet in interval_pictures(calibration)}


def the_one(calibration: Calibration) -> Drawing:
    (drawing,) = drawings(calibration).values()
    return drawing


def pages_of(calibration: Calibration) -> list[Page]:
    return [page for _, page in pages(calibration, cast(calibration))]


def rows_of(calibration: Calibration) -> list[Row]:
    return [line for page in pages_of(calibration) for line in page.lines if isinstance(line, Row)]


def relabelled(calibration: Calibration, labels: tuple[str, ...]) -> Calibration:
    ratings = replace(calibration.ratings, person=Facet(labels, calibration.ratings.person.index))
    return replace(calibration, ratings=ratings, persons=replace(calibration.persons, labels=labels))


def test_ranked_persons_stand_in_the_order_of_their_calibrated_scores(
    small: Calibration, small_intervals: Drawing
) -> None:
    persons = small.persons
    ranked = [n for n in range(len(persons.labels)) if persons.rank_lo[n]]
    expected = [persons.labels[n] for n in sorted(ranked, key=lambda n: -persons.fair[n])]
    names = small_intervals.words("name-")
    assert names[: len(ranked)] == expected
    assert sorted(names) == sorted(persons.labels)  # every person of the input is there


def test_a_row_has_its_figures(small: Calibration) -> None:
    persons = small.persons
    first = int(np.argmax(np.where(persons.rank_lo > 0, persons.fair, -np.inf)))
    row = rows_of(small)[0]
    assert row.name == (persons.labels[first],)
    assert row.raw_text == f"{persons.raw[first]:.1f}"
    assert row.fair_text == f"{persons.fair[first]:.1f}"
    assert row.band == 1
    assert (row.lo, row.hi) == (persons.lo90[first], persons.hi90[first])


def test_the_printed_shift_is_that_of_the_printed_scores(small: Calibration) -> None:
    for row in rows_of(small):
        shift = float(row.why.split()[0].replace("−", "-"))
        assert float(row.raw_text) + shift == pytest.approx(float(row.fair_text), abs=1e-9)


def test_raw_ranks_are_those_of_the_legal_record(small: Calibration) -> None:
    ranked = [row for row in rows_of(small) if row.band]
    by_raw = sorted(ranked, key=lambda row: -row.raw)
    assert [int(row.raw_rank) for row in by_raw] == list(range(1, len(ranked) + 1))


def test_rank_ranges_are_printed(small: Calibration, small_intervals: Drawing) -> None:
    persons = small.persons
    expected = {
        (str(low) if low == high else f"{low}–{high}") if low else "不排"
        for low, high in zip(persons.rank_lo.tolist(), persons.rank_hi.tolist(), strict=True)
    }
    assert set(small_intervals.words("ranks-")) == expected


def test_dots_and_bars_lie_on_one_axis(small: Calibration, small_intervals: Drawing) -> None:
    """Raw, calibrated and both ends of the interval of each ranked person, in proportion."""
    drawing, rows = small_intervals, [row for row in rows_of(small) if row.band]
    fair = [drawing.uses(name)[0] for name in drawing.named("fair-")][: len(rows)]
    raw = [drawing.uses(name)[0] for name in drawing.named("dot-")][: len(rows)]
    slope, start = np.polyfit([row.fair for row in rows], fair, 1)
    assert np.allclose(raw, [start + slope * row.raw for row in rows], atol=0.05)
    bars = [drawing.path(name) for name in drawing.named("bar-")][1 : len(rows) + 1]  # the first is of the legend
    ends = np.array([[corner[0] for corner in bar] for bar in bars])
    assert np.allclose(ends[:, 0], [start + slope * row.lo for row in rows], atol=0.05)
    assert np.allclose(ends[:, 1], [start + slope * row.hi for row in rows], atol=0.05)


def test_raw_is_hollow_and_calibrated_solid(small_intervals: Drawing) -> None:
    drawing = small_intervals
    raw, fair = drawing.named("dot-")[0], drawing.named("fair-")[0]
    fills = [next(use.get("style", "") for use in drawing.groups[name].iter() if use.get("x")) for name in (raw, fair)]
    assert fills[0].startswith("fill: #ffffff")
    assert fills[1].startswith("fill: #1f4e79")


def test_a_dotted_line_joins_raw_and_calibrated(small: Calibration, small_intervals: Drawing) -> None:
    drawing = small_intervals
    assert len(drawing.named("shift-")) == len(small.persons.labels)
    assert all("stroke-dasharray" in drawing.style(name) for name in drawing.named("shift-"))


def test_brackets_say_who_cannot_be_told_apart(small: Calibration, small_intervals: Drawing) -> None:
    drawing = small_intervals
    bands = sorted({int(band) for band in small.persons.band if band})
    brackets = [name for name in drawing.named("band-") if "word" not in name]
    assert brackets == [f"band-{band}" for band in bands]
    for band in bands:
        words = "".join(drawing.words(f"band-{band}-word-"))
        assert words == ("难分先后" if (small.persons.band == band).sum() > 1 else "")


def test_unconnected_persons_stand_below_and_apart(small: Calibration, small_intervals: Drawing) -> None:
    drawing = small_intervals
    unconnected = [n for n, status in enumerate(small.persons.status) if status is Status.UNCONNECTED]
    assert unconnected
    (heading,) = [text for text in drawing.texts if text.name.startswith("apart-")]
    assert heading.words == (
        f"以下 {len(unconnected)} 人与排了名次的人没有共同评分的票，不参加同列比较，只可在这几人之间看"
    )
    below = [text.words for text in drawing.texts if text.name.startswith("name-") and text.y > heading.y]
    assert set(below) == {small.persons.labels[n] for n in unconnected}
    dashed = [name for name in drawing.named("bar-") if "dasharray" in drawing.style(name)]
    assert len(dashed) == len(unconnected)


def test_one_group_for_each_component(unlinked: Calibration) -> None:
    lines = pages_of(unlinked)[0].lines
    headings = [line for line in lines if isinstance(line, Heading)]
    assert len(headings) == unlinked.persons.component.max() - 1
    assert [row.ranks for row in lines if isinstance(row, Row) and not row.band] == ["不排"] * int(
        (unlinked.persons.component > 1).sum()
    )


def test_each_class_has_its_own_pages(large: Calibration, large_intervals: dict[str, Drawing]) -> None:
    made = large_intervals
    assert list(made) == [f"intervals-{k:02d}-{p:02d}" for k in (1, 2) for p in (1, 2, 3)]
    assert made["intervals-01-01"].words("title") == ["正职：票面得分与校准参考"]
    assert made["intervals-02-03"].words("title") == ["副职：票面得分与校准参考"]
    assert "第 3 / 3 页" in made["intervals-02-03"].all_words()
    who = cast(large)
    for kind in (0, 1):
        names = [name for page in (1, 2, 3) for name in made[f"intervals-{kind + 1:02d}-{page:02d}"].words("name-")]
        expected = [label for n, label in enumerate(large.persons.labels) if who.classes[n] == kind]
        assert sorted(names) == sorted(expected)


def test_pages_hold_at_most_forty_lines_and_the_heading_again(large: Calibration, unlinked: Calibration) -> None:
    for page in (*pages_of(large), *pages_of(unlinked)):
        rows = [line for line in page.lines if isinstance(line, Row)]
        assert len(rows) <= LINES_A_PAGE
        assert not isinstance(page.lines[-1], Heading)
        assert rows[0].band or isinstance(page.lines[0], Heading)


def test_a_group_that_goes_on_is_named_again(large: Calibration) -> None:
    nobody = np.zeros_like(large.persons.rank_lo)
    status = tuple(Status.UNCONNECTED for _ in large.persons.labels)
    apart = replace(large.persons, rank_lo=nobody, rank_hi=nobody, band=nobody, status=status)
    first, second, *_ = pages_of(replace(large, persons=apart))
    assert isinstance(first.lines[0], Heading)
    assert isinstance(second.lines[0], Heading)
    assert second.lines[0].words == f"{first.lines[0].words}（续）"


def test_brackets_stay_open_where_the_page_ends(large: Calibration) -> None:
    everybody_alike = replace(large, persons=replace(large.persons, band=np.ones_like(large.persons.band)))
    made = [read(sheet) for _, sheet in islice(interval_pictures(everybody_alike), 3)]
    corners = [len(drawing.path("band-1")) for drawing in made]
    assert corners == [3, 2, 3]  # hook above only, none, hook below only
    assert [(page.is_band_open_above, page.is_band_open_below) for page in pages_of(everybody_alike)[:3]] == [
        (False, True),
        (True, True),
        (True, False),
    ]


def test_title_says_what_it_is_and_is_not(small_intervals: Drawing) -> None:
    drawing = small_intervals
    assert drawing.words("title") == ["全部人员：票面得分与校准参考"]
    said = drawing.all_words().replace("\n", "")
    assert RECORD in said
    assert "不自动定等次" in said
    for word in ("票面", "校准参考", "九成把握的区间", "可能名次", "为什么移动"):
        assert word in said


def test_nothing_overlaps_and_nothing_leaves_the_page(
    small_intervals: Drawing, large_intervals: dict[str, Drawing], unlinked: Calibration
) -> None:
    for drawing in (small_intervals, *large_intervals.values(), the_one(unlinked)):
        assert drawing.overlaps() == []
        assert drawing.outside() == []


def test_long_names_are_broken_and_never_cut(small: Calibration) -> None:
    long = "阿卜杜热合曼·图尔荪尼亚孜·买买提吐尔逊·阿卜杜克里木·艾合买提"
    drawing = the_one(relabelled(small, (long, *small.persons.labels[1:])))
    assert long in "".join(drawing.words("name-"))
    assert drawing.overlaps() == []


def test_a_missing_group_is_named_beside_the_unit(small: Calibration) -> None:
    missing = np.zeros_like(small.persons.missing_groups)
    missing[0, :2] = True
    (row,) = [
        row
        for row in rows_of(replace(small, persons=replace(small.persons, missing_groups=missing)))
        if row.name == (small.persons.labels[0],)
    ]
    assert row.unit[-1].endswith("缺A、B票")


def test_few_ballots_stand_last_without_any_figure(small: Calibration) -> None:
    who = cast(small)
    first = small.persons.labels.index(rows_of(small)[0].name[0])
    hidden = replace(who, shown=tuple(n != first for n in range(len(who.shown))))
    lines = [line for _, page in pages(small, hidden) for line in page.lines]
    heading, row = lines[-2:]
    assert isinstance(heading, Heading)
    assert isinstance(row, Row)
    assert heading.words == "以下 1 人得票不足 5 张，不单列得分：单列会透露个别票"
    assert row.name == (small.persons.labels[first],)
    assert (row.raw_text, row.raw_rank, row.fair_text, row.ranks, row.why, row.band) == ("—", "", "—", "不排", "", 0)
    assert np.isnan([row.raw, row.fair, row.lo, row.hi]).all()


def test_raw_ranks_count_those_with_few_ballots_too(small: Calibration) -> None:
    """As the possible ranks do, which stand beside them."""
    who = cast(small)
    best = int(np.argmax(np.where(small.persons.rank_lo > 0, small.persons.raw, -np.inf)))
    hidden = replace(who, shown=tuple(n != best for n in range(len(who.shown))))
    rows = [line for _, page in pages(small, hidden) for line in page.lines if isinstance(line, Row) and line.band]
    assert sorted(int(row.raw_rank) for row in rows) == list(range(2, len(rows) + 2))


def test_few_ballots_leave_no_mark(small: Calibration, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("quanheng.cli.calibration_pictures.figures.FEWEST", 10_000)
    drawing = the_one(small)
    assert [name for name in drawing.groups if name.startswith(("dot-", "fair-", "shift-", "band-"))] == []
    assert drawing.words("name-") == list(small.persons.labels)  # their order says nothing
    assert len(drawing.named("bar-")) == 1  # of the legend


def test_unknown_figures_are_dashes_and_have_no_dot(small: Calibration) -> None:
    """The verification mode does not know everybody's fair score."""
    persons = small.persons
    unknown = {name: getattr(persons, name).copy() for name in ("fair", "lo90", "hi90", "se")}
    for values in unknown.values():
        values[0] = np.nan
    ranks = persons.rank_lo.copy()
    ranks[0] = 0
    drawing = the_one(replace(small, persons=replace(persons, rank_lo=ranks, **unknown)))
    assert "—" in drawing.all_words()
    assert "没有可比的校准结果" in drawing.all_words()
    assert len(drawing.named("fair-")) == len(persons.labels) - 1


def test_equal_scores_still_have_an_axis(small: Calibration) -> None:
    flat = np.full_like(small.persons.fair, 80.0)
    persons = replace(small.persons, raw=flat, fair=flat, lo90=flat, hi90=flat)
    assert the_one(replace(small, persons=persons)).outside() == []
