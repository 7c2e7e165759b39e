"""The balancer in front: its file in place, its gate."""

from __future__ import annotations

from nbcluster.answers.answers import Answers
from nbcluster.facts import HEALTH_PATH
from nbcluster.files.balancers.model import balancer_of, identifier
from nbcluster.files.runbook.blocks import block, gate, word
from nbcluster.steps.balancer import has_tls, proper_name
from nbcluster.steps.start import on_kubernetes
from nbcluster.text import _


def balancer(answers: Answers) -> list[str]:
    """Return the paragraphs that put the balancer's file in place and prove that it works."""
    place = {"nginx": _nginx, "haproxy": _haproxy, "caddy": _caddy}[answers.text("balancer.kind")]
    return [*place(answers), *through(answers, "balancer")]


def _nginx(answers: Answers) -> list[str]:
    target = word(f"/etc/nginx/conf.d/{identifier(answers)}.conf")
    return [
        _(
            "Then nginx, on its host and beside a copy of the folder nginx/. SELinux refuses connections to other hosts until: setsebool -P httpd_can_network_connect on."
        ),
        block("balancer", "balancer", f"install -m 644 nginx/nocobase.conf {target}", "nginx -t && systemctl reload nginx"),
    ]


def _haproxy(answers: Answers) -> list[str]:
    model = balancer_of(answers)
    target = f"/etc/haproxy/conf.d/{identifier(answers)}.cfg"
    link = model.key_link
    lines = [f"[ -e {word(link)} ] || ln -s {word(model.certificate_key)} {word(link)}"] if link else []
    return [
        _(
            "Then HAProxy, on its host and beside a copy of the folder haproxy/. The service reads /etc/haproxy/conf.d/ once EXTRAOPTS in /etc/default/haproxy (Debian) or OPTIONS in /etc/sysconfig/haproxy (Red Hat) holds -f /etc/haproxy/conf.d and it was restarted."
        ),
        block(
            "balancer",
            "balancer",
            *lines,
            f"install -D -m 644 haproxy/nocobase.cfg {word(target)}",
            "haproxy -c -f /etc/haproxy/haproxy.cfg -f /etc/haproxy/conf.d && systemctl reload haproxy",
        ),
    ]


def _caddy(_answers: Answers) -> list[str]:
    return [
        _(
            "Then Caddy, on its host and beside a copy of the folder caddy/. The file is a whole configuration; where Caddy serves other sites, too, add its site block to yours instead."
        ),
        block(
            "balancer",
            "balancer",
            "caddy validate --adapter caddyfile --config caddy/Caddyfile",
            "[ ! -e /etc/caddy/Caddyfile ] || cp -p /etc/caddy/Caddyfile /etc/caddy/Caddyfile.before-nbcluster",
            "install -D -m 644 caddy/Caddyfile /etc/caddy/Caddyfile",
            "systemctl reload caddy",
        ),
    ]


def through(answers: Answers, node: str) -> list[str]:
    """Return the gate that looks at the application through what stands in front of it."""
    scheme, port = "https" if has_tls(answers) else "http", answers.number("balancer.listen")
    host, path = answers.text("balancer.server_name"), answers.text("app.public_path")
    base = f"{scheme}://{host}:{port}{path}"
    # on the balancer itself the name need not lead there yet
    resolve = "" if on_kubernetes(answers) else f" --resolve {word(f'{host}:{port}:127.0.0.1')}"
    upgrade = "-H 'Connection: Upgrade' -H 'Upgrade: websocket' -H 'Sec-WebSocket-Version: 13' -H 'Sec-WebSocket-Key: bmJjbHVzdGVyLXByb2JlLQ=='"
    if on_kubernetes(answers):
        said = _("Through the Ingress the first answers ok, the second 101 (WebSocket):")
    else:
        said = _("Through {balancer} the first answers ok, the second 101 (WebSocket):").format(balancer=proper_name(answers))
    return [
        gate() + said,
        block(
            "gate-balancer",
            node,
            f"curl -sS --max-time 10{resolve} {word(base + HEALTH_PATH)}; echo",
            f"curl -sS --max-time 3 --http1.1 -o /dev/null -w '%{{http_code}}\\n'{resolve} {upgrade} {word(base + 'ws')} 2>/dev/null || true",
        ),
    ]
