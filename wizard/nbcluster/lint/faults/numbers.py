"""Faults of values that have to be a number, one of a few words, or a path (nocobase.md §2)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from nbcluster.lint.application import Application
from nbcluster.lint.model import FAIL, WARN, Fault, Hit
from nbcluster.text import N_, _

_PORTS = ("APP_PORT", "DB_PORT", "NOCOBASE_PROXY_UPSTREAM_PORT")
_LEAST: Mapping[str, int] = {
    "DB_POOL_MAX": 1,
    "DB_POOL_MIN": 0,
    "DB_POOL_IDLE": 0,
    "DB_POOL_ACQUIRE": 1,
    "DB_POOL_EVICT": 0,
    "DB_POOL_MAX_USES": 1,
    "CACHE_MEMORY_MAX": 1,
    "ASYNC_TASK_MAX_CONCURRENCY": 1,
    "ASYNC_TASK_WORKER_MAX_OLD": 1,
    "ASYNC_TASK_WORKER_MAX_YOUNG": 1,
    "WORKFLOW_SCRIPT_WORKER_CONCURRENCY": 1,
    "WORKFLOW_LOOP_LIMIT": 1,
    "WORKFLOW_NODES_LIMIT": 1,
}
"""The least number of each variable that holds one."""

_SWITCHES: Mapping[str, str] = {
    "DB_LOGGING": "on",
    "TELEMETRY_ENABLED": "on",
    "DISABLE_PKG_DOWNLOAD": "true",
    "SKIP_SAME_VERSION_UPGRADE": "true",
    "UNSAFE_USE_DEFAULT_JWT_SECRET": "true",
    "CORS_DISALLOW_NO_ORIGIN": "true",
    "LEGACY_LOCAL_STORAGE_PUBLIC_ACCESS": "true",
    "SERVER_REQUEST_DISALLOW_IP": "true",
}
"""The one word that switches each of these on; anything else silently means off."""

_MEANT_ON = frozenset({"on", "true", "yes", "y", "1", "enable", "enabled"})
_CHOICES: Mapping[str, frozenset[str]] = {
    "LOGGER_LEVEL": frozenset({"error", "warn", "info", "debug", "trace"}),
    "LOGGER_FORMAT": frozenset({"console", "json", "logfmt", "delimiter"}),
    "APP_CLIENT_ENTRY_MODE": frozenset({"legacy-default", "modern-default", "modern-only"}),
    "ASYNC_TASK_CONCURRENCY_MODE": frozenset({"app", "process"}),
    "NOCOBASE_PROXY_PROVIDER": frozenset({"nginx", "caddy"}),
}


def _number(text: str) -> int | None:
    return int(text) if re.fullmatch(r"[0-9]{1,12}", text) else None


def _port(found: Application) -> Iterator[Hit]:
    for name in _PORTS:
        value = found.value(name).strip()
        number = _number(value)
        if value and (number is None or not 0 < number < 65536):
            yield found.at(name)


def _no_number(found: Application) -> Iterator[Hit]:
    for name, least in _LEAST.items():
        value = found.value(name).strip()
        number = _number(value)
        if value and (number is None or number < least):
            yield found.at(name, _("is not a whole number of {least} or more.").format(least=least))


def _no_switch(found: Application) -> Iterator[Hit]:
    for name, word in _SWITCHES.items():
        value = found.value(name)
        if value != word and value.strip().lower() in _MEANT_ON:
            hint = _("Write {word}, in lower case, or take it out.").format(word=word)
            yield found.at(name, _("is not exactly {word}, so it is off.").format(word=word), hint)


def _no_choice(found: Application) -> Iterator[Hit]:
    for name, words in _CHOICES.items():
        if found.value(name) and found.value(name) not in words:
            yield found.at(name, hint=_("Write one of: {words}.").format(words=", ".join(sorted(words))))


def _public_path(found: Application) -> Iterator[Hit]:
    value = found.value("APP_PUBLIC_PATH").strip()
    if value and (not value.startswith("/") or re.search(r"[?#\s]|//", value)):
        yield found.at("APP_PUBLIC_PATH")


def _api_path(found: Application) -> Iterator[Hit]:
    value = found.value("API_BASE_PATH").strip()
    if value and not (value.startswith("/") and value.endswith("/")):
        yield found.at("API_BASE_PATH", hint=_("Write slashes at both ends, such as /api/."))
    if found.value("WS_PATH") and not found.value("WS_PATH").startswith("/"):
        yield found.at("WS_PATH", hint=_("Begin with a slash, such as /ws."))


FAULTS: tuple[Fault, ...] = (
    Fault(
        "port",
        FAIL,
        N_("An invalid port"),
        N_("Ports are numbers from 1 to 65535."),
        N_("is not a number from 1 to 65535."),
        N_("Write the port alone, as a number."),
        variables=_port,
    ),
    Fault(
        "number",
        FAIL,
        N_("An invalid number, or one out of range"),
        N_("NocoBase takes its default or fails, depending on the variable."),
        hint=N_("Write a whole number, without a unit, or take the variable out."),
        variables=_no_number,
    ),
    Fault(
        "switch",
        WARN,
        N_("A switch that is written in another way than NocoBase reads it"),
        N_("Each switch knows one word, on or true; with anything else it is off."),
        remedy=N_("The word that the finding names."),
        variables=_no_switch,
    ),
    Fault(
        "choice",
        WARN,
        N_("A word that NocoBase does not know here"),
        N_("Its default is taken instead."),
        N_("is not a word that NocoBase knows for it: the default is used."),
        remedy=N_("One of the words that the finding names."),
        variables=_no_choice,
    ),
    Fault(
        "public-path",
        FAIL,
        N_("APP_PUBLIC_PATH is no path"),
        N_("It is put in front of the API, of the WebSocket and of every page."),
        N_("is not a path that begins with a slash: addresses of pages, API and WebSocket are built from it."),
        N_("Write a path such as / or /nocobase/, the same on every node."),
        variables=_public_path,
    ),
    Fault(
        "api-path",
        WARN,
        N_("API_BASE_PATH or WS_PATH lacks a slash"),
        N_("API_BASE_PATH is compared literally and needs slashes at both ends; WS_PATH begins with one."),
        N_("lacks a slash: it is compared literally."),
        remedy=N_("/api/ and /ws."),
        variables=_api_path,
    ),
)
