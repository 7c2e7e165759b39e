"""A compose file: the services that run NocoBase, their ``environment`` and ``env_file`` (compose-spec, 05-services and 12-interpolation)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

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
    is_image,
)
from nbcluster.answers.importer.sources.yamlfile import (
    YamlNode,
    child,
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


class _Unknown(str):
    """A value of an env file that depends on something outside it; ``why`` says on what, ``dollar`` as in ``Expanded``."""

    __slots__ = ("dollar", "why")
    dollar: str
    why: str


@dataclass(frozen=True)
class _Project:
    """What all services of a file share: the other services, the project's ``.env`` and the reader of files beside it."""

    services: YamlNode
    known: Mapping[str, str]
    load: Loader

    def text(self, node: YamlNode) -> Expanded:
        return expanded(text_of(node), self.known)


def read_services(root: YamlNode, load: Loader) -> Iterator[SettingsSource]:
    """Yield one source per service whose image or variables are NocoBase's, those of a profile last."""
    services = child(root, "services")
    project = _Project(services, _environment_of_project(load), load)
    titles = tuple(title for title, _key, _service in pairs(services))
    evicting = tuple(_evicting(project))
    found: list[tuple[SettingsSource, bool, bool]] = []
    for title, _key, service in pairs(services):
        settings, unread = _settings(project, service, 0)
        names = {setting.name for setting in settings}
        own = bool(names & OWN_NAMES) or is_image(project.text(_inherited(project, service, "image")).value or "")
        setup = _setup(project, service)
        scale = replace(setup.scale, evicting=evicting)
        setup = replace(setup, neighbours=titles, scale=scale)
        on_request = bool(items(child(service, "profiles")))
        source = SettingsSource(Kind.COMPOSE, tuple(settings), title, tuple(unread), on_request=on_request, setup=setup)
        found.append((source, own, bool(names & KNOWN_NAMES)))
    certain = any(own for _source, own, _known in found)
    taken = [source for source, own, known in found if own or (known and not certain)]
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


def _inherited(project: _Project, service: YamlNode, key: str) -> YamlNode:
    """Return an entry of a service, or of the one that it extends."""
    for _step in range(_DEEPEST):
        node = child(service, key)
        if node is not None:
            return node
        service = _base(project, service)
    return None


def _base(project: _Project, service: YamlNode) -> YamlNode:
    extends = child(service, "extends")
    name = text_of(extends) or ("" if child(extends, "file") is not None else text_of(child(extends, "service")))
    return child(project.services, name) if name else None


def _settings(project: _Project, service: YamlNode, depth: int) -> tuple[list[Setting], list[tuple[int, str]]]:
    """Return the variables of a service in the order in which they hold, and the files that could not be read."""
    settings: list[Setting] = []
    unread: list[tuple[int, str]] = []
    base = _base(project, service)
    if base is not None and depth < _DEEPEST:
        settings, unread = _settings(project, base, depth + 1)
    elif child(service, "extends") is not None:
        unread.append((line_of(child(service, "extends")), text_of(child(service, "extends", "file")) or "extends"))
    for found, missing in (_env_files(project, service), _environment(project, service)):
        names = {setting.name for setting in found}
        # what a service sets itself is no second assignment of what it inherits
        settings = [setting for setting in settings if setting.name not in names or setting.place is Place.ENV_FILE] + found
        unread += missing
    return settings, unread


def _env_files(project: _Project, service: YamlNode) -> tuple[list[Setting], list[tuple[int, str]]]:
    settings: list[Setting] = []
    unread: list[tuple[int, str]] = []
    files = child(service, "env_file")
    for entry in items(files) or ((files,) if files is not None else ()):
        named = child(entry, "path") if is_mapping(entry) else entry
        path = project.text(named).value
        text = project.load(path) if path else None
        if path is None or text is None:
            unread.append((line_of(entry), text_of(named)))
            continue
        found = _env_file(text, path, project.known, raw=text_of(child(entry, "format")) == "raw")
        if found is None:
            unread.append((line_of(entry), path))
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


def _environment(project: _Project, service: YamlNode) -> tuple[list[Setting], list[tuple[int, str]]]:
    environment = child(service, "environment")
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
    return settings, []


def _setting(name: str, found: Expanded, line: int, *, bare: bool = False) -> Setting:
    return Setting(name, found.value, line, Place.ENVIRONMENT, bare=bare, why=found.why, dollar=found.dollar)


def _from_shell(project: _Project, name: str, line: int) -> Setting:
    """Return a name without a value: it is taken from the project's ``.env`` or the shell that runs compose."""
    value = project.known.get(name)
    why = "" if value is not None else _("it is taken from the shell that runs compose.")
    return Setting(name, value, line, Place.ENVIRONMENT, why=why)


def _setup(project: _Project, service: YamlNode) -> Setup:
    image = _inherited(project, service, "image")
    volumes = [_mount(project, volume) for volume in items(_inherited(project, service, "volumes"))]
    storage = next((Fact(source, line) for source, target, line in volumes if target.rstrip("/") == IMAGE_STORAGE), Fact())
    ports = [_port(project, port) for port in items(_inherited(project, service, "ports"))]
    deploy = _inherited(project, service, "deploy")
    count = next((node for node in (child(deploy, "replicas"), _inherited(project, service, "scale")) if is_scalar(node)), None)
    number = project.text(count).value or "" if count is not None else ""
    return Setup(
        "docker",
        Fact(project.text(image).value or "", line_of(image)) if image is not None else Fact(),
        storage,
        tuple(port for port in ports if port),
        scale=Scale(Fact(number, line_of(count)) if number else Fact(), volume="" if storage else "none"),
    )


def _mount(project: _Project, volume: YamlNode) -> tuple[str, str, int]:
    if is_mapping(volume):
        source, target = project.text(child(volume, "source")).value or "", project.text(child(volume, "target")).value or ""
    else:
        source, _colon, rest = (project.text(volume).value or "").partition(":")
        target = rest.partition(":")[0]
    return clean(source, 200), target, line_of(volume)


def _port(project: _Project, port: YamlNode) -> Fact:
    parts = [child(port, key) for key in ("published", "target")] if is_mapping(port) else [port]
    text = ":".join(project.text(part).value or "" for part in parts)
    return Fact(clean(text, 60), line_of(port))
