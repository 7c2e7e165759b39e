"""The licence and the plugins that it brings (nocobase.md §9)."""

from __future__ import annotations

from nbcluster.cluster import Cluster
from nbcluster.files.runbook.blocks import Blank, block, gate, in_application, paragraphs, place_of, refuse, share, word
from nbcluster.files.runbook.kubectl import exec_in_shell, on_node
from nbcluster.text import _


def licence(cluster: Cluster) -> str:
    """Return the chapter on the licence; it comes after the storage stands and before anything boots."""
    name = place_of(cluster)
    parts = [
        _("Needed are {names}.").format(names=", ".join(f"`{package}`" for package in cluster.license.needed)),
        _(
            "The licence is bound to the operating system version and to the database. NocoBase skips plugins that it does not cover without an error; then this cluster has no locks, no sync signal and no queue between its nodes."
        ),
    ]
    no_key = _("The licence key is missing: save it in {file}.").format(file=share(cluster, ".license", "license-key"))
    if cluster.license.unconfirmed:
        names = ", ".join(f"`{name}`" for name in cluster.license.unconfirmed_names)
        parts.append(
            gate()
            + _("Still unconfirmed are {names}. Start no second node before they are licensed and enabled.").format(names=names)
        )
    parts += [
        _("As {user}: the instance id, which the service platform turns into a licence key:").format(
            user=cluster.deployment.owner
        ),
        block(
            "license",
            name,
            *on_node(
                cluster,
                *in_application(cluster, "yarn nocobase generate-instance-id")[:-1],
                f"test -s {share(cluster, '.license', 'instance-id')} || {in_application(cluster, 'yarn nocobase generate-instance-id')[-1]}",
                f"cat {share(cluster, '.license', 'instance-id')}; echo",
            ),
        ),
        *(
            _key_into_the_volume(cluster)
            if cluster.deployment.on_kubernetes
            else [_("Save the key where the next line looks for it; the share brings it to every node:")]
        ),
        block(
            "license-key",
            name,
            *on_node(
                cluster,
                f"test -s {share(cluster, '.license', 'license-key')} || {refuse(no_key)}",
                "echo " + word(_("The licence key is there.")),
            ),
        ),
    ]
    if cluster.license.offline:
        parts += _offline(cluster, name)
    else:
        parts.append(_("The first boot downloads the plugins. It waits without end for a package server that does not answer."))
    return paragraphs(_("Licence and plugins"), *parts)


def _offline(cluster: Cluster, name: str) -> list[str]:
    pods = cluster.deployment.on_kubernetes
    plugins = " ".join(cluster.license.needed_names)
    missing = _("Each plugin needs exactly one package in the folder PACKAGES; nothing was unpacked.")
    return [
        _("Offline: unpack the packages of exactly version {version}:").format(version=cluster.deployment.version),
        block(
            "plugins",
            name,
            f"for plugin in {plugins}; do",
            '  set -- "$PACKAGES"/*plugin-"$plugin"-[0-9]*.tgz',
            f'  [ $# = 1 ] && [ -f "$1" ] || {refuse(missing)}',
            "done",
            *(["set -o pipefail"] if pods else []),
            *([f'tar -C "$PACKAGES" -cf - . | {exec_in_shell(cluster)} tar -C /tmp -xf -'] if pods else []),
            *on_node(
                cluster,
                *(["PACKAGES=/tmp"] if pods else []),
                f"for plugin in {plugins}; do",
                f"  folder={share(cluster, 'plugins', '@nocobase')}/plugin-$plugin",
                '  mkdir -p "$folder"',
                '  tar -xzf "$PACKAGES"/*plugin-"$plugin"-[0-9]*.tgz -C "$folder" --strip-components=1',
                '  grep -m1 \'"version"\' "$folder/package.json"',
                "done",
                f"chown -R {cluster.deployment.owner} {share(cluster, 'plugins')}",
            ),
            blanks=(Blank("PACKAGES", _("the folder that holds the packages of the plugins (.tgz)")),),
        ),
    ]


def _key_into_the_volume(cluster: Cluster) -> list[str]:
    folder = share(cluster, ".license")
    no_file = _("{name} is no file with a licence key.").format(name="LICENSE_KEY")
    return [
        _("The file with the licence key is on this machine. This puts it on the volume:"),
        block(
            "license-save",
            place_of(cluster),
            f'[ -f "$LICENSE_KEY" ] && [ -s "$LICENSE_KEY" ] || {refuse(no_file)}',
            f'{exec_in_shell(cluster)} sh -c {word(f"mkdir -p {folder} && cat > {folder}/license-key")} < "$LICENSE_KEY"',
            blanks=(Blank("LICENSE_KEY", _("the file with the licence key")),),
        ),
    ]
