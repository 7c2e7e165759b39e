"""Step 9: the load balancer (nocobase.md §7.4)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from nbcluster.answers.answers import Answers
from nbcluster.answers.compound import server_name
from nbcluster.answers.fields import Choice, Field, FieldKind
from nbcluster.answers.host import HOST, SUBDOMAIN
from nbcluster.answers.targets import ParamValue, Target, TargetKind
from nbcluster.errors import Problem, error, warning
from nbcluster.steps.model import Context, Rule, Step
from nbcluster.steps.nodes import port_of
from nbcluster.steps.start import on_kubernetes
from nbcluster.text import N_, _

WRITTEN = {"nginx": "nginx", "haproxy": "HAProxy", "caddy": "Caddy"}
"""Kinds of balancer that get a file, with their proper names."""

_INGRESS_HOST = r"(?=.{1,253}\Z)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
"""A name that an Ingress takes; one of digits and dots is an address, which it does not."""

_UNWRITABLE = {"nginx": '$"\\', "caddy": '{}"\\'}
"""Signs that a path cannot hold in a file of that kind: variables and placeholders are filled in within quotes, too, and no escape stops that."""


_GATEWAY = rf"(?:(?=[^/]{{1,63}}/)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?/)?{SUBDOMAIN}"
"""A Gateway's name, its namespace in front of it where it is another one."""

_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9_-]*[A-Za-z0-9])?"
_PORT = r"[1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5]"
_PUBLIC = rf"(https?)://(?=[^:/]{{1,253}}(?:[:/]|\Z))({_LABEL}(?:\.{_LABEL})*)(?::({_PORT}))?(/[A-Za-z0-9._~/-]*)?"
"""A web address: scheme, host, port and path."""

RETIRED_CLASS = "nginx"
"""The class that 1.0.0 assumed: that of ingress-nginx, which is out of maintenance since March 2026 (nocobase.md §19)."""


def has_ingress(answers: Answers) -> bool:
    """Tell whether an Ingress or a route stands in front of the pods; on Kubernetes one does, whatever the kind of balancer, unless there is none."""
    return on_kubernetes(answers) and answers["balancer.kind"] != "none"


def has_gateway(answers: Answers) -> bool:
    """Tell whether a route of a Gateway stands in front of the pods rather than an Ingress."""
    return has_ingress(answers) and bool(answers.text("kubernetes.gateway"))


def gateway_of(answers: Answers) -> tuple[str, str]:
    """Return namespace and name of the Gateway; no namespace is that of the pods."""
    namespace, _slash, name = answers.text("kubernetes.gateway").rpartition("/")
    return namespace, name


def has_file(answers: Answers) -> bool:
    """Tell whether a file for the balancer is written, so that it has to be described."""
    return has_ingress(answers) if on_kubernetes(answers) else answers["balancer.kind"] in WRITTEN


def proper_name(answers: Answers) -> str:
    """Return the name of the program in front of the nodes."""
    if has_gateway(answers):
        return "Gateway"
    return "Ingress" if on_kubernetes(answers) else WRITTEN[answers.text("balancer.kind")]


def has_tls(answers: Answers) -> bool:
    """Tell whether the balancer ends TLS."""
    return has_file(answers) and bool(answers.text("balancer.certificate") and answers.text("balancer.certificate_key"))


def default_listen(answers: Answers) -> int:
    """Return the usual port: 443 with a certificate, else 80."""
    return 443 if answers.text("balancer.certificate") else 80


@dataclass(frozen=True)
class PublicAddress:
    """The address that users type; ``host`` has the port where it is not the scheme's own, ``path`` ends with a slash."""

    scheme: str
    host: str
    path: str


def public_address(answers: Answers) -> PublicAddress | None:
    """Return the address that users type where it was given; NocoBase signs in nobody who comes from another (nocobase.md §19)."""
    found = re.fullmatch(_PUBLIC, answers.text("balancer.public_url"))
    if found is None or not has_file(answers):
        return None
    scheme, host, port, path = found.groups()
    usual = port is None or int(port) == (443 if scheme == "https" else 80)
    return PublicAddress(scheme, host if usual else f"{host}:{port}", f"{path or ''}".rstrip("/") + "/")


