"""The server's side of SCRAM-SHA-256 without channel binding (RFC 5802, RFC 7677)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Callable

_ITERATIONS = 4096


class ScramError(Exception):
    """The client does not know the password, or does not speak SCRAM."""


class ScramServer:
    """One login: ``first`` answers the client's first message, ``final`` its proof; an unknown user (None) fails at the proof."""

    def __init__(self, password: str | None, random: Callable[[int], bytes] = secrets.token_bytes) -> None:
        self._known = password is not None
        self._password = password or ""
        self._random = random
        self._nonce = ""
        self._transcript = ""
        self._salted = b""

    def first(self, message: str) -> str:
        """Return the challenge; raises ``ScramError`` for another form of message."""
        header, _, bare = message.partition(",,")
        client_nonce = _fields(bare).get("r", "")
        if header != "n" or not client_nonce:
            raise ScramError("malformed SCRAM message")
        salt = self._random(16)
        self._nonce = client_nonce + base64.b64encode(self._random(18)).decode()
        self._salted = hashlib.pbkdf2_hmac("sha256", self._password.encode(), salt, _ITERATIONS)
        challenge = f"r={self._nonce},s={base64.b64encode(salt).decode()},i={_ITERATIONS}"
        self._transcript = f"{bare},{challenge}"
        return challenge

    def final(self, message: str) -> str:
        """Return the server's own proof; raises ``ScramError`` for a wrong password."""
        without_proof, _, proof = message.rpartition(",p=")
        if _fields(without_proof).get("r") != self._nonce:
            raise ScramError("malformed SCRAM message")
        transcript = f"{self._transcript},{without_proof}".encode()
        client_key = _mac(self._salted, b"Client Key")
        signature = _mac(hashlib.sha256(client_key).digest(), transcript)
        expected = bytes(a ^ b for a, b in zip(client_key, signature, strict=True))
        try:
            given = base64.b64decode(proof, validate=True)
        except ValueError:
            raise ScramError("malformed SCRAM message") from None
        if not hmac.compare_digest(given, expected) or not self._known:
            raise ScramError("wrong proof")
        return "v=" + base64.b64encode(_mac(_mac(self._salted, b"Server Key"), transcript)).decode()


def _mac(key: bytes, data: bytes) -> bytes:
    return hmac.digest(key, data, "sha256")


def _fields(message: str) -> dict[str, str]:
    return {part[:1]: part[2:] for part in message.split(",") if part[1:2] == "="}
