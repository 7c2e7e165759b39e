"""The balancer in front: its file in place, its gate."""

from __future__ import annotations

from nbcluster.cluster import Cluster
from nbcluster.facts import HEALTH_PATH
from nbcluster.files.runbook.blocks import block, gate, joined, word
from nbcluster.text import _


def balancer_step(cluster: Cluster) -> list[str]:
    """Return the paragraphs on the load balancer, whoever runs it."""
    if cluster.balancer.has_file:
        return balancer(cluster)
    place = "balancer.md" if cluster.balancer.kind == "cloud" else "SUMMARY.md"
    return [_("Then your load balancer; the list of what it must do is in {place}.").format(place=place)]


_Place = tuple[str, tuple[str, ...]]
"""A description of a place, and the lines for it."""


def balancer(cluster: Cluster) -> list[str]:
    """Return the paragraphs that put the balancer's file in place and prove that it works."""
    place = {"nginx": _nginx, "haproxy": _haproxy, "caddy": _caddy}[cluster.balancer.kind]
    said, lines = place(cluster)
    gate_said, asking = through(cluster)
    return [f"{said} {gate()}{gate_said}", block("balancer", "balancer", *lines, *asking)]


def _nginx(cluster: Cluster) -> _Place:
    target = word(f"/etc/nginx/conf.d/{cluster.balancer.name}.conf")
    return (
        _(
            "Then nginx. From this machine `scp -r nginx HOST:` brings its folder; HOST is the machine of the balancer, as ssh knows it. The block runs there, as root, beside that folder. SELinux refuses connections to other hosts until: setsebool -P httpd_can_network_connect on."
        ),
        (joined(f"install -m 644 nginx/nocobase.conf {target}", "nginx -t", "systemctl reload nginx"),),
    )


def _haproxy(cluster: Cluster) -> _Place:
    model = cluster.balancer
    target = f"/etc/haproxy/conf.d/{model.name}.cfg"
    link = model.key_link
    lines = [f"[ -e {word(link)} ] || ln -s {word(model.certificate_key)} {word(link)}"] if link else []
    return (
        _(
            "Then HAProxy. From this machine `scp -r haproxy HOST:` brings its folder; HOST is the machine of the balancer, as ssh knows it. The block runs there, as root, beside that folder. The service reads /etc/haproxy/conf.d/ once EXTRAOPTS in /etc/default/haproxy (Debian) or OPTIONS in /etc/sysconfig/haproxy (Red Hat) holds -f /etc/haproxy/conf.d and it was restarted."
        ),
        (
            *lines,
            f"install -D -m 644 haproxy/nocobase.cfg {word(target)}",
            "haproxy -c -f /etc/haproxy/haproxy.cfg -f /etc/haproxy/conf.d; systemctl reload haproxy",
        ),
    )


def _caddy(_cluster: Cluster) -> _Place:
    return (
        _(
            "Then Caddy. From this machine `scp -r caddy HOST:` brings its folder; HOST is the machine of the balancer, as ssh knows it. The block runs there, as root, beside that folder. The file is a whole configuration; where Caddy serves other sites, too, add its site block to yours instead."
        ),
        (
            joined(
                "caddy validate --adapter caddyfile --config caddy/Caddyfile",
                "[ ! -e /etc/caddy/Caddyfile ] || cp -p /etc/caddy/Caddyfile /etc/caddy/Caddyfile.before-nbcluster",
            ),
            joined("install -D -m 644 caddy/Caddyfile /etc/caddy/Caddyfile", "systemctl reload caddy"),
        ),
    )


def through(cluster: Cluster) -> _Place:
    """Return the gate that asks the application through the load balancer, and its lines."""
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
    # a reload returns before the new listener is there
    curl = f"curl -sS --max-time 10{resolve} {word(base + HEALTH_PATH)}"
    ask = f"for try in 1 2 3 4 5; do said=$({curl}) && break; sleep 1; done"
    socket = (
        f"code=$(curl -s --max-time 3 --http1.1 -o /dev/null -w '%{{http_code}}'{resolve} {upgrade} {word(base + 'ws')}) || :"
    )
    return said, (
        joined(ask, '[ "$said" = ok ] || { echo "$said"; exit 1; }'),
        joined(socket, '[ "$code" = 101 ] || { echo "WebSocket: $code"; exit 1; }', "echo ok, 101"),
    )
