"""Pages of the cadre. One line a page; a view that shows an object takes its UUID."""

from django.urls import path
from django.urls.resolvers import URLPattern

from quanheng.web.mine import dossier, eligibility

app_name = "mine"

urlpatterns: list[URLPattern] = [
    path("dossier/", dossier.show_dossier, name="dossier"),
    path("dossier/photo/", dossier.show_photo, name="dossier-photo"),
    path("eligibility/", eligibility.show_eligibility, name="eligibility"),
    path("evidence/<slug:kind>/", dossier.show_evidence, name="evidence"),
    path("evidence/rule/<slug:rule>/", eligibility.show_rule_evidence, name="rule-evidence"),
    path("readings/", dossier.list_readings, name="readings"),
]