def public_url(answers: Answers) -> str:
    """Return the address that users type, without a path: as it was answered, or the balancer's own."""
    if told := public_address(answers):
        return f"{told.scheme}://{told.host}"
    scheme, usual = ("https", 443) if answers.text("balancer.certificate") else ("http", 80)
    port = answers.number("balancer.listen")
    own = "" if port in (0, usual) else f":{port}"
    return f"{scheme}://{answers.text('balancer.server_name')}{own}"


def _certificate(answers: Answers, _context: Context) -> Iterable[Problem]:
    certificate, key = answers.text("balancer.certificate"), answers.text("balancer.certificate_key")
    if certificate and not key:
        yield error(
            "balancer.certificate_key",
            "certificate",
            _("is missing: a certificate needs its key."),
            _("Write the path of the key file on the balancer."),
        )
    if key and not certificate:
        yield error(
            "balancer.certificate",
            "certificate",
            _("is missing: a key needs its certificate."),
            _("Write the path of the certificate file on the balancer."),
        )
    if answers.flag("balancer.redirect") and not certificate:
        yield error(
            "balancer.redirect",
            "certificate",
            _("without a certificate there is nothing to redirect to."),
            _("Give a certificate, or turn the redirect off."),
        )
    if certificate and key and answers.flag("balancer.redirect") and answers.number("balancer.listen") == 80:
        yield error("balancer.listen", "certificate", _("port 80 is taken by the redirect."), _("Listen on 443."))
    for path, value in (("balancer.certificate", certificate), ("balancer.certificate_key", key)):
        if value and not value.startswith("/"):
            yield error(path, "certificate", _("must be an absolute path on the balancer."), _("Begin with a slash."))
        signs = "" if on_kubernetes(answers) else _UNWRITABLE.get(answers.text("balancer.kind"), "")
        held = " ".join(sign for sign in signs if sign in value)
        if held:
            yield error(
                path,
                "certificate",
                _("holds {signs}, which no path in a file of {balancer} can hold.").format(
                    signs=held, balancer=proper_name(answers)
                ),
                _("Give the file, or a link to it, a path of letters, digits and . _ - /"),
            )


def _same_port(answers: Answers, _context: Context) -> Iterable[Problem]:
    name, listen = answers.text("balancer.server_name").lower(), answers.number("balancer.listen")
    if on_kubernetes(answers):
        return
    for index, row in enumerate(answers.rows("nodes")):
        if name and str(row.get("host") or "").lower() == name and port_of(answers, row) == listen:
            yield error(
                "balancer.listen",
                "balancer-port",
                _("node {name} uses port {port} on the same host.").format(name=row.get("name"), port=listen),
                _("Choose another port for one of the two (nodes[{index}].port).").format(index=index),
            )


def _host_name(answers: Answers, _context: Context) -> Iterable[Problem]:
    name = answers.text("balancer.server_name")
    if has_ingress(answers) and name and (not re.fullmatch(_INGRESS_HOST, name) or re.fullmatch(r"[0-9.]+", name)):
        yield error(
            "balancer.server_name",
            "kubernetes-host",
            _("{name} cannot be used in an Ingress, which takes lower-case host names and no addresses.").format(name=name),
            _("Write a name that the users' DNS knows, such as nocobase.example.com."),
        )


_ASKED = (
    "balancer.server_name",
    "balancer.listen",
    "balancer.certificate",
    "balancer.certificate_key",
    "balancer.public_url",
    "balancer.behind_proxy",
)


def targets(answers: Answers) -> Iterable[Target]:
    """Return the balancer that is to be set up as a target, where its name is known."""
    name, port = answers.text("balancer.server_name"), answers.number("balancer.listen")
    if has_file(answers) and name:
        params: dict[str, ParamValue] = {
            "kind": "ingress" if on_kubernetes(answers) else answers.text("balancer.kind"),
            "server_name": name,
            "port": port,
            "public_path": answers.text("app.public_path") or "/",
            "installation": answers.text("app.installation"),
            # a Gateway ends TLS by itself, and no answer tells whether it does
            "behind_proxy": answers.flag("balancer.behind_proxy") or has_gateway(answers),
        }
        if public_address(answers):
            params["public_url"] = public_url(answers)
        if has_tls(answers) and not has_gateway(answers):
            params["certificate"] = answers.text("balancer.certificate")
            params["certificate_key"] = answers.text("balancer.certificate_key")
        yield Target("balancer", TargetKind.BALANCER, f"{name}:{port}", params, _ASKED)


