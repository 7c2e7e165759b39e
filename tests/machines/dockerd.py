"""A real Docker on a booted machine: its daemon under systemd, docker compose, and an image that stands in for NocoBase's."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.machines.booted import machine
from tests.machines.installed import unpacked
from tests.machines.network import Network
from tests.machines.node import STANDIN

IMAGE = "nocobase/nocobase:2.2.15"
# Neither rules of a firewall nor a bridge for all: what is made in a container of namespaces is less than a machine of its own has.
_SETTINGS = {"storage-driver": "vfs", "iptables": False, "ip6tables": False, "bridge": "none"}
_FOLDER = "/opt/image"
# The stand-in takes a shell, and Node with what it is linked to.
_FILL = f"""
set -e
mkdir -p {_FOLDER}/bin {_FOLDER}/usr/bin {_FOLDER}/usr/share {_FOLDER}/app {_FOLDER}/"tmp"
cp /bin/busybox {_FOLDER}/bin/
for name in sh cat touch rm; do ln -s busybox {_FOLDER}/bin/$name; done
cp /usr/bin/node {_FOLDER}/usr/bin/
cp -rL /usr/share/nodejs {_FOLDER}/usr/share/
ldd /usr/bin/node | grep -o '/[^ ]*' | while read -r file; do
  mkdir -p {_FOLDER}$(dirname $file)
  cp -L $file {_FOLDER}$file
done
"""


@contextmanager
def docker_host(network: Network) -> Iterator[Path]:
    """Prepare a machine with Docker and the image; yields its layer, for machines that begin as it ends."""
    with machine("docker", "10.77.0.200", network) as made:
        made.write("/etc/docker/daemon.json", json.dumps(_SETTINGS))
        compose = (unpacked("compose") / "docker-compose").read_bytes()
        made.write("/usr/libexec/docker/cli-plugins/docker-compose", compose, 0o755)
        made.outside(_FILL)
        made.write(f"{_FOLDER}/usr/bin/yarn", (STANDIN / "yarn").read_bytes(), 0o755)
        made.write(f"{_FOLDER}/usr/local/lib/application.js", (STANDIN / "application.js").read_bytes())
        made.boot()
        made.run("systemctl enable --now docker 2>&1")
        made.run(f"tar -C {_FOLDER} -c . | docker import --change 'WORKDIR /app' - {IMAGE} && rm -rf {_FOLDER}", seconds=120)
        made.run("systemctl stop docker docker.socket containerd 2>&1 && rm -f /etc/hostname /etc/hosts && sync")
        made.power_cut()
        yield made.layer
