"""Step 1: the installation and how it runs."""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Iterable, Mapping
from datetime import datetime

from nbcluster.answers.answers import Answers, Source
from nbcluster.answers.fields import Choice, Field, FieldKind
from nbcluster.answers.url import told
from nbcluster.errors import Problem, error, warning
from nbcluster.facts import (
    BROKER_VARIABLES,
    NAME,
    PER_NODE,
    PORT,
    REVIEWED,
    ROLE_VARIABLES,
    beside_reviewed,
    is_secret_name,
    numbers_of,
)
from nbcluster.steps.model import Context, Rule, Step, Variable
from nbcluster.text import N_, _
from nbcluster.text.clean import clean


def is_existing(answers: Answers) -> bool:
    """Tell whether the cluster grows out of an existing installation."""
    return answers["app.installation"] == "existing"


def on_kubernetes(answers: Answers) -> bool:
    """Tell whether the nodes are pods: their number counts, their hosts do not."""
    return answers["app.deployment"] == "kubernetes"


def on_machines(answers: Answers) -> bool:
    """Tell whether the nodes are machines with an address and a mounted share of their own."""
    return not on_kubernetes(answers)


def on_hosts(answers: Answers) -> bool:
    """Tell whether NocoBase is installed on machines, under systemd and an account of its own."""
    return answers["app.deployment"] == "host"


def in_docker(answers: Answers) -> bool:
    """Tell whether the nodes are containers on machines."""
    return answers["app.deployment"] == "docker"


def in_containers(answers: Answers) -> bool:
    """Tell whether the nodes are containers, of docker or in pods."""
    return in_docker(answers) or on_kubernetes(answers)


_OFFSET = re.compile(r"[+-]\d{2}:\d{2}")
_OFFSET_ZONES = {
    "+03:30": "Asia/Tehran",
    "+04:30": "Asia/Kabul",
    "+05:30": "Asia/Kolkata",
    "+05:45": "Asia/Kathmandu",
    "+06:30": "Asia/Yangon",
    "+08:45": "Australia/Eucla",
    "+09:30": "Australia/Darwin",
    "-09:30": "Pacific/Marquesas",
}
"""Zones without summer time at offsets that are not whole hours."""
_ZONE = re.compile(r"[A-Za-z][A-Za-z0-9_+-]*(?:/[A-Za-z0-9_+-]+){0,2}")


def _known(zone: str) -> bool:
    """Tell whether a zone exists; a machine without zone data cannot judge and lets it pass."""
    for name in (zone, "UTC"):
        try:
            zoneinfo.ZoneInfo(name)
        except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
            continue
        return name == zone
    return True


def inherited_zone(variables: Mapping[str, str]) -> str:
    """Return the zone that an installation runs in: TZ, else the one that NocoBase takes from DB_TIMEZONE (nocobase.md §2, §19 #6).

    An offset becomes a zone that is always at it. The empty text where the system's own zone decides.
    """
    zone, database = variables.get("TZ", ""), variables.get("DB_TIMEZONE", "")
    if zone or not database.startswith(("+", "-")):
        return zone or database
    if not _OFFSET.fullmatch(database):
        return ""
    if database in _OFFSET_ZONES:
        return _OFFSET_ZONES[database]
    hours, minutes = int(database[1:3]), database[4:]
    if minutes != "00" or hours > 12 + 2 * (database[0] == "+"):
        return ""
    # the sign of these names is that of POSIX: west of Greenwich is positive
    return "UTC" if hours == 0 else f"Etc/GMT{'-' if database[0] == '+' else '+'}{hours}"


def _time_zone(answers: Answers, context: Context) -> Iterable[Problem]:
    zone = answers.text("app.timezone")
    if not zone:
        return
    if not _ZONE.fullmatch(zone) or not _known(zone):
        yield error(
            "app.timezone",
            "time-zone",
            _("is not an IANA time zone."),
            _("Write a name such as UTC, Europe/Berlin or Asia/Shanghai."),
        )
        return
    before = inherited_zone(context.base_env)
    if is_existing(answers) and context.base_env.get("TZ") and before != zone:
        yield error(
            "app.timezone",
            "time-zone-kept",
            _("the installation runs in {before}: another zone shifts its dates.").format(before=told(before)),
            _("Keep {before}.").format(before=told(before)),
        )
    database_zone = context.base_env.get("DB_TIMEZONE", "")
    if database_zone and "/" in database_zone and database_zone != zone:
        yield error(
            "app.timezone",
            "time-zone-database",
            _("differs from DB_TIMEZONE={zone} of the imported file: the start stops.").format(zone=told(database_zone)),
            _("Use the same zone in both."),
        )
    elif _OFFSET.fullmatch(database_zone):
        yield from _database_offset(zone, database_zone)


