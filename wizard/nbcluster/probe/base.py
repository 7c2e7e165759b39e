"""What every probe has: its parameters, its clock, its connection, and one method a stage."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from nbcluster.probe import faults, net
from nbcluster.probe.findings import Finding, text, verdict


class Probe:
    """One target under test; a stage is the method of that name.

    ``loopback`` tells whether an address is this machine's own.
    """

    loopback: Callable[[str], bool] = staticmethod(net.is_loopback)

    def __init__(self, params: Mapping[str, object], seconds: float) -> None:
        self.params = params
        self.clock = net.Clock(seconds)
        self.memory = net.Memory()
        self.link: net.Link | None = None

    def text(self, name: str) -> str:
        """Return a parameter as text; empty where it is not given."""
        value = self.params.get(name)
        return "" if value is None else str(value)

    def number(self, name: str) -> int:
        """Return a parameter as number; 0 where it is not given."""
        value = self.params.get(name)
        return value if isinstance(value, int) else 0

    @property
    def host(self) -> str:
        """The host as it was typed."""
        return self.text("host")

    @property
    def port(self) -> int:
        """The TCP port."""
        return self.number("port")

    @property
    def private(self) -> bool:
        """Whether a password may go over the connection as it is."""
        return self.link is not None and net.is_private(self.link, self.loopback)

    def stages(self) -> dict[str, Callable[[], Finding]]:
        """Return the methods by stage."""
        raise NotImplementedError

    def reach(self) -> Finding:
        """Open the TCP connection that all later stages use."""
        self.link = net.connect(self.host, self.port, self.clock)
        self.memory = self.link.memory
        return verdict("net.reached", address=str(self.link.getpeername()[0]))

    def tls(self) -> Finding:
        """Start TLS on it."""
        assert isinstance(self.link, net.PlainSocket)
        trust = net.context(self.text("ca_file"))
        net.TlsSocket.memory = self.memory
        secured = net.encrypt(self.link, self.host, trust)
        self.link = secured
        return net.judge_certificate(secured)

    def judge(self, stage: str, fault: BaseException) -> Finding:
        """Return the verdict on an exception that ended a stage."""
        finding = faults.judge(fault, self.memory.first)
        if finding.code not in ("probe.deadline", "net.silent", "net.stalled", "net.closed"):
            return finding
        if self.link is None:
            return finding if finding.code == "net.closed" else verdict("net.unanswered")
        if stage == "tls":
            return verdict("tls.closed" if finding.code == "net.closed" else "tls.silent")
        if finding.code == "net.closed":
            return finding
        return verdict("net.stalled", seen=text(self.memory.first, 60)) if self.memory.first else verdict("net.silent")

    def close(self) -> None:
        """Leave the server without a trace."""
        if self.link is not None:
            self.link.close()
