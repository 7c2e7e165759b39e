"""Lint: the variables of an existing installation judged as those of a cluster's node, with the line of each fault (nocobase.md §12, §15)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath

from nbcluster.answers.importer.sources import Kind, Loader, NothingSetError, Place, Setting, Source, SourceError, read_sources
from nbcluster.env import is_raw
from nbcluster.errors import Problem, Severity
from nbcluster.lint.application import LEFT_OUT, OPEN, Application
from nbcluster.lint.faults import FAULTS
from nbcluster.lint.file import File
from nbcluster.lint.model import FAIL, Fault, Finding, Unread
from nbcluster.lint.rules import problems as ruled
from nbcluster.text import _
from nbcluster.text.clean import clean

__all__ = ["Finding", "Input", "Linted", "Unread", "lint"]

_MANIFEST = re.compile(r"^apiVersion[ \t]*:", re.MULTILINE)


@dataclass(frozen=True)
class Input:
    """One file: the name that findings show, its text, and what reads the files that it names."""

    name: str
    text: str
    load: Loader = lambda _path: None


@dataclass(frozen=True)
class Linted:
    """What was found, by file and line; ``unread`` may hold what is absent; ``problems`` are files that could not be read."""

    findings: tuple[Finding, ...]
    unread: tuple[Unread, ...]
    problems: tuple[Problem, ...]


def lint(files: Sequence[Input]) -> Linted:
    """Judge files, each as that of a node in a cluster; Kubernetes manifests of one folder are one application."""
    findings: list[Finding] = []
    problems: list[Problem] = []
    silent: list[Unread] = []
    read: list[tuple[Input, Source]] = []
    for file in files:
        shown = clean(file.name, 400)
        loaded: list[str] = []
        try:
            sources = read_sources(file.text, file.name, _keeping(file.load, loaded))
        except NothingSetError as fault:
            if not _MANIFEST.search(file.text):
                problems.append(Problem(shown, str(fault)))
                continue
            silent.append(Unread(shown, 0, "", _("the file sets no variable of NocoBase.")))
            sources = ()
        except SourceError as fault:
            problems.append(Problem(f"{shown}:{fault.line}" if fault.line else shown, str(fault)))
            continue
        env = any(source.kind is Kind.ENV for source in sources)
        findings += in_text(File(shown, file.text, in_docker=is_raw(file.text)), env=env)
        if not all(source.on_request for source in sources):
            # what runs only when it is asked for, such as a first boot, is no node as it runs
            sources = tuple(source for source in sources if not source.on_request)
        said = replace(file, text="\n".join((file.text, *loaded)))
        read += [(said, source) for source in sources]
    # a Service beside a ConfigMap has nothing to say; alone it would pass for judged
    unread = [] if read else silent
    for group in _groups(read):
        found, missing = _application(group)
        unread += missing
        findings += in_variables(found)
    order = {clean(file.name, 400): index for index, file in enumerate(files)}
    findings.sort(key=lambda f: (order.get(f.file, len(order)), f.file, f.line, f.severity is Severity.WARNING))
    return Linted(tuple(dict.fromkeys(findings)), tuple(unread), tuple(problems))


def in_text(file: File, *, env: bool) -> Iterator[Finding]:
    """Yield what the text of an env file, or of another file, is at fault with before its values are."""
    for fault in FAULTS:
        condition = fault.env if env else fault.yaml
        if condition is not None:
            yield from (fault.finding(hit) for hit in condition(file))


def in_variables(found: Application) -> Iterator[Finding]:
    """Yield what the variables of an application are at fault with, by lint's own conditions and by the rules of the answers."""
    problems = list(ruled(found, dict.fromkeys(fault.rule for fault in FAULTS if fault.rule)))
    # a rule may find what has no page yet: it is told all the same
    unpaged = sorted({problem.rule for _variable, problem in problems} - {fault.name for fault in FAULTS})
    for fault in (*FAULTS, *(Fault(name, FAIL, "", "", "") for name in unpaged)):
        for variable, problem in problems:
            if problem.rule == fault.name:
                hint = _(fault.hint) if fault.hint else problem.hint
                yield fault.finding(found.at(variable, problem.message, hint, problem.severity))
        if fault.variables is not None:
            yield from (fault.finding(hit) for hit in fault.variables(found))


def _keeping(load: Loader, texts: list[str]) -> Loader:
    def loading(path: str) -> str | None:
        text = load(path)
        if text is not None:
            texts.append(text)
        return text

    return loading


def _groups(read: Sequence[tuple[Input, Source]]) -> Iterator[list[tuple[Input, Source]]]:
    """Yield what belongs to one application: a folder's manifests, as long as no object is defined twice."""
    folders: dict[PurePath, list[tuple[Input, Source]]] = {}
    for file, source in read:
        if source.kind is not Kind.KUBERNETES:
            yield [(file, source)]
        else:
            folders.setdefault(PurePath(file.name).parent, []).append((file, source))
    for members in folders.values():
        names = [name for _file, source in members for name in source.objects]
        if len(names) == len(set(names)):
            yield members
        else:
            yield from ([member] for member in members)


def _resolved(setting: Setting, entries: Mapping[str, str]) -> Setting:
    """Return a setting with the entry of a ConfigMap or Secret that another file of its folder holds."""
    return replace(setting, value=entries[setting.reference], why="") if setting.reference in entries else setting


def _application(group: Sequence[tuple[Input, Source]]) -> tuple[Application, list[Unread]]:
    first, source = group[0]
    if len(group) == 1:
        settings = source.settings
    else:
        entries = {name: value for _file, part in group for name, value in part.entries.items()}
        together = [_resolved(replace(s, file=s.file or file.name), entries) for file, part in group for s in part.settings]
        # what a container sets itself holds
        settings = tuple(sorted(together, key=lambda s: s.place is Place.ENVIRONMENT))
        first = next((file for file, part in group if any(s.place is Place.CONFIG_MAP for s in part.settings)), first)
    held = {name for _file, part in group for name in part.objects}
    missing = [
        Unread(clean(file.name, 400), line, clean(name, 200))
        for file, part in group
        for line, name in part.unread
        if name not in held
    ]
    last = {setting.name: setting for setting in settings}
    missing += [
        Unread(clean(s.file or first.name, 400), s.line, clean(s.name, 80), s.why or _("its value does not stand in the file."))
        for s in last.values()
        if s.value is None
    ]
    decided = {name for file, _part in group for name in LEFT_OUT.findall(file.text)}
    # a Secret alone is never all: the rest of the environment stands in a ConfigMap somewhere else
    only_secrets = all(setting.place is Place.SECRET for setting in settings)
    found = Application(
        source.kind,
        clean(first.name, 400),
        settings,
        complete=not any(not item.why for item in missing) and not only_secrets,
        decided=frozenset(decided),
        in_docker=source.kind is Kind.ENV and is_raw(first.text),
        open=any(OPEN.search(file.text) for file, _part in group),
    )
    return found, missing
