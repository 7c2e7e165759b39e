"""Kubernetes manifests: ConfigMaps, Secrets and the ``env`` of containers; Helm values, wherever they keep the same variables."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from nbcluster.answers.importer.sources.model import KNOWN_NAMES, OWN_NAMES, Fact, Kind, Place, Setting, Setup, Source, is_image
from nbcluster.answers.importer.sources.yamlfile import (
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
from nbcluster.facts import IMAGE_STORAGE
from nbcluster.text import _
from nbcluster.text.clean import clean

_DEEPEST = 30


def is_manifest(root: Node) -> bool:
    """Tell whether a document is a Kubernetes object."""
    return bool(text_of(child(root, "apiVersion")) and text_of(child(root, "kind")))


def read_manifests(roots: Sequence[Node]) -> Source:
    """Return the variables of all objects of a file as one application's; what a container sets itself holds.

    Where the file holds NocoBase's container, a ConfigMap or Secret counts only as far as that container names it: the rest belongs to others.
    """
    objects = [part for root in roots for part in _objects(root)]
    entries = {
        f"{kind} {_name(part)}/{setting.name}": setting
        for part in objects
        for kind in (text_of(child(part, "kind")),)
        for setting in _data(part)
    }
    held = {f"{text_of(child(part, 'kind'))} {_name(part)}" for part in objects}
    containers = [(part, container) for part in objects for container in _containers(part)]
    own = [pair for pair in containers if is_image(text_of(child(pair[1], "image")))]
    own = own or [pair for pair in containers if {s.name for s in _env(child(pair[1], "env"), Place.ENVIRONMENT)} & OWN_NAMES]
    own = own or [pair for pair in containers if len(containers) == 1]
    whole: list[tuple[int, str, str]] = [
        (line_of(reference), f"{of} {name}", text_of(child(reference, "prefix")))
        for _part, container in own
        for reference in items(child(container, "envFrom"))
        for key, of in (("configMapRef", "ConfigMap"), ("secretRef", "Secret"))
        for name in (text_of(child(reference, key, "name")),)
        if name
    ]
    settings: list[Setting] = []
    if own:
        for name, prefix in dict.fromkeys((name, prefix) for _line, name, prefix in whole):
            found = [
                setting for part in objects if f"{text_of(child(part, 'kind'))} {_name(part)}" == name for setting in _data(part)
            ]
            settings += [replace(setting, name=prefix + setting.name) for setting in found]
    else:
        settings += [setting for part in objects for setting in _data(part)]
    for part, container in own:
        settings += _own_env(container, part, entries, settings)
    unread = [(line, name) for line, name, _prefix in whole if name not in held]
    named = {name for _line, name in unread}
    for setting in settings:
        whose = setting.reference.partition("/")[0]
        if whose and whose not in held | named:
            unread.append((setting.line, whose))
    kept = tuple(name for name in sorted(held) if name.startswith(("ConfigMap ", "Secret ")))
    values = {name: setting.value for name, setting in entries.items() if setting.value is not None}
    setup = _setup(objects, own)
    return Source(Kind.KUBERNETES, tuple(settings), "", tuple(dict.fromkeys(unread)), kept, setup=setup, entries=values)


def _name(part: Node) -> str:
    return text_of(child(part, "metadata", "name"))


def _data(part: Node) -> Iterator[Setting]:
    kind = text_of(child(part, "kind"))
    if kind == "ConfigMap":
        yield from _entries(child(part, "data"), Place.CONFIG_MAP)
    elif kind == "Secret":
        yield from _decoded(child(part, "data"))
        yield from _entries(child(part, "stringData"), Place.SECRET)


def _own_env(container: Node, part: Node, entries: Mapping[str, Setting], above: Sequence[Setting]) -> Iterator[Setting]:
    """Yield what a container sets itself, with the entries of ConfigMaps and Secrets and ``$(NAME)`` put in."""
    owner = f"{text_of(child(part, 'kind'))} {_name(part)}"
    known = {setting.name: setting.value for setting in above if setting.value is not None}
    for written in _env(child(container, "env"), Place.ENVIRONMENT):
        setting, entry = written, entries.get(written.reference)
        if entry is not None:
            setting = replace(written, value=entry.value, place=entry.place, why=entry.why, reference="")
        elif written.value is not None and "$(" in written.value:
            value = _expanded(written.value, known)
            setting = replace(written, value=value, why="" if value is not None else _("it names a variable that was not found."))
        if setting.value is not None:
            known[setting.name] = setting.value
        yield replace(setting, owner=owner)


_REFERENCE = re.compile(r"\$\$\(|\$\(([A-Za-z_.-][A-Za-z0-9_.-]*)\)")


def _expanded(text: str, known: Mapping[str, str]) -> str | None:
    """Return a value with ``$(NAME)`` put in, ``$$(`` being a plain ``$(``; None where a name is not known here."""
    if any(match[1] and match[1] not in known for match in _REFERENCE.finditer(text)):
        return None
    return _REFERENCE.sub(lambda match: known[match[1]] if match[1] else "$(", text)


def _objects(root: Node) -> Iterator[Node]:
    if text_of(child(root, "kind")).endswith("List"):
        yield from items(child(root, "items"))
    else:
        yield root


def _pod(part: Node) -> Node:
    spec = child(part, "spec")
    for path in (("jobTemplate", "spec", "template", "spec"), ("template", "spec"), ()):
        pod = child(spec, *path) if path else spec
        if items(child(pod, "containers")):
            return pod
    return None


def _containers(part: Node) -> Iterator[Node]:
    yield from items(child(_pod(part), "containers"))


def _setup(objects: Sequence[Node], own: Sequence[tuple[Node, Node]]) -> Setup:
    # what runs on and on says more than a job
    first = next((pair for pair in own if text_of(child(pair[0], "kind")) not in ("Job", "CronJob")), own[0] if own else None)
    spaces = [space for part in objects for space in (child(part, "metadata", "namespace"),) if text_of(space)]
    namespace = Fact(text_of(spaces[0]), line_of(spaces[0])) if spaces else Fact()
    if first is None:
        return Setup("kubernetes", namespace=namespace)
    part, container = first
    image = child(container, "image")
    mounts = [m for m in items(child(container, "volumeMounts")) if text_of(child(m, "mountPath")).rstrip("/") == IMAGE_STORAGE]
    volume = text_of(child(mounts[0], "name")) if mounts else ""
    claims = [v for v in items(child(_pod(part), "volumes")) if text_of(child(v, "name")) == volume]
    storage = (
        Fact(text_of(child(claims[0], "persistentVolumeClaim", "claimName")) or volume, line_of(claims[0])) if claims else Fact()
    )
    return Setup(
        "kubernetes", Fact(text_of(image), line_of(image)) if image is not None else Fact(), storage, namespace=namespace
    )


def _entries(node: Node, place: Place) -> Iterator[Setting]:
    for name, key, value in pairs(node):
        yield Setting(name, text_of(value), line_of(key), place, bare=is_scalar(value) and not is_text(value))


def _decoded(node: Node) -> Iterator[Setting]:
    for name, key, value in pairs(node):
        text: str | None = None
        try:
            text = base64.b64decode("".join(text_of(value).split()), validate=True).decode()
        except (binascii.Error, ValueError):
            pass
        yield Setting(name, text, line_of(key), Place.SECRET, why="" if text is not None else _("it is no text in base64."))


def _env(node: Node, place: Place) -> Iterator[Setting]:
    for item in items(node):
        name, value = text_of(child(item, "name")), child(item, "value")
        if not name:
            continue
        if is_scalar(value):
            yield Setting(name, text_of(value), line_of(item), place, bare=not is_text(value))
            continue
        reference = _reference(child(item, "valueFrom"))
        if value is None and child(item, "valueFrom") is None:
            yield Setting(name, "", line_of(item), place)
        else:
            why = _("it is taken from {place}.").format(place=clean(reference or "valueFrom", 200))
            yield Setting(name, None, line_of(item), place, why=why, reference=reference)


def _reference(node: Node) -> str:
    for key, of in (("configMapKeyRef", "ConfigMap"), ("secretKeyRef", "Secret")):
        name, entry = text_of(child(node, key, "name")), text_of(child(node, key, "key"))
        if name and entry:
            return f"{of} {name}/{entry}"
    return ""


def read_values(root: Node) -> Source:
    """Return the variables of Helm values: every mapping or name list that holds at least one of NocoBase's names.

    The official chart keeps them under ``configMap.data`` (nocobase.md §8); other charts under ``env``, ``extraEnv``, ``secret``.
    """
    settings: list[Setting] = []
    _walk(root, (), settings)
    repository, tag = child(root, "image", "repository"), text_of(child(root, "image", "tag"))
    name = "/".join(part for part in (text_of(child(root, "image", "registry")), text_of(repository)) if part)
    image = Fact(f"{name}:{tag}" if tag else name, line_of(repository)) if repository is not None else Fact()
    return Source(Kind.HELM, tuple(settings), setup=Setup("kubernetes", image if is_image(image.value) else Fact()))


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
        named = [setting if "$(" not in (setting.value or "") else _with_reference(setting) for setting in _env(node, place)]
        if {setting.name for setting in named} & KNOWN_NAMES:
            settings += named


def _with_reference(setting: Setting) -> Setting:
    return replace(setting, value=None, why=_("it names a variable that was not found."))


def _place(path: tuple[str, ...]) -> Place:
    words = " ".join(path).lower()
    return Place.SECRET if "secret" in words else Place.CONFIG_MAP if "configmap" in words else Place.VALUES
