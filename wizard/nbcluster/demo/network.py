"""The connection to a rehearsed server: network and TLS."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping

from nbcluster.probe.base import Probe
from nbcluster.probe.findings import Finding, verdict

StageFindings = Mapping[str, Finding]
"""What the stages of a target answer."""

ADDRESS = "192.0.2.10"
"""What names stand for: of the addresses that RFC 5737 keeps for examples."""

ALIEN = "SSH-2.0-OpenSSH_9.6"

UNKNOWN = verdict("net.dns", reason="Name or service not known")


def healthy(asked: Probe) -> StageFindings:
    """Return the answers of a server that can be reached."""
    return {
        "reach": verdict("net.reached", address=_address(asked.host)),
        "tls": verdict("tls.ok", protocol="TLSv1.3", until="2036-06-30"),
    }


def troubles(_asked: Probe) -> Mapping[str, StageFindings]:
    """Return by word what answers otherwise."""
    return {
        "refused": {"reach": verdict("net.refused")},
        "silent": {"reach": verdict("net.unanswered")},
        "unknown": {"reach": UNKNOWN},
        "untrusted": {"tls": verdict("tls.untrusted", reason="unable to get local issuer certificate")},
        "expired": {"tls": verdict("tls.expired", reason="certificate has expired")},
        "plain": {"tls": verdict("tls.absent")},
    }


def _address(host: str) -> str:
    try:
        return str(ipaddress.ip_address(host.strip("[]")))
    except ValueError:
        return ADDRESS