def _database_offset(zone: str, offset: str) -> Iterable[Problem]:
    known = _offsets(zone)
    if known and offset not in known:
        yield error(
            "app.timezone",
            "time-zone-database",
            _("is at {known}, DB_TIMEZONE of the imported file at {offset}: the start stops.").format(
                known=", ".join(known), offset=offset
            ),
            _("Choose the zone that the installation runs in, or take DB_TIMEZONE out of the file."),
        )
    elif len(known) > 1:
        yield warning(
            "app.timezone",
            "time-zone-database",
            _("has summer time, DB_TIMEZONE={offset} of the imported file has none: half of the year the start stops.").format(
                offset=offset
            ),
            _("Take DB_TIMEZONE out of the file: it then follows TZ."),
        )


def _offsets(zone: str) -> tuple[str, ...]:
    """Return the offsets of a zone in winter and summer as ``±HH:MM``; none where the zone is unknown here."""
    try:
        info = zoneinfo.ZoneInfo(zone)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return ()
    shown = dict.fromkeys(datetime(2026, month, 1, tzinfo=info).strftime("%z") for month in (1, 7))
    return tuple(f"{text[:3]}:{text[3:]}" for text in shown)


def _version(answers: Answers, _context: Context) -> Iterable[Problem]:
    version = answers.text("app.version")
    place, (earliest, latest) = beside_reviewed(version), REVIEWED
    if place < 0:
        yield warning(
            "app.version",
            "version",
            _("{version} is older than {earliest}, the earliest advised for a cluster (unconfirmed).").format(
                version=version, earliest=earliest
            ),
            _("Upgrade the single node first; cluster faults of the cache order, locks and queue were fixed up to there."),
        )
    if place > 0:
        yield warning(
            "app.version",
            "version",
            _(
                "{version} is newer than {latest}, the last version that this program knows: what changed since is not judged."
            ).format(version=version, latest=latest),
            _("Read what NocoBase's changelog says of clusters since then, or look for a newer nbcluster."),
        )
    if () < numbers_of(version) < (2,):
        yield error(
            "app.version",
            "version",
            _("versions before 2.0 have no worker ids and another licence."),
            _("Upgrade the single node to 2.2 first."),
        )


def _image(answers: Answers, _context: Context) -> Iterable[Problem]:
    if answers["app.deployment"] == "host" and answers.text("app.image"):
        yield warning("app.image", "image", _("is not used by a host deployment."), _("Leave it out."))


REDIS_VARIABLES = (*ROLE_VARIABLES.values(), *BROKER_VARIABLES)
"""Variables of the old node's own middleware, which ``base_env`` never answers."""


def _names(names: Iterable[str]) -> str:
    return ", ".join(clean(name, 80) for name in names)


def untold(rule: str, secret: str, others: str, hint: str) -> Iterable[Problem]:
    """Yield what is lost because an imported file does not give the values of variables: the names of secrets, and of the others."""
    path = "app.base_env"
    if secret:
        message = _("the file does not tell the values of {names}: what they protect would be lost.")
        yield error(path, rule, message.format(names=secret), hint)
    if others:
        message = _("the file does not tell what these hold, so it is not in the written files: {names}.")
        yield warning(path, rule, message.format(names=others), hint)


def _base_env(answers: Answers, context: Context) -> Iterable[Problem]:
    unknown = [name for name in context.base_unknown if name not in _answered(answers)]
    # a file or Secret that was not read is no variable: what it holds may all be answered
    secret = [name for name in unknown if is_secret_name(name) and re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name)]
    others = [name for name in unknown if name not in secret]
    hint = _(
        "Let that file tell them: compose reads the .env beside it, manifests need their Secrets in one file. Or name a .env that holds all variables."
    )
    yield from untold("base-env", _names(secret), _names(others[:40]), hint)
    yield from _modes(answers, context)
    transport = context.base_env.get("LOGGER_TRANSPORT", "")
    if transport and transport != "console":
        yield warning(
            "app.base_env",
            "base-env",
            _(
                "LOGGER_TRANSPORT={value} becomes console: log files in the shared storage would be written by every node at once."
            ).format(value=told(transport)),
            _("Read the logs with journalctl, docker logs or kubectl logs."),
        )
    filled = [
        path
        for path, answer in answers.items()
        if answer.source is Source.BASE
        and (path not in answers.fields or answer.value != answers.fields[path].default_for(answers))
    ]
    if not filled:
        return
    left = [name for name in REDIS_VARIABLES if context.base_env.get(name)]
    message = _("answers what the answers file leaves out: {paths}.").format(paths=", ".join(filled))
    if left:
        message += " " + _("Not taken from it: {names}.").format(names=", ".join(left))
    yield warning("app.base_env", "base-env", message, _("Write an answer where the cluster is to differ from the old node."))


