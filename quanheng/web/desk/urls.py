"""Pages of officers and leaders. One line a page; a view that shows an object takes its UUID."""

from django.urls import path
from django.urls.resolvers import URLPattern

from quanheng.web.desk import organization, organization_acts

app_name = "desk"

urlpatterns: list[URLPattern] = [
    path("units/", organization.list_units, name="units"),
    path("units/options/", organization.list_options, name="unit-options"),
    path("units/<uuid:pk>/", organization.show_unit, name="unit"),
    path("units/<uuid:pk>/children/", organization.show_children, name="unit-children"),
    path("units/<uuid:pk>/quotas.xlsx", organization.export_quotas, name="unit-quotas"),
    path("units/<uuid:pk>/evidence/<slug:cell>/", organization.show_evidence, name="unit-evidence"),
    path("units/<uuid:pk>/acts/<slug:act>/", organization_acts.act_on_unit, name="unit-act"),
    path("units/<uuid:pk>/positions/<uuid:position>/end/", organization_acts.end_position, name="unit-position-end"),
]
