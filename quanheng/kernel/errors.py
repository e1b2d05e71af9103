"""The base of refusals. Each is defined beside the function that raises it; web words it once."""


class Refused(Exception):  # noqa: N818  named for what happened, as in the house style
    """An intention that could not be carried out: a code and the facts that explain it."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


class NotFound(Refused):
    """Does not exist or is out of scope: the answer is the same."""

    def __init__(self) -> None:
        super().__init__("not-found")


class NotPermitted(Refused):
    """In scope, but this actor may not do this."""
