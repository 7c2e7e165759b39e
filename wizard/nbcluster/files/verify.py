"""Parses every file back and compares it with what was chosen, before anything is written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from nbcluster.answers.answers import Answers
from nbcluster.answers.fields import Field, Row, Value
from nbcluster.answers.file import load_text, written_fields
from nbcluster.answers.file.references import StandIns
from nbcluster.answers.secret import Secret
from nbcluster.answers.url import Url
from nbcluster.cluster import Cluster
from nbcluster.env import read as read_as
from nbcluster.errors import ExitCode, InvalidAnswersError, NbclusterError, reason_of
from nbcluster.files.ansible import readback as ansible
from nbcluster.files.balancers.files import FILES
from nbcluster.files.balancers.readback import differences
from nbcluster.files.formats import chosen
from nbcluster.files.gitignore import GITIGNORE, read_back
from nbcluster.files.keys import Resolved
from nbcluster.files.kubernetes.readback import differences as manifest_differences
from nbcluster.files.outputfile import OutputFile
from nbcluster.files.readback import docker_differences
from nbcluster.files.systemd_readback import differences as unit_differences
from nbcluster.files.variables import blocks, removals
from nbcluster.text import _

_UNMISTAKABLE = 16
"""Length from which a secret in a readable file cannot be there by chance."""


class VerificationError(AssertionError):
    """A file does not mean what was chosen: a bug in this program, found before anything was written."""


def verify(files: Sequence[OutputFile], cluster: Cluster, resolved: Resolved, *, base_text: str | None = None) -> None:
    """Parse every file back and compare it with the cluster.

    Raises ``VerificationError`` naming the file, ``NbclusterError`` where there is no room for the one temporary file that this takes.
    """
    by_path = {file.path: file for file in files}
    if cluster.deployment.on_kubernetes:
        if wrong := manifest_differences(files, cluster, resolved, base_text):
            raise VerificationError(", ".join(wrong))
    else:
        _env_files(by_path, cluster, resolved)
    for kind, (path, _text) in FILES.items():
        if path in by_path and (wrong := _balancer(kind, by_path[path], cluster)):
            raise VerificationError(f"{path}: {', '.join(wrong)}")
    containers = {path: file.text for path, file in by_path.items() if path.startswith("docker/")}
    if containers and (wrong := docker_differences(containers, cluster)):
        raise VerificationError(", ".join(wrong))
    units = {path: file.text for path, file in by_path.items() if path.startswith("systemd/")}
    if (units or chosen(cluster.answers, "systemd/")) and (wrong := unit_differences(units, cluster)):
        raise VerificationError(", ".join(wrong))
    shown = {file.path: file.text for file in files if not file.secret}
    if "ansible/inventory.yaml" in shown and (wrong := ansible.differences(shown, cluster)):
        raise VerificationError(f"ansible/: {', '.join(wrong)}")
    if GITIGNORE in by_path and not read_back(by_path[GITIGNORE].text):
        raise VerificationError(GITIGNORE)
    _answers(by_path["answers.toml"], cluster.answers)
    _no_secret_in_the_open(files, cluster.answers, resolved)


def _env_files(by_path: dict[str, OutputFile], cluster: Cluster, resolved: Resolved) -> None:
    _env(by_path[".env"], cluster, resolved, {})
    apart = [node for node in cluster.nodes if node.variables]
    for node in apart:
        _env(by_path[node.env_file], cluster, resolved, node.variables)
    if surplus := {path for path in by_path if path.endswith(".env")} - {".env", *(node.env_file for node in apart)}:
        raise VerificationError(f"{', '.join(sorted(surplus))}: belongs to no node")


def _env(file: OutputFile, cluster: Cluster, resolved: Resolved, own: Mapping[str, str]) -> None:
    wanted = {name: value for block in blocks(cluster, resolved, own) for name, value, _comment in block.entries}
    read = read_as(cluster.deployment.reader, file.text)
    wrong = [name for name, value in wanted.items() if read.get(name) != value]
    wrong += [name for name in removals(cluster, resolved, wanted) if name in read]
    if wrong or not file.secret:
        raise VerificationError(f"{file.path}: {', '.join(wrong)}")


def _balancer(kind: str, file: OutputFile, cluster: Cluster) -> list[str]:
    try:
        return differences(kind, file.text, cluster.balancer)
    except OSError as fault:
        message = _("the folder for temporary files cannot be used: {reason}.").format(reason=reason_of(fault))
        raise NbclusterError(ExitCode.UNWRITABLE, message) from None


def _answers(file: OutputFile, answers: Answers) -> None:
    try:
        read = load_text(file.text, file.path, Path("/"), {}, answers.steps, resolver=StandIns(answers)).answers
    except InvalidAnswersError as fault:
        raise VerificationError(f"{file.path}: {', '.join(problem.path for problem in fault.problems)}") from None
    wrong = [field.path for field in written_fields(answers) if _essence(read[field.path]) != _essence(answers[field.path])]
    for path, table in answers.tables.items():
        rows = [[_cells(table.columns, row) for row in holder.rows(path)] for holder in (read, answers)]
        wrong += [path] if rows[0] != rows[1] else []
    if wrong:
        raise VerificationError(f"{file.path}: {', '.join(wrong)}")


def _cells(columns: Iterable[Field], row: Row) -> list[object]:
    return [_essence(row.get(column.path)) for column in columns]


def _essence(value: Value) -> object:
    """Return what two equal answers have in common when one of them lacks its secret."""
    if isinstance(value, Secret):
        return "secret"
    if isinstance(value, Url):
        return value.address
    return value or None


def _no_secret_in_the_open(files: Sequence[OutputFile], answers: Answers, resolved: Resolved) -> None:
    secrets, visible = list(resolved.secrets), []
    for path in answers.fields:
        value = answers[path]
        if isinstance(value, Url):
            visible.append(value.address)
            value = value.password
        if isinstance(value, Secret):
            secrets.append(value)
        else:
            visible.append(str(value))
    shown = "\n".join((*visible, *(str(tuple(row.items())) for row in answers.rows("nodes"))))
    literals = {text for text in (secret.reveal() for secret in secrets) if len(text) >= _UNMISTAKABLE and text not in shown}
    for file in files:
        if not file.secret and any(literal.encode() in file.data for literal in literals):
            raise VerificationError(f"{file.path}: holds a secret")
