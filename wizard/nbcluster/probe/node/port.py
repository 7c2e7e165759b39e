"""The port of a node: closed before the first boot, or what answers on it."""

from __future__ import annotations

import re
from collections.abc import Callable
from http.client import RemoteDisconnected

from nbcluster.facts import HEALTH_PATH
from nbcluster.probe import http
from nbcluster.probe.base import Probe
from nbcluster.probe.findings import DeadlineReached, Finding, text, verdict

LISTEN_SECONDS = 1.5
_LONGEST = 2048
_BROKEN = re.compile(rb'"code"\s*:\s*"(APP_[A-Z_]{1,50})"')
"""How NocoBase names its state in a 503 (nocobase.md §7.2)."""


class NodeProbe(Probe):
    """The stages of a node."""

    def stages(self) -> dict[str, Callable[[], Finding]]:
        """Return the methods by stage."""
        return {"port": self.port_stage}

    def port_stage(self) -> Finding:
        """Connect to the port of NocoBase."""
        try:
            self.reach()
        except ConnectionRefusedError:
            return verdict("node.port.closed", port=self.port)
        try:
            answer = self._health()
        except ConnectionError:
            return verdict("node.port.reset", port=self.port)
        first = self.memory.first
        if answer.healthy:
            existing = self.text("installation") == "existing"
            return verdict("node.port.running" if existing else "node.port.occupied", port=self.port)
        if found := _BROKEN.search(answer.body):
            return verdict("node.port.unhealthy", port=self.port, state=text(found[1], 60))
        if first.startswith(b"HTTP/"):
            return verdict("node.port.http", port=self.port)
        seen = text(first.split(b"\r\n")[0], 60)
        return verdict("node.port.alien", port=self.port, seen=seen) if first else verdict("node.port.silent", port=self.port)

    def _health(self) -> http.Response:
        assert self.link is not None
        base = self.text("public_path") or "/"
        host = self.host if self.host.isascii() else "node"
        self.link.settimeout(min(LISTEN_SECONDS, self.clock.left() / 2))
        path = f"{base.rstrip('/')}/{HEALTH_PATH}"
        try:
            return http.get(self.link, host, path, "Connection: close", longest=_LONGEST, whole=False)
        except RemoteDisconnected:
            return http.ALIEN
        except ConnectionError:
            if not self.memory.first:
                raise
        except (OSError, DeadlineReached):
            # That something listens is the finding; what it says only adds to it.
            pass
        return http.ALIEN
