"""sshd for the session, a cluster for each file."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ansible.cluster import Cluster
from tests.ansible.sshd import Sshd
from tests.services.process import remove, short_folder, tool


@pytest.fixture(scope="session")
def control() -> Iterator[Path]:
    """Folder for the sockets of ssh, whose paths must be short; open connections end with the session."""
    folder = short_folder("ssh")
    yield folder
    for socket in folder.iterdir():
        words = [tool("ssh"), "-F", "/dev/null", "-S", str(socket), "-O", "exit", "node"]
        subprocess.run(words, capture_output=True, timeout=30, check=False)
    remove(folder)


@pytest.fixture(scope="session")
def sshd(control: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sshd]:
    """Three sshd on loopback, which end after the connections of the clients."""
    servers = Sshd(tmp_path_factory.mktemp("sshd"), 3)
    try:
        servers.start()
        yield servers
    finally:
        servers.stop()


@pytest.fixture(scope="module")
def cluster(sshd: Sshd, control: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Three nodes with the files of a host."""
    made = Cluster(tmp_path_factory.mktemp("cluster"), sshd, control)
    yield made
    made.stop()
