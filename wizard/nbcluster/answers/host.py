"""Host names as an operator types them: their form, and which of them mean the machine itself."""

from __future__ import annotations

import ipaddress
import re

_OCTET = r"(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_IPV4 = rf"{_OCTET}(?:\.{_OCTET}){{3}}"
_PART = r"(?:[0-9]+|0[xX][0-9A-Fa-f]*)"
_NUMBERS = rf"{_PART}(?:\.{_PART})*\.?\Z"
"""What the system's resolver reads as an address in fewer numbers, octal or hexadecimal (inet_aton(3)): 15432 is 0.0.60.72."""

HOST = rf"(?=.{{1,253}}\Z)(?:{_IPV4}|(?!{_NUMBERS})[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?\.?)"
"""A host name or an IPv4 address."""

SUBDOMAIN = r"(?=.{1,253}\Z)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*"
"""A subdomain of RFC 1123, the form of the names that Kubernetes gives to classes."""


_NUMERIC = re.compile(rf"(?!{_IPV4}\Z){_NUMBERS}")


def is_numbers(text: str) -> bool:
    """Tell whether a host consists of numbers and is no whole IPv4 address, so that the system takes it for another address or none."""
    return _NUMERIC.match(text) is not None


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
    address = ip_address(name)
    return address is not None and address.is_loopback


def ip_address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """Return an address without its zone, an IPv4 one within IPv6 as itself; None for what is no address."""
    try:
        found = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return (found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None) or found
