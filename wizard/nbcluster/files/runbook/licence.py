"""The licence and the plugins that it brings (nocobase.md §9)."""

from __future__ import annotations

from nbcluster.answers.answers import Answers
from nbcluster.files.runbook.blocks import Blank, block, gate, in_application, paragraphs, place_of, refuse, share, user, word
from nbcluster.files.runbook.kubectl import exec_in_shell, on_node
from nbcluster.steps.license import needed, short_name, unconfirmed
from nbcluster.steps.start import on_kubernetes
from nbcluster.text import _


def licence(answers: Answers) -> str:
    """Return the chapter on the licence; it comes after the storage stands and before anything boots."""
    name = place_of(answers)
    parts = [
        _("Needed are {names}.").format(names=", ".join(f"`{package}`" for package in needed(answers))),
        _(
            "The licence is bound to the operating system version and to the database. NocoBase skips plugins that it does not cover without an error; then this cluster has no locks, no sync signal and no queue between its nodes."
        ),
    ]
    no_key = _("The licence key is missing: save it in {file}.").format(file=share(answers, ".license", "license-key"))
    open_ones = unconfirmed(answers)
    if open_ones:
        names = ", ".join(f"`{short_name(package)}`" for package in open_ones)
        parts.append(
            gate()
            + _("Still unconfirmed are {names}. Start no second node before they are licensed and enabled.").format(names=names)
        )
    parts += [
        _("As {user}: the instance id, which the service platform turns into a licence key:").format(user=user(answers)),
        block(
            "license",
            name,
            *on_node(
                answers,
                *in_application(answers, "yarn nocobase generate-instance-id")[:-1],
                f"test -s {share(answers, '.license', 'instance-id')} || {in_application(answers, 'yarn nocobase generate-instance-id')[-1]}",
                f"cat {share(answers, '.license', 'instance-id')}; echo",
            ),
        ),
        *(
            _key_into_the_volume(answers)
            if on_kubernetes(answers)
            else [_("Save the key where the next line looks for it; the share brings it to every node:")]
        ),
        block(
            "license-key",
            name,
            *on_node(
                answers,
                f"test -s {share(answers, '.license', 'license-key')} || {refuse(no_key)}",
                "echo " + word(_("The licence key is there.")),
            ),
        ),
    ]
    if answers["license.delivery"] == "offline":
        parts += _offline(answers, name)
    else:
        parts.append(_("The first boot downloads the plugins. It waits without end for a package server that does not answer."))
    return paragraphs(_("Licence and plugins"), *parts)


def _offline(answers: Answers, name: str) -> list[str]:
    pods = on_kubernetes(answers)
    plugins = " ".join(short_name(package) for package in needed(answers))
    missing = _("Each plugin needs exactly one package in the folder PACKAGES; nothing was unpacked.")
    return [
        _("Offline: unpack the packages of exactly version {version}:").format(version=answers.text("app.version")),
        block(
            "plugins",
            name,
            f"for plugin in {plugins}; do",
            '  set -- "$PACKAGES"/*plugin-"$plugin"-[0-9]*.tgz',
            f'  [ $# = 1 ] && [ -f "$1" ] || {refuse(missing)}',
            "done",
            *(["set -o pipefail"] if pods else []),
            *([f'tar -C "$PACKAGES" -cf - . | {exec_in_shell(answers)} tar -C /tmp -xf -'] if pods else []),
            *on_node(
                answers,
                *(["PACKAGES=/tmp"] if pods else []),
                f"for plugin in {plugins}; do",
                f"  folder={share(answers, 'plugins', '@nocobase')}/plugin-$plugin",
                '  mkdir -p "$folder"',
                '  tar -xzf "$PACKAGES"/*plugin-"$plugin"-[0-9]*.tgz -C "$folder" --strip-components=1',
                '  grep -m1 \'"version"\' "$folder/package.json"',
                "done",
                f"chown -R {user(answers)} {share(answers, 'plugins')}",
            ),
            blanks=(Blank("PACKAGES", _("the folder that holds the packages of the plugins (.tgz)")),),
        ),
    ]


def _key_into_the_volume(answers: Answers) -> list[str]:
    folder = share(answers, ".license")
    no_file = _("{name} is no file with a licence key.").format(name="LICENSE_KEY")
    return [
        _("The file with the licence key is on this machine. This puts it on the volume:"),
        block(
            "license-save",
            place_of(answers),
            f'[ -f "$LICENSE_KEY" ] && [ -s "$LICENSE_KEY" ] || {refuse(no_file)}',
            f'{exec_in_shell(answers)} sh -c {word(f"mkdir -p {folder} && cat > {folder}/license-key")} < "$LICENSE_KEY"',
            blanks=(Blank("LICENSE_KEY", _("the file with the licence key")),),
        ),
    ]
