"""A compose file: the services that run NocoBase, their ``environment`` and ``env_file`` (compose-spec, 05-services)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from nbcluster.envfile import Reader, UnreadableError, read
from nbcluster.importer.sources.model import KNOWN_NAMES, Kind, Loader, Place, Setting, Source
from nbcluster.importer.sources.yamlfile import Node, child, is_mapping, is_null, is_scalar, items, line_of, pairs, text_of

_VARIABLE = re.compile(r"\$(?:(\$)|\{([A-Za-z_][A-Za-z0-9_]*)(?:(:?[-?+])([^{}]*))?\}|([A-Za-z_][A-Za-z0-9_]*))")


def read_services(root: Node, load: Loader) -> Iterator[Source]:
    """Yield one source per service whose image or variables are NocoBase's."""
    for title, _key, service in pairs(child(root, "services")):
        settings, unread = _settings(service, load)
        names = {setting.name for setting in settings}
        if "nocobase" in text_of(child(service, "image")).lower() or names & KNOWN_NAMES:
            on_request = bool(items(child(service, "profiles")))
            yield Source(Kind.COMPOSE, tuple(settings), title, tuple(unread), on_request=on_request)


def _settings(service: Node, load: Loader) -> tuple[list[Setting], list[tuple[int, str]]]:
    settings: list[Setting] = []
    unread: list[tuple[int, str]] = []
    files = child(service, "env_file")
    for entry in items(files) or ((files,) if files is not None else ()):
        path = text_of(child(entry, "path")) if is_mapping(entry) else text_of(entry)
        raw = text_of(child(entry, "format")) == "raw"
        text = load(path) if path and "$" not in path else None
        found = _env_file(text, path, Reader.DOCKER if raw else Reader.COMPOSE) if text is not None else None
        if found is None:
            unread.append((line_of(entry), path))
        else:
            settings += found
    environment = child(service, "environment")
    for name, key, value in pairs(environment):
        # a name without a value is taken from the shell that runs compose
        text = None if not is_scalar(value) or is_null(value) else interpolated(text_of(value))
        truth = is_scalar(value) and str(value.tag).endswith(":bool")  # compose takes numbers, and refuses these
        settings.append(Setting(name, text, line_of(key), Place.ENVIRONMENT, bare=truth))
    for item in items(environment):
        name, equals, value = text_of(item).partition("=")
        if name:
            settings.append(Setting(name, interpolated(value) if equals else None, line_of(item), Place.ENVIRONMENT))
    return settings, unread


def _env_file(text: str, path: str, reader: Reader) -> list[Setting] | None:
    try:
        values = read(reader, text)
    except UnreadableError:
        return None
    out: list[Setting] = []
    for name, value in values.items():
        match = re.search(rf"^[ \t]*(?:export[ \t]+)?{re.escape(name)}[ \t]*[=:]", text, re.MULTILINE)
        line = text.count("\n", 0, match.start()) + 1 if match else 0
        out.append(Setting(name, value, line, Place.ENV_FILE, path))
    return out


def interpolated(text: str) -> str | None:
    """Return a value with ``$$`` and defaults put in; None where it depends on the shell that runs compose."""
    unknown = False

    def put(match: re.Match[str]) -> str:
        nonlocal unknown
        if match.group(1):
            return "$"
        if match.group(3) in (":-", "-"):
            return match.group(4) or ""
        unknown = True
        return ""

    value = _VARIABLE.sub(put, text)
    return None if unknown else value
