"""A long file encrypted piece by piece: scrypt from a passphrase, AES-256-GCM, no piece lost, moved or added.

magic · salt(16) · nonce prefix(7) · an empty piece that proves the passphrase · then for each piece: length(4) ·
ciphertext. The nonce of a piece is prefix · number(4) · last(1), so that a cut, a swap or an appended piece does not
open (the STREAM construction of Hoang, Reyhanitabar, Rogaway and Vizár, CRYPTO 2015).
"""

import os
import struct
from collections.abc import Iterator
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from quanheng.kernel.errors import Refused

MAGIC = b"QHBK1\n"
PIECE = 1 << 20
TAG = 16  # what AES-GCM adds to a piece


class CannotOpenBackup(Refused):
    """not-a-backup, wrong-passphrase, damaged (piece, from 1), of-another-version."""


def _cipher(passphrase: str, salt: bytes) -> AESGCM:
    return AESGCM(Scrypt(salt=salt, length=32, n=2**16, r=8, p=1).derive(passphrase.encode()))


def _nonce(prefix: bytes, number: int, is_last: bool) -> bytes:
    return prefix + struct.pack(">IB", number, is_last)


class SealedWriter:
    """`write` as often as wanted, `close` once: only then the file is whole."""

    def __init__(self, file: BinaryIO, passphrase: str) -> None:
        salt, self.prefix = os.urandom(16), os.urandom(7)
        self.file, self.cipher = file, _cipher(passphrase, salt)
        self.buffer, self.number = bytearray(), 0
        file.write(MAGIC + salt + self.prefix)
        self._put(b"", is_last=False)

    def write(self, data: bytes) -> int:
        self.buffer += data
        while len(self.buffer) > PIECE:
            self._put(bytes(self.buffer[:PIECE]), is_last=False)
            del self.buffer[:PIECE]
        return len(data)

    def close(self) -> None:
        self._put(bytes(self.buffer), is_last=True)

    def _put(self, piece: bytes, *, is_last: bool) -> None:
        sealed = self.cipher.encrypt(_nonce(self.prefix, self.number, is_last), piece, MAGIC)
        self.file.write(struct.pack(">I", len(sealed)) + sealed)
        self.number += 1


def open_pieces(file: BinaryIO, passphrase: str) -> Iterator[bytes]:
    """The plaintext piece by piece. Raises CannotOpenBackup; the last piece proves that nothing is cut off."""
    head = file.read(len(MAGIC) + 16 + 7)
    if not head.startswith(MAGIC) or len(head) < len(MAGIC) + 23:
        raise CannotOpenBackup("not-a-backup")
    salt, prefix = head[len(MAGIC) : len(MAGIC) + 16], head[-7:]
    cipher, number, piece = _cipher(passphrase, salt), 0, _next_piece(file, 0)
    while piece is not None:
        following = _next_piece(file, number + 1)
        is_last = following is None and number > 0
        try:
            yield cipher.decrypt(_nonce(prefix, number, is_last), piece, MAGIC)
        except InvalidTag:
            raise _damaged(number) if number else CannotOpenBackup("wrong-passphrase") from None
        piece, number = following, number + 1
    if number < 2:
        raise _damaged(number)


def _damaged(number: int) -> CannotOpenBackup:
    return CannotOpenBackup("damaged", piece=number)


def _next_piece(file: BinaryIO, number: int) -> bytes | None:
    size = file.read(4)
    if not size:
        return None
    length = struct.unpack(">I", size)[0] if len(size) == 4 else 0
    piece = file.read(length) if TAG <= length <= PIECE + TAG else b""
    if not piece or len(piece) < length:
        raise _damaged(number)
    return piece
