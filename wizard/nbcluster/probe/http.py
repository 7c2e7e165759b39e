"""One HTTP request over a connection of ours, and the part of the response that is needed; parsed by the standard library."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse, RemoteDisconnected

from nbcluster.probe.findings import DeadlineReached
from nbcluster.probe.link import Link

LONGEST_BODY = 64 * 1024
_VERSIONS = (10, 11)


@dataclass(frozen=True)
class Response:
    """A response: status (0 where it is no HTTP/1), headers by lower-case name, and the first part of the body.

    ``cut`` tells that the connection ended in the midst of the body.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    cut: bool = False

    @property
    def healthy(self) -> bool:
        """Whether NocoBase's health endpoint answers so (nocobase.md §7.2)."""
        return self.status == 200 and self.body.strip() == b"ok" and not self.cut


ALIEN = Response(0, {}, b"")
"""What another protocol comes to; the memory of the connection has its first bytes."""


def get(link: Link, host: str, path: str, *headers: str, longest: int = LONGEST_BODY, whole: bool = True) -> Response:
    """Ask for a path and return the answer, of its body at most ``longest`` bytes; a response that switches protocols has none.

    Without ``whole`` what has come when the time is over is enough. Raises ``OSError``; ``RemoteDisconnected``, which is one,
    where the connection was closed without a byte.
    """
    return _ask(link, "GET", host, path, headers, b"", longest, whole)


def post(link: Link, host: str, path: str, body: bytes, *headers: str, longest: int = LONGEST_BODY) -> Response:
    """Send a body to a path and return the answer, as ``get`` does."""
    more = (*headers, f"Content-Length: {len(body)}")
    return _ask(link, "POST", host, path, more, body, longest, True)


def _ask(
    link: Link, method: str, host: str, path: str, headers: Sequence[str], body: bytes, longest: int, whole: bool
) -> Response:
    lines = [f"{method} {path} HTTP/1.1", f"Host: {host}", "User-Agent: nbcluster", *headers, "", ""]
    link.sendall("\r\n".join(lines).encode("ascii", "replace") + body)
    response = HTTPResponse(link, method=method)
    try:
        return _answer(response, longest, whole)
    finally:
        response.close()


def _answer(response: HTTPResponse, longest: int, whole: bool) -> Response:
    try:
        response.begin()
    except RemoteDisconnected:
        raise
    except HTTPException:
        # a valid status line counts, whatever the headers are
        return Response(response.status, {}, b"") if response.version in _VERSIONS else ALIEN
    except (OSError, DeadlineReached):
        if whole or response.version not in _VERSIONS:
            raise
        return Response(response.status, {}, b"")
    headers = {name.lower(): value for name, value in response.headers.items()}
    body, cut = bytearray(), False
    try:
        while len(body) < longest and (part := response.read1(longest - len(body))):
            body += part
        cut = bool(response.length)
    except (HTTPException, ValueError):
        # chunks that are none, or an end in the midst of one
        cut = True
    except (OSError, DeadlineReached):
        if whole:
            raise
    return Response(response.status, headers, bytes(body), cut)
