"""The actions of this room that the ledger knows."""

CODES = frozenset(
    {
        "organization.establish_unit",
        "organization.rename_unit",
        "organization.move_unit",
        "organization.merge_unit",
        "organization.abolish_unit",
        "organization.set_quota",
        "organization.reorder_siblings",
        "organization.form_leading_group",
        "organization.add_position",
        "organization.end_position",
        "organization.export_quotas",
    }
)
# What a post counts as depends on where its unit stands in the tree (`quanheng.people.rule_units`).
OF_EVERYONE = frozenset(
    {
        "organization.establish_unit",
        "organization.rename_unit",
        "organization.move_unit",
        "organization.merge_unit",
        "organization.abolish_unit",
    }
)
