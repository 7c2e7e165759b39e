"""Nodes in containers: Docker on each machine, and an image made of the same application, in the place of NocoBase's own."""

from __future__ import annotations

import json
import subprocess
import time
from pathlib import Path

from tests.machines.booted import Machine
from tests.machines.installed import unpacked
from tests.prove import application
from tests.prove.claims import Claims, NotRun, Refuted, expect, wait
from tests.prove.clusters import EMAIL, Cluster, installed, prepared
from tests.prove.machines import STORAGE, Lab, mount
from tests.prove.users import node_url
from tests.services.process import tool

IMAGE = f"nocobase/nocobase:{application.VERSION}"
CHANGES = ("WORKDIR /app/nocobase", "ENV NOCOBASE_RUNNING_IN_DOCKER=true", "ENV APP_ENV=production")
"""What the official image says of itself, too (nocobase.md §8)."""
NOT_IN_IT = (
    "usr/bin/docker*",
    "usr/sbin/dockerd",
    "usr/bin/containerd*",
    "usr/bin/ctr",
    "usr/sbin/runc",
    "var/lib/*",
    "boot",
    "dev/*",
    "proc/*",
)


def docker_cluster(lab: Lab, claims: Claims) -> Cluster | None:
    """Make a new cluster of containers by the blocks of its runbook; None where the image cannot be had."""
    title, made = "docker", False
    cluster = prepared(lab, claims, "new", f'[admin]\nemail = "{EMAIL}"', deployment="docker", title=title)
    with claims.claim(f"{title}: Docker runs on both machines and has the image"):
        for number, node in enumerate(cluster.nodes.values(), 1):
            _docker(lab, node, number)
        made = True
    if not made:
        return None
    installed(cluster, title)
    return cluster


def _docker(lab: Lab, node: Machine, number: int) -> None:
    # Without rules of a firewall: the containers of each machine have a network of their own, which the others have a route to.
    subnet = f"172.31.{number}.0/24"
    settings = {"iptables": False, "ip6tables": False, "default-address-pools": [{"base": subnet, "size": 28}]}
    node.write("/etc/docker/daemon.json", json.dumps(settings))
    node.write("/usr/libexec/docker/cli-plugins/docker-compose", (unpacked("compose") / "docker-compose").read_bytes(), 0o755)
    node.run("systemctl enable --now docker 2>&1", 120)
    lab.net.run(tool("ip"), "route", "replace", subnet, "via", node.address)
    excluded = [f"--exclude=./{part}" for part in NOT_IN_IT]
    renamed = f"--transform=flags=r;s,^./{application.FOLDER},./app/nocobase,"
    pack = [tool("tar"), "-c", *excluded, renamed, "-C", str(_merged(lab)), "."]
    changes = [word for change in CHANGES for word in ("--change", change)]
    with subprocess.Popen(pack, stdout=subprocess.PIPE) as packing:
        words = node.enter("docker", "import", *changes, "-", IMAGE)
        done = subprocess.run(words, stdin=packing.stdout, capture_output=True, text=True, timeout=900, check=False)
    if done.returncode or packing.returncode:
        raise NotRun(f"no image could be made: {done.stderr.strip()[-300:]}")


def _merged(lab: Lab) -> Path:
    """Return the folder that shows Debian and the application as one."""
    folder = lab.folder / "image"
    merged = folder / "merged"
    if not folder.exists():
        for part in ("upper", "work", "merged"):
            (folder / part).mkdir(parents=True)
        layers = f"lowerdir={lab.layer}:{lab.image},upperdir={folder / 'upper'},workdir={folder / 'work'}"
        mount("-t", "overlay", "overlay", "-o", layers, str(merged))
        (merged / application.FOLDER / ".env.e2e").touch()
    return merged


def share_lost(cluster: Cluster) -> str:
    """Docker restarts while the share is not mounted: no container starts on the empty folder, and the share alone heals it."""
    node, server = cluster.nodes["node2"], cluster.lab.server
    node.run("systemctl stop docker docker.socket 2>&1", 120)
    wait(lambda: node.run(f"umount {STORAGE}", check=False).returncode == 0, 60, "the share is free")
    server.down()
    node.run("systemctl start docker", 120)
    time.sleep(30)
    left = node.out(f"ls -A {STORAGE}")
    running = node.out("docker ps --quiet")
    if left or running or cluster.users.healthy(node_url("node2")):
        raise Refuted(f"a container runs without the share: {running or 'none'}, in the empty folder: {left or 'nothing'}")
    expect(cluster.users.save(), "users cannot work on the other node")
    named = cluster.names("node.node2")
    server.up()
    return f"{named}; {cluster.healed(time.monotonic())}"
