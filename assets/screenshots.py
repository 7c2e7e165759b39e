"""Draws the pictures of the READMEs: ``python assets/screenshots.py [FOLDER]``.

They show the example of the demo as its wizard does, in each language, with its checks done.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(REPOSITORY))

from assets.stage import LANGUAGES, SIZE, Stage, spoken, stage  # noqa: E402 - found beside this folder
from assets.svg import picture  # noqa: E402
from nbcluster.answers.file import load_text  # noqa: E402
from nbcluster.answers.flow import infer  # noqa: E402
from nbcluster.demo.scenario import answers_toml  # noqa: E402
from tests.screens.snapshots import TARGET, own_environment  # noqa: E402

STEPS = ("connections", "review")
TITLES = {
    ("connections", "en"): (
        "nbcluster: the connections of the demo",
        "The board of connections: what was checked on the Redis of each role, on the broker, the database, the shared storage, the nodes "
        "and the load balancer. One check has failed; below stand the reason and the remedy.",
    ),
    ("review", "en"): (
        "nbcluster: the review of the demo",
        "The review: the cluster as a picture, with the load balancer, three nodes and the servers that they share, and a list of what is "
        "left to look at.",
    ),
    ("connections", "zh_CN"): (
        "nbcluster：演示中的连接测试",
        "连接测试页：列出各用途的 Redis、消息队列、数据库、共享存储、节点和负载均衡的检查结果。其中一项失败，下方给出原因和处理办法。",
    ),
    ("review", "zh_CN"): (
        "nbcluster：演示中的复核",
        "复核页：集群拓扑图，包括负载均衡、三个节点以及它们共用的服务器，下方列出仍需处理的事项。",
    ),
}


async def draw(folder: Path, code: str) -> None:
    """Write the pictures of a language into a folder."""
    answers = infer(load_text(answers_toml(), "demo", Path(TARGET)).answers).with_("export.directory", TARGET)
    async with stage(answers, SIZE, Stage) as shown:
        shown.driver.screen.checker.start(shown.driver.wizard.targets())
        await shown.judge()
        for step in STEPS:
            await shown.driver.go(step)
            await shown.keep()
    for step, screen in zip(STEPS, shown.screens, strict=True):
        title, description = TITLES[step, code]
        drawn = picture([screen], title=title, description=description)
        (folder / f"{step}-{code}.svg").write_text(drawn, "utf-8", newline="\n")


def main(folder: Path) -> None:
    """Write every picture into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    with own_environment():
        for code in LANGUAGES:
            with spoken(code):
                asyncio.run(draw(folder, code))


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else REPOSITORY / "assets/screenshots")
