"""The simulated Redis answers what a real one answers, reply for reply, in both versions of the protocol."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
import redis
from redis.backoff import NoBackoff
from redis.connection import Connection
from redis.retry import Retry

from nbcluster.demo.redis import RedisServer
from nbcluster.demo.redis_model import RedisSettings, RedisUser
from tests.demo.conftest import USERS, Run, running
from tests.demo.redis_cases import CASES
from tests.services.redis_server import start_redis, stop_redis


@pytest.fixture(scope="module")
def ports() -> Iterator[tuple[int, int]]:
    """The ports of a simulated and of a real server with the same users."""
    users = {
        "default": RedisUser("pw"),
        "limited": RedisUser("pw", frozenset({"evalsha", "config|get"}), b"main:"),
    }
    real = start_redis("--appendonly", "yes", "--save", "3600 1 300 100 60 10000", users=USERS)
    try:
        with running(RedisServer(RedisSettings("7.0.15", users=users))) as port:
            yield port, real.port
    finally:
        stop_redis(real)


def connection(port: int, protocol: int, username: str = "default", password: str = "pw") -> Any:  # noqa: S107 - of a test server
    connect: Any = Connection
    return connect(
        host="127.0.0.1",
        port=port,
        username=username,
        password=password,
        protocol=protocol,
        socket_timeout=5,
        retry=Retry(NoBackoff(), 0),
    )


def answer_to_ping(line: Any) -> object:
    line.connect()
    line.send_command("PING")
    return line.read_response()


def replies(port: int, protocol: int, commands: list[str], username: str = "default") -> list[object]:
    line = connection(port, protocol, username)
    line.connect()
    answers: list[object] = []
    for command in commands:
        line.send_command(*command.split("|"))
        try:
            answers.append(plain(line.read_response(**({"push_request": True} if protocol == 3 else {}))))
        except redis.RedisError as error:
            answers.append(f"{type(error).__name__} {re.sub(r'[0-9a-f]{40}', 'SHA', str(error))}")
    line.disconnect()
    return answers


def plain(reply: object) -> object:
    """Make answers of both versions comparable without losing their shape."""
    if isinstance(reply, dict):
        return {plain(key): plain(value) for key, value in reply.items()}
    if isinstance(reply, list):
        return [plain(item) for item in reply]
    if isinstance(reply, redis.RedisError):
        return f"{type(reply).__name__} {reply}"
    return reply


@pytest.mark.parametrize("protocol", [2, 3])
@pytest.mark.parametrize("name", CASES)
def test_replies_are_those_of_a_real_server(ports: tuple[int, int], name: str, protocol: int) -> None:
    simulated, real = (replies(port, protocol, CASES[name]) for port in ports)
    assert dict(enumerate(zip(CASES[name], simulated, strict=True))) == dict(enumerate(zip(CASES[name], real, strict=True)))


@pytest.mark.parametrize("protocol", [2, 3])
def test_a_limited_user_is_refused_alike(ports: tuple[int, int], protocol: int) -> None:
    commands = ["GET|other", "GET|main:k", "EVALSHA|x|0", "CONFIG|GET|x", "PING"]
    simulated, real = (replies(port, protocol, commands, "limited") for port in ports)
    assert simulated == real


@pytest.mark.parametrize("protocol", [2, 3])
@pytest.mark.parametrize("login", [("default", "wrong"), ("nobody", "pw"), ("", "")])
def test_a_wrong_login_is_refused_alike(ports: tuple[int, int], protocol: int, login: tuple[str, str]) -> None:
    said = []
    for port in ports:
        with pytest.raises(redis.RedisError) as caught:
            answer_to_ping(connection(port, protocol, *login))
        said.append((type(caught.value), str(caught.value)))
    assert said[0] == said[1]


def test_info_has_the_lines_that_are_judged(ports: tuple[int, int]) -> None:
    said = []
    for port in ports:
        with redis.Redis(port=port, password="pw", socket_timeout=5) as client:
            found = client.info("everything")
            said.append(
                {key: type(found[key]) for key in ("redis_version", "redis_mode", "role", "cluster_enabled", "maxmemory")}
            )
            assert found["aof_enabled"] == 1
            assert found["maxmemory_policy"] == "noeviction"
    assert said[0] == said[1]


def test_a_waiting_reader_wakes_when_something_arrives(ports: tuple[int, int]) -> None:
    for port in ports:
        reader, writer = connection(port, 2), connection(port, 2)
        reader.connect()
        writer.connect()
        reader.send_command("BRPOP", "main:wait", "5")
        writer.send_command("LPUSH", "main:wait", "x")
        writer.read_response()
        assert reader.read_response() == [b"main:wait", b"x"]
        reader.disconnect()
        writer.disconnect()


def test_a_key_is_gone_when_its_time_is_up(run_simulated: Run) -> None:
    server = RedisServer(RedisSettings())
    now = 0.0
    server.state.clock = lambda: now
    with redis.Redis(port=run_simulated(server), socket_timeout=5) as client:
        client.set("k", "v", px=1500)
        assert client.pttl("k") == 1500
        now = 1.5
        assert client.get("k") is None
        assert client.dbsize() == 0


def test_bloom_filters_work_where_they_are_switched_on(run_simulated: Run) -> None:
    port = run_simulated(RedisServer(RedisSettings(bloom=True)))
    with redis.Redis(port=port, socket_timeout=5) as client:
        assert client.execute_command("COMMAND INFO", "BF.RESERVE")[0]
        assert client.execute_command("BF.RESERVE", "f", "0.001", "100") == b"OK"
        assert client.execute_command("BF.ADD", "f", "x") == 1
        assert client.execute_command("BF.EXISTS", "f", "x") == 1
        assert client.execute_command("BF.EXISTS", "f", "y") == 0


def test_valkey_names_itself(run_simulated: Run) -> None:
    port = run_simulated(RedisServer(RedisSettings("7.2.4", valkey_version="9.1.2")))
    with redis.Redis(port=port, socket_timeout=5) as client:
        assert client.info("server")["valkey_version"] == "9.1.2"


def test_every_command_is_recorded_without_credentials(run_simulated: Run) -> None:
    server = RedisServer(RedisSettings(users={"default": RedisUser("hidden")}))
    with redis.Redis(port=run_simulated(server), password="hidden", socket_timeout=5) as client:
        client.ping()
    assert ("PING",) in server.state.received
    assert not any("hidden" in word for words in server.state.received for word in words)


def test_nonsense_ends_the_connection_and_not_the_server(run_simulated: Run) -> None:
    import socket

    port = run_simulated(RedisServer())
    with socket.create_connection(("127.0.0.1", port), 5) as line:
        line.sendall(b"*1\r\n$99999999999\r\n")
        assert line.recv(100).startswith(b"-ERR Protocol error")
        assert line.recv(100) == b""
    with redis.Redis(port=port, socket_timeout=5) as client:
        assert client.ping()
