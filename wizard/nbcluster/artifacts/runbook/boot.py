"""First boot on one node with its overrides, its gate, then the others one by one."""

from __future__ import annotations

from nbcluster.answers import Answers
from nbcluster.artifacts.nginx import identifier
from nbcluster.artifacts.runbook.blocks import (
    app_folder,
    block,
    first_node,
    name_of,
    overrides,
    paragraphs,
    user,
    wait_for_health,
)
from nbcluster.artifacts.runbook.gate import client, queries
from nbcluster.judge.license import needed
from nbcluster.text import _


def first_boot(answers: Answers) -> str:
    """Return the chapter on the first boot."""
    row = first_node(answers)
    name = name_of(row)
    asked = queries(answers)
    return paragraphs(
        _("First boot, on {node} alone").format(node=name),
        _(
            "Every normal start of every process would install or upgrade; nothing keeps two of them apart. So one node starts alone, with one process and local locks; real variables in front of the command beat .env."
        ),
        _("As {user} on {node}; it stays in the foreground:").format(user=user(), node=name),
        block("first-boot", name, f"cd {app_folder()}", f"{overrides(answers)} yarn start --quickstart"),
        f"**{_('Gate.')}** "
        + _(
            "In a second terminal: wait for health. A running process proves nothing; NocoBase stays up and answers 503 with the cause."
        ),
        block("gate", name, *wait_for_health(answers, row)),
        _(
            "Then ask the database. Expected are, in this order: {version}; 3 or more roles; 0 plugins that broke off; {count} adapters."
        ).format(version=answers.text("app.version"), count=len(needed(answers))),
        block("gate-database", name, *(client(answers, query) for query in asked)),
        _(
            "0 roles on a healthy node means that an installation broke off and was restarted: it cannot be mended. Drop the database (of a new installation), and begin again."
        )
        if answers["app.installation"] != "existing"
        else _(
            "0 roles means that this is not the database of the installation, or a broken one: stop, and compare it with the backup."
        ),
        _(
            "Sign in, open the plugin manager and see that the adapters are enabled. Stop the first boot with ctrl+c, and start the node as it will run:"
        ),
        block("start", name, "systemctl enable --now nocobase", *wait_for_health(answers, row)),
    )


def other_nodes(answers: Answers) -> str:
    """Return the chapter on the other nodes and the balancer."""
    first = first_node(answers)
    parts = [
        _(
            "One after the other, each only when the one before is healthy. With CLUSTER_MODE, health is good as soon as one process is up; give the others some seconds."
        )
    ]
    for row in answers.rows("nodes"):
        if row != first:
            parts.append(block("start", name_of(row), "systemctl enable --now nocobase", *wait_for_health(answers, row)))
    if answers["balancer.kind"] == "nginx":
        parts += [
            _("Then the balancer:"),
            block(
                "balancer",
                "balancer",
                f"install -m 644 nginx/nocobase.conf /etc/nginx/conf.d/{identifier(answers)}.conf",
                "nginx -t && systemctl reload nginx",
            ),
        ]
    parts.append(
        _(
            "Create a collection through the balancer and see it on another node after a second or two: the sync signal works. Upload a file and open it on another node: the storage is shared."
        )
    )
    return paragraphs(_("The other nodes"), *parts)
