"""A compose file: the services that run NocoBase, their ``environment`` and ``env_file`` (compose-spec, 05-services and 12-interpolation)."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from nbcluster.answers.importer.sources.interpolation import Expanded, expanded
from nbcluster.answers.importer.sources.model import (
    KNOWN_NAMES,
    OWN_NAMES,
    Fact,
    Kind,
    Loader,
    Place,
    Scale,
    Setting,
    SettingsSource,
    Setup,
    SourceError,
    is_image,
)
from nbcluster.answers.importer.sources.yamlfile import (
    YamlNode,
    child,
    documents,
    is_mapping,
    is_null,
    is_scalar,
    items,
    line_of,
    pairs,
    passed_on,
    text_of,
)
from nbcluster.env import UnreadableError, docker_assignments
from nbcluster.env.readers.compose import read_compose
from nbcluster.facts import IMAGE_STORAGE
from nbcluster.text import _
from nbcluster.text.clean import clean

_LARGEST = 4 << 20
"""Characters of an env file with its variables put in, as many as a file may have."""

_DEEPEST = 10
"""Services that extend each other."""

_LONGEST_TOGETHER = 1 << 20
"""Characters of all files whose services are extended, as many as one file of YAML may have."""


class _Unknown(str):
    """A value of an env file that depends on something outside it; ``why`` says on what, ``dollar`` as in ``Expanded``."""

    __slots__ = ("dollar", "why")
    dollar: str
    why: str


@dataclass(frozen=True)
class _Project:
    """What all services of a file share: the other services, the project's ``.env`` and the reader of files beside it.

    ``file`` is the file as seen from the one that is imported, empty for that one itself. ``others`` are the files whose services were
    extended, each read once.
    """

    services: YamlNode
    known: Mapping[str, str]
    load: Loader
    file: str = ""
    others: dict[str, _Project | None] = field(default_factory=dict, compare=False)
    lengths: list[int] = field(default_factory=list, compare=False)

    @cached_property
    def named(self) -> Mapping[str, YamlNode]:
        """The services by name, the last one of a name."""
        return {title: service for title, _key, service in pairs(self.services)}

    def text(self, node: YamlNode) -> Expanded:
        return expanded(text_of(node), self.known)

    def place(self, path: str) -> str:
        """Return a path that the file names, as seen from the file that is imported."""
        return posixpath.normpath(posixpath.join(posixpath.dirname(self.file), path)) if self.file else path

    def other(self, path: str) -> _Project | None:
        """Return another file of services; None where it is not there. Raises ``SourceError`` for one that cannot be read as YAML."""
        if path not in self.others:
            text = self.load(path)
            self.lengths.append(len(text or ""))
            if sum(self.lengths) > _LONGEST_TOGETHER:
                raise SourceError(_("is too large for YAML: more than 1 MiB."))
            root = None if text is None else next((each for each in documents(text) if is_mapping(each)), None)
            services = child(root, "services")
            if text is not None and not is_mapping(services):
                raise SourceError(_("it has no services."))
            self.others[path] = None if text is None else replace(self, services=services, file=path)
        return self.others[path]


@dataclass(frozen=True)
class _Layer:
    """A service as one file has it, beside what it extends; ``line`` is that of the ``extends`` which leads here, 0 for the service itself."""

    project: _Project
    service: YamlNode
    line: int = 0

    def entry(self, *keys: str) -> YamlNode:
        """Return what stands under a path of keys; None for what takes a value of the base away."""
        node = child(self.service, *keys)
        return None if node is not None and _tag(node) == "!reset" else node

    def hides(self, key: str) -> bool:
        """Tell whether nothing of the base is left under a key (compose-spec, 13-merge)."""
        node = child(self.service, key)
        return node is not None and _tag(node) in ("!reset", "!override")


def _tag(node: YamlNode) -> str:
    return str(node.tag)


@dataclass(frozen=True)
class _Service:
    """A service with everything that it extends, itself first; ``lost`` is the one that could not be looked up, with the line."""

    layers: tuple[_Layer, ...]
    lost: tuple[tuple[int, str], ...] = ()

    def nearest(self, *keys: str) -> tuple[_Layer, YamlNode] | None:
        """Return the entry that holds under a path of keys, with the layer that has it."""
        for layer in self.of(keys[0]):
            node = layer.entry(*keys)
            if node is not None:
                return layer, node
        return None

    def of(self, key: str) -> tuple[_Layer, ...]:
        """Return the layers that count for a key, itself first."""
        end = next((at for at, layer in enumerate(self.layers, 1) if layer.hides(key)), len(self.layers))
        return self.layers[:end]

    def items(self, key: str) -> tuple[tuple[_Layer, YamlNode], ...]:
        """Return the items of a list, its own first: what extends a service adds to the lists of that one."""
        return tuple((layer, item) for layer in self.of(key) for item in items(layer.entry(key)))

    def fact(self, text: str, layer: _Layer, node: YamlNode) -> Fact:
        """Return something that a layer says."""
        return Fact(text, line_of(node), layer.project.file)


def _service(project: _Project, title: str, service: YamlNode) -> _Service:
    """Follow ``extends``; raises ``SourceError`` for what compose refuses as well: a circle, a file that is no YAML, a service that is not in it."""
    layers = [_Layer(project, service)]
    seen = {(project.file, title)}
    first = child(service, "extends")
    at = line_of(first) if first is not None else 0
    while (extends := child(layers[-1].service, "extends")) is not None:
        project = layers[-1].project
        named = child(extends, "file")
        title = text_of(extends) or project.text(child(extends, "service")).value or ""
        if named is not None:
            name = project.text(named).value or ""
            path = posixpath.normpath(project.place(name))
            is_near = bool(name) and "://" not in name and not path.startswith(("/", "~")) and path.split("/")[0] != ".."
            found = _other(project, path, at) if is_near else None
            if found is None:
                return _Service(tuple(layers), ((at, clean(name or text_of(named), 200)),))
            project = found
        base = project.named.get(title)
        if base is None:
            if named is None:
                return _Service(tuple(layers), ((at, "extends"),))
            message = _("extends the service {service} of {file}, which is not there.")
            raise SourceError(message.format(service=clean(title, 80) or "?", file=clean(project.file, 200)), at)
        if (project.file, title) in seen or len(layers) > _DEEPEST:
            message = _("its services extend each other in a circle, or through more than {count} levels: {service}.")
            raise SourceError(message.format(count=_DEEPEST, service=clean(title, 80)), at)
        seen.add((project.file, title))
        layers.append(_Layer(project, base, at))
    return _Service(tuple(layers))


def _other(project: _Project, path: str, at: int) -> _Project | None:
    """Return the file that a service extends; a fault in it is told at the line that names it."""
    try:
        return project.other(path)
    except SourceError as fault:
        where = f"{clean(path, 200)}:{fault.line}" if fault.line else clean(path, 200)
        raise SourceError(_("extends a service of {place}: {reason}").format(place=where, reason=fault), at) from None


def read_services(root: YamlNode, load: Loader) -> Iterator[SettingsSource]:
    """Yield one source per service whose image or variables are NocoBase's, those of a profile last."""
    services = child(root, "services")
    project = _Project(services, _environment_of_project(load), load)
    titles = tuple(title for title, _key, _service in pairs(services))
    evicting = tuple(_evicting(project))
    found: list[tuple[SettingsSource, bool, bool]] = []
    lost: list[tuple[int, str]] = []
    for title, _key, node in pairs(services):
        service = _service(project, title, node)
        settings, unread = _settings(service)
        names = {setting.name for setting in settings}
        setup = _setup(service)
        own = bool(names & OWN_NAMES) or is_image(setup.image.value)
        scale = replace(setup.scale, evicting=evicting)
        setup = replace(setup, neighbours=titles, scale=scale)
        on_request = bool(items(child(node, "profiles")))
        source = SettingsSource(Kind.COMPOSE, tuple(settings), title, tuple(unread), on_request=on_request, setup=setup)
        found.append((source, own, bool(names & KNOWN_NAMES)))
        lost += service.lost
    certain = any(own for _source, own, _known in found)
    taken = [source for source, own, known in found if own or (known and not certain)]
    if lost and not taken:
        line, name = lost[0]
        message = _(
            "none of its services is NocoBase's by itself, and this one extends a service of {file}, which is missing or outside this folder."
        )
        raise SourceError(message.format(file=name), line)
    yield from sorted(taken, key=lambda source: source.on_request)


