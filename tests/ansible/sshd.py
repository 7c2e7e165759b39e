"""Real sshd processes on loopback ports, one for each node, as the account that runs the tests."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from tests.services.process import Server, accepts, free_ports, tool

# The folder in which sshd, started by root, shuts itself in before anybody signed in; a boot's scripts make it.
SEPARATION = Path("/run/sshd")


class Sshd:
    """Host key, client key and configuration in one folder; ``options`` make a client trust them."""

    def __init__(self, folder: Path, count: int) -> None:
        self.folder = folder
        self.ports = [free_ports() for _ in range(count)]
        self._servers: list[Server] = []

    @property
    def options(self) -> str:
        """Options for ssh: this key, these hosts, nothing of the account's own configuration."""
        return (
            f"-F /dev/null -i {self.folder}/client -o IdentitiesOnly=yes -o StrictHostKeyChecking=no "
            f"-o UserKnownHostsFile={self.folder}/known -o LogLevel=ERROR"
        )

    def start(self) -> None:
        """Make the keys and start the servers."""
        if os.geteuid() == 0:
            SEPARATION.mkdir(mode=0o755, exist_ok=True)
        for name in ("host", "client"):
            words = [tool("ssh-keygen"), "-q", "-t", "ed25519", "-N", "", "-f", str(self.folder / name)]
            subprocess.run(words, check=True, capture_output=True, timeout=30)
        (self.folder / "authorized").write_bytes((self.folder / "client.pub").read_bytes())
        for port in self.ports:
            config = self.folder / f"{port}.conf"
            config.write_text(
                f"Port {port}\nListenAddress 127.0.0.1\nHostKey {self.folder}/host\nPidFile none\nUsePAM no\nStrictModes no\n"
                f"AuthorizedKeysFile {self.folder}/authorized\nPasswordAuthentication no\nPermitRootLogin prohibit-password\n"
                f"MaxStartups 100\nSubsystem sftp internal-sftp\n"
                # bash, one level deep, reads no start-up files of the account
                "SetEnv SHLVL=3\n"
            )
            server = Server.start([tool("sshd"), "-D", "-e", "-f", str(config)], self.folder / f"{port}.log")
            self._servers.append(server)
            server.wait_for(lambda port=port: accepts("127.0.0.1", port), 10)  # type: ignore[misc]  # the port of this round

    def stop(self) -> None:
        """End the servers; a session that is open ends with its client."""
        for server in self._servers:
            server.stop()
