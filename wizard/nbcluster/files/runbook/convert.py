"""From a single node to a cluster, without losing a key that signs or encrypts (nocobase.md §10, §18)."""

from __future__ import annotations

from nbcluster.cluster import Cluster, KeyChoice
from nbcluster.facts import AES_KEY_FILES, JWT_KEY_FILE, KEY_BYTES, NEVER_SHARED, UPGRADE_MARK
from nbcluster.files.markup import code
from nbcluster.files.runbook.blocks import (
    ADMINISTRATOR,
    REACH,
    Blank,
    block,
    chapter,
    closed,
    gate,
    joined,
    nodes_line,
    place_of,
    port_is_free,
    refuse,
    root_here,
    share,
    word,
)
from nbcluster.files.runbook.kubectl import exec_in_shell, on_node
from nbcluster.files.runbook.sql import dump, move_out
from nbcluster.text import _

_LEFT_BEHIND = (*NEVER_SHARED, "logs", "nocobase.conf", ".nocobase", UPGRADE_MARK, "tmp")
"""Parts of storage/ that are not copied: they belong to one machine, or are temporary (nocobase.md §10)."""

_SIGNS = ("uploads", "apps/main", "plugins/@nocobase", ".license", "environment-variables")
"""Folders of which the storage of an installation has at least one (nocobase.md §2, §9, §10)."""

_LOOK = (
    'cd -- "$0" || exit 1; if [ "$(pwd -P)" = / ]; then exit 1; fi; '
    f'for part in {" ".join(_SIGNS)}; do if [ -d "$part" ]; then exit 0; fi; done; exit 1'
)
"""A script that tells whether the folder that it is called with is such a storage; not the root, also not by another name."""


def _old_storage(*, elsewhere: bool = False) -> tuple[Blank, tuple[str, ...]]:
    """Return what asks for the old storage and the lines that look at what was filled in, before anything is read or written."""
    said = _("{name} is not the storage folder of NocoBase: write its absolute path.").format(name="OLD_STORAGE")
    remote = ("""*:/*) ssh -n -- "${OLD_STORAGE%%:/*}" "sh -c $(printf %q "$look") $(printf %q "/${OLD_STORAGE#*:/}")" ;;""",)
    lines = (
        f"look={word(_LOOK)}",
        joined(
            "case $OLD_STORAGE in",
            '/*) sh -c "$look" "$OLD_STORAGE" ;;',
            *(remote if elsewhere else ()),
            "*) false ;;",
            f"esac || {refuse(said)}",
        ),
    )
    about = (
        _("the storage folder of the single node, or host:folder") if elsewhere else _("the storage folder of the single node")
    )
    return Blank("OLD_STORAGE", about), lines


def before_the_stop(cluster: Cluster) -> list[str]:
    """Return the paragraphs on what is settled while the single node still runs: data, a first copy of the storage, keys."""
    return [
        _(
            "The single node goes on working. Where its database is a service of its own compose file, or has its data in storage/db, the database moves to {host} now, before the licence and before the stop: OPERATE.md, Move the database. Env files that point outside the storage (APP_AES_SECRET_KEY_PATH, LOCAL_STORAGE_DEST, PLUGIN_STORAGE_PATH) are settled now, too. {command} says whether the nodes have its version or a later one. Then the first copy of its storage; it may take long, and the last one, after the stop, is short because of it."
        ).format(
            command="`nbcluster check --answers answers.toml`", host=code(f"{cluster.database.host}:{cluster.database.port}")
        )
        + f" {gate()}{_keys(cluster)}",
        _copying(cluster),
        *_same_key(cluster),
    ]


def stop_and_copy(cluster: Cluster, port: int) -> list[str]:
    """Return the paragraphs on the outage up to the first boot; ``port`` is that of the single node."""
    kinds = "compose, docker, systemd, pm2"
    blanks = (
        Blank("OLD_DO", _("stop; or back, which starts it again (the way back)"), "stop"),
        Blank("OLD_KIND", _("how the single node was started: {kinds}").format(kinds=kinds)),
        Blank("OLD_NAME", _("its service in compose (run the block beside the file), container, unit, or name in pm2")),
        Blank("OLD_PORT", _("the port of the single node"), str(port)),
    )
    return [
        _(
            "From here on nobody can work. Let running workflows and tasks end first: the single node's queue lives in its memory, and the cluster's does not take it over. Only the application stops, and it is kept from coming back. Then the dump, which alone brings the database back after the next step:"
        ),
        block("convert-stop", "old", *_switched(kinds), blanks=blanks),
        block("convert-backup-database", "bastion", *dump(cluster, "before-cluster", of_nocobase=True)),
        _(
            "Then the block convert once more: the last copy. The storage of the single node itself stays as it is, and is its backup. If copy left a node out, repeat it now."
        ),
    ]


