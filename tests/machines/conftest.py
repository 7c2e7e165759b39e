"""The network of the session, and the proof that nothing is left of it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.machines.network import Network, network
from tests.machines.node import Servers


@pytest.fixture(scope="session")
def switch() -> Iterator[Network]:
    """One network for all machines; afterwards no process, mount, control group or namespace of it is left."""
    with network() as made:
        yield made
    left = leftovers(made.name)
    assert left == [], left


@pytest.fixture
def servers(switch: Network, tmp_path: Path) -> Iterator[Servers]:
    """Redis and the database of the nodes, started."""
    made = Servers(switch, tmp_path)
    made.start()
    yield made
    made.stop()


def leftovers(name: str) -> list[str]:
    """Return what is left of a network and its machines in this system."""
    found = [str(path) for path in Path("/run/netns").glob(f"{name}*")]
    found += [folder for folder, _folders, _files in os.walk("/sys/fs/cgroup") if Path(folder).name.startswith(name)]
    found += [line for line in Path("/proc/self/mounts").read_text().splitlines() if name in line]
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes().decode(errors="replace") + (process / "cgroup").read_text()
        except OSError:
            continue
        if name in words:
            found.append(f"{process.name} {words!r}")
    return found
