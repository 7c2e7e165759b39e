"""Kinds of faults about addresses and who shares which database."""

from __future__ import annotations

from nbcluster.lint.model import Kind
from nbcluster.problems import Severity
from nbcluster.text import N_

_FAIL, _WARN = (Severity.ERROR,), (Severity.WARNING,)
_WHY = N_("Parts of NocoBase use different client libraries; only what all of them read alike is safe.")

_FORMS = {
    "slashes": (
        N_("One slash after the scheme"),
        N_("One library throws, the other opens a local socket file. The official Kubernetes page and chart have this."),
        N_("Two slashes."),
    ),
    "scheme": (N_("No scheme, or another one"), _WHY, N_("redis:// or rediss://; amqp:// or amqps:// for RabbitMQ.")),
    "host": (N_("No host"), _WHY, N_("The host name or IPv4 address after the //.")),
    "hosts": (N_("More than one host"), _WHY, N_("A proxy or virtual address in front.")),
    "ipv6": (
        N_("An IPv6 address"),
        N_("The cache's library keeps the brackets and cannot resolve the name."),
        N_("A host name."),
    ),
    "port": (N_("No valid port"), _WHY, N_("A number from 1 to 65535.")),
    "query": (N_("A query after ?"), _WHY, N_("Leave it out.")),
    "fragment": (N_("A # in the address"), N_("It cuts off the rest."), N_("%23 in a password.")),
    "percent": (N_("A % that encodes nothing"), _WHY, N_("%25 for a plain %.")),
    "blank": (N_("A blank in the address"), _WHY, N_("Take it out.")),
    "raw": (
        N_("A character in the password that ends the host part"),
        N_("One library throws, the other connects to localhost without a word."),
        N_("Percent-encode it."),
    ),
    "sign": (
        N_("A sign that cannot stand in or behind a host name"),
        _WHY,
        N_("host:port; other signs percent-encoded."),
    ),
    "control": (
        N_("A character that is not seen"),
        N_("It is part of no address: most often it came with a copy."),
        N_("Type the address again."),
    ),
    "user": (
        N_("One word in front of the @ and no password"),
        N_(
            "redis://PASSWORD@host takes the password for a user name: the server refuses it, and it is shown wherever user names are."
        ),
        N_("redis://:PASSWORD@host, with a colon."),
    ),
    "path": (
        N_("No database number or virtual host after the slash"),
        _WHY,
        N_("A number for Redis; %2F in the name of a virtual host."),
    ),
}

_SHARED = (
    "slashes",
    "scheme",
    "host",
    "hosts",
    "ipv6",
    "port",
    "query",
    "fragment",
    "percent",
    "blank",
    "raw",
    "sign",
    "control",
    "user",
    "path",
)

KINDS = (
    *(Kind(f"lint.redis-url.{name}", _FAIL, *_FORMS[name]) for name in _SHARED),
    *(Kind(f"lint.queue-url.{name}", _FAIL, *_FORMS[name]) for name in _SHARED),
    Kind(
        "lint.queue-url.slash",
        _FAIL,
        N_("The address of RabbitMQ ends in a bare slash"),
        N_("The virtual host / for one library, an empty one for others."),
        N_("%2F, or no slash."),
    ),
    Kind(
        "lint.cache-apart",
        _FAIL,
        N_("The cache shares a database with something else"),
        N_("'Clear cache' runs FLUSHDB: locks, queue, worker ids in the same database are gone."),
        N_("A database number of its own."),
    ),
    Kind(
        "lint.roles-apart",
        _WARN,
        N_("Two functions share a database"),
        N_("It works; one cannot be looked at or emptied without the other."),
        N_("Separate numbers."),
    ),
    Kind(
        "lint.redis-localhost",
        _FAIL,
        N_("Redis on localhost"),
        N_("localhost is another machine, or container, on every node."),
        N_("The address under which all nodes reach the server."),
    ),
    Kind(
        "lint.queue-localhost",
        _FAIL,
        N_("RabbitMQ on localhost"),
        N_("localhost is another machine, or container, on every node."),
        N_("The address under which all nodes reach the server."),
    ),
    Kind(
        "lint.queue-guest",
        _WARN,
        N_("RabbitMQ without a user"),
        N_("guest is taken, which RabbitMQ admits from its own machine only."),
        N_("A user and password in the address."),
    ),
    Kind(
        "lint.database-localhost",
        _FAIL,
        N_("The database on localhost"),
        N_("localhost is another machine, or container, on every node."),
        N_("The address under which all nodes reach the server."),
    ),
)
