// How the dashboard looks: dark and light as the reader has it, one column on a phone.

export const DASHBOARD_STYLE = `
:root { color-scheme: light dark; --ground: #f4f5f7; --card: #fff; --text: #1d2430; --soft: #66707f; --line: #e1e4e9;
  --approve: #15803d; --review: #c27803; --decline: #c81e1e; --none: #7c8594; --accent: #2563eb; --second: #7c3aed;
  --third: #0d9488; }
@media (prefers-color-scheme: dark) { :root { --ground: #12151b; --card: #1b2029; --text: #e6e9ee; --soft: #98a2b1;
  --line: #2c333f;
  --approve: #4ade80; --review: #fbbf24; --decline: #f87171; --none: #94a3b8; --accent: #60a5fa; --second: #a78bfa;
  --third: #2dd4bf; } }
* { box-sizing: border-box; }
[hidden] { display: none !important; }
body { margin: 0; background: var(--ground); color: var(--text); font: 14px/1.45 system-ui, sans-serif; }
header { display: flex; flex-wrap: wrap; align-items: baseline; gap: .2rem 1rem; padding: .9rem 1.2rem .3rem; }
h1 { font-size: 1.15rem; margin: 0; }
header p { margin: 0; color: var(--soft); }
header nav { margin-left: auto; display: flex; gap: 1rem; }
a { color: var(--accent); text-decoration: none; }
a:hover { text-decoration: underline; }
.dot { display: inline-block; width: .6rem; height: .6rem; border-radius: 50%; background: var(--none); }
.live .dot { background: var(--approve); } .lost .dot { background: var(--decline); }
main, #login { padding: .6rem 1.2rem 2rem; max-width: 1500px; margin: 0 auto; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: .8rem 1rem; min-width: 0; }
.card h2 { font-size: .82rem; font-weight: 600; margin: 0 0 .6rem; }
.note { color: var(--soft); font-weight: 400; }
.tiles { display: grid; grid-template-columns: repeat(auto-fill, minmax(158px, 1fr)); gap: .7rem; margin-bottom: .7rem; }
.tile { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: .6rem .9rem; }
.tile span { display: block; color: var(--soft); font-size: .78rem; }
.tile strong { font-size: 1.35rem; font-weight: 600; font-variant-numeric: tabular-nums; white-space: nowrap; }
.grid { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: .7rem; }
.wide { grid-column: 1 / -1; }
.plot { height: 215px; } .scroll { overflow-x: auto; }
#empty { margin-bottom: .7rem; } #empty h2 { font-size: 1.05rem; }
pre { background: var(--ground); border-radius: 6px; padding: .7rem .9rem; overflow-x: auto;
  font: 13px/1.6 ui-monospace, monospace; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: right; padding: .25rem .5rem; border-top: 1px solid var(--line); white-space: nowrap; }
th { color: var(--soft); font-weight: 500; border-top: 0; }
th:first-child, td:first-child { text-align: left; padding-left: 0; }
tbody tr:first-child td { border-top: 1px solid var(--line); }
.bar { display: grid; grid-template-columns: 5rem 1fr 8.5rem; align-items: center; gap: .7rem; margin: .45rem 0; }
.bar b { font-weight: 500; } .bar i { font-style: normal; text-align: right; font-variant-numeric: tabular-nums; }
progress { appearance: none; width: 100%; height: .8rem; border: 0; border-radius: 4px; overflow: hidden;
  background: var(--line); }
progress::-webkit-progress-bar { background: var(--line); }
progress::-webkit-progress-value { background: var(--accent); } progress::-moz-progress-bar { background: var(--accent); }
.approve progress::-webkit-progress-value { background: var(--approve); }
  .approve progress::-moz-progress-bar { background: var(--approve); }
.review progress::-webkit-progress-value { background: var(--review); }
  .review progress::-moz-progress-bar { background: var(--review); }
.decline progress::-webkit-progress-value { background: var(--decline); }
  .decline progress::-moz-progress-bar { background: var(--decline); }
.none progress::-webkit-progress-value { background: var(--none); } .none progress::-moz-progress-bar { background: var(--none); }
td progress { width: 6rem; vertical-align: middle; }
input, button { font: inherit; color: inherit; border: 1px solid var(--line); border-radius: 6px; padding: .4rem .7rem;
  background: var(--card); }
#login div { display: flex; gap: .5rem; margin-top: .5rem; max-width: 40rem; } #login input { flex: 1; min-width: 0; }
.u-legend { text-align: left !important; font-size: 12px; } .u-legend th { border: 0; padding: 0 .3rem 0 0; }
  .u-legend td { border: 0; padding: 0 .6rem 0 0; }
@media (max-width: 760px) { .grid { grid-template-columns: minmax(0, 1fr); } main, #login, header { padding-left: .7rem;
  padding-right: .7rem; }
  .tiles { grid-template-columns: repeat(2, minmax(0, 1fr)); } .bar { grid-template-columns: 4rem 1fr 7.5rem; } }
`;
