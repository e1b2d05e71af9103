"""The steps of a sign-off. One table serves the rule's page, the guard of the actions and the test.

AWAITING is left out as a target of signing where nothing blocks: then the first signature is enough.
"""

from quanheng.instruments.choices import SignOffState
from quanheng.instruments.ledger_codes import COUNTERSIGN_RULE, SIGN_RULE, WITHDRAW_SIGN_OFF
from quanheng.kernel.actor import Role
from quanheng.kernel.flow import Step

SIGNERS = frozenset({Role.CADRE_OFFICER})
COUNTERSIGNERS = frozenset({Role.CADRE_OFFICER, Role.LEADER})

FLOW = (
    Step(SIGN_RULE, SignOffState.UNSIGNED, SignOffState.AWAITING, SIGNERS),
    Step(SIGN_RULE, SignOffState.VOID, SignOffState.AWAITING, SIGNERS),
    Step(COUNTERSIGN_RULE, SignOffState.AWAITING, SignOffState.SIGNED, COUNTERSIGNERS),
    *(
        Step(WITHDRAW_SIGN_OFF, state, SignOffState.UNSIGNED, COUNTERSIGNERS)
        for state in (SignOffState.AWAITING, SignOffState.SCHEDULED, SignOffState.SIGNED, SignOffState.VOID)
    ),
)
