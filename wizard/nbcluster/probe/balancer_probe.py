"""The load balancer before it is set up: its name, what listens on its port, its certificate, and its file in its own eyes."""

from __future__ import annotations

import contextlib
import re
import socket
import ssl
from collections.abc import Callable
from pathlib import Path

from nbcluster.facts import HEALTH_PATH
from nbcluster.probe import balancer_certificate, balancer_syntax, net
from nbcluster.probe.base import Probe
from nbcluster.probe.findings import DeadlineReached, Finding, Value, text, verdict

LISTEN_SECONDS = 1.5
_LONGEST = 4096
_SERVER = re.compile(rb"(?im)^server:[ \t]*([^\r\n]{1,80})")
_PROGRAM = {"nginx": "nginx", "haproxy": "", "caddy": "caddy"}
"""How each kind begins its Server header; HAProxy sends none of its own."""


class BalancerProbe(Probe):
    """The stages of a load balancer that does not serve yet."""

    def stages(self) -> dict[str, Callable[[], Finding]]:
        """Return the methods by stage."""
        return {"name": self.name, "port": self.port_stage, "certificate": self.certificate, "syntax": self.syntax}

    @property
    def host(self) -> str:
        """The name that users type."""
        return self.text("server_name")

    def name(self) -> Finding:
        """Look the name up."""
        records = socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)
        return verdict("balancer.name.ok", addresses=text(", ".join(dict.fromkeys(str(record[4][0]) for record in records)), 160))

    def port_stage(self) -> Finding:
        """Find out what listens where users will come."""
        try:
            self.reach()
        except ConnectionRefusedError:
            return verdict("balancer.port.free")
        status, body, server = self._seen()
        values: dict[str, Value] = {"server": text(server or "?", 80)}
        if status == 200 and body == b"ok":
            existing = self.text("installation") == "existing"
            return verdict("balancer.port.running", **values) if existing else verdict("balancer.port.occupied", **values)
        if not status:
            return verdict("balancer.port.strange", **values)
        own = server.lower().startswith(_PROGRAM.get(self.text("kind"), ""))
        return verdict("balancer.port.own", **values) if own else verdict("balancer.port.other", **values)

    def _seen(self) -> tuple[int, bytes, str]:
        """Return status, body and Server header of the health path; nothing where no HTTP is spoken."""
        path = f"{self.text('public_path').rstrip('/')}/{HEALTH_PATH}"
        question = f"GET {path} HTTP/1.1\r\nHost: {self.host}\r\nConnection: close\r\n\r\n".encode("ascii", "replace")
        answer = b""
        with contextlib.suppress(OSError, DeadlineReached):
            link = self.link
            assert isinstance(link, net.PlainSocket)
            link.settimeout(min(LISTEN_SECONDS, self.clock.left() / 2))
            if self.text("certificate"):
                trust = net.context("", check_name=False)
                # whose certificate stands there today is of no interest
                trust.verify_mode = ssl.CERT_NONE
                self.link = net.encrypt(link, self.host, trust)
            self.link.sendall(question)  # type: ignore[union-attr]  # it is connected
            while len(answer) < _LONGEST and (part := self.link.recv(_LONGEST)):  # type: ignore[union-attr]
                answer += part
        status = re.match(rb"HTTP/1\.[01] ([1-5]\d\d)", answer)
        found = _SERVER.search(answer)
        body = answer.partition(b"\r\n\r\n")[2].strip()
        return int(status[1]) if status else 0, body, text(found[1], 80) if found else ""

    def certificate(self) -> Finding:
        """Judge certificate and key, where this machine has the files."""
        return balancer_certificate.judge(Path(self.text("certificate")), Path(self.text("certificate_key")), self.host)

    def syntax(self) -> Finding:
        """Let the program itself read its file, where it is installed here."""
        return balancer_syntax.judge(self.text("kind"), self.text("written"), self.clock.left())

    def judge(self, stage: str, fault: BaseException) -> Finding:
        """Return the verdict on an exception that ended a stage: what this machine cannot reach, others may."""
        finding = super().judge(stage, fault)
        if stage == "name":
            return verdict("balancer.name.unknown")
        if stage == "port":
            return verdict("balancer.port.unreachable")
        if stage == "syntax" and isinstance(fault, OSError):
            return verdict("balancer.syntax.untried", program=self.text("kind"), reason=text(fault.strerror or str(fault), 120))
        return finding
