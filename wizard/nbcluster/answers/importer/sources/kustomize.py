"""A kustomization: the objects that it names and the ConfigMaps and Secrets that it generates (kustomize's own reference, "kustomization")."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, field

from nbcluster.answers.importer.sources.kubernetes import Generated, Part, is_manifest, parts_of
from nbcluster.answers.importer.sources.model import Fact, Loader, Place, Setting
from nbcluster.answers.importer.sources.yamlfile import YamlNode, child, documents, is_mapping, items, line_of, pairs, text_of
from nbcluster.env import docker_assignments

NAMES = ("kustomization.yaml", "kustomization.yml", "Kustomization")
"""What a kustomization's file is called."""

_KEYS = frozenset(
    {"resources", "bases", "configMapGenerator", "secretGenerator", "namePrefix", "patches", "patchesStrategicMerge"}
)
_NOT_PUT_IN = ("patches", "patchesStrategicMerge", "patchesJson6902", "components", "helmCharts", "transformers", "generators")
_DEEPEST = 8


@dataclass
class Overlay:
    """What a kustomization amounts to: its objects, what it changes in them, and what it names and is not put in, with line and name."""

    parts: list[Part] = field(default_factory=list)
    images: dict[str, Fact] = field(default_factory=dict)
    counts: dict[str, Fact] = field(default_factory=dict)
    unread: list[tuple[int, str]] = field(default_factory=list)


def is_kustomization(root: YamlNode, name: str) -> bool:
    """Tell whether a document is a kustomization; it need not say so itself."""
    if text_of(child(root, "kind")) == "Kustomization":
        return True
    return posixpath.basename(name) in NAMES and bool(_KEYS & {key for key, _node, _value in pairs(root)})


@dataclass
class _Way:
    """Where a reading stands: the folders above, the innermost last, and all that were read; each is read once."""

    above: list[str] = field(default_factory=list)
    read: set[str] = field(default_factory=set)


def read_kustomization(root: YamlNode, load: Loader, folder: str = "", file: str = "", way: _Way | None = None) -> Overlay:
    """Return what a kustomization amounts to; ``folder`` is where it lies, seen from the file that is read."""
    out, way = Overlay(), way or _Way()
    here = posixpath.normpath(folder)
    way.read.add(here)
    way.above.append(here)
    for key in ("resources", "bases"):
        for item in items(child(root, key)):
            _resource(out, text_of(item), line_of(item), load, folder, way)
    way.above.pop()
    for key, kind, place in (("configMapGenerator", "ConfigMap", Place.CONFIG_MAP), ("secretGenerator", "Secret", Place.SECRET)):
        for entry in items(child(root, key)):
            out.parts.append(_generated(out, entry, kind, place, load, folder, file))
    for entry in items(child(root, "images")):
        name, new, tag = (text_of(child(entry, part)) for part in ("name", "newName", "newTag"))
        if tag or new:
            out.images[name] = Fact(f"{new or name}:{tag}" if tag else new, line_of(entry), file)
    for entry in items(child(root, "replicas")):
        out.counts[text_of(child(entry, "name"))] = Fact(text_of(child(entry, "count")), line_of(entry), file)
    out.unread += [(line_of(child(root, key)), key) for key in _NOT_PUT_IN if child(root, key) is not None]
    return out


def _resource(out: Overlay, name: str, line: int, load: Loader, folder: str, way: _Way) -> None:
    path = posixpath.normpath(posixpath.join(folder, name))
    if path in way.read:
        # named twice, it adds nothing; one that names a folder above itself is refused by kustomize
        out.unread += [(line, name)] if path in way.above else []
        return
    text = None if "://" in name else load(path)
    if text is not None:
        out.parts += [part for root in documents(text) if is_mapping(root) and is_manifest(root) for part in parts_of(root, path)]
        return
    for base in NAMES:
        text = None if "://" in name or len(way.above) > _DEEPEST else load(posixpath.join(path, base))
        root = next((each for each in documents(text) if is_mapping(each)), None) if text is not None else None
        if root is not None:
            inner = read_kustomization(root, load, path, posixpath.join(path, base), way)
            out.parts += inner.parts
            out.images |= inner.images
            out.counts |= inner.counts
            out.unread += [(line, missing) for _at, missing in inner.unread]
            return
    out.unread.append((line, name))


def _generated(out: Overlay, entry: YamlNode, kind: str, place: Place, load: Loader, folder: str, file: str) -> Part:
    title = f"{kind} {text_of(child(entry, 'name'))}"
    settings: list[Setting] = []
    single = child(entry, "env")
    for item in (*items(child(entry, "envs")), *((single,) if single is not None else ())):
        path = posixpath.normpath(posixpath.join(folder, text_of(item)))
        text = load(path)
        if text is None:
            out.unread.append((line_of(item), text_of(item)))
            continue
        found = docker_assignments(text.replace("\r\n", "\n"))
        settings += [Setting(a.name, a.value, a.line, place, path, owner=title) for a in found]
    for item in items(child(entry, "literals")):
        name, equals, value = text_of(item).partition("=")
        if equals and name:
            settings.append(Setting(name, _bare(value), line_of(item), place, file, owner=title))
    for item in items(child(entry, "files")):
        name = text_of(item).partition("=")[0]
        if name.isupper():
            settings.append(Setting(name, None, line_of(item), place, file, owner=title))
    return Generated(entry, file, title, tuple(settings))


def _bare(value: str) -> str:
    """Return a literal without the quotes around it, which kustomize takes away."""
    return value[1:-1] if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"" else value
