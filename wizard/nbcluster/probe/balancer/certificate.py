"""The load balancer's certificate and key, where this machine has the files: whether they match each other, the host name and the date."""

from __future__ import annotations

import datetime
import ssl
from pathlib import Path

from nbcluster.probe.findings import Finding, FindingValue, text, verdict

LONGEST_FILE = 1024 * 1024
SHORT_DAYS = 14
_EXPIRED = 10
"""X509_V_ERR_CERT_HAS_EXPIRED (openssl-verification-options(1))."""


def judge(chain: Path, key: Path, host: str) -> Finding:
    """Compare certificate and key with each other, with the name that users type, and with today."""
    missing = next((path for path in (chain, key) if not path.is_file()), None)
    if missing is not None:
        return verdict("balancer.certificate.elsewhere", file=str(missing))
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        first = _first_certificate(chain)
        server.load_cert_chain(chain, key, password=_no_password)
    except PermissionError as fault:
        return verdict("balancer.certificate.unreadable", file=text(fault.filename or key))
    except _Encrypted:
        return verdict("balancer.certificate.encrypted", file=str(key))
    except (ssl.SSLError, ValueError) as fault:
        reason = str(getattr(fault, "reason", "") or fault)
        code = "balancer.certificate.mismatch" if "MISMATCH" in reason else "balancer.certificate.broken"
        return verdict(code, file=str(chain), key=str(key), reason=text(reason, 80))
    try:
        leaf = _shown(server, first)
    except ssl.SSLCertVerificationError as fault:
        if fault.verify_code == _EXPIRED:
            return verdict("balancer.certificate.expired", file=str(chain))
        return verdict("balancer.certificate.broken", file=str(chain), key=str(key), reason=text(fault.verify_message, 80))
    return _judge(leaf, host)


class _Encrypted(Exception):
    pass


def _no_password() -> str:
    # OpenSSL would ask at the terminal.
    raise _Encrypted


def _first_certificate(chain: Path) -> str:
    """Return the first certificate of a file in PEM form; raises ``ValueError`` if there is none."""
    with chain.open("rb") as file:
        pem = file.read(LONGEST_FILE).decode("ascii", "replace")
    begin, end = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"
    if begin not in pem or end not in pem:
        raise ValueError("no certificate")
    return pem[pem.index(begin) : pem.index(end) + len(end)] + "\n"


def _shown(server: ssl.SSLContext, trusted: str) -> dict[str, object]:
    """Return the certificate as a client sees it, by a handshake in memory; raises ``SSLCertVerificationError``."""
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.check_hostname = False
    client.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    client.load_verify_locations(cadata=trusted)
    there, back = ssl.MemoryBIO(), ssl.MemoryBIO()
    asking = client.wrap_bio(back, there)
    answering = server.wrap_bio(there, back, server_side=True)
    waiting = [asking, answering]
    while waiting:
        for end in list(waiting):
            try:
                end.do_handshake()
                waiting.remove(end)
            except ssl.SSLWantReadError:
                continue
    return dict(asking.getpeercert() or {})


def _judge(leaf: dict[str, object], host: str) -> Finding:
    end = datetime.datetime.fromtimestamp(ssl.cert_time_to_seconds(str(leaf["notAfter"])), datetime.UTC)
    days = (end - datetime.datetime.now(datetime.UTC)).days
    alternatives = leaf.get("subjectAltName")
    pairs = alternatives if isinstance(alternatives, tuple) else ()
    names = [str(value) for kind, value in pairs if kind in ("DNS", "IP Address")]
    values: dict[str, FindingValue] = {
        "until": end.date().isoformat(),
        "days": days,
        "names": text(", ".join(names) or "-", 160),
        "name": host,
    }
    if host and not any(covers(name, host) for name in names):
        return verdict("balancer.certificate.name", **values)
    return verdict("balancer.certificate.ending", **values) if days < SHORT_DAYS else verdict("balancer.certificate.ok", **values)


def covers(pattern: str, name: str) -> bool:
    """Tell whether a name of a certificate stands for a host name; a star stands for one label (RFC 9525, section 6.3)."""
    pattern, name = pattern.lower().rstrip("."), name.lower().rstrip(".")
    return name.partition(".")[2] == pattern[2:] if pattern.startswith("*.") else pattern == name
