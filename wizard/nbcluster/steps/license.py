"""Step 2: the commercial adapter plugins, which the topology needs, and whether the licence holds them (nocobase.md §9)."""

from __future__ import annotations

import re
from collections.abc import Iterable

from nbcluster import facts
from nbcluster.answers.answers import Answers
from nbcluster.answers.fields import Choice, Field, FieldKind
from nbcluster.errors import Problem, error, warning
from nbcluster.steps.middleware.queue import is_rabbitmq
from nbcluster.steps.model import Context, Rule, Step, Variable
from nbcluster.steps.start import is_existing
from nbcluster.text import N_, _
from nbcluster.text.clean import clean

LABEL = {
    facts.PUBSUB_PLUGIN: N_("Sync signal: plugin-pubsub-adapter-redis"),
    facts.LOCK_PLUGIN: N_("Distributed lock: plugin-lock-adapter-redis"),
    facts.QUEUE_PLUGIN: N_("Message queue: plugin-queue-adapter-redis"),
    facts.RABBITMQ_PLUGIN: N_("Message queue: plugin-queue-adapter-rabbitmq"),
    facts.WORKER_ID_PLUGIN: N_("Worker ID: plugin-workerid-allocator-redis"),
}
"""The purpose of each plugin, as NocoBase's page on preparing a cluster calls it, and its name."""
PURPOSE = {
    facts.PUBSUB_PLUGIN: N_("Tells the other nodes that collections or settings changed."),
    facts.LOCK_PLUGIN: N_("Lets one process at a time do a piece of work."),
    facts.QUEUE_PLUGIN: N_("Hands workflows and asynchronous tasks to background processes."),
    facts.RABBITMQ_PLUGIN: N_("Hands workflows and asynchronous tasks to background processes."),
    facts.WORKER_ID_PLUGIN: N_("Keeps the primary keys of different processes apart; needed from two processes on."),
}


def short_name(package: str) -> str:
    """Return a plugin's name without the package prefix."""
    return package.removeprefix(facts.PLUGIN_PREFIX)


def is_official(answers: Answers) -> bool:
    """Tell whether NocoBase's own commercial plugins register the adapters, and not somebody else's (nocobase.md §19 #9)."""
    return answers["license.adapters"] != "other"


def full_name(plugin: str) -> str:
    """Return the package that a name of a plugin means in APPEND_PRESET_BUILT_IN_PLUGINS (nocobase.md §2.5)."""
    return plugin if "/" in plugin else f"{facts.PLUGIN_PREFIX}{plugin}"


def needed(answers: Answers) -> tuple[str, ...]:
    """Return the packages that the chosen topology needs; those of another maker are what the answers name."""
    if not is_official(answers):
        return tuple(full_name(name) for name in answers.words("license.plugins"))
    queue = facts.RABBITMQ_PLUGIN if is_rabbitmq(answers) else facts.QUEUE_PLUGIN
    return (facts.PUBSUB_PLUGIN, facts.LOCK_PLUGIN, queue, facts.WORKER_ID_PLUGIN)


def unconfirmed(answers: Answers) -> tuple[str, ...]:
    """Return the needed packages without a tick; short and full names count. Another maker's need no licence of NocoBase."""
    if not is_official(answers):
        return ()
    ticked = {short_name(name) for name in answers.words("license.confirmed")}
    return tuple(p for p in needed(answers) if short_name(p) not in ticked)


def foreign(names: Iterable[str]) -> tuple[str, ...]:
    """Return those of a list of plugins that are none of the adapters: only they have to be carried over by name."""
    own = {short_name(package) for package in facts.ADAPTERS}
    stripped = (name.strip() for name in names)
    return tuple(dict.fromkeys(name for name in stripped if name and short_name(name) not in own))


_PACKAGE = r"(?:@[A-Za-z0-9~-][A-Za-z0-9._~-]*/)?[A-Za-z0-9~][A-Za-z0-9._~-]*"
"""A name of npm, with or without a scope: NocoBase loads what is listed by its name, and anything else would be a path on the node."""
_LONGEST_PACKAGE = 214
"""Characters of a name at npm."""


def _plugins(answers: Answers, _context: Context) -> Iterable[Problem]:
    for word in answers.words("license.plugins"):
        if len(word) > _LONGEST_PACKAGE or not re.fullmatch(_PACKAGE, word):
            yield error(
                "license.plugins",
                "license-plugins",
                _("{plugin} is not the name of a plugin.").format(plugin=clean(word, 80)),
                _("Write a name such as my-plugin or @my-company/plugin-name."),
            )


def _confirmed(answers: Answers, _context: Context) -> Iterable[Problem]:
    open_ones = unconfirmed(answers)
    if not open_ones:
        return
    message = _("not confirmed: {plugins}.").format(plugins=", ".join(short_name(p) for p in open_ones))
    if answers.flag("license.pending"):
        yield warning(
            "license.confirmed",
            "license",
            message,
            _("The runbook has a gate: no second node before these are licensed and enabled."),
        )
    else:
        yield error(
            "license.confirmed",
            "license",
            message,
            _('Tick each plugin that the licence covers, and "Still being ordered" for the rest (license.pending).'),
        )


def _known(answers: Answers, _context: Context) -> Iterable[Problem]:
    names = {short_name(p) for p in facts.ADAPTERS}
    if not is_official(answers):
        return
    for word in answers.words("license.confirmed"):
        if short_name(word) not in names:
            yield error(
                "license.confirmed",
                "license-known",
                _("{plugin} is not an adapter plugin.").format(plugin=word),
                _("Known are: {names}.").format(names=", ".join(sorted(names))),
            )


