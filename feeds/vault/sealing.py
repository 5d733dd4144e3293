"""Sealing: the vault's key at work. Values are encrypted with AES-GCM, bound to the pseudonym they stand for."""

import os
from dataclasses import dataclass, field
from functools import cache
from hmac import compare_digest, digest

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from lakehouse.errors import InternalError

_NONCE_BYTES = 12


@dataclass(frozen=True)
class Sealer:
    """Encrypts and signs under one key; the key stays out of whatever prints it."""

    key: str = field(repr=False)

    @property
    def fingerprint(self) -> str:
        """Which key this is, without telling it."""
        return _derived(self.key, "fingerprint")[:16].hex()

    def seal(self, pseudonym: str, value: str) -> bytes:
        """The value encrypted so that it opens only under its own pseudonym."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + _cipher(self.key).encrypt(nonce, value.encode(errors="surrogatepass"), pseudonym.encode())

    def open(self, pseudonym: str, ciphertext: bytes) -> str:
        """The value; InternalError where the entry was changed or moved."""
        try:
            plain = _cipher(self.key).decrypt(ciphertext[:_NONCE_BYTES], ciphertext[_NONCE_BYTES:], pseudonym.encode())
        except InvalidTag:
            raise InternalError("vault.damaged", f"The entry of {pseudonym} was changed outside Haechi",
                                "Restore the vault from a backup.") from None
        return plain.decode(errors="surrogatepass")

    def sign(self, text: str) -> str:
        """A signature of a text that only the key's holder can make."""
        return digest(_derived(self.key, "signature"), text.encode(), "sha256").hex()

    def signed(self, text: str, signature: str) -> bool:
        """Whether the signature is of the text and this key."""
        return compare_digest(self.sign(text), signature)


@cache
def _derived(key: str, purpose: str) -> bytes:
    """32 bytes for one purpose: what is told of one says nothing of another."""
    return HKDF(SHA256(), 32, salt=None, info=f"haechi vault {purpose}".encode()).derive(key.encode())


@cache
def _cipher(key: str) -> AESGCM:
    return AESGCM(_derived(key, "encryption"))
