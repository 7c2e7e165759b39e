"""Steps 5, 11 and 12: the connection test, the review and the export."""

from __future__ import annotations

from nbcluster.answers.fields import Choice, Field, FieldKind, Table
from nbcluster.judge import closing as judge
from nbcluster.steps.model import Step, StepFace
from nbcluster.text import N_

CONNECTIONS = Step(
    id="connections",
    title=N_("Connections"),
    why=N_("Every address is tried from this machine with the credentials you typed. Nothing on the servers is changed."),
    tables=(
        Table(
            "checks.skip",
            N_("Skipped checks"),
            (
                Field("id", FieldKind.TEXT, N_("Check"), required=True),
                Field("reason", FieldKind.TEXT, N_("Reason"), required=True),
            ),
            in_form=False,
        ),
    ),
    rules=judge.RULES,
    face=StepFace.BOARD,
)

REVIEW = Step(
    id="review",
    title=N_("Review"),
    why=N_("Everything once more: rules, checks, the topology, and what would change on disk."),
    face=StepFace.REVIEW,
)

EXPORT = Step(
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
            default=judge.default_directory,
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
                Choice("with", N_("yes, and I want the secrets in it")),
            ),
            why=N_("The same files as one .tar.gz beside the folder. With secrets it is readable by you alone (mode 0600)."),
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
            why=N_("SUMMARY.md, RUNBOOK.md and comments of configuration files are written in it; the env file's stay English."),
        ),
    ),
    face=StepFace.EXPORT,
)
