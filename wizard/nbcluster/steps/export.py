"""Step 12: where the files are written, and in which language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from nbcluster.answers.answers import Answers
from nbcluster.answers.fields import Choice, Field, FieldKind
from nbcluster.errors import Problem, error
from nbcluster.steps.model import Context, Rule, Step, StepFace
from nbcluster.steps.start import on_kubernetes
from nbcluster.text import N_, _
from nbcluster.text.clean import clean


def default_directory(answers: Answers) -> str:
    """Return the folder that is proposed for the files."""
    return f"./{answers.text('name') or 'nocobase'}-cluster"


KINDS: Mapping[str, str] = {
    "env": N_("env files for the nodes"),
    "balancer": N_("load balancer configuration"),
    "systemd": N_("systemd units"),
    "docker": N_("compose file"),
    "kubernetes": N_("manifests"),
    "summary": N_("summary"),
    "runbook": N_("runbook"),
    "ansible": N_("Ansible inventory and playbook"),
    "helm": N_("values for the official Helm chart"),
}
"""Every kind of output, and what it is."""

_POSSIBLE: Mapping[str, tuple[str, ...]] = {
    "host": ("env", "balancer", "systemd", "summary", "runbook", "ansible"),
    "docker": ("env", "balancer", "systemd", "docker", "summary", "runbook", "ansible"),
    "kubernetes": ("kubernetes", "summary", "runbook", "helm"),
}
_FURTHER = ("ansible", "helm")
"""Kinds that have to be asked for."""


def possible_kinds(answers: Answers) -> tuple[str, ...]:
    """Return the kinds of output that a deployment has."""
    return _POSSIBLE.get(answers.text("app.deployment"), _POSSIBLE["host"])


def default_kinds(answers: Answers) -> tuple[str, ...]:
    """Return the kinds of output that a deployment gets unless the answers say others."""
    return tuple(kind for kind in possible_kinds(answers) if kind not in _FURTHER)


def _choices(answers: Answers) -> tuple[Choice, ...]:
    return tuple(Choice(kind, KINDS[kind]) for kind in possible_kinds(answers))


def _kinds(answers: Answers, _context: Context) -> Iterable[Problem]:
    given, possible = answers.words("output.formats"), possible_kinds(answers)
    for kind in given:
        if kind not in possible:
            yield error(
                "output.formats",
                "formats",
                _("{kind} is not an output of this deployment.").format(kind=clean(kind, 80)),
                _("Known are: {names}.").format(names=_(", ").join(possible)),
            )
    homes = ("kubernetes", "helm") if on_kubernetes(answers) else ("env",)
    if not set(homes) & set(given):
        yield error(
            "output.formats",
            "formats",
            _("lacks {kinds}: without it the keys of the installation would be stored nowhere.").format(
                kinds=" / ".join(f"{_(KINDS[kind])} ({kind})" for kind in homes)
            ),
            _("Add it."),
        )


STEP = Step(
    id="export",
    title=N_("Export"),
    why=N_("Writes all files as one set, or none. Files that were there are kept as backups."),
    fields=(
        Field(
            "export.directory",
            FieldKind.PATH,
            N_("Target folder"),
            section=N_("Output"),
            short=N_("Folder"),
            required=True,
            default=default_directory,
            in_file=False,
            why=N_("The files are written here, secrets readable by you alone (mode 0600)."),
        ),
        Field(
            "export.bundle",
            FieldKind.CHOICE,
            N_("One archive"),
            section=N_("Output"),
            short=N_("Archive"),
            default="none",
            in_file=False,
            choices=(
                Choice("none", N_("no")),
                Choice("without", N_("yes, without secrets")),
                Choice("with", N_("yes, secrets included")),
            ),
            why=N_("The same files as one .tar.gz beside the folder. With secrets it is readable by you alone (mode 0600)."),
        ),
        Field(
            "output.formats",
            FieldKind.MULTI,
            N_("Kinds of output"),
            short=N_("Files"),
            default=default_kinds,
            choices=_choices,
            why=N_("What to write. Files of a kind that you untick are removed by the next run, after it has shown the diff."),
        ),
        Field(
            "output.language",
            FieldKind.CHOICE,
            N_("Language of the documents"),
            section=N_("Output"),
            short=N_("Language"),
            required=True,
            default="en",
            choices=(Choice("en", "English"), Choice("zh_CN", "简体中文")),
            why=N_("SUMMARY.md, RUNBOOK.md and comments of configuration files are written in it."),
        ),
    ),
    rules=(Rule("formats", _kinds),),
    face=StepFace.EXPORT,
)
