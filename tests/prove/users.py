"""What the users of the cluster do: sign in, save records, upload files, and find all of it again."""

from __future__ import annotations

import http.client
import json
import secrets
import ssl
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.prove.claims import Refuted, expect
from tests.prove.machines import NAME, NODES

PORT = 13000
FRONT = f"https://{NAME}"


def node_url(name: str) -> str:
    """Return where a node answers by itself."""
    return f"http://{NODES[name]}:{PORT}"


@dataclass
class Users:
    """One user's view. The process that asks must be in the cluster's network."""

    authority: Path
    email: str
    password: str
    token: str = ""
    words: list[str] = field(default_factory=list)
    """What was saved, a record each."""
    files: dict[str, bytes] = field(default_factory=dict)
    """What was uploaded, by its address."""

    def ask(
        self, path: str, body: Any = None, base: str = FRONT, headers: dict[str, str] | None = None, seconds: float = 30
    ) -> tuple[int, bytes]:
        """Send a request; return status and body, status 0 where nobody answers."""
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        kind = {"Content-Type": "application/json"} if data is not None else {}
        login = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        request = urllib.request.Request(base + path, data, {**kind, **login, "Origin": base, **(headers or {})})  # noqa: S310
        context = ssl.create_default_context(cafile=str(self.authority))
        try:
            with urllib.request.urlopen(request, timeout=seconds, context=context if base.startswith("https") else None) as reply:  # noqa: S310
                return reply.status, reply.read()
        except urllib.error.HTTPError as refusal:
            return refusal.code, refusal.read()
        except (OSError, http.client.HTTPException):
            return 0, b""

    def healthy(self, base: str = FRONT) -> bool:
        """Tell whether the health address says ok, of the balancer or of a node."""
        return self.ask("/api/__health_check", base=base, seconds=5) == (200, b"ok")

    def all_healthy(self) -> bool:
        """Tell whether the balancer and every node do."""
        return self.healthy() and all(self.healthy(node_url(name)) for name in NODES)

    def sign_in(self, base: str = FRONT) -> None:
        """Sign in; raise :class:`Refuted` when that is refused."""
        self.token = ""
        status, body = self.ask(
            "/api/auth:signIn", {"account": self.email, "password": self.password}, base, {"X-Authenticator": "basic"}
        )
        expect(status == 200, f"sign-in: {status} {body[:200]!r}")
        self.token = json.loads(body)["data"]["token"]

    def collection(self, base: str = FRONT) -> None:
        """Make the collection that records are saved in."""
        fields = [{"name": "word", "type": "string", "interface": "input"}]
        status, body = self.ask("/api/collections:create", {"name": "proofs", "title": "Proofs", "fields": fields}, base)
        expect(status == 200, f"new collection: {status} {body[:200]!r}")

    def save(self, base: str = FRONT) -> bool:
        """Save a record; only what the application confirmed counts as saved."""
        word = secrets.token_hex(8)
        status, _ = self.ask("/api/proofs:create", {"word": word}, base)
        if status == 200:
            self.words.append(word)
        return status == 200

    def upload(self, base: str = FRONT, size: int = 900) -> int:
        """Upload a file; return the status."""
        content, mark = secrets.token_bytes(size), secrets.token_hex(12)
        head = f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="{mark}.bin"\r\nContent-Type: application/octet-stream\r\n\r\n'
        body = head.encode() + content + f"\r\n--{mark}--\r\n".encode()
        status, answer = self.ask(
            "/api/attachments:create", body, base, {"Content-Type": f"multipart/form-data; boundary={mark}"}
        )
        if status == 200:
            self.files[str(json.loads(answer)["data"]["url"])] = content
        return status

    def all_is_there(self) -> str:
        """Say what was found again, through the balancer and on each node; raise :class:`Refuted` when something saved is missing."""
        for base in (FRONT, *map(node_url, NODES)):
            status, body = self.ask("/api/proofs:list?paginate=false&pageSize=100000", base=base)
            expect(status == 200, f"records at {base}: {status} {body[:200]!r}")
            found = {record["word"] for record in json.loads(body)["data"]}
            lost = set(self.words) - found
            expect(not lost, f"{len(lost)} of {len(self.words)} records are missing at {base}")
            for path, content in self.files.items():
                status, body = self.ask(path, base=base)
                if (status, body) != (200, content):
                    raise Refuted(f"{path} at {base}: {status}, {len(body)} bytes")
        return f"{len(self.words)} records, {len(self.files)} files"
