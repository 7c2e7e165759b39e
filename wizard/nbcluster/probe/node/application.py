"""A running cluster over HTTP: health of a node or of the balancer, and the WebSocket through it (nocobase.md §7.2, §7.4)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from contextlib import closing, suppress
from urllib.parse import urlsplit

from nbcluster.catalogue import exposure
from nbcluster.errors import reason_of
from nbcluster.facts import CAUSES, HEALTH_PATH
from nbcluster.probe import http
from nbcluster.probe.base import Probe
from nbcluster.probe.findings import Finding, FindingValue, text, verdict
from nbcluster.probe.link import Clock, Link, connect, open_link
from nbcluster.probe.node import plugins

_WEBSOCKET = (
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    # Any 16 bytes; the answer is not used.
    "Sec-WebSocket-Key: bmJjbHVzdGVyLXByb2JlLQ==",
)


SIGN_IN_PATH = "api/auth:signIn"
_ORIGIN = re.compile(rb"invalid sign-in origin", re.IGNORECASE)

_PASSING = frozenset(f"http.health.{name}" for name in ("busy", "silent", "gateway", "closed"))
"""Answers of a node or load balancer while the first node starts."""


class HttpProbe(Probe):
    """The stages of an address that serves NocoBase."""

    def stages(self) -> dict[str, Callable[[], Finding]]:
        """Return the methods by stage."""
        found = {"reach": self.reach, "tls": self.tls, "health": self.health, "websocket": self.websocket, "same": self.same}
        return found | {"signin": self.signin, "exposure": self.exposure}

    def health(self) -> Finding:
        """Ask the health endpoint, whose path takes no query; what passes by itself is waited for."""
        assert self.link is not None
        found = self._health(self.link)
        while found.code in _PASSING and self.settles():
            with suppress(OSError), closing(self.another_link()) as link:
                found = self._health(link)
        return found

    def _health(self, link: Link) -> Finding:
        path = self.base + HEALTH_PATH
        answer = self._ask(link, path, "Connection: close")
        where: dict[str, FindingValue] = {"status": answer.status, "path": path}
        match answer.status:
            case 0:
                return verdict("http.health.alien", seen=text(self.memory.first, 60))
            case 200:
                return verdict("http.health.ok", path=path) if answer.healthy else verdict("http.health.page", **where)
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
        with closing(self.another_link()) as link:
            answer = self._ask(link, self.base + "ws", *_WEBSOCKET)
        if answer.status == 101:
            return verdict("http.websocket.ok", path=self.base + "ws")
        return verdict("http.websocket.refused", status=answer.status, path=self.base + "ws")

    def signin(self) -> Finding:
        """Ask for a sign-in without a user, from the address that users have: whether it is refused for its origin (nocobase.md §19 #1)."""
        place = urlsplit(self.text("public_url"))
        origin = f"{place.scheme}://{place.netloc}"
        secure = place.scheme == "https"
        try:
            host, port = place.hostname or "", place.port or (443 if secure else 80)
            with closing(open_link(host, port, self.clock, self.trust() if secure else None)) as link:
                link.settimeout(self.clock.left())
                headers = (f"Origin: {origin}", "Content-Type: application/json", "X-Authenticator: basic", "Connection: close")
                answer = http.post(link, place.netloc, self.base + SIGN_IN_PATH, b"{}", *headers)
        except (OSError, ValueError) as fault:
            return verdict("balancer.signin.unreached", origin=text(origin, 120), reason=text(reason_of(fault), 120))
        values: dict[str, FindingValue] = {"origin": text(origin, 120), "status": answer.status}
        if answer.status == 403 and _ORIGIN.search(answer.body):
            return verdict("balancer.signin.origin", **values)
        # without a user it is refused, but for that reason, and by NocoBase
        if answer.status in (400, 401, 422) and b'"errors"' in answer.body:
            return verdict("balancer.signin.ok", **values)
        return verdict("balancer.signin.other", **values)

    def exposure(self) -> Finding:
        """Tell whether the port of a node is open to more than its own network."""
        return verdict(exposure.of_node(self.address), address=self.address, port=self.port)

    def same(self) -> Finding:
        """Compare the digests of the plugins' addresses with those of another node."""
        own, other = (self._digests(*place) for place in ((self.host, self.port), self._peer()))
        return plugins.compare(own, other, self.text("peer"))

    def _peer(self) -> tuple[str, int]:
        host, _colon, port = self.text("peer").rpartition(":")
        return host, int(port)

    def _digests(self, host: str, port: int) -> dict[str, str]:
        try:
            with connect(host, port, Clock(self.clock.left() / 2)) as link:
                answer = self._ask(link, self.base + plugins.PATH, "Connection: close", longest=plugins.LONGEST)
        except OSError:
            return {}
        return plugins.digests(answer.body) if answer.status == 200 else {}

    @property
    def server_name(self) -> str:
        """The name that users type, or the host where there is none."""
        return self.text("server_name") or self.host

    @property
    def base(self) -> str:
        """The public path with a slash at its end."""
        return self.text("public_path").rstrip("/") + "/"

    def _ask(self, link: Link, path: str, *headers: str, longest: int = http.LONGEST_BODY) -> http.Response:
        link.settimeout(self.clock.left())
        return http.get(link, self.server_name, path, *headers, longest=longest)

    def _unhealthy(self, answer: http.Response) -> Finding:
        code, message = _said(answer.body)
        if not code and not message:
            return verdict("http.health.closed")
        values: dict[str, FindingValue] = {"state": text(code, 60), "reason": text(message, 200)}
        for cause, pattern in CAUSES:
            if re.search(pattern, message):
                return verdict(f"http.health.{cause}", **values)
        if code == "APP_NOT_INSTALLED_ERROR":
            return verdict("http.health.not_installed", **values)
        if code in ("APP_COMMANDING", "APP_PREPARING", "APP_INITIALIZING", "APP_STARTING"):
            return verdict("http.health.busy", **values) if message else verdict("http.health.silent", **values)
        return verdict("http.health.unhealthy", **values)


def _said(body: bytes) -> tuple[str, str]:
    try:
        found = json.loads(body)["error"]
        return str(found.get("code") or ""), str(found.get("message") or "")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return "", ""
