"""What every load balancer is told, whatever its language: who serves, under which name, how the edge behaves (nocobase.md §7.4)."""

from __future__ import annotations

from dataclasses import dataclass

from nbcluster.answers.answers import Answers
from nbcluster.facts import HEALTH_PATH
from nbcluster.steps.balancer import has_tls
from nbcluster.steps.nodes import port_of, serves_requests

DISCOVERY = "(oauth-authorization-server|openid-configuration)"
"""Documents that are asked for at the root of the host, with the path behind (RFC 8414, section 3.1)."""

LONGEST = 600
"""Seconds that a request may take, and that a WebSocket may be silent."""

CONNECT = 5
"""Seconds until a node that does not accept is left for another."""

DOWN = "The application is being maintained or starting. Please try again in a minute.\n"
"""What users read while no node answers; plain ASCII, because it stands in configuration files."""


@dataclass(frozen=True)
class Upstream:
    """One node that serves requests."""

    name: str
    host: str
    port: int

    @property
    def address(self) -> str:
        """Host and port as a configuration names them."""
        return f"{self.host}:{self.port}"


@dataclass(frozen=True)
class Balancer:
    """The choices of the balancer step; ``path`` begins and ends with a slash, ``certificate`` is empty without TLS.

    ``upstreams`` are exactly the nodes that serve requests: a worker answers HTTP, too, and must not get users.
    """

    name: str
    server_name: str
    listen: int
    path: str
    upstreams: tuple[Upstream, ...]
    sticky: bool
    behind_proxy: bool
    certificate: str
    certificate_key: str
    redirect: bool

    @property
    def health(self) -> str:
        """The health path, without a query, which would break it (nocobase.md §7.2)."""
        return f"{self.path}{HEALTH_PATH}"

    @property
    def tls(self) -> bool:
        """Whether the balancer ends TLS."""
        return bool(self.certificate)

    @property
    def scheme(self) -> str:
        """The scheme of the addresses that the balancer answers."""
        return "https" if self.tls else "http"

    @property
    def key_link(self) -> str:
        """The path where HAProxy looks for the key of a certificate that does not hold it; "" where nothing is needed."""
        beside = f"{self.certificate}.key"
        return beside if self.tls and self.certificate_key not in (beside, self.certificate) else ""

    @property
    def usual_port(self) -> bool:
        """Whether addresses may leave the port out."""
        return self.listen == (443 if self.tls else 80)


def identifier(answers: Answers) -> str:
    """Return the name that the cluster's parts of a configuration carry, so that two clusters can live in one balancer."""
    return "nocobase_" + answers.text("name").replace("-", "_")


def upstreams(answers: Answers) -> tuple[Upstream, ...]:
    """Return every node that serves requests, in order."""
    rows = (row for row in answers.rows("nodes") if serves_requests(row))
    return tuple(Upstream(str(row.get("name")), str(row.get("host")), port_of(answers, row)) for row in rows)


def upstream_servers(answers: Answers) -> list[str]:
    """Return ``host:port`` of every node that serves requests, in order."""
    return [node.address for node in upstreams(answers)]


def balancer_of(answers: Answers) -> Balancer:
    """Return the model that the answers describe."""
    tls = has_tls(answers)
    return Balancer(
        name=identifier(answers),
        server_name=answers.text("balancer.server_name"),
        listen=answers.number("balancer.listen"),
        path=answers.text("app.public_path"),
        upstreams=upstreams(answers),
        sticky=answers.flag("balancer.sticky"),
        behind_proxy=answers.flag("balancer.behind_proxy"),
        certificate=answers.text("balancer.certificate") if tls else "",
        certificate_key=answers.text("balancer.certificate_key") if tls else "",
        redirect=tls and answers.flag("balancer.redirect"),
    )
