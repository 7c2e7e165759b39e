"""Redis servers: plain, with the Bloom filter module, with TLS, or with any settings a test needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from tests.services.certificates import Certificates
from tests.services.process import Server, accepts, free_ports, missing, remove, services_folder, short_folder, tool

DEFAULT_PASSWORD = "pw"
WIZ_PASSWORD = "secret"
VERSIONS = {"redis": "7.0.15", "redis8": "8.0.2", "valkey": "8.1.1"}


@dataclass(frozen=True)
class RedisServer:
    """A running Redis; an empty ``username`` or ``password`` means that none is wanted."""

    host: str
    port: int
    username: str
    password: str
    version: str
    bloom: bool
    server: Server
    tls: bool = False
    ca_file: Path | None = None

    def url(self, database: int = 0, username: str | None = None, password: str | None = None) -> str:
        """Return the address as ``redis://`` or ``rediss://`` URL, by default with the server's own login."""
        user = quote(self.username if username is None else username, safe="")
        word = quote(self.password if password is None else password, safe="")
        login = f"{user}:{word}@" if user or word else ""
        return f"redis{'s' if self.tls else ''}://{login}{self.host}:{self.port}/{database}"


def bloom_module() -> Path:
    """Return the path of the Bloom filter module; a missing one fails the test."""
    path = services_folder() / "redisbloom.so"
    if not path.is_file():
        raise missing("the Redis module redisbloom.so")
    return path


def _program(edition: str) -> list[str]:
    """Return the command of an edition; those of the other Debian run with its own loader and libraries."""
    if edition == "redis":
        return [tool("redis-server")]
    root = services_folder() / "trixie"
    name = {"redis8": "redis-server", "valkey": "valkey-server"}[edition]
    if not (root / "usr/bin" / name).exists():
        raise missing(f"{name} of Debian 13")
    loader = [str(root / "lib64/ld-linux-x86-64.so.2"), "--library-path", str(root / "usr/lib/x86_64-linux-gnu")]
    # the program is one of several of the same file and looks at the name that it was started with
    return [*loader, "--argv0", name, str(root / "usr/bin" / name)]


def start_redis(
    *config: str,
    edition: str = "redis",
    bloom: bool = False,
    users: Sequence[Sequence[str]] = (),
    username: str = "",
    password: str = "",
    certificates: Certificates | None = None,
) -> RedisServer:
    """Start Redis 7.0 (``/usr/bin/redis-server``) on a free port of 127.0.0.1, or another ``edition``: ``redis8`` or ``valkey``.

    ``config`` are further words of its command line, ``users`` ACL users, each as the words after ``--user``
    (``["wiz", "on", ">secret", "~*", "&*", "+@all"]``); ``username`` and ``password`` are only told in the result.
    """
    folder = short_folder("redis")
    port = free_ports()
    words = [
        tool("setpriv"),
        "--pdeathsig",
        "KILL",
        "--",
        *_program(edition),
        "--bind",
        "127.0.0.1",
        "--dir",
        str(folder),
        "--save",
        "",
    ]
    words += ["--appendonly", "no", "--daemonize", "no"]
    if certificates is None:
        words += ["--port", str(port)]
    else:
        words += ["--port", "0", "--tls-port", str(port), "--tls-auth-clients", "no"]
        words += ["--tls-cert-file", str(certificates.certificate), "--tls-key-file", str(certificates.key)]
        words += ["--tls-ca-cert-file", str(certificates.authority)]
    if bloom:
        words += ["--loadmodule", str(bloom_module())]
    for user in users:
        words += ["--user", *user]
    server = Server.start([*words, *config], folder / "log", cwd=folder)
    server.wait_for(lambda: accepts("127.0.0.1", port), 10)
    return RedisServer(
        "127.0.0.1",
        port,
        username,
        password,
        VERSIONS[edition],
        bloom,
        server,
        tls=certificates is not None,
        ca_file=certificates.authority if certificates else None,
    )


def stop_redis(redis: RedisServer) -> None:
    """Stop the server and remove its folder."""
    redis.server.stop(5)
    remove(redis.server.log.parent)
