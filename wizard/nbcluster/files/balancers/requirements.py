"""What a load balancer without a generated file must do (nocobase.md §7.4), as a list and as a page."""

from __future__ import annotations

from nbcluster.cluster import Cluster
from nbcluster.files.kubernetes.model import object_name
from nbcluster.text import _


def requirements(cluster: Cluster) -> list[str]:
    """Return where requests belong, then each requirement, as lines of Markdown."""
    path = cluster.deployment.public_path
    return [
        *_destinations(cluster),
        "- " + _("Pass WebSocket upgrades at exactly {path}ws.").format(path=path),
        "- "
        + _(
            "Proxy everything, /files/ included, without a limit on the body, with time-outs of 600 s and without buffering replies."
        ),
        "- "
        + _(
            "Keep the Host header; set X-Forwarded-Proto; overwrite X-Forwarded-For at the edge: its first entry counts as the client."
        ),
        "- "
        + _(
            "Rewrite /.well-known/oauth-authorization-server/PATH to /PATH/.well-known/oauth-authorization-server, and openid-configuration alike."
        ),
        "- " + _("Check health by GET {path}api/__health_check, without a query: 200 and the text ok.").format(path=path),
        "- " + _("Never repeat a POST on another node."),
    ]


def _destinations(cluster: Cluster) -> list[str]:
    """Return the nodes; pods have no address of their own that lasts, so of them the Service in front."""
    if cluster.deployment.on_kubernetes:
        service = f"{object_name(cluster, 'web')}.{cluster.kubernetes.namespace}.svc:{cluster.deployment.port}"
        said = _("Send requests to this Service and to nothing else; only pods that serve requests are behind it.")
        return [f"- `{service}`", "", f"- {said}"]
    said = _("Send requests to these nodes and to no other; a worker answers HTTP too.")
    return [*(f"- `{node.address}`" for node in cluster.balancer.upstreams), "", f"- {said}"]


def page(cluster: Cluster) -> str:
    """Return balancer.md: the requirements, and their names at cloud providers."""
    head = "# " + _("What the load balancer of {name} must do").format(name=cluster.name)
    words = [
        _("Targets: the nodes above by address and port, plain HTTP, as one group."),
        _(
            "Idle time-out: 600 s. A shorter one (60 s by default in some clouds, unconfirmed) cuts long requests and silent WebSockets."
        ),
        _("Health check: HTTP, the path above, success code 200; compare the body where that is possible."),
        _("Certificate and the redirect from port 80 to 443 belong to the balancer; keep the nodes' own ports closed to users."),
        _("Stickiness: not needed when all adapters work."),
        _("Limit of the body: off, or as high as the largest upload; some balancers cannot, then uploads go to object storage."),
    ]
    lines = [head, "", *requirements(cluster), "", "## " + _("In the words of most clouds"), "", *(f"- {word}" for word in words)]
    return "\n".join(lines) + "\n"
