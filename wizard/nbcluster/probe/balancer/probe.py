"""The load balancer before it is set up: its name, what listens on its port, its certificate, and its file tested by its own program."""

from __future__ import annotations

import socket
from collections.abc import Callable
from pathlib import Path

from nbcluster.catalogue import exposure
from nbcluster.errors import reason_of
from nbcluster.facts import HEALTH_PATH
from nbcluster.probe import http
from nbcluster.probe.balancer import certificate, syntax
from nbcluster.probe.base import Probe
from nbcluster.probe.findings import DeadlineReached, Finding, FindingValue, text, verdict
from nbcluster.probe.link import encrypt, trust_all

LISTEN_SECONDS = 1.5
_LONGEST = 4096
_PROGRAM = {"nginx": "nginx", "haproxy": "", "caddy": "caddy"}
"""How each kind begins its Server header; HAProxy sends none of its own."""


class BalancerProbe(Probe):
    """The stages of a load balancer that does not serve yet."""

    def stages(self) -> dict[str, Callable[[], Finding]]:
        """Return the methods by stage."""
        found = {"name": self.name, "port": self.port_stage, "certificate": self.certificate, "syntax": self.syntax}
        return found | {"exposure": self.exposure}

    def exposure(self) -> Finding:
        """Tell whether people sign in over a line that others can read."""
        return verdict(exposure.of_people(self.params))

    @property
    def host(self) -> str:
        """The name that users type."""
        return self.text("server_name")

    def name(self) -> Finding:
        records = socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)
        return verdict("balancer.name.ok", addresses=text(", ".join(dict.fromkeys(str(record[4][0]) for record in records)), 160))

    def port_stage(self) -> Finding:
        """Find out what listens on the port that users will open."""
        try:
            self.reach()
        except ConnectionRefusedError:
            return verdict("balancer.port.free")
        answer = self._health()
        server = text(answer.headers.get("server", ""), 80)
        values: dict[str, FindingValue] = {"server": server or "?"}
        if answer.healthy:
            existing = self.text("installation") == "existing"
            return verdict("balancer.port.running", **values) if existing else verdict("balancer.port.occupied", **values)
        if not answer.status:
            return verdict("balancer.port.strange", **values)
        own = server.lower().startswith(_PROGRAM.get(self.text("kind"), ""))
        return verdict("balancer.port.own", **values) if own else verdict("balancer.port.other", **values)

    def _health(self) -> http.Response:
        assert self.link is not None
        path = f"{self.text('public_path').rstrip('/')}/{HEALTH_PATH}"
        try:
            self.link.settimeout(min(LISTEN_SECONDS, self.clock.left() / 2))
            if self.text("certificate"):
                # the certificate that is in use today does not matter
                self.link = encrypt(self.link, self.host, trust_all())
            return http.get(self.link, self.host, path, "Connection: close", longest=_LONGEST, whole=False)
        except (OSError, DeadlineReached):
            return http.ALIEN

    def certificate(self) -> Finding:
        """Judge certificate and key, where this machine has the files."""
        return certificate.judge(Path(self.text("certificate")), Path(self.text("certificate_key")), self.host)

    def syntax(self) -> Finding:
        """Let the program itself read its file, where it is installed here."""
        return syntax.judge(self.text("kind"), self.text("written"), self.clock.left())

    def judge(self, stage: str, fault: BaseException) -> Finding:
        """Return the verdict on an exception that ended a stage: what this machine cannot reach, others may."""
        finding = super().judge(stage, fault)
        if stage == "name":
            return verdict("balancer.name.unknown")
        if stage == "port":
            return verdict("balancer.port.unreachable")
        if stage == "syntax" and isinstance(fault, OSError):
            return verdict("balancer.syntax.untried", program=self.text("kind"), reason=text(reason_of(fault), 120))
        return finding
