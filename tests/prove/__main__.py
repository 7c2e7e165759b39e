"""``python -m tests.prove [PART...]``: the proof on real nodes; without parts all of it."""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.prove import application, machines, nights
from tests.prove.claims import Claims, NotRun
from tests.prove.clusters import Cluster, converted_cluster, new_cluster
from tests.prove.containers import docker_cluster, share_lost
from tests.services.process import services_folder, tool

PROGRAMS = {
    "mmdebstrap": "mmdebstrap",
    "systemd-nspawn": "systemd-container",
    "ip": "iproute2",
    "npm": "npm",
    "redis-server": "redis-server",
    "redis-cli": "redis-tools",
    "psql": "postgresql",
    "ssh": "openssh-client",
    "mkfs.ext4": "e2fsprogs",
    "openssl": "openssl",
}
INSIDE = "--inside"


def main(words: list[str]) -> int:
    """Install what is needed, enter namespaces of its own, and run the parts."""
    parts = words[2:] if INSIDE in words else words
    unknown = [part for part in parts if part not in PARTS]
    if unknown:
        print(f"prove: no part {', '.join(unknown)}; there are: {' '.join(PARTS)}", file=sys.stderr)
        return 2
    if os.geteuid() != 0:
        print("prove: booting machines takes root, on Debian 12", file=sys.stderr)
        return 2
    # The first process of a namespace gets only the signals that it handles; what was made is removed on the way out.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    home = services_folder().resolve() / "prove"
    if INSIDE in words:
        return run(parts or list(PARTS), home, Path(words[0]))
    home.mkdir(parents=True, exist_ok=True)
    try:
        with alone(home):
            return _prove(parts, home)
    except NotRun as reason:
        print(f"prove: {reason}", file=sys.stderr)
        return 2


@contextmanager
def alone(home: Path) -> Iterator[None]:
    """Hold what every proof of this folder uses: another one would unpack it anew beneath the machines of this one.

    Raises :class:`NotRun` where another proof holds it.
    """
    with (home / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as fault:
            raise NotRun(f"another proof uses {home}; wait for its end, or name another folder in TEST_SERVICES") from fault
        yield


def _prove(parts: list[str], home: Path) -> int:
    _packages()
    machines.build(home)
    application.install(home)
    spaces = ["unshare", "--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc"]
    folder = Path(tempfile.mkdtemp(prefix="nbc-prove-", dir="/var/tmp"))
    # PostgreSQL runs as an account of its own.
    folder.chmod(0o755)
    try:
        return subprocess.run(
            [*spaces, sys.executable, "-u", "-m", "tests.prove", str(folder), INSIDE, *parts], check=False
        ).returncode
    finally:
        # The mounts in it have gone with their namespace.
        shutil.rmtree(folder, ignore_errors=True)


def _packages() -> None:
    """Install the programs that are missing, from Debian, without starting a service of theirs."""
    path = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/sbin"])
    wanted = sorted({package for program, package in PROGRAMS.items() if shutil.which(program, path=path) is None})
    if not wanted:
        return
    print(f"prove: installing {' '.join(wanted)}", flush=True)
    policy = Path("/usr/sbin/policy-rc.d")
    made = not policy.exists()
    if made:
        policy.write_text("#!/bin/sh\nexit 101\n")
        policy.chmod(0o755)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    apt = ["apt-get", "-qq", "-o", "DPkg::Lock::Timeout=300", "-o", "Acquire::Retries=3"]
    try:
        subprocess.run([*apt, "update"], env=environment, check=True)
        subprocess.run(
            [*apt, "-y", "--no-install-recommends", "install", *wanted], env=environment, check=True, stdout=subprocess.DEVNULL
        )
    except (OSError, subprocess.CalledProcessError) as fault:
        raise NotRun(f"these packages of Debian could not be installed: {' '.join(wanted)} ({fault})") from fault
    finally:
        if made:
            policy.unlink()


def run(parts: list[str], home: Path, folder: Path) -> int:
    """Run parts in the namespaces that this process has to itself, with their disks in ``folder``; return the exit status."""
    if os.getpid() != 1:
        raise SystemExit(f"prove: {INSIDE} mounts over this system where it has no namespaces of its own")
    subprocess.run([tool("mount"), "--make-rprivate", "/"], check=True)
    # A network's name is a file here, which would stay in this system when the proof is killed.
    Path("/run/netns").mkdir(exist_ok=True)
    subprocess.run([tool("mount"), "-t", "tmpfs", "tmpfs", "/run/netns"], check=True)
    claims = Claims()
    for story in (_new, _conversion, _docker):
        wanted = [part for part in parts if PARTS[part] is story]
        if wanted:
            try:
                story(claims, folder / story.__name__.strip("_"), home, wanted)
            except NotRun as reason:
                claims.not_run(" ".join(wanted), str(reason))
    return claims.close()


def _new(claims: Claims, folder: Path, home: Path, parts: list[str]) -> None:
    with machines.lab(folder, home / "machine", home / "layer") as lab:
        cluster = _made(claims, lambda: new_cluster(lab, claims))
        for part in parts:
            night = nights.NIGHTS.get(part)
            if night is None:
                continue
            if cluster is None:
                claims.not_run(part, "there is no cluster")
            else:
                nights.spend(cluster, part, night)


def _conversion(claims: Claims, folder: Path, home: Path, parts: list[str]) -> None:
    with machines.lab(folder, home / "machine", home / "layer") as lab:
        converted_cluster(lab, claims)


def _docker(claims: Claims, folder: Path, home: Path, parts: list[str]) -> None:
    if not (services_folder() / "compose/.complete").is_file():
        for part in parts:
            claims.not_run(part, "docker compose is not there: make machines")
        return
    with machines.lab(folder, home / "machine", home / "layer") as lab:
        cluster = _made(claims, lambda: docker_cluster(lab, claims))
        for part in parts:
            if cluster is None:
                claims.not_run(part, "there is no cluster")
            else:
                nights.spend(cluster, part, share_lost)


def _made(claims: Claims, make: Callable[[], Cluster | None]) -> Cluster | None:
    failed = claims.failed
    cluster = make()
    return None if claims.failed > failed else cluster


Story = Callable[[Claims, Path, Path, list[str]], None]
PARTS: dict[str, Story] = {
    "new": _new,
    **dict.fromkeys(nights.NIGHTS, _new),
    "conversion": _conversion,
    "docker-share": _docker,
}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
