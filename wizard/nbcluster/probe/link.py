"""Connections of the probes: bounded in time and size, remembering the first bytes of the other side."""

from __future__ import annotations

import datetime
import socket
import ssl
import time
from collections.abc import Callable
from typing import Any

from nbcluster.answers.host import ip_address
from nbcluster.errors import reason_of
from nbcluster.probe.findings import Finding, Flood, Stop, text, verdict

LARGEST_ANSWER = 8 * 1024 * 1024
FIRST_BYTES = 160
SHORT_CERTIFICATE_DAYS = 14


class Memory:
    """What came in on one connection."""

    def __init__(self) -> None:
        self.first = b""
        self.received = 0

    def took(self, data: bytes | memoryview) -> None:
        """Remember the first bytes and count all; raises ``Flood``."""
        self.received += len(data)
        if len(self.first) < FIRST_BYTES:
            self.first += bytes(data[: FIRST_BYTES - len(self.first)])
        if self.received > LARGEST_ANSWER:
            raise Flood


class PlainSocket(socket.socket):
    """A TCP connection that remembers."""

    def __init__(self, family: int) -> None:
        super().__init__(family, socket.SOCK_STREAM)
        self.memory = Memory()

    def recv(self, *args: Any, **kwargs: Any) -> bytes:
        data = super().recv(*args, **kwargs)
        self.memory.took(data)
        return data

    def recv_into(self, buffer: Any, *args: Any, **kwargs: Any) -> int:
        count = super().recv_into(buffer, *args, **kwargs)
        self.memory.took(memoryview(buffer)[:count])
        return count


class TlsSocket(ssl.SSLSocket):
    """A TLS connection that remembers what its TCP connection remembered, and goes on; ``Trust`` makes it."""

    memory: Memory

    def read(self, len: int = 1024, buffer: Any = None) -> Any:  # noqa: A002 - the name of the base class
        """Receive and remember: ``recv`` and ``recv_into`` end here."""
        got: Any = super().read(len, buffer)
        self.memory.took(got if isinstance(got, bytes) else memoryview(buffer)[:got])
        return got


Link = PlainSocket | TlsSocket


def is_loopback(address: str) -> bool:
    """Tell whether an address is this machine's own, so that nobody on the network can read along."""
    found = ip_address(address)
    return found is not None and found.is_loopback


def is_private(link: socket.socket, loopback: Callable[[str], bool] = is_loopback) -> bool:
    """Tell whether a password may go over a connection as it is: TLS, or a line that does not leave this machine."""
    return isinstance(link, ssl.SSLSocket) or loopback(str(link.getpeername()[0]))


class Clock:
    """The time that is left for a target, in seconds."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        """Return what is left, never less than a hundredth of a second, so that it can be a time-out."""
        return max(0.01, self._end - time.monotonic())


def connect(host: str, port: int, clock: Clock) -> PlainSocket:
    """Open a TCP connection; tries every address of the name. Raises ``OSError``."""
    try:
        records = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
    except UnicodeError:
        raise socket.gaierror(socket.EAI_NONAME, "this cannot be a host name") from None
    failure: OSError = OSError("the name has no address")
    for index, (family, _kind, _protocol, _name, address) in enumerate(records):
        link = PlainSocket(family)
        try:
            link.settimeout(clock.left() / (len(records) - index))
            link.connect(address)
        except OSError as fault:
            link.close()
            failure = fault
            continue
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        link.settimeout(clock.left())
        return link
    raise failure


class Trust(ssl.SSLContext):
    """Whom a Node.js process trusts; the connections that it makes carry the memory of what they are made from."""

    sslsocket_class = TlsSocket

    def wrap_socket(self, sock: socket.socket, *args: Any, **kwargs: Any) -> TlsSocket:
        """Start TLS on a connection of ours. Raises ``OSError``."""
        assert isinstance(sock, PlainSocket)
        secured = super().wrap_socket(sock, *args, **kwargs)
        assert isinstance(secured, TlsSocket)
        secured.memory = sock.memory
        return secured


def trust_of(ca_file: str, check_name: bool = True) -> Trust:
    """Return the trust of a Node.js process with NODE_EXTRA_CA_CERTS: the usual authorities and one's own.

    The flags of X.509 that newer versions of Python set by default stay as OpenSSL has them, as they do in Node.js.
    Raises ``Stop`` when the file cannot be read.
    """
    trust = Trust(ssl.PROTOCOL_TLS_CLIENT)
    trust.check_hostname = check_name
    trust.load_default_certs()
    if ca_file:
        try:
            trust.load_verify_locations(ca_file)
        except (OSError, ValueError) as fault:
            raise Stop(verdict("tls.ca_file", file=ca_file, reason=text(reason_of(fault)))) from None
    return trust


def trust_all() -> Trust:
    """Return the trust of somebody who only wants to know whether TLS is spoken: whose certificate is shown is of no interest."""
    trust = Trust(ssl.PROTOCOL_TLS_CLIENT)
    trust.check_hostname = False
    trust.verify_mode = ssl.CERT_NONE
    return trust


def encrypt(link: Link | None, host: str, trust: Trust) -> TlsSocket:
    """Start TLS on a connection. Raises ``OSError``."""
    assert isinstance(link, PlainSocket)
    return trust.wrap_socket(link, server_hostname=host.strip("[]"))


def open_link(host: str, port: int, clock: Clock, trust: Trust | None = None, name: str = "") -> Link:
    """Open a connection, with TLS where ``trust`` is given; ``name`` is what the certificate has to name, if not ``host``.

    Raises ``OSError``.
    """
    link = connect(host, port, clock)
    if trust is None:
        return link
    try:
        return encrypt(link, name or host, trust)
    except BaseException:
        link.close()
        raise


def judge_certificate(secured: ssl.SSLSocket) -> Finding:
    """Return how the handshake went and until when the certificate holds."""
    protocol = secured.version() or ""
    certificate = secured.getpeercert() or {}
    until = str(certificate.get("notAfter", ""))
    if not until:
        return verdict("tls.ok", protocol=protocol, until="?")
    end = datetime.datetime.fromtimestamp(ssl.cert_time_to_seconds(until), datetime.UTC)
    days = (end - datetime.datetime.now(datetime.UTC)).days
    if days < SHORT_CERTIFICATE_DAYS:
        return verdict("tls.ending", protocol=protocol, until=end.date().isoformat(), days=days)
    return verdict("tls.ok", protocol=protocol, until=end.date().isoformat())
