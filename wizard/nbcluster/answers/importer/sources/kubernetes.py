"""Kubernetes manifests: each container of NocoBase with the ConfigMaps, Secrets and variables that it gets, and how many of it run."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from nbcluster.answers.importer.sources.model import (
    OWN_NAMES,
    Fact,
    Kind,
    Place,
    Scale,
    Setting,
    SettingsSource,
    Setup,
    is_image,
    tag_of,
)
from nbcluster.answers.importer.sources.yamlfile import (
    YamlNode,
    child,
    is_scalar,
    is_text,
    is_truth,
    items,
    line_of,
    pairs,
    passed_on,
    text_of,
)
from nbcluster.facts import IMAGE_STORAGE
from nbcluster.text import _
from nbcluster.text.clean import clean

_LONG = 60
"""Seconds that the application may be busy without being killed, once its start has been waited for (nocobase.md §19 #7)."""

_RUN_TO_THE_END = ("Job", "CronJob")


@dataclass(frozen=True)
class Part:
    """One object of a manifest, and the file that it stands in, which is empty for the one that is read."""

    node: YamlNode
    file: str = ""

    @property
    def kind(self) -> str:
        """Its kind, such as Deployment."""
        return text_of(child(self.node, "kind"))

    @property
    def name(self) -> str:
        """Its name."""
        return text_of(child(self.node, "metadata", "name"))

    @property
    def title(self) -> str:
        """Kind and name, by which findings and references call it."""
        return f"{self.kind} {self.name}".strip()

    @property
    def namespace(self) -> str:
        """The namespace that it names."""
        return text_of(child(self.node, "metadata", "namespace"))

    def fact(self, node: YamlNode, value: str | None = None) -> Fact:
        """Return what a node of it says, with its place."""
        return Fact(text_of(node) if value is None else value, line_of(node), self.file) if node is not None else Fact()


@dataclass(frozen=True)
class Generated(Part):
    """A ConfigMap or Secret that a kustomization generates, under kind and name."""

    called: str = ""
    settings: tuple[Setting, ...] = ()

    @property
    def kind(self) -> str:
        """Its kind."""
        return self.called.partition(" ")[0]

    @property
    def name(self) -> str:
        """Its name."""
        return self.called.partition(" ")[2]


def is_manifest(root: YamlNode) -> bool:
    """Tell whether a document is a Kubernetes object."""
    return bool(text_of(child(root, "apiVersion")) and text_of(child(root, "kind")))


def parts_of(root: YamlNode, file: str = "") -> Iterator[Part]:
    """Yield the objects of a document, which may be a list of them."""
    if text_of(child(root, "kind")).endswith("List") and child(root, "items") is not None:
        for item in items(child(root, "items")):
            yield Part(item, file)
    else:
        yield Part(root, file)


def read_manifests(
    parts: Sequence[Part],
    file: str = "",
    images: Mapping[str, Fact] = MappingProxyType({}),
    counts: Mapping[str, Fact] = MappingProxyType({}),
) -> Iterator[SettingsSource]:
    """Yield one source per container of NocoBase, those that run to an end last; without one, everything that the objects hold.

    Where there is such a container, a ConfigMap or Secret counts only as far as that container names it: the rest belongs to others.
    ``images`` and ``counts`` are what a kustomization puts in the place of an image, or of the replicas of an object.
    """
    containers = [(part, container) for part in parts for container in _containers(part)]
    own = [pair for pair in containers if is_image(_image(pair, images).value)]
    own = own or [pair for pair in containers if {s.name for s in _env(child(pair[1], "env"), Place.ENVIRONMENT)} & OWN_NAMES]
    own = own or [pair for pair in containers if len(containers) == 1]
    objects = _Objects(parts, images, counts)
    if not own:
        settings = tuple(setting for part in parts for setting in _data(part))
        yield SettingsSource(Kind.KUBERNETES, settings, "", (), objects.held, setup=_setup(objects, None), file=file)
        return
    for pair in sorted(own, key=lambda pair: _ends(pair[0])):
        yield _container(objects, pair, file)


class _Objects:
    """The ConfigMaps and Secrets among objects, and their entries by ``KIND NAME/KEY``."""

    def __init__(self, parts: Sequence[Part], images: Mapping[str, Fact], counts: Mapping[str, Fact]) -> None:
        self.parts, self.images, self.counts = parts, images, counts
        self.data: dict[str, tuple[Setting, ...]] = {}
        for part in parts:
            if part.kind in ("ConfigMap", "Secret"):
                self.data[part.title] = (*self.data.get(part.title, ()), *_data(part))
        self.held = tuple(sorted(self.data))
        self.entries = {f"{title}/{setting.name}": setting for title, data in self.data.items() for setting in data}

    def of(self, kind: str) -> Iterator[Part]:
        return (part for part in self.parts if part.kind == kind)


def _image(pair: tuple[Part, YamlNode], images: Mapping[str, Fact]) -> Fact:
    """Return the image of a container, with what a kustomization puts in its place; what that leaves out stays."""
    part, container = pair
    image = part.fact(child(container, "image"))
    name, tag = tag_of(image.value)
    other = images.get(name)
    if other is None:
        return image
    return other if tag_of(other.value)[1] or not tag else replace(other, value=f"{other.value}:{tag}")


def _ends(part: Part) -> bool:
    """Tell whether an object runs once, such as a first boot, and is no node as it runs."""
    once = part.kind == "Pod" and text_of(child(part.node, "spec", "restartPolicy")) in ("Never", "OnFailure")
    return once or part.kind in _RUN_TO_THE_END


def _container(objects: _Objects, pair: tuple[Part, YamlNode], file: str) -> SettingsSource:
    part, container = pair
    whole: list[tuple[int, str, str]] = [
        (line_of(reference), f"{of} {name}", text_of(child(reference, "prefix")))
        for reference in items(child(container, "envFrom"))
        for key, of in (("configMapRef", "ConfigMap"), ("secretRef", "Secret"))
        for name in (text_of(child(reference, key, "name")),)
        if name and text_of(child(reference, key, "optional")) != "true"
    ]
    settings: list[Setting] = []
    for _line, name, prefix in whole:
        settings += [replace(setting, name=prefix + setting.name) for setting in objects.data.get(name, ())]
    settings += _own_env(container, part, objects.entries, settings)
    unread = [(line, name) for line, name, _prefix in whole if name not in objects.data]
    named = {name for _line, name in unread}
    for setting in settings:
        whose = setting.reference.partition("/")[0]
        if whose and whose not in objects.data and whose not in named:
            unread.append((setting.line, whose))
    setup = _setup(objects, pair)
    found = tuple(dict.fromkeys(unread))
    return SettingsSource(
        Kind.KUBERNETES, tuple(settings), part.title, found, objects.held, _ends(part), setup, part.file or file
    )


def _data(part: Part) -> Iterator[Setting]:
    if isinstance(part, Generated):
        yield from part.settings
    elif part.kind == "ConfigMap":
        yield from _entries(child(part.node, "data"), Place.CONFIG_MAP, part)
    elif part.kind == "Secret":
        yield from _decoded(child(part.node, "data"), part)
        yield from _entries(child(part.node, "stringData"), Place.SECRET, part)


def _own_env(container: YamlNode, part: Part, entries: Mapping[str, Setting], above: Sequence[Setting]) -> Iterator[Setting]:
    """Yield what a container sets itself, with the entries of ConfigMaps and Secrets and ``$(NAME)`` put in."""
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
        yield replace(setting, owner=part.title, file=part.file)


_REFERENCE = re.compile(r"\$\$\(|\$\(([A-Za-z_.-][A-Za-z0-9_.-]*)\)")


def _expanded(text: str, known: Mapping[str, str]) -> str | None:
    """Return a value with ``$(NAME)`` put in, ``$$(`` being a plain ``$(``; None where a name is not known here."""
    if any(match[1] and match[1] not in known for match in _REFERENCE.finditer(text)):
        return None
    return _REFERENCE.sub(lambda match: known[match[1]] if match[1] else "$(", text)


def _pod(part: Part) -> YamlNode:
    spec = child(part.node, "spec")
    for path in (("jobTemplate", "spec", "template", "spec"), ("template", "spec"), ()):
        pod = child(spec, *path) if path else spec
        if items(child(pod, "containers")):
            return pod
    return None


def _containers(part: Part) -> Iterator[YamlNode]:
    yield from items(child(_pod(part), "containers"))


def _setup(objects: _Objects, pair: tuple[Part, YamlNode] | None) -> Setup:
    spaces = [(part, child(part.node, "metadata", "namespace")) for part in objects.parts]
    namespace = next((part.fact(node) for part, node in spaces if text_of(node)), Fact())
    if pair is None:
        return Setup("kubernetes", namespace=namespace)
    part, container = pair
    if part.namespace:
        namespace = part.fact(child(part.node, "metadata", "namespace"))
    storage, volume, modes = _storage(objects, part, container)
    return Setup(
        "kubernetes",
        _image(pair, objects.images),
        storage,
        namespace=namespace,
        scale=replace(_scale(objects, part, container), volume=volume, modes=modes),
    )


def _storage(objects: _Objects, part: Part, container: YamlNode) -> tuple[Fact, str, Fact]:
    """Return what is mounted as the storage, of what sort it is, and the access modes of its claim."""
    mounts = [m for m in items(child(container, "volumeMounts")) if text_of(child(m, "mountPath")).rstrip("/") == IMAGE_STORAGE]
    name = text_of(child(mounts[0], "name")) if mounts else ""
    if not name:
        return Fact(), "none", Fact()
    for template in items(child(part.node, "spec", "volumeClaimTemplates")):
        if text_of(child(template, "metadata", "name")) == name:
            return part.fact(template, name), "own", Fact()
    volume = next((v for v in items(child(_pod(part), "volumes")) if text_of(child(v, "name")) == name), None)
    if volume is None:
        return Fact(), "", Fact()
    claim = text_of(child(volume, "persistentVolumeClaim", "claimName"))
    if not claim:
        kinds = {"emptyDir": "own", "hostPath": "node", "ephemeral": "own"}
        sort = next((sort for kind, sort in kinds.items() if child(volume, kind) is not None or kind in _keys(volume)), "")
        return part.fact(volume, name), sort, Fact()
    modes = next(
        (
            each.fact(node, ",".join(text_of(mode) for mode in items(node)))
            for each in objects.of("PersistentVolumeClaim")
            for node in (child(each.node, "spec", "accessModes"),)
            if each.name == claim and node is not None
        ),
        Fact(),
    )
    return part.fact(volume, claim), "claim", modes


def _keys(node: YamlNode) -> set[str]:
    return {name for name, _key, _value in pairs(node)}


def _scale(objects: _Objects, part: Part, container: YamlNode) -> Scale:
    spec, pod = child(part.node, "spec"), _pod(part)
    scaler = next(
        (
            each
            for each in objects.of("HorizontalPodAutoscaler")
            if text_of(child(each.node, "spec", "scaleTargetRef", "name")) == part.name
            and text_of(child(each.node, "spec", "scaleTargetRef", "kind")) == part.kind
        ),
        None,
    )
    strategy = child(spec, "strategy", "type")
    rolling = part.fact(strategy) if strategy is not None else Fact("RollingUpdate", line_of(spec), part.file) if spec else Fact()
    count = child(spec, "replicas")
    probe = child(container, "livenessProbe", "httpGet", "path")
    long = _seconds(child(container, "livenessProbe")) >= _LONG
    links = text_of(child(pod, "enableServiceLinks")) != "false"
    near = [each for each in objects.of("Service") if not part.namespace or each.namespace in ("", part.namespace)]
    return Scale(
        count=objects.counts.get(part.name) or (part.fact(count) if is_scalar(count) else Fact()),
        most=scaler.fact(child(scaler.node, "spec", "maxReplicas")) if scaler is not None else Fact(),
        rolling=rolling if part.kind == "Deployment" and rolling.value == "RollingUpdate" else Fact(),
        liveness=part.fact(probe)
        if probe is not None and not (long and child(container, "startupProbe") is not None)
        else Fact(),
        patient=child(container, "startupProbe") is not None,
        services=tuple(each.fact(child(each.node, "metadata", "name")) for each in near) if links else (),
    )


def _seconds(probe: YamlNode) -> int:
    """Return how long a probe may fail before something is done: the defaults are three times, ten seconds apart."""
    numbers = [text_of(child(probe, key)) for key in ("failureThreshold", "periodSeconds")]
    tries, apart = (
        int(text) if re.fullmatch("[0-9]{1,6}", text) else default for text, default in zip(numbers, (3, 10), strict=True)
    )
    return tries * apart


def _entries(node: YamlNode, place: Place, part: Part | None = None) -> Iterator[Setting]:
    """Yield the entries of a mapping; what YAML takes for a number or a truth value is no text (``bare``)."""
    file = part.file if part is not None else ""
    owner = part.title if part is not None else ""
    for name, key, value in pairs(node):
        bare = is_scalar(value) and (not is_text(value) or is_truth(value))
        yield Setting(name, text_of(value), line_of(key), place, file, bare=bare, owner=owner)


def _decoded(node: YamlNode, part: Part) -> Iterator[Setting]:
    for name, key, value in pairs(node):
        text: str | None = None
        try:
            text = base64.b64decode("".join(text_of(value).split()), validate=True).decode()
        except (binascii.Error, ValueError):
            pass
        why = "" if text is not None else _("it is not text in base64.")
        yield Setting(name, text, line_of(key), Place.SECRET, part.file, owner=part.title, why=why)


def _env(node: YamlNode, place: Place) -> Iterator[Setting]:
    for item in items(node):
        name, value = text_of(child(item, "name")), child(item, "value")
        if not name:
            continue
        if is_scalar(value):
            yield Setting(name, text_of(value), line_of(item), place, bare=not is_text(value) or is_truth(value))
            continue
        reference = _reference(child(item, "valueFrom"))
        if value is None and child(item, "valueFrom") is None:
            yield Setting(name, "", line_of(item), place)
        else:
            why = _("it is taken from {place}.").format(place=clean(reference or "valueFrom", 200))
            yield Setting(name, None, line_of(item), place, why=why, reference=reference)


def _reference(node: YamlNode) -> str:
    for key, of in (("configMapKeyRef", "ConfigMap"), ("secretKeyRef", "Secret")):
        name, entry = text_of(child(node, key, "name")), text_of(child(node, key, "key"))
        if name and entry:
            return f"{of} {name}/{entry}"
    return ""


def env_of(node: YamlNode, place: Place) -> tuple[Setting, ...]:
    """Return the variables of a list of names and values."""
    return tuple(_env(node, place))


def entries_of(node: YamlNode, place: Place) -> tuple[Setting, ...]:
    """Return the entries of a mapping of names to values, as Helm's templates put them in: a truth value is ``true`` or ``false``."""
    out: list[Setting] = []
    for (_name, _key, value), setting in zip(pairs(node), _entries(node, place), strict=True):
        if not is_scalar(value):
            out.append(setting)
        elif is_truth(value):
            out.append(replace(setting, value="true" if text_of(value).lower() in ("y", "yes", "true", "on") else "false"))
        else:
            out.append(replace(setting, value=passed_on(value)))
    return tuple(out)