def _adapters(answers: Answers, _context: Context) -> Iterable[Problem]:
    if is_official(answers):
        return
    if not answers.words("license.plugins"):
        yield error(
            "license.plugins",
            "license-adapters",
            _("is empty, and license.adapters says that another plugin registers the adapters."),
            _("Name it: its name goes into APPEND_PRESET_BUILT_IN_PLUGINS."),
        )
    if answers.words("license.confirmed"):
        yield warning(
            "license.confirmed",
            "license-adapters",
            _("is not used: another plugin registers the adapters (license.adapters)."),
            _("Leave it out."),
        )
    yield warning(
        "license.adapters",
        "license-adapters",
        _("another plugin than NocoBase's own registers the adapters: nothing here was tried with it."),
        _("Compare the variables that it reads with those in the env file, and try locks and sync signals on two nodes."),
    )


RULES = (
    Rule("license", _confirmed),
    Rule("license-known", _known),
    Rule("license-plugins", _plugins),
    Rule("license-adapters", _adapters),
)


def _choices(answers: Answers) -> tuple[Choice, ...]:
    return tuple(Choice(short_name(p), LABEL[p], PURPOSE[p]) for p in needed(answers))


def _has_open_ones(answers: Answers) -> bool:
    return bool(unconfirmed(answers)) or answers.flag("license.pending")


def notes(answers: Answers) -> Iterable[str]:
    """Return what is needed to order a licence, and what makes it void (nocobase.md §9 #2, #3, #5, #10)."""
    yield _("The cache needs no plugin: its adapter is built in.")
    yield _(
        "Licences are ordered on NocoBase's commercial plugin service platform, for the instance ID in storage/.license/instance-id."
    )
    if is_existing(answers):
        yield _(
            "The old node's instance ID is no longer valid if the database or the operating system version changes: "
            "order for the one that the runbook shows."
        )
    else:
        yield _("The instance ID is made on the first node: the runbook has the lines that print it.")


def _variables(answers: Answers) -> tuple[Variable, ...]:
    out = [Variable("DISABLE_PKG_DOWNLOAD", "true", N_("emptied only in the first-boot and upgrade commands of the runbook"))]
    with_own = is_official(answers) and answers.flag("license.auto_enable")
    own = [short_name(p) for p in needed(answers)] if with_own else []
    names = dict.fromkeys((*own, *answers.words("license.plugins")))
    if names:
        out.append(Variable("APPEND_PRESET_BUILT_IN_PLUGINS", ",".join(names)))
    return tuple(out)


STEP = Step(
    id="license",
    title=N_("Licence"),
    why=N_(
        "A cluster needs NocoBase's Enterprise edition or higher, and these adapters, which are commercial plugins. A licence holds "
        "for one operating system version and one database: another base image or a moved database voids it, and NocoBase then "
        "starts without the plugins, with no more than a line in the log."
    ),
    fields=(
        Field(
            "license.confirmed",
            FieldKind.MULTI,
            N_("Licensed plugins"),
            section=N_("Licensed plugins"),
            all_label=N_("all of them"),
            why=N_("Tick each plugin that the licence of this installation covers; the list follows the middleware you choose."),
            otherwise=N_("A variable whose plugin is missing is silently ignored; with the lock variable, every lock fails."),
            choices=_choices,
            default=(),
            applies=is_official,
        ),
        Field(
            "license.pending",
            FieldKind.BOOLEAN,
            N_("Still being ordered"),
            section=N_("Licensed plugins"),
            default=False,
            in_form=_has_open_ones,
            why=N_(
                "Everything can be prepared while the order runs: plugins without a tick become a gate in the runbook rather than an error."
            ),
        ),
        Field(
            "license.confirmed_by",
            FieldKind.TEXT,
            N_("Confirmed by"),
            section=N_("Licensed plugins"),
            short=N_("Checked by"),
            why=N_("Who checked the licence; printed in the summary."),
            placeholder=N_("name or team"),
        ),
        Field(
            "license.delivery",
            FieldKind.CHOICE,
            N_("Plugin delivery"),
            section=N_("Plugin delivery"),
            default="online",
            required=True,
            why=N_("Online: the first boot downloads the plugins. Offline: you unpack them into the shared storage before it."),
            choices=(
                Choice("online", N_("online, by licence key"), N_("The first boot downloads the plugins with the licence key.")),
                Choice(
                    "offline",
                    N_("offline, unpacked by hand"),
                    N_("You unpack the plugins into the shared storage before the first boot."),
                ),
            ),
        ),
        Field(
            "license.auto_enable",
            FieldKind.BOOLEAN,
            N_("Enable automatically"),
            section=N_("Plugin delivery"),
            default=True,
            variable="",
            why=N_("Lists the plugins in APPEND_PRESET_BUILT_IN_PLUGINS, so that the first boot enables them."),
            otherwise=N_("Otherwise each has to be enabled by hand before LOCK_ADAPTER_DEFAULT=redis works."),
        ),
        Field(
            "license.adapters",
            FieldKind.CHOICE,
            N_("Adapters"),
            default="official",
            in_form=False,
            why=N_(
                "Who registers the adapters of the cluster: NocoBase's commercial plugins, or those of another maker, listed in license.plugins."
            ),
            choices=(
                Choice("official", N_("the commercial plugins of NocoBase")),
                Choice("other", N_("another plugin: nothing here was tried with it")),
            ),
        ),
        Field(
            "license.plugins",
            FieldKind.MULTI,
            N_("Further plugins"),
            why=N_(
                "Plugins of other makers that the installation names in APPEND_PRESET_BUILT_IN_PLUGINS: they stay in that list."
            ),
            in_form=False,
        ),
    ),
    rules=RULES,
    variables=_variables,
    notes=notes,
)
