"""Pages of the cadre. One line a page; a view that shows an object takes its UUID."""

from django.urls import path
from django.urls.resolvers import URLPattern

from quanheng.web.mine import dossier

app_name = "mine"

urlpatterns: list[URLPattern] = [
    path("dossier/", dossier.show_dossier, name="dossier"),
    path("dossier/photo/", dossier.show_photo, name="dossier-photo"),
    path("evidence/<slug:kind>/", dossier.show_evidence, name="evidence"),
    path("readings/", dossier.list_readings, name="readings"),
]
