"""Step 2: which commercial adapter plugins the licence holds."""

from __future__ import annotations

from nbcluster.answers.answers import Answers
from nbcluster.answers.fields import Choice, Field, FieldKind
from nbcluster.judge import license as judge
from nbcluster.steps.model import Step, Variable
from nbcluster.text import N_


def _choices(answers: Answers) -> tuple[Choice, ...]:
    return tuple(Choice(judge.short_name(p), p, judge.PURPOSE[p]) for p in judge.needed(answers))


def _variables(answers: Answers) -> tuple[Variable, ...]:
    out = [Variable("DISABLE_PKG_DOWNLOAD", "true", "emptied only in the first-boot and upgrade commands of the runbook")]
    own = [judge.short_name(p) for p in judge.needed(answers)] if answers.flag("license.auto_enable") else []
    names = dict.fromkeys((*own, *answers.words("license.plugins")))
    if names:
        out.append(Variable("APPEND_PRESET_BUILT_IN_PLUGINS", ",".join(names)))
    return tuple(out)


STEP = Step(
    id="license",
    title=N_("Licence"),
    why=N_(
        "The adapters are commercial plugins. The licence is bound to the operating system version and the database: "
        "another base image or a moved database voids it, and the plugins are then skipped without an error."
    ),
    fields=(
        Field(
            "license.confirmed",
            FieldKind.MULTI,
            N_("Licensed plugins"),
            section=N_("Licensed plugins"),
            why=N_("Tick each plugin that the licence of this installation holds; the list follows the middleware you choose."),
            otherwise=N_("A variable without its plugin is ignored in silence, or, for the lock, every lock throws."),
            choices=_choices,
            default=(),
        ),
        Field(
            "license.pending",
            FieldKind.BOOLEAN,
            N_("Still being ordered"),
            section=N_("Licensed plugins"),
            default=False,
            why=N_("Plugins without a tick become a warning and a gate in the runbook rather than an error."),
        ),
        Field(
            "license.confirmed_by",
            FieldKind.TEXT,
            N_("Confirmed by"),
            section=N_("Licensed plugins"),
            short=N_("Checked by"),
            why=N_("Who looked at the licence: printed in the summary."),
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
            why=N_("Names the plugins in APPEND_PRESET_BUILT_IN_PLUGINS, so that the first boot enables them."),
            otherwise=N_("Otherwise each has to be enabled by hand before LOCK_ADAPTER_DEFAULT=redis works."),
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
    rules=judge.RULES,
    variables=_variables,
)
