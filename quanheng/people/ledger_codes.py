"""The actions of this room that the ledger knows."""

CODES = frozenset(
    {
        "people.create_cadre",
        "people.change_field",
        "people.place_cadre",
        "people.add_record",
        "people.replace_record",
        "people.withdraw_record",
        "people.undo_change",
        "people.verify_item",
        "people.decide_kin_tie",
        "people.export",
        "people.print_form",
        "people.upload_import",
        "people.correct_import",
        "people.apply_import",
        "people.import_cadre",
        "people.undo_import",
        "people.discard_import",
        "people.load_city",
    }
)
