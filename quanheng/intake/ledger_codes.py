"""The actions of this room that the ledger knows."""

CODES = frozenset(
    {
        "intake.upload_import",
        "intake.correct_import",
        "intake.decide_items",
        "intake.choose_groups",
        "intake.apply_import",
        "intake.import_cadre",
        "intake.undo_import",
        "intake.discard_import",
    }
)
# What changes a file.
CHANGES = ("intake.import_cadre", "intake.undo_import")
