"""The commands and flags; one appears here only when it works."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn

from nbcluster.errors import ExitCode, NbclusterError
from nbcluster.facts import NAME
from nbcluster.files.formats import FORMATS
from nbcluster.text import LANGUAGES, _
from nbcluster.text.clean import clean
from nbcluster.text.likeness import suggestion


class HelpFormatter(argparse.HelpFormatter):
    """Writes help in the language of the program; argparse knows its own words in English only."""

    def add_usage(self, usage: str | None, actions: Any, groups: Any, prefix: str | None = None) -> None:
        """Add how the command is called."""
        super().add_usage(usage, actions, groups, _("usage: ") if prefix is None else prefix)

    def start_section(self, heading: str | None) -> None:
        """Begin a list of arguments."""
        names = {"positional arguments": _("positional arguments"), "options": _("options")}
        super().start_section(names.get(heading or "", heading))


class Parser(argparse.ArgumentParser):
    """A parser that raises its errors like every other part of the program."""

    def __init__(self, *arguments: Any, fill: Callable[[Parser], object] = lambda _parser: None, **settings: Any) -> None:
        super().__init__(*arguments, **{"formatter_class": HelpFormatter, "add_help": False, **settings})
        self.add_argument("-h", "--help", action="help", help=_("show this help message and exit"))
        self._fill: Callable[[Parser], object] | None = fill
        # from Python 3.14 on argparse colours its texts, and what goes to a terminal has no escapes
        self.color = False

    def whole(self) -> Parser:
        """Return the parser with its arguments: those of a command are added by ``fill`` when it is used, for a run uses one command."""
        fill, self._fill = self._fill, None
        if fill is not None:
            fill(self)
        return self

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Parse as the parser of argparse does."""
        return super(Parser, self.whole()).parse_known_args(args, namespace)

    def error(self, message: str) -> NoReturn:
        """Raise instead of printing, so that ``--json`` and the exit code stay right."""
        raise NbclusterError(ExitCode.INVALID, f"{clean(message)}\n{self.format_usage().strip()}")

    def read(self, arguments: Sequence[str]) -> argparse.Namespace:
        """Parse as ``parse_args`` does; for an unknown option the most similar one is named. A file in place of a command is opened."""
        found: argparse.Namespace
        found, rest = self.parse_known_args(self._opening(arguments))
        if rest:
            parser = self._of(found)
            names = parser.option_names
            message = _("there is no option or argument {words} here.").format(words=" ".join(rest))
            parser.error(f"{message}{_near(rest[0].partition('=')[0], names)}")
        return found

    def _opening(self, arguments: Sequence[str]) -> Sequence[str]:
        """Return ``setup`` with the option that opens a file, where a file stands in place of a command."""
        first = arguments[0] if arguments else ""
        is_file = (
            first not in self._commands and not first.startswith("-") and ("." in first or "/" in first or Path(first).is_file())
        )
        if not first or not is_file:
            return arguments
        return ["setup", "--answers" if first.endswith(".toml") else "--import", first, "--brief", *arguments[1:]]

    @property
    def _commands(self) -> dict[str, Parser]:
        return next((a.choices for a in self._actions if a.dest == "command" and isinstance(a.choices, dict)), {})

    @property
    def option_names(self) -> list[str]:
        """The options that this parser knows."""
        return [name for action in self._actions for name in action.option_strings]

    def _of(self, found: argparse.Namespace) -> Parser:
        """Return the parser of the command that was named."""
        return self._commands.get(found.command, self)

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        """Refuse what is not among the choices, and name the most similar one."""
        if action.choices is not None and value not in action.choices:
            choices = [str(choice) for choice in action.choices]
            message = _("{value} is none of: {choices}.").format(value=clean(str(value), 100), choices=", ".join(choices))
            raise argparse.ArgumentError(action, message + _near(str(value), choices))


def _near(word: str, known: Sequence[str]) -> str:
    hint = suggestion(word, known)
    return f" {hint}" if hint else ""


