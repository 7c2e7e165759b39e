"""The licence and its plugins (nocobase.md §9)."""

from __future__ import annotations

from nbcluster.cluster import Cluster
from nbcluster.files.runbook.blocks import Blank, block, gate, in_application, joined, place_of, refuse, root_here, share, word
from nbcluster.files.runbook.kubectl import exec_in_shell, on_node
from nbcluster.text import _


def licence(cluster: Cluster) -> list[str]:
    """Return the paragraphs on the licence; they come after the storage is set up and before anything boots."""
    name = place_of(cluster)
    said = [
        _("Required: {names}.").format(names=", ".join(f"`{package}`" for package in cluster.license.needed)),
        _(
            "The licence is bound to the operating system version and to the database. NocoBase skips plugins that it does not cover without an error; then this cluster has no locks, no sync signal and no queue between its nodes."
        ),
    ]
    if cluster.license.unconfirmed:
        names = ", ".join(f"`{name}`" for name in cluster.license.unconfirmed_names)
        said.append(
            gate()
            + _("Not confirmed yet: {names}. Do not start a second node before they are licensed and enabled.").format(
                names=names
            )
        )
    said.append(
        _(
            "This prints the instance id, which the service platform turns into a licence key. It may take people and days: nothing has stopped yet."
        )
    )
    offline = cluster.license.offline
    then = (
        _(
            "Put the key in a file and name it here; the share brings it to every node. The packages are of exactly version {version}:"
        )
        if offline
        else _("Put the key in a file and name it here; the share brings it to every node:")
    ).format(version=cluster.deployment.version)
    blanks = (Blank("LICENSE_KEY", _("the file with the licence key")), *((_packages(),) if offline else ()))
    return [
        " ".join(said),
        block("license", name, *on_node(cluster, *_instance_id(cluster))),
        then,
        block("license-key", name, *_key(cluster), *(_unpacking(cluster) if offline else ()), blanks=blanks),
    ]


def _packages() -> Blank:
    return Blank("PACKAGES", _("the folder that holds the packages of the plugins (.tgz)"))


def _instance_id(cluster: Cluster) -> tuple[str, ...]:
    file = share(cluster, ".license", "instance-id")
    make = in_application(cluster, "yarn nocobase generate-instance-id")
    here = () if cluster.deployment.on_kubernetes else (root_here(),)
    said = refuse(
        _(
            "No instance ID was made. With PostgreSQL, its password must contain no space or backslash and must not begin with a quote."
        )
    )
    return (joined(*here, f"test -s {file} || {{ {make}; }}"), joined(f"test -s {file} || {said}", f"cat {file}", "echo"))


def _key(cluster: Cluster) -> tuple[str, ...]:
    no_file = _("{name} is not a file with a licence key.").format(name="LICENSE_KEY")
    look = f'[ -f "$LICENSE_KEY" ] && [ -s "$LICENSE_KEY" ] || {refuse(no_file)}'
    folder = share(cluster, ".license")
    there = "echo " + word(_("The licence key is there."))
    if cluster.deployment.on_kubernetes:
        inside = word(f"mkdir -p {folder} && cat > {folder}/license-key")
        return (f'{look}; {exec_in_shell(cluster)} sh -c {inside} < "$LICENSE_KEY"; {there}',)
    owner = word(cluster.deployment.owner)
    return (
        joined(root_here(), look),
        joined(f"install -d -o {owner} {folder}", f'install -o {owner} -m 600 "$LICENSE_KEY" {folder}/license-key', there),
    )


def plugins(cluster: Cluster) -> str:
    """Return the block that unpacks the plugins where nothing downloads them."""
    return block("plugins", place_of(cluster), *_unpacking(cluster), blanks=(_packages(),))


def _unpacking(cluster: Cluster) -> tuple[str, ...]:
    pods, names = cluster.deployment.on_kubernetes, " ".join(cluster.license.needed_names)
    missing = refuse(_("Each plugin needs exactly one package in the folder PACKAGES; nothing was unpacked."))
    look = (
        f"for plugin in {names}; do",
        'set -- "$PACKAGES"/*plugin-"$plugin"-[0-9]*.tgz',
        f'[ $# = 1 ] && [ -f "$1" ] || {missing}',
        "done",
    )
    send = (f'set -o pipefail; tar -C "$PACKAGES" -cf - . | {exec_in_shell(cluster)} tar -C /tmp -xf -',) if pods else ()
    unpack = (
        *(("PACKAGES=/tmp",) if pods else ()),
        f"for plugin in {names}; do",
        f"folder={share(cluster, 'plugins', '@nocobase')}/plugin-$plugin",
        'mkdir -p "$folder"',
        'tar -xzf "$PACKAGES"/*plugin-"$plugin"-[0-9]*.tgz -C "$folder" --strip-components=1',
        'grep -m1 \'"version"\' "$folder/package.json"',
        "done",
        f"chown -R {word(cluster.deployment.owner)} {share(cluster, 'plugins')}",
    )
    return (joined(*look), *send, *(on_node(cluster, *unpack) if pods else (joined(*unpack),)))
