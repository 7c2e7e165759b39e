"""Faults of a compose file, manifest or values file outside its variables (nocobase.md §12, §15)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from nbcluster.facts import REVIEWED, beside_reviewed, numbers_of
from nbcluster.lint.file import File
from nbcluster.lint.model import FAIL, WARN, Fault, Hit
from nbcluster.text import N_, _

_IMAGE = re.compile(
    r"^[ \t]*(?:-[ \t]+)?image:[ \t]*[\"']?[^\s\"'#]*nocobase[^\s\"'#]*:(v?[0-9]+\.[0-9]+[^\s\"'#]*|latest|main|beta|alpha)",
    re.MULTILINE,
)


def _holds(pattern: str) -> Callable[[File], Iterator[Hit]]:
    """Return the condition that a text holds something, found wherever it does."""
    expression = re.compile(pattern, re.MULTILINE)
    return lambda file: (file.where(match) for match in expression.finditer(file.text))


def _image(file: File) -> Iterator[Hit]:
    for match in _IMAGE.finditer(file.text):
        place, (earliest, latest) = beside_reviewed(match.group(1)), REVIEWED
        if not numbers_of(match.group(1)):
            message = _("the tag of the image moves: nodes that start on different days run different versions.")
        elif place < 0:
            message = _("the image is older than {earliest}, the earliest advised for a cluster (unconfirmed).")
        elif place > 0:
            message = _("the image is newer than {latest}, the last version that this program knows.")
        else:
            continue
        hint = _("Name one exact version, the same on every node: {earliest} or later.").format(earliest=earliest)
        yield replace(file.where(match), message=message.format(earliest=earliest, latest=latest), hint=hint)


FAULTS: tuple[Fault, ...] = (
    Fault(
        "health-query",
        FAIL,
        N_("A health path with a query"),
        N_(
            "The path has to end in __health_check; with a query the page of the application comes back with status 200, always healthy."
        ),
        N_("No query."),
        N_("the health path has a query: the application answers with a page instead of its health."),
        N_("End the path with /__health_check."),
        yaml=_holds(r"__health_check[?]"),
    ),
    Fault(
        "api-version",
        FAIL,
        N_("An API version that was removed"),
        N_("extensions/v1beta1 went with Kubernetes 1.22, traefik.containo.us with Traefik 3."),
        N_("networking.k8s.io/v1, traefik.io/v1alpha1."),
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
        N_("All nodes run one version; faults of cluster mode were mended up to 2.1.41 (unconfirmed as a minimum)."),
        N_("One exact version."),
        yaml=_image,
    ),
)
