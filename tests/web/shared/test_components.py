"""Components render what they are given; the story page renders them all."""

import re

import pytest
from django import forms
from django.http import HttpResponse
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import RequestFactory

from quanheng.web.shared import stories
from quanheng.web.shared.parts import AsOf, Evidence, Link, Pager, Shape, StepMark, StepState, Verdict, error_lines
from quanheng.web.shared.story_data import EVIDENCE
from quanheng.web.shared.verdict_html import verdict_html


def text_of(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_a_verdict_is_shape_and_word_and_remedy() -> None:
    html = verdict_html(Verdict(Shape.NOT_MET, remedy="2027-03-18 起符合"))
    assert text_of(html) == "不符合 2027-03-18 起符合"
    assert 'href="#v-not-met"' in html


def test_a_bare_verdict_says_its_word_to_readers() -> None:
    html = verdict_html(Verdict(Shape.UNKNOWN, is_bare=True))
    assert text_of(html) == ""
    assert 'role="img" aria-label="缺材料"' in html


def test_a_met_verdict_in_a_matrix_is_a_thin_check() -> None:
    assert 'href="#v-check"' in verdict_html(Verdict(Shape.MET, is_bare=True))
    assert 'href="#v-met"' in verdict_html(Verdict(Shape.MET))


def test_a_verdict_leads_to_its_evidence() -> None:
    html = verdict_html(Verdict(Shape.MET, url="/a/?b=1&c=2", is_bare=True))
    assert html.startswith(
        '<span class="verdict v-met bare"><a class="ev" href="/a/?b=1&amp;c=2" aria-label="符合"><svg'
    )
    assert 'aria-hidden="true"' in html
    html = verdict_html(Verdict(Shape.NOT_MET, "差 <1> 年", url="/a/"))
    assert '<a class="ev" href="/a/"><svg' in html
    assert '<span class="word">差 &lt;1&gt; 年</span></a></span>' in html


def test_evidence_keeps_its_order() -> None:
    words = text_of(render_to_string("components/_evidence.html", {"evidence": EVIDENCE}))
    order = [
        "依据 黎暮云",
        "任现职务层次满三年",
        "用到的记录",
        "条款要点",
        "怎么算的",
        "谁、何时",
        "接下来可以",
        "复制引用",
    ]
    places = [words.index(part) for part in order]
    assert places == sorted(places)
    assert "1 条记录不在本账号权限内，已计入结果。" in words
    assert "未签认，只提示" in words


def test_evidence_without_records_says_so() -> None:
    words = text_of(render_to_string("components/_evidence.html", {"evidence": Evidence("年龄")}))
    assert "没有可用的记录，因此不能得出数值。" in words
    assert "条款" not in words


def test_a_closed_step_stays_with_its_reason() -> None:
    html = render_to_string("components/_action.html", {"link": Link("提交酝酿", off="还差 3 项")})
    assert text_of(html) == "提交酝酿 还差 3 项"
    assert 'aria-disabled="true"' in html
    assert 'href="#i-lock"' in html


def test_as_of_a_past_day_is_read_only_and_leads_back() -> None:
    html = render_to_string("components/_as_of.html", {"as_of": AsOf("2024-06-30", is_past=True, today_url="/x/")})
    assert text_of(html) == "这是 2024-06-30 的状态，只读 回到今天"
    assert 'href="/x/"' in html


def test_pager_groups_digits_and_ends() -> None:
    html = render_to_string("components/_pager.html", {"pager": Pager(3012, 1, 50, 1, 61, next_url="?page=2")})
    assert text_of(html) == "共 3,012 人，本页 1–50 上一页 第 1 / 61 页 下一页"
    assert html.count("<a ") == 1


def test_a_step_ahead_is_no_link() -> None:
    steps = [StepMark("动议", StepState.DONE, url="/a/"), StepMark("酝酿", StepState.AHEAD, url="/b/")]
    html = render_to_string("components/_stepper.html", {"steps": steps})
    assert 'href="/a/"' in html
    assert 'href="/b/"' not in html
    assert text_of(html) == "动议 已完成 2 酝酿 未开始"


def test_a_value_without_evidence_is_not_dotted() -> None:
    template = Template('{% load quanheng %}{% ev "41" "/e/" "按出生年月" %}|{% ev "41" "" %}')
    assert template.render(Context()) == '<a class="ev" href="/e/" data-note="按出生年月">41</a>|41'


def test_query_changes_some_parameters_and_keeps_the_rest() -> None:
    request = RequestFactory().get("/", {"unit": "5", "page": "3", "tier": ["1", "2"]})
    template = Template("{% load quanheng %}{% autoescape off %}{% query page=4 unit=None %}{% endautoescape %}")
    assert template.render(Context({"request": request})) == "?tier=1&tier=2&page=4"


class Born(forms.Form):
    born = forms.DateField(label="出生年月")


def test_error_lines_lead_to_their_fields() -> None:
    form = Born({"born": "1985.13"})
    form.add_error(None, "任职时间早于参加工作时间。")
    assert [line.field_id for line in error_lines(form)] == ["id_born", ""]
    assert error_lines(form)[1].text == "任职时间早于参加工作时间。"


def test_field_shows_hint_before_the_control_and_the_error_after() -> None:
    html = render_to_string("components/_field.html", {"field": Born({"born": "x"})["born"]})
    assert html.index("出生年月") < html.index("<input") < html.index("field-error")
    assert 'aria-invalid="true"' in html


@pytest.mark.django_db
def test_the_story_page_renders_every_component() -> None:
    request = RequestFactory().get("/stories/")
    response = stories.show_stories(request)
    assert isinstance(response, HttpResponse)
    html = response.content.decode()
    for mark in ("tree-list", "filter-bar", "chips", "pager", "verdict", "career-picture", "stepper", "gate", "rail",
                 "diff", "job", "refusal", "error-summary", "empty", "reason", "columns-form"):  # fmt: skip
        assert f'"{mark}' in html or f" {mark}" in html, mark
    assert "{{" not in html
    assert "{%" not in html
