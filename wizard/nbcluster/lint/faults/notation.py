"""Faults of notation: quotes, lines, formats, and secrets in readable places (nocobase.md §3, §12)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from nbcluster.answers.importer.sources import Kind, Place, Setting
from nbcluster.answers.url import is_secret_value
from nbcluster.errors import Severity
from nbcluster.facts import is_secret_name
from nbcluster.lint.application import Application
from nbcluster.lint.file import File
from nbcluster.lint.model import EITHER, FAIL, WARN, Fault, Hit
from nbcluster.lint.names import KNOWN
from nbcluster.text import N_, _

_SWALLOWED = re.compile(r"\n[ \t]*(?:export[ \t]+)?[A-Z][A-Z0-9]*_[A-Z0-9_]*[ \t]*=")
_ASSIGNMENT = re.compile(r"[ \t]*(?:export[ \t]+)?[A-Za-z0-9_.-]+[ \t]*(?:=|:[ \t])")


def _open_secret(found: Application) -> Iterator[Hit]:
    for name, setting in found.last.items() if not found.open else ():
        value = setting.value if setting.place is Place.CONFIG_MAP else None
        if value and (is_secret_name(name) or is_secret_value(value)):
            yield found.there(setting)


def _no_text(found: Application) -> Iterator[Hit]:
    for setting in found.last.values():
        if setting.bare and setting.value and found.kind is Kind.KUBERNETES:
            yield found.there(setting)
        elif setting.bare and setting.value and found.kind is Kind.COMPOSE:
            message = _(
                "is a truth value to YAML: an older compose refuses the file, a newer one passes on true or false in lower case."
            )
            yield found.there(setting, message, severity=Severity.WARNING)


def _as_another(found: Application) -> Iterator[Hit]:
    for setting in found.last.values():
        if setting.other:
            yield found.there(setting)


def _dollar(found: Application) -> Iterator[Hit]:
    for name, setting in found.last.items():
        # a plain $HOST of an address is most often meant as a variable
        if setting.dollar == "$" or (setting.dollar and (is_secret_name(name) or re.search("[a-z]", setting.dollar))):
            yield found.there(setting)


def _line_feed(found: Application) -> Iterator[Hit]:
    for name, setting in found.last.items():
        value = setting.value or ""
        if value.endswith(("\n", "\r")) and value.strip():
            needed = name.startswith("DB_") or name == "APP_KEY"
            yield found.there(setting, severity=Severity.ERROR if needed else Severity.WARNING)


def _edge(found: Application) -> Iterator[Hit]:
    for name, setting in found.last.items():
        value = found.value(name)
        if name in KNOWN and name != "DB_PASSWORD" and value != value.strip() and value.strip():
            yield found.there(setting)


def _no_base64(found: Application) -> Iterator[Hit]:
    for setting in found.last.values():
        if setting.place is Place.SECRET and setting.value is None and setting.why and not setting.reference:
            yield found.there(setting)


def _quoted(found: Application) -> Iterator[Hit]:
    for setting in found.last.values():
        value = setting.value or ""
        if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"`":
            yield found.there(setting)


def _quotes(raw: str) -> tuple[bool, bool]:
    """Return whether the value of an assignment begins with a quote, and whether it ends with the same one."""
    value = raw.partition("=")[2].strip()
    opened = value[:1] in ("'", '"', "`")
    return opened, opened and raw.rstrip()[-1:] == value[:1] and len(value) > 1


def _cut_off(file: File) -> Iterator[Hit]:
    if file.in_docker:
        return
    for found in file.assignments:
        if file.plain[found.end : found.end + 1] == "#" and not _quotes(file.plain[found.start : found.end])[1]:
            yield file.at(found.line, found.name)


def _not_closed(file: File) -> Iterator[Hit]:
    if file.in_docker:
        return
    for found in file.assignments:
        raw = file.plain[found.start : found.end]
        opened, closed = _quotes(raw)
        if _SWALLOWED.search(raw) or (opened and not closed):
            yield file.at(found.line, found.name)


def _sets_nothing(file: File) -> Iterator[Hit]:
    if file.in_docker:
        return
    covered: set[int] = set()
    for found in file.assignments:
        covered |= set(range(found.line, found.line + file.plain.count("\n", found.start, found.end) + 1))
    for number, line in enumerate(file.plain.split("\n"), 1):
        if number not in covered and line.strip() and not line.lstrip().startswith("#") and not _ASSIGNMENT.match(line):
            yield file.at(number)


def _windows(file: File) -> Iterator[Hit]:
    if "\r" in file.text or file.text.startswith("\ufeff"):
        yield file.at(1)


def _twice(found: Application) -> Iterator[Hit]:
    before: dict[tuple[str, str, str, str], Setting] = {}
    for setting in found.settings:
        key = (setting.file, setting.place, setting.owner, setting.name)
        other = before.get(key)
        if other is not None and other.value != setting.value and found.kind is not Kind.NB:
            message = _("is set a second time with another value (before in line {line}); the last one holds.")
            yield found.there(setting, message.format(line=other.line))
        before[key] = setting


FAULTS: tuple[Fault, ...] = (
    Fault(
        "yaml-number",
        FAIL,
        N_("A number that YAML writes in another way"),
        N_("Without quotes 0123 is an octal number and arrives as 83, 1.10 as 1.1, 1e3 as 1000: a password is then another one."),
        N_("is a number to YAML, which arrives in another notation than it is written here."),
        N_("Put the value into quotes."),
        variables=_as_another,
    ),
    Fault(
        "dollar",
        FAIL,
        N_("A dollar sign that begins a variable"),
        N_(
            "compose puts a variable in for $NAME, also between single quotes: what is not set is empty, and the rest of a password is gone."
        ),
        N_("holds a $ that compose takes for the beginning of a variable, and nothing sets that one."),
        N_(
            "Write $$ for a dollar sign of the value itself; for a variable write ${NAME} and set it in the .env beside the file."
        ),
        variables=_dollar,
        observed="password authentication failed for user",
    ),
    Fault(
        "line-feed",
        EITHER,
        N_("A line feed at the end of a value"),
        N_(
            "`echo value | base64` encodes the line feed too, and so does a YAML block with |: keys and passwords are then others than on a node without."
        ),
        N_("ends in a line feed, which belongs to the value."),
        N_(
            "Encode it with printf %s VALUE | base64 (or echo -n); in YAML write |- or one line. A key that serves already stays the same on every node."
        ),
        variables=_line_feed,
    ),
    Fault(
        "edge-blank",
        WARN,
        N_("A blank at the beginning or end of a value"),
        N_("Only npm dotenv takes it away; a word with a blank is another word, a host with one no host."),
        N_("begins or ends with a blank, which belongs to the value here."),
        N_("Take the blank out, also the one behind = in a list of compose."),
        variables=_edge,
    ),
    Fault(
        "secret-base64",
        FAIL,
        N_("A value under data of a Secret that is no base64"),
        N_("Kubernetes refuses the Secret."),
        N_("is not base64, and everything under data has to be: Kubernetes refuses the Secret."),
        N_("Write it under stringData, or encode it: printf %s VALUE | base64."),
        variables=_no_base64,
    ),
    Fault(
        "secret-in-configmap",
        WARN,
        N_("A secret in a ConfigMap"),
        N_("ConfigMaps are readable with far fewer rights than Secrets, and stand in plain text in the cluster's store."),
        N_("is a secret in a ConfigMap: whoever may look at the namespace reads it."),
        N_("Move it into a Secret and name that in envFrom (secretRef)."),
        remedy=N_(
            "A Secret. The comment `# nbcluster: secrets in this ConfigMap are meant` says that there is no other way, as with the official chart."
        ),
        variables=_open_secret,
    ),
    Fault(
        "not-text",
        EITHER,
        N_("A number or truth value where YAML needs text"),
        N_("Kubernetes refuses it, yes, no, on and off among them; an older compose refuses true and false."),
        N_("is a number or a truth value to YAML, and an environment variable has to be text: the file is refused."),
        N_("Put the value into double quotes."),
        variables=_no_text,
    ),
    Fault(
        "quotes-kept",
        WARN,
        N_("Quotes that are a part of the value"),
        N_("docker --env-file, compose lists and Kubernetes take no quotes away; an address that begins with one is no address."),
        N_("begins and ends with a quote that belongs to the value here: this reader takes none away."),
        N_("Take the quotes out; in YAML, put them around the whole value only once."),
        variables=_quoted,
    ),
    Fault(
        "cut-at-hash",
        FAIL,
        N_("A value is cut off at #"),
        N_("npm dotenv ends an unquoted value at the first #, also without a blank before it; most other readers do not."),
        N_("is cut off at the #, which needs no blank before it to begin a comment."),
        N_("Put the value into quotes; in an address write %23."),
        env=_cut_off,
        observed="password authentication failed for user; Invalid URL",
    ),
    Fault(
        "open-quote",
        FAIL,
        N_("A quote that is not closed"),
        N_("It stays in the value, or the value swallows the lines after it."),
        N_("has an open quote: the value reaches into the assignments after it."),
        N_("Close the quote on the same line."),
        env=_not_closed,
    ),
    Fault(
        "no-assignment",
        WARN,
        N_("A line that sets nothing"),
        N_("Readers pass over it or refuse the file."),
        N_("the line is no NAME=value and is passed over."),
        N_("Write NAME=value, or begin the line with #."),
        env=_sets_nothing,
    ),
    Fault(
        "line-ends",
        WARN,
        N_("Line ends of Windows or a byte order mark"),
        N_("docker and bash take them for a part of the values."),
        N_("the file has line ends of Windows or a byte order mark: docker and bash take them for a part of the values."),
        N_("Save it as UTF-8 without a mark, with LF line ends."),
        env=_windows,
    ),
    Fault(
        "duplicate",
        WARN,
        N_("A variable is set twice"),
        N_("The last one holds."),
        hint=N_("Keep one of the two."),
        variables=_twice,
    ),
)
