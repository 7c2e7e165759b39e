"""A Debian booted by systemd in a container of namespaces: commands in it, power cuts, boots.

Each machine is a disposable layer over one image, which ``tests/machines/install.sh`` makes. It has an address of its own in a ``Network``
and no other way out. A power cut kills every process at once; what was written stays, as on a disk that lost nothing, and /run and /tmp are
gone, as after a real one.
"""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.machines.installed import program, unpacked
from tests.machines.network import Network
from tests.machines.possible import hierarchies
from tests.services.process import Server, environment

_CLEAN = ("env", "-i", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root", "LANG=C.UTF-8")
# What a container engine in the machine needs and nspawn refuses by itself.
_CALLS = "@keyring bpf"
# What would reach the system around it: its clock, its modules, its memory.
_DROPPED = "CAP_SYS_MODULE,CAP_SYS_RAWIO,CAP_SYS_TIME"


def wait_for(what: str, ready: Callable[[], object], seconds: float, say: Callable[[], str] = str) -> None:
    """Wait until ``ready()``; what does not come true in time fails the test with ``what`` and what ``say()`` returns."""
    end = time.monotonic() + seconds
    while not ready():
        assert time.monotonic() < end, f"not within {seconds} s: {what}\n{say()}"
        time.sleep(0.1)


@dataclass
class Machine:
    """One machine: its disk is there from the start, its processes between ``boot`` and ``power_cut``."""

    name: str
    address: str
    network: Network
    folder: Path
    binds: Mapping[Path, str] = field(default_factory=dict)
    """Folders of this system that the machine sees, read only."""
    _nspawn: Server | None = None
    _leader: int = 0

    @property
    def root(self) -> Path:
        """The machine's disk as seen from outside; files are put there before it boots, too."""
        return self.folder / "root"

    @property
    def layer(self) -> Path:
        """What this machine's disk has beyond the image."""
        return self.folder / "upper"

    @property
    def label(self) -> str:
        """The machine's name among the control groups of this system."""
        return f"{self.network.name}-{self.name}"

    @property
    def is_on(self) -> bool:
        return self._nspawn is not None and self._nspawn.process.poll() is None

    def write(self, path: str, text: str | bytes, mode: int = 0o644) -> None:
        """Write a file of the machine, its folders too."""
        file = self.root / path.lstrip("/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode() if isinstance(text, str) else text)
        file.chmod(mode)

    def boot(self, seconds: float = 60) -> None:
        """Turn the machine on and wait until systemd has started what belongs to the boot."""
        self.turn_on()
        wait_for("the machine has booted", self._is_up, seconds, self.said)

    def turn_on(self, seconds: float = 30) -> None:
        """Turn the machine on without waiting for the end of its boot; commands can be run when this returns."""
        assert not self.is_on, "the machine is on"
        namespace = self.network.plug_in(self.name, self.address)
        groups = [group / self.label for group in hierarchies()]
        for group in groups:
            group.mkdir(exist_ok=True)
        joined = "".join(f"echo $$ > {shlex.quote(str(group / 'cgroup.procs'))} && " for group in groups)
        words = [
            program("systemd-nspawn"),
            *(f"--directory={self.root}", f"--machine={self.name}", "--boot", "--quiet"),
            *("--register=no", "--keep-unit", "--console=read-only", "--resolv-conf=off", "--timezone=off", "--link-journal=no"),
            *(f"--network-namespace-path={namespace}", "--capability=all", f"--drop-capability={_DROPPED}"),
            f"--system-call-filter={_CALLS}",
            *(f"--bind-ro={source}:{target}" for source, target in self.binds.items()),
        ]
        # One hierarchy for all in the machine, as today's systems have it, whatever this one has.
        env = environment({"SYSTEMD_NSPAWN_UNIFIED_HIERARCHY": "1", "SYSTEMD_NSPAWN_API_VFS_WRITABLE": "network"})
        # It ends with the tests, however they end.
        held = [program("setpriv"), "--pdeathsig", "KILL", "--", program("sh"), "-c", f"{joined}exec {shlex.join(words)}"]
        self._nspawn = Server.start(held, self.folder / "console", env)
        wait_for("the machine has a first process", self._has_leader, seconds, self.said)
        wait_for(
            "systemd listens",
            lambda: self.run("systemctl show --property=Version", check=False).returncode == 0,
            seconds,
            self.said,
        )

    def power_cut(self) -> None:
        """Kill every process of the machine at once."""
        assert self._nspawn is not None, "the machine is off"
        if self.is_on and self._leader:
            os.kill(self._leader, signal.SIGKILL)
        try:
            self._nspawn.process.wait(20)
        except subprocess.TimeoutExpired:
            self._nspawn.stop(how=signal.SIGKILL)
        self._nspawn, self._leader = None, 0
        for group in hierarchies():
            wait_for("the machine's processes are gone", lambda group=group: _without_group(group / self.label), 20)  # type: ignore[misc]
        self.network.unplug(self.name)

    def run(self, command: str, seconds: float = 60, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run a line of shell in the machine as root; with ``check`` a status that is not 0 fails the test and shows what was said."""
        done = subprocess.run(
            self.enter("sh", "-c", command),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )
        assert not check or done.returncode == 0, f"{command}\nstatus {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done

    def out(self, command: str, seconds: float = 60) -> str:
        """Run a line of shell and return what it printed, without blanks around it."""
        return self.run(command, seconds).stdout.strip()

    def enter(self, *words: str) -> list[str]:
        """Return a command that runs another one in the machine."""
        assert self._leader, "the machine is off"
        spaces = ("--mount", "--uts", "--ipc", "--net", "--pid", "--cgroup", "--root", "--wd")
        return [program("nsenter"), f"--target={self._leader}", *spaces, "--", *_CLEAN, *words]

    def outside(self, command: str) -> None:
        """Run a line of shell on the machine's disk while the machine is off, as an installer does."""
        words = [program("chroot"), str(self.root), *_CLEAN, "sh", "-c", command]
        done = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, f"{command}\n{done.stderr}"

    def shows(self, unit: str, *properties: str) -> dict[str, str]:
        """Return properties of a unit as systemd shows them."""
        lines = self.out(f"systemctl show {shlex.quote(unit)} --property={','.join(properties)}").splitlines()
        return dict(line.split("=", 1) for line in lines if "=" in line)

    def journal(self, unit: str) -> str:
        """Return what a unit said in this boot."""
        return self.out(f"journalctl --boot --no-pager --output=short-unix --unit={shlex.quote(unit)}")

    def wait(self, what: str, command: str, seconds: float = 60) -> None:
        """Wait until a line of shell succeeds in the machine."""
        wait_for(what, lambda: self.run(command, check=False).returncode == 0, seconds, self.said)

    def said(self) -> str:
        """Return the end of the console and of the journal, for a test that fails."""
        console = self.folder / "console"
        text = console.read_text(errors="replace")[-1500:] if console.exists() else ""
        journal = self.run("journalctl --boot --no-pager --lines=40", check=False).stdout if self.is_on and self._leader else ""
        return f"{text}\n{journal}"

    def _has_leader(self) -> bool:
        assert self._nspawn is not None
        assert self.is_on, self.said()
        children = Path(f"/proc/{self._nspawn.process.pid}/task/{self._nspawn.process.pid}/children").read_text().split()
        for child in children:
            try:
                status = Path(f"/proc/{child}/status").read_text()
            except OSError:
                continue
            names = next((line.split()[1:] for line in status.splitlines() if line.startswith("NSpid:")), [])
            if names[1:] == ["1"]:
                self._leader = int(child)
        return self._leader != 0

    def _is_up(self) -> bool:
        assert self.is_on, self.said()
        return self.run("systemctl is-system-running", check=False).stdout.strip() in ("running", "degraded")


@contextmanager
def machine(
    name: str, address: str, network: Network, binds: Mapping[Path, str] | None = None, layers: tuple[Path, ...] = ()
) -> Iterator[Machine]:
    """Make a machine, which is off, on a fresh layer over the image and over what other machines left; it is gone afterwards.

    ``layers`` are ``Machine.layer`` of machines that are off, the uppermost first.
    """
    lower = ":".join(map(str, (*layers, unpacked("machine"))))
    folder = Path(tempfile.mkdtemp(prefix=f"{network.name}-{name}-", dir="/var/tmp"))
    made = Machine(name, address, network, folder, binds or {})
    for part in ("root", "upper", "work"):
        (folder / part).mkdir()
    options = f"lowerdir={lower},upperdir={folder / 'upper'},workdir={folder / 'work'},redirect_dir=on"
    try:
        subprocess.run(
            [program("mount"), "-t", "overlay", "overlay", "-o", options, str(made.root)],
            capture_output=True,
            timeout=30,
            check=True,
        )
        made.write("/etc/hostname", f"{name}\n")
        made.write("/etc/hosts", f"127.0.0.1 localhost\n{address} {name}\n")
        yield made
    finally:
        try:
            if made._nspawn is not None:
                made.power_cut()
        finally:
            subprocess.run([program("umount"), str(made.root)], capture_output=True, timeout=30, check=False)
            if not made.root.is_mount():
                shutil.rmtree(folder)


def _without_group(group: Path) -> bool:
    """Remove a control group with those in it; tells whether it is gone."""
    if not group.exists():
        return True
    for folder, _folders, _files in os.walk(group, topdown=False):
        try:
            Path(folder).rmdir()
        except OSError:
            return False
    return True
