"""caddy/Caddyfile: a whole configuration for Caddy 2.6 and later; certificates are those that were named, none is fetched."""

from __future__ import annotations

import re

from nbcluster.artifacts.balancers.model import CONNECT, DISCOVERY, DOWN, LONGEST, Balancer

_INDENT = "\t"


def caddyfile(model: Balancer) -> str:
    """Return the file; without its first block it can be imported into a larger one."""
    scheme = "https" if model.tls else "http"
    blocks = [
        _block("", ["# Certificates are those named here; none is asked for from outside.", "auto_https off"]),
        *_redirect(model),
        _block(f"{scheme}://{model.server_name}:{model.listen}", _site(model)),
    ]
    return "\n\n".join("\n".join(lines) for lines in blocks) + "\n"


def _block(head: str, lines: list[str]) -> list[str]:
    return [f"{head} {{".lstrip(), *(f"{_INDENT}{line}" if line else "" for line in lines), "}"]


def _redirect(model: Balancer) -> list[list[str]]:
    if not model.redirect:
        return []
    port = "" if model.usual_port else f":{model.listen}"
    return [_block(f"http://{model.server_name}:80", [f"redir https://{{host}}{port}{{uri}} 301"])]


def _proxy(model: Balancer) -> list[str]:
    # No flush_interval: Caddy passes replies of unknown length on at once, and 2.6 cuts some replies to large uploads with -1.
    if model.behind_proxy:
        forwarded = ["# What stands in front sets the forwarded headers.", "trusted_proxies 0.0.0.0/0 ::/0"]
    else:
        # header_up for the forwarded headers would only repeat this, and Caddy warns of it
        forwarded = [
            "# Forwarded headers of clients are overwritten by default: NocoBase takes the first entry as the client's address."
        ]
    return _block(
        "reverse_proxy " + " ".join(f"{node.host}:{node.port}" for node in model.upstreams),
        [
            f"lb_policy cookie {model.name}_node" if model.sticky else "lb_policy round_robin",
            "# Another node for what was not sent, and for a GET. A POST is never sent twice.",
            f"lb_try_duration {CONNECT}s",
            "lb_try_interval 100ms",
            "# Without a query, which would break it. A page with status 200 is not healthy.",
            f"health_uri {model.health}",
            "health_interval 3s",
            "health_timeout 2s",
            "health_status 200",
            "health_body ^ok",
            *_block("health_headers", [f"Host {model.server_name}"]),
            "max_fails 1",
            "fail_duration 3s",
            "unhealthy_status 503",
            *forwarded,
            "header_up X-Real-IP {remote_host}",
            *_block(
                "transport http",
                [
                    "# A node that is gone is left within seconds; a long request of a node that works may take its time.",
                    f"dial_timeout {CONNECT}s",
                    f"response_header_timeout {LONGEST}s",
                    f"read_timeout {LONGEST}s",
                    f"write_timeout {LONGEST}s",
                ],
            ),
        ],
    )


def _site(model: Balancer) -> list[str]:
    tls = [f"tls {_word(model.certificate)} {_word(model.certificate_key)}"] if model.tls else []
    return [
        *tls,
        "# No limit on the body: the size of an upload is limited in NocoBase, per storage.",
        "",
        "# Discovery documents are asked for at the root of the host, with the path behind (RFC 8414, section 3.1).",
        f"@discovery path_regexp discovery ^/\\.well-known/{DISCOVERY}/(.+)$",
        "rewrite @discovery /{re.discovery.2}/.well-known/{re.discovery.1}",
        "",
        f"# Pages, API, WebSocket at {model.path}ws, and {model.path}files/ alike. Workers are left out on purpose: they must not get users.",
        *_nodes(model),
        "",
        "# While all nodes are stopped.",
        *_block(
            "handle_errors",
            [
                "@down expression {err.status_code} in [502, 503, 504]",
                *_block(
                    "handle @down",
                    ["header Retry-After 60", "header Cache-Control no-store", f"respond {_word(DOWN.strip())} 503"],
                ),
            ],
        ),
    ]


def _nodes(model: Balancer) -> list[str]:
    if model.path == "/":
        return _block("handle", _proxy(model))
    return [
        f"@bare path / {model.path.rstrip('/')}",
        f"redir @bare {model.path} 302",
        "# NocoBase 2.2 answers files at the root of the host, too.",
        f"@nodes path {model.path}* /files/*",
        *_block("handle @nodes", _proxy(model)),
        "# Something else on this host name: put its handle blocks here.",
        *_block("handle", ["respond 404"]),
    ]


def _word(text: str) -> str:
    """Return one token of a Caddyfile; braces, a double quote and a backslash have no form here and are refused by a rule."""
    if re.fullmatch(r"[A-Za-z0-9._/@:+,=~-]+", text):
        return text
    return f'"{text}"'
