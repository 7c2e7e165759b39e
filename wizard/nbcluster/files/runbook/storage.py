"""The shared storage as one archive, and back (nocobase.md §10)."""

from __future__ import annotations

from nbcluster.cluster import Cluster
from nbcluster.files.runbook.blocks import Blank, block, refuse, root_here, share, word
from nbcluster.files.runbook.kubectl import exec_in_shell, in_shell
from nbcluster.text import _

_PLUGINS = "plugins/@nocobase"
"""Below the storage: what has to fit the version exactly, so that nothing newer may stay in it."""


def archive(cluster: Cluster, name: str, reason: str) -> str:
    """Return the block that packs the storage: on the first node, or of pods through the one with a shell to this machine."""
    failed = refuse(_("The backup failed, and is removed."), 'rm -f "$file.part"')
    file = f"{word('nocobase-' + cluster.name + '-storage-' + reason)}-$(date +%Y%m%d-%H%M%S).tgz"
    pack = f"tar -czf - --exclude=./logs --exclude=./tmp -C {share(cluster)} ."
    if cluster.deployment.on_kubernetes:
        lines: tuple[str, ...] = (
            "umask 077",
            f"file={file}",
            f'{exec_in_shell(cluster)} {pack} > "$file.part" || {failed}',
            'mv "$file.part" "$file"',
        )
        return block(name, "bastion", *lines)
    lines = (
        root_here(),
        "umask 077",
        'mkdir -p "$BACKUPS"',
        f'file="$BACKUPS/"{file}',
        f'{pack} > "$file.part" || {failed}',
        'mv "$file.part" "$file"',
        'ls -l "$file"',
    )
    return block(name, cluster.first_node.name, *lines, blanks=(Blank("BACKUPS", _("folder for the archives"), "/var/backups"),))


def unpacked(cluster: Cluster) -> str:
    """Return the block that brings an archive back; plugins that a newer version left are gone then."""
    no_file = refuse(_("{name} is not an archive of a storage.").format(name="ARCHIVE"))
    look = f'tar -tzf "$ARCHIVE" > /dev/null || {no_file}'
    blanks = (Blank("ARCHIVE", _("the archive of the storage (.tgz)")),)
    gone = share(cluster, *_PLUGINS.split("/"))
    if cluster.deployment.on_kubernetes:
        lines = (
            look,
            *in_shell(cluster, f"rm -rf {gone}"),
            f'{exec_in_shell(cluster)} tar -xzf - -C {share(cluster)} < "$ARCHIVE"',
        )
        return block("restore-storage", "bastion", *lines, blanks=blanks)
    missing = refuse(_("The share is not mounted here."))
    lines = (
        root_here(),
        look,
        f"mountpoint -q {word(cluster.share.path)} || {missing}",
        f"rm -rf {gone}",
        f'tar -xzf "$ARCHIVE" -C {share(cluster)}',
    )
    return block("restore-storage", cluster.first_node.name, *lines, blanks=blanks)
