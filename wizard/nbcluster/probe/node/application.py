"""A running cluster over HTTP: health of a node or of the balancer, and the WebSocket through it (nocobase.md §7.2, §7.4)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from contextlib import closing

from nbcluster.facts import CAUSES, HEALTH_PATH
from nbcluster.probe import http
from nbcluster.probe.base import Probe
from nbcluster.probe.findings import Finding, Value, text, verdict
from nbcluster.probe.link import Clock, Link, connect
from nbcluster.probe.node import plugins

_WEBSOCKET = (
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    # Any 16 bytes; the answer is not used.
    "Sec-WebSocket-Key: bmJjbHVzdGVyLXByb2JlLQ==",
)


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

    def _ask(self, link: Link, path: str, *headers: str, longest: int = http.LONGEST_BODY) -> http.Answer:
        link.settimeout(self.clock.left())
        return http.get(link, self.server_name, path, *headers, longest=longest)

    def _unhealthy(self, answer: http.Answer) -> Finding:
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


def _said(body: bytes) -> tuple[str, str]:
    try:
        found = json.loads(body)["error"]
        return str(found.get("code") or ""), str(found.get("message") or "")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return "", ""
