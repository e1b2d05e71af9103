"""Cells sealed to their place: version | algorithm | key id | nonce | ciphertext, AES-256-GCM.

The associated data are the header and a context that names column and row, so a cell copied elsewhere does not open.
"""

import hashlib
import hmac
import os
import unicodedata

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from quanheng.kernel.errors import Refused
from quanheng.vault.keyring import ID_BYTES, Keyring

VERSION, AES_256_GCM = 1, 1
HEADER_BYTES = 2 + ID_BYTES
NONCE_BYTES = 12
INDEX_BYTES = 16


class CannotOpen(Refused):
    """The cell was moved or altered, or its key is not in the key file."""


def seal(keyring: Keyring, plaintext: bytes, context: bytes) -> bytes:
    header = bytes((VERSION, AES_256_GCM)) + bytes.fromhex(keyring.current)
    nonce = os.urandom(NONCE_BYTES)
    return header + nonce + AESGCM(keyring.encrypt[keyring.current]).encrypt(nonce, plaintext, header + context)


def open_sealed(keyring: Keyring, cell: bytes, context: bytes) -> bytes:
    header, nonce = cell[:HEADER_BYTES], cell[HEADER_BYTES : HEADER_BYTES + NONCE_BYTES]
    if len(nonce) != NONCE_BYTES or header[:2] != bytes((VERSION, AES_256_GCM)):
        raise CannotOpen("not-a-sealed-cell", context=context.decode())
    key = keyring.encrypt.get(key_id_of(cell))
    if key is None:
        raise CannotOpen("key-not-in-key-file", key=key_id_of(cell), context=context.decode())
    try:
        return AESGCM(key).decrypt(nonce, cell[HEADER_BYTES + NONCE_BYTES :], header + context)
    except InvalidTag:
        raise CannotOpen("cell-moved-or-altered", context=context.decode()) from None


def key_id_of(cell: bytes) -> str:
    return cell[2:HEADER_BYTES].hex()


def blind_index(keyring: Keyring, column: str, value: str) -> bytes:
    """Equal values of one column give equal bytes; without the key nothing is told. Case and width do not count."""
    plain = unicodedata.normalize("NFKC", value).strip().upper()
    return hmac.digest(keyring.index, f"{column}\0{plain}".encode(), hashlib.sha256)[:INDEX_BYTES]
