"""Pages of officers and leaders. One line a page; a view that shows an object takes its UUID."""

from django.urls import path
from django.urls.resolvers import URLPattern

from quanheng.web.desk import organization, organization_acts, people

app_name = "desk"

urlpatterns: list[URLPattern] = [
    path("people/", people.list_people, name="people"),
    path("people/columns/", people.choose_columns, name="people-columns"),
    path("people/queries/", people.save_query, name="people-query"),
    path("people/queries/<uuid:pk>/delete/", people.delete_query, name="people-query-delete"),
    path("people/export/", people.export_roster, name="people-export"),
    path("people/forms/<slug:kind>/", people.print_forms, name="people-forms"),
    path("people/units/<uuid:pk>/", people.show_children, name="people-children"),
    path("people/<uuid:pk>/", people.list_people, name="dossier"),
    path("evidence/<slug:kind>/<uuid:pk>/", people.list_people, name="evidence"),
    path("units/", organization.list_units, name="units"),
    path("units/options/", organization.list_options, name="unit-options"),
    path("units/<uuid:pk>/", organization.show_unit, name="unit"),
    path("units/<uuid:pk>/children/", organization.show_children, name="unit-children"),
    path("units/<uuid:pk>/quotas.xlsx", organization.export_quotas, name="unit-quotas"),
    path("units/<uuid:pk>/evidence/<slug:cell>/", organization.show_evidence, name="unit-evidence"),
    path("units/<uuid:pk>/acts/<slug:act>/", organization_acts.act_on_unit, name="unit-act"),
    path("units/<uuid:pk>/positions/<uuid:position>/end/", organization_acts.end_position, name="unit-position-end"),
]