def database_moves(cluster: Cluster) -> str:
    """Return the chapter of OPERATE.md on the database that stands in the single node's own stack, before the conversion."""
    return chapter(
        _("Move the database"),
        _(
            "Before the conversion, where the database is a service of the single node's own compose file or has its data in storage/db. It moves to {host}, where an empty database exists. Users wait meanwhile. This stops the application alone, and dumps the old database:"
        ).format(host=code(f"{cluster.database.host}:{cluster.database.port}")),
        block(
            "convert-move-database",
            "old",
            *move_out(cluster),
            blanks=(
                Blank("OLD_NAME", _("the service of the application in compose (run the block beside the file)")),
                Blank("OLD_DATABASE", _("the service of the database in the same file")),
            ),
        ),
        _(
            "Bring the dump to this machine and load it into the new database: the block restore-database. Then set DB_HOST and DB_PORT of the single node to it and start the application alone: {command}. The old database stays as it is until the end. The new one has another id: the licence is asked for after this."
        ).format(command=code("docker compose up -d --no-deps OLD_NAME")),
    )


def way_back() -> list[str]:
    """Return the way back to the single node: at every gate, until users have worked on the cluster."""
    return [
        _(
            "**The way back**, at every gate, as long as nobody has worked on the cluster: stop what runs of it (OPERATE.md, Stop all). If the first boot has begun, restore the dump of step 3 (OPERATE.md, Restore). Then the block convert-stop with OLD_DO=back: the single node starts again, and finds its storage as it left it."
        )
    ]


def _switched(kinds: str) -> tuple[str, ...]:
    """Return lines that stop the single node for good, or start it again: only the application, not the other services of its compose file."""
    silent = refuse(_("Nothing listens on this port: it is another one, or the single node has stopped already."))
    unknown = refuse(_("{name} is one of: {kinds}.").format(name="OLD_KIND", kinds=kinds))
    wrong = refuse(_("{name} is one of: {kinds}.").format(name="OLD_DO", kinds="stop, back"))
    container = '$(docker compose ps -aq "$OLD_NAME")'
    found = 'busy=$(ss -Hltn "sport = :$OLD_PORT")'
    return (
        joined(
            found,
            "case $OLD_DO in",
            f'stop) [ -n "$busy" ] || {silent} ;;',
            f"back) {joined(*port_is_free('$OLD_PORT'))} ;;",
            f"*) {wrong} ;;",
            "esac",
        ),
        joined(
            "case $OLD_DO-$OLD_KIND in",
            f'stop-compose) docker update --restart=no {container}; docker compose stop "$OLD_NAME" ;;',
            'stop-docker) docker update --restart=no "$OLD_NAME"; docker stop "$OLD_NAME" ;;',
            'stop-systemd) systemctl disable --now "$OLD_NAME" ;;',
            'stop-pm2) pm2 stop "$OLD_NAME"; pm2 save ;;',
        ),
        joined(
            f'back-compose) docker update --restart=always {container}; docker compose start "$OLD_NAME" ;;',
            'back-docker) docker update --restart=always "$OLD_NAME"; docker start "$OLD_NAME" ;;',
            'back-systemd) systemctl enable --now "$OLD_NAME" ;;',
            'back-pm2) pm2 start "$OLD_NAME"; pm2 save ;;',
            f"*) {unknown} ;;",
            "esac",
        ),
        f'if [ "$OLD_DO" = stop ]; then {joined(*port_is_free("$OLD_PORT"), closed())}; fi',
    )


def _copying(cluster: Cluster) -> str:
    """Return the block that copies the storage and proves that its key files came along, where they decide."""
    blank, look = _old_storage(elsewhere=not cluster.deployment.on_kubernetes)
    if cluster.deployment.on_kubernetes:
        excludes = " ".join(f"--exclude=./{part}" for part in _LEFT_BEHIND)
        pack = f'set -o pipefail; tar {excludes} -C "$OLD_STORAGE" -cf - .'
        lines: tuple[str, ...] = (f"{pack} | {exec_in_shell(cluster)} tar --no-same-owner -C {share(cluster)} -xf -",)
    else:
        excludes = " ".join(f"--exclude=/{part}" for part in _LEFT_BEHIND)
        lines = (
            f'rsync -a -s {excludes} -- "$OLD_STORAGE"/ {share(cluster)}/',
            f"chown -R {word(cluster.deployment.owner)} {share(cluster)}",
        )
        look = (joined(root_here(), look[0]), *look[1:])
    return block("convert", place_of(cluster), *look, *lines, *on_node(cluster, *_key_files(cluster)), blanks=(blank,))


