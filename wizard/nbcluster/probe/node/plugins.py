"""Whether two nodes give the same addresses to the files of their plugins.

The addresses carry a digest of APP_KEY, of the version, and of the time of the plugin's file (nocobase.md §2.1).
"""

from __future__ import annotations

import json
import re

from nbcluster.probe.findings import Finding, FindingValue, text, verdict

PATH = "api/pm:listEnabled"
"""A public endpoint: the page requests it before sign-in."""

KEY_DIGEST = "grep '^APP_KEY=' .env | sha256sum"
"""What tells on two nodes whether their keys are equal without showing them."""

LONGEST = 2 * 1024 * 1024
_DIGEST = re.compile(r"[?&]hash=([0-9a-f]{4,64})\b")


def digests(body: bytes) -> dict[str, str]:
    """Return the digest of every enabled plugin by package name; empty for what is no such list."""
    try:
        rows = json.loads(body)["data"]
        pairs = {row["packageName"]: _DIGEST.search(row["url"]) for row in rows}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}
    return {str(name): found[1] for name, found in pairs.items() if found}


def compare(own: dict[str, str], other: dict[str, str], peer: str) -> Finding:
    """Judge the digests of two nodes; the plugins that only one of them has are named, too.

    Equal digests prove that APP_KEY is equal. Different ones prove nothing: two hosts have the same files with other times.
    """
    both = own.keys() & other.keys()
    if not both:
        return verdict("node.same.hidden", peer=peer)
    differing = sorted(name for name in both if own[name] != other[name])
    missing = sorted(own.keys() ^ other.keys())
    values: dict[str, FindingValue] = {"peer": peer, "count": len(both), "differing": len(differing)}
    if missing:
        return verdict("node.same.plugins", **values, names=text(", ".join(missing[:8]), 200))
    if len(differing) == len(both):
        return verdict("node.same.other", **values, command=KEY_DIGEST)
    if differing:
        return verdict("node.same.some", **values, names=text(", ".join(differing[:8]), 200))
    return verdict("node.same.ok", **values)
