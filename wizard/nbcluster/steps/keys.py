"""Step 6: the keys that sign and encrypt, and the first administrator (nocobase.md §1 #2 #3, §15, §18)."""

from __future__ import annotations

from collections.abc import Iterable

from nbcluster.answers.answers import Answers
from nbcluster.answers.fields import Choice, Field, FieldKind
from nbcluster.answers.secret import MissingSecret, Secret
from nbcluster.errors import Problem, error, warning
from nbcluster.facts import AES_KEY, KEY_BYTES, KEY_VARIABLES, PUBLIC_PASSWORD, WEAK_KEYS
from nbcluster.steps.model import Context, Rule, Step
from nbcluster.steps.start import is_existing
from nbcluster.text import N_, _


def keeps(answers: Answers, path: str) -> bool:
    """Tell whether a key has to be found somewhere: the answer is ``keep``, or ``generate`` for an existing installation."""
    return answers[path] == "keep" or (answers[path] == "generate" and is_existing(answers))


def _literal(answers: Answers, path: str) -> str | None:
    value = answers[path]
    return value.reveal() if isinstance(value, Secret) and not isinstance(value, MissingSecret) else None


def _app_key(answers: Answers, context: Context) -> Iterable[Problem]:
    key = _literal(answers, "app.key")
    word = answers["app.key"] in ("generate", "keep")
    if word:
        kept = context.kept_env.get("APP_KEY") or context.base_env.get("APP_KEY")
        key = kept if kept and (kept in WEAK_KEYS or len(kept) < KEY_BYTES) else None
    if key is None:
        return
    if key in WEAK_KEYS:
        if is_existing(answers):
            yield error(
                "app.key",
                "app-key",
                _(
                    "is a published constant. NocoBase has most likely written storage/apps/main/jwt_secret.dat and signs with that."
                ),
                _(
                    "Keep that file on the share (from-storage), or paste a random key and remove the file: everybody signs in again."
                ),
            )
        elif word:
            yield error(
                "app.key",
                "app-key",
                _("the file that stands there holds a published constant: anybody could sign a session."),
                _("Remove the line from the file, or run `render --new-keys`, which replaces both keys."),
            )
        else:
            yield error(
                "app.key", "app-key", _("is a published constant: anybody could sign a session."), _("Let it be generated.")
            )
    elif len(key) < KEY_BYTES and word:
        yield warning(
            "app.key",
            "app-key",
            _("the key that is kept is shorter than 32 characters: whoever guesses it can sign a session."),
            _("Paste a key of 64 hex digits (openssl rand -hex 32) instead: everybody signs in again."),
        )
    elif len(key) < KEY_BYTES:
        yield error("app.key", "app-key", _("is shorter than 32 characters."), _("Let it be generated, or paste a longer one."))


def _aes_key(answers: Answers, _context: Context) -> Iterable[Problem]:
    key = _literal(answers, "app.aes_key")
    if key is not None and not AES_KEY.fullmatch(key):
        yield error(
            "app.aes_key",
            "aes-key",
            _("must be exactly 64 hex digits (32 bytes); the application does not start with anything else."),
            _("A key file of 32 bytes is turned into digits by: od -An -vtx1 aes_key.dat | tr -d ' \\n'"),
        )


def _nothing_to_keep(answers: Answers) -> tuple[str, str]:
    if is_existing(answers):
        return (
            _("a fresh key for an existing installation would lose what the old one protects, and no old one was found."),
            _("Keep the file on the share (from-storage), import the old .env, or paste the key."),
        )
    return (
        _("is to be kept, but neither the target folder nor the imported file has it."),
        _("Paste it, restore the file that holds it, or let it be generated."),
    )


def _kept(answers: Answers, context: Context) -> Iterable[Problem]:
    for path, name in KEY_VARIABLES.items():
        value, kept = answers[path], context.kept_env.get(name) or context.base_env.get(name)
        if keeps(answers, path) and not kept:
            yield error(path, "keys-kept", *_nothing_to_keep(answers))
        if not is_existing(answers) and value == "from-storage":
            yield error(path, "keys-kept", _("a fresh installation has no key file on the share."), _("Let it be generated."))
        literal = _literal(answers, path)
        if is_existing(answers) and literal is not None and kept and literal != kept and path == "app.aes_key":
            yield error(
                path,
                "keys-kept",
                _("differs from the key in the imported file: encrypted values could not be read."),
                _("Keep the old one."),
            )
        if (
            is_existing(answers)
            and value == "from-storage"
            and context.base_env.get(name)
            and context.base_env[name] not in WEAK_KEYS
        ):
            yield error(
                path,
                "keys-kept",
                _("the imported file sets {name}: leaving it out would change the key.").format(name=name),
                _("Choose to keep the one in the imported file (keep)."),
            )


def _jwt_file(answers: Answers, _context: Context) -> Iterable[Problem]:
    if is_existing(answers) and _literal(answers, "app.key") is not None:
        yield warning(
            "app.key",
            "jwt-file",
            _("storage/apps/main/jwt_secret.dat beats APP_KEY where it exists."),
            _("If this is another key than today's, remove the file during the conversion; the runbook has the line."),
        )


