"""What every probe has: its parameters, its clock, its connection, and one method a stage."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from nbcluster.answers.targets import parameter
from nbcluster.probe import faults
from nbcluster.probe.findings import Finding, text, verdict
from nbcluster.probe.link import (
    Clock,
    Link,
    Memory,
    Trust,
    connect,
    encrypt,
    is_loopback,
    is_private,
    judge_certificate,
    open_link,
    trust_of,
)

PAUSE_SECONDS = 0.25
RESERVE_SECONDS = 1.2
"""How much of the time has to be left for one more look, with what follows it."""


class Probe:
    """One target under test; a stage is the method of that name.

    ``loopback`` tells whether an address is this machine's own.
    """

    loopback: Callable[[str], bool] = staticmethod(is_loopback)
    language = ""
    """The finding that a server speaks what this probe does."""

    def __init__(self, params: Mapping[str, object], seconds: float) -> None:
        self.params = params
        self.clock = Clock(seconds)
        self.memory = Memory()
        self.link: Link | None = None
        self.address = ""
        """The address that was reached; it stays where the server has closed the connection since."""

    def text(self, name: str) -> str:
        """Return a parameter as text; empty where it is not given."""
        value = parameter(self.params, name)
        return "" if value is None else str(value)

    def number(self, name: str) -> int:
        """Return a parameter as a number; 0 where it is not given."""
        value = parameter(self.params, name)
        return value if isinstance(value, int) else 0

    def flag(self, name: str) -> bool:
        """Tell whether a parameter is given and neither empty nor no."""
        return bool(parameter(self.params, name))

    @property
    def host(self) -> str:
        """The host as it was typed."""
        return self.text("host")

    @property
    def port(self) -> int:
        return self.number("port")

    @property
    def private(self) -> bool:
        """Whether a password may go over the connection as it is."""
        return self.link is not None and is_private(self.link, self.loopback)

    @property
    def at_home(self) -> bool:
        """Whether the connection does not leave this machine."""
        return self.loopback(self.address)

    def stages(self) -> dict[str, Callable[[], Finding]]:
        """Return the methods by stage."""
        raise NotImplementedError

    def settles(self) -> bool:
        """Wait a little and tell whether to look once more: a cluster that was just started is given the time that there is."""
        if not self.flag("wait") or self.clock.left() < RESERVE_SECONDS:
            return False
        time.sleep(PAUSE_SECONDS)
        return True

    def reach(self) -> Finding:
        """Open the TCP connection that all later stages use."""
        while True:
            try:
                self.link = connect(self.host, self.port, self.clock)
                break
            except ConnectionRefusedError:
                if not self.settles():
                    raise
        self.memory, self.address = self.link.memory, str(self.link.getpeername()[0])
        return verdict("net.reached", address=self.address)

    def tls(self) -> Finding:
        self.link = secured = encrypt(self.link, self.server_name, self.trust())
        return judge_certificate(secured)

    @property
    def server_name(self) -> str:
        """The name that the server's certificate has to have."""
        return self.host

    def trust(self) -> Trust:
        """Return whom NocoBase will trust; raises ``Stop`` where the file of authorities cannot be read."""
        return trust_of(self.text("ca_file"))

    def another_link(self) -> Link:
        """Open a connection of the same kind beside the first. Raises ``OSError``."""
        return open_link(self.host, self.port, self.clock, self.trust() if self.flag("tls") else None, self.server_name)

    def judge(self, stage: str, fault: BaseException) -> Finding:
        """Return the verdict on an exception that ended a stage."""
        finding = faults.judge(fault, self.memory, self.language)
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
