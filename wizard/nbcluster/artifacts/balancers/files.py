"""The file of each kind of load balancer."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from nbcluster.answers import Answers
from nbcluster.artifacts.balancers.caddy import caddyfile
from nbcluster.artifacts.balancers.haproxy import configuration
from nbcluster.artifacts.balancers.model import balancer_of
from nbcluster.artifacts.nginx import conf

FILES: Mapping[str, tuple[str, Callable[[Answers], str]]] = {
    "nginx": ("nginx/nocobase.conf", conf),
    "haproxy": ("haproxy/nocobase.cfg", lambda answers: configuration(balancer_of(answers))),
    "caddy": ("caddy/Caddyfile", lambda answers: caddyfile(balancer_of(answers))),
}
"""By kind of balancer: the path of its file and what makes its text."""
