"""The page's style: light and dark, narrow and wide, screen and print; nothing is loaded from elsewhere."""

from __future__ import annotations

STYLE = """
:root { color-scheme: light dark; --ground: #fff; --soft: #f4f6f9; --ink: #1b2430; --dim: #556070; --rule: #d5dbe4;
  --front: #7a3fc0; --node: #1f63c4; --worker: #8a5a00; --redis: #b3261e; --queue: #a8480c; --database: #136f57; --storage: #4a5a6e;
  --warn: #fff4d6; --warn-edge: #a86f00; }
@media (prefers-color-scheme: dark) { :root { --ground: #12161c; --soft: #1b222c; --ink: #e6eaf0; --dim: #a4b0c0; --rule: #35404e;
  --front: #c19bf5; --node: #7db1ff; --worker: #f0b95a; --redis: #ff8f86; --queue: #ffab7a; --database: #5fd4b1; --storage: #a9b8cb;
  --warn: #2e2714; --warn-edge: #e0b04a; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1rem; max-width: 62rem; background: var(--ground); color: var(--ink);
  font: 1rem/1.55 system-ui, "Noto Sans", "Noto Sans CJK SC", "Microsoft YaHei", sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.7rem; line-height: 1.2; margin: .5rem 0 1rem; }
h2 { font-size: 1.25rem; margin: 2.2rem 0 .6rem; padding-top: .6rem; border-top: 1px solid var(--rule); }
h3 { font-size: 1.05rem; margin: 1.6rem 0 .4rem; }
a { color: var(--node); }
nav ul { display: flex; flex-wrap: wrap; gap: .3rem 1.2rem; list-style: none; margin: 0; padding: 0; }
figure { margin: 1rem 0; padding: 1rem; background: var(--soft); border: 1px solid var(--rule); border-radius: 12px; }
svg { display: block; width: 100%; height: auto; margin: 0 auto; }
svg.narrow { display: none; max-width: 22rem; }
svg text { font: 13px ui-monospace, "DejaVu Sans Mono", "Noto Sans Mono CJK SC", monospace; fill: var(--ink); }
svg text.name { font-weight: 700; }
svg rect { fill: var(--ground); stroke: var(--rule); }
svg .line { fill: none; stroke: var(--dim); stroke-width: 1.5; }
svg .frame { fill: none; stroke: var(--dim); stroke-opacity: .45; }
svg .caption { fill: var(--dim); }
svg .worker rect { stroke: var(--worker); stroke-dasharray: 4 4; }
svg .worker rect.edge { stroke: none; }
svg .meter { fill: var(--rule); stroke: none; }
svg .used { fill: var(--node); stroke: none; }
svg .edge { stroke: none; }
.front .edge { fill: var(--front); } .front .name { fill: var(--front); }
.node .edge { fill: var(--node); } .node .name { fill: var(--node); }
.worker .edge { fill: var(--worker); } .worker .name { fill: var(--worker); }
.redis .edge { fill: var(--redis); } .redis .name { fill: var(--redis); }
.queue .edge { fill: var(--queue); } .queue .name { fill: var(--queue); }
.database .edge { fill: var(--database); } .database .name { fill: var(--database); }
.storage .edge { fill: var(--storage); } .storage .name { fill: var(--storage); }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .35rem .6rem .35rem 0; border-bottom: 1px solid var(--rule); }
th[scope=row] { width: 34%; font-weight: 500; color: var(--dim); }
.wide { overflow-x: auto; }
code { font-family: ui-monospace, "DejaVu Sans Mono", "Noto Sans Mono CJK SC", monospace; font-size: .875em; }
pre { margin: .7rem 0; padding: .7rem .9rem; background: var(--soft); border: 1px solid var(--rule); border-radius: 8px;
  overflow-x: auto; overflow-wrap: normal; line-height: 1.45; }
pre:focus-visible, a:focus-visible { outline: 2px solid var(--node); outline-offset: 2px; }
.warnings li { margin: .4rem 0; padding: .4rem .7rem; background: var(--warn); border-left: 4px solid var(--warn-edge); list-style: none; }
.warnings { padding: 0; }
li { margin: .2rem 0; }
@media (max-width: 46rem) { svg.broad { display: none; } svg.narrow { display: block; } body { padding: .7rem; }
  h1 { font-size: 1.4rem; } }
@media print { :root { color-scheme: light; --ground: #fff; --soft: #fff; --ink: #000; --dim: #444; --rule: #aaa; --front: #7a3fc0;
  --node: #1f63c4; --worker: #8a5a00; --redis: #b3261e; --queue: #a8480c; --database: #136f57; --storage: #4a5a6e; --warn: #fff; }
  body { max-width: none; padding: 0; font-size: 10pt; } nav { display: none; } pre { white-space: pre-wrap; overflow-wrap: anywhere; }
  svg.broad { display: block; } svg.narrow { display: none; } h2, h3 { break-after: avoid; } tr, figure { break-inside: avoid; } }
"""
