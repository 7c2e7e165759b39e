"""Step 9: what stands in front of the nodes."""

from __future__ import annotations

from nbcluster.answers.fields import Choice, Field, FieldKind
from nbcluster.judge import balancer as judge
from nbcluster.judge import kubernetes
from nbcluster.judge.database import HOST
from nbcluster.steps.model import Step
from nbcluster.text import N_

STEP = Step(
    id="balancer",
    title=N_("Balancer"),
    why=N_(
        "The snippet proxies WebSocket, /files/, large uploads and long requests; the three lines of the official page do not. "
        "Only nodes that serve requests are in it."
    ),
    fields=(
        Field(
            "balancer.kind",
            FieldKind.CHOICE,
            N_("Balancer"),
            section=N_("Load balancer"),
            short=N_("Kind"),
            default="nginx",
            required=True,
            why=N_(
                "nginx, HAProxy and Caddy get a complete file; a balancer of your own gets the list of what it must do in the summary. "
                "On Kubernetes an Ingress takes that place, whatever is chosen here; only none writes no Ingress."
            ),
            choices=(
                *(Choice(kind, name) for kind, name in judge.WRITTEN.items()),
                Choice("cloud", N_("that of a cloud: a page of requirements")),
                Choice("none", N_("one that you set up yourself")),
            ),
        ),
        Field(
            "kubernetes.ingress_class",
            FieldKind.TEXT,
            N_("Ingress class"),
            section=N_("Load balancer"),
            short=N_("Class"),
            applies=judge.has_ingress,
            default="nginx",
            required=True,
            pattern=kubernetes.NAME,
            pattern_hint=N_("write the name that `kubectl get ingressclass` shows"),
            why=N_("Decides the form of the Ingress: ingress-nginx, or Traefik 3 where the name holds traefik."),
            otherwise=N_("A class that no controller serves: the Ingress stays without an address."),
        ),
        Field(
            "balancer.listen",
            FieldKind.INTEGER,
            N_("Port"),
            section=N_("Load balancer"),
            default=judge.default_listen,
            required=True,
            minimum=1,
            maximum=65535,
            why=N_("Port on which the balancer accepts users; on Kubernetes, that of the Ingress controller."),
            applies=judge.has_file,
        ),
        Field(
            "balancer.server_name",
            FieldKind.TEXT,
            N_("Server name"),
            section=N_("Load balancer"),
            required=True,
            pattern=HOST,
            applies=judge.has_file,
            pattern_hint=N_("write a host name or an IP address"),
            placeholder="nocobase.example.com",
            example=True,
            why=N_("Host name that users type; other names are not answered here."),
        ),
        Field(
            "balancer.sticky",
            FieldKind.BOOLEAN,
            N_("Sticky sessions"),
            advanced=True,
            default=False,
            applies=judge.has_file,
            why=N_("Not needed when all adapters work; keeps a client on one node, which softens maintenance notices."),
        ),
        Field(
            "balancer.behind_proxy",
            FieldKind.BOOLEAN,
            N_("Something in front of it"),
            section=N_("Load balancer"),
            default=False,
            applies=judge.has_file,
            why=N_(
                "With another proxy in front its forwarded headers are kept; without one they are overwritten, so that clients cannot fake their address."
            ),
            otherwise=N_("NocoBase takes the first X-Forwarded-For entry as the client's address."),
        ),
        Field(
            "balancer.certificate",
            FieldKind.PATH,
            N_("Certificate file"),
            section="TLS",
            short=N_("Certificate"),
            applies=judge.has_file,
            why=N_("Path on the balancer; with the key it turns on TLS."),
            placeholder=N_("optional"),
        ),
        Field(
            "balancer.certificate_key",
            FieldKind.PATH,
            N_("Certificate key file"),
            section="TLS",
            short=N_("Key file"),
            applies=judge.has_file,
            placeholder=N_("optional"),
            why=N_("Path on the balancer; the key itself is never read here."),
        ),
        Field(
            "balancer.redirect",
            FieldKind.BOOLEAN,
            N_("Redirect port 80"),
            section="TLS",
            default=False,
            applies=judge.has_tls,
            why=N_("Sends users who type http:// to https://."),
        ),
    ),
    rules=judge.RULES,
    targets=judge.targets,
)
