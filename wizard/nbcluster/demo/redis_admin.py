"""Commands of the simulated Redis about itself, its connections, its users and its publish/subscribe channels."""

from __future__ import annotations

import fnmatch
import time
from collections.abc import Callable

from nbcluster.demo.redis_info import info_text
from nbcluster.demo.redis_model import Command, Session, number, options, refusal, subcommand_error, syntax
from nbcluster.demo.resp import Push, Reply, RespError

Known = Callable[[Session], dict[str, Command]]


def _login(session: Session, name: str, password: bytes) -> None:
    user = session.settings.users.get(name)
    if user is None or (user.password and user.password.encode() != password):
        raise RespError("WRONGPASS invalid username-password pair or user is disabled.")
    session.user = name


def _auth(session: Session, words: list[bytes]) -> Reply:
    if len(words) > 3:
        raise syntax()
    default = session.settings.users.get("default")
    if len(words) == 2 and default is not None and not default.password:
        raise RespError(
            "ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is"
            " correct?"
        )
    _login(session, words[1].decode() if len(words) == 3 else "default", words[-1])
    return "OK"


def _hello(session: Session, words: list[bytes]) -> Reply:
    rest = words[1:]
    protocol = session.protocol
    if rest:
        if rest[0] not in (b"2", b"3"):
            raise RespError("NOPROTO unsupported protocol version")
        protocol, rest = int(rest[0]), rest[1:]
    while rest:
        option = options(rest[:1])[0]
        if option == "AUTH" and len(rest) > 2:
            _login(session, rest[1].decode(), rest[2])
            rest = rest[3:]
        elif option == "SETNAME" and len(rest) > 1:
            session.name, rest = rest[1], rest[2:]
        else:
            raise syntax()
    if not session.user:
        form = "HELLO" if session.settings.older_than(7, 2) else "HELLO <proto>"
        raise RespError(
            f"NOAUTH HELLO must be called with the client already authenticated, otherwise the {form} AUTH <user> <pass>"
            " option can be used to authenticate the client and select the RESP protocol version at the same time"
        )
    session.protocol = protocol
    settings = session.settings
    return {
        "server": b"valkey" if settings.valkey_version else b"redis",
        "version": settings.version.encode(),
        "proto": protocol,
        "id": session.id,
        "mode": b"cluster" if settings.cluster else b"standalone",
        "role": settings.role.encode(),
        "modules": [],
    }


def _ping(session: Session, words: list[bytes]) -> Reply:
    if len(words) > 2:
        raise RespError("ERR wrong number of arguments for 'ping' command")
    if session.protocol == 2 and (session.channels or session.patterns):
        return [b"pong", words[1] if len(words) > 1 else b""]
    return words[1] if len(words) > 1 else "PONG"


def _select(session: Session, words: list[bytes]) -> Reply:
    index = number(words[1])
    if session.settings.cluster and index:
        raise RespError("ERR SELECT is not allowed in cluster mode")
    if not 0 <= index < int(session.settings.option("databases")):
        raise RespError("ERR DB index is out of range")
    session.number = index
    return "OK"


def _quit(session: Session, _words: list[bytes]) -> Reply:
    session.leaving = True
    return "OK"


def _client(session: Session, words: list[bytes]) -> Reply:
    sub = options(words[1:2])[0]
    line = f"id={session.id} addr=127.0.0.1:0 name={session.name.decode('latin-1')} db={session.number} user={session.user}\n"
    if sub == "SETNAME" and len(words) == 3:
        session.name = words[2]
    replies: dict[str, Reply] = {
        "SETINFO": "OK",
        "SETNAME": "OK",
        "NO-EVICT": "OK",
        "NO-TOUCH": "OK",
        "GETNAME": session.name or None,
        "ID": session.id,
        "INFO": line.encode(),
        "LIST": line.encode(),
    }
    if session.settings.older_than(7, 2):
        del replies["SETINFO"], replies["NO-TOUCH"]
    if sub not in replies:
        raise subcommand_error(words)
    return replies[sub]


def _config(session: Session, words: list[bytes]) -> Reply:
    sub = options(words[1:2])[0]
    if sub != "GET" or len(words) < 3:
        raise subcommand_error(words)
    patterns = [word.decode("latin-1").lower() for word in words[2:]]
    found = {k: v for k, v in session.settings.options().items() if any(fnmatch.fnmatchcase(k, p) for p in patterns)}
    return {name: value.encode() for name, value in found.items()}


def _info(session: Session, words: list[bytes]) -> Reply:
    return info_text(session.state, [word.decode("latin-1").lower() for word in words[1:]]).encode()


def _module(session: Session, words: list[bytes]) -> Reply:
    if options(words[1:2]) != ["LIST"]:
        raise subcommand_error(words)
    if not session.settings.bloom:
        return []
    return [{"name": b"bf", "ver": 20802, "path": b"/usr/lib/redis/modules/redisbloom.so", "args": []}]


