"""The actions of this room that the ledger knows."""

SIGN_RULE = "instruments.sign_rule"
COUNTERSIGN_RULE = "instruments.countersign_rule"
WITHDRAW_SIGN_OFF = "instruments.withdraw_sign_off"
SET_SWITCH = "instruments.set_switch"
ADD_LOCAL_RULE = "instruments.add_local_rule"
END_LOCAL_RULE = "instruments.end_local_rule"

CODES = frozenset({SIGN_RULE, COUNTERSIGN_RULE, WITHDRAW_SIGN_OFF, SET_SWITCH, ADD_LOCAL_RULE, END_LOCAL_RULE})
