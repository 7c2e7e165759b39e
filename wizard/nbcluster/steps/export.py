"""Step 12: where the files are written, and in which language."""

from __future__ import annotations

from nbcluster.answers.answers import Answers
from nbcluster.answers.fields import Choice, Field, FieldKind
from nbcluster.steps.model import Step, StepFace
from nbcluster.text import N_


def default_directory(answers: Answers) -> str:
    """Return the folder that is proposed for the files."""
    return f"./{answers.text('name') or 'nocobase'}-cluster"


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