def _role(session: Session, _words: list[bytes]) -> Reply:
    if session.settings.role == "master":
        return [b"master", 0, []]
    return [b"slave", b"192.0.2.1", 6379, b"connected", 0]


def _time(_session: Session, _words: list[bytes]) -> Reply:
    seconds, nanoseconds = divmod(time.time_ns(), 1_000_000_000)
    return [b"%d" % seconds, b"%d" % (nanoseconds // 1000)]


def _command(known: Known) -> Callable[[Session, list[bytes]], Reply]:
    def describe(name: str, command: Command) -> Reply:
        step = 1 if command.first else 0
        return [name.encode(), command.arity, list(command.flags), command.first, command.last, step, [], [], [], []]

    def answer(session: Session, words: list[bytes]) -> Reply:
        commands = known(session)
        sub = options(words[1:2])[0] if len(words) > 1 else ""
        if sub == "COUNT":
            return len(commands)
        if sub not in ("", "INFO", "LIST"):
            raise subcommand_error(words)
        if sub == "LIST":
            return [name.encode() for name in commands]
        names = [word.decode("latin-1").lower() for word in words[2:]] or list(commands)
        found = [(name, commands.get(name.partition("|")[0])) for name in names]
        return [describe(name, command) if command is not None else None for name, command in found]

    return answer


def _acl(known: Known) -> Callable[[Session, list[bytes]], Reply]:
    def answer(session: Session, words: list[bytes]) -> Reply:
        sub = options(words[1:2])[0]
        if sub == "WHOAMI":
            return session.user.encode()
        if sub == "USERS":
            return [name.encode() for name in session.settings.users]
        if sub != "DRYRUN" or len(words) < 4:
            raise subcommand_error(words)
        name = words[2].decode("latin-1")
        tried = words[3:]
        if name not in session.settings.users:
            raise RespError(f"ERR User '{name}' not found")
        shown = tried[0].decode("latin-1").lower()
        command = known(session).get(shown)
        if command is None:
            raise RespError(f"ERR Command '{tried[0].decode('latin-1')}' not found")
        if not command.accepts(len(tried)):
            raise RespError(f"ERR wrong number of arguments for '{shown}' command")
        return refusal(session, name, command, tried).encode() or "OK"

    return answer


def _subscribe(session: Session, words: list[bytes]) -> Reply:
    name = words[0].lower()
    places = session.patterns if name.endswith(b"psubscribe") or name == b"punsubscribe" else session.channels
    leaving = b"unsubscribe" in name
    for channel in words[1:] or (sorted(places) if leaving else []):
        (places.discard if leaving else places.add)(channel)
        session.send(Push([name, channel, len(session.channels) + len(session.patterns)]))
    return None


def _publish(session: Session, words: list[bytes]) -> Reply:
    channel, message = words[1], words[2]
    reached = 0
    for other in session.state.sessions.values():
        if channel in other.channels:
            other.send(Push([b"message", channel, message]))
            reached += 1
        for pattern in sorted(other.patterns):
            if fnmatch.fnmatchcase(channel.decode("latin-1"), pattern.decode("latin-1")):
                other.send(Push([b"pmessage", pattern, channel, message]))
                reached += 1
    return reached


def commands(known: Known) -> dict[str, Command]:
    """Return the commands; ``known`` gives every command that the server has for a session, which some of them describe."""
    fast = ("noscript", "loading", "stale", "fast")
    slow = ("noscript", "loading", "stale")
    return {
        "acl": Command(_acl(known), -2, slow),
        "auth": Command(_auth, -2, (*fast, "no_auth")),
        "client": Command(_client, -2, slow),
        "command": Command(_command(known), -1, ("loading", "stale")),
        "config": Command(_config, -2, ("admin", *slow)),
        "hello": Command(_hello, -1, (*fast, "no_auth")),
        "info": Command(_info, -1, ("loading", "stale")),
        "module": Command(_module, -2, ("admin", "noscript")),
        "ping": Command(_ping, -1, ("fast",)),
        "publish": Command(_publish, 3, ("pubsub", "loading", "stale", "fast")),
        "psubscribe": Command(_subscribe, -2, ("pubsub", *slow)),
        "punsubscribe": Command(_subscribe, -1, ("pubsub", *slow)),
        "quit": Command(_quit, -1, (*fast, "no_auth")),
        "role": Command(_role, 1, fast),
        "select": Command(_select, 2, ("loading", "stale", "fast")),
        "subscribe": Command(_subscribe, -2, ("pubsub", *slow)),
        "time": Command(_time, 1, ("loading", "stale", "fast")),
        "unsubscribe": Command(_subscribe, -1, ("pubsub", *slow)),
    }