def _key_files(cluster: Cluster) -> tuple[str, ...]:
    """Return lines that look at the key files on the share: those that decide have to be there, 32 bytes long."""
    file = share(cluster, JWT_KEY_FILE)
    there = "echo " + word(_("The key files are there."))
    missing = refuse(_("A key file is missing, or not 32 bytes long: answer this key anew before anything stops."))
    lines: list[str] = []
    if cluster.keys.signing is KeyChoice.FROM_STORAGE:
        lines.append(f'test "$(stat -c %s {file})" -eq {KEY_BYTES} || {missing}')
    else:
        beats = "echo " + word(_("The key file signs, not APP_KEY:")) + f" {file}"
        lines.append(f"if test -e {file}; then {beats}; else echo " + word(_("APP_KEY signs.")) + "; fi")
    if cluster.keys.encrypting is KeyChoice.FROM_STORAGE:
        places = " ".join(share(cluster, name) for name in AES_KEY_FILES)
        lines.append(f'for file in {places}; do if [ -f "$file" ]; then break; fi; done')
        lines.append(f'test "$(stat -c %s "$file")" -eq {KEY_BYTES} || {missing}')
    if KeyChoice.FROM_STORAGE in (cluster.keys.signing, cluster.keys.encrypting):
        lines.append(there)
    return (joined(*lines),)


def _keys(cluster: Cluster) -> str:
    """Return what the key files mean for sessions and for encrypted values."""
    file = share(cluster, JWT_KEY_FILE)
    if cluster.keys.signing is KeyChoice.FROM_STORAGE:
        signing = _(
            "The key file on the share signs the sessions, as it did; where it is missing, the single node used the published constant: let a random APP_KEY take over, and everybody signs in again."
        )
    elif cluster.keys.signing is KeyChoice.LITERAL:
        signing = _(
            "A key file beats APP_KEY. If it is there and the pasted APP_KEY is to sign from now on, remove it ({remove}): everybody signs in again. Left there, nobody notices anything, and APP_KEY has no effect."
        ).format(remove=code(f"rm {file}"))
    else:
        signing = _("A key file beats APP_KEY. If it is there, it signs today and goes on doing so: leave it ({file}).").format(
            file=code(file)
        )
    if cluster.keys.encrypting is not KeyChoice.FROM_STORAGE:
        return signing
    digits = code(f"od -An -vtx1 {share(cluster, AES_KEY_FILES[0])} | tr -d ' \\n'")
    return (
        signing
        + " "
        + _(
            "The key file on the share encrypts secrets in the database, as it did; a missing one would be made up anew, and all encrypted values would be lost. (To have it in the env file instead, answer app.aes_key with the 64 digits that {command} prints; they are a secret.)"
        ).format(command=digits)
    )


def _same_key(cluster: Cluster) -> list[str]:
    """Return the gate that compares the key of these files with the single node's; the key itself is not shown."""
    if cluster.keys.encrypting is KeyChoice.FROM_STORAGE:
        return []
    said = gate() + _(
        "APP_AES_SECRET_KEY decides. If the single node had none and used a key file, both must be the same key; another one loses all encrypted values:"
    )
    return [said, _comparison(cluster)]


def _comparison(cluster: Cluster) -> str:
    places = " ".join(share(cluster, file) for file in AES_KEY_FILES)
    search = f'for file in {places}; do if $as test -f "$file"; then break; fi; file=; done'
    expected = "APP_AES_SECRET_KEY=$($as od -An -vtx1 \"$file\" | tr -d ' \\n')"
    different = refuse(_("The keys are DIFFERENT: with this one all encrypted values are lost."))
    said = "echo " + word(_("no key file: the variable decides")), "echo " + word(_("the same key"))
    if cluster.deployment.on_kubernetes:
        inside = (f'if [ -z "$file" ]; then {said[0]}; elif env | grep -qix "{expected}"; then {said[1]}; else {different}; fi',)
        return block("convert-aes", place_of(cluster), *on_node(cluster, "as=", search, *inside))
    ours = ".nbcluster-key"
    script = (
        ADMINISTRATOR,
        search,
        'if [ -z "$file" ]; then right=none',
        f'elif grep -qix "{expected}" {ours}; then right=yes; else right=no; fi',
        f"rm -f {ours}",
        f"case $right in none) {said[0]} ;; yes) {said[1]} ;; *) {different} ;; esac",
    )
    return block(
        "convert-aes",
        "bastion",
        'IFS=, read -r name to at env port <<< "${NODES%% *}"; '
        f"""grep ^APP_AES_SECRET_KEY= .env | ssh ${{port:+-p "$port"}} -- "$to" {word(f"umask 077; cat > {ours}")}""",
        f"{REACH} {word(joined(*script))}",
        blanks=(nodes_line((cluster.first_node,)),),
    )
