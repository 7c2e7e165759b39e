"""Faults of a compose file, manifest or values file outside its variables (nocobase.md §8, §12, §15, §19)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from nbcluster.answers.importer.sources import tag_of
from nbcluster.facts import HEALTH_PATH, REVIEWED, ROLE_VARIABLES, beside_reviewed, numbers_of
from nbcluster.lint.application import Application
from nbcluster.lint.cluster import pods
from nbcluster.lint.file import File
from nbcluster.lint.model import FAIL, WARN, Fault, Hit
from nbcluster.lint.names import KNOWN
from nbcluster.text import N_, _
from nbcluster.text.clean import clean


def _holds(pattern: str) -> Callable[[File], Iterator[Hit]]:
    """Return the condition that a text holds something, found wherever it does."""
    expression = re.compile(pattern, re.MULTILINE)
    return lambda file: (file.where(match) for match in expression.finditer(file.text))


def _place(found: Application, line: int, file: str, message: str = "") -> Hit:
    return Hit(clean(file or found.file, 400), line, "", message)


def _image(found: Application) -> Iterator[Hit]:
    image = found.setup.image
    tag = tag_of(image.value)[1]
    if not image or (not tag and "@" in image.value):
        return
    place, (earliest, latest) = beside_reviewed(tag), REVIEWED
    if not numbers_of(tag):
        message = _("the tag of the image moves: nodes that start on different days run different versions.")
    elif place < 0:
        message = _("the image is older than {earliest}, the earliest advised for a cluster (unconfirmed).")
    elif place > 0:
        message = _("the image is newer than {latest}, the last version that this program knows.")
    else:
        return
    hint = _("Name one exact version, the same on every node: {earliest} or later.").format(earliest=earliest)
    hit = _place(found, image.line, image.file, message.format(earliest=earliest, latest=latest))
    yield Hit(hit.file, hit.line, hit.name, hit.message, hint)


def _rolling(found: Application) -> Iterator[Hit]:
    rolling = found.setup.scale.rolling
    if rolling and pods(found) > 1:
        yield _place(found, rolling.line, rolling.file)


def _killed_at_work(found: Application) -> Iterator[Hit]:
    probe = found.setup.scale.liveness
    if probe.value.partition("?")[0].rstrip("/").endswith(HEALTH_PATH.rpartition("/")[2]):
        message = _(
            "the liveness probe asks the health path, which answers 503 while NocoBase starts, upgrades or enables a plugin."
        )
        if not found.setup.scale.patient:
            message += " " + _("No startupProbe waits for the first start.")
        yield _place(found, probe.line, probe.file, message)


def _injected(found: Application) -> Iterator[Hit]:
    for service in found.setup.scale.services:
        word = service.value.upper().replace("-", "_")
        for name in (f"{word}_PORT", f"{word}_SERVICE_HOST", f"{word}_SERVICE_PORT"):
            if name in KNOWN and found.lacks(name):
                message = _(
                    "Kubernetes sets {name} to tcp://… in every pod because of the Service of this name, and NocoBase reads it."
                )
                yield _place(found, service.line, service.file, message.format(name=name))


def _evicting(found: Application) -> Iterator[Hit]:
    roles = {role: found.addresses.get(name) for role, name in ROLE_VARIABLES.items() if role != "cache"}
    used = {url.host for url in roles.values() if url is not None}
    told: set[int] = set()
    for host, policy in found.setup.scale.evicting:
        if host in used and policy.line not in told:
            told.add(policy.line)
            yield _place(found, policy.line, policy.file)


FAULTS: tuple[Fault, ...] = (
    Fault(
        "health-query",
        FAIL,
        N_("A health path with a query"),
        N_(
            "The path has to end in __health_check; with a query the page of the application comes back with status 200, always healthy."
        ),
        N_("the health path has a query: the application answers with a page instead of its health."),
        N_("End the path with /__health_check."),
        yaml=_holds(r"__health_check[?]"),
        observed="200 and a page of HTML",
    ),
    Fault(
        "api-version",
        FAIL,
        N_("An API version that was removed"),
        N_("extensions/v1beta1 went with Kubernetes 1.22, traefik.containo.us with Traefik 3."),
        N_("Kubernetes 1.22 and Traefik 3 have removed this API version."),
        N_("Use networking.k8s.io/v1 for an Ingress, traefik.io/v1alpha1 for Traefik's own kinds."),
        yaml=_holds(
            r"^[ \t]*apiVersion:[ \t]*[\"']?(?:extensions/v1beta1|networking\.k8s\.io/v1beta1|traefik\.containo\.us/)",
        ),
    ),
    Fault(
        "image-version",
        WARN,
        N_("An image that is old, or moves"),
        N_("All nodes run one version; faults of cluster mode were fixed up to 2.1.41 (unconfirmed as a minimum)."),
        remedy=N_("One exact version."),
        variables=_image,
    ),
    Fault(
        "rolling-update",
        WARN,
        N_("A rolling update of several pods"),
        N_("Two versions then run beside each other on one database; NocoBase wants all nodes stopped for an upgrade."),
        N_("a rolling update runs two versions beside each other on one database."),
        N_("Write strategy: {type: Recreate}, and upgrade with one pod first."),
        variables=_rolling,
        clustered=True,
    ),
    Fault(
        "liveness",
        WARN,
        N_("A liveness probe on the health path"),
        N_(
            "The path answers 503 at every start and while a plugin is enabled or an upgrade runs: a pod that is given less than a minute is killed at work."
        ),
        remedy=N_(
            "The health path for readiness; startupProbe and livenessProbe by TCP, or a probe that looks at the cause of the 503."
        ),
        hint=N_("Use the path for the readinessProbe, and let startupProbe and livenessProbe open the port by tcpSocket."),
        variables=_killed_at_work,
        observed="503 APP_COMMANDING",
    ),
    Fault(
        "service-links",
        FAIL,
        N_("A Service whose name makes Kubernetes set a variable of NocoBase"),
        N_(
            "For a Service named app or db each pod gets APP_PORT or DB_PORT=tcp://ADDRESS:PORT, unless the container sets the variable itself."
        ),
        remedy=N_("enableServiceLinks: false in the pod, another name for the Service, or the variable set."),
        hint=N_("Write enableServiceLinks: false into the pod's spec, or set the variable yourself."),
        variables=_injected,
    ),
    Fault(
        "redis-eviction",
        WARN,
        N_("A Redis that drops keys when its memory is full"),
        N_("The cache survives that; locks, sync signals, queued work and worker ids do not (unconfirmed for each plugin)."),
        N_("this Redis drops keys when its memory is full, and more than the cache lies in it."),
        N_("Write --maxmemory-policy noeviction, or give the cache a Redis of its own."),
        variables=_evicting,
        clustered=True,
    ),
)
