"""Host names as an operator types them: their form, and which of them mean the machine itself."""

from __future__ import annotations

import ipaddress
import re

HOST = r"(?=.{1,253}\Z)[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?\.?"
"""A host name or an IPv4 address."""

SUBDOMAIN = r"(?=.{1,253}\Z)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*"
"""A subdomain of RFC 1123, the form of the names that Kubernetes gives to classes."""


_WORD = re.compile(r"(?=.*[a-z])(?=.{6,}\Z)(?:.+[A-Z]|[A-Z].*[0-9]).*", re.DOTALL)


def may_be_password(text: str) -> bool:
    """Tell whether a word looks like a password rather than a host: one label in small and capital letters, capitals not at its start alone."""
    word = text.strip()
    return not re.search(r"[\s.:/@\[\]]", word) and _WORD.match(word) is not None


def is_loopback(host: str) -> bool:
    """Tell whether a host name or address means the machine itself."""
    name = host.strip("[]").lower().rstrip(".")
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
