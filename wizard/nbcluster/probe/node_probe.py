"""A node's port: closed before the first boot, and who answers if it is not."""

from __future__ import annotations

import re
from collections.abc import Callable

from nbcluster.facts import HEALTH_PATH
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
        existing = self.text("installation") == "existing"
        if answer.startswith(b"HTTP/"):
            healthy = b" 200 " in answer[:16] and answer.rstrip().endswith(b"ok")
            if healthy:
                return verdict("node.port.running" if existing else "node.port.occupied", port=self.port)
            if _BROKEN.search(answer):
                return verdict("node.port.unhealthy", port=self.port, state=text(_BROKEN.findall(answer)[0], 60))
            return verdict("node.port.http", port=self.port)
        seen = text(answer.split(b"\r\n")[0], 60)
        return verdict("node.port.alien", port=self.port, seen=seen) if answer else verdict("node.port.silent", port=self.port)

    def _health(self) -> bytes:
        assert self.link is not None
        base = self.text("public_path") or "/"
        path = f"{base.rstrip('/')}/{HEALTH_PATH}"
        host = self.host if self.host.isascii() else "node"
        self.link.settimeout(min(LISTEN_SECONDS, self.clock.left() / 2))
        answer = b""
        try:
            self.link.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode("ascii", "replace"))
            while len(answer) < _LONGEST and (part := self.link.recv(_LONGEST)):
                answer += part
        except ConnectionError:
            if not answer:
                raise
        except (OSError, DeadlineReached):
            # That something listens is the finding; what it says only adds to it.
            pass
        return answer