def split_language(arguments: Sequence[str]) -> tuple[list[str], str | None]:
    """Take ``--lang CODE`` out of the arguments, wherever it stands; raises ``NbclusterError`` for an unknown code."""
    rest: list[str] = []
    code: str | None = None
    pending = iter(arguments)
    for argument in pending:
        if argument == "--lang":
            code = next(pending, "")
        elif argument.startswith("--lang="):
            code = argument.partition("=")[2]
        else:
            rest.append(argument)
    if code is not None and code not in LANGUAGES:
        raise NbclusterError(ExitCode.INVALID, _("--lang must be one of: {codes}").format(codes=", ".join(LANGUAGES)))
    return rest, code


def _positive(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1
    if not 0.1 <= value <= 600:
        raise argparse.ArgumentTypeError(_("must be a number of seconds from 0.1 to 600"))
    return value


def _skip(text: str) -> tuple[str, str]:
    check, _equals, reason = text.partition("=")
    if not check or not reason.strip():
        raise argparse.ArgumentTypeError(_("write ID=REASON: a skipped check needs a reason"))
    return check, reason.strip()


def path_of(text: str) -> Path:
    """Return an argument as a path; an empty one would be the current folder."""
    if not text:
        raise argparse.ArgumentTypeError(_("the path is empty: a variable may not be set"))
    return Path(text)


def _session(text: str) -> str:
    if not re.fullmatch(NAME, text):
        raise argparse.ArgumentTypeError(_("a session's name has lower-case letters, digits and hyphens, at most 40"))
    return text


def _source(parser: argparse.ArgumentParser) -> None:
    group = parser.add_mutually_exclusive_group(required=True)
    group.add_argument("--answers", metavar="FILE", type=path_of, help=_("answers file (TOML)"))
    group.add_argument("--session", metavar="NAME", type=_session, help=_("saved session"))
    parser.add_argument(
        "--secrets",
        metavar="FILE",
        type=path_of,
        help=_("env file of mode 0600 with the secrets that the answers refer to (or export them)"),
    )


def _selection(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--only", metavar="ID", action="append", default=[], help=_("only this check, or those that begin with it")
    )
    parser.add_argument(
        "--skip", metavar="ID=REASON", action="append", default=[], type=_skip, help=_("leave a check out, for a reason")
    )
    parser.add_argument("--timeout", metavar="S", type=_positive, default=5.0, help=_("seconds per check (default 5)"))
    parser.add_argument("--json", action="store_true", help=_("print one JSON document"))


def _setup(parser: Parser) -> None:
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--session", metavar="NAME", type=_session, help=_("open a saved session, or begin one of this name"))
    source.add_argument("--answers", metavar="FILE", type=path_of, help=_("begin with the answers of a file"))
    parser.add_argument(
        "--import",
        dest="import_file",
        metavar="FILE",
        type=path_of,
        help=_("begin with the settings of an existing installation"),
    )
    parser.add_argument("--brief", action="store_true", help=_("ask only what the file lacks"))
    _front(parser)


def _front(parser: Parser) -> None:
    parser.add_argument("--front", choices=("tui", "line", "plain"), help=_("full screen, line prompts or plain text"))


def _check(parser: Parser) -> None:
    _source(parser)
    _selection(parser)


def _render(parser: Parser) -> None:
    _source(parser)
    parser.add_argument("--out", metavar="DIR", type=path_of, required=True, help=_("target folder"))
    parser.add_argument(
        "--format",
        metavar="NAME",
        action="append",
        default=[],
        choices=list(FORMATS),
        help=_("only these files, the others stay as they are: {names}").format(names=", ".join(FORMATS)),
    )
    parser.add_argument("--bundle", metavar="FILE", type=path_of, help=_("write these files as one .tar.gz as well"))
    parser.add_argument("--with-secrets", action="store_true", help=_("put the files with secrets into the bundle as well"))
    parser.add_argument("--dry-run", action="store_true", help=_("say what would be written, write nothing"))
    parser.add_argument(
        "--strict", action="store_true", help=_("with --dry-run: exit code 3 where something would be written or removed")
    )
    parser.add_argument("--diff", action="store_true", help=_("print what changes, secrets masked"))
    parser.add_argument(
        "--trust-folder",
        action="store_true",
        help=_("write even if DIR or something in it is a symlink or writable by anyone"),
    )
    parser.add_argument(
        "--new-keys",
        action="store_true",
        help=_("make new keys in place of those that were written; never the AES key of an existing installation"),
    )
    parser.add_argument("--json", action="store_true", help=_("print one JSON document"))


def _lint(parser: Parser) -> None:
    parser.add_argument(
        "files",
        metavar="FILE",
        nargs="+",
        type=path_of,
        help=_(
            ".env, compose file, Kubernetes manifests, kustomization, Helm values, nb's config.json or an nginx configuration; - reads standard input"
        ),
    )
    parser.add_argument("--single", action="store_true", help=_("judge them as the files of a single node"))
    parser.add_argument("--strict", action="store_true", help=_("exit code 3 for warnings as well"))
    shape = parser.add_mutually_exclusive_group()
    shape.add_argument("--json", action="store_true", help=_("print one JSON document"))
    shape.add_argument("--sarif", action="store_true", help=_("print one SARIF 2.1.0 document, for code scanning"))
    shape.add_argument("--github", action="store_true", help=_("print annotations for GitHub Actions"))


def _import(parser: Parser) -> None:
    parser.add_argument(
        "file",
        metavar="FILE",
        type=path_of,
        help=_(".env, compose file, ConfigMap or Secret, Helm values, or nb's config.json; - reads standard input"),
    )
    parser.add_argument("--json", action="store_true", help=_("print one JSON document"))


def _sessions(parser: Parser) -> None:
    parser.add_argument("action", nargs="?", choices=("list", "show", "delete", "export"), default="list")
    parser.add_argument("name", nargs="?", metavar="NAME", type=_session)


def _explain(parser: Parser) -> None:
    parser.add_argument("check_id", nargs="?", metavar="CHECK-ID")


def _inspect(parser: Parser) -> None:
    parser.add_argument("folder", metavar="DIR", type=path_of, help=_("such as storage/plugins/@nocobase/plugin-..."))
    parser.add_argument("--json", action="store_true", help=_("print one JSON document"))


def build_parser() -> Parser:
    """Return the parser in the active language."""
    parser = Parser(
        prog="nbcluster",
        description=_(
            "Setup wizard for a NocoBase cluster. Without a command it opens the wizard; with the path of a .env, compose file, manifest "
            "or answers file in place of a command it asks only what that file lacks."
        ),
        epilog=_(
            "Exit codes: 0 done, 2 invalid answers, 3 a check failed, 5 something could not be judged, 6 session locked, 7 could not write."
        ),
    )
    parser.add_argument("--version", action="store_true", help=_("print the version and exit"))
    parser.add_argument(
        "--lang", metavar="CODE", choices=list(LANGUAGES), help=_("language: {codes}").format(codes=", ".join(LANGUAGES))
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", parser_class=Parser)
    commands.add_parser("setup", fill=_setup, help=_("open the wizard"))
    commands.add_parser("check", fill=_check, help=_("judge answers: rules and live connections"))
    commands.add_parser(
        "verify", fill=_check, help=_("look at the running cluster: nodes, load balancer, tables of the database")
    )
    commands.add_parser("render", fill=_render, help=_("write the files"))
    commands.add_parser("lint", fill=_lint, help=_("judge existing files by what a cluster needs"))
    commands.add_parser("import", fill=_import, help=_("print the answers found in the files of an existing installation"))
    commands.add_parser("sessions", fill=_sessions, help=_("list, show, export or delete saved sessions"))
    commands.add_parser("schema", help=_("print the JSON Schema of the answers file"))
    commands.add_parser("explain", fill=_explain, help=_("say what a check looks at and how to fix it"))
    commands.add_parser("inspect-plugin", fill=_inspect, help=_("print the variables that an installed plugin reads"))
    commands.add_parser(
        "demo",
        fill=_front,
        help=_("guided tour with simulated checks; nothing is contacted"),
        description=_(
            "Opens the wizard on an example cluster. Nothing is contacted: the host that is typed decides what the checks find, such"
            " as refused.demo, password.demo, evicts.demo, replica.demo or silent.demo. The user guide lists them all."
        ),
    )
    return parser
