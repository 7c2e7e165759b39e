"""Stand-in for Redis and the database at one address: ``server.py HOST PORT...``. Answers PING with PONG, and takes everything else."""

from __future__ import annotations

import socketserver
import sys
import threading


class Answer(socketserver.BaseRequestHandler):
    """One connection."""

    def handle(self) -> None:
        """Read until the other side ends."""
        while said := self.request.recv(4096):
            if b"PING" in said:
                self.request.sendall(b"+PONG\r\n")


class Server(socketserver.ThreadingTCPServer):
    """One port."""

    allow_reuse_address = True
    daemon_threads = True


def main() -> None:
    """Serve until the process is ended."""
    host, *ports = sys.argv[1:]
    servers = [Server((host, int(port)), Answer) for port in ports]
    for server in servers[1:]:
        threading.Thread(target=server.serve_forever, daemon=True).start()
    servers[0].serve_forever()


if __name__ == "__main__":
    main()
