"""The actions of this room that the ledger knows."""

OPEN_DOSSIER = "ledger.open_dossier"
ERASE_DETAIL = "ledger.erase_detail"
EXPORT_PACKAGE = "ledger.export_package"

CODES = frozenset({OPEN_DOSSIER, ERASE_DETAIL, EXPORT_PACKAGE})
