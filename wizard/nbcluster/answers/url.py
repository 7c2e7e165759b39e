"""Redis and AMQP addresses as an operator types them: read leniently, judged strictly, written percent-encoded.

The faults are the forms that node-redis and ioredis do not both accept (nocobase.md §4.2) or that amqplib and pika read differently (§5).
What may be a password in a text that is no well-formed address is found here as well, once for every face.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import cached_property
from urllib.parse import quote, unquote

from nbcluster.answers.host import is_numbers
from nbcluster.answers.secret import MissingSecret, Secret
from nbcluster.facts import is_secret_name
from nbcluster.text.clean import clean, refused

SAFE = re.compile(r"[A-Za-z0-9._\-/:@%+,=~]*\Z")
"""Characters that every reader of an env file takes as they stand (nocobase.md §3)."""

HIDDEN = "***"
"""Stands for what may be a password wherever an address is shown or stored."""

DOT = "•"
"""The same for each character while an address is typed."""

SHIPPED_USERS = frozenset({"default", "guest"})
"""Default user names of Redis and RabbitMQ: shown also without a password beside them."""

_PARTS = re.compile(
    r"(?P<host>\[[^\]]*\]|[^:/?#]*)(?::(?P<port>[^/?#]*))?(?P<path>[^?#]*)(?P<query>\?[^#]*)?(?P<fragment>#.*)?\Z", re.DOTALL
)
_REDIS_SCHEMES = ("redis", "rediss")
_DEFAULT_PORTS = {"redis": 6379, "rediss": 6379, "amqp": 5672, "amqps": 5671}

_PARTING = r":;,?#&|=\\\s：；，？＃"
"""Characters that end a host name or a user name, also in the full-width form of an input method."""

_DOUBTFUL = re.compile(rf"[{_PARTING}]|%3a", re.IGNORECASE)
"""What tells, in a user name as it was typed, that it may hold more than the name."""
_COLON = re.compile("[:：]|%3a", re.IGNORECASE)
"""What tells it in any user name: whoever percent-encoded a colon most often encoded name and password together."""
_OPEN_HOST = rf"(?:(?P<host>\[[0-9A-Fa-f:.]*\]|[^{_PARTING}/@＠%]+)(?::[0-9]{{0,5}}(?=[/?#]|\Z))?)?"
_OPEN_REDIS = re.compile(rf"{_OPEN_HOST}(?P<path>(?:/[0-9]*)?(?=[?#]|\Z))?")
_OPEN_OTHER = re.compile(rf"{_OPEN_HOST}(?P<path>(?:/[A-Za-z0-9._~!$'()*+%/\-]*)?(?=[?#]|\Z))?")
"""What can be no password of what stands behind a user name: a host name, a port, and a database number or a virtual host."""

_HEAD = re.compile(r"\s*(?:(?P<scheme>[A-Za-z][A-Za-z0-9+.\-]*):/+)?")
_USER = re.compile(rf"(?P<user>[^{_PARTING}]*)(?:@|＠|%40)", re.IGNORECASE)
# bounded, or the time would grow with the square of the length; no password is as long
_SCHEME_END = r"[A-Za-z][A-Za-z0-9+.\-]{0,30}"
_PASSWORD_IN_TEXT = re.compile(
    rf"{_SCHEME_END}://[^\s/?#:：]{{0,1000}}(?:(?:：|%3a)|:(?=\S{{0,1000}}@)|:(?![0-9]{{0,5}}(?:[/?#\s,;)]|\Z)))", re.IGNORECASE
)
_SETTING = re.compile(r"[?&;,|\s](?P<name>[A-Za-z][A-Za-z0-9_.\-]*)\s*=")
_USER_INFO = re.compile(rf"{_SCHEME_END}:/+[^/\s]*@")
_SHARE = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}:/(?!/)[^@＠%?\s]*")
"""A path of a file server as ``mount`` takes it; what looks like an IPv4 address is no user name."""
_PRIVATE_KEY = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY")


@dataclass(frozen=True)
class Url:
    """An address split into its parts, its password kept apart; ``faults`` name what is wrong with how it was typed.

    Faults: ``scheme``, ``slashes``, ``host``, ``hosts``, ``number`` (a host of numbers that is no whole IPv4 address), ``ipv6``,
    ``port``, ``path``, ``query``, ``fragment``, ``percent``, ``blank``,
    ``sign`` (one that no host name has), ``control`` (a character that is not seen; ``raw_characters`` has it),
    ``raw`` (a character in the user name or password that ends the host part; ``raw_characters`` has it).
    Host, port and path are free of what may be a password.
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
    user_parted: bool = field(default=False, compare=False)
    """Whether the user name was typed with a character that ends a name and is not percent-encoded."""
    typed: tuple[str, str, str] = field(default=("", "", ""), compare=False)
    """What stood in front of the user name, the user name, and what stood behind the @, without anything that may be a password."""

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

    @property
    def user_doubtful(self) -> bool:
        """Whether the user name may be a password, so that it is not shown: no password beside it, a colon in it, or it was not saved.

        Other characters that end a name are part of it where they were percent-encoded.
        """
        known = bool(self.password) or isinstance(self.password, MissingSecret)
        is_name = known and self.username != HIDDEN and not self.user_parted and not _COLON.search(self.username)
        return self.username != "" and not is_name

    @cached_property
    def address(self) -> str:
        """The address without its password, as it may be shown and stored."""
        return self._shown("")

    @cached_property
    def masked(self) -> str:
        """The address as reports show it."""
        return self._shown("" if self.password is None else f":{HIDDEN}")

    @property
    def server(self) -> tuple[str, int]:
        """Host in lower case and port: what two addresses of one server have in common."""
        return (self.host.lower(), self.effective_port)

    def reveal(self) -> str:
        """Return the address with its password, percent-encoded so that every reader agrees."""
        if self.literal is not None and (self.faults or SAFE.match(self.literal.reveal())):
            return self.literal.reveal()
        user = quote(self.username, safe="")
        password = "" if self.password is None else ":" + quote(self.password.reveal(), safe="")
        return f"{self.scheme}://{user}{password}{'@' if user or password else ''}{self._tail}"

    @property
    def _tail(self) -> str:
        return f"{self.host}{'' if self.port is None else f':{self.port}'}{self.path}"

    def _shown(self, password: str) -> str:
        if self.faults and any(self.typed):
            head, user, tail = self.typed
        else:
            head, user, tail = f"{self.scheme}://", quote(self.username, safe=""), self._tail
        if self.user_doubtful:
            user, password = user if self.username in SHIPPED_USERS else HIDDEN, ""
        return f"{head}{user}{password}{'@' if user or password else ''}{tail}"

    def with_database(self, number: int) -> Url:
        """Return the same address with another Redis database."""
        return replace(self, path=f"/{number}", literal=None, typed=("", "", ""))

    def without_database(self) -> Url:
        """Return the same address without a Redis database."""
        return replace(self, path="", literal=None, typed=("", "", ""))

    def with_password(self, password: Secret | None) -> Url:
        """Return the same address with another password, which is taken as it is (not percent-encoded)."""
        faults = tuple(f for f in self.faults if f not in ("raw", "percent"))
        return replace(self, password=password, literal=None, faults=faults, raw_characters="")

    def completed(self, before: Url | None) -> Url:
        """Return the address with the password and the user name that an earlier one had, where this one shows or gives none."""
        url = self
        if before is not None and url.username == HIDDEN and before.username:
            typed = (url.typed[0], before.typed[1], url.typed[2])
            url = replace(url, username=before.username, user_parted=before.user_parted, literal=None, typed=typed)
        if before is not None and url.password is None and before.password is not None:
            url = url.with_password(before.password)
        return url

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
    if not at or any(is_secret_name(found["name"]) for found in _SETTING.finditer(userinfo)):
        # the @ is missing or encoded, or belongs to a password that is given as a setting
        odd = _USER.match(rest)
        userinfo, tail = (odd["user"], rest[odd.end() :]) if odd else ("", rest)
        if odd and rest[len(userinfo)] != "@":
            faults.append("sign")
    user, has_password, secret = userinfo.partition(":")
    raw = "".join(sorted({c for c in userinfo if c in "/?#"}))
    if raw:
        faults.append("raw")
    for part in (user, secret):
        if not decodable(part):
            faults.append("percent")
    control = refused(user + tail)
    if control:
        faults.append("control")
    match = _PARTS.match(tail)
    assert match is not None, "it matches every text"
    host, port, path, query, fragment = match.group("host", "port", "path", "query", "fragment")
    number = _port(port, faults)
    faults += _host_faults(host)
    if query is not None:
        faults.append("query")
    if fragment is not None:
        faults.append("fragment")
    if any(c.isspace() for c in host + path):
        faults.append("blank")
    decoded = Secret(unquote(secret) if decodable(secret) else secret) if has_password else None
    shown, end = _open_part(tail, scheme), _open_end(tail, scheme)
    if end < len(tail) and not faults and not (shown["host"] and tail[end - 1] == "/" and scheme.lower() in _REDIS_SCHEMES):
        faults.append("sign")
    return Url(
        scheme=scheme.lower(),
        username=unquote(user) if decodable(user) else user,
        password=password if password is not None else decoded,
        host=shown["host"] or "",
        port=number,
        path=path if shown["path"] is not None else f"/{HIDDEN}",
        faults=tuple(dict.fromkeys(faults)),
        raw_characters=control + raw,
        literal=Secret(typed) if password is None else None,
        user_parted=bool(_DOUBTFUL.search(user)),
        typed=(typed[: len(typed) - len(rest)], user, tail[:end] + (HIDDEN if tail[end:] else "")),
    )


