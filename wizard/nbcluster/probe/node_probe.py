"""A node's port: closed before the first boot, and who answers if it is not."""

from __future__ import annotations

from collections.abc import Callable

from nbcluster.probe.base import Probe
from nbcluster.probe.findings import DeadlineReached, Finding, ok, warn

LISTEN_SECONDS = 1.5
_LONGEST = 2048


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
            return ok("node.port.closed", port=self.port)
        answer = self._health()
        existing = self.text("installation") == "existing"
        if answer.startswith(b"HTTP/"):
            healthy = b" 200 " in answer[:16] and answer.rstrip().endswith(b"ok")
            if healthy:
                return warn("node.port.running" if existing else "node.port.occupied", port=self.port)
            return warn("node.port.http", port=self.port)
        return warn("node.port.open", port=self.port)

    def _health(self) -> bytes:
        assert self.link is not None
        base = self.text("public_path") or "/"
        path = (base if base.endswith("/") else base + "/") + "api/__health_check"
        host = self.host if self.host.isascii() else "node"
        self.link.settimeout(min(LISTEN_SECONDS, self.clock.left() / 2))
        answer = b""
        try:
            self.link.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode("ascii", "replace"))
            while len(answer) < _LONGEST and (part := self.link.recv(_LONGEST)):
                answer += part
        except (OSError, DeadlineReached):
            # That something listens is the finding; what it says only adds to it.
            pass
        return answer
