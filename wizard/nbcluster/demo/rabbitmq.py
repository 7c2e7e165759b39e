"""A simulated RabbitMQ: AMQP 0-9-1 in pika's own codec, with logins, virtual hosts, rights and queues that hold messages."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

from nbcluster.demo.rabbitmq_channel import Channel, ChannelError
from nbcluster.demo.rabbitmq_model import Broker, BrokerSettings, Refused

_HEADER = b"AMQP\x00\x00\x09\x01"
_FRAME_MAX = 131072
_CHANNEL_MAX = 2047


class RabbitMQServer:
    """A simulated broker; ``broker.received`` holds the names of the methods it got, in order."""

    def __init__(self, settings: BrokerSettings | None = None) -> None:
        self.broker = Broker(settings or BrokerSettings())
        self._server: asyncio.Server | None = None

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> int:
        """Listen and return the port."""
        import pika.spec  # noqa: F401 - the codec is loaded before the first client waits for it

        self._server = await asyncio.start_server(self._connected, host, port)
        chosen: int = self._server.sockets[0].getsockname()[1]
        return chosen

    async def close(self) -> None:
        """Stop listening."""
        if self._server is not None:
            self._server.close()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = _Connection(self.broker, reader, writer)
        try:
            await connection.serve()
        except (EOFError, ConnectionError):
            pass  # the client left
        finally:
            connection.end()
            with contextlib.suppress(ConnectionError):
                await writer.drain()
            writer.close()


class _Connection:
    """One client's connection: the handshake, then its channels."""

    def __init__(self, broker: Broker, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._broker = broker
        self._reader = reader
        self._writer = writer
        self._unread = b""
        self._channels: dict[int, Channel] = {}
        self._user = ""
        self._vhost = ""

    async def serve(self) -> None:
        """Talk until the client leaves or is refused."""
        from pika import spec

        if await self._reader.read(len(_HEADER)) != _HEADER:
            self._writer.write(_HEADER)
            return
        try:
            await self._shake_hands()
        except Refused as refused:
            self._send(0, spec.Connection.Close(refused.code, refused.text, refused.class_id, refused.method_id))
            await self._method()
            return
        while True:
            frame = await self._frame()
            if frame.channel_number == 0:
                method = getattr(frame, "method", None)
                if isinstance(method, spec.Connection.Close):
                    self._send(0, spec.Connection.CloseOk())
                    return
                continue
            self._on_channel(frame)
            await self._writer.drain()

    async def _shake_hands(self) -> None:
        from pika import spec

        settings = self._broker.settings
        self._send(0, spec.Connection.Start(0, 9, settings.properties(), b"PLAIN AMQPLAIN", b"en_US"))
        start = await self._method()
        response = start.response if isinstance(start.response, bytes) else start.response.encode()
        parts = response.split(b"\0")
        user = settings.users.get(parts[1].decode("utf-8", "replace")) if len(parts) == 3 else None
        if user is None or user.password.encode() != parts[2]:
            raise Refused(
                403,
                f"ACCESS_REFUSED - Login was refused using authentication mechanism {start.mechanism}. For details see the"
                " broker logfile.",
                0,
                0,
            )
        self._user = parts[1].decode()
        self._send(0, spec.Connection.Tune(_CHANNEL_MAX, _FRAME_MAX, 60))
        await self._method()
        self._vhost = (await self._method()).virtual_host
        if self._vhost not in settings.vhosts:
            raise Refused(530, f"NOT_ALLOWED - vhost {self._vhost} not found", 10, 40)
        if user.vhosts is not None and self._vhost not in user.vhosts:
            raise Refused(530, f"NOT_ALLOWED - access to vhost '{self._vhost}' refused for user '{self._user}'", 10, 40)
        self._send(0, spec.Connection.OpenOk())

    def _on_channel(self, frame: Any) -> None:
        from pika import spec

        number = frame.channel_number
        method = getattr(frame, "method", None)
        if isinstance(method, spec.Channel.Open):
            self._broker.received.append(method.NAME)
            self._channels[number] = Channel(self._broker, self, (self._user, self._vhost), number, self._write)
            self._send(number, spec.Channel.OpenOk())
            return
        channel = self._channels.get(number)
        if channel is None:
            return
        if method is not None:
            self._broker.received.append(method.NAME)
        if isinstance(method, spec.Channel.Close):
            self._drop(number)
            self._send(number, spec.Channel.CloseOk())
            return
        try:
            channel.take(frame)
        except ChannelError as error:
            self._drop(number)
            self._send(number, spec.Channel.Close(error.code, error.text, *error.method))

    def _drop(self, number: int) -> None:
        channel = self._channels.pop(number, None)
        if channel is not None:
            channel.close()

    def end(self) -> None:
        """Give back what the connection held: unacknowledged messages and exclusive queues."""
        for number in list(self._channels):
            self._drop(number)
        self._broker.forget(self)

    async def _method(self) -> Any:
        while True:
            frame = await self._frame()
            if hasattr(frame, "method"):
                self._broker.received.append(frame.method.NAME)
                return frame.method

    async def _frame(self) -> Any:
        from pika import exceptions
        from pika.frame import decode_frame

        while True:
            try:
                used, frame = decode_frame(self._unread)
            except (exceptions.InvalidFrameError, KeyError):
                raise EOFError from None
            if frame is not None:
                self._unread = self._unread[used:]
                return frame
            if len(self._unread) > 2 * _FRAME_MAX:
                raise EOFError
            data = await self._reader.read(65536)
            if not data:
                raise EOFError
            self._unread += data

    def _send(self, number: int, method: Any) -> None:
        from pika.frame import Method

        self._write(Method(number, method))

    def _write(self, frame: Any) -> None:
        if not self._writer.is_closing():
            self._writer.write(frame.marshal())
