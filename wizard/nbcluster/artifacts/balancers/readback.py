"""Configurations of HAProxy and Caddy read back: whom they name, and whether they repeat what must not be repeated."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from nbcluster.artifacts.balancers.model import Balancer

_CADDY_TOKEN = re.compile(r'"((?:[^"\\]|\\.)*)"|(\S+)')


def differences(kind: str, text: str, model: Balancer) -> list[str]:
    """Return what a configuration says otherwise than the model; the names of the parts, never values."""
    return _READERS[kind](text, model) if kind in _READERS else []


def _haproxy(text: str, model: Balancer) -> list[str]:
    sections: dict[str, list[list[str]]] = {}
    inside: list[list[str]] = []
    for line in text.splitlines():
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        if not line[0].isspace():
            inside = sections.setdefault(" ".join(words[:2]), [])
        else:
            inside.append(words)
    backend, frontend = sections.get(f"backend {model.name}", []), sections.get(f"frontend {model.name}", [])
    servers = [(words[1], words[2]) for words in backend if words[0] == "server"]
    binds = [words for words in frontend if words[0] == "bind"]
    found = {
        "server": servers == [(node.name, f"{node.host}:{node.port}") for node in model.upstreams],
        "bind": [words[1] for words in binds] == [f"*:{model.listen}"] and all(("ssl" in words) is model.tls for words in binds),
        "http-check": any(words[:6] == ["http-check", "send", "meth", "GET", "uri", model.health] for words in backend),
        "disable-l7-retry": ["http-request", "disable-l7-retry", "unless", "METH_GET"] in backend,
        "host": any("unless" in words and model.server_name.lower() in words for words in frontend),
        "default_backend": [words[1] for words in frontend if words[0] == "default_backend"] == [model.name],
        "X-Forwarded-For": (["http-request", "set-header", "X-Forwarded-For", "%[src]"] in frontend) is not model.behind_proxy,
        "sections": all(name.split()[-1].startswith(model.name) for name in sections) and len(sections) == 3 + model.redirect,
    }
    return [name for name, right in found.items() if not right]


def _caddy(text: str, model: Balancer) -> list[str]:
    lines = [
        [m.group(1) if m.group(1) is not None else m.group(2) for m in _CADDY_TOKEN.finditer(row)] for row in text.splitlines()
    ]
    lines = [words for words in lines if words and not words[0].startswith("#")]
    depth = 0
    sites: list[str] = []
    for words in lines:
        if words[-1] == "{" and depth == 0:
            sites += words[:-1]
        depth += (words[-1] == "{") - (words == ["}"])
    proxies = [words[1:-1] for words in lines if words[0] == "reverse_proxy"]
    scheme = "https" if model.tls else "http"
    redirect = [f"http://{model.server_name}:80"] if model.redirect else []
    found = {
        "reverse_proxy": proxies == [[f"{node.host}:{node.port}" for node in model.upstreams]],
        "site": sites == [*redirect, f"{scheme}://{model.server_name}:{model.listen}"] and depth == 0,
        "tls": [words[1:] for words in lines if words[0] == "tls"]
        == ([[model.certificate, model.certificate_key]] if model.tls else []),
        "health_uri": ["health_uri", model.health] in lines,
        "lb_retry_match": not any(words[0] in ("lb_retry_match", "lb_retries") for words in lines),
        "trusted_proxies": any(words[0] == "trusted_proxies" for words in lines) is model.behind_proxy,
    }
    return [name for name, right in found.items() if not right]


_READERS: Mapping[str, Callable[[str, Balancer], list[str]]] = {"haproxy": _haproxy, "caddy": _caddy}
