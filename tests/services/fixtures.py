"""Session fixtures: each server starts when the first test asks for it and stops at the end of the session.

A server that is not installed makes the test fail and names the command that installs it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from tests.services.certificates import Certificates, make_certificates
from tests.services.dotenv import NodeDotenv, node_dotenv_package
from tests.services.nginx import Nginx
from tests.services.process import tool
from tests.services.proxy import Fault, FaultProxy
from tests.services.rabbitmq import RabbitServer, rabbitmq4_root, start_rabbitmq, stop_rabbitmq
from tests.services.redis_server import DEFAULT_PASSWORD, WIZ_PASSWORD, RedisServer, start_redis, stop_redis
from tests.services.sql import SqlServer, start_mariadb, start_postgres, stop_sql

StartRedis = Callable[..., RedisServer]
StartProxy = Callable[..., FaultProxy]


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """A certificate authority, a server certificate for 127.0.0.1 and localhost, and an authority that signed nothing."""
    return make_certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture(scope="session")
def redis_plain() -> Iterator[RedisServer]:
    """Redis 7.0 as Debian builds it: no password, no Bloom filter."""
    server = start_redis()
    yield server
    stop_redis(server)


@pytest.fixture(scope="session")
def redis_bloom() -> Iterator[RedisServer]:
    """Redis 7.0 with the Bloom filter module; users ``default`` (password ``pw``) and ``wiz`` (``secret``) may do everything."""
    users = [
        ["default", "on", f">{DEFAULT_PASSWORD}", "~*", "&*", "+@all"],
        ["wiz", "on", f">{WIZ_PASSWORD}", "~*", "&*", "+@all"],
    ]
    server = start_redis(bloom=True, users=users, username="default", password=DEFAULT_PASSWORD)
    yield server
    stop_redis(server)


@pytest.fixture(scope="session")
def redis_tls(certificates: Certificates) -> Iterator[RedisServer]:
    """Redis 7.0 that speaks TLS only; password ``pw``."""
    server = start_redis("--requirepass", DEFAULT_PASSWORD, password=DEFAULT_PASSWORD, certificates=certificates)
    yield server
    stop_redis(server)


@pytest.fixture
def start_redis_server() -> Iterator[StartRedis]:
    """A function with the parameters of ``start_redis``; its servers end with the test."""
    with ExitStack() as stack:

        def start(*config: str, **options: object) -> RedisServer:
            server = start_redis(*config, **options)  # type: ignore[arg-type]  # forwarded as they are
            stack.callback(stop_redis, server)
            return server

        yield start


@pytest.fixture(scope="session")
def rabbitmq(certificates: Certificates) -> Iterator[RabbitServer]:
    """RabbitMQ 3.10 as Debian has it; vhost ``demo``, user ``wizard``."""
    server, mapper = start_rabbitmq("rabbit3", certificates)
    yield server
    stop_rabbitmq(server, mapper)


@pytest.fixture(scope="session")
def rabbitmq4(certificates: Certificates) -> Iterator[RabbitServer]:
    """RabbitMQ 4.0; vhost ``demo``, user ``wizard``."""
    server, mapper = start_rabbitmq("rabbit4", certificates, rabbitmq4_root())
    yield server
    stop_rabbitmq(server, mapper)


@pytest.fixture(scope="session")
def postgres(certificates: Certificates) -> Iterator[SqlServer]:
    """PostgreSQL; user ``wiz`` owns the empty database ``demo``."""
    server = start_postgres(certificates)
    yield server
    stop_sql(server)


@pytest.fixture(scope="session")
def mariadb(certificates: Certificates) -> Iterator[SqlServer]:
    """MariaDB; user ``wiz`` has all rights on the empty database ``demo``."""
    server = start_mariadb(certificates)
    yield server
    stop_sql(server)


@pytest.fixture(scope="session")
def nginx_binary() -> Nginx:
    """The nginx program: ``test(snippet)`` is its own verdict."""
    return Nginx(tool("nginx"))


@pytest.fixture(scope="session")
def node_dotenv() -> NodeDotenv:
    """npm's dotenv 16.4.5: ``read(file)`` and ``parse(text, folder)`` return what NocoBase would see."""
    return node_dotenv_package()


@pytest.fixture
def fault_proxy() -> Iterator[StartProxy]:
    """A function ``start(host, port, fault, delay=..., after=...)``: a proxy in front of a server until the test ends."""
    with ExitStack() as stack:

        def start(host: str, port: int, fault: Fault = Fault.NONE, delay: float = 0.3, after: int = 0) -> FaultProxy:
            return stack.enter_context(FaultProxy(host, port, fault, delay, after))

        yield start
