"""pika's blocking connection over a connection that is open already, telling how far the handshake came."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any

import pika
from pika.adapters.select_connection import SelectConnection
from pika.adapters.utils import io_services_utils
from pika.adapters.utils.nbio_interface import AbstractIOReference
from pika.adapters.utils.selector_ioloop_adapter import SelectorIOServicesAdapter

from nbcluster.probe.findings import text
from nbcluster.probe.link import Link, TlsSocket

logging.disable(logging.CRITICAL)


class Handshake:
    """What the broker told before, at and after the login; times in milliseconds since the start."""

    def __init__(self) -> None:
        self.started = time.monotonic()
        self.properties: dict[str, Any] = {}
        self.logged_in_ms: int | None = None
        self.blocked = ""
        self.tuned = (0, 0, 0)
        """Heartbeat in seconds, largest frame in bytes and number of channels that the broker proposed."""

    def now_ms(self) -> int:
        """Return the milliseconds since the start."""
        return round((time.monotonic() - self.started) * 1000)


class _Scheduled(AbstractIOReference):  # type: ignore[misc]  # pika publishes no types
    def cancel(self) -> bool:
        return False


class _Services(SelectorIOServicesAdapter):  # type: ignore[misc]  # pika publishes no types
    """Hands out one connection that exists, instead of resolving and connecting."""

    def __init__(self, loop: Any, link: Link) -> None:
        super().__init__(loop)
        self._link = link

    def getaddrinfo(self, host: str, port: int, on_done: Callable[..., None], **_others: Any) -> AbstractIOReference:
        record = (self._link.family, self._link.type, 0, "", (host, port))
        self.add_callback_threadsafe(lambda: on_done([record]))
        return _Scheduled()

    def connect_socket(self, sock: Any, resolved_addr: Any, on_done: Callable[..., None]) -> AbstractIOReference:
        self.add_callback_threadsafe(lambda: on_done(None))
        return _Scheduled()

    def create_streaming_connection(
        self, protocol_factory: Callable[[], Any], sock: Any, on_done: Callable[..., None], **_others: Any
    ) -> AbstractIOReference:
        sock.close()
        self._link.setblocking(False)

        def join() -> None:
            protocol = protocol_factory()
            secured = isinstance(self._link, TlsSocket)
            kind = io_services_utils._AsyncSSLTransport if secured else io_services_utils._AsyncPlaintextTransport  # noqa: SLF001
            transport = kind(self._link, protocol, self)
            protocol.connection_made(transport)
            on_done((transport, protocol))

        self.add_callback_threadsafe(join)
        return _Scheduled()


def open_connection(link: Link, parameters: pika.ConnectionParameters, handshake: Handshake) -> pika.BlockingConnection:
    """Log in and open the vhost. Raises what pika raises; ``handshake`` is filled as far as it came."""

    def blocked(_connection: Any, frame: Any) -> None:
        handshake.blocked = text(frame.method.reason, 200) or "?"

    class Told(SelectConnection):  # type: ignore[misc]  # pika publishes no types
        """Notes each step."""

        @classmethod
        def create_connection(cls, connection_configs: Any, on_done: Any, custom_ioloop: Any = None, workflow: Any = None) -> Any:
            services = _Services(custom_ioloop, link)

            def factory(settings: Any) -> Any:
                return cls(parameters=settings, custom_ioloop=services, internal_connection_workflow=False)

            return cls._start_connection_workflow(connection_configs, factory, services, workflow, on_done)

        def _set_server_information(self, method_frame: Any) -> None:
            super()._set_server_information(method_frame)
            handshake.properties = dict(self.server_properties or {})

        def _on_connection_tune(self, method_frame: Any) -> None:
            handshake.logged_in_ms = handshake.now_ms()
            # the blocking connection would tell of it only once the call that waits for the broker has ended
            self.add_on_connection_blocked_callback(blocked)
            tune = method_frame.method
            handshake.tuned = (tune.heartbeat, tune.frame_max, tune.channel_max)
            super()._on_connection_tune(method_frame)

    return pika.BlockingConnection(parameters, _impl_class=Told)
