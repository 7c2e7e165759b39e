"""Records the wizard from its first step to the written files: ``python assets/recording.py [FOLDER]``.

The wizard is the real one, driven by keys; its checks are the rehearsed ones of the demo. One picture that moves is written for each language.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from textual.events import Paste

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(REPOSITORY))

from assets.stage import LANGUAGES, SIZE, Stage, spoken, stage  # noqa: E402 - found beside this folder
from assets.svg import picture  # noqa: E402
from nbcluster.demo.scenario import PASSWORD  # noqa: E402
from nbcluster.wizard import fresh_session  # noqa: E402
from tests.screens.snapshots import TARGET, own_environment  # noqa: E402

GLANCE, READ, STUDY = 1.0, 1.8, 3.0
"""Seconds for a screen that has changed in one place, for a new one, and for one that is worth a longer look."""
STROKE = 0.2
"""Seconds for some letters of what is being typed."""
LETTERS = 8
NODES = "node1 node1.demo\nnode2 node2.demo\nnode3 node3.demo\n"

TITLES = {
    "en": (
        "nbcluster: a cluster from the first step to the written files",
        "A recording of the wizard in a terminal, on a rehearsed cluster whose servers do not exist. A new installation is chosen, "
        "the licensed plugins are ticked with one key, the addresses of Redis and of the database are typed. The board of connections "
        "fills while checks end; one fails, because the Redis is a read-only replica. Its address is replaced by that of the primary, "
        "and the check passes. A list of three nodes is pasted, the review shows the cluster, and the files are written.",
    ),
    "zh_CN": (
        "nbcluster：从第一步到写出文件",
        "在终端中录制的向导，所用集群为模拟演示，其中的服务器并不存在。先选择全新安装，按一个键勾选全部已授权的插件，"
        "再输入 Redis 和数据库的地址。检查逐项完成，连接测试页随之填满；其中一项失败，因为该 Redis 是只读副本。"
        "换成主节点的地址后，检查通过。接着粘贴三个节点的列表，复核页显示集群拓扑，最后写出文件。",
    ),
}


class Recording(Stage):
    """A stage with the keys of a person, each of which is seen."""

    async def press(self, key: str, seconds: float, *, name: str = "") -> None:
        """Press a key, and keep what it leads to."""
        await self.driver.press(key)
        await self.keep(seconds, name or key.upper())

    async def type(self, text: str, seconds: float = GLANCE) -> None:
        """Type a text, some letters at a time."""
        for begin in range(0, len(text), LETTERS):
            await self.driver.press(*text[begin : begin + LETTERS])
            is_last = begin + LETTERS >= len(text)
            await self.keep(seconds if is_last else STROKE)

    async def paste(self, text: str, seconds: float) -> None:
        """Paste a text into what has the focus."""
        focused = self.driver.app.focused
        assert focused is not None
        focused.post_message(Paste(text))
        await self.driver.settle()
        await self.keep(seconds)

    async def watch(self, steps: int) -> None:
        """Watch the checks come to their end one by one."""
        for _step in range(steps):
            await self.judge(1)
            await self.keep(STROKE * 2)
        await self.judge()
        await self.keep(STUDY)


async def act(scene: Recording) -> int:
    """Go the way of a new cluster; returns the number of the screen that says most where nothing moves."""
    press, typed = scene.press, scene.type
    await scene.keep(READ)
    await press("space", GLANCE, name="Space")
    await press("f8", READ)
    await press("a", READ, name="A")
    await press("f8", GLANCE)
    await typed("redis://replica.demo:6379/0")
    await press("tab", STROKE, name="Tab")
    await typed(PASSWORD)
    await press("f8", GLANCE)
    await typed("database.demo")
    await scene.driver.press(*["tab"] * 5)
    await typed(PASSWORD)
    await press("f8", GLANCE)
    await scene.watch(4)
    failed = len(scene.screens) - 1
    await press("enter", GLANCE, name="Enter")
    await typed("redis://primary.demo:6379/0")
    await press("f8", GLANCE)
    await scene.watch(3)
    await press("f8", GLANCE)
    await press("f8", GLANCE)
    await scene.paste(NODES, READ)
    await press("f8", GLANCE)
    await scene.judge()
    await typed("nocobase.example")
    await press("f8", GLANCE)
    await scene.judge()
    await scene.keep(STUDY)
    await press("f8", READ)
    await press("f8", READ)
    await press("enter", STUDY + GLANCE, name="Enter")
    return failed


async def record(code: str) -> str:
    """Return the recording in a language."""
    answers = fresh_session("demo").answers.with_("export.directory", TARGET)
    async with stage(answers, SIZE, Recording) as scene:
        still = await act(scene)
    title, description = TITLES[code]
    return picture(scene.screens, title=title, description=description, still=still)


def main(folder: Path) -> None:
    """Write the recording in every language."""
    folder.mkdir(parents=True, exist_ok=True)
    with own_environment():
        for code in LANGUAGES:
            with spoken(code):
                (folder / f"recording-{code}.svg").write_text(asyncio.run(record(code)), "utf-8", newline="\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else REPOSITORY / "assets")
