"""``inspect-plugin``: what an installed plugin reads from its environment."""

from __future__ import annotations

import argparse
import sys

from nbcluster.errors import ExitCode
from nbcluster.facts import RABBITMQ_PLUGIN
from nbcluster.probe.storage.plugin import Plugin, inspect_plugin
from nbcluster.text import _, ngettext

SHOWN_READERS = 3


def inspect(options: argparse.Namespace) -> int:
    """Print version and variables of a plugin's folder."""
    plugin = inspect_plugin(options.folder)
    if options.json:
        from nbcluster.cli.output import print_json

        print_json(
            {
                "schema": 1,
                "name": plugin.name,
                "version": plugin.version,
                "files": plugin.files,
                "variables": {name: list(files) for name, files in plugin.variables.items()},
                "queue_url_variable": plugin.broker_variable,
            }
        )
        return ExitCode.OK
    sys.stdout.write("\n".join(_lines(plugin)) + "\n")
    return ExitCode.OK


def _lines(plugin: Plugin) -> list[str]:
    count = ngettext("{count} file of server code", "{count} files of server code", plugin.files).format(count=plugin.files)
    lines = [f"{plugin.name} {plugin.version}  ({count})"]
    for name, files in plugin.variables.items():
        more = f" +{len(files) - SHOWN_READERS}" if len(files) > SHOWN_READERS else ""
        lines.append(f"  {name}  {', '.join(files[:SHOWN_READERS])}{more}")
    if not plugin.variables:
        lines.append("  " + _("no environment variable is read by name"))
    if plugin.broker_variable is not None:
        lines += ["", "[queue]", f'url_variable = "{plugin.broker_variable}"']
    elif plugin.name == RABBITMQ_PLUGIN:
        lines += ["", _("No single name can be the broker's address: read the code, or ask the plugin's vendor.")]
    return lines
