from tests.deciders import second, signer

__all__ = ["second", "signer"]
