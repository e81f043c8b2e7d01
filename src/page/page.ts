// A bundle as one HTML page for people who decide about it: it needs nothing beside itself, loads nothing, and prints. What a
// bundle says is text on it, never markup; its policy lets no other script or style in.

import { createHash } from 'node:crypto';
import { changesSection } from './changes-section.js';
import { costSection } from './cost-section.js';
import { decisionSection } from './decision-section.js';
import { ensemblesSection, featuresSection, listsSection, parametersSection } from './definitions-section.js';
import { facts, plural } from './facts.js';
import { findingsSection } from './findings-section.js';
import { type Html, html } from './html.js';
import { modelSection } from './model-section.js';
import { link, PageNames } from './names.js';
import { outputsSection } from './outputs-section.js';
import { filterRows } from './page-script.js';
import { readersOf } from './readers.js';
import { reasonsSection } from './reasons-section.js';
import { rulesSection } from './rules-section.js';
import { scorecardsSection } from './scorecards-section.js';
import type { PageContext, PageSource } from './source.js';
import { pageStyle } from './style.js';
import { tablesSection } from './tables-section.js';
import { testsSection } from './tests-section.js';

/** In the order of the page. */
const SECTIONS = [
  decisionSection,
  changesSection,
  modelSection,
  rulesSection,
  tablesSection,
  scorecardsSection,
  ensemblesSection,
  outputsSection,
  featuresSection,
  listsSection,
  parametersSection,
  reasonsSection,
  testsSection,
  costSection,
  findingsSection,
];

/** The page, the same for the same source. */
export function renderPage(source: PageSource): string {
  const { manifest } = source;
  const names = new PageNames(manifest);
  const context: PageContext = { ...source, names, readers: readersOf(manifest, source.bundle, names) };
  const sections = SECTIONS.map((section) => section(context)).filter((section) => section !== undefined);
  const title = `${manifest.name} ${manifest.version}`;
  const style = pageStyle(`${title}, image ${source.image}, ${source.date}`);
  const script = `(${filterRows.toString()})(document);`;
  const policy = [
    "default-src 'none'",
    `style-src '${hashOf(style)}'`,
    `script-src '${hashOf(script)}'`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const head = html`<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="icon" href="data:,">`;
  const body = html`<header>
<h1>${manifest.name} <span>${manifest.version}</span></h1>
${headFacts(context)}
</header>
<nav aria-label="Contents"><ol class="contents">${sections.map(({ id, title: name }) => html`<li>${link(id, name)}</li>`)}</ol></nav>
<div class="filter" hidden><label>Rows with <input type="search" spellcheck="false" autocomplete="off"></label> <output></output></div>
<main>
${sections.map(({ id, title: name, content }) => html`<section id="${id}">\n<h2>${name}</h2>\n${content}</section>\n`)}</main>`;
  // Style and script are ours, and stand as they are: their hashes are taken of these characters.
  return `<!doctype html>
<html lang="en">
<head>
${head.text}
<style>${style}</style>
</head>
<body>
${body.text}
<script>${script}</script>
</body>
</html>
`;
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

function headFacts({ manifest, image, date, run, diagnostics, bundle }: PageContext): Html {
  const failed = run?.tests.filter(({ result }) => !result.passed).length ?? 0;
  const counted: [number, string][] = [
    [bundle.rules.length, 'rule'],
    [manifest.tables.length, 'decision table'],
    [manifest.scorecards.length, 'scorecard'],
    [manifest.ensembles?.length ?? 0, 'ensemble'],
    [bundle.outputs.length, 'output'],
  ];
  const parts = counted.filter(([count]) => count > 0).map(([count, noun]) => plural(count, noun));
  return facts([
    ['Date', date],
    ['Image', html`<code>${image}</code>, as every decision names it`],
    ['Model', html`${manifest.model.name}, <code>${manifest.model.hash}</code>`],
    ['Consists of', parts.join(', ')],
    [
      'Checked',
      diagnostics.length === 0 ? 'nothing was found' : html`<span class="warn">${plural(diagnostics.length, 'finding')}</span>`,
    ],
    [
      'Tests',
      run !== undefined &&
        (run.tests.length === 0
          ? html`<span class="warn">none</span>`
          : failed === 0
            ? `${plural(run.tests.length, 'test')} passed`
            : html`<span class="warn">${failed} of ${plural(run.tests.length, 'test')} failed</span>`),
    ],
    ['Unicode data', manifest.unicode],
    ['Time zone data', manifest.zones],
  ]);
}
