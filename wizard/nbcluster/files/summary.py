"""SUMMARY.md: every choice, the servers of the cluster, what is still open, and what to do next."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from nbcluster.answers.answers import Answers
from nbcluster.answers.fields import FieldKind, Table, display
from nbcluster.cluster import Cluster
from nbcluster.errors import Problem, alike
from nbcluster.files.balancers.requirements import requirements
from nbcluster.files.markup import cell, prose
from nbcluster.files.security import security
from nbcluster.files.topology import picture
from nbcluster.steps import Step
from nbcluster.text import N_, _

_ABOUT = (
    (".env", N_("the same on every node; holds secrets, mode 0600")),
    ("nodes/", N_("complete file of this node, stands there as .env; holds secrets, mode 0600")),
    ("nginx/", N_("for the load balancer's http block")),
    ("haproxy/", N_("for the load balancer, beside its main configuration")),
    ("caddy/", N_("whole configuration of the load balancer")),
    ("balancer.md", N_("what the cloud balancer must do")),
    ("systemd/nocobase-health", N_("restarts a node that answers 503 for good after Redis was away")),
    ("systemd/", N_("service unit of every node")),
    ("docker/compose.yaml", N_("compose file of every node, beside its env file")),
    ("docker/", N_("where this node publishes its port; stands there as .env beside compose.yaml")),
    ("kubernetes/secret.yaml", N_("keys, passwords and addresses; holds secrets, mode 0600")),
    ("kubernetes/first-boot/pod.yaml", N_("the one pod that installs or upgrades")),
    ("kubernetes/first-boot/shell.yaml", N_("pod for commands on the shared volume")),
    ("kubernetes/disruption-budgets.yaml", N_("keeps a drain from taking all pods of a kind at once")),
    ("kubernetes/httproute.yaml", N_("route of the Gateway to the pods")),
    ("kubernetes/", N_("manifest of the pods that run")),
    ("helm/", N_("for the official chart, in place of most of kubernetes/; holds secrets, mode 0600")),
    ("ansible/", N_("rolls these files out with Ansible")),
    ("RUNBOOK.md", N_("the first installation, or the conversion, in seven steps")),
    ("OPERATE.md", N_("what comes later: upgrade, maintenance, backup, restore, passwords, troubles")),
    ("summary.html", N_("this summary with a drawing and the runbook, for a browser or on paper")),
    (".gitignore", N_("keeps what holds secrets out of a repository")),
    ("answers.toml", N_("the answers without secrets, for nbcluster check and render")),
    ("manifest.json", N_("checksums of these files")),
)
"""What each file is for, by how its path begins."""


def choices(answers: Answers) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return label and value of every answer by step, secrets masked, steps without any left out."""
    out: list[tuple[str, list[tuple[str, str]]]] = []
    for step in answers.steps:
        rows = choices_of(step, answers)
        if rows:
            out.append((_(step.title), rows))
    return out


def choices_of(step: Step, answers: Answers) -> list[tuple[str, str]]:
    """Return label and value of every answer of a step, secrets masked."""
    rows: list[tuple[str, str]] = []
    for field in step.fields:
        value = answers[field.path]
        if not field.in_file or not field.applies(answers) or value in (None, "", ()):
            continue
        label = next((_(c.label) for c in field.choices_for(answers) if c.value == value), display(value))
        rows.append((_(field.label), label if field.kind is FieldKind.CHOICE else display(value)))
    for table in step.tables:
        rows += _table_rows(table, answers)
    return rows


def _table_rows(table: Table, answers: Answers) -> list[tuple[str, str]]:
    out = []
    for row in answers.rows(table.path):
        cells = [
            f"{_(c.label)} {display(row[c.path])}"
            for c in table.columns
            if c.path != "name" and row.get(c.path) not in (None, "")
        ]
        if cells:
            out.append((str(row.title or "-"), ", ".join(cells)))
    return out


