"""Step 1: which installation this is about and how it runs."""

from __future__ import annotations

from nbcluster.answers.answers import Answers
from nbcluster.answers.fields import Choice, Field, FieldKind
from nbcluster.facts import NAME, PORT
from nbcluster.judge import app
from nbcluster.judge.common import on_kubernetes
from nbcluster.steps.model import Step, Variable
from nbcluster.text import N_


def _variables(_answers: Answers) -> tuple[Variable, ...]:
    return (
        Variable("APP_ENV", "production"),
        Variable("LOGGER_TRANSPORT", "console", "files in shared storage would be written by every node at once"),
        Variable("SOCKET_PATH", "run/gateway.sock", "relative: local to each node's application folder, never on the share"),
        Variable("PM2_HOME", "run/pm2", "start deletes this folder: it must be local to the node"),
    )


def _is_existing(answers: Answers) -> bool:
    return answers["app.installation"] == "existing"


def _has_settings(answers: Answers) -> bool:
    return _is_existing(answers) or bool(answers.text("app.base_env"))


def _has_image(answers: Answers) -> bool:
    return answers["app.deployment"] in ("docker", "kubernetes")


def _zone(answers: Answers) -> str | None:
    return None if _is_existing(answers) else "UTC"


def _version(answers: Answers) -> str | None:
    return None if _is_existing(answers) else "2.2.15"


STEP = Step(
    id="start",
    title=N_("Start"),
    why=N_(
        "A new cluster begins with an empty database. An existing installation keeps its keys, its time zone and its uploads: "
        "say which of the two this is, and nothing that signs or encrypts data today is lost by a default."
    ),
    fields=(
        Field(
            "name",
            FieldKind.TEXT,
            N_("Name"),
            advanced=True,
            why=N_("Names the session, the nginx upstream and the map, so that staging and production do not collide."),
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
                "Its .env, compose file or manifests: the other variables are kept in the files that are written, of a .env the comments and order, too."
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
                    N_("hosts, systemd"),
                    N_("NocoBase runs from a folder on every node, started by systemd; Node.js and yarn are needed there."),
                ),
                Choice("docker", "Docker", N_("One compose file for every host, brought up by systemd.")),
                Choice("kubernetes", "Kubernetes", N_("Manifests, and values for the Helm chart if you want them.")),
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
            in_form=_has_image,
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
            otherwise=N_("Plugins of another version than the core fail in ways that show late."),
            default=_version,
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
                "Another zone than before shifts the dates of an existing installation; a zone that differs from DB_TIMEZONE stops the start."
            ),
            default=_zone,
            required=True,
            placeholder=N_("such as UTC or Europe/Berlin"),
        ),
    ),
    rules=app.RULES,
    variables=_variables,
)
