"""Texts with several answers in one, as copied from elsewhere: host and port, server and export, a database's URL."""

from __future__ import annotations

import re
from urllib.parse import unquote

from nbcluster.answers.fields import Compound, Value
from nbcluster.answers.secret import Secret
from nbcluster.answers.url import decodable
from nbcluster.text import _

_PORT = r"(?P<port>[0-9]{1,5})"
_HOST_PORT = re.compile(
    rf"(?:\[(?P<six>[0-9A-Fa-f:.]+(?:%[\w.-]+)?)\](?::{_PORT})?|(?P<host>[^\s:/@\[\],]+):{_PORT.replace('port', 'own')})\Z"
)
_EXPORT = re.compile(r"(?:nfs4?://(?P<host>[^\s:/]+|\[[^\]\s]+\])|(?P<server>[^\s/]+):)(?P<export>/\S*)\Z")
_VOLUME = re.compile(r"(?P<server>[A-Za-z0-9_.-]+):(?P<export>[A-Za-z][\w.-]*)\Z")
_QUERY = re.compile(r"\?((?:[\w.-]+=[^&?@]*)(?:&[\w.-]+=[^&?@]*)*)?\Z")

_DIALECTS = {
    "postgres": "postgres",
    "postgresql": "postgres",
    "pgsql": "postgres",
    "mysql": "mysql",
    "mysql2": "mysql",
    "mariadb": "mariadb",
    "kingbase": "kingbase",
    "kingbase8": "kingbase",
    "kingbasees": "kingbase",
}
"""Schemes of database URLs, and the dialect that each means."""
_TLS = {
    "disable": False, "disabled": False, "allow": False, "prefer": False, "preferred": False, "false": False, "0": False,
    "require": True, "required": True, "verify-ca": True, "verify_ca": True, "verify-full": True, "verify_identity": True,
    "true": True, "1": True,
}  # fmt: skip
"""Values of ``sslmode`` and the like, and whether they keep a connection without TLS from being made."""
_TLS_NAMES = ("sslmode", "ssl", "usessl", "ssl-mode")
_SCHEMA_NAMES = ("schema", "currentschema", "search_path")


def _split(text: str) -> tuple[str, int | None] | None:
    match = _HOST_PORT.match(text)
    if match is None:
        return None
    port = match["port"] or match["own"]
    if port is not None and not 1 <= int(port) <= 65535:
        return None
    return match["six"] or match["host"], None if port is None else int(port)


def database_host(text: str) -> Compound | None:
    """Take ``HOST:PORT`` or a database's URL apart (PostgreSQL, MySQL, MariaDB, KingbaseES; with ``jdbc:`` in front, too)."""
    scheme, separator, rest = text.removeprefix("jdbc:").partition("://")
    if separator:
        dialect = _DIALECTS.get(scheme.lower())
        return None if dialect is None else _database_url(dialect, rest)
    place = _split(text)
    if place is None:
        return None
    host, port = place
    return Compound((("database.host", host), *((("database.port", port),) if port is not None else ())))


def no_database_host(text: str) -> str:
    """Return why a text with a scheme is no database that NocoBase reaches; the empty text where there is nothing special to say."""
    scheme, separator, rest = text.removeprefix("jdbc:").partition("://")
    if not separator:
        return _("is a number, not a host; the port has its own field") if text.isdecimal() else ""
    if scheme.lower() not in _DIALECTS:
        known = ", ".join(f"{name}://" for name in dict.fromkeys(_DIALECTS.values()))
        return _("is the address of something else: NocoBase's databases are {schemes}").format(schemes=known)
    place = rest.rpartition("@")[2].partition("/")[0].partition("?")[0]
    if not place:
        return _("names no host: a socket is not reached from the other nodes")
    if "," in place:
        return _("names several hosts: NocoBase takes one, so give the address that stands in front of them")
    return ""