_POLICY = re.compile(r"--maxmemory-policy[\s=,\"']+([a-z-]+)")


def _evicting(project: _Project) -> Iterator[tuple[str, Fact]]:
    """Yield the services that run Redis with a policy that drops keys, under every name that others call them by."""
    for title, _key, service in pairs(project.services):
        command = child(service, "command")
        words = " ".join(text_of(item) for item in items(command)) or text_of(command)
        policy = _POLICY.search(words)
        if policy is not None and policy[1] != "noeviction":
            names = {title, text_of(child(service, "container_name")), text_of(child(service, "hostname"))}
            yield from ((name, Fact(policy[1], line_of(command))) for name in sorted(names) if name)


def _environment_of_project(load: Loader) -> Mapping[str, str]:
    """Return the variables of the ``.env`` beside the file, which compose reads by itself."""
    text = load(".env")
    found = None if text is None else _read(text, {})
    return {name: value for name, value in (found or {}).items() if not isinstance(value, _Unknown)}


def _read(text: str, known: Mapping[str, str]) -> Mapping[str, str] | None:
    """Read an env file as compose does; None where compose refuses it."""

    total = 0

    def put(value: str, above: Mapping[str, str]) -> str:
        nonlocal total
        found = expanded(value, lambda name: known.get(name, _known(above.get(name))))
        total += len(found.value or "")
        if total > _LARGEST:
            raise UnreadableError("too long")
        if found.value is not None:
            return found.value
        unknown = _Unknown()
        unknown.why, unknown.dollar = found.why, found.dollar
        return unknown

    try:
        return read_compose(text, put)
    except UnreadableError:
        return None


