"""The actions of this room that the ledger knows."""

SIGN_IN = "accounts.sign_in"
SIGN_OUT = "accounts.sign_out"
LOCK_OUT = "accounts.lock_out"
CREATE_ACCOUNT = "accounts.create_account"
SET_PASSWORD = "accounts.set_password"  # noqa: S105  a code, not a password
CHANGE_OWN_PASSWORD = "accounts.change_own_password"  # noqa: S105
DEACTIVATE_ACCOUNT = "accounts.deactivate_account"
REACTIVATE_ACCOUNT = "accounts.reactivate_account"
END_SESSION = "accounts.end_session"
ASSIGN_ROLE = "accounts.assign_role"
END_ROLE = "accounts.end_role"
GRANT_SCOPE = "accounts.grant_scope"
REVOKE_GRANT = "accounts.revoke_grant"
SET_SHORTCUTS = "accounts.set_shortcuts"

CODES = frozenset(
    {
        SIGN_IN,
        SIGN_OUT,
        LOCK_OUT,
        CREATE_ACCOUNT,
        SET_PASSWORD,
        CHANGE_OWN_PASSWORD,
        DEACTIVATE_ACCOUNT,
        REACTIVATE_ACCOUNT,
        END_SESSION,
        ASSIGN_ROLE,
        END_ROLE,
        GRANT_SCOPE,
        REVOKE_GRANT,
        SET_SHORTCUTS,
    }
)
