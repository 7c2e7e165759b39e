"""Whether a Redis that closed or said nothing would have answered the other way round: with TLS, or without."""

from __future__ import annotations

import ssl

from nbcluster.probe import net


def speaks_tls(host: str, port: int, clock: net.Clock) -> bool:
    """Tell whether a server starts TLS; whose certificate it shows is of no interest here."""
    trust = net.context("", check_name=False)
    trust.verify_mode = ssl.CERT_NONE
    try:
        link = net.connect(host, port, clock)
        link.settimeout(clock.left() / 2)
        with net.encrypt(link, host, trust):
            return True
    except OSError:
        return False


def speaks_plainly(host: str, port: int, clock: net.Clock) -> bool:
    """Tell whether a server answers to a PING without TLS as Redis does, wanting a login or not."""
    try:
        with net.connect(host, port, clock) as link:
            link.settimeout(clock.left() / 2)
            link.sendall(b"PING\r\n")
            return link.recv(64).startswith((b"+PONG", b"-NOAUTH", b"-NOPERM", b"-DENIED"))
    except OSError:
        return False