def _known(value: str | None) -> str | None:
    return None if isinstance(value, _Unknown) else value


def _settings(service: _Service) -> tuple[list[Setting], list[tuple[int, str]]]:
    """Return the variables of a service in the order in which they hold, and the files that could not be read.

    The files of what it extends come before its own, and ``environment`` after all files (compose-spec, 05-services).
    """
    settings: list[Setting] = []
    unread = list(service.lost)
    for layer in reversed(service.of("env_file")):
        found, missing = _env_files(layer)
        settings += found
        unread += missing
    inherited: list[Setting] = []
    for layer in reversed(service.of("environment")):
        gone = _taken_away(layer)
        own = [setting for setting in _environment(layer) if setting.name not in gone]
        names = {setting.name for setting in own} | gone
        # what a service sets itself is no second assignment of what it inherits
        inherited = [setting for setting in inherited if setting.name not in names] + own
    return settings + inherited, unread


def _env_files(layer: _Layer) -> tuple[list[Setting], list[tuple[int, str]]]:
    settings: list[Setting] = []
    unread: list[tuple[int, str]] = []
    project, files = layer.project, layer.entry("env_file")
    for entry in items(files) or ((files,) if files is not None else ()):
        named = child(entry, "path") if is_mapping(entry) else entry
        name = project.text(named).value
        path = project.place(name) if name else None
        text = project.load(path) if path else None
        if path is None or text is None:
            unread.append((layer.line if project.file else line_of(entry), path or text_of(named)))
            continue
        found = _env_file(text, path, project.known, raw=text_of(child(entry, "format")) == "raw")
        if found is None:
            unread.append((layer.line if project.file else line_of(entry), path))
        else:
            settings += found
    return settings, unread


