"""Verdicts and pages of what the tables of an installed NocoBase tell, before a set-up and of a running cluster."""

from __future__ import annotations

from nbcluster.checks.catalogue.model import Outcome, Page
from nbcluster.text import N_

OUTCOMES: dict[str, Outcome] = {
    "database.state.none": Outcome("ok", N_("no installation to look at")),
    "database.state.ok": Outcome(
        "ok", N_("whole, and of version {version}"), N_("{on} of {needed} adapters are enabled. The first boot enables: {off}.")
    ),
    "database.state.older": Outcome(
        "ok",
        N_("whole, of version {version}: the first boot upgrades it to {wanted}"),
        N_("{on} of {needed} adapters are enabled. The first boot enables: {off}."),
    ),
    "database.state.newer": Outcome(
        "warn",
        N_("the tables belong to version {version}, newer than {wanted}"),
        N_("What an older application makes of them is not known."),
        N_("Answer app.version with {version} or later."),
    ),
    "database.state.half": Outcome(
        "fail",
        N_("half an installation: {roles} roles, {broken} plugins broken off"),
        N_("One that broke off looks healthy after the next start, and nobody can sign in."),
        N_(
            "Drop the database, make an empty one, and choose a new installation; or restore the backup of the one that was whole."
        ),
    ),
    "database.state.unknown": Outcome(
        "skip",
        N_("the installation's tables do not answer under the names that the answers give them"),
        "",
        N_("Check the schema, the table prefix and whether names are underscored."),
    ),
    "database.application.ok": Outcome("ok", N_("the tables are those of NocoBase {version}")),
    "database.application.other": Outcome(
        "warn",
        N_("the tables are those of NocoBase {version}; {wanted} was asked for"),
        "",
        N_("Nodes with CLUSTER_MODE upgrade nothing: follow the runbook's upgrade on one node."),
    ),
    "database.application.none": Outcome(
        "fail",
        N_("the installation broke off before it wrote its version"),
        "",
        N_("Drop the database, make an empty one, and begin with the runbook's first boot."),
    ),
    "database.whole.ok": Outcome("ok", N_("the installation is whole: {roles} roles")),
    "database.whole.half": Outcome(
        "fail",
        N_("half an installation: {roles} roles, {broken} plugins broken off"),
        N_("It may look healthy, and nobody can sign in."),
        N_("Drop the database, make an empty one, and begin with the runbook's first boot."),
    ),
    "database.whole.unknown": Outcome(
        "error", N_("the tables do not answer as those of NocoBase do"), "", N_("Check schema, prefix and names.")
    ),
    "database.adapters.ok": Outcome("ok", N_("all {count} adapter plugins are enabled")),
    "database.adapters.missing": Outcome(
        "fail",
        N_("adapter plugins are not in force: missing {missing}; not enabled {off}"),
        N_("What they should carry stays on each node alone."),
        N_(
            "Check the licence and APPEND_PRESET_BUILT_IN_PLUGINS, then upgrade on one node with CLUSTER_MODE empty, as the runbook says."
        ),
    ),
    "database.adapters.version": Outcome(
        "warn",
        N_("adapter plugins of another version than {wanted}: {others}"),
        "",
        N_("All plugins have the version of the application: upgrade them."),
    ),
}

PAGES: tuple[Page, ...] = (
    Page(
        "database.state",
        N_("What the installation in the database is like"),
        N_("Before the set-up: whether it broke off, its version beside the wanted one, which adapters are enabled."),
        N_("A whole installation, or an empty database."),
        (
            "SELECT value FROM applicationVersion",
            "SELECT count(*) FROM roles",
            "SELECT count(*) FROM applicationPlugins WHERE enabled AND installed IS NOT TRUE",
            "SELECT packageName, version, enabled AND installed FROM applicationPlugins WHERE packageName IN (...)",
        ),
        ("database",),
    ),
    Page(
        "database.application",
        N_("The tables belong to the wanted version"),
        N_("Nodes with CLUSTER_MODE never upgrade. Only in `nbcluster verify`."),
        N_("The runbook's upgrade."),
        ("SELECT value FROM applicationVersion",),
        ("database",),
    ),
    Page(
        "database.whole",
        N_("The installation is whole"),
        N_(
            "One that broke off and was started again looks healthy: that it has no roles is the only lasting sign. Only in `nbcluster verify`."
        ),
        N_("An empty database and the runbook's first boot."),
        ("SELECT count(*) FROM roles", "SELECT count(*) FROM applicationPlugins WHERE enabled AND installed IS NOT TRUE"),
        ("database",),
    ),
    Page(
        "database.adapters",
        N_("The adapter plugins are enabled, in the version of the application"),
        N_("A variable without its plugin is ignored in silence. Only in `nbcluster verify`."),
        N_("Licence, APPEND_PRESET_BUILT_IN_PLUGINS, an upgrade on one node."),
        ("SELECT packageName, version, enabled AND installed FROM applicationPlugins WHERE packageName IN (...)",),
        ("database",),
    ),
)
