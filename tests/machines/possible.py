"""Whether machines can be booted here: ``python -m tests.machines.possible`` prints one line that says why not, with status 1."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

_NAMESPACES = "unshare --mount --net --pid --ipc --uts --cgroup --fork true"
_OVERLAY = """unshare --mount sh -ec '
mount -t tmpfs none /mnt
mkdir /mnt/lower /mnt/upper /mnt/work /mnt/root
mount -t overlay overlay -o lowerdir=/mnt/lower,upperdir=/mnt/upper,workdir=/mnt/work /mnt/root
'"""
_LINK = """unshare --net sh -ec '
ip link add one type veth peer name two
ip link add three type bridge
'"""


def why_not() -> str:
    """Return why no machine can be booted here, "" where one can."""
    if os.geteuid() != 0:
        return "booting a machine takes root"
    if shutil.which("apt-get") is None or "bookworm" not in _read("/etc/os-release"):
        return "the machines are installed by the packages of Debian 12, which this system is not"
    for command, what in (
        (_NAMESPACES, "this system allows no namespaces"),
        (_OVERLAY, "this system allows no overlay mount"),
        (_LINK if shutil.which("ip") else "true", "this system allows no links between network namespaces"),
    ):
        done = subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True, timeout=60, check=False)
        if done.returncode:
            return f"{what}: {' '.join(done.stderr.split())[:200]}"
    return _without_groups()


def _without_groups() -> str:
    for hierarchy in hierarchies():
        group = hierarchy / f"nbc-possible-{os.getpid()}"
        try:
            group.mkdir()
            group.rmdir()
        except OSError as error:
            return f"this system allows no control groups of one's own: {error}"
    return "" if hierarchies() else "no control groups are mounted that systemd could use"


def hierarchies() -> list[Path]:
    """Return where the control groups are whose tree systemd keeps: the unified one, and systemd's own on an older system."""
    found = []
    for line in _read("/proc/self/mountinfo").splitlines():
        before, _, after = line.partition(" - ")
        kind, _source, options = after.split(" ", 2)
        if kind == "cgroup2" or (kind == "cgroup" and "name=systemd" in options.split(",")):
            found.append(Path(before.split()[4]))
    return found


def _read(path: str) -> str:
    try:
        return Path(path).read_text("utf-8", errors="replace")
    except OSError:
        return ""


def main() -> int:
    """Print the reason, if there is one."""
    reason = why_not()
    if reason:
        print(reason)
    return int(bool(reason))


if __name__ == "__main__":
    sys.exit(main())
