"""The variables of one application as a file sets them, each with the line it stands in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    """The forms that a file can have."""

    ENV = ".env"
    COMPOSE = "compose"
    KUBERNETES = "kubernetes"
    HELM = "helm"
    NB = "nb"


class Place(StrEnum):
    """Where a variable stands: decides who reads its text, and whether a password may be there."""

    ENV = ".env"
    ENVIRONMENT = "environment"
    ENV_FILE = "env_file"
    CONFIG_MAP = "ConfigMap"
    SECRET = "Secret"  # noqa: S105 - the name of a place
    VALUES = "values"
    CONFIG = "config.json"


@dataclass(frozen=True)
class Setting:
    """One variable; ``value`` is None where it comes from elsewhere, ``line`` counts from 1 (0: a file without lines of its own).

    ``file`` is another file than the one that was read (a compose ``env_file``). ``bare`` is a YAML scalar that is no text: a number,
    true or false. ``owner`` is the object whose container alone gets it: another one may well have another value. ``why`` says why the value
    is not known; it is translated. ``reference`` is the entry of a ConfigMap or Secret that it is taken from (``Secret nb/password``).
    ``dollar`` is a variable that compose finds beside other text and that nothing sets, or ``$`` for one that it refuses: a dollar sign of the
    value itself may be meant.
    ``other`` is a number that YAML hands on in another way than it is written, such as 0123.
    """

    name: str
    value: str | None = field(repr=False)
    line: int
    place: Place
    file: str = ""
    bare: bool = False
    owner: str = ""
    why: str = ""
    reference: str = ""
    dollar: str = ""
    other: bool = False


@dataclass(frozen=True)
class Fact:
    """Something that a file says beside the variables, and the place where; an empty text where it does not say it.

    ``file`` is another file than the one that was read.
    """

    value: str = ""
    line: int = 0
    file: str = ""

    def __bool__(self) -> bool:
        return bool(self.value)


@dataclass(frozen=True)
class Scale:
    """How many of an application run, and what they share.

    ``count`` is the number of replicas that a file names, ``most`` the number that an autoscaler may reach. ``volume`` says what the storage
    is: ``claim``, ``own`` (each replica has its own), ``node`` (a folder of one machine), ``none``, or empty where that cannot be told;
    ``modes`` are the access modes of its claim. ``rolling`` is an update that runs two versions beside each other. ``liveness`` is the path
    that restarts a pod which does not answer, ``patient`` whether something waits for a start first. ``services`` are the objects whose
    names Kubernetes puts into the environment. ``evicting`` are the hosts of Redis that drop keys when their memory is full.
    """

    count: Fact = Fact()
    most: Fact = Fact()
    volume: str = ""
    modes: Fact = Fact()
    rolling: Fact = Fact()
    liveness: Fact = Fact()
    patient: bool = False
    services: tuple[Fact, ...] = ()
    evicting: tuple[tuple[str, Fact], ...] = ()


@dataclass(frozen=True)
class Setup:
    """How an application runs, as far as its file says.

    ``deployment`` is ``docker``, ``kubernetes`` or empty for what may be either. ``image`` holds registry and tag. ``storage`` is what is
    mounted as NocoBase's storage. ``ports`` are published ones (``13000:80``). ``neighbours`` are the services of a compose file,
    whose names nobody outside it knows. ``scale`` is how many of it run.
    """

    deployment: str = ""
    image: Fact = Fact()
    storage: Fact = Fact()
    ports: tuple[Fact, ...] = ()
    namespace: Fact = Fact()
    neighbours: tuple[str, ...] = ()
    scale: Scale = Scale()


@dataclass(frozen=True)
class SettingsSource:
    """All settings of one application, in order, the last of a name holds.

    ``title`` is the service or environment. ``unread`` names what the file takes variables from and what could not be read here, so that
    a missing variable may be there. ``objects`` are the ConfigMaps and Secrets that a manifest holds, named like those in ``unread``.
    ``on_request`` is a service of a compose profile, which runs only when it is asked for. ``file`` is the file that it stands in where several
    were read together.
    """

    kind: Kind
    settings: tuple[Setting, ...]
    title: str = ""
    unread: tuple[tuple[int, str], ...] = ()
    objects: tuple[str, ...] = ()
    on_request: bool = False
    setup: Setup = Setup()
    file: str = ""

    @property
    def values(self) -> Mapping[str, str]:
        """The known values by name."""
        return {setting.name: setting.value for setting in self.last.values() if setting.value is not None}

    @property
    def last(self) -> Mapping[str, Setting]:
        """The setting that holds, by name."""
        return {setting.name: setting for setting in self.settings}


class SourceError(ValueError):
    """A file that cannot be read as any known form; ``line`` is where, 0 where that is unknown. The message is translated."""

    def __init__(self, message: str, line: int = 0) -> None:
        super().__init__(message)
        self.line = line


class NothingSetError(SourceError):
    """A file of a known form that sets no variables of NocoBase."""


Loader = Callable[[str], str | None]
"""Gives the text of a file that another one names, by its relative path; None where it cannot be read."""

OWN_NAMES = frozenset(
    {
        *("APP_AES_SECRET_KEY", "APP_PUBLIC_PATH", "APPEND_PRESET_BUILT_IN_PLUGINS", "CACHE_DEFAULT_STORE", "CACHE_REDIS_URL"),
        *(
            "PUBSUB_ADAPTER_REDIS_URL",
            "LOCK_ADAPTER_DEFAULT",
            "LOCK_ADAPTER_REDIS_URL",
            "QUEUE_ADAPTER",
            "QUEUE_ADAPTER_REDIS_URL",
        ),
        *(
            "CLUSTER_MODE",
            "WORKER_MODE",
            "DB_DIALECT",
            "DB_UNDERSCORED",
            "DB_TABLE_PREFIX",
            "INIT_ROOT_EMAIL",
            "INIT_ROOT_PASSWORD",
        ),
        *("NOCOBASE_PKG_USERNAME", "NOCOBASE_PKG_PASSWORD", "NOCOBASE_PKG_URL"),
    }
)
"""Names of NocoBase's own (nocobase.md §2): no other program's environment has them."""

KNOWN_NAMES = OWN_NAMES | {"APP_ENV", "APP_KEY", "APP_PORT", "DB_HOST", "DB_DATABASE", "DB_USER"}
"""With those that others use, too: they tell only where nothing else in a file is NocoBase's."""


def is_image(name: str) -> bool:
    """Tell whether an image is the application: the last part of its path is ``nocobase``, in any registry (nocobase.md §19 #13)."""
    return tag_of(name)[0].rpartition("/")[2].lower() == "nocobase"


def tag_of(image: str) -> tuple[str, str]:
    """Return an image's name and its tag, which is empty where it has none; a digest is left out."""
    name = image.partition("@")[0]
    path, slash, last = name.rpartition("/")
    base, _colon, tag = last.partition(":")
    return path + slash + base, tag
