"""The story page: every component in every state, on invented data. In demo mode only."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.timezone import localtime, now
from django.views.decorators.http import require_safe

from quanheng.web.shared import story_data as data
from quanheng.web.shared.gate import public
from quanheng.web.shared.parts import Job, Link


@public
@require_safe
def show_stories(request: HttpRequest) -> HttpResponse:
    moment = localtime(now())
    return render(request, "shared/stories.html", data.context() | {"printed_at": f"{moment:%Y-%m-%d %H:%M}"})


@public
@require_safe
def show_evidence(request: HttpRequest, key: str) -> HttpResponse:
    evidence = data.EVIDENCE_BARE if key == "bare" else data.EVIDENCE
    template = "components/_evidence.html" if request.headers.get("HX-Request") else "shared/story_evidence.html"
    return render(request, template, {"evidence": evidence})


@public
@require_safe
def show_children(request: HttpRequest) -> HttpResponse:
    """Lazy children of the tree: _unit_node for each, at its depth."""
    nodes = [render_to_string("components/_unit_node.html", {"node": node, "depth": 3}) for node in data.CHILDREN]
    return HttpResponse("".join(nodes))


@public
@require_safe
def show_search(request: HttpRequest) -> HttpResponse:
    asked = request.GET.get("q", "")
    groups = data.HITS if asked == "syq" else ()
    return render(request, "components/_search_results.html", {"groups": groups, "asked": asked})


@public
@require_safe
def show_job(request: HttpRequest) -> HttpResponse:
    done = Job(1000, 1000, 21, "done", report=Link("看报告", "#job"))
    return render(request, "components/_job.html", {"job": done})