def missing_password(url: Url) -> bool:
    """Tell whether the address had a password that a saved session does not hold."""
    return isinstance(url.password, MissingSecret)


def veiled(text: str, *, address: bool, user_known: bool = False) -> str:
    """Return a text that is being typed, of the same length, with dots where a password may stand.

    ``address``: the whole text is meant as an address, with or without a scheme; otherwise only what follows ``scheme://`` counts.
    From the colon behind a user name on everything is hidden, whether or not an @ follows: the next sign may belong to the password.
    ``user_known``: the password is in a field of its own, so a word in front of an @ is a user name.
    """
    if not address:
        start = _password_start(text)
        return text[:start] + DOT * len(text[start:])
    if _SHARE.fullmatch(text):
        return text
    head = _HEAD.match(text)
    assert head is not None, "it matches the empty text"
    rest, before = text[head.end() :], head[0]
    user = _USER.match(rest)
    if user:
        name, rest = user["user"], rest[user.end() :]
        before += (name if user_known or name in SHIPPED_USERS else DOT * len(name)) + user[0][len(name) :]
    end = _open_end(rest, head["scheme"] or "")
    return before + rest[:end] + DOT * len(rest[end:])


def holds_password(text: str) -> bool:
    """Tell whether a text that is meant as something else holds an address with a password inside."""
    return _password_start(text) < len(text)


