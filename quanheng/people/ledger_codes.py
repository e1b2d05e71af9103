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
        "people.load_city",
    }
)
# What changes a file.
CHANGES = (
    "people.create_cadre",
    "people.change_field",
    "people.place_cadre",
    "people.add_record",
    "people.replace_record",
    "people.withdraw_record",
    "people.undo_change",
    "people.verify_item",
    "people.decide_kin_tie",
)
