"""The cluster as a drawing: boxes in rows of so many columns, joined by lines; text that can be selected and read aloud."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from nbcluster.cluster import Cluster
from nbcluster.facts import WORKER_IDS
from nbcluster.files.page.boxes import Box, balancer_box, data_boxes, node_boxes, wrapped
from nbcluster.files.topology import picture
from nbcluster.text import _
from nbcluster.text.clean import clean

_BOX, _GAP, _ROW, _LINE, _PAD, _LETTER = 282, 16, 34, 19, 14, 7.83
"""Width of a box, gap between boxes, gap between groups, height of a line, padding, width of a letter: units of the drawing."""

_HEAD = 42
"""Height of a group's caption above its boxes."""

_TEXT = int((_BOX - 2 * _PAD) / _LETTER)


def drawing(cluster: Cluster, columns: int, name: str) -> str:
    """Return the drawing as one ``svg`` element, ``columns`` boxes wide; ``name`` keeps its ids apart from another's."""
    width = columns * (_BOX + _GAP) + _GAP + 2
    used, limit = cluster.processes, WORKER_IDS
    nodes = node_boxes(cluster)
    groups = [
        ("", [balancer_box(cluster)]),
        (_("Nodes: {used} of {limit} worker ids used").format(used=used, limit=limit), nodes),
        (_("Shared by all nodes"), data_boxes(cluster)),
    ]
    parts: list[str] = []
    top = 1
    for caption, boxes in groups:
        if parts:
            parts.append(f'<path class="line" d="M{width / 2:g} {top}v{_ROW}"/>')
            top += _ROW
        drawn, height = _group(caption, boxes, columns, width, top)
        parts += drawn
        if boxes is nodes:
            parts.append(_meter(width, top + 27, used, limit))
        top += height
    top += 1
    title = _("Cluster {name}").format(name=cluster.name)
    spoken = "; ".join(clean(" ".join(line.split())) for line in picture(cluster) if line.strip(" |"))
    return "\n".join(
        [
            f'<svg class="{name}" viewBox="0 0 {width} {top}" role="img" aria-labelledby="{name}-title {name}-desc">',
            f'<title id="{name}-title">{escape(clean(title))}</title>',
            f'<desc id="{name}-desc">{escape(spoken)}</desc>',
            *parts,
            "</svg>",
        ]
    )


def _group(caption: str, boxes: Sequence[Box], columns: int, width: int, top: int) -> tuple[list[str], int]:
    """Return boxes in rows, in a frame where they have a caption, and how high that is."""
    parts: list[str] = []
    at = top + _HEAD if caption else top
    for number in range(0, len(boxes), columns):
        shown = boxes[number : number + columns]
        height = max(_height(box) for box in shown)
        parts += [_box(box, left, at, height) for box, left in zip(shown, _lefts(len(shown), width), strict=True)]
        at += height + _GAP
    if not caption:
        return parts, at - _GAP - top
    frame = f'<rect class="frame" x="1" y="{top}" width="{width - 2}" height="{at - top}" rx="12"/>'
    return [frame, f'<text class="caption" x="{_GAP + 1}" y="{top + 22}">{escape(caption)}</text>', *parts], at - top


def _lefts(count: int, width: int) -> list[float]:
    begin = (width - count * _BOX - (count - 1) * _GAP) / 2
    return [begin + number * (_BOX + _GAP) for number in range(count)]


def _lines(box: Box) -> list[str]:
    return [piece for line in box.lines for piece in wrapped(line, _TEXT)]


def _titles(box: Box) -> list[str]:
    return wrapped(box.title, _TEXT - 3)


def _height(box: Box) -> int:
    return 2 * _PAD - 4 + _LINE * (len(_titles(box)) + len(_lines(box)))


def _box(box: Box, left: float, top: float, height: int) -> str:
    lines = [f'<g class="{box.kind}"><rect x="{left:g}" y="{top:g}" width="{_BOX}" height="{height}" rx="10"/>']
    lines.append(f'<rect class="edge" x="{left:g}" y="{top + 10:g}" width="4" height="{height - 20}" rx="2"/>')
    for number, text in enumerate((*_titles(box), *_lines(box))):
        kind = ' class="name"' if number < len(_titles(box)) else ""
        lines.append(f'<text{kind} x="{left + _PAD:g}" y="{top + _PAD + 11 + number * _LINE:g}">{escape(text)}</text>')
    return "\n".join([*lines, "</g>"])


def _meter(width: int, top: int, used: int, limit: int) -> str:
    """Return a bar of how many worker ids are used; the caption of the nodes says it in words."""
    length = width - 2 * (_GAP + 1)
    return (
        f'<rect class="meter" x="{_GAP + 1}" y="{top}" width="{length}" height="5" rx="2.5"/>'
        f'<rect class="used" x="{_GAP + 1}" y="{top}" width="{length * min(used, limit) / limit:g}" height="5" rx="2.5"/>'
    )
