"""Kubernetes manifests: ConfigMaps, Secrets and the ``env`` of containers; Helm values, wherever they keep the same variables."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Sequence
from dataclasses import replace

from nbcluster.importer.sources.model import KNOWN_NAMES, Kind, Place, Setting, Source
from nbcluster.importer.sources.yamlfile import (
    Node,
    child,
    is_mapping,
    is_null,
    is_scalar,
    is_sequence,
    is_text,
    items,
    line_of,
    pairs,
    text_of,
)

_DEEPEST = 30


def is_manifest(root: Node) -> bool:
    """Tell whether a document is a Kubernetes object."""
    return bool(text_of(child(root, "apiVersion")) and text_of(child(root, "kind")))


def read_manifests(roots: Sequence[Node]) -> Source:
    """Return the variables of all objects of a file as one application's; what a container sets itself holds."""
    settings: list[Setting] = []
    own: list[Setting] = []
    unread: list[tuple[int, str]] = []
    objects = [part for root in roots for part in _objects(root)]
    held = {(text_of(child(o, "kind")), text_of(child(o, "metadata", "name"))) for o in objects}
    for part in objects:
        kind = text_of(child(part, "kind"))
        if kind == "ConfigMap":
            settings += _entries(child(part, "data"), Place.CONFIG_MAP)
        elif kind == "Secret":
            settings += _decoded(child(part, "data"))
            settings += _entries(child(part, "stringData"), Place.SECRET)
        owner = f"{kind} {text_of(child(part, 'metadata', 'name'))}"
        for container in _containers(part):
            for reference in items(child(container, "envFrom")):
                for key, of in (("configMapRef", "ConfigMap"), ("secretRef", "Secret")):
                    name = text_of(child(reference, key, "name"))
                    if name and (of, name) not in held:
                        unread.append((line_of(reference), f"{of} {name}"))
            own += [replace(s, owner=owner) for s in _env(child(container, "env"), Place.ENVIRONMENT)]
    named = tuple(f"{kind} {name}" for kind, name in sorted(held) if kind in ("ConfigMap", "Secret"))
    return Source(Kind.KUBERNETES, (*settings, *own), "", tuple(dict.fromkeys(unread)), named)


def _objects(root: Node) -> Iterator[Node]:
    if text_of(child(root, "kind")).endswith("List"):
        yield from items(child(root, "items"))
    else:
        yield root


def _containers(part: Node) -> Iterator[Node]:
    spec = child(part, "spec")
    for path in (("jobTemplate", "spec", "template", "spec"), ("template", "spec"), ()):
        pod = child(spec, *path) if path else spec
        containers = items(child(pod, "containers"))
        mine = [c for c in containers if "nocobase" in text_of(child(c, "image")).lower()]
        if containers:
            yield from mine or (containers if len(containers) == 1 else ())
            return


def _entries(node: Node, place: Place) -> Iterator[Setting]:
    for name, key, value in pairs(node):
        yield Setting(name, text_of(value), line_of(key), place, bare=is_scalar(value) and not is_text(value))


def _decoded(node: Node) -> Iterator[Setting]:
    for name, key, value in pairs(node):
        try:
            text: str | None = base64.b64decode("".join(text_of(value).split()), validate=True).decode()
        except (binascii.Error, ValueError):
            text = None
        yield Setting(name, text, line_of(key), Place.SECRET)


def _env(node: Node, place: Place) -> Iterator[Setting]:
    for item in items(node):
        name = text_of(child(item, "name"))
        value = child(item, "value")
        if name:
            known = is_scalar(value) and "$(" not in text_of(value)
            at = text_of(value) if known else None
            yield Setting(name, at, line_of(item), place, bare=is_scalar(value) and not is_text(value))


def read_values(root: Node) -> Source:
    """Return the variables of Helm values: every mapping or name list that holds at least one of NocoBase's names.

    The official chart keeps them under ``configMap.data`` (nocobase.md §8); other charts under ``env``, ``extraEnv``, ``secret``.
    """
    settings: list[Setting] = []
    _walk(root, (), settings)
    return Source(Kind.HELM, tuple(settings))


def _walk(node: Node, path: tuple[str, ...], settings: list[Setting]) -> None:
    if len(path) > _DEEPEST:
        return
    place = _place(path)
    if is_mapping(node):
        found = list(pairs(node))
        if {name for name, _key, value in found if is_scalar(value)} & KNOWN_NAMES:
            # null takes a default of the chart away
            nothing = {name for name, _key, value in found if is_null(value)}
            settings += [s for s in _entries(node, place) if s.name.isupper() and s.name not in nothing]
        for name, _key, value in found:
            _walk(value, (*path, name), settings)
    elif is_sequence(node):
        named = list(_env(node, place))
        if {setting.name for setting in named} & KNOWN_NAMES:
            settings += named


def _place(path: tuple[str, ...]) -> Place:
    words = " ".join(path).lower()
    return Place.SECRET if "secret" in words else Place.CONFIG_MAP if "configmap" in words else Place.VALUES
