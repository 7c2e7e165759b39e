"""One connection to a Redis server through redis-py: its protocol, none of its retries; and whether the server expects TLS."""

from __future__ import annotations

from redis.backoff import NoBackoff
from redis.connection import Connection
from redis.exceptions import RedisError as RedisClientError
from redis.exceptions import ResponseError
from redis.retry import Retry

from nbcluster.probe.link import Clock, Link, connect, encrypt, trust_all

Word = str | bytes | int
Reply = object


class _Wire(Connection):
    def __init__(self, link: Link, host: str, port: int, seconds: float) -> None:
        super().__init__(  # type: ignore[no-untyped-call]  # redis-py types this in part
            host=host,
            port=port,
            protocol=2,
            socket_timeout=seconds,
            socket_connect_timeout=seconds,
            retry=Retry(NoBackoff(), 0),
            retry_on_timeout=False,
            driver_info=None,
        )
        self._link = link

    def _connect(self) -> Link:
        return self._link


class RedisError(Exception):
    """The server answered with an error; ``word`` is its first word (``NOPERM``, ``WRONGPASS``, ``ERR``)."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message
        self.word = message.split(" ", 1)[0]


class RedisLink:
    """Sends commands over a connection that is open already."""

    def __init__(self, link: Link, host: str, port: int, seconds: float) -> None:
        self._wire = _Wire(link, host, port, seconds)
        self._wire.connect()  # type: ignore[no-untyped-call]  # redis-py types this in part

    def send(self, *words: Word) -> Reply:
        """Send a command and return its answer: bytes, int, list or None. Raises ``RedisError`` for an error of the server."""
        self._wire.send_command(*words, check_health=False)  # type: ignore[no-untyped-call]  # redis-py types this in part
        return self.answer()

    def together(self, *commands: tuple[Word, ...]) -> list[RedisError | None]:
        """Send commands in one piece, so that no other client's command comes between; returns the error of each, if any."""
        pieces = [self._wire.pack_command(*words) for words in commands]  # type: ignore[no-untyped-call]  # redis-py types this in part
        packed = b"".join(part for piece in pieces for part in piece)
        self._wire.send_packed_command([packed], check_health=False)  # type: ignore[no-untyped-call]  # redis-py types this in part
        return [self._fault() for _command in commands]

    def _fault(self) -> RedisError | None:
        try:
            self.answer()
        except RedisError as fault:
            return fault
        return None

    def answer(self) -> Reply:
        """Return the next answer. Raises ``RedisError``."""
        try:
            reply = self._wire.read_response(disconnect_on_error=False)
        except (RedisClientError, ResponseError) as fault:
            if isinstance(fault, ResponseError) or _first_word(fault):
                raise as_sent(fault) from None
            raise
        if isinstance(reply, ResponseError):
            raise as_sent(reply)
        return reply

    def text(self, *words: Word) -> str:
        """Send a command whose answer is text."""
        reply = self.send(*words)
        return reply.decode("utf-8", "replace") if isinstance(reply, bytes) else str(reply)


def _first_word(fault: Exception) -> str:
    return str(getattr(fault, "status_code", None) or "")


def as_sent(fault: Exception) -> RedisError:
    """Return an error as the server sent it: redis-py cuts off the first word where it has a class for it."""
    word = _first_word(fault)
    return RedisError(f"{word} {fault}" if word else str(fault))


def speaks_tls(host: str, port: int, clock: Clock) -> bool:
    """Tell whether a server starts TLS, where one without it was closed or silent."""
    try:
        link = connect(host, port, clock)
        link.settimeout(clock.left() / 2)
        with encrypt(link, host, trust_all()):
            return True
    except OSError:
        return False


def speaks_plainly(host: str, port: int, clock: Clock) -> bool:
    """Tell whether a server answers to a PING without TLS as Redis does, wanting a login or not, where TLS was not taken up."""
    try:
        with connect(host, port, clock) as link:
            link.settimeout(clock.left() / 2)
            link.sendall(b"PING\r\n")
            return link.recv(64).startswith((b"+PONG", b"-NOAUTH", b"-NOPERM", b"-DENIED"))
    except OSError:
        return False
