"""The first question where no session was named: begin one, import an installation, or resume one."""

from __future__ import annotations

from pathlib import Path

from nbcluster.errors import NbclusterError
from nbcluster.prompts.asker import Asker, Back, Leave, Steps
from nbcluster.prompts.prompter import Option, PastedText
from nbcluster.sessions.store import SessionStore
from nbcluster.text import _
from nbcluster.wizard import Wizard, from_import, from_nothing, from_session


def choose_session(asker: Asker) -> Wizard | None:
    """Return a wizard on a locked session, or None when the user leaves."""
    while True:
        try:
            chosen = asker.choice(_("What do you want to do?"), _options(), "new")
        except (Back, Steps, PastedText):
            continue
        except Leave:
            return None
        try:
            return _begin(asker, chosen)
        except (Back, Steps, PastedText):
            continue
        except Leave:
            return None
        except NbclusterError as fault:
            asker.refuse(*fault.lines())


def _options() -> list[Option]:
    options = [
        Option("new", _("New: a cluster from an empty database, or from a single node")),
        Option("import", _("Import: begin with the settings of an existing installation")),
    ]
    for info in SessionStore().list():
        when = info.saved_at.astimezone().strftime("%Y-%m-%d %H:%M") if info.saved_at else ""
        owner = "  " + _("in use by {owner}").format(owner=info.locked_by) if info.locked_by else ""
        options.append(Option(f"resume {info.name}", _("Resume {name}").format(name=info.name) + f"  {when}  {info.step}{owner}"))
    return options


def _begin(asker: Asker, chosen: str) -> Wizard:
    if chosen.startswith("resume "):
        return from_session(chosen.removeprefix("resume "))
    if chosen == "new":
        return from_nothing(
            asker.text(_("Name of the cluster, such as prod; it can be changed later:"), "nocobase").strip() or "nocobase"
        )
    path = Path(asker.text(_("Its .env, compose file, ConfigMap or Secret, Helm values, or nb's config.json:")).strip())
    wizard = from_import(path)
    for line in wizard.report:
        asker.say(line, indent="  ")
    return wizard