def _public(answers: Answers, _context: Context) -> Iterable[Problem]:
    public = public_address(answers)
    if public is None:
        return
    wanted = answers.text("app.public_path")
    if public.path != wanted:
        yield error(
            "balancer.public_url",
            "public-url",
            _("has another path than app.public_path, {path}.").format(path=wanted),
            _("Write {url}, or change app.public_path.").format(url=f"{public.scheme}://{public.host}{wanted}"),
        )
    if has_ingress(answers) and not has_gateway(answers) and "traefik" not in answers.text("kubernetes.ingress_class"):
        yield warning(
            "balancer.public_url",
            "public-url-ingress",
            _("cannot be expressed in an Ingress of this class: it has no annotation for request headers."),
            _(
                "Make sure that the controller passes on X-Forwarded-Proto and X-Forwarded-Host, or put the address into {name}."
            ).format(name="CORS_ORIGIN_WHITELIST"),
        )


def _sticky(answers: Answers, _context: Context) -> Iterable[Problem]:
    written = not on_kubernetes(answers) and answers["balancer.kind"] == "nginx"
    if written and answers.flag("balancer.sticky") and answers.flag("balancer.behind_proxy"):
        yield warning(
            "balancer.sticky",
            "sticky-proxy",
            _("uses the client's address in nginx (ip_hash); behind another proxy every client has the address of that proxy."),
            _("All users would reach one node: leave it out, or choose HAProxy or Caddy, which set a cookie."),
        )


def _entrance(answers: Answers, _context: Context) -> Iterable[Problem]:
    if not has_ingress(answers):
        return
    gateway, ingress = answers.text("kubernetes.gateway"), answers.text("kubernetes.ingress_class")
    if gateway and ingress:
        yield error(
            "kubernetes.ingress_class",
            "kubernetes-entrance",
            _("stands beside kubernetes.gateway: one of the two decides how users get in."),
            _("Take one of the two out."),
        )
    elif not gateway and not ingress:
        yield error(
            "kubernetes.ingress_class",
            "kubernetes-entrance",
            _("is missing, and so is kubernetes.gateway: one of the two says how users get in, and neither has a default."),
            _(
                'Write kubernetes.gateway = "NAMESPACE/NAME" for an HTTPRoute, or kubernetes.ingress_class = "traefik" for an Ingress. '
                "nginx, which 1.0.0 assumed, can still be named; that controller, ingress-nginx, is retired."
            ),
        )
    elif ingress == RETIRED_CLASS:
        yield warning(
            "kubernetes.ingress_class",
            "kubernetes-retired",
            _("nginx is the class of ingress-nginx, which has had no security updates since March 2026."),
            _("Plan the way to a Gateway (kubernetes.gateway) or to another controller."),
        )


def _route(answers: Answers, _context: Context) -> Iterable[Problem]:
    if not has_gateway(answers):
        return
    for path, given in (("balancer.certificate", has_tls(answers)), ("balancer.sticky", answers.flag("balancer.sticky"))):
        if given:
            yield warning(
                path,
                "kubernetes-gateway",
                _("is not in the HTTPRoute: the Gateway and its controller decide it."),
                _("Set it there, or leave it out here."),
            )


