"""The file of each kind of load balancer (nocobase.md §7.4)."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from nbcluster.answers.answers import Answers
from nbcluster.files.balancers.model import DOWN, balancer_of
from nbcluster.files.template import render


def _from_template(path: str) -> tuple[str, Callable[[Answers], str]]:
    def text(answers: Answers) -> str:
        return render(path, answers.text("output.language"), balancer=balancer_of(answers), down=DOWN.strip())

    return path, text


FILES: Mapping[str, tuple[str, Callable[[Answers], str]]] = {
    "nginx": _from_template("nginx/nocobase.conf"),
    "haproxy": _from_template("haproxy/nocobase.cfg"),
    "caddy": _from_template("caddy/Caddyfile"),
}
"""By kind of balancer: the path of its file and what makes its text."""