def _env_file(text: str, path: str, known: Mapping[str, str], *, raw: bool) -> list[Setting] | None:
    if raw:
        return [Setting(a.name, a.value, a.line, Place.ENV_FILE, path) for a in docker_assignments(text)]
    lines = {
        match[1]: match.start(1) for match in re.finditer(r"^[ \t]*(?:export[ \t]+)?([\w.-]+)[ \t]*[=:]", text, re.MULTILINE)
    }
    values = _read(text, known)
    if values is None:
        return None
    out: list[Setting] = []
    line, counted = 1, 0
    for name, value in sorted(values.items(), key=lambda entry: lines.get(entry[0], 0)):
        at = lines.get(name, counted)
        line, counted = line + text.count("\n", counted, at), at
        if isinstance(value, _Unknown):
            out.append(Setting(name, None, line, Place.ENV_FILE, path, why=value.why, dollar=value.dollar))
        else:
            out.append(Setting(name, value, line, Place.ENV_FILE, path))
    return out


def _taken_away(layer: _Layer) -> set[str]:
    """Return the variables of the base that a service takes away one by one."""
    return {name for name, _key, value in pairs(layer.entry("environment")) if value is not None and _tag(value) == "!reset"}


def _environment(layer: _Layer) -> list[Setting]:
    project, environment = layer.project, layer.entry("environment")
    settings: list[Setting] = []
    for name, key, value in pairs(environment):
        if is_null(value):
            settings.append(_from_shell(project, name, line_of(key)))
        elif is_scalar(value):
            truth = str(value.tag).endswith(":bool")  # an older compose takes numbers, and refuses these
            text = passed_on(value)
            found = expanded(text, project.known)
            settings.append(replace(_setting(name, found, line_of(key), bare=truth), other=not truth and text != text_of(value)))
        else:
            settings.append(_setting(name, Expanded(None, _("it is not text.")), line_of(key)))
    for item in items(environment):
        for name, key, _value in pairs(item):
            settings.append(_setting(name, Expanded(None, _("its line of the list is not NAME=value.")), line_of(key)))
        name, equals, value = text_of(item).partition("=")
        if name and equals:
            settings.append(_setting(name, expanded(value, project.known), line_of(item)))
        elif name:
            settings.append(_from_shell(project, name, line_of(item)))
    return [replace(setting, file=project.file) for setting in settings] if project.file else settings


def _setting(name: str, found: Expanded, line: int, *, bare: bool = False) -> Setting:
    return Setting(name, found.value, line, Place.ENVIRONMENT, bare=bare, why=found.why, dollar=found.dollar)


def _from_shell(project: _Project, name: str, line: int) -> Setting:
    """Return a name without a value: it is taken from the project's ``.env`` or the shell that runs compose."""
    value = project.known.get(name)
    why = "" if value is not None else _("it is taken from the shell that runs compose.")
    return Setting(name, value, line, Place.ENVIRONMENT, why=why)


def _setup(service: _Service) -> Setup:
    image, deployed, scaled = service.nearest("image"), service.nearest("deploy", "replicas"), service.nearest("scale")
    mounts = ((layer, volume, *_mount(layer.project, volume)) for layer, volume in service.items("volumes"))
    storage = next(
        (service.fact(source, layer, volume) for layer, volume, source, target in mounts if target.rstrip("/") == IMAGE_STORAGE),
        Fact(),
    )
    ports = [service.fact(_port(layer.project, port), layer, port) for layer, port in service.items("ports")]
    count = next((each for each in (deployed, scaled) if each is not None and is_scalar(each[1])), None)
    number = count[0].project.text(count[1]).value or "" if count is not None else ""
    return Setup(
        "docker",
        service.fact(image[0].project.text(image[1]).value or "", *image) if image is not None else Fact(),
        storage,
        tuple(port for port in ports if port),
        scale=Scale(service.fact(number, *count) if count is not None and number else Fact(), volume="" if storage else "none"),
    )


def _mount(project: _Project, volume: YamlNode) -> tuple[str, str]:
    if is_mapping(volume):
        source, target = project.text(child(volume, "source")).value or "", project.text(child(volume, "target")).value or ""
    else:
        source, _colon, rest = (project.text(volume).value or "").partition(":")
        target = rest.partition(":")[0]
    if source.startswith(".") and project.file:
        source = f"./{project.place(source)}"
    return clean(source, 200), target


def _port(project: _Project, port: YamlNode) -> str:
    parts = [child(port, key) for key in ("published", "target")] if is_mapping(port) else [port]
    return clean(":".join(project.text(part).value or "" for part in parts), 60)
