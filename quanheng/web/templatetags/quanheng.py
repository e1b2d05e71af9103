"""Small tags of our templates: `{% load quanheng %}`."""

from collections.abc import Iterable

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from quanheng.web.shared.parts import Shape, Text, Verdict
from quanheng.web.shared.verdict_html import verdict_html
from quanheng.web.shared.wording import listed, people_text

register = template.Library()


@register.simple_tag
def icon(name: str) -> SafeString:
    """A line icon of components/_icons.html; a word stands beside it."""
    return format_html('<svg class="icon" aria-hidden="true"><use href="#i-{}"></use></svg>', name)


@register.simple_tag
def ev(value: Text, url: str, note: Text = "") -> SafeString:
    """A value that can be asked 凭什么: dotted, opens its evidence; `note` becomes its end note in print."""
    if not url:
        return format_html("{}", value)
    return format_html('<a class="ev" href="{}" data-note="{}">{}</a>', url, note, value)


@register.simple_tag
def verdict(value: Verdict | Shape | str, text: str = "", remedy: str = "") -> SafeString:
    """`{% verdict row.verdict %}` or `{% verdict "unknown" "缺 2 项" %}`."""
    return verdict_html(value if isinstance(value, Verdict) else Verdict(Shape(value), text, remedy))


@register.filter(name="listed")
def listed_filter(texts: Iterable[object]) -> str:
    """甲、乙; in English with a comma."""
    return listed(texts)


@register.filter
def grouped(count: int) -> str:
    """3012 -> 3,012, in both languages."""
    return f"{count:,}"


@register.filter
def people(count: int) -> str:
    """3,012 人"""
    return people_text(count)


@register.filter
def times(count: int) -> range:
    return range(count)


@register.simple_tag(takes_context=True)
def query(context: template.Context, **changes: object) -> str:
    """`{% query page=2 sort=None %}`: this page's URL parameters with these changed; None removes one."""
    parameters = context["request"].GET.copy()
    for name, value in changes.items():
        parameters.pop(name, None)
        if value is not None:
            parameters[name] = str(value)
    return f"?{parameters.urlencode()}"
