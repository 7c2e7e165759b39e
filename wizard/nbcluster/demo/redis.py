"""A simulated Redis: it speaks RESP, enforces its logins and runs the commands that the checks send."""

from __future__ import annotations

import asyncio
import hashlib
from functools import partial
from typing import Any

from nbcluster.demo import lua, redis_data, redis_streams
from nbcluster.demo.redis_admin import commands
from nbcluster.demo.redis_model import (
    Block,
    Command,
    RedisSettings,
    RedisState,
    Session,
    number,
    options,
    permission_error,
    refusal,
    subcommand_error,
)
from nbcluster.demo.resp import NilArray, ProtocolError, Reply, RespError, encode, read_command

_IN_SUBSCRIPTION = frozenset({"subscribe", "unsubscribe", "psubscribe", "punsubscribe", "ping", "quit"})
_NEVER_QUEUED = frozenset({"multi", "exec", "discard", "watch", "quit"})


class RedisServer:
    """A simulated Redis; ``state.received`` holds every command it got, without the words of AUTH and HELLO."""

    def __init__(self, settings: RedisSettings | None = None) -> None:
        self.state = RedisState(settings or RedisSettings())
        own = {
            **redis_data.COMMANDS,
            **redis_streams.COMMANDS,
            **commands(lambda _session: self._commands),
            "multi": Command(_multi, 1, ("noscript", "fast")),
            "exec": Command(self._exec, 1, ("noscript",)),
            "discard": Command(_discard, 1, ("noscript", "fast")),
            "watch": Command(_watch, -2, ("noscript", "fast"), 1, -1),
            "unwatch": Command(_watch, 1, ("noscript", "fast")),
            "eval": Command(self._eval, -3, ("noscript", "movablekeys")),
            "evalsha": Command(self._evalsha, -3, ("noscript", "movablekeys")),
            "script": Command(self._script, -2, ("noscript",)),
        }
        self._commands: dict[str, Command] = own | (redis_data.BLOOM_COMMANDS if self.state.settings.bloom else {})
        self._server: asyncio.Server | None = None

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> int:
        """Listen and return the port."""
        self._server = await asyncio.start_server(self._connected, host, port)
        chosen: int = self._server.sockets[0].getsockname()[1]
        return chosen

    async def close(self) -> None:
        """Stop listening."""
        if self._server is not None:
            self._server.close()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.state.connections += 1
        session = Session(self.state, self.state.connections, lambda reply: writer.write(encode(reply, session.protocol)))
        default = self.state.settings.users.get("default")
        session.user = "default" if default is not None and not default.password else ""
        self.state.sessions[session.id] = session
        try:
            while not session.leaving:
                words = await read_command(reader)
                if words:
                    await self._serve(session, words)
                    await writer.drain()
        except ProtocolError as error:
            writer.write(encode(RespError(f"ERR {error}"), 2))
        except (EOFError, ConnectionError):
            pass  # the client left
        finally:
            del self.state.sessions[session.id]
            writer.close()

    async def _serve(self, session: Session, words: list[bytes]) -> None:
        name = words[0].decode("latin-1").lower()
        try:
            command = self._checked(session, name, words)
            if session.queue is not None and name not in _NEVER_QUEUED:
                session.queue.append(words)
                session.send("QUEUED")
                return
            reply = await self._run(session, command, words)
        except RespError as error:
            session.spoiled = session.spoiled or session.queue is not None
            reply = error
        if not name.endswith("subscribe") or isinstance(reply, RespError):
            session.send(reply)

    def _checked(self, session: Session, name: str, words: list[bytes]) -> Command:
        """Return the command that words name; what the server would refuse raises ``RespError``."""
        shown = words[:1] if name in ("auth", "hello") else words
        self.state.received.append(tuple(word.decode("latin-1") for word in shown))
        command = self._commands.get(name)
        if not session.user and (command is None or "no_auth" not in command.flags):
            raise RespError("NOAUTH Authentication required.")
        if command is None:
            arguments = "".join(f"'{word.decode('latin-1')}' " for word in words[1:])[:128]
            raise RespError(
                f"ERR unknown command '{words[0].decode('latin-1')}', with args beginning with: {arguments}".rstrip("\r\n")
            )
        if not command.accepts(len(words)):
            raise RespError(f"ERR wrong number of arguments for '{name}' command")
        if "no_auth" not in command.flags:
            reason = refusal(session, session.user, command, words)
            if reason:
                raise permission_error(session, reason)
        if "write" in command.flags and self.state.settings.role != "master":
            raise RespError("READONLY You can't write against a read only replica.")
        if session.protocol == 2 and (session.channels or session.patterns) and name not in _IN_SUBSCRIPTION:
            allowed = "(P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET"
            raise RespError(f"ERR Can't execute '{name}': only {allowed} are allowed in this context")
        return command

    async def _run(self, session: Session, command: Command, words: list[bytes]) -> Reply:
        loop = asyncio.get_running_loop()
        deadline: float | None = None
        while True:
            changed = self.state.changed
            try:
                reply = command.handler(session, words)
            except Block as block:
                if deadline is None:
                    deadline = loop.time() + (block.seconds or 3600)
                left = deadline - loop.time()
                if left <= 0:
                    return block.otherwise
                try:
                    await asyncio.wait_for(changed.wait(), left)
                except TimeoutError:
                    return block.otherwise
                continue
            if "readonly" not in command.flags:
                self.state.touch()
            return reply

    def _exec(self, session: Session, _words: list[bytes]) -> Reply:
        queue, spoiled = session.queue, session.spoiled
        session.queue, session.spoiled = None, False
        if queue is None:
            raise RespError("ERR EXEC without MULTI")
        if spoiled:
            raise RespError("EXECABORT Transaction discarded because of previous errors.")
        return [self._at_once(session, words) for words in queue]

    def _at_once(self, session: Session, words: list[bytes]) -> Reply:
        try:
            return self._commands[words[0].decode("latin-1").lower()].handler(session, words)
        except Block as block:
            return block.otherwise
        except RespError as error:
            return error

    def _eval(self, session: Session, words: list[bytes]) -> Reply:
        self.state.scripts[_sha(words[1])] = words[1].decode()
        return self._script_result(session, words[1].decode(), words)

    def _evalsha(self, session: Session, words: list[bytes]) -> Reply:
        source = self.state.scripts.get(words[1].decode("latin-1").lower())
        if source is None:
            raise RespError("NOSCRIPT No matching script. Please use EVAL.")
        return self._script_result(session, source, words)

    def _script_result(self, session: Session, source: str, words: list[bytes]) -> Reply:
        count = number(words[2])
        if not 0 <= count <= len(words) - 3:
            raise RespError("ERR Number of keys can't be greater than number of args")
        keys, arguments = words[3 : 3 + count], words[3 + count :]
        try:
            return _reply(lua.run(source, keys, arguments, partial(self._called, session)))
        except lua.LuaError as error:
            raise RespError(f"ERR Error compiling script (simulated server): {error}") from None

    def _called(self, session: Session, words: list[bytes]) -> Any:
        name = words[0].decode("latin-1").lower()
        command = self._checked(session, name, words)
        if "noscript" in command.flags:
            raise RespError("ERR This Redis command is not allowed from script")
        reply = self._at_once(session, words)
        if isinstance(reply, RespError):
            raise reply
        return False if reply is None or isinstance(reply, NilArray) else reply

    def _script(self, _session: Session, words: list[bytes]) -> Reply:
        sub = options(words[1:2])[0]
        if sub == "LOAD" and len(words) == 3:
            self.state.scripts[_sha(words[2])] = words[2].decode()
            return _sha(words[2]).encode()
        if sub == "EXISTS" and len(words) > 2:
            return [int(word.decode("latin-1").lower() in self.state.scripts) for word in words[2:]]
        raise subcommand_error(words)


def _multi(session: Session, _words: list[bytes]) -> Reply:
    if session.queue is not None:
        raise RespError("ERR MULTI calls can not be nested")
    session.queue = []
    return "OK"


def _discard(session: Session, _words: list[bytes]) -> Reply:
    if session.queue is None:
        raise RespError("ERR DISCARD without MULTI")
    session.queue, session.spoiled = None, False
    return "OK"


def _watch(_session: Session, _words: list[bytes]) -> Reply:
    return "OK"


def _sha(source: bytes) -> str:
    return hashlib.sha1(source, usedforsecurity=False).hexdigest()


def _reply(value: Any) -> Reply:
    """Turn a script's value into a reply as Redis does: true is 1, false is nil."""
    if isinstance(value, bool):
        return 1 if value else None
    if isinstance(value, list):
        return [_reply(item) for item in value]
    result: Reply = value
    return result
