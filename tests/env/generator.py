"""Values that readers stumble over, from a fixed seed."""

from __future__ import annotations

import random

PIECES = (
    *"'\"`#$\\\n\r \t=:;&|<>(){}[]~!*?@%^+-,./_",
    *(
        "A",
        "b",
        "1",
        "z9",
        "\\n",
        "\\r",
        "\\t",
        "\\\\",
        "\\'",
        '\\"',
        "\\$",
        "\\0",
        "$$",
        "${A}",
        "$A",
        "$(x)",
        "%23",
        " #",
        "\r\n",
    ),
    *(
        "export ",
        "X=",
        "é",
        "ß",
        "中",
        "密码",
        "😀",
        "\u00a0",
        "\u0085",
        "\u2028",
        "\ufeff",
        "\u200d",
        "\x01",
        "\x1b",
        "\x1c",
        "\x7f",
    ),
)
"""Signs and sequences with a meaning to some reader, and text beyond ASCII."""


def values(count: int, seed: int) -> list[str]:
    """Return values of 0 to 12 pieces: reproducible, no secret."""
    source = random.Random(seed)  # noqa: S311 - reproducible values
    return ["".join(source.choices(PIECES, k=source.randint(0, 12))) for _number in range(count)]
