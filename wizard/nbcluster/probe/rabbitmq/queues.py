"""What NocoBase's queue needs of a broker beyond one message: consumers, quorum queues, low latency, limits of the connection."""

from __future__ import annotations

import secrets
import time

from pika import exceptions

from nbcluster.facts import LEAST_FRAME
from nbcluster.probe.findings import Finding, FindingValue, text, verdict
from nbcluster.probe.rabbitmq.connection import Connection

EXPIRY_MS = 30_000
"""A quorum queue cannot be exclusive: the broker removes it after this time without use, whatever becomes of this program."""

CALLS = 25
SLOW_MS = 50.0
FEWEST_CHANNELS = 64


def judge_limits(heartbeat: int, frame_max: int, channel_max: int) -> Finding:
    """Judge what the broker proposed for a connection: heartbeat in seconds, frame in bytes; 0 means no limit, for a heartbeat none."""
    values: dict[str, FindingValue] = {"heartbeat": heartbeat, "frame": frame_max, "channels": channel_max}
    if 0 < frame_max < LEAST_FRAME:
        return verdict("rabbitmq.limits.frame", **values, least=LEAST_FRAME)
    if 0 < channel_max < FEWEST_CHANNELS:
        return verdict("rabbitmq.limits.channels", **values)
    return verdict("rabbitmq.limits.heartbeat", **values) if heartbeat == 0 else verdict("rabbitmq.limits.ok", **values)


def latency(connection: Connection, name: str) -> Finding:
    """Measure how long the broker takes to answer, on an exclusive queue of our own."""
    channel = connection.channel()
    channel.declare(name, exclusive=True, auto_delete=True)
    times = []
    for _number in range(CALLS):
        started = time.perf_counter()
        channel.declare(name, passive=True)
        times.append((time.perf_counter() - started) * 1000)
    channel.delete(name)
    channel.close()
    ordered = sorted(times)
    middle, late = ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.99)]
    values: dict[str, FindingValue] = {"median": f"{middle:.1f}", "longest": f"{late:.1f}", "count": len(ordered)}
    code = "rabbitmq.latency.slow" if middle > SLOW_MS else "rabbitmq.latency.ok"
    return Finding(code, values, round(middle))


def consume(connection: Connection, name: str, seconds: float) -> Finding:
    """Let a consumer be given a message, and acknowledge it."""
    channel, body = connection.channel(), secrets.token_bytes(16)
    channel.declare(name, exclusive=True)
    channel.publish(name, body)
    if channel.consume(name, seconds) != body:
        return verdict("rabbitmq.consume.none")
    # an acknowledged message is gone; the broker tells how many went with the queue
    left = channel.delete(name)
    channel.close()
    return verdict("rabbitmq.consume.again") if left else verdict("rabbitmq.consume.ok")


def quorum(connection: Connection, name: str) -> Finding:
    """Declare a quorum queue, which outlives the loss of a node of the broker, and remove it."""
    arguments = {"x-queue-type": "quorum", "x-expires": EXPIRY_MS}
    try:
        channel = connection.channel()
        channel.declare(name, durable=True, arguments=arguments)
        channel.delete(name)
        channel.close()
    except exceptions.ChannelClosedByBroker as fault:
        return verdict("rabbitmq.quorum.refused", reason=text(fault.reply_text, 200))
    except (exceptions.ConnectionClosedByBroker, ConnectionError) as fault:
        # brokers before 3.8 end the connection over a type that they do not know
        return verdict("rabbitmq.quorum.unknown", reason=text(str(fault), 200))
    return verdict("rabbitmq.quorum.ok")
