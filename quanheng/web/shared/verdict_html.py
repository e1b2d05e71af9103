"""A verdict as HTML. Not a template: a matrix has hundreds of them, and took half of its page's time."""

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from quanheng.web.shared.parts import Shape, Text, Verdict

HIDDEN = mark_safe('aria-hidden="true"')  # noqa: S308  a constant


def verdict_html(verdict: Verdict) -> SafeString:
    """Shape and word, a remedy in a second line. Bare (matrices): the shape, with the word as its label; the remedy,
    where there is one, is short. Never beside a bare name: a verdict belongs to person, target and date."""
    said = _bare(verdict) if verdict.is_bare else _worded(verdict)
    remedy = format_html('<span class="remedy">{}</span>', verdict.remedy) if verdict.remedy else ""
    kind = " bare" if verdict.is_bare else ""
    return format_html('<span class="verdict v-{}{}">{}{}</span>', verdict.shape, kind, said, remedy)


def _worded(verdict: Verdict) -> SafeString:
    said = format_html('{}<span class="word">{}</span>', _drawn(verdict.shape), verdict.word)
    return format_html('<a class="ev" href="{}">{}</a>', verdict.url, said) if verdict.url else said


def _bare(verdict: Verdict) -> SafeString:
    shape = "check" if verdict.shape is Shape.MET else verdict.shape
    if not verdict.url:
        return _drawn(shape, verdict.word)
    return format_html('<a class="ev" href="{}" aria-label="{}">{}</a>', verdict.url, verdict.word, _drawn(shape))


def _drawn(shape: str, label: Text = "") -> SafeString:
    told = format_html('role="img" aria-label="{}"', label) if label else HIDDEN
    return format_html('<svg class="shape" width="15" height="15" {}><use href="#v-{}"></use></svg>', told, shape)
