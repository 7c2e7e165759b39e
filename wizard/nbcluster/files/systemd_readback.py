"""The files for systemd read back: every assignment in them, compared with what it must be."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from importlib.resources import files as resources

from nbcluster.cluster import Cluster
from nbcluster.files.systemd import PLACES, PROGRAM, ROOM, SCRIPT, UNIT, settings
from nbcluster.files.words import mount_unit
from nbcluster.text import _, using

Assignments = list[tuple[str, str]]

_NAMES = ("Wants", "After", "PartOf")
"""Settings that hold unit names, in which a backslash belongs to the name."""

_PROGRAM = "# nbcluster:program"
"""The line of the script after which it holds no answer."""


def differences(texts: Mapping[str, str], cluster: Cluster) -> list[str]:
    """Return the places that do not mean what was chosen; ``texts`` are the files for systemd by path."""
    wanted = _wanted(cluster)
    wrong = sorted(texts.keys() ^ PLACES.keys())
    for path in sorted(texts.keys() & wanted.keys()):
        wrong += [f"{path}: {place}" for place in _assignments(texts[path], wanted[path])]
    if SCRIPT in texts:
        wrong += [f"{SCRIPT}: {place}" for place in _script(texts[SCRIPT], cluster)]
    return wrong


def _assignments(text: str, wanted: Assignments) -> list[str]:
    found: Assignments = []
    section = ""
    for line in text.split("\n"):
        if not line or line.startswith(("#", ";")):
            continue
        if re.fullmatch(r"\[[A-Za-z]+\]", line):
            section = line
            continue
        name, equals, value = line.partition("=")
        found.append((f"{section}{name}", _meaning(name, value) if equals else "\0"))
    return [pair[0] for pair in (*found, *wanted) if (found + wanted).count(pair) != 2] or ([] if found == wanted else ["order"])


def _meaning(name: str, value: str) -> str:
    if name in _NAMES:
        return value
    if name.startswith("Exec"):
        words = re.findall(r'"(?:[^"\\]|\\.)*"|\S+', value)
        return "\0".join(_undollared(_unquoted(word)) for word in words)
    return _unquoted(value)


def _unquoted(value: str) -> str:
    """Return a value as systemd takes it where it is one word: without quotes and escapes, a doubled percent sign once."""
    inner = value[1:-1] if re.fullmatch(r'"(?:[^"\\]|\\.)*"', value) else value if not re.search(r"[\"'\\]", value) else "\0"
    return re.sub(r"%(.?)", lambda sign: "%" if sign[1] == "%" else "\0", re.sub(r"\\(.)", r"\1", inner))


def _undollared(word: str) -> str:
    """Return a word of a command: a single dollar sign would be a variable."""
    return re.sub(r"\$(.?)", lambda sign: "$" if sign[1] == "$" else "\0", word)


def _command(*words: str) -> str:
    return "\0".join(words)


def _wanted(cluster: Cluster) -> dict[str, Assignments]:
    folder, authority, storage = cluster.deployment.folder, cluster.deployment.authority, cluster.share.path
    docker = cluster.deployment.in_docker
    mount = f"docker.service {mount_unit(storage)}" if docker else mount_unit(storage)
    mounted = ("[Service]ExecStartPre", _command("/usr/bin/mountpoint", "-q", storage))
    again = [("[Service]Restart", "always"), ("[Service]RestartSec", "5")]
    compose = ("/usr/bin/env", "docker", "compose")
    on_a_host = [
        ("[Service]User", cluster.deployment.account),
        ("[Service]WorkingDirectory", folder),
        *([("[Service]Environment", f"NODE_EXTRA_CA_CERTS={authority}")] if authority else []),
        mounted,
        ("[Service]ExecStartPre", _command("/bin/sh", "-c", ROOM)),
        ("[Service]ExecStartPre", _command("-/usr/bin/env", "yarn", "nocobase", "postinstall")),
        ("[Service]ExecStart", _command("/usr/bin/env", "yarn", "start")),
        *again,
        ("[Service]KillMode", "control-group"),
        ("[Service]TimeoutStopSec", "60"),
        ("[Service]LimitNOFILE", "65536"),
    ]
    in_a_container = [
        ("[Service]WorkingDirectory", f"{folder}/docker"),
        mounted,
        ("[Service]ExecStart", _command(*compose, "up", "--no-color", "--no-log-prefix", "node")),
        ("[Service]ExecStop", _command(*compose, "stop", "node")),
        *again,
        ("[Service]TimeoutStopSec", "90"),
    ]
    return {
        UNIT: [
            ("[Unit]Description", "NocoBase node"),
            ("[Unit]Wants", f"network-online.target {mount} nocobase-health.timer"),
            ("[Unit]After", f"network-online.target remote-fs.target {mount}"),
            ("[Unit]StartLimitIntervalSec", "0"),
            ("[Service]Type", "simple"),
            *(in_a_container if docker else on_a_host),
            ("[Install]WantedBy", "multi-user.target"),
        ],
        "systemd/nocobase-health.service": [
            ("[Unit]Description", "NocoBase node: restart where only that helps"),
            ("[Unit]After", "nocobase.service"),
            ("[Service]Type", "oneshot"),
            ("[Service]ExecStart", _command("/bin/sh", PROGRAM)),
            ("[Service]RuntimeDirectory", "nocobase-health"),
            ("[Service]RuntimeDirectoryPreserve", "yes"),
            ("[Service]SyslogLevel", "notice"),
            ("[Service]LogLevelMax", "notice"),
        ],
        "systemd/nocobase-health.timer": [
            ("[Unit]Description", "NocoBase node: health four times a minute"),
            ("[Unit]PartOf", "nocobase.service"),
            ("[Timer]OnCalendar", "*:*:0/15"),
            ("[Timer]AccuracySec", "1s"),
        ],
    }


def _script(text: str, cluster: Cluster) -> list[str]:
    """Return which settings of the script are wrong, and whether its program is the one of this package."""
    head, mark, program = text.partition(f"\n{_PROGRAM}\n")
    with using(cluster.language):
        wanted = {name: str(value) for name, value in settings(cluster).items()} | {
            "restarted": _("The node answered 503 with this cause, and what it needs answers again. It was restarted:"),
            "enough": _("The node needs a restart again, after as many within an hour as are allowed. Look for the cause:"),
        }
    try:
        words = shlex.split(head, comments=True)
    except ValueError:
        return ["quotes"]
    found = [word.partition("=") for word in words]
    wrong = [name for name, equals, _value in found if not equals or not name.isidentifier()]
    given = {name: value for name, _equals, value in found}
    wrong += [name for name in (*wanted, *given) if given.get(name) != wanted.get(name)]
    wrong += ["twice"] if len(found) != len(given) else []
    template = resources(__package__).joinpath("templates", *f"{SCRIPT}.j2".split("/")).read_text("utf-8")
    own = template.partition(f"\n{_PROGRAM}\n")[2]
    return [*wrong, *([] if mark and _code(program) == _code(own) else ["program"])]


def _code(text: str) -> list[str]:
    """Return the lines of the program without comments, and without the messages of the template that become comments."""
    return [line for line in text.split("\n") if not line.lstrip().startswith(("#", "{{ _("))]