def _database_url(dialect: str, rest: str) -> Compound | None:
    match = _QUERY.search(rest)
    query = (match[1] or "") if match is not None else ""
    # a password may contain any character: the last @ ends it
    userinfo, _at, place = (rest[: match.start()] if match is not None else rest).rpartition("@")
    address, _slash, name = place.partition("/")
    found = _split(address) if ":" in address else (address, None)
    if found is None or not found[0] or re.search(r"[\s,/]", found[0]):
        return None
    user, colon, password = userinfo.partition(":")
    if re.search(r"[:;：；]", _decoded(user)):
        return None  # a password that the user name swallowed would be shown as one
    values: dict[str, Value] = {"database.dialect": dialect, "database.host": found[0], "database.port": found[1]}
    values |= {path: _decoded(part) for path, part in (("database.name", name), ("database.user", user)) if part}
    if colon and password:
        values["database.password"] = Secret(_decoded(password))
    left: list[str] = []
    said: list[str] = []
    for part in query.split("&") if query else ():
        key, _equals, value = part.partition("=")
        if key.lower() in _TLS_NAMES and value.lower() in _TLS:
            values["database.tls"] = _TLS[value.lower()]
            said += _of_mode(key, value)
        elif key.lower() in _TLS_NAMES:
            said.append(
                _("{name}={value} is not a mode that is known here: choose yourself whether TLS is on.").format(
                    name=key, value=value
                )
            )
        elif key.lower() == "sslrootcert" and value.startswith("/"):
            values["tls.ca_file"] = _decoded(value)
        elif key.lower() in _SCHEMA_NAMES and dialect in ("postgres", "kingbase") and re.fullmatch(r"\w+", value):
            values["database.schema"] = value
        elif key.lower() == "user" and value:
            values["database.user"] = _decoded(value)
        elif key.lower() == "password" and value:
            values["database.password"] = Secret(_decoded(value))
        else:
            left.append(key)
    return Compound(tuple(values.items()), tuple(left), tuple(said))


def _of_mode(name: str, value: str) -> list[str]:
    """Return what a mode of TLS becomes that means something else to NocoBase, which either verifies or does without (nocobase.md §2.4)."""
    if value.lower() in ("allow", "prefer", "preferred"):
        return [
            _("{name}={value} may fall back to a connection without TLS; NocoBase has no such mode, so TLS is off.").format(
                name=name, value=value
            )
        ]
    if value.lower() in ("require", "required"):
        return [
            _(
                "{name}={value} accepts any certificate, NocoBase verifies it: if a private authority signed it, give that as Private CA file."
            ).format(name=name, value=value)
        ]
    return []


def _decoded(text: str) -> str:
    """Return percent-encoded text decoded, and any other text unchanged."""
    return unquote(text) if decodable(text) else text


def server_name(text: str) -> Compound | None:
    """Take ``HOST:PORT`` and the URL apart that users type: host, port, and the path below which NocoBase is."""
    scheme, separator, rest = text.partition("://")
    if separator and scheme.lower() not in ("http", "https"):
        return None
    address, slash, path = (rest if separator else text).partition("/")
    place = _split(address) if ":" in address else (address, None)
    if place is None or not place[0] or (not separator and place[1] is None) or re.search(r"[\s@?#]", text):
        return None
    host, port = place
    values: dict[str, Value] = {"balancer.server_name": host.lower()}
    said: list[str] = []
    if scheme.lower() == "https" and separator:
        own = "" if port in (None, 443) else f":{port}"
        values["balancer.public_url"] = f"https://{host.lower()}{own}{slash and path and f'/{path}'.rstrip('/')}"
        said.append(
            _('For https, give certificate and key below if this balancer ends TLS; otherwise tick "Another proxy in front".')
        )
    if port is not None and not (separator and scheme.lower() == "https" and port == 443):
        values["balancer.listen"] = port
    if slash and path:
        values["app.public_path"] = f"/{path.rstrip('/')}/"
    return Compound(tuple(values.items()), (), tuple(said))


def storage_server(text: str) -> Compound | None:
    """Take ``SERVER:/EXPORT`` apart, as mount(8) and fstab(5) write it, ``nfs://SERVER/EXPORT``, and ``SERVER:VOLUME`` of GlusterFS."""
    match = _EXPORT.match(text)
    if match is not None:
        return Compound((("storage.server", match["host"] or match["server"]), ("storage.export", match["export"])))
    match = _VOLUME.match(text)
    return None if match is None else Compound((("storage.server", match["server"]), ("storage.export", match["export"])))


def node_host(text: str) -> Compound | None:
    """Take ``USER@HOST``, ``HOST:PORT`` and ``http://HOST:PORT/`` apart into the columns of a node."""
    bare = re.sub(r"\A(?:https?|ssh)://", "", text).rstrip("/")
    user, at, place = bare.rpartition("@")
    if not place or re.search(r"[\s/@:]", user) or (at and not user):
        return None
    host, port = _split(place) or (place, None)
    if host == text or re.search(r"[\s/]", host):
        return None
    cells: dict[str, Value] = {"host": host}
    if at or text.startswith("ssh:"):
        # the port after ssh:// or beside a user is that of ssh, not NocoBase's
        cells["ssh"] = ssh_destination(user, host, port)
    elif port is not None:
        cells["port"] = port
    return Compound(tuple(cells.items()))


def ssh_destination(user: str, host: str, port: int | str | None = None) -> str:
    """Return how ``user@host:2222`` is written, user and port optional."""
    bracketed = f"[{host}]" if ":" in host and port else host
    return f"{user}@{bracketed}".removeprefix("@") + (f":{port}" if port else "")
