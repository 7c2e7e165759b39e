"""The published list of commands against what a server saw: nothing is sent that is not in it, and nothing is left behind."""

from __future__ import annotations

import re
import shlex
import socket

from nbcluster.answers.secret import Secret
from nbcluster.catalogue import CHECKS
from nbcluster.checks.run import run_checks
from nbcluster.facts import ROLES
from tests.checks.conftest import redis_of
from tests.services.fixtures import StartRedis
from tests.services.redis_server import RedisServer

PATTERNS = {"<random>": "[0-9a-f]{16}", "<user>": "[^ ]+", "<password>": ".+", "<number>": "[0-9]+", "<entry>": "[0-9]+-[0-9]+"}


def published() -> list[re.Pattern[str]]:
    lines = [line.partition(": ")[2] if re.match(r"[a-z_, ]+: ", line) else line for check in CHECKS for line in check.sends]
    expressions = []
    for line in lines:
        expression = re.escape(line)
        for name, pattern in {
            **PATTERNS,
            "<digest of no script>": "[0-9a-f]{40}",
            "<1 or 2>": "[12]",
            "<60 or 30000>": "(60|30000)",
            "<compare and delete>": "if redis.call.+ end",
        }.items():
            expression = expression.replace(re.escape(name), pattern)
        expressions.append(re.compile(expression, re.IGNORECASE))
    return expressions


class Monitor:
    """What a Redis sees while the block runs, commands of scripts left out."""

    def __init__(self, server: RedisServer) -> None:
        self._link = socket.create_connection((server.host, server.port), timeout=10)
        self.say(f"AUTH {server.username} {server.password}")
        self.say("MONITOR")

    def say(self, command: str) -> bytes:
        self._link.sendall(command.encode() + b"\r\n")
        return self._link.recv(65536)

    def commands(self, server: RedisServer) -> list[str]:
        with socket.create_connection((server.host, server.port), timeout=10) as other:
            other.sendall(f"AUTH {server.username} {server.password}\r\nECHO the-end\r\n".encode())
            seen = b""
            while b"the-end" not in seen:
                seen += self._link.recv(65536)
        self._link.close()
        found = []
        for line in seen.decode().splitlines():
            words = shlex.split(line.partition("] ")[2]) if " lua] " not in line else []
            if words and words != ["ECHO", "the-end"]:
                found.append(" ".join(words))
        return found


def test_redis_sees_only_published_commands_and_keeps_nothing(start_redis_server: StartRedis) -> None:
    user = ["app", "on", ">pw", "~*", "&*", "+@all"]
    server = start_redis_server(users=[user], username="app", password="pw", bloom=True)
    monitor = Monitor(server)
    report = run_checks([redis_of(server, role, db=number) for number, role in enumerate(ROLES)])
    run_checks([redis_of(server, role, db=number, machines=2, nodes='{"a": "127.0.0.1"}') for number, role in enumerate(ROLES)])
    commands = monitor.commands(server)
    assert report.counts["fail"] + report.counts["error"] == 0
    known = published()
    assert [command for command in commands if not any(pattern.fullmatch(command) for pattern in known)] == []
    for name in (
        "PING",
        "INFO",
        "SELECT",
        "EVAL",
        "XADD",
        "XREADGROUP",
        "PUBLISH",
        "SUBSCRIBE",
        "BF.EXISTS",
        "RPUSH",
        "DBSIZE",
        "CLIENT SETNAME",
    ):
        assert any(command.startswith(name) for command in commands), name
    with socket.create_connection((server.host, server.port), timeout=10) as link:
        link.sendall(b"AUTH app pw\r\nINFO keyspace\r\n")
        assert b"keys=" not in link.recv(4096)


def test_every_key_is_made_with_its_expiry(start_redis_server: StartRedis) -> None:
    """A user who may not delete leaves keys behind: each carries a time to live."""
    server = start_redis_server(users=[["app", "on", ">pw", "~*", "&*", "+@all", "-del", "-eval"]], username="app", password="pw")
    run_checks([redis_of(server, role, password=Secret("pw")) for role in ROLES])
    with socket.create_connection((server.host, server.port), timeout=10) as link:
        link.sendall(b"AUTH app pw\r\nINFO keyspace\r\n")
        seen = link.recv(4096).decode()
    counts = re.search(r"db0:keys=(\d+),expires=(\d+)", seen)
    assert counts is not None, seen
    assert int(counts[1]) == int(counts[2]) > 0
