import hashlib

from hypothesis import given
from hypothesis import strategies as st

from quanheng.ledger.merkle import Frontier, leaf_hash, node_hash


def root_of(leaves: list[bytes]) -> bytes:
    """RFC 6962, section 2.1, word by word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return hashlib.sha256(b"\x01" + root_of(leaves[:split]) + root_of(leaves[split:])).digest()


@given(st.lists(st.binary(max_size=8), max_size=70))
def test_the_root_is_that_of_the_standard(leaves: list[bytes]) -> None:
    frontier = Frontier()
    for leaf in leaves:
        frontier.append(leaf)
    assert frontier.root() == root_of(leaves)
    assert len(frontier.subtrees) == len(leaves).bit_count()


@given(st.lists(st.binary(max_size=8), max_size=40), st.lists(st.binary(max_size=8), max_size=40))
def test_a_stored_frontier_goes_on_where_it_stopped(first: list[bytes], second: list[bytes]) -> None:
    frontier = Frontier()
    for leaf in first:
        frontier.append(leaf)
    restored = Frontier.from_list(frontier.to_list())
    for leaf in second:
        restored.append(leaf)
    assert restored.root() == root_of(first + second)


def test_known_values() -> None:
    """The test vectors of the certificate-transparency reference code."""
    frontier = Frontier()
    for leaf in (b"", b"\x00", b"\x10"):
        frontier.append(leaf)
    assert leaf_hash(b"").hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    assert frontier.root().hex() == "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"
    assert Frontier().root().hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert node_hash(b"a", b"b") != node_hash(b"b", b"a")
