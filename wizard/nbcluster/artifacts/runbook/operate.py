"""Upgrade, maintenance inside the application, and what a 503 says."""

from __future__ import annotations

from nbcluster.answers import Answers
from nbcluster.artifacts.runbook.blocks import (
    app_folder,
    block,
    first_node,
    name_of,
    overrides,
    paragraphs,
    stop,
    wait_for_health,
    word,
)
from nbcluster.artifacts.runbook.gate import client, queries
from nbcluster.text import _


def upgrade(answers: Answers) -> str:
    """Return the chapter on upgrades: all stopped, one upgrades, the others follow."""
    row = first_node(answers)
    backup = word(f"nocobase-{answers.text('name')}-before-upgrade.sql")
    dump = (
        f"pg_dump -h {word(answers.text('database.host'))} -p {answers.number('database.port')} -U {word(answers.text('database.user'))} {word(answers.text('database.name'))} > {backup}"
        if answers["database.dialect"] in ("postgres", "kingbase")
        else f"mysqldump -h {word(answers.text('database.host'))} -P {answers.number('database.port')} -u {word(answers.text('database.user'))} -p {word(answers.text('database.name'))} > {backup}"
    )
    return paragraphs(
        _("Upgrade"),
        _(
            "There is no rolling upgrade: all nodes stop, one upgrades alone, all run the same version afterwards. Under CLUSTER_MODE the upgrade step is skipped without a message, so it is emptied here. Commercial plugins have the version of the core."
        ),
        *(block("stop", name_of(each), *stop(answers, each)) for each in answers.rows("nodes")),
        block("backup", "bastion", dump),
        _("Install the wanted version in {folder} on every node, then on one:").format(folder=app_folder()),
        block("upgrade", name_of(row), f"cd {app_folder()}", f"{overrides(answers)} yarn start --quickstart"),
        f"**{_('Gate.')}**",
        block("gate-upgrade", name_of(row), *wait_for_health(answers, row), client(answers, queries(answers)[0])),
        _(
            "Stop it with ctrl+c, then start all nodes one by one as above. Run nbcluster again with the wanted version, so that these files say it too."
        ),
    )


def maintenance(answers: Answers) -> str:
    """Return the chapter on work that must happen with a single node."""
    row = first_node(answers)
    return paragraphs(
        _("Maintenance inside the application"),
        _(
            "Installing, enabling or updating plugins, backup and restore, and migrations happen with one node and one process. Stop the others, and restart all of them afterwards: a process that reloads may go on with a worker id that it no longer holds (unconfirmed)."
        ),
        *(block("stop", name_of(each), *stop(answers, each)) for each in answers.rows("nodes")),
        block("maintain", name_of(row), f"cd {app_folder()}", "CLUSTER_MODE= yarn start"),
        _("When it is done: ctrl+c, then start all nodes one by one."),
    )


def troubles(answers: Answers) -> str:
    """Return what the messages of the health address mean (nocobase.md §17)."""
    rows = (
        (
            'Lock adapter "redis" not registered',
            _("the lock plugin is not enabled: first boot with its overrides, or check the licence"),
        ),
        ("Invalid pathname", _("a Redis address has one slash after the scheme, or no number as its path")),
        ("WRONGPASS, NOAUTH", _("the cache's password or user is wrong or missing")),
        ("ECONNREFUSED", _("Redis was not there at the start: the node stays so, restart it")),
        ("ERR DB index is out of range", _("the server has fewer databases: raise `databases`, or use servers of their own")),
        ("Key must be 32 bytes", _("APP_AES_SECRET_KEY is not 64 hex digits")),
        ("store type [...] is unavailable", _("CACHE_DEFAULT_STORE is not exactly `redis`")),
        ("APP_COMMANDING, " + _("empty message"), _("the database does not let it in: see the log for the reason")),
        ("APP_NOT_INSTALLED_ERROR", _("started with CLUSTER_MODE on an empty database: do the first boot")),
        (_("process gone, status 0"), _("Redis went away: the service restarts it")),
    )
    path = answers.text("app.public_path")
    table = "\n".join([f"| {_('says')} | {_('means')} |", "|---|---|", *(f"| `{a}` | {b} |" for a, b in rows)]) + "\n"
    return paragraphs(
        _("When a node answers 503"),
        _("The cause stands in the reply of {path}api/__health_check and in the log (`journalctl -u nocobase`).").format(
            path=path
        ),
        table,
    )