def _modes(answers: Answers, context: Context) -> Iterable[Problem]:
    """Name settings of the old node's processes that no node of the cluster has."""
    for name in PER_NODE:
        column = name.lower()
        before = context.base_env.get(name, "")
        known = any(row.get(column) for row in answers.rows("nodes")) or (on_kubernetes(answers) and name == "CLUSTER_MODE")
        if before and not known:
            yield warning(
                "nodes",
                "base-env",
                _("the old node has {name}={value}, and no node of the cluster has one.").format(name=name, value=told(before)),
                _("Set {column} on the nodes that need it.").format(column=column),
            )


def _answered(answers: Answers) -> frozenset[str]:
    """Return the variables that an answer writes, whatever the imported file says of them."""
    return frozenset(
        field.variable for path, field in answers.fields.items() if field.variable and answers[path] not in (None, "", "generate")
    )


RULES = (Rule("time-zone", _time_zone), Rule("version", _version), Rule("image", _image), Rule("base-env", _base_env))


def _variables(_answers: Answers) -> tuple[Variable, ...]:
    return (
        Variable("APP_ENV", "production"),
        Variable("LOGGER_TRANSPORT", "console", N_("files in shared storage would be written by every node at once")),
        Variable("SOCKET_PATH", "run/gateway.sock", N_("relative: local to each node's application folder, never on the share")),
        Variable("PM2_HOME", "run/pm2", N_("start deletes this folder: it must be local to the node")),
    )


def _has_settings(answers: Answers) -> bool:
    return is_existing(answers) or bool(answers.text("app.base_env"))


PROPOSED_IN_CHINESE = {"app.timezone": "Asia/Shanghai", "admin.language": "zh-CN"}
"""What is proposed to somebody who runs the wizard in Chinese, for a new installation."""

MIRROR = "registry.cn-shanghai.aliyuncs.com/nocobase/nocobase"
"""The registry that NocoBase's Chinese documentation names first, as Docker Hub is often out of reach from there."""


def derive(answers: Answers, _context: Context) -> Answers:
    """Propose what goes with the language that the wizard began in: answers that can be changed, none of them to an existing installation."""
    in_chinese = answers.source("output.language") is Source.DERIVED and answers["output.language"] == "zh_CN"
    if not in_chinese and not is_existing(answers):
        return answers
    proposed: dict[str, str | None] = dict.fromkeys((*PROPOSED_IN_CHINESE, "app.image"))
    if not is_existing(answers):
        proposed |= PROPOSED_IN_CHINESE
        if in_containers(answers) and answers.text("app.version"):
            proposed["app.image"] = f"{MIRROR}:{answers.text('app.version')}"
    for path, value in proposed.items():
        if path not in answers.fields or (path in answers and answers.source(path) is not Source.DERIVED):
            continue
        answers = answers.without(path) if value is None else answers.with_(path, value, Source.DERIVED)
    return answers


def _default_zone(answers: Answers) -> str | None:
    return None if is_existing(answers) else "UTC"


def _default_version(answers: Answers) -> str | None:
    return None if is_existing(answers) else "2.2.15"


