"""The balancer in front: its file in place, its gate."""

from __future__ import annotations

from nbcluster.cluster import Cluster
from nbcluster.facts import HEALTH_PATH
from nbcluster.files.runbook.blocks import block, gate, word
from nbcluster.text import _


def balancer(cluster: Cluster) -> list[str]:
    """Return the paragraphs that put the balancer's file in place and prove that it works."""
    place = {"nginx": _nginx, "haproxy": _haproxy, "caddy": _caddy}[cluster.balancer.kind]
    return [*place(cluster), *through(cluster, "balancer")]


def _nginx(cluster: Cluster) -> list[str]:
    target = word(f"/etc/nginx/conf.d/{cluster.balancer.name}.conf")
    return [
        _(
            "Then nginx, on its host and beside a copy of the folder nginx/. SELinux refuses connections to other hosts until: setsebool -P httpd_can_network_connect on."
        ),
        block("balancer", "balancer", f"install -m 644 nginx/nocobase.conf {target}", "nginx -t && systemctl reload nginx"),
    ]


def _haproxy(cluster: Cluster) -> list[str]:
    model = cluster.balancer
    target = f"/etc/haproxy/conf.d/{model.name}.cfg"
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


def _caddy(_cluster: Cluster) -> list[str]:
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


def through(cluster: Cluster, node: str) -> list[str]:
    """Return the gate that looks at the application through what stands in front of it."""
    model = cluster.balancer
    place = f"{model.server_name}:{model.listen}"
    base = f"{model.scheme}://{place}{model.path}"
    # on the balancer itself the name need not lead there yet
    resolve = "" if cluster.deployment.on_kubernetes else f" --resolve {word(f'{place}:127.0.0.1')}"
    upgrade = "-H 'Connection: Upgrade' -H 'Upgrade: websocket' -H 'Sec-WebSocket-Version: 13' -H 'Sec-WebSocket-Key: bmJjbHVzdGVyLXByb2JlLQ=='"
    if cluster.kubernetes.has_gateway:
        said = _("Through the Gateway the first answers ok, the second 101 (WebSocket):")
    elif cluster.deployment.on_kubernetes:
        said = _("Through the Ingress the first answers ok, the second 101 (WebSocket):")
    else:
        said = _("Through {balancer} the first answers ok, the second 101 (WebSocket):").format(balancer=model.proper_name)
    return [
        gate() + said,
        block(
            "gate-balancer",
            node,
            f"curl -sS --max-time 10{resolve} {word(base + HEALTH_PATH)}; echo",
            f"curl -sS --max-time 3 --http1.1 -o /dev/null -w '%{{http_code}}\\n'{resolve} {upgrade} {word(base + 'ws')} 2>/dev/null || true",
        ),
    ]