def is_secret_value(value: str) -> bool:
    """Tell whether a variable's value is a secret whatever the name says: an address with a user or password, a private key."""
    return bool(_USER_INFO.search(value) or _PRIVATE_KEY.search(value)) or holds_password(value)


def told(value: str, limit: int = 80) -> str:
    """Return a variable's value as a message may name it: clean, and hidden where it is a secret whatever the variable's name says."""
    return HIDDEN if is_secret_value(value) else clean(value, limit)


def _password_start(text: str) -> int:
    """Return where a password begins in an address inside a text; the length of the text where there is none."""
    password = _PASSWORD_IN_TEXT.search(text)
    scheme = text.find("://")
    settings = [found.end() for found in _SETTING.finditer(text, scheme) if is_secret_name(found["name"])] if scheme > 0 else []
    return min([*([password.end()] if password else []), *settings, len(text)])


def _open_part(tail: str, scheme: str) -> re.Match[str]:
    found = (_OPEN_REDIS if scheme.lower() in (*_REDIS_SCHEMES, "") else _OPEN_OTHER).match(tail)
    assert found is not None, "it matches the empty text"
    return found


def _open_end(tail: str, scheme: str) -> int:
    """Return where host, port and path end and something begins that may be a password; the sign between them is no part of one."""
    return min(_open_part(tail, scheme).end() + 1, len(tail))


def decodable(text: str) -> bool:
    """Tell whether percent-encoded text means something: every sign stands before two digits, and the bytes are UTF-8."""
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
    if not (text.isascii() and text.isdecimal()) or len(text) > 5 or not 1 <= int(text) <= 65535:
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
    return ["number"] if is_numbers(host) else []