def _admin(answers: Answers, _context: Context) -> Iterable[Problem]:
    if is_existing(answers):
        for path in ("admin.email", "admin.password", "admin.language"):
            if path in answers:
                yield error(
                    path,
                    "admin-existing",
                    _("the first account exists already."),
                    _("Leave [admin] out for an existing installation."),
                )
    elif _literal(answers, "admin.password") in ("keep", "from-storage"):
        yield error(
            "admin.password",
            "admin-password",
            _("is a keyword for keys, not a password."),
            _("Choose another one, or let it be generated."),
        )
    elif _literal(answers, "admin.password") == PUBLIC_PASSWORD:
        yield error(
            "admin.password", "admin-password", _("is the public default."), _("Choose another one, or let it be generated.")
        )
    elif (typed := _literal(answers, "admin.password")) is not None and len(typed) < 8:
        yield warning("admin.password", "admin-password", _("is shorter than 8 characters."), _("Choose a longer one."))


RULES = (
    Rule("app-key", _app_key),
    Rule("aes-key", _aes_key),
    Rule("keys-kept", _kept),
    Rule("jwt-file", _jwt_file),
    Rule("admin", _admin),
)


def _key_choices(answers: Answers) -> tuple[Choice, ...]:
    if is_existing(answers):
        return (
            Choice(
                "from-storage",
                N_("keep the key file on the share"),
                N_("leaves APP_KEY out; storage/apps/main/jwt_secret.dat decides, nobody is signed out"),
            ),
            Choice(
                "keep",
                N_("keep the one from the imported or written .env"),
                N_("fails if there is none: a fresh key would sign everybody out"),
                ("generate",),
            ),
            Choice(
                "", N_("paste"), N_("the APP_KEY of today, or another one with jwt_secret.dat removed: everybody signs in again")
            ),
        )
    return (*_made(answers, "app.key"), Choice("", N_("paste"), ""))


def _aes_choices(answers: Answers) -> tuple[Choice, ...]:
    if is_existing(answers):
        return (
            Choice(
                "from-storage",
                N_("keep the key file on the share"),
                N_("leaves APP_AES_SECRET_KEY out; storage/apps/main/aes_key.dat must be on the share"),
            ),
            Choice(
                "keep",
                N_("keep the one from the imported or written .env"),
                N_("fails if there is none: encrypted values would be lost"),
                ("generate",),
            ),
            Choice(
                "", N_("paste 64 hex digits"), N_("of the key in use: od -An -vtx1 storage/apps/main/aes_key.dat | tr -d ' \\n'")
            ),
        )
    return (*_made(answers, "app.aes_key"), Choice("", N_("paste 64 hex digits"), ""))


def _made(answers: Answers, path: str) -> tuple[Choice, ...]:
    """Return the ways of a new installation; ``keep`` is offered where an answers file says it."""
    made = Choice("generate", N_("generate"), N_("64 random hex digits, made once at export"))
    kept = Choice("keep", N_("keep the one from the imported or written .env"), N_("fails if there is none"))
    return (made, kept) if answers[path] == "keep" else (made,)


_WORDS = ("generate", "keep", "from-storage")


def _default(answers: Answers) -> str:
    return "from-storage" if is_existing(answers) else "generate"


def _is_new(answers: Answers) -> bool:
    return not is_existing(answers)


STEP = Step(
    id="keys",
    title=N_("Keys"),
    why=N_(
        "APP_KEY signs sessions, APP_AES_SECRET_KEY encrypts secrets in the database. Both must be the same on every node. "
        "An unset APP_KEY does not mean a random key: a publicly known constant is used."
    ),
    fields=(
        Field(
            "app.key",
            FieldKind.KEY,
            "APP_KEY",
            section="APP_KEY",
            variable="APP_KEY",
            default=_default,
            required=True,
            choices=_key_choices,
            words=_WORDS,
            why=N_("Signs everybody's session. A jwt_secret.dat in the storage beats it."),
            otherwise=N_(
                "With a known constant anybody can sign a session; with different keys users are signed out at every other request."
            ),
        ),
        Field(
            "app.aes_key",
            FieldKind.KEY,
            "APP_AES_SECRET_KEY",
            section="APP_AES_SECRET_KEY",
            variable="APP_AES_SECRET_KEY",
            default=_default,
            required=True,
            choices=_aes_choices,
            words=_WORDS,
            why=N_("Encrypts secrets in the database: exactly 64 hex digits."),
            otherwise=N_("Another key than before: the application uses the cipher text as the value, without a message."),
        ),
        Field(
            "admin.email",
            FieldKind.TEXT,
            N_("Administrator's e-mail"),
            section=N_("First administrator"),
            short=N_("E-mail"),
            variable="INIT_ROOT_EMAIL",
            applies=_is_new,
            default="admin@nocobase.com",
            required=True,
            why=N_("First account of the installation, used once."),
            pattern=r"[^@\s]+@[^@\s]+",
            pattern_hint=N_("write an e-mail address"),
        ),
        Field(
            "admin.password",
            FieldKind.KEY,
            N_("Administrator's password"),
            section=N_("First administrator"),
            short=N_("Password"),
            variable="INIT_ROOT_PASSWORD",
            applies=_is_new,
            default="generate",
            required=True,
            choices=(
                Choice("generate", N_("generate"), N_("stays in the .env until you change it")),
                Choice("", N_("type"), ""),
            ),
            words=("generate",),
            why=N_("Set once at installation; without it the account has the public default admin123."),
            otherwise=N_("Public default credentials are tried by every scanner."),
        ),
        Field(
            "admin.language",
            FieldKind.CHOICE,
            N_("Language"),
            section=N_("First administrator"),
            variable="INIT_APP_LANG",
            applies=_is_new,
            default="en-US",
            required=True,
            choices=(Choice("en-US", "English"), Choice("zh-CN", "简体中文")),
            why=N_("Language of the installation."),
        ),
    ),
    rules=RULES,
)
