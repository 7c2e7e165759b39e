"""Whether the name of a Redis resolves to one server, and whether another role reaches the same database by another name."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import closing

from redis.exceptions import RedisError as RedisClientError

from nbcluster.probe.findings import Finding, text, verdict
from nbcluster.probe.link import Clock, open_link, trust_of
from nbcluster.probe.redis.link import RedisError, RedisLink

_NOT_TOLD = (OSError, RedisError, RedisClientError)
MOST_ADDRESSES = 6
SHARE = 4
"""Which part of the time that is left one further address may take."""


class Door:
    """One way to a server: host, port and login as they were given for a role."""

    def __init__(self, host: str, port: int, login: tuple[str, ...], trust: tuple[bool, str]) -> None:
        self.host, self.port = host, port
        self._login, (self._tls, self._ca_file) = login, trust

    def identity(self, clock: Clock, address: str = "") -> str:
        """Return the run id of the server at one address of the host, the first by default; raises one of ``_NOT_TOLD``."""
        seconds = Clock(clock.left() / SHARE)
        trust = trust_of(self._ca_file) if self._tls else None
        with closing(open_link(address or self.host, self.port, seconds, trust, self.host)) as link:
            redis = RedisLink(link, self.host, self.port, seconds.left())
            if self._login:
                redis.send("AUTH", *self._login)
            return identity_of(redis)


def identity_of(redis: RedisLink) -> str:
    """Return the run id that a server gave itself when it started, empty where it tells none; raises ``RedisError``."""
    lines = redis.text("INFO", "server").splitlines()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("run_id:")), "")


def judge(door: Door, own: str, connected_to: str, role: str, peers: str, ca_file: str, clock: Clock) -> Finding:
    """Compare a server with what stands at the other addresses of its name, and with those of the other roles.

    ``peers`` is JSON: role, host, port, TLS, user and password of each role in the same database number at another address.
    """
    if not own:
        return verdict("redis.server.hidden")
    silent = []
    others = [address for address in addresses(door.host, door.port) if address != connected_to][:MOST_ADDRESSES]
    for address in others:
        try:
            if door.identity(clock, address) != own:
                return verdict("redis.server.several", first=connected_to, second=address)
        except _NOT_TOLD:
            silent.append(address)
    for name, host in _same(own, peers, ca_file, clock):
        if "cache" in (role, name):
            return verdict("redis.server.flushed", other=name, other_host=text(host, 120))
        return verdict("redis.server.shared", other=name, other_host=text(host, 120))
    if silent:
        return verdict("redis.server.silent", first=connected_to, second=", ".join(silent))
    return verdict("redis.server.ok", count=len(others) + 1)


def _same(own: str, peers: str, ca_file: str, clock: Clock) -> Iterator[tuple[str, str]]:
    for role, host, port, tls, user, password in json.loads(peers or "[]"):
        login = tuple(word for word in (user, password) if word) if password else ()
        try:
            if Door(host, port, login, (tls, ca_file)).identity(clock) == own:
                yield role, host
        except _NOT_TOLD:
            # the checks of that role report what is wrong there
            continue


def addresses(host: str, port: int) -> list[str]:
    """Return the addresses of a host, each once; the other loopback address of this machine is no other server."""
    found = dict.fromkeys(str(record[4][0]) for record in socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM))
    return [address for address in found if address != "::1" or len(found) == 1]
