"""Redis and AMQP addresses as an operator types them: read leniently, judged strictly, written percent-encoded.

The faults are the forms that node-redis and ioredis do not both accept (nocobase.md §4.2) or that amqplib and pika read differently (§5).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import cached_property
from urllib.parse import quote, unquote

from nbcluster.secret import MissingSecret, Secret

SAFE = re.compile(r"[A-Za-z0-9._\-/:@%+,=~]*\Z")
"""Characters that every reader of an env file takes as they stand (nocobase.md §3)."""

_PARTS = re.compile(
    r"(?P<host>\[[^\]]*\]|[^:/?#]*)(?::(?P<port>[^/?#]*))?(?P<path>[^?#]*)(?P<query>\?[^#]*)?(?P<fragment>#.*)?\Z", re.DOTALL
)
_DEFAULT_PORTS = {"redis": 6379, "rediss": 6379, "amqp": 5672, "amqps": 5671}


@dataclass(frozen=True)
class Url:
    """An address split into its parts, its password kept apart; ``faults`` name what is wrong with how it was typed.

    Faults: ``scheme``, ``slashes``, ``host``, ``hosts``, ``ipv6``, ``port``, ``path``, ``query``, ``fragment``, ``percent``, ``blank``,
    ``raw`` (a character in the user name or password that ends the host part; ``raw_characters`` has it).
    """

    scheme: str
    username: str
    password: Secret | None
    host: str
    port: int | None
    path: str
    faults: tuple[str, ...] = ()
    raw_characters: str = ""
    literal: Secret | None = None
    typed: str = field(default="", compare=False)
    """The text without its password, which is shown as long as something is wrong with it."""

    @property
    def tls(self) -> bool:
        """Whether the scheme asks for TLS."""
        return self.scheme in ("rediss", "amqps")

    @property
    def effective_port(self) -> int:
        """The port, or the default of the scheme."""
        return self.port if self.port is not None else _DEFAULT_PORTS.get(self.scheme, 0)

    @property
    def database(self) -> int:
        """The Redis database number; 0 where the path names none."""
        digits = self.path.strip("/")
        return int(digits) if digits.isdecimal() and digits.isascii() and len(digits) < 6 else 0

    @property
    def vhost(self) -> str:
        """The virtual host as amqplib reads it: no path or a bare slash is ``/`` (nocobase.md §5)."""
        return unquote(self.path[1:]) or "/"

    @cached_property
    def address(self) -> str:
        """The address without its password, as it may be shown and stored."""
        return self.typed if self.faults and self.typed else self._compose(None)

    @cached_property
    def masked(self) -> str:
        """The address as reports show it."""
        return self._compose("***" if self.password is not None else None)

    @property
    def server(self) -> tuple[str, int]:
        """Host in lower case and port: what two addresses of one server have in common."""
        return (self.host.lower(), self.effective_port)

    def reveal(self) -> str:
        """Return the address with its password, percent-encoded so that every reader agrees."""
        if self.literal is not None and (self.faults or SAFE.match(self.literal.reveal())):
            return self.literal.reveal()
        return self._compose(None if self.password is None else quote(self.password.reveal(), safe=""))

    def _compose(self, password: str | None) -> str:
        user = quote(self.username, safe="")
        userinfo = (user + (f":{password}" if password is not None else "") + "@") if user or password is not None else ""
        port = "" if self.port is None else f":{self.port}"
        return f"{self.scheme}://{userinfo}{self.host}{port}{self.path}"

    def with_database(self, number: int) -> Url:
        """Return the same address with another Redis database."""
        return replace(self, path=f"/{number}", literal=None, typed="")

    def with_password(self, password: Secret | None) -> Url:
        """Return the same address with another password, which is taken as it is (not percent-encoded)."""
        faults = tuple(f for f in self.faults if f not in ("raw", "percent"))
        return replace(self, password=password, literal=None, faults=faults, raw_characters="")

    def __str__(self) -> str:
        return self.masked

    def __repr__(self) -> str:
        return f"Url({self.masked})"


def parse_url(text: str, password: Secret | None = None) -> Url:
    """Read an address; whatever is wrong with it becomes a fault, never an exception."""
    typed = text.strip()
    faults: list[str] = []
    scheme, colon, rest = typed.partition(":")
    if not colon or not re.fullmatch(r"[A-Za-z][A-Za-z0-9+.-]*", scheme) or not (rest.startswith("/")):
        faults.append("scheme")
        scheme, rest = "", typed.removeprefix("//")
    elif not rest.startswith("//"):
        faults.append("slashes")
        rest = rest.lstrip("/")
    else:
        rest = rest[2:]
    userinfo, at, tail = rest.rpartition("@")
    if at and ":" not in userinfo and "/" in userinfo:
        userinfo, at, tail = "", "", rest
    user, has_password, secret = userinfo.partition(":")
    raw = "".join(sorted({c for c in userinfo if c in "/?#"}))
    if raw:
        faults.append("raw")
    for part in (user, secret):
        if not _decodable(part):
            faults.append("percent")
    match = _PARTS.match(tail)
    host, port, path, query, fragment = (
        match.group("host", "port", "path", "query", "fragment") if match else (tail, None, "", None, None)
    )
    number = _port(port, faults)
    faults += _host_faults(host)
    if query is not None:
        faults.append("query")
    if fragment is not None:
        faults.append("fragment")
    if any(c.isspace() for c in host + path):
        faults.append("blank")
    decoded = Secret(unquote(secret) if _decodable(secret) else secret) if has_password else None
    return Url(
        scheme=scheme.lower(),
        username=unquote(user) if _decodable(user) else user,
        password=password if password is not None else decoded,
        host=host,
        port=number,
        path=path,
        faults=tuple(dict.fromkeys(faults)),
        raw_characters=raw,
        literal=Secret(typed) if password is None else None,
        typed=typed[: len(typed) - len(rest)] + (f"{user}@" if user else "") + tail,
    )


def missing_password(url: Url) -> bool:
    """Tell whether the address had a password that a saved session does not hold."""
    return isinstance(url.password, MissingSecret)


def _decodable(text: str) -> bool:
    if re.search(r"%(?![0-9A-Fa-f]{2})", text):
        return False
    try:
        unquote(text, errors="strict")
    except UnicodeDecodeError:
        return False
    return True


def _port(text: str | None, faults: list[str]) -> int | None:
    if text is None or text == "":
        return None
    if "," in text:
        faults.append("hosts")
        return None
    if not (text.isascii() and text.isdecimal()) or not 1 <= int(text[:6]) <= 65535:
        faults.append("port")
        return None
    return int(text)


def _host_faults(host: str) -> list[str]:
    if not host:
        return ["host"]
    if host.startswith("["):
        return ["ipv6"]
    if "," in host:
        return ["hosts"]
    return []