STEP = Step(
    id="start",
    title=N_("Start"),
    why=N_(
        "A new cluster begins with an empty database. An existing installation keeps its keys, its time zone and its uploads. "
        "Say which of the two this is, so that no default replaces what signs or encrypts data today."
    ),
    fields=(
        Field(
            "name",
            FieldKind.TEXT,
            N_("Name"),
            advanced=True,
            why=N_("Names the session, the nginx upstream and its map, so that staging and production do not collide."),
            otherwise=N_("Two clusters with one name on one load balancer overwrite each other's upstream."),
            default="nocobase",
            required=True,
            pattern=NAME,
            pattern_hint=N_("use lower-case letters, digits and hyphens, at most 40, beginning with a letter or digit"),
        ),
        Field(
            "app.installation",
            FieldKind.CHOICE,
            N_("Installation"),
            section=N_("Installation"),
            why=N_("An existing installation has keys that encrypt and sign its data; a new one gets fresh keys."),
            otherwise=N_("Fresh keys on an existing installation make its encrypted values unreadable and sign everybody out."),
            required=True,
            choices=(
                Choice(
                    "new",
                    N_("New: nothing runs yet"),
                    N_("Keys and the first administrator are generated; the database is empty."),
                ),
                Choice(
                    "existing",
                    N_("Existing: one server becomes a cluster"),
                    N_("Its keys, time zone and uploads are kept. Give its .env or compose file below."),
                ),
            ),
        ),
        Field(
            "app.base_env",
            FieldKind.PATH,
            N_("Existing settings"),
            section=N_("Installation"),
            short=N_("Settings"),
            in_form=_has_settings,
            why=N_(
                "Its .env, compose file or manifests. Variables that are not asked for here are kept in the files that are "
                "written; of a .env, comments and order as well."
            ),
            otherwise=N_("Without it, variables that the installation depends on may be missing on the nodes."),
            placeholder=N_("path of the old .env or compose file, optional"),
        ),
        Field(
            "app.deployment",
            FieldKind.CHOICE,
            N_("Deployment"),
            section=N_("Where it runs"),
            why=N_("Decides the form of the env file and which service files are written."),
            default="host",
            required=True,
            choices=(
                Choice(
                    "host",
                    N_("hosts (systemd)"),
                    N_("NocoBase runs from a folder on every node, started by systemd; Node.js and yarn are needed there."),
                ),
                Choice("docker", "Docker", N_("One compose file for every host, brought up by systemd.")),
                Choice(
                    "kubernetes",
                    "Kubernetes",
                    N_(
                        "Manifests, and values for the Helm chart if you want them. What is secret goes into a Secret, the rest into a ConfigMap."
                    ),
                ),
            ),
        ),
        Field(
            "kubernetes.namespace",
            FieldKind.TEXT,
            N_("Namespace"),
            section=N_("Where it runs"),
            default="nocobase",
            required=True,
            applies=on_kubernetes,
            pattern=r"(?=.{1,63}\Z)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?",
            pattern_hint=N_("use lower-case letters, digits and hyphens inside, at most 63"),
            why=N_("Namespace that every object is written for; the runbook creates it where it is missing."),
        ),
        Field(
            "app.image",
            FieldKind.TEXT,
            N_("Container image"),
            section=N_("Where it runs"),
            short=N_("Image"),
            length=64,
            in_form=in_containers,
            placeholder=N_("empty: nocobase/nocobase and the version"),
            why=N_(
                "Registry, name and tag as every node pulls it. Where Docker Hub cannot be reached: "
                "registry.cn-shanghai.aliyuncs.com/nocobase/nocobase, and the version as its tag."
            ),
            otherwise=N_("Another image than the installation runs today may lack its database clients, and voids a licence."),
        ),
        Field(
            "app.version",
            FieldKind.TEXT,
            N_("NocoBase version"),
            section=N_("Where it runs"),
            short="NocoBase",
            length=14,
            why=N_(
                "All nodes and all adapter plugins must run the same version; 2.1.41 or later is advised for clusters (unconfirmed minimum)."
            ),
            otherwise=N_("Plugins of a different version from the core fail in ways that show late."),
            default=_default_version,
            required=True,
            pattern=r"\d+\.\d+\.\d+(?:-[0-9A-Za-z.]+)?",
            pattern_hint=N_("write a full version such as 2.2.15"),
        ),
        Field(
            "app.port",
            FieldKind.INTEGER,
            N_("Port"),
            section=N_("Where it runs"),
            beside=True,
            variable="APP_PORT",
            why=N_("Port on which every node serves; the load balancer connects to it."),
            otherwise=N_("A port in use ends the start with exit status 1."),
            default=PORT,
            required=True,
            minimum=1,
            maximum=65535,
        ),
        Field(
            "app.public_path",
            FieldKind.TEXT,
            N_("Public path"),
            advanced=True,
            length=32,
            variable="APP_PUBLIC_PATH",
            why=N_("Path under which users reach NocoBase; / unless it shares a host name with something else."),
            otherwise=N_("API, WebSocket and file addresses are built from it: nodes that differ answer 404."),
            default="/",
            required=True,
            pattern=r"/(?:(?!\.{1,2}/)[A-Za-z0-9._~-]+/)*",
            pattern_hint=N_("begin and end with a slash, such as / or /nocobase/"),
        ),
        Field(
            "app.timezone",
            FieldKind.TEXT,
            N_("Time zone"),
            section=N_("Where it runs"),
            variable="TZ",
            why=N_("Must be the same on all nodes and agree with DB_TIMEZONE. An existing installation keeps the zone it has."),
            otherwise=N_(
                "Changing the zone of an existing installation shifts its dates; a zone that differs from DB_TIMEZONE prevents the start."
            ),
            default=_default_zone,
            required=True,
            placeholder=N_("such as UTC, Europe/Berlin or Asia/Shanghai"),
        ),
    ),
    rules=RULES,
    variables=_variables,
    derive=derive,
)
