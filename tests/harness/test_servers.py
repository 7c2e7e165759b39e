"""Each server of the session starts, lets its user in and is what its fixture says."""

from __future__ import annotations

import os
import socket
import time
from pathlib import Path

import pg8000.native
import pika
import pika.exceptions
import pymysql
import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from tests.services.certificates import Certificates
from tests.services.dotenv import NodeDotenv
from tests.services.fixtures import StartProxy, StartRedis
from tests.services.nginx import Nginx
from tests.services.process import accepts
from tests.services.proxy import Fault
from tests.services.rabbitmq import RabbitServer
from tests.services.redis_server import RedisServer
from tests.services.sql import SqlServer


def client(url: str, seconds: float = 5, **options: object) -> redis.Redis:
    return redis.Redis.from_url(
        url, socket_timeout=seconds, socket_connect_timeout=seconds, retry=Retry(NoBackoff(), 0), decode_responses=True, **options
    )


def test_plain_redis_has_no_bloom_filter(redis_plain: RedisServer) -> None:
    with client(redis_plain.url(3)) as connection:
        assert connection.info("server")["redis_version"] == redis_plain.version
        with pytest.raises(redis.ResponseError, match="unknown command"):
            connection.execute_command("BF.RESERVE", "filter", "0.01", "10")


def test_redis_with_bloom_filter_wants_a_login(redis_bloom: RedisServer) -> None:
    with client(redis_bloom.url(username="wiz", password="secret")) as connection:
        assert connection.acl_whoami() == "wiz"
        assert connection.execute_command("BF.RESERVE", "filter", "0.01", "10") == "OK"
        connection.delete("filter")
    with client(redis_bloom.url()) as connection:
        assert connection.acl_whoami() == "default"
    with client(redis_bloom.url(password="wrong")) as connection, pytest.raises(redis.AuthenticationError):
        connection.ping()


def test_redis_with_tls_is_verified(redis_tls: RedisServer, certificates: Certificates) -> None:
    with client(redis_tls.url(), ssl_ca_certs=str(certificates.authority)) as connection:
        assert connection.ping()
    wrong = str(certificates.other_authority)
    with client(redis_tls.url(), ssl_ca_certs=wrong) as connection, pytest.raises(redis.ConnectionError):
        connection.ping()


def test_redis_with_settings_of_a_test(start_redis_server: StartRedis) -> None:
    server = start_redis_server("--maxmemory-policy", "allkeys-lru")
    with client(server.url()) as connection:
        assert connection.config_get("maxmemory-policy") == {"maxmemory-policy": "allkeys-lru"}


def amqp(broker: RabbitServer, vhost: str, user: str, password: str) -> pika.BlockingConnection:
    login = pika.PlainCredentials(user, password)
    parameters = pika.ConnectionParameters(broker.host, broker.port, vhost, login, socket_timeout=5, stack_timeout=10)
    return pika.BlockingConnection(parameters)


def judge_broker(broker: RabbitServer, major: str) -> None:
    assert broker.version.split(".")[0] == major
    connection = amqp(broker, broker.vhost, broker.username, broker.password)
    connection.channel().queue_declare("", exclusive=True)
    connection.close()
    with pytest.raises(pika.exceptions.ProbableAuthenticationError):
        amqp(broker, broker.vhost, broker.username, "wrong")
    with pytest.raises(pika.exceptions.ProbableAccessDeniedError):
        amqp(broker, broker.vhost, "stranger", broker.password)
    limited = amqp(broker, broker.vhost, "limited", broker.password)
    with pytest.raises(pika.exceptions.ChannelClosedByBroker):
        limited.channel().queue_declare("other", exclusive=True)
    limited.close()
    assert accepts(broker.host, broker.tls_port)


def test_rabbitmq_3(rabbitmq: RabbitServer) -> None:
    judge_broker(rabbitmq, "3")


def test_rabbitmq_4(rabbitmq4: RabbitServer) -> None:
    judge_broker(rabbitmq4, "4")


def test_postgres(postgres: SqlServer) -> None:
    with pg8000.native.Connection(
        postgres.username, postgres.host, postgres.database, postgres.port, postgres.password, timeout=5
    ) as connection:
        assert connection.run("select current_user, count(*) from pg_tables where schemaname = 'public'") == [["wiz", 0]]


def test_mariadb(mariadb: SqlServer, certificates: Certificates) -> None:
    connection = pymysql.connect(
        host=mariadb.host,
        port=mariadb.port,
        user=mariadb.username,
        password=mariadb.password,
        database=mariadb.database,
        ssl={"ca": str(certificates.authority)},
    )
    with connection, connection.cursor() as cursor:
        cursor.execute("show status like 'Ssl_cipher'")
        row = cursor.fetchone()
        assert row is not None
        assert row[1]


def test_nginx_judges(nginx_binary: Nginx) -> None:
    assert nginx_binary.test("upstream a { least_conn; server 127.0.0.1:9; }").ok
    verdict = nginx_binary.test("upstream a { least_con; server 127.0.0.1:9; }")
    assert not verdict.ok
    assert "snippet.conf:1" in verdict.output


def test_npm_dotenv_cuts_at_a_hash(node_dotenv: NodeDotenv, tmp_path: Path) -> None:
    assert node_dotenv.parse("A=redis://:p#w@h\nB='p#w'\n", tmp_path) == {"A": "redis://:p", "B": "p#w"}


@pytest.mark.parametrize("fault", [Fault.RESET, Fault.SILENCE, Fault.HALF_OPEN, Fault.TRUNCATE])
def test_faults_break_a_connection(fault: Fault, redis_plain: RedisServer, fault_proxy: StartProxy) -> None:
    proxy = fault_proxy(redis_plain.host, redis_plain.port, fault)
    broken = pytest.raises((redis.ConnectionError, redis.TimeoutError))
    with client(f"redis://{proxy.host}:{proxy.port}/0", seconds=0.3) as connection, broken:
        connection.ping()


def test_latency_delays(redis_plain: RedisServer, fault_proxy: StartProxy) -> None:
    proxy = fault_proxy(redis_plain.host, redis_plain.port, Fault.LATENCY, delay=0.05)
    with client(f"redis://{proxy.host}:{proxy.port}/0") as connection:
        connection.ping()
        start = time.monotonic()
        connection.ping()
        assert time.monotonic() - start >= 0.1


def test_dripping_answer_outlasts_a_time_out_for_each_read(redis_plain: RedisServer, fault_proxy: StartProxy) -> None:
    proxy = fault_proxy(redis_plain.host, redis_plain.port, Fault.DRIP, delay=0.05)
    with socket.create_connection((proxy.host, proxy.port), 5) as connection:
        connection.settimeout(0.5)
        start = time.monotonic()
        connection.sendall(b"PING\r\n")
        assert connection.recv(100) == b"+"
        while connection.recv(1) != b"\n":
            pass
        assert time.monotonic() - start >= 0.25


def test_the_environment_is_not_the_developers(isolated_environment: Path) -> None:
    assert Path.home() == isolated_environment
    assert os.environ["LANG"] == "C.UTF-8"
    assert "PIP_CERT" not in os.environ
    assert not list(isolated_environment.glob("[!r]*"))


def test_no_name_resolves_and_no_connection_leaves_the_machine() -> None:
    with pytest.raises(socket.gaierror):
        socket.getaddrinfo("example.com", 80)
    with socket.socket() as outgoing, pytest.raises(PermissionError):
        outgoing.connect(("192.0.2.1", 80))
    from tests import conftest

    assert conftest._outside == ["socket.connect ('192.0.2.1', 80)"]
    conftest._outside.clear()
