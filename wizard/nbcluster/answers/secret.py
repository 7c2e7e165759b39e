"""A value that must not be shown: it prints as a mask and gives its text to an explicit call only."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any, NoReturn

MASK = "********"
"""What every secret looks like, whatever its length."""


class Secret:
    """A text that prints as ``MASK``; ``reveal`` returns it."""

    __slots__ = ("__text",)

    def __init__(self, text: str) -> None:
        self.__text = text

    def reveal(self) -> str:
        """Return the text; call it only in the line that writes or sends it."""
        return self.__text

    def fingerprint(self, salt: str) -> str:
        """Return a salted scrypt digest in hex that tells whether two secrets are the same without storing either."""
        return hashlib.scrypt(
            self.__text.encode("utf-8", "surrogatepass"), salt=salt.encode("utf-8", "surrogatepass"), n=2**14, r=8, p=1, dklen=16
        ).hex()

    def __repr__(self) -> str:
        return f"Secret({MASK})"

    def __str__(self) -> str:
        return MASK

    def __format__(self, spec: str) -> str:
        return format(MASK, spec)

    def __bool__(self) -> bool:
        return bool(self.__text)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        return hmac.compare_digest(self.__text.encode("utf-8", "surrogatepass"), other.reveal().encode("utf-8", "surrogatepass"))

    def __hash__(self) -> int:
        return hash(("Secret", self.__text))

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is not serialised")

    def __copy__(self) -> Secret:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Secret:
        return self


class MissingSecret(Secret):
    """A secret that a saved session knew and did not store; only its fingerprint came back."""

    __slots__ = ("digest", "salt")

    def __init__(self, salt: str, digest: str) -> None:
        super().__init__("")
        self.salt = salt
        self.digest = digest

    def matches(self, secret: Secret) -> bool:
        """Tell whether a secret is the one that was there when the session was saved."""
        return hmac.compare_digest(secret.fingerprint(self.salt), self.digest)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, MissingSecret) and (self.salt, self.digest) == (other.salt, other.digest)

    def __hash__(self) -> int:
        return hash((self.salt, self.digest))
