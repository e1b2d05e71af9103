"""Pages of officers and leaders. One line a page; a view that shows an object takes its UUID."""

from django.urls import path
from django.urls.resolvers import URLPattern

from quanheng.web.desk import (
    dossier,
    dossier_acts,
    dossier_prints,
    import_items,
    imports,
    ledger,
    organization,
    organization_acts,
    people,
    placement,
    search,
    today,
)

app_name = "desk"

urlpatterns: list[URLPattern] = [
    path("today/", today.show_today, name="today"),
    path("today/<slug:kind>/", today.list_due, name="today-due"),
    path("search/", search.search, name="search"),
    path("ledger/", ledger.list_entries, name="ledger"),
    path("ledger/<int:pk>/", ledger.show_entry, name="ledger-entry"),
    path("people/", people.list_people, name="people"),
    path("people/new/", placement.add_person, name="people-new"),
    path("people/move/", placement.move_people, name="people-move"),
    path("people/columns/", people.choose_columns, name="people-columns"),
    path("people/queries/", people.save_query, name="people-query"),
    path("people/queries/<uuid:pk>/delete/", people.delete_query, name="people-query-delete"),
    path("people/export/", people.export_roster, name="people-export"),
    path("people/forms/<slug:kind>/", people.print_forms, name="people-forms"),
    path("people/units/<uuid:pk>/", people.show_children, name="people-children"),
    path("people/<uuid:pk>/", dossier.show_dossier, name="dossier"),
    path("people/<uuid:pk>/photo/", dossier.show_photo, name="dossier-photo"),
    path("people/<uuid:pk>/form.<slug:kind>", dossier_prints.print_form, name="dossier-form"),
    path("people/<uuid:pk>/fields/<slug:key>/", dossier_acts.change_field, name="dossier-field"),
    path("people/<uuid:pk>/records/<slug:kind>/add/", dossier_acts.add_record, name="dossier-record-add"),
    path(
        "people/<uuid:pk>/records/<slug:kind>/<uuid:record>/", dossier_acts.change_record, name="dossier-record-change"
    ),
    path(
        "people/<uuid:pk>/records/<slug:kind>/<uuid:record>/withdraw/",
        dossier_acts.withdraw_record,
        name="dossier-record-withdraw",
    ),
    path("people/<uuid:pk>/verify/<slug:item>/", dossier_acts.verify_item, name="dossier-verify"),
    path("people/<uuid:pk>/kin/<uuid:tie>/", dossier_acts.decide_kin_tie, name="dossier-kin"),
    path("people/<uuid:pk>/undo/<int:entry>/", dossier_acts.undo_change, name="dossier-undo"),
    path("evidence/<slug:kind>/<uuid:pk>/", dossier.show_evidence, name="evidence"),
    path("imports/", imports.list_imports, name="imports"),
    path("imports/new/", imports.new_import, name="imports-new"),
    path("imports/<uuid:pk>/", imports.show_import, name="import"),
    path("imports/<uuid:pk>/progress/", imports.show_progress, name="import-progress"),
    path("imports/<uuid:pk>/read/", imports.read_again, name="import-read"),
    path("imports/<uuid:pk>/decide/", imports.decide, name="import-decide"),
    path("imports/<uuid:pk>/apply/", imports.apply_import, name="import-apply"),
    path("imports/<uuid:pk>/undo/", imports.undo_import, name="import-undo"),
    path("imports/<uuid:pk>/discard/", imports.discard_import, name="import-discard"),
    path("imports/<uuid:pk>/persons/<uuid:item>/", import_items.show_item, name="import-item"),
    path("imports/<uuid:pk>/persons/<uuid:item>/photo/", import_items.show_photo, name="import-photo"),
    path("imports/<uuid:pk>/persons/<uuid:item>/correct/", import_items.correct, name="import-correct"),
    path("imports/<uuid:pk>/persons/<uuid:item>/same/", import_items.resolve, name="import-same"),
    path("imports/<uuid:pk>/persons/<uuid:item>/decide/", import_items.decide, name="import-item-decide"),
    path("units/", organization.list_units, name="units"),
    path("units/options/", organization.list_options, name="unit-options"),
    path("units/<uuid:pk>/", organization.show_unit, name="unit"),
    path("units/<uuid:pk>/children/", organization.show_children, name="unit-children"),
    path("units/<uuid:pk>/quotas.xlsx", organization.export_quotas, name="unit-quotas"),
    path("units/<uuid:pk>/evidence/<slug:cell>/", organization.show_evidence, name="unit-evidence"),
    path("units/<uuid:pk>/acts/<slug:act>/", organization_acts.act_on_unit, name="unit-act"),
    path("units/<uuid:pk>/positions/<uuid:position>/end/", organization_acts.end_position, name="unit-position-end"),
]
