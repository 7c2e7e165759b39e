"""What stands in front of the nodes (nocobase.md §7.4)."""

from __future__ import annotations

from collections.abc import Iterable

from nbcluster.answers.answers import Answers
from nbcluster.answers.rules import Context, Rule
from nbcluster.answers.targets import ParamValue, Target, TargetKind
from nbcluster.errors import Problem
from nbcluster.judge.common import error, on_kubernetes
from nbcluster.judge.nodes import port_of
from nbcluster.text import _

WRITTEN = {"nginx": "nginx", "haproxy": "HAProxy", "caddy": "Caddy"}
"""Kinds of balancer that get a file, with their proper names."""


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
        if has_tls(answers):
            params["certificate"] = answers.text("balancer.certificate")
            params["certificate_key"] = answers.text("balancer.certificate_key")
        paths = ("balancer.server_name", "balancer.listen", "balancer.certificate", "balancer.certificate_key")
        yield Target("balancer", TargetKind.BALANCER, f"{name}:{port}", params, paths)


RULES = (Rule("certificate", _certificate), Rule("balancer-port", _same_port))
