"""What to say about each way of writing an address wrongly (nocobase.md §4.2, §5)."""

from __future__ import annotations

from nbcluster.answers.url import Url
from nbcluster.errors import Problem, error
from nbcluster.text import N_, _
from nbcluster.text.clean import code_point

_SAYS = {
    "scheme": (N_("has no scheme."), N_("Begin with {schemes}.")),
    "slashes": (
        N_("has one slash after the scheme: one library throws, the other opens a local socket file."),
        N_("Write two slashes: {scheme}://."),
    ),
    "raw": (
        N_(
            "the user name or password holds {characters}, which ends the host part: one library throws, the other connects to localhost."
        ),
        N_("Percent-encode it: {encoded}."),
    ),
    "percent": (N_("contains a % that is not followed by two hex digits, or encodes no text."), N_("Write a plain % as %25.")),
    "host": (N_("has no host."), N_("Write the host name or IPv4 address after the //.")),
    "hosts": (
        N_("names more than one host: the clients take one."),
        N_("Put a proxy or a virtual address in front and name that."),
    ),
    "number": (
        N_("has a number where the host stands, which is read as another address."),
        N_("Write a host name or all four numbers of the address, and the port after a colon: host:{port}."),
    ),
    "ipv6": (N_("names an IPv6 address, which the cache's library cannot connect to."), N_("Use a host name.")),
    "port": (N_("has a port that is not a number from 1 to 65535."), N_("The default port is {port}.")),
    "query": (N_("has a query after the ?, which the libraries read differently."), N_("Leave it out.")),
    "fragment": (N_("contains a #, which cuts off the rest."), N_("Write a # in a password as %23.")),
    "blank": (N_("contains a space."), N_("Take it out.")),
    "sign": (
        N_("has a character in or after the host that cannot stand there."),
        N_("Write host:port, and percent-encode other characters: %40 for @, %3A for a colon."),
    ),
    "control": (N_("contains {code_point}, which is invisible and belongs in no address."), N_("Type the address again.")),
    "user": (
        N_("has one word in front of the @ and no password, so it is not shown: most often that word is the password."),
        N_(
            "If it is the user, give the password as well; or write redis://:PASSWORD@host for a password alone, redis://USER:PASSWORD@host for both."
        ),
    ),
    "redis-scheme": (
        N_("begins with {scheme}://, which one of the libraries refuses."),
        N_("Begin with redis:// or, for TLS, rediss://."),
    ),
    "redis-path": (
        N_("has no number where the database number belongs."),
        N_("Write a number such as /0 after the port."),
    ),
    "amqp-ipv6": (
        N_("names an IPv6 address, which nbcluster cannot check, although the queue's library accepts one."),
        N_("Use a host name."),
    ),
    "amqp-scheme": (
        N_("begins with {scheme}://, which is not a RabbitMQ address."),
        N_("Begin with amqp:// or, for TLS, amqps://."),
    ),
    "amqp-user": (
        N_("has one word in front of the @ and no password, so it is not shown: it may be the password."),
        N_("If it is the user, give the password as well; or write amqp://USER:PASSWORD@host."),
    ),
    "amqp-slash": (
        N_("ends in a bare slash: the virtual host / for one library, an empty one for others."),
        N_("Write %2F for the virtual host /, or leave the slash out."),
    ),
    "amqp-path": (N_("has more than one slash in the virtual host."), N_("Percent-encode it: {encoded}.")),
}


def url_problem(path: str, rule: str, url: Url, fault: str) -> Problem:
    """Return the problem that a fault of an address is."""
    message, hint = _SAYS["amqp-ipv6" if fault == "ipv6" and not rule.startswith("redis") else fault]
    raw = [char for char in url.raw_characters if char in "/?#"]
    encoded = "".join(f"%{ord(char):02X}" for char in raw) or "%2F"
    parts = {
        "schemes": "redis://, rediss://" if rule.startswith("redis") else "amqp://, amqps://",
        "scheme": url.scheme or "redis",
        "characters": " ".join(raw),
        "encoded": encoded,
        "code_point": code_point(url.raw_characters[:1] or "\0"),
        "port": 6379 if rule.startswith("redis") else 5672,
    }
    return error(path, rule, _(message).format(**parts), _(hint).format(**parts))
