"""Turns an exception of any client into a verdict: refused, silent, or speaking another protocol."""

from __future__ import annotations

import errno
import re
import socket
import ssl
from collections.abc import Iterator

from nbcluster.errors import reason_of
from nbcluster.probe.findings import DeadlineReached, Finding, Flood, Stop, text, verdict
from nbcluster.probe.link import Memory

_UNREACHABLE = (errno.EHOSTUNREACH, errno.ENETUNREACH, errno.EADDRNOTAVAIL, errno.ENETDOWN, errno.EHOSTDOWN)
_NO_TLS = ("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "PACKET_LENGTH_TOO_LONG", "RECORD_LAYER_FAILURE", "UNEXPECTED_MESSAGE")
_UNTRUSTED = (2, 18, 19, 20, 21)
_EXPIRED = (9, 10)
_OTHER_NAME = (62, 64)

_LITTLE = 1 << 20
"""Bytes received that cannot have filled the memory of a check."""

_REDIS_ERROR = re.compile(rb"-(?:ERR|NOAUTH|DENIED|LOADING|MASTERDOWN|NOPERM) ")
_MYSQL_FIRST = re.compile(rb".\0\0\0[\x0a\xff]", re.DOTALL)
"""Length, number 0, and protocol 10 or an error: the first packet of a server (MySQL, Client/Server Protocol, Connection Phase)."""


def chain(fault: BaseException) -> Iterator[BaseException]:
    """Yield an exception and what it was raised from, wrapped exceptions of the clients included."""
    seen: list[BaseException] = []
    waiting: list[object] = [fault]
    while waiting and len(seen) < 12:
        link = waiting.pop(0)
        if not isinstance(link, BaseException) or any(link is known for known in seen):
            continue
        seen.append(link)
        yield link
        waiting += [link.__cause__, link.__context__, getattr(link, "original_exception", None)]
        waiting += [getattr(link, "exception", None), *link.args]


def judge(fault: BaseException, memory: Memory, language: str = "") -> Finding:
    """Return the verdict on an exception; ``memory`` has what the server had said, ``language`` is the finding that it speaks as it should."""
    first = memory.first
    for link in chain(fault):
        if isinstance(link, Stop):
            return link.finding
        if isinstance(link, DeadlineReached):
            return verdict("probe.deadline")
        if isinstance(link, Flood):
            return verdict("probe.flood", seen=text(first, 60))
        if isinstance(link, MemoryError):
            return exhausted(memory, language)
        if isinstance(link, OSError):
            return _network(link, first, language)
    if spoken := other_language(first, language):
        return spoken
    if isinstance(fault, RecursionError):
        return verdict("probe.nested")
    return verdict("probe.nonsense", seen=text(first, 60), reason=text(f"{type(fault).__name__}: {fault}", 200))


def exhausted(memory: Memory, language: str = "") -> Finding:
    """Return the verdict on memory that ran out; where little had come, the first bytes were read as a length that they are not."""
    if memory.received > _LITTLE:
        return verdict("probe.memory")
    return other_language(memory.first, language) or verdict("probe.announced", seen=text(memory.first, 60))


def _network(fault: OSError, first: bytes, language: str) -> Finding:
    if isinstance(fault, ssl.SSLError):
        return _tls(fault)
    if isinstance(fault, socket.gaierror):
        return verdict("net.dns", reason=text(reason_of(fault)))
    if isinstance(fault, ConnectionRefusedError):
        return verdict("net.refused")
    if isinstance(fault, TimeoutError):
        return verdict("net.stalled", seen=text(first, 60)) if first else verdict("net.silent")
    if fault.errno in _UNREACHABLE:
        return verdict("net.unreachable", reason=text(reason_of(fault)))
    if isinstance(fault, ConnectionError):
        return other_language(first, language) or verdict("net.closed")
    return verdict("net.other", reason=text(reason_of(fault)))


def _tls(fault: ssl.SSLError) -> Finding:
    reason = text(fault.reason or str(fault), 120)
    if isinstance(fault, ssl.SSLCertVerificationError):
        message = text(fault.verify_message, 200)
        if fault.verify_code in _UNTRUSTED:
            return verdict("tls.untrusted", reason=message)
        if fault.verify_code in _EXPIRED:
            return verdict("tls.expired", reason=message)
        if fault.verify_code in _OTHER_NAME:
            return verdict("tls.name", reason=message)
        return verdict("tls.invalid", reason=message)
    if isinstance(fault, ssl.SSLEOFError | ssl.SSLZeroReturnError):
        return verdict("tls.closed")
    if reason in _NO_TLS:
        return verdict("tls.absent")
    if "CERTIFICATE_REQUIRED" in reason or "HANDSHAKE_FAILURE" in reason:
        return verdict("tls.client_certificate", reason=reason)
    return verdict("tls.failed", reason=reason)


def other_language(first: bytes, own: str = "") -> Finding | None:
    """Return the verdict on a server that speaks, by its first bytes, something else than its ``own`` language; none if it tells nothing."""
    spoken = _spoken(first)
    return None if spoken is None or spoken.code == own else spoken


def _spoken(first: bytes) -> Finding | None:
    start = first[:4].upper()
    if start == b"HTTP" or first[:1] == b"<":
        return verdict("seen.http", seen=text(first.split(b"\r\n")[0], 60))
    if first[:1] in (b"\x15", b"\x16") and first[1:2] == b"\x03":
        return verdict("seen.tls")
    if start == b"SSH-":
        return verdict("seen.ssh", seen=text(first.split(b"\r\n")[0], 60))
    if start == b"AMQP":
        return verdict("seen.amqp")
    if start[:3] in (b"220", b"+OK", b"* O"):
        return verdict("seen.mail", seen=text(first.split(b"\r\n")[0], 60))
    if _REDIS_ERROR.match(first):
        return verdict("seen.redis", seen=text(first.split(b"\r\n")[0], 60))
    if _MYSQL_FIRST.match(first):
        return verdict("seen.mysql", seen=text(first[5:].split(b"\0")[0], 60))
    return None