def next_steps(cluster: Cluster, paths: Collection[str] | None = None) -> list[str]:
    """Return what to do after the export, in order; of files only those are named that ``paths`` holds, all without it."""
    steps = []
    if cluster.license.unconfirmed:
        names = ", ".join(cluster.license.unconfirmed_names)
        steps.append(_("Get the licences that are still open: {names}.").format(names=names))
    if paths is None or "RUNBOOK.md" in paths:
        steps.append(_("Read RUNBOOK.md; paste each of its blocks as a whole."))
    if cluster.deployment.on_kubernetes:
        return [*steps, *_next_steps_of_pods(cluster, paths)]
    steps.append(_("Mount the shared storage on every node at {path}.").format(path=cluster.share.path))
    if cluster.existing:
        steps.append(_("Back up and stop the single node, then copy its storage to the share."))
    steps.append(_("Start {node} alone for the first boot, and pass its gate.").format(node=cluster.first_node.name))
    steps.append(_("Start the other nodes one by one, then put the balancer in front."))
    return steps


def _next_steps_of_pods(cluster: Cluster, paths: Collection[str] | None) -> list[str]:
    steps = [_("Create the namespace, the variables and the shared volume; no pod runs yet.")]
    if cluster.existing:
        steps.append(_("Back up and stop the single node, then copy its storage to the volume."))
    if paths is None or any(path.startswith("kubernetes/") for path in paths):
        steps.append(_("Start the pod of kubernetes/first-boot/ alone, pass its gate, and delete it."))
        steps.append(_("Apply the Deployments, one after the other, then Service and Ingress."))
    elif any(path.startswith("helm/") for path in paths):
        steps.append(_("Install the chart with one pod alone for the first boot; the comments of helm/values.yaml say how."))
        steps.append(_("Then install it with all pods; Service and Ingress are left to you."))
    else:
        steps.append(_("Start one pod alone for the first boot, then all pods, then Service and Ingress."))
    return steps


def summary(cluster: Cluster, warnings: Iterable[Problem], files: Collection[str] | None = None) -> str:
    """Return SUMMARY.md in the active language; ``files`` are the paths of the rest of the set, without them every document is named."""
    lines = ["# " + _("Cluster {name}").format(name=cluster.name), "", "```text", *picture(cluster), "```", ""]
    found = list(warnings)
    if found:
        lines += ["## " + _("Warnings about the answers"), ""]
        for same in alike(found):
            paths = ", ".join(f"`{path}`" for path in dict.fromkeys(problem.path for problem in same))
            lines.append(f"- {paths}: {prose(f'{same[0].message} {same[0].hint}'.rstrip())}")
        lines.append("")
    lines += [
        _(
            "What the checks found, and what they could not judge, is in report.json where they ran; without it nothing was tested."
        ),
        "",
    ]
    open_to_others = security(cluster)
    if open_to_others:
        lines += ["## " + _("Security"), "", *open_to_others, ""]
    lines += ["## " + _("What to do next"), ""]
    lines += [f"{number}. {prose(step)}" for number, step in enumerate(next_steps(cluster, files), 1)]
    lines.append("")
    for title, rows in choices(cluster.answers):
        lines += [f"## {title}", "", "| | |", "|---|---|"]
        lines += [f"| {prose(label)} | {cell(value)} |" for label, value in rows]
        lines.append("")
    lines += ["## " + _("Plugins this topology needs"), "", *plugins(cluster), ""]
    if cluster.balancer.kind == "none":
        lines += ["## " + _("What your load balancer must do"), "", *requirements(cluster), ""]
    lines += ["## " + _("Files"), "", *about_files(files)]
    return "\n".join(lines).rstrip("\n") + "\n"


def plugins(cluster: Cluster) -> list[str]:
    """Return the plugins that the topology needs as a list in Markdown, ticked where their licence is confirmed."""
    found = cluster.license
    return [f"- [{' ' if package in found.unconfirmed else 'x'}] `{package}`" for package in found.needed]


def about_files(files: Collection[str] | None) -> list[str]:
    """Return what each file of the set is for as a list in Markdown; ``files`` are the paths of the rest of the set."""
    lines = []
    for path in (*(("RUNBOOK.md", "OPERATE.md", "summary.html") if files is None else files), "manifest.json"):
        about = next((_(text) for start, text in _ABOUT if path.startswith(start)), "")
        lines.append(f"- `{path}`: {about}")
    return lines
