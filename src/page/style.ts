// How the page looks: light and dark as the reader has it; on paper always light, with no table cut.

const COLORS = `--ground: #fff; --soft-ground: #f4f5f7; --text: #1b2230; --soft: #5b6472; --line: #d9dde3; --accent: #1d4ed8;
  --approve: #166534; --review: #92400e; --decline: #b91c1c; --none: #4b5563; --warn: #b91c1c;
  --literal: #0f766e; --sign: #6b21a8;`;
const DARK = `--ground: #12151b; --soft-ground: #1c212a; --text: #e6e9ee; --soft: #a3adbb; --line: #323a47; --accent: #93b4ff;
  --approve: #4ade80; --review: #fbbf24; --decline: #fca5a5; --none: #b6c0cd; --warn: #fca5a5;
  --literal: #5eead4; --sign: #d8b4fe;`;

const STYLE = `
:root { color-scheme: light dark; ${COLORS} }
@media screen and (prefers-color-scheme: dark) { :root { ${DARK} } }
* { box-sizing: border-box; }
[hidden] { display: none !important; }
html { scroll-padding-top: 1rem; }
body { margin: 0 auto; padding: 1.2rem 1.4rem 4rem; max-width: 78rem; background: var(--ground); color: var(--text);
  font: 15px/1.5 system-ui, "Segoe UI", "Liberation Sans", Arial, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.7rem; margin: 0 0 .6rem; line-height: 1.2; }
h1 span { color: var(--soft); font-weight: 400; }
h2 { font-size: 1.25rem; margin: 2.6rem 0 .8rem; padding-bottom: .25rem; border-bottom: 2px solid var(--line); }
h3 { font-size: 1.05rem; margin: 1.6rem 0 .4rem; }
p { margin: .4rem 0 .8rem; max-width: 60rem; }
a { color: var(--accent); text-decoration-thickness: 1px; text-underline-offset: .15em; }
a:focus-visible, input:focus-visible, [tabindex]:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
:target { background: var(--soft-ground); outline: 2px solid var(--accent); }
code { font: .92em/1.5 ui-monospace, "Cascadia Mono", "Liberation Mono", Menlo, monospace; white-space: pre-wrap; }
td.cell { font: .92em/1.5 ui-monospace, "Cascadia Mono", "Liberation Mono", Menlo, monospace; }
code a, td.cell a { text-decoration-color: var(--line); }
code .line { display: block; }
.t-text, .t-number, .t-word { color: var(--literal); } .t-sign { color: var(--sign); }
.note, .place, .description { color: var(--soft); }
.place { font-size: .82em; } td .place, tbody th .place { display: block; }
.description { margin: .15rem 0; white-space: pre-line; }
.code { font: .88em/1.5 ui-monospace, "Cascadia Mono", "Liberation Mono", Menlo, monospace; }
.type { white-space: normal; } .members { color: var(--soft); }
.warn { color: var(--warn); } .pass { color: var(--approve); }
.outcome { font-weight: 600; } .approve { color: var(--approve); } .review { color: var(--review); }
.decline { color: var(--decline); } .none { color: var(--none); }
.contents { columns: 15rem; padding: .8rem 1rem .8rem 2.4rem; margin: 1rem 0; background: var(--soft-ground); border-radius: 6px; }
.facts { margin: .4rem 0 1rem; display: grid; gap: .15rem; }
.facts > div { display: grid; grid-template-columns: minmax(8rem, 14rem) minmax(0, 1fr); gap: .8rem; }
.facts dt { color: var(--soft); } .facts dd { margin: 0; }
.facts ul, .findings, .compact, .cases { margin: 0; padding-left: 1.1rem; } .compact { padding-left: .9rem; }
.findings li { margin-bottom: .6rem; }
.scale { list-style: none; display: flex; margin: .8rem 0 1rem; padding: 0; max-width: 60rem; }
.scale li { flex: 1; padding: .5rem .7rem; border-top: 6px solid currentColor; background: var(--soft-ground); }
.scale li + li { border-left: 2px solid var(--ground); } .scale span { display: block; color: var(--text); font-size: .9em; }
.grid { margin: .8rem 0 1.4rem; }
.across { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; font-size: .9em; }
.across table { min-width: 64rem; } .small table { font-size: .8em; }
caption { text-align: left; color: var(--soft); padding: .2rem 0 .4rem; }
th, td { text-align: left; vertical-align: top; padding: .32rem .5rem; border: 1px solid var(--line); }
thead th { background: var(--soft-ground); font-weight: 600; }
tbody th { font-weight: 400; }
.grid:not(.across) thead th { position: sticky; top: 0; z-index: 1; }
td.number, th.number { text-align: right; } td.then { background: var(--soft-ground); }
.change { font-weight: 600; } .added { color: var(--approve); } .removed { color: var(--decline); }
.changed { color: var(--review); }
del { color: var(--decline); } ins { color: var(--approve); text-decoration: underline; text-decoration-style: dotted; }
.filter { position: sticky; top: 0; z-index: 2; padding: .5rem 0; background: var(--ground); }
.filter input { font: inherit; color: inherit; background: var(--ground); border: 1px solid var(--soft); border-radius: 6px;
  padding: .3rem .6rem; width: min(26rem, 100%); }
@media screen { .section { content-visibility: auto; contain-intrinsic-size: auto none auto 180rem; } }
@media (max-width: 600px) { body { padding: .8rem .7rem 3rem; } .facts > div { grid-template-columns: 1fr; gap: 0; }
  .facts > div + div { margin-top: .4rem; } .scale { flex-direction: column; } }
`;

/** On paper: a header above each part of a table, rows whole, wide tables across the sheet, page numbers. */
const PRINT = `
@page across { size: A4 landscape; }
@media print {
  :root { color-scheme: light; }
  body { max-width: none; padding: 0; font-size: 9pt; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  .filter { display: none; }
  .contents { columns: 2; }
  h1, h2, h3, caption { break-after: avoid; }
  h2 { margin-top: 1.6rem; }
  p, li, .facts > div { orphans: 3; widows: 3; }
  .facts > div, .scale { break-inside: avoid; }
  a { color: inherit; text-decoration: none; }
  :target { background: none; outline: none; }
  .grid, .across { overflow: visible; }
  .across { page: across; }
  table, .across table { min-width: 0; font-size: 8pt; } .small table { font-size: 6.6pt; }
  .across th, .across td { padding: .25rem .35rem; } .small th, .small td { padding: .18rem .25rem; }
  thead { display: table-header-group; }
  .grid:not(.across) thead th { position: static; }
  tr { break-inside: avoid; }
}
`;

/** @param footer stands at the foot of each printed page, beside the number of the page */
export function pageStyle(footer: string): string {
  // Whatever it is, it stays inside its string.
  const text = [...footer]
    .map((character) => (/[\w .-]/.test(character) ? character : `\\${character.codePointAt(0)?.toString(16)} `))
    .join('');
  const foot = 'font: 7.5pt system-ui, "Liberation Sans", Arial, sans-serif; color: #5b6472;';
  return `${STYLE}@page { size: A4; margin: 15mm 13mm 17mm; @bottom-left { content: "${text}"; ${foot} }
  @bottom-right { content: counter(page) " / " counter(pages); ${foot} } }
${PRINT}`;
}
