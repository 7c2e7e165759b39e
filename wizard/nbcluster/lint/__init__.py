"""Lint: checks existing files as those of a cluster node, or of a single node, with the line of each fault (nocobase.md §12, §15)."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePath

from nbcluster.answers.importer.sources import (
    Kind,
    Loader,
    NothingSetError,
    Place,
    SettingsSource,
    SourceError,
    SourceFile,
    read_together,
)
from nbcluster.env import is_raw
from nbcluster.errors import Problem, Severity
from nbcluster.lint.application import LEFT_OUT, OPEN, Application
from nbcluster.lint.cluster import clusters
from nbcluster.lint.faults import FAULTS
from nbcluster.lint.file import File
from nbcluster.lint.model import FAIL, Fault, LintFinding, Unread
from nbcluster.lint.names import KNOWN
from nbcluster.lint.nginx import Match, Site, is_nginx, leads, read_site
from nbcluster.lint.rules import problems as ruled
from nbcluster.steps.nodes import serves_requests
from nbcluster.text import _
from nbcluster.text.clean import clean

__all__ = ["Input", "LintFinding", "Linted", "Subject", "Unread", "lint"]

_MANIFEST = re.compile(r"^apiVersion[ \t]*:", re.MULTILINE)


@dataclass(frozen=True)
class Input:
    """One file: the name that findings show, its text, what reads the files that it names, and what finds those that fit a pattern."""

    name: str
    text: str
    load: Loader = lambda _path: None
    match: Match = lambda _pattern: None


@dataclass(frozen=True)
class Subject:
    """What a group of files was recognised as, in words: format, reader and owner."""

    files: tuple[str, ...]
    words: str


@dataclass(frozen=True)
class Linted:
    """The findings, the most severe first; ``unread`` is what could not be judged, ``problems`` are files that could not be read.

    ``held`` is how many kinds of fault were looked for and not found.
    """

    findings: tuple[LintFinding, ...]
    unread: tuple[Unread, ...]
    problems: tuple[Problem, ...]
    subjects: tuple[Subject, ...] = ()
    held: int = 0


def lint(files: Sequence[Input], *, single: bool = False) -> Linted:
    """Judge files, each as that of a node in a cluster, or of one alone (``single``); Kubernetes manifests of one folder are one application."""
    return _Run(files, single).linted()


@dataclass
class _Run:
    """What is collected while the files are judged one after another."""

    files: Sequence[Input]
    single: bool
    findings: list[tuple[LintFinding, str]] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    subjects: list[Subject] = field(default_factory=list)
    looked_for: set[str] = field(default_factory=set)

    def linted(self) -> Linted:
        configurations = {index for index, file in enumerate(self.files) if is_nginx(file.text, file.name)}
        applications = self._applications([file for index, file in enumerate(self.files) if index not in configurations])
        for application, several in applications:
            for finding in in_variables(application, self._faults(application)):
                self.findings.append((finding, application.title if several else ""))
        if not self.single:
            self._clusters([one for one, _several in applications if not (one.supervised or one.alone)])
        workers = frozenset(
            (application.title or PurePath(application.file).stem).lower()
            for application, _several in applications
            if not serves_requests(application.value("WORKER_MODE"))
        )
        for index in sorted(configurations):
            self._nginx(self.files[index], workers)
        findings = self._sorted()
        said = {(finding.file, finding.line, finding.name) for finding in findings}
        unread = [each for each in self.unread if (each.file, each.line, each.name) not in said or not each.why]
        held = self.looked_for - {finding.id.removeprefix("lint.") for finding in findings}
        return Linted(findings, tuple(dict.fromkeys(unread)), tuple(self.problems), tuple(self.subjects), len(held))

    def _faults(self, application: Application) -> Sequence[Fault]:
        """Return the faults that an application can have: what only a cluster needs is none of a node alone, or of another kind of deployment."""
        faults = [fault for fault in FAULTS if not (fault.clustered and (application.alone or application.supervised))]
        self.looked_for |= {fault.name for fault in faults if fault.variables or fault.rule}
        return faults

    def _sorted(self) -> tuple[LintFinding, ...]:
        together: dict[LintFinding, dict[str, None]] = {}
        for finding, service in self.findings:
            services = together.setdefault(finding, {})
            if service:
                services[service] = None
        order = {clean(file.name, 400): index for index, file in enumerate(self.files)}
        found = [replace(finding, services=tuple(clean(name, 80) for name in names)) for finding, names in together.items()]
        found.sort(key=lambda f: (f.severity is Severity.WARNING, order.get(f.file, len(order)), f.file, f.line))
        return tuple(found)

    def _applications(self, files: Sequence[Input]) -> list[tuple[Application, bool]]:
        """Return what the files describe, and whether there are several in one file or set."""
        loaded: dict[int, dict[str, str]] = {index: {} for index in range(len(files))}
        texts = [SourceFile(file.name, file.text, _keeping(file.load, loaded[index])) for index, file in enumerate(files)]
        read = read_together(texts)
        taken = {_beside(files[index].name, name) for index, found in loaded.items() for name in found}
        out: list[tuple[Application, bool]] = []
        silent: list[Unread] = []
        for index, (file, found) in enumerate(zip(files, read, strict=True)):
            shown = clean(file.name, 400)
            if isinstance(found, SourceError):
                if isinstance(found, NothingSetError) and _MANIFEST.search(file.text):
                    silent.append(Unread(shown, 0, "", _("the file sets no variable of NocoBase.")))
                else:
                    self.problems.append(Problem(f"{shown}:{found.line}" if found.line else shown, str(found)))
                continue
            env = any(source.kind is Kind.ENV for source in found)
            if env and _beside(file.name, PurePath(file.name).name) in taken:
                self.subjects.append(Subject((shown,), _("judged as a part of the file that reads it")))
                continue
            self.looked_for |= {fault.name for fault in FAULTS if (fault.env if env else fault.yaml) is not None}
            text = File(shown, file.text, in_docker=is_raw(file.text))
            self.findings += [(finding, "") for finding in in_text(text, env=env)]
            said = "\n".join((*self._of_folder(files, file, found), *loaded[index].values()))
            decided, meant = frozenset(LEFT_OUT.findall(said)), OPEN.search(said) is not None
            # what runs only when it is asked for, such as a first boot, is no node as it runs
            running = tuple(source for source in found if not source.on_request) or found
            out += [(self._application(file, source, decided, meant=meant), len(running) > 1) for source in running]
            self._say(shown, file, running)
        if not out:
            self.unread += silent
        return out

    def _of_folder(self, files: Sequence[Input], file: Input, sources: Sequence[SettingsSource]) -> Iterator[str]:
        """Yield the texts of what was read together: the files of a folder of manifests, or the file alone."""
        folder = PurePath(file.name).parent
        together = any(source.kind is Kind.KUBERNETES for source in sources)
        return (each.text for each in files if each is file or (together and PurePath(each.name).parent == folder))

    def _application(self, file: Input, source: SettingsSource, decided: frozenset[str], *, meant: bool) -> Application:
        """Return what is judged of a source, and note what is not; ``decided`` and ``meant`` are what comments of the files say."""
        of_map = next((s.file for s in source.settings if s.place is Place.CONFIG_MAP), source.file)
        shown = clean((of_map if source.kind is Kind.KUBERNETES else "") or source.file or file.name, 400)
        held, missing = set(source.objects), [(line, name) for line, name in source.unread if name not in source.objects]
        at = clean(source.file or file.name, 400)
        self.unread += [Unread(at, line, clean(name, 200)) for line, name in missing]
        # a Secret alone is never all: the rest of the environment stands in a ConfigMap somewhere else
        only_secrets = bool(held) and not source.title and all(setting.place is Place.SECRET for setting in source.settings)
        if only_secrets:
            self.unread.append(Unread(shown, 0, "", _("a Secret is only a part: what uses it was not given.")))
        application = Application(
            source.kind,
            shown,
            source.settings,
            source.title,
            complete=not missing and not only_secrets,
            decided=decided,
            in_docker=source.kind is Kind.ENV and is_raw(file.text),
            open=meant,
            setup=source.setup,
            shares=frozenset(name for _line, name in missing),
            alone=self.single or (source.on_request and source.kind is Kind.KUBERNETES),
        )
        for name, setting in application.last.items():
            if setting.value is None and (name in KNOWN or name.endswith("_URL")):
                place = clean(setting.file or shown, 400)
                why = setting.why or _("its value is not in the file.")
                self.unread.append(Unread(place, setting.line, clean(name, 80), why))
        if application.supervised:
            why = _(
                "it runs several applications under a supervisor, which is another kind of deployment; its addresses are judged."
            )
            self.unread.append(Unread(shown, 0, clean(source.title or "APP_MODE", 80), why))
        return application

    def _clusters(self, applications: Sequence[Application]) -> None:
        for cluster in clusters(applications):
            for fault in FAULTS:
                if fault.cluster is not None:
                    self.looked_for.add(fault.name)
                    self.findings += [(fault.finding(hit), "") for hit in fault.cluster(cluster)]

    def _nginx(self, file: Input, workers: frozenset[str]) -> None:
        shown = clean(file.name, 400)
        try:
            site = replace(read_site(file.text, file.name, file.load, file.match), workers=workers)
        except SourceError as refused:
            self.problems.append(Problem(f"{shown}:{refused.line}" if refused.line else shown, str(refused)))
            return
        self._site(shown, site)
        for fault in FAULTS:
            if fault.nginx is not None and not (fault.clustered and self.single):
                self.looked_for.add(fault.name)
                self.findings += [(fault.finding(hit), "") for hit in fault.nginx(site)]

    def _site(self, shown: str, site: Site) -> None:
        self.subjects.append(Subject((shown,), _("judged as a configuration of nginx, with what it includes")))
        why = _("it is included and was not there.")
        self.unread += [Unread(clean(at, 400), line, clean(name, 200), why) for at, line, name in site.missing]
        unevaluated = _("this expression is not evaluated: no path that it may take is judged.")
        leading = _("it sends requests on to another location, which is not followed: no path that it takes is judged.")
        for place in dict.fromkeys(each for server in site.servers for each in server.undecided):
            why = leading if leads(place) else unevaluated
            self.unread.append(Unread(clean(place.file, 400), place.line, clean(place.args[-1], 200), why))
        if not site.servers:
            self.unread.append(Unread(shown, 0, "", _("no server in it passes requests on.")))
        elif all(server.fragment for server in site.servers):
            self.unread.append(
                Unread(shown, 0, "", _("it is a part of a configuration: the file that includes it was not given."))
            )

    def _say(self, shown: str, file: Input, sources: Sequence[SettingsSource]) -> None:
        """Record what a file was judged as; a set of manifests is recorded at its first file."""
        if not sources:
            for index, subject in enumerate(self.subjects):
                if PurePath(subject.files[0]).parent == PurePath(shown).parent:
                    self.subjects[index] = replace(subject, files=(*subject.files, shown))
                    return
        self.subjects.append(Subject((shown,), self._words(file, sources)))

    def _words(self, file: Input, sources: Sequence[SettingsSource]) -> str:
        kind = sources[0].kind if sources else Kind.KUBERNETES
        whose = _("a node that runs alone") if self.single else _("a node in a cluster")
        if kind is Kind.ENV and is_raw(file.text):
            words = _("judged as the env file of {whose}; docker reads it, which takes no quotes away")
        elif kind is Kind.ENV:
            words = _("judged as the .env of {whose}; NocoBase reads it with npm dotenv")
        elif kind is Kind.COMPOSE:
            words = _("judged as a compose file of {whose}; compose puts in the .env beside it")
        elif kind is Kind.KUBERNETES:
            words = _("judged as manifests of {whose}; Kubernetes passes each value on unchanged")
        elif kind is Kind.HELM:
            words = _("judged as Helm values of {whose}; a chart puts them into its manifests")
        else:
            words = _("judged as nb's configuration of {whose}")
        words = words.format(whose=whose)
        titles = [clean(source.title, 80) for source in sources if source.title]
        return f"{words} ({', '.join(titles[:20])}{', …' if len(titles) > 20 else ''})" if titles else words


def in_text(file: File, *, env: bool) -> Iterator[LintFinding]:
    """Yield the faults in the text of a file, as distinct from those of its values."""
    for fault in FAULTS:
        condition = fault.env if env else fault.yaml
        if condition is not None:
            yield from (fault.finding(hit) for hit in condition(file))


def in_variables(found: Application, faults: Iterable[Fault]) -> Iterator[LintFinding]:
    """Yield the faults in the variables of an application, by lint's own conditions and by the rules of the answers."""
    faults = tuple(faults)
    by_rule: dict[str, list[tuple[str, Problem]]] = {}
    for variable, problem in ruled(found, dict.fromkeys(fault.rule for fault in FAULTS if fault.rule)):
        by_rule.setdefault(problem.rule, []).append((variable, problem))
    # a rule without a lint page is reported as well
    unpaged = sorted(set(by_rule) - {fault.name for fault in FAULTS})
    for fault in (*faults, *(Fault(name, FAIL, "", "", "") for name in unpaged)):
        for variable, problem in by_rule.get(fault.name, ()):
            hint = _(fault.hint) if fault.hint else problem.hint
            yield fault.finding(found.at(variable, problem.message, hint, problem.severity))
        if fault.variables is not None:
            yield from (fault.finding(hit) for hit in fault.variables(found))


def _keeping(load: Loader, texts: dict[str, str]) -> Loader:
    def loading(path: str) -> str | None:
        text = load(path)
        if text is not None:
            texts[path] = text
        return text

    return loading


def _beside(file: str, name: str) -> str:
    """Return the path of a file that another one names, so that every file has one name."""
    return posixpath.normpath(Path(file).absolute().parent / name)
