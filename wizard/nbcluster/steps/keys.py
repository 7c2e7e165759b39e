"""Step 6: the keys that sign and encrypt, and the first administrator."""

from __future__ import annotations

from nbcluster.answers.answers import Answers
from nbcluster.answers.fields import Choice, Field, FieldKind
from nbcluster.judge import keys as judge
from nbcluster.steps.model import Step
from nbcluster.text import N_


def _key_choices(answers: Answers) -> tuple[Choice, ...]:
    if answers["app.installation"] == "existing":
        return (
            Choice(
                "from-storage",
                N_("keep the key file on the share"),
                N_("leaves APP_KEY out; storage/apps/main/jwt_secret.dat decides, nobody is signed out"),
            ),
            Choice(
                "keep",
                N_("keep the one in the imported or written .env"),
                N_("an error where there is none: a fresh key would sign everybody out"),
                ("generate",),
            ),
            Choice(
                "", N_("paste"), N_("the APP_KEY of today, or another one with jwt_secret.dat removed: everybody signs in again")
            ),
        )
    return (*_made(answers, "app.key"), Choice("", N_("paste"), ""))


def _aes_choices(answers: Answers) -> tuple[Choice, ...]:
    if answers["app.installation"] == "existing":
        return (
            Choice(
                "from-storage",
                N_("keep the key file on the share"),
                N_("leaves APP_AES_SECRET_KEY out; storage/apps/main/aes_key.dat must be on the share"),
            ),
            Choice(
                "keep",
                N_("keep the one in the imported or written .env"),
                N_("an error where there is none: encrypted values would be lost"),
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
    kept = Choice("keep", N_("keep the one in the imported or written .env"), N_("an error where there is none"))
    return (made, kept) if answers[path] == "keep" else (made,)


_WORDS = ("generate", "keep", "from-storage")


def _default(answers: Answers) -> str:
    return "from-storage" if answers["app.installation"] == "existing" else "generate"


def _is_new(answers: Answers) -> bool:
    return answers["app.installation"] != "existing"


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
                Choice("generate", N_("generate"), N_("stands in the .env until you change it")),
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
    rules=judge.RULES,
)
