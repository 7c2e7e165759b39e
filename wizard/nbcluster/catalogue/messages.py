"""NocoBase's own error messages, as data; writes docs/messages.md: ``python -m nbcluster.catalogue.messages [FILE]``."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

from nbcluster.text import N_

LIKENESS = 0.72
"""How similar a text and a message have to be where the text does not contain the message literally."""


@dataclass(frozen=True)
class Message:
    """A message of NocoBase 2.2: ``text`` with ``*`` for what varies, its cause and remedy (msgids), and where it is seen before.

    ``ids`` are checks and lints that find the cause; ``section`` of docs/nocobase.md tells how it was seen.
    """

    text: str
    cause: str
    remedy: str
    ids: tuple[str, ...]
    section: str


MESSAGES = (
    Message(
        'Lock adapter "*" not registered',
        N_(
            "LOCK_ADAPTER_DEFAULT names an adapter whose plugin is not enabled. On an empty database the installation stops half-way."
        ),
        N_("Run the runbook's first boot, which leaves the variable empty, on an empty database; or enable the plugin first."),
        ("http.health", "database.adapters", "database.whole"),
        "§17 #1, #2, #4",
    ),
    Message(
        "[PubSubManager] adapter is not exist or not connected",
        N_("PUBSUB_ADAPTER names an adapter whose plugin is not enabled: the nodes do not hear of each other's changes."),
        N_("Enable the plugin: its licence, APPEND_PRESET_BUILT_IN_PLUGINS, one boot with CLUSTER_MODE empty."),
        ("database.adapters",),
        "§17 #5",
    ),
    Message(
        "Invalid pathname",
        N_("An address of Redis has one slash instead of two, or a path that is no number."),
        N_("Write redis://user:password@host:port/number."),
        ("lint.redis-url.slashes", "http.health"),
        "§17 #6",
    ),
    Message(
        "Invalid URL",
        N_("An address contains a character that has to be percent-encoded, such as # or @ in a password."),
        N_("Encode it: # is %23, @ is %40, / is %2F."),
        ("lint.redis-url.raw", "http.health"),
        "§4.2",
    ),
    Message(
        "Invalid protocol",
        N_("An address begins with something else than redis:// or rediss://."),
        N_("Write redis://, also for Valkey."),
        ("lint.redis-url.scheme", "http.health"),
        "§4.2",
    ),
    Message(
        "WRONGPASS invalid username-password pair or user is disabled",
        N_("Redis refuses the user name or password of an address."),
        N_("Check both; an address without a colon before the password makes it the user name."),
        ("redis.<role>.login", "http.health"),
        "§17 #7",
    ),
    Message(
        "NOAUTH Authentication required",
        N_("Redis wants a password, and the address has none."),
        N_("Write redis://user:password@host:port/number."),
        ("redis.<role>.login", "http.health"),
        "§17 #8",
    ),
    Message(
        "NOPERM * has no permissions to *",
        N_("The user of a Redis lacks a right on a command, a key or a channel."),
        N_("Run the check: it prints the line of ACL SETUSER that is missing."),
        ("redis.<role>.commands",),
        "§4.3",
    ),
    Message(
        "ERR unknown command *",
        N_("Redis does not have a command: it is renamed, taken away, too old, or a proxy holds it back."),
        N_("Have it enabled. For BF.RESERVE nothing has to be done: NocoBase goes on without."),
        ("redis.<role>.commands", "redis.<role>.bloom"),
        "§4.3, §19 #18",
    ),
    Message(
        "connect ECONNREFUSED *",
        N_(
            "Nothing listened at that address when the node started or lost its connection. The node stays so when the server is back."
        ),
        N_("Start the server, check the address from the node, then restart the node."),
        ("redis.<role>.reach", "database.reach", "http.health"),
        "§17 #9, §19 #20",
    ),
    Message(
        "getaddrinfo ENOTFOUND *",
        N_("The node cannot resolve a name; an IPv6 address in brackets is taken for a name."),
        N_("Check the name on the node; write the IPv6 address as a host name."),
        ("redis.<role>.reach", "lint.redis-url.ipv6", "http.health"),
        "§4.2",
    ),
    Message(
        "ERR DB index is out of range",
        N_("The database number of an address is higher than the server has."),
        N_("Choose a lower number, or raise `databases` in redis.conf."),
        ("redis.<role>.database", "http.health"),
        "§17 #10",
    ),
    Message(
        "store type [*] is unavailable or not registered",
        N_("CACHE_DEFAULT_STORE is neither memory nor redis, in lower case."),
        N_("Set CACHE_DEFAULT_STORE=redis."),
        ("lint.cache-store", "http.health"),
        "§17 #11",
    ),
    Message(
        "Socket closed unexpectedly",
        N_("Redis went away while NocoBase ran. After 5 to 10 seconds the node stays unhealthy for good."),
        N_("Restart the node when Redis is back; the runbook's timer does so by itself."),
        ("redis.<role>.reach", "http.health"),
        "§17 #12",
    ),
    Message(
        "token-blacklist: create bloom filter failed",
        N_("Redis has no Bloom filter. NocoBase asks the database for each token instead: slower, not broken."),
        N_("Use Redis 8 with its modules, or load redisbloom."),
        ("redis.<role>.bloom",),
        "§4.4, §17 #13",
    ),
    Message(
        "Unable to connect to the database: *",
        N_(
            "The database is down, or its address, user, password or name is wrong. The health path then answers without a message."
        ),
        N_("Run the check: it says which of them it is."),
        ("database.reach", "database.login", "http.health"),
        "§17 #14",
    ),
    Message(
        "Key must be 32 bytes for AES-256 encryption",
        N_("APP_AES_SECRET_KEY is not 64 hexadecimal digits."),
        N_("Take the key that the installation has; make a new one only for a new installation."),
        ("lint.aes-key", "http.health"),
        "§17 #15",
    ),
    Message(
        "ERR_OSSL_BAD_DECRYPT",
        N_("Secrets in the database were encrypted with another AES key: the cipher text is used as the value."),
        N_("Give every node the 32 bytes of the old aes_key.dat, as 64 hexadecimal digits."),
        ("lint.aes-key",),
        "§18 #19, #20",
    ),
    Message(
        "DB_DIALECT is required",
        N_("The node has no DB_DIALECT: it reads another env file, or none."),
        N_("Set DB_DIALECT, and look which env file the node is started with."),
        ("lint.database-dialect",),
        "§17 #16",
    ),
    Message(
        "Application main is not installed",
        N_("The database is empty and CLUSTER_MODE is set: nothing is installed then."),
        N_("Run the runbook's first boot on one node."),
        ("http.health", "database.application"),
        "§17 #17",
    ),
    Message(
        "Invalid sign-in origin",
        N_(
            "The browser's address is not the scheme and host that the load balancer passes on, often https that arrives as http."
        ),
        N_("Pass X-Forwarded-Proto and Host on as users type them, or set CORS_ORIGIN_WHITELIST."),
        ("balancer.signin",),
        "§19 #1",
    ),
    Message(
        "INVALID_TOKEN",
        N_("A token was signed with another key: the nodes have several APP_KEY, or the key changed."),
        N_("Compare digests of APP_KEY on all nodes; after a change everybody signs in again."),
        ("node.<name>.same",),
        "§18 #18, §19 #23",
    ),
    Message(
        "EACCES: permission denied, mkdir '*storage/logs/main'",
        N_("The share belongs to root, and NocoBase runs under another account."),
        N_("Give the share to that account, as the runbook's block does."),
        ("storage.files",),
        "§19 #26",
    ),
    Message(
        "permission denied for schema public",
        N_("Since PostgreSQL 15 only the owner of a database may create tables in its schema public."),
        N_("Make the user the owner, or grant it the schema: the check prints the line."),
        ("database.rights",),
        "§2.4",
    ),
    Message(
        'relation "applicationVersion" does not exist',
        N_("NocoBase is not installed in this database, schema or table prefix."),
        N_("Run the first boot, or correct schema and prefix."),
        ("database.application", "database.installation"),
        "§18 #22",
    ),
    Message(
        'password authentication failed for user "*"',
        N_("PostgreSQL refuses the user or the password. A # or a blank without quotes cuts a password in an env file."),
        N_("Compare DB_USER and DB_PASSWORD with the account; quote the password in the env file."),
        ("database.login", "lint.cut-at-hash"),
        "§17 #14",
    ),
    Message(
        "no pg_hba.conf entry for host *",
        N_("PostgreSQL has no rule that lets this machine in with this user and database, or only one with TLS."),
        N_("Add a line for the nodes to pg_hba.conf on the server and reload it; where it says `no encryption`, turn TLS on."),
        ("database.login",),
        "§17 #14",
    ),
    Message(
        "Access denied for user *",
        N_("MySQL or MariaDB refuses the user, the password, or this user from this machine."),
        N_("Compare DB_USER and DB_PASSWORD with the account, and the host that the account may come from."),
        ("database.login",),
        "§17 #14",
    ),
    Message(
        'FATAL: database "*" does not exist',
        N_("The server has no database of this name."),
        N_("Create the database, or correct DB_DATABASE."),
        ("database.login",),
        "§17 #14",
    ),
    Message(
        "EADDRINUSE: address already in use *",
        N_("Another program, or a NocoBase that still runs, listens on APP_PORT."),
        N_("Find it with: ss -ltnp. Stop it, or choose another port."),
        ("node.<name>.port",),
        "§7",
    ),
    Message(
        "502 Bad Gateway",
        N_("The load balancer reaches no node: none runs, another port is open, or a firewall or SELinux is in the way."),
        N_("Ask each node's health path from the load balancer; on SELinux: setsebool -P httpd_can_network_connect on."),
        ("balancer.health", "node.<name>.health"),
        "§7",
    ),
)
"""Every message that was seen or read in the source, in the order of docs/nocobase.md."""


def _stable(message: str) -> list[str]:
    return [part for part in (_plain(piece) for piece in message.split("*")) if part]


def _plain(text: str) -> str:
    return " ".join(re.findall(r"[a-z0-9_/.-]+", text.lower()))


def found_in(text: str) -> list[Message]:
    """Return the messages that a text holds, in any line of it; where it holds none, the one that it resembles most, if any does."""
    plain = _plain(text[:20_000])
    held = [message for message in MESSAGES if _holds(plain, _stable(message.text))]
    if held:
        return held
    rated = [(_likeness(plain, " ".join(_stable(message.text))), message) for message in MESSAGES]
    best, message = max(rated, key=lambda pair: pair[0])
    return [message] if best >= LIKENESS else []


def _holds(plain: str, parts: Iterable[str]) -> bool:
    at = 0
    for part in parts:
        found = plain.find(part, at)
        if found < 0:
            return False
        at = found + len(part)
    return True


def _likeness(plain: str, message: str) -> float:
    """Compare a message with the stretch of a text that fits it best, by words."""
    words, wanted = plain.split()[:400], message.split()
    width = len(wanted) + 2
    stretches = (words[start : start + width] for start in range(max(1, len(words) - width + 1)))
    return max((SequenceMatcher(None, " ".join(one), message).ratio() for one in stretches), default=0.0)


_INTRODUCTION = """\
# What NocoBase says

Written by `python -m nbcluster.catalogue.messages`. `nbcluster explain "TEXT"` finds the entry of a message, also with other words
around it. `*` stands for what varies. NocoBase stays up with most faults and answers 503: the health path and its log have the text.
Some are the words of a server that NocoBase's log repeats, or that users see.
"""


def document() -> str:
    """Return the whole page in Markdown, in English."""
    lines = [_INTRODUCTION]
    for message in MESSAGES:
        ids = ", ".join(f"`{one}`" for one in message.ids)
        lines += [f"## `{message.text}`", "", message.cause, "", f"What to do: {message.remedy}", ""]
        lines += [f"nbcluster sees it as: {ids}. Source: [nocobase.md](nocobase.md) {message.section}.", ""]
    return "\n".join(lines).rstrip() + "\n"


if __name__ == "__main__":
    path = Path(sys.argv[1] if len(sys.argv) > 1 else "docs/messages.md")
    path.write_text(document(), encoding="utf-8", newline="\n")
