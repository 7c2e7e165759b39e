"""What rehearsed nodes, their storage and their load balancer answer, before the first boot and in use."""

from __future__ import annotations

from collections.abc import Mapping

from nbcluster.demo import network
from nbcluster.demo.network import ALIEN, Table
from nbcluster.plugin import RABBITMQ_PLUGIN
from nbcluster.probe.base import Probe
from nbcluster.probe.findings import Finding, Value, error, fail, ok, skip, warn

_SHARE = "files.example.com:/exports/nocobase"
_OTHER_SERVER = "Apache/2.4.62"


def node(asked: Probe) -> Table:
    """Return what a node answers before its first boot: it refuses, so that ``refused`` is no trouble here."""
    return {"port": ok("node.port.closed", port=asked.port)}


def node_troubles(asked: Probe) -> Mapping[str, Table]:
    """Return by word what a node answers otherwise."""
    there = "node.port.running" if _exists(asked) else "node.port.occupied"
    return {
        "silent": {"port": error("net.unanswered")},
        "unknown": {"port": network.UNKNOWN},
        "taken": {"port": warn(there, port=asked.port)},
        "other": {"port": warn("node.port.http", port=asked.port)},
        "ssh": {"port": warn("node.port.alien", port=asked.port, seen=ALIEN)},
    }


def storage(asked: Probe) -> Table:
    """Return what a folder answers on a share that this machine has mounted: one whose path names ``WORD.demo``."""
    return {
        "path": ok("storage.path.ok", **_folder(asked, "nfs4"), free="412"),
        "mount": ok("storage.mount.ok", kind="nfs4", options="rw,hard,vers=4.2", source=_SHARE),
        "files": ok("storage.files.ok", mode="640", owner="0:0"),
        "contents": ok("storage.contents.ok", plugins=0),
        # which variable the plugin reads is published nowhere, and the tour does not pretend to know
        "variable": skip("storage.variable.absent", plugin=RABBITMQ_PLUGIN),
    }


def storage_absent(asked: Probe) -> Table:
    """Return what a folder answers that is not mounted on this machine."""
    return {"path": skip("storage.path.absent", path=asked.text("path"))}


def storage_troubles(asked: Probe) -> Mapping[str, Table]:
    """Return by word what a folder answers otherwise."""
    path, soft = asked.text("path"), "rw,soft,vers=4.2"
    return {
        "full": {"path": warn("storage.path.full", **_folder(asked, "nfs4"), free="0.4")},
        "local": {"path": warn("storage.path.local", **_folder(asked, "ext4"))},
        "readonly": {"path": warn("storage.path.read_only", path=path)},
        "stale": {"path": error("storage.path.stale", path=path, reason="Stale file handle")},
        "soft": {"mount": warn("storage.mount.soft", kind="nfs4", options=soft, source=_SHARE)},
        "squashed": {"files": warn("storage.files.squashed", mode="640", owner="65534:65534", user="0")},
        "upgrading": {"contents": warn("storage.contents.upgrading", file="storage/.upgrading")},
    }


def _folder(asked: Probe, kind: str) -> dict[str, Value]:
    return {"path": asked.text("path"), "mount": "/srv", "kind": kind}


def balancer(asked: Probe) -> Table:
    """Return what a name in ``.demo`` answers, behind which nothing serves yet."""
    return {
        "name": ok("balancer.name.ok", addresses=network.ADDRESS),
        "port": ok("balancer.port.free"),
        "certificate": skip("balancer.certificate.elsewhere", file=asked.text("certificate")),
        "syntax": ok("balancer.syntax.ok", program=asked.text("kind")),
    }


def balancer_unknown(_asked: Probe) -> Table:
    """Return what any other name answers: nobody but the users' resolver knows it."""
    return {"name": skip("balancer.name.unknown")}


def balancer_troubles(asked: Probe) -> Mapping[str, Table]:
    """Return by word what a load balancer answers otherwise."""
    return {
        "unknown": balancer_unknown(asked),
        "silent": {"port": skip("balancer.port.unreachable")},
        "taken": {"port": ok("balancer.port.running", server="nginx") if _exists(asked) else _occupied()},
        "other": {"port": warn("balancer.port.other", server=_OTHER_SERVER)},
        "ssh": {"port": warn("balancer.port.strange", server="?")},
        "expired": {"certificate": fail("balancer.certificate.expired", file=asked.text("certificate"))},
    }


def _occupied() -> Finding:
    return warn("balancer.port.occupied", server="nginx")


def _exists(asked: Probe) -> bool:
    return asked.text("installation") == "existing"


def http(asked: Probe) -> Table:
    """Return what a node or a load balancer of a running cluster answers."""
    base = asked.text("public_path").rstrip("/") + "/"
    return {
        **network.healthy(asked),
        "health": ok("http.health.ok", path=base + "api/__health_check"),
        "websocket": ok("http.websocket.ok", path=base + "ws"),
        "same": ok("node.same.ok", count=42, peer=asked.text("peer")),
    }


def http_troubles(asked: Probe) -> Mapping[str, Table]:
    """Return by word what it answers otherwise."""
    starting = warn("http.health.busy", state="APP_STARTING", reason="application is starting")
    return {**network.troubles(asked), "starting": {"health": starting}}
