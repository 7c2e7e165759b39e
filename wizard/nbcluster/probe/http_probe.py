"""A running cluster over HTTP: health of a node or of the balancer, and the WebSocket through it (nocobase.md §7.2, §7.4)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass

from nbcluster.facts import CAUSES, HEALTH_PATH
from nbcluster.probe import http_plugins, net
from nbcluster.probe.base import Probe
from nbcluster.probe.findings import Finding, Value, text, verdict

LONGEST_ANSWER = 64 * 1024
_STATUS = re.compile(rb"HTTP/1\.[01] (\d{3})(?: |\r|$)")
_WEBSOCKET = (
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    # Any 16 bytes; the answer is not used.
    "Sec-WebSocket-Key: bmJjbHVzdGVyLXByb2JlLQ==",
)


@dataclass(frozen=True)
class Answer:
    """A response: status (0 where it is no HTTP), lower-cased headers and the first part of the body."""

    status: int
    headers: dict[str, str]
    body: bytes


class HttpProbe(Probe):
    """The stages of an address that serves NocoBase."""

    def stages(self) -> dict[str, Callable[[], Finding]]:
        """Return the methods by stage."""
        return {"reach": self.reach, "tls": self.tls, "health": self.health, "websocket": self.websocket, "same": self.same}

    def health(self) -> Finding:
        """Ask the health endpoint, whose path takes no query."""
        assert self.link is not None
        path = self.base + HEALTH_PATH
        answer = self._ask(self.link, path, "Connection: close")
        where: dict[str, Value] = {"status": answer.status, "path": path}
        match answer.status:
            case 0:
                return verdict("http.health.alien", seen=text(self.memory.first, 60))
            case 200:
                healthy = answer.body.strip() == b"ok"
                return verdict("http.health.ok", path=path) if healthy else verdict("http.health.page", **where)
            case 503:
                return self._unhealthy(answer)
            case 502 | 504:
                return verdict("http.health.gateway", **where)
            case 404:
                return verdict("http.health.missing", **where)
            case 301 | 302 | 303 | 307 | 308:
                return verdict("http.health.moved", **where, location=text(answer.headers.get("location", "?"), 200))
        return verdict("http.health.other", **where)

    def websocket(self) -> Finding:
        """Ask for a WebSocket, and leave at once."""
        link: net.Link = net.connect(self.host, self.port, self.clock)
        try:
            if self.params.get("tls"):
                assert isinstance(link, net.PlainSocket)
                link = net.encrypt(link, self.text("server_name") or self.host, net.context(self.text("ca_file")))
            answer = self._ask(link, self.base + "ws", *_WEBSOCKET, body=False)
        finally:
            link.close()
        if answer.status == 101:
            return verdict("http.websocket.ok", path=self.base + "ws")
        return verdict("http.websocket.refused", status=answer.status, path=self.base + "ws")

    def same(self) -> Finding:
        """Compare the digests of the plugins' addresses with those of another node."""
        own, other = (self._digests(*place) for place in ((self.host, self.port), self._peer()))
        return http_plugins.compare(own, other, self.text("peer"))

    def _peer(self) -> tuple[str, int]:
        host, _colon, port = self.text("peer").rpartition(":")
        return host, int(port)

    def _digests(self, host: str, port: int) -> dict[str, str]:
        try:
            with net.connect(host, port, net.Clock(self.clock.left() / 2)) as link:
                answer = self._ask(link, self.base + http_plugins.PATH, "Connection: close", longest=http_plugins.LONGEST)
        except OSError:
            return {}
        return http_plugins.digests(answer.body) if answer.status == 200 else {}

    def tls(self) -> Finding:
        """Start TLS under the name that users type."""
        assert isinstance(self.link, net.PlainSocket)
        net.TlsSocket.memory = self.memory
        secured = net.encrypt(self.link, self.text("server_name") or self.host, net.context(self.text("ca_file")))
        self.link = secured
        return net.judge_certificate(secured)

    @property
    def base(self) -> str:
        """The public path with a slash at its end."""
        return self.text("public_path").rstrip("/") + "/"

    def _ask(self, link: net.Link, path: str, *headers: str, body: bool = True, longest: int = LONGEST_ANSWER) -> Answer:
        host = self.text("server_name") or self.host
        lines = [f"GET {path} HTTP/1.1", f"Host: {host}", "User-Agent: nbcluster", *headers, "", ""]
        link.settimeout(self.clock.left())
        link.sendall("\r\n".join(lines).encode("ascii", "replace"))
        taken = b""
        while len(taken) < longest and (body or b"\r\n\r\n" not in taken) and (part := link.recv(4096)):
            taken += part
            if body and _is_whole(taken):
                break
        if not taken:
            raise ConnectionError
        return _parse(taken)

    def _unhealthy(self, answer: Answer) -> Finding:
        code, message = _said(answer.body)
        if not code and not message:
            return verdict("http.health.closed")
        values: dict[str, Value] = {"state": text(code, 60), "reason": text(message, 200)}
        for cause, pattern in CAUSES:
            if re.search(pattern, message):
                return verdict(f"http.health.{cause}", **values)
        if code == "APP_NOT_INSTALLED_ERROR":
            return verdict("http.health.not_installed", **values)
        if code in ("APP_COMMANDING", "APP_PREPARING", "APP_INITIALIZING", "APP_STARTING"):
            return verdict("http.health.busy", **values) if message else verdict("http.health.silent", **values)
        return verdict("http.health.unhealthy", **values)


def _is_whole(taken: bytes) -> bool:
    head, separator, body = taken.partition(b"\r\n\r\n")
    length = re.search(rb"(?im)^content-length:\s*(\d{1,9})\s*$", head)
    return bool(separator and length and len(body) >= int(length[1]))


def _parse(taken: bytes) -> Answer:
    head, _separator, body = taken.partition(b"\r\n\r\n")
    status = _STATUS.match(head)
    if status is None:
        return Answer(0, {}, b"")
    pairs = (line.partition(":") for line in head.decode("latin-1").split("\r\n")[1:])
    headers = {name.strip().lower(): value.strip() for name, _colon, value in pairs}
    if headers.get("transfer-encoding", "").lower() == "chunked":
        body = _unchunked(body)
    return Answer(int(status[1]), headers, body)


def _unchunked(body: bytes) -> bytes:
    whole = b""
    while True:
        size, _end, rest = body.partition(b"\r\n")
        digits = size.split(b";")[0].strip()
        if not re.fullmatch(rb"[0-9A-Fa-f]{1,6}", digits) or int(digits, 16) == 0:
            return whole
        count = int(digits, 16)
        whole, body = whole + rest[:count], rest[count + 2 :]


def _said(body: bytes) -> tuple[str, str]:
    try:
        found = json.loads(body)["error"]
        return str(found.get("code") or ""), str(found.get("message") or "")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return "", ""
