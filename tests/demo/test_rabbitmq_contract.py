"""The simulated RabbitMQ does and refuses what a real one does and refuses."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any

import pika
import pika.exceptions
import pytest

from nbcluster.demo.rabbitmq import RabbitMQServer
from nbcluster.demo.rabbitmq_model import BrokerSettings, BrokerUser
from tests.demo.conftest import Run, running
from tests.services.rabbitmq import RabbitServer

USERS = {
    "wizard": BrokerUser("secret", frozenset({"demo"})),
    "limited": BrokerUser("secret", frozenset({"demo"}), "^x$"),
    "stranger": BrokerUser("secret", frozenset()),
}


@pytest.fixture(scope="module", params=["simulated", "real"])
def port(request: pytest.FixtureRequest) -> Iterator[int]:
    """The port of a broker with the users ``wizard``, ``limited`` and ``stranger`` and the vhost ``demo``."""
    if request.param == "real":
        real: RabbitServer = request.getfixturevalue("rabbitmq")
        yield real.port
        return
    settings = BrokerSettings("3.10.8", USERS, frozenset({"/", "demo"}))
    with running(RabbitMQServer(settings)) as simulated:
        yield simulated


def connect(port: int, user: str = "wizard", password: str = "secret", vhost: str = "demo") -> pika.BlockingConnection:  # noqa: S107 - of a test server
    return pika.BlockingConnection(
        pika.ConnectionParameters(
            "127.0.0.1",
            port,
            vhost,
            pika.PlainCredentials(user, password),
            connection_attempts=1,
            socket_timeout=5,
            stack_timeout=10,
            blocked_connection_timeout=5,
        )
    )


def test_the_handshake_tells_product_and_version(port: int) -> None:
    connection = connect(port)
    properties: dict[str, Any] = connection._impl.server_properties
    assert properties["product"] in ("RabbitMQ", b"RabbitMQ")
    assert str(properties["version"]).startswith("3.10")
    assert properties["capabilities"]["publisher_confirms"] is True
    assert properties["capabilities"]["authentication_failure_close"] is True
    connection.close()


@pytest.mark.parametrize(
    ("user", "password", "vhost", "kind", "text"),
    [
        ("wizard", "wrong", "demo", pika.exceptions.ProbableAuthenticationError, "ACCESS_REFUSED - Login was refused"),
        ("nobody", "secret", "demo", pika.exceptions.ProbableAuthenticationError, "ACCESS_REFUSED - Login was refused"),
        ("wizard", "secret", "none-such", pika.exceptions.ProbableAccessDeniedError, "NOT_ALLOWED - vhost none-such not found"),
        ("stranger", "secret", "demo", pika.exceptions.ProbableAccessDeniedError, "NOT_ALLOWED - access to vhost 'demo' refused"),
    ],
)
def test_who_may_not_enter_is_told_why(
    port: int, user: str, password: str, vhost: str, kind: type[pika.exceptions.AMQPError], text: str
) -> None:
    with pytest.raises(pika.exceptions.AMQPError) as caught:
        connect(port, user, password, vhost)
    assert type(caught.value) is kind
    assert text in str(caught.value)


def test_a_message_goes_round(port: int) -> None:
    connection = connect(port)
    channel = connection.channel()
    channel.confirm_delivery()
    queue = channel.queue_declare("", exclusive=True, auto_delete=True).method.queue
    assert queue.startswith("amq.gen-")
    body = b"x" * 200_000
    channel.basic_publish("", queue, body, pika.BasicProperties(content_type="text/plain"), mandatory=True)
    method, properties, received = channel.basic_get(queue)
    assert (method.message_count, properties.content_type, received) == (0, "text/plain", body)
    channel.basic_nack(method.delivery_tag, requeue=True)
    method, _properties, received = channel.basic_get(queue)
    assert (method.redelivered, received) == (True, body)
    channel.basic_ack(method.delivery_tag)
    assert channel.basic_get(queue) == (None, None, None)
    channel.queue_delete(queue)
    with pytest.raises(pika.exceptions.ChannelClosedByBroker, match=r"404.*NOT_FOUND - no queue"):
        channel.queue_declare(queue, passive=True)
    connection.close()


def test_a_consumer_gets_what_arrives(port: int) -> None:
    connection = connect(port)
    channel = connection.channel()
    queue = channel.queue_declare("", exclusive=True).method.queue
    channel.basic_publish("", queue, b"before")
    bodies = []
    for method, _properties, body in channel.consume(queue, inactivity_timeout=5):
        assert method is not None
        channel.basic_ack(method.delivery_tag)
        bodies.append(body)
        if len(bodies) == 1:
            channel.basic_publish("", queue, b"after")
        if len(bodies) == 2:
            break
    channel.cancel()
    assert bodies == [b"before", b"after"]
    connection.close()


def test_a_message_without_a_queue_comes_back(port: int) -> None:
    connection = connect(port)
    channel = connection.channel()
    channel.confirm_delivery()
    with pytest.raises(pika.exceptions.UnroutableError):
        channel.basic_publish("", "main.none-such", b"x", mandatory=True)
    connection.close()


def test_an_exclusive_queue_is_locked_and_goes_with_its_connection(port: int) -> None:
    first, second = connect(port), connect(port)
    queue = first.channel().queue_declare("", exclusive=True).method.queue
    with pytest.raises(pika.exceptions.ChannelClosedByBroker, match=r"405.*RESOURCE_LOCKED"):
        second.channel().queue_declare(queue, passive=True)
    first.close()
    with pytest.raises(pika.exceptions.ChannelClosedByBroker, match=r"404.*NOT_FOUND"):
        second.channel().queue_declare(queue, passive=True)
    second.close()


def test_rights_are_refused_by_name(port: int) -> None:
    connection = connect(port, "limited")
    with pytest.raises(pika.exceptions.ChannelClosedByBroker) as caught:
        connection.channel().queue_declare("main.y", exclusive=True)
    assert "ACCESS_REFUSED - " in str(caught.value)
    assert "access to queue 'main.y' in vhost 'demo' refused for user 'limited'" in str(caught.value)
    channel = connection.channel()
    channel.queue_declare("x", exclusive=True)
    channel.queue_delete("x")
    connection.close()


def test_another_protocol_is_answered_with_the_header(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), 5) as line:
        line.sendall(b"HTTP/1.1")
        assert line.recv(8).startswith(b"AMQP\x00\x00\x09\x01")


def test_the_version_is_a_parameter(run_simulated: Run) -> None:
    connection = connect(run_simulated(RabbitMQServer(BrokerSettings("4.1.4"))), "guest", "guest", "/")
    assert connection._impl.server_properties["version"] == "4.1.4"
    connection.close()
