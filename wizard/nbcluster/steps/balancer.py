"""Step 9: what stands in front of the nodes (nocobase.md §7.4)."""

from __future__ import annotations

import re
from collections.abc import Iterable

from nbcluster.answers.answers import Answers
from nbcluster.answers.fields import Choice, Field, FieldKind
from nbcluster.answers.host import HOST, SUBDOMAIN
from nbcluster.answers.targets import ParamValue, Target, TargetKind
from nbcluster.errors import Problem, error
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


def has_ingress(answers: Answers) -> bool:
    """Tell whether an Ingress stands in front of the pods; on Kubernetes it does, whatever the kind of balancer, unless there is none."""
    return on_kubernetes(answers) and answers["balancer.kind"] != "none"


def has_file(answers: Answers) -> bool:
    """Tell whether a file for the balancer is written, so that it has to be described."""
    return has_ingress(answers) if on_kubernetes(answers) else answers["balancer.kind"] in WRITTEN


def proper_name(answers: Answers) -> str:
    """Return what the program in front of the nodes is called."""
    return "Ingress" if on_kubernetes(answers) else WRITTEN[answers.text("balancer.kind")]


def has_tls(answers: Answers) -> bool:
    """Tell whether the balancer ends TLS."""
    return has_file(answers) and bool(answers.text("balancer.certificate") and answers.text("balancer.certificate_key"))


def default_listen(answers: Answers) -> int:
    """Return the usual port: 443 with a certificate, else 80."""
    return 443 if answers.text("balancer.certificate") else 80


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
            _("there is nothing to redirect to without a certificate."),
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
            _("{name} cannot stand in an Ingress: it takes host names in small letters, no addresses.").format(name=name),
            _("Write a name that the users' DNS knows, such as nocobase.example.com."),
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
        }
        for known in ("behind_proxy", "public_url"):
            if f"balancer.{known}" in answers.fields:
                params[known] = (
                    answers[f"balancer.{known}"] is True if known == "behind_proxy" else answers.text(f"balancer.{known}")
                )
        if has_tls(answers):
            params["certificate"] = answers.text("balancer.certificate")
            params["certificate_key"] = answers.text("balancer.certificate_key")
        paths = ("balancer.server_name", "balancer.listen", "balancer.certificate", "balancer.certificate_key")
        yield Target("balancer", TargetKind.BALANCER, f"{name}:{port}", params, paths)


RULES = (Rule("certificate", _certificate), Rule("balancer-port", _same_port), Rule("kubernetes-host", _host_name))


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
            default="nginx",
            required=True,
            why=N_(
                "nginx, HAProxy and Caddy get a complete file; a balancer of your own gets the list of what it must do in the summary. "
                "On Kubernetes an Ingress takes that place, whatever is chosen here; only none writes no Ingress."
            ),
            choices=(
                *(Choice(kind, name) for kind, name in WRITTEN.items()),
                Choice("cloud", N_("that of a cloud: a page of requirements")),
                Choice("none", N_("one that you set up yourself")),
            ),
        ),
        Field(
            "kubernetes.ingress_class",
            FieldKind.TEXT,
            N_("Ingress class"),
            applies=has_ingress,
            default="nginx",
            required=True,
            pattern=SUBDOMAIN,
            pattern_hint=N_("write the name that `kubectl get ingressclass` shows"),
            why=N_("Decides the form of the Ingress: ingress-nginx, or Traefik 3 where the name holds traefik."),
            otherwise=N_("A class that no controller serves: the Ingress stays without an address."),
        ),
        Field(
            "balancer.listen",
            FieldKind.INTEGER,
            N_("Port"),
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
            required=True,
            pattern=HOST,
            applies=has_file,
            pattern_hint=N_("write a host name or an IP address"),
            placeholder="nocobase.example.com",
            why=N_("Host name that users type; other names are not answered here."),
        ),
        Field(
            "balancer.sticky",
            FieldKind.BOOLEAN,
            N_("Sticky sessions"),
            default=False,
            applies=has_file,
            why=N_("Not needed when all adapters work; keeps a client on one node, which softens maintenance notices."),
        ),
        Field(
            "balancer.behind_proxy",
            FieldKind.BOOLEAN,
            N_("Something in front of it"),
            default=False,
            applies=has_file,
            why=N_(
                "With another proxy in front its forwarded headers are kept; without one they are overwritten, so that clients cannot fake their address."
            ),
            otherwise=N_("NocoBase takes the first X-Forwarded-For entry as the client's address."),
        ),
        Field(
            "balancer.certificate",
            FieldKind.PATH,
            N_("Certificate file"),
            applies=has_file,
            why=N_("Path on the balancer; with the key it turns on TLS."),
            placeholder=N_("optional"),
        ),
        Field(
            "balancer.certificate_key",
            FieldKind.PATH,
            N_("Certificate key file"),
            applies=has_file,
            placeholder=N_("optional"),
            why=N_("Path on the balancer; the key itself is never read here."),
        ),
        Field(
            "balancer.redirect",
            FieldKind.BOOLEAN,
            N_("Redirect port 80"),
            default=False,
            applies=has_tls,
            why=N_("Sends users who type http:// to https://."),
        ),
    ),
    rules=RULES,
    targets=targets,
)
