"""All files of a deployment, made from the cluster and the resolved secrets."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from nbcluster.answers.file import dump
from nbcluster.cluster import Cluster
from nbcluster.env import (
    MergeError,
    Reader,
    UnreadableError,
    UnrepresentableError,
    assignments,
    compose,
    docker_assignments,
    is_raw,
    merge,
    read,
    read_dotenv,
    reassign,
)
from nbcluster.errors import InvalidAnswersError, Problem
from nbcluster.files.ansible.files import MADE, ansible_files
from nbcluster.files.balancers.files import FILES
from nbcluster.files.balancers.requirements import page
from nbcluster.files.docker import address_files, compose_file
from nbcluster.files.envcomments import (
    head,
    in_the_language,
    node_head,
    raw_mark,
    reasons,
    translated,
    with_left_out,
)
from nbcluster.files.formats import chosen
from nbcluster.files.gitignore import gitignore
from nbcluster.files.keys import Resolved
from nbcluster.files.kubernetes.files import kubernetes_files
from nbcluster.files.outputfile import OutputFile
from nbcluster.files.page import html_page
from nbcluster.files.runbook import operate, runbook
from nbcluster.files.summary import summary
from nbcluster.files.systemd import systemd_files
from nbcluster.files.variables import blocks, broken_addresses, removals
from nbcluster.text import using


def plan(
    cluster: Cluster,
    resolved: Resolved,
    *,
    base_text: str | None = None,
    kept_text: str | None = None,
    warnings: Iterable[Problem] = (),
    formats: Sequence[str] = (),
) -> tuple[OutputFile, ...]:
    """Return the files of the kinds that the answers choose, and of those that ``formats`` names.

    Raises ``InvalidAnswersError`` for a value or an imported file that cannot be written.
    """
    warnings = tuple(warnings)
    if cluster.deployment.on_kubernetes:
        return _chosen(cluster, list(kubernetes_files(cluster, resolved, base_text)), warnings, formats, base_text)
    if kept_text is not None:
        with using(cluster.language):
            kept_text = in_the_language(kept_text, cluster.deployment.reader, blocks(cluster, resolved))
    before = kept_text if kept_text is not None else base_text
    if kept_text is None and base_text is not None and cluster.deployment.in_docker:
        before = for_docker(base_text)
    elif kept_text is not None and base_text is not None:
        before = _with_new(cluster, kept_text, base_text)
    common = env_text(cluster, resolved, before, {})
    files = [OutputFile(".env", common.encode(), True)]
    for node in cluster.nodes:
        if node.variables:
            with using(cluster.language):
                own = node_head(node.name) + common.removeprefix(_mark(cluster)).removeprefix(head())
            text = env_text(cluster, resolved, own, node.variables)
            files.append(OutputFile(node.env_file, text.encode(), True))
    if cluster.balancer.kind in FILES:
        path, text_of = FILES[cluster.balancer.kind]
        files.append(OutputFile(path, text_of(cluster).encode()))
    if cluster.balancer.kind == "cloud":
        with using(cluster.language):
            files.append(OutputFile("balancer.md", page(cluster).encode()))
    if cluster.deployment.in_docker:
        texts = {"docker/compose.yaml": compose_file(cluster), **address_files(cluster)}
        files += [OutputFile(path, text.encode()) for path, text in texts.items()]
    files += [OutputFile(path, text.encode()) for path, text in systemd_files(cluster).items()]
    if chosen(cluster.answers, MADE[0], formats):
        files += ansible_files(cluster)
    return _chosen(cluster, files, warnings, formats, base_text)


_DOCUMENTS = ("RUNBOOK.md", "OPERATE.md", "summary.html")
"""Documents that the summary names, beside itself."""


def _chosen(
    cluster: Cluster,
    files: list[OutputFile],
    warnings: Iterable[Problem],
    formats: Sequence[str],
    base_text: str | None,
) -> tuple[OutputFile, ...]:
    """Return the files of the kinds that were chosen, with those that every deployment gets."""
    files = [file for file in files if chosen(cluster.answers, file.path, formats)]
    documents = [path for path in _DOCUMENTS if chosen(cluster.answers, path, formats)]
    whole = _with_pages(cluster, files, warnings, base_text, documents)
    return tuple(file for file in whole if chosen(cluster.answers, file.path, formats))


def _port_of(base_text: str | None) -> int | None:
    """Return the port on which the imported file lets a single node listen, where it says one."""
    port = read_dotenv(base_text).get("APP_PORT", "") if base_text is not None else ""
    return int(port) if re.fullmatch(r"[0-9]{1,5}", port) else None


def _with_pages(
    cluster: Cluster, files: list[OutputFile], warnings: Iterable[Problem], base_text: str | None, documents: Sequence[str]
) -> tuple[OutputFile, ...]:
    """Return the files with those that every deployment gets; ``documents`` are those of them that are written."""
    files += [
        OutputFile("answers.toml", dump(cluster.answers).encode()),
        OutputFile(".gitignore", gitignore(cluster.language).encode()),
    ]
    names = [*(file.path for file in files), *documents]
    with using(cluster.language):
        files.append(OutputFile("SUMMARY.md", summary(cluster, warnings, names).encode()))
        orders = runbook(cluster, _port_of(base_text))
        files.append(OutputFile("RUNBOOK.md", orders.encode()))
        files.append(OutputFile("OPERATE.md", operate(cluster).encode()))
        files.append(OutputFile("summary.html", html_page(cluster, orders, warnings, names).encode()))
    return tuple(files)


def env_text(cluster: Cluster, resolved: Resolved, before: str | None, own: Mapping[str, str]) -> str:
    """Return one env file: merged into what was there, or fresh."""
    with using(cluster.language):
        wanted, reader, mark = translated(blocks(cluster, resolved, own)), cluster.deployment.reader, _mark(cluster)
        if before is None:
            return with_left_out(f"{mark}{head()}\n{compose(wanted, reader)}", resolved.values)
        names = {name for block in wanted for name, *_rest in block.entries}
        try:
            gone = broken_addresses(read(reader, before), names) | removals(cluster, resolved, names)
            text = with_left_out(merge(before, wanted, reasons(gone), reader), resolved.values)
        except (MergeError, UnreadableError):
            raise InvalidAnswersError((Problem("app.base_env", str(MergeError())),)) from None
        return text if not mark or is_raw(text) else mark + text


def _with_new(cluster: Cluster, kept_text: str, base_text: str) -> str:
    """Return the existing file with what the imported one sets in addition; a line that was commented out stays out."""
    reader, added = cluster.deployment.reader, ""
    try:
        known = read(reader, kept_text)
    except UnreadableError:
        return kept_text  # the merge reports the fault
    for name, value in read_dotenv(base_text).items():
        if name in known or re.search(rf"^[ \t]*#.*\b{re.escape(name)}[ \t]*=", kept_text, re.MULTILINE):
            continue
        try:
            added += reassign(name, value, reader) + "\n"
        except UnrepresentableError as fault:
            raise InvalidAnswersError((Problem("app.base_env", f"{name}: {fault}"),)) from None
    line_end = "\r\n" if "\r\n" in kept_text else "\n"
    return kept_text + (line_end if added and kept_text and not kept_text.endswith("\n") else "") + added.replace("\n", line_end)


def _mark(cluster: Cluster) -> str:
    """Return the first line of a file that docker reads, which tells lint and users how to read it."""
    return raw_mark() if cluster.deployment.in_docker else ""


def for_docker(text: str, path: str = "app.base_env") -> str:
    """Return a host's env file as docker reads it: the same values without quotes; what sets nothing becomes a comment.

    Raises ``InvalidAnswersError`` at a key path for a value that docker cannot read.
    """
    text = text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    for found in reversed(list(assignments(text))):
        end = text.find("\n", found.end)
        end = len(text) if end < 0 else end
        try:
            line = reassign(found.name, found.value, Reader.DOCKER)
        except UnrepresentableError as fault:
            raise InvalidAnswersError((Problem(path, f"{found.name}: {fault}"),)) from None
        text = text[: found.start] + line + text[end:]
    wanted = {found.line for found in docker_assignments(text)}
    lines = text.split("\n")
    return "\n".join(
        line if number in wanted or not line.strip() or line.lstrip().startswith("#") else f"# {line}"
        for number, line in enumerate(lines, 1)
    )
