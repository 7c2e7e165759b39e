"""The cluster as a picture on the screen: the address, the nodes, what they share, and how each stands."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget

from nbcluster.answers.fields import Row
from nbcluster.checks.board import BoardRow
from nbcluster.text import _, ngettext
from nbcluster.text.layout import width_of
from nbcluster.wizard import Wizard
from nbcluster_tui.board import PRODUCTS
from nbcluster_tui.look import LOOK
from nbcluster_tui.safe import shown
from nbcluster_tui.verdict import standing
from nbcluster_tui.widgets import cut, padded

WIDTH, MOST = 60, 4
"""Columns of the picture, and the number of nodes that it shows one by one."""
GAP = 2
"""Columns between two things that the nodes share."""
ROWS, ROOMY = 8, 30
"""Rows of the picture, and those of a screen from which the totals stand below it."""
_ASCII = str.maketrans("│┌┬┐└┴┘─┼", "|++++++-+")


class Picture(Widget):
    """The picture of the cluster."""

    def __init__(self, wizard: Wizard) -> None:
        super().__init__(id="picture")
        self.wizard = wizard
        self._drawn: tuple[str, ...] = ()

    def put(self) -> None:
        """Show how the cluster stands now, where that is something else."""
        lines = tuple(line.markup for line in picture(self.wizard, self.content_size.width))
        if lines != self._drawn:
            self._drawn = lines
            self.refresh()

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return the rows: one more, for the totals, where the screen is not low."""
        return ROWS + (viewport.height >= ROOMY)

    def render(self) -> Content:
        """Return the lines."""
        return Content("\n").join(picture(self.wizard, self.content_size.width))


def picture(wizard: Wizard, width: int) -> list[Content]:
    """Return the lines of the picture, in the middle of a width in columns."""
    answers, topology = wizard.answers, wizard.topology()
    nodes = list(answers.rows("nodes"))
    places = nodes[:MOST] if len(nodes) <= MOST else nodes[: MOST - 1]
    names = [str(row.get("name") or "?") for row in places]
    works = [_work(row) for row in places]
    if len(places) < len(nodes):
        names.append(_("{count} more").format(count=len(nodes) - len(places)))
        works.append("")
    room = min(WIDTH, width)
    left = max(0, (width - room) // 2)
    columns = [left + room * (2 * index + 1) // (2 * max(1, len(names))) for index in range(max(1, len(names)))]
    front, _gap, kind = topology[0].partition("  ")
    shared = _shared(wizard.board_rows(), wizard)
    states = [standing(rows) for _name, _host, rows in shared]
    hosts = [shown(host) for _name, host, _rows in shared]
    widths = [
        max(width_of(parts[0]), host.cell_length, state.cell_length)
        for parts, host, state in zip(shared, hosts, states, strict=True)
    ]
    cells, ends = _spread(widths, left, room) or _spread(_fitting(widths, width), 0, width) or ([], [])
    total = topology[-1].strip()
    return [
        _placed([(left + room // 2, Content.assemble((shown(front).plain, "bold"), "  ", shown(kind.strip("()"))))], width),
        _rule(columns, left + room // 2, "┌┬┐┼─"),
        _placed([(at, shown(name).stylize("bold")) for at, name in zip(columns, names, strict=False)], width),
        _placed([(at, shown(work).stylize("$text-muted")) for at, work in zip(columns, works, strict=False)], width),
        _rule(columns, left + room // 2, "└┴┘┼─"),
        _placed([(at, Content(parts[0])) for at, parts in zip(ends, shared, strict=True)], width),
        _placed([(at, cut(host, cell).stylize("$text-muted")) for at, host, cell in zip(ends, hosts, cells, strict=True)], width),
        _placed(list(zip(ends, states, strict=True)), width),
        _placed([(left + room // 2, shown(total).stylize("$text-muted"))], width),
    ]


def _fitting(widths: Sequence[int], room: int) -> list[int]:
    """Return widths that fit side by side with their gaps: where they are too wide, the widest ones give way."""
    cells = list(widths)
    while sum(cells) + GAP * (len(cells) - 1) > room and max(cells) > 1:
        cells[cells.index(max(cells))] -= 1
    return cells


def _spread(cells: Sequence[int], left: int, room: int) -> tuple[list[int], list[int]] | None:
    """Return cells with their middles: evenly spread where each fits its share of the room, else by their widths; None for no room."""
    share = room // len(cells)
    if all(cell < share for cell in cells):
        return list(cells), [left + room * (2 * index + 1) // (2 * len(cells)) for index in range(len(cells))]
    if left:
        return None
    gap = max(1, (room - sum(cells)) // len(cells))
    begin = max(0, room - sum(cells) - gap * (len(cells) - 1)) // 2
    return list(cells), [begin + sum(cells[:index]) + gap * index + cell // 2 for index, cell in enumerate(cells)]


def _work(row: Row) -> str:
    mode, count = str(row.get("worker_mode") or ""), str(row.get("cluster_mode") or "1")
    number = int(count) if count.isdecimal() else 0
    work = ngettext("{count} process", "{count} processes", number).format(count=number) if number else _("all cores")
    return _("{work}, queues only").format(work=work) if mode and not mode.startswith("!") else work


def _shared(rows: Sequence[BoardRow], wizard: Wizard) -> list[tuple[str, str, list[BoardRow]]]:
    """Return what the nodes share: a product, its host, and how its checks stand."""
    answers = wizard.answers
    redis = [row for row in rows if row.target.id.startswith("redis.")]
    hosts = list(dict.fromkeys(row.target.text("host") for row in redis))
    found = []
    if redis:
        found.append(("Redis", hosts[0] if len(hosts) == 1 else _("{count} servers").format(count=len(hosts)), redis))
    found += [("RabbitMQ", row.target.text("host"), [row]) for row in rows if row.target.id == "rabbitmq"]
    product = PRODUCTS.get(answers.text("database.dialect"), answers.text("database.dialect"))
    found.append((product, answers.text("database.host") or "?", [row for row in rows if row.target.id == "database"]))
    storage = [row for row in rows if row.target.id == "storage"]
    found.append((_("Shared storage"), answers.text("storage.server") or answers.text("storage.path"), storage))
    return found


def _placed(parts: Sequence[tuple[int, Content]], width: int) -> Content:
    """Return a line with each part centred on its column, without overlaps."""
    line = Content("")
    for middle, part in parts:
        at = max(line.cell_length + (2 if line else 0), middle - part.cell_length // 2)
        at = min(at, max(line.cell_length + (1 if line else 0), width - part.cell_length))
        line = padded(line, at) + part
    return line


def _rule(columns: Sequence[int], middle: int, signs: str) -> Content:
    begin, between, end, cross, line = tuple(signs)
    if len(columns) < 2:
        text = " " * middle + "│"
    else:
        cells = [" "] * columns[0] + [line] * (columns[-1] - columns[0] + 1)
        for at in columns:
            cells[at] = between
        cells[columns[0]], cells[columns[-1]] = begin, end
        cells[middle] = cross if middle in columns else {"┌": "┴", "└": "┬"}[begin]
        text = "".join(cells)
    return Content.styled(text.translate(_ASCII | {ord("┴"): "+"}) if LOOK.ascii else text, "$line")
