"""How lint grows with its files: ``python -m benchmarks.lint`` prints seconds for a long file and time(4n) / time(n), about 4 where it is linear."""

from __future__ import annotations

import time
from collections.abc import Callable

from nbcluster.lint import Input, lint

LINES = 25_000


def _services(count: int) -> str:
    own = "\n".join(
        f"  a{n}: {{image: 'nocobase/nocobase:2.2.15', environment: {{TZ: UTC, APP_KEY: k}}}}" for n in range(count // 30)
    )
    return f"services:\n{own}\n"


TEXTS: dict[str, tuple[str, Callable[[int], str]]] = {
    "distinct names": (".env", lambda count: "".join(f"NAME_{n}=value-{n}\n" for n in range(count))),
    "names of a family": (".env", lambda count: "".join(f"DB_X{n}=value\n" for n in range(count))),
    "one name again": (".env", lambda count: "".join(f"DB_HOST=h{n}\n" for n in range(count))),
    "addresses": (".env", lambda count: "".join(f"A{n}_REDIS_URL=redis://h:6379/{n % 16}\n" for n in range(count))),
    "words": (".env", lambda count: "APP_KEY=x\n" + "word\n" * count),
    "open quotes": (".env", lambda count: "APP_KEY='\n" * count),
    "services": ("compose.yaml", _services),
    "locations": ("site.conf", lambda n: f"server {{\n{'location /a { proxy_pass http://b:13000; }' * (n // 25)}\n}}\n"),
    "directives": ("site.conf", lambda n: "server {\n" + "    add_header X-A b;\n" * (n // 2) + "}\n"),
}
"""Name of the file and what makes its text of so many lines, or of as much as a file of that form may hold."""


def seconds(name: str, text: str) -> float:
    """Return how long one run takes, as time of the processor."""
    start = time.process_time()
    lint([Input(name, text)])
    return time.process_time() - start


def main() -> None:
    """Print one line for each text."""
    for label, (name, text_of) in TEXTS.items():
        few, many = (seconds(name, text_of(count)) for count in (LINES, 4 * LINES))
        print(f"{label:18} {many:6.1f} s  x{many / few:5.1f}")


if __name__ == "__main__":
    main()