RULES = (
    Rule("certificate", _certificate),
    Rule("balancer-port", _same_port),
    Rule("kubernetes-host", _host_name),
    Rule("kubernetes-entrance", _entrance),
    Rule("kubernetes-gateway", _route),
    Rule("public-url", _public),
    Rule("sticky-proxy", _sticky),
)


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
                *(Choice(kind, name) for kind, name in WRITTEN.items()),
                Choice("cloud", N_("a cloud's own: one page of requirements")),
                Choice("none", N_("one that you set up yourself")),
            ),
        ),
        Field(
            "kubernetes.ingress_class",
            FieldKind.TEXT,
            N_("Ingress class"),
            section=N_("Load balancer"),
            short=N_("Class"),
            applies=has_ingress,
            pattern=SUBDOMAIN,
            pattern_hint=N_("write the name that `kubectl get ingressclass` shows"),
            placeholder="traefik",
            why=N_(
                "For an Ingress, where there is no Gateway. Decides its form: Traefik 3 where the name holds traefik, else ingress-nginx, which is retired."
            ),
            otherwise=N_("A class that no controller serves: the Ingress stays without an address."),
        ),
        Field(
            "kubernetes.gateway",
            FieldKind.TEXT,
            N_("Gateway"),
            applies=has_ingress,
            pattern=_GATEWAY,
            pattern_hint=N_("write NAMESPACE/NAME, as `kubectl get gateway -A` shows them"),
            placeholder="infra/public",
            why=N_("For an HTTPRoute of the Gateway API, which succeeds the Ingress. TLS and redirects belong to the Gateway."),
            otherwise=N_("A Gateway that does not take routes of this namespace: the route stays without effect."),
        ),
        Field(
            "balancer.listen",
            FieldKind.INTEGER,
            N_("Port"),
            section=N_("Load balancer"),
            default=default_listen,
            required=True,
            minimum=1,
            maximum=65535,
            why=N_("Port on which the balancer accepts users; on Kubernetes, that of the Ingress controller."),
            applies=has_file,
        ),
        Field(
            "balancer.server_name",
            FieldKind.TEXT,
            N_("Server name"),
            section=N_("Load balancer"),
            required=True,
            pattern=HOST,
            applies=has_file,
            pattern_hint=N_("write a host name or an IP address"),
            compound=server_name,
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
            applies=has_file,
            why=N_(
                "Keeps a client on one node: ip_hash in nginx, which NocoBase's page shows commented out. Not needed where all adapters work."
            ),
        ),
        Field(
            "balancer.behind_proxy",
            FieldKind.BOOLEAN,
            N_("Another proxy in front"),
            section=N_("Load balancer"),
            default=False,
            applies=has_file,
            why=N_(
                "With another proxy in front its forwarded headers are kept; without one they are overwritten, so that clients cannot fake their address."
            ),
            otherwise=N_("NocoBase takes the first X-Forwarded-For entry as the client's address."),
        ),
        Field(
            "balancer.public_url",
            FieldKind.TEXT,
            N_("Address that users type"),
            section=N_("Load balancer"),
            short=N_("Public URL"),
            length=64,
            applies=has_file,
            pattern=_PUBLIC,
            pattern_hint=N_("write it as the browser shows it, such as https://nocobase.example.com"),
            placeholder="https://nocobase.example.com",
            example=True,
            why=N_(
                "Only needed if it differs from what the balancer itself sees: TLS that ends in front of it, or another port. "
                "Its scheme and host are passed to NocoBase. Further addresses belong in CORS_ORIGIN_WHITELIST."
            ),
            otherwise=N_("NocoBase refuses sign-ins that come from another address: Invalid sign-in origin."),
        ),
        Field(
            "balancer.certificate",
            FieldKind.PATH,
            N_("Certificate file"),
            section="TLS",
            short=N_("Certificate"),
            applies=has_file,
            why=N_("Path on the balancer; with the key it turns on TLS."),
            placeholder=N_("optional"),
        ),
        Field(
            "balancer.certificate_key",
            FieldKind.PATH,
            N_("Certificate key file"),
            section="TLS",
            short=N_("Key file"),
            applies=has_file,
            placeholder=N_("optional"),
            why=N_("Path on the balancer; the key itself is never read here."),
        ),
        Field(
            "balancer.redirect",
            FieldKind.BOOLEAN,
            N_("Redirect port 80"),
            section="TLS",
            default=False,
            applies=has_tls,
            why=N_("Sends users who type http:// to https://."),
        ),
    ),
    rules=RULES,
    targets=targets,
)
