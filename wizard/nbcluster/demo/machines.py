"""What rehearsed nodes, their storage and their load balancer answer, before the first boot and in use."""

from __future__ import annotations

from collections.abc import Mapping

from nbcluster.demo import network
from nbcluster.demo.network import ALIEN, StageFindings
from nbcluster.facts import RABBITMQ_PLUGIN
from nbcluster.probe.base import Probe
from nbcluster.probe.findings import Finding, FindingValue, verdict

_SHARE = "files.example.com:/exports/nocobase"
_OTHER_SERVER = "Apache/2.4.62"


def node(asked: Probe) -> StageFindings:
    """Return what a node answers before its first boot: it refuses connections, so ``refused`` is not a fault here."""
    return {"port": verdict("node.port.closed", port=asked.port)}


def node_troubles(asked: Probe) -> Mapping[str, StageFindings]:
    """Return by word what a node answers otherwise."""
    there = "node.port.running" if _exists(asked) else "node.port.occupied"
    return {
        "silent": {"port": verdict("net.unanswered")},
        "unknown": {"port": network.UNKNOWN},
        "taken": {"port": verdict(there, port=asked.port)},
        "other": {"port": verdict("node.port.http", port=asked.port)},
        "ssh": {"port": verdict("node.port.alien", port=asked.port, seen=ALIEN)},
    }


def storage(asked: Probe) -> StageFindings:
    """Return what a folder answers on a share that this machine has mounted: one whose path names ``WORD.demo``."""
    return {
        "path": verdict("storage.path.ok", **_folder(asked, "nfs4"), free="412"),
        "mount": verdict("storage.mount.ok", kind="nfs4", options="rw,hard,vers=4.2", source=_SHARE),
        "files": verdict("storage.files.ok", mode="640", owner="0:0"),
        "contents": verdict("storage.contents.ok", plugins=0),
        # which variable the plugin reads is not published, and the demo does not pretend to know
        "variable": verdict("storage.variable.absent", plugin=RABBITMQ_PLUGIN),
    }


def storage_absent(asked: Probe) -> StageFindings:
    """Return what a folder answers that is not mounted on this machine."""
    return {"path": verdict("storage.path.absent", path=asked.text("path"))}


def storage_troubles(asked: Probe) -> Mapping[str, StageFindings]:
    """Return by word what a folder answers otherwise."""
    path, soft = asked.text("path"), "rw,soft,vers=4.2"
    return {
        "full": {"path": verdict("storage.path.full", **_folder(asked, "nfs4"), free="0.4")},
        "local": {"path": verdict("storage.path.local", **_folder(asked, "ext4"))},
        "readonly": {"path": verdict("storage.path.read_only", path=path)},
        "stale": {"path": verdict("storage.path.stale", path=path, reason="Stale file handle")},
        "soft": {"mount": verdict("storage.mount.soft", kind="nfs4", options=soft, source=_SHARE)},
        "squashed": {"files": verdict("storage.files.squashed", mode="640", owner="65534:65534", user="0")},
        "upgrading": {"contents": verdict("storage.contents.upgrading", file="storage/.upgrading")},
    }


def _folder(asked: Probe, kind: str) -> dict[str, FindingValue]:
    return {"path": asked.text("path"), "mount": "/srv", "kind": kind}


def balancer(asked: Probe) -> StageFindings:
    """Return what a name in ``.demo`` answers, behind which nothing serves yet."""
    return {
        "name": verdict("balancer.name.ok", addresses=network.ADDRESS),
        "port": verdict("balancer.port.free"),
        "certificate": verdict("balancer.certificate.elsewhere", file=asked.text("certificate")),
        "exposure": verdict("balancer.exposure.ok" if asked.text("certificate") else "balancer.exposure.plain"),
        "syntax": verdict("balancer.syntax.ok", program=asked.text("kind")),
    }


def balancer_unknown(_asked: Probe) -> StageFindings:
    """Return what any other name answers: nobody but the users' resolver knows it."""
    return {"name": verdict("balancer.name.unknown")}


def balancer_troubles(asked: Probe) -> Mapping[str, StageFindings]:
    """Return by word what a load balancer answers otherwise."""
    return {
        "unknown": balancer_unknown(asked),
        "silent": {"port": verdict("balancer.port.unreachable")},
        "taken": {"port": verdict("balancer.port.running", server="nginx") if _exists(asked) else _occupied()},
        "other": {"port": verdict("balancer.port.other", server=_OTHER_SERVER)},
        "ssh": {"port": verdict("balancer.port.strange", server="?")},
        "expired": {"certificate": verdict("balancer.certificate.expired", file=asked.text("certificate"))},
    }


def _occupied() -> Finding:
    return verdict("balancer.port.occupied", server="nginx")


def _exists(asked: Probe) -> bool:
    return asked.text("installation") == "existing"


def http(asked: Probe) -> StageFindings:
    """Return what a node or a load balancer of a running cluster answers."""
    base = asked.text("public_path").rstrip("/") + "/"
    return {
        **network.healthy(asked),
        "health": verdict("http.health.ok", path=base + "api/__health_check"),
        "websocket": verdict("http.websocket.ok", path=base + "ws"),
        "exposure": verdict("node.exposure.ok", address=network.ADDRESS, port=asked.port),
        "signin": verdict("balancer.signin.ok", origin=asked.text("public_url"), status=401),
        "same": verdict("node.same.ok", count=42, peer=asked.text("peer")),
    }


def http_troubles(asked: Probe) -> Mapping[str, StageFindings]:
    """Return by word what it answers otherwise."""
    starting = verdict("http.health.busy", state="APP_STARTING", reason="application is starting")
    return {**network.troubles(asked), "starting": {"health": starting}}
