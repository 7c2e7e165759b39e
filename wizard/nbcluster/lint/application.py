"""The variables of one application, from whatever files, and what may be concluded from an absent one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from nbcluster.answers.importer.sources import Kind, Setting, Setup
from nbcluster.answers.url import Url, parse_url
from nbcluster.errors import Severity
from nbcluster.facts import BROKER_VARIABLES, ROLE_VARIABLES
from nbcluster.lint.model import Hit
from nbcluster.steps.middleware import queue, redis
from nbcluster.text import _
from nbcluster.text.clean import clean

LEFT_OUT = re.compile(r"^[ \t]*# nbcluster:(?:left-out | (?=\w+: left out))(APP_KEY|APP_AES_SECRET_KEY)\b", re.MULTILINE)
"""The line that stands for a key which is left out on purpose, because the key file on the share decides; also as 1.0.0 wrote it."""


OPEN = re.compile(r"# nbcluster:(?:open-secrets\b| secrets in this ConfigMap are meant)")
"""The line of a file that has nowhere else to put secrets and says so; also as 1.0.0 wrote it."""

_BROKER = re.compile(r"amqps?:/")


@dataclass(frozen=True)
class Application:
    """All settings of one application, each with the file it stands in.

    ``title`` is its service or workload. ``complete``: nothing sets variables but what was read, so that an absent one is absent. ``decided``
    are keys left out on purpose. ``in_docker``: an env file that says it is for ``docker --env-file``; the image sets APP_ENV itself.
    ``open``: secrets stand in a ConfigMap knowingly. ``setup`` is what its file says beside the variables. ``shares`` are the sources that
    it names and that were not read. ``alone``: it is judged as a node without others.
    """

    kind: Kind
    file: str
    settings: tuple[Setting, ...]
    title: str = ""
    complete: bool = True
    decided: frozenset[str] = frozenset()
    in_docker: bool = False
    open: bool = False
    setup: Setup = field(default_factory=Setup)
    shares: frozenset[str] = frozenset()
    alone: bool = False

    @cached_property
    def last(self) -> Mapping[str, Setting]:
        """The setting that holds, by name."""
        return {setting.name: setting for setting in self.settings}

    @cached_property
    def queue_variable(self) -> str:
        """The variable that has RabbitMQ's address: its name is published nowhere, so any with such an address counts."""
        likely = [name for name in BROKER_VARIABLES if self.value(name)]
        others = (name for name, setting in self.last.items() if _BROKER.match(setting.value or ""))
        return next(iter((*likely, *others)), BROKER_VARIABLES[0])

    @cached_property
    def addresses(self) -> Mapping[str, Url]:
        """The addresses of Redis and RabbitMQ that are set, by variable: those of the five roles first."""
        others = [name for name in self.last if name.endswith("_REDIS_URL") and name not in ROLE_VARIABLES.values()]
        names = (*ROLE_VARIABLES.values(), self.queue_variable, *others)
        return {name: parse_url(self.value(name)) for name in names if self.value(name)}

    def is_broker(self, name: str) -> bool:
        """Tell whether a variable has the address of RabbitMQ."""
        return name == self.queue_variable and not name.endswith("REDIS_URL")

    @cached_property
    def broken_addresses(self) -> tuple[tuple[str, Url, str], ...]:
        """What is wrong with how addresses are written: the variable, the address, and the name of the fault."""
        return tuple(
            (name, url, fault)
            for name, url in self.addresses.items()
            for fault in (queue if self.is_broker(name) else redis).address_faults(url)
        )

    @cached_property
    def supervised(self) -> bool:
        """Whether it is a part of several applications under one supervisor, which is another kind of deployment (nocobase.md §19 #4)."""
        return self.value("APP_MODE") in ("supervisor", "worker") or self.value("APP_DISCOVERY_ADAPTER") == "remote"

    @property
    def on_host(self) -> bool:
        """Whether its node is a machine without containers, as far as an env file tells: no server has a name that only docker knows."""
        if self.kind is not Kind.ENV or self.in_docker or self.value("NOCOBASE_RUNNING_IN_DOCKER"):
            return False
        hosts = [self.value("DB_HOST"), *(url.host for url in self.addresses.values())]
        return not any(re.fullmatch(r"(?!localhost\Z)[A-Za-z][A-Za-z0-9_-]*", host) for host in hosts)

    def value(self, name: str) -> str:
        """Return a value; one that is absent, empty or not known is the empty text. A line feed at its end is a fault of its own."""
        setting = self.last.get(name)
        return ((setting.value if setting is not None else "") or "").rstrip("\r\n")

    def unknown(self, name: str) -> bool:
        """Tell whether a variable is set by something that was not read."""
        setting = self.last.get(name)
        return setting.value is None if setting is not None else not self.complete

    def lacks(self, name: str) -> bool:
        """Tell whether a variable is certainly absent or empty; NocoBase treats both the same (nocobase.md §2)."""
        return not self.value(name) and not self.unknown(name)

    def at(self, name: str, message: str = "", hint: str = "", severity: Severity | None = None) -> Hit:
        """Return the place where a variable is set, or the file for one that is not."""
        setting = self.last.get(name)
        if setting is None:
            return Hit(self.file, 0, name, message, hint, severity)
        return self.there(setting, message, hint, severity)

    def there(self, setting: Setting, message: str = "", hint: str = "", severity: Severity | None = None) -> Hit:
        """Return the place of a setting."""
        file = setting.file or self.file
        return Hit(clean(file, 400), setting.line, clean(setting.name, 80), message, hint, severity)


Condition = Callable[[Application], Iterable[Hit]]


def absent(name: str) -> Condition:
    """Return the condition that a variable is certainly absent or empty."""
    return lambda found: (found.at(name),) if found.lacks(name) else ()


def server_of(variable: str) -> str:
    """Return a placeholder for a host name, which is a value and is not shown."""
    return _("the server in {variable}").format(variable=variable)
