"""Secrets at rest: tokens that we must be able to read are sealed, secrets that we only compare are hashed.

The key comes from HOOKFLASH_SECRET_KEY, or from a file of the data directory that only its owner may read and that
backups leave out.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from .directory import write_private

KEY_FILE = "secret.key"
_NONCE = 12  # bytes, RFC 5116 §5.1


class VaultError(Exception):
    """A secret cannot be opened: the key is not the one that sealed it."""


class Vault:
    """Seals with AES-256-GCM under a key derived from `secret`."""

    def __init__(self, secret: bytes) -> None:
        self._cipher = AESGCM(hashlib.sha256(b"hookflash vault" + secret).digest())
        self._secret = secret

    def key_for(self, purpose: str) -> bytes:
        """A key of its own for `purpose`, the same at every start."""
        return hmac.new(self._secret, f"hookflash {purpose}".encode(), hashlib.sha256).digest()

    def seal(self, text: str) -> str:
        nonce = secrets.token_bytes(_NONCE)
        return base64.b64encode(nonce + self._cipher.encrypt(nonce, text.encode(), None)).decode()

    def open(self, sealed: str) -> str:
        """What `seal` was given. Raises VaultError."""
        raw = base64.b64decode(sealed)
        try:
            return self._cipher.decrypt(raw[:_NONCE], raw[_NONCE:], None).decode()
        except InvalidTag as error:
            raise VaultError(
                "the secrets of this data directory were sealed with another key; "
                "set HOOKFLASH_SECRET_KEY, or bring back its secret.key"
            ) from error

    def seal_password(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        """A description of something with its `password`, if it has one, sealed."""
        password = fields.get("password")
        return {**fields, "password": self.seal(password)} if password else dict(fields)

    def open_password(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        """What `seal_password` was given. Raises VaultError."""
        password = fields.get("password")
        return {**fields, "password": self.open(password)} if password else dict(fields)


def open_vault(directory: Path, secret: str | None) -> Vault:
    """The vault of a data directory; makes its key file on first use, unless `secret` is given."""
    if secret:
        return Vault(secret.encode())
    path = directory / KEY_FILE
    if not path.exists():
        write_private(path, secrets.token_hex(32))
    return Vault(path.read_bytes())


def hash_secret(secret: str) -> str:
    """The hash of a secret that we made ourselves: long and random, so that one round of SHA-256 is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()


def same_secret(one: str, other: str) -> bool:
    """Whether two secrets are equal, in a time that says nothing about where they differ."""
    return hmac.compare_digest(one.encode(), other.encode())
