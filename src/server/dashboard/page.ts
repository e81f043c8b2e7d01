// The dashboard as one page that loads nothing: style, uPlot and its own script are in it.

import { drawDashboard } from './page-script.js';
import { readPlot } from './plot-files.js';
import { spanOf } from './span-of.js';
import { DASHBOARD_STYLE } from './style.js';

export interface Page {
  html: string;
  /** The texts of its scripts and styles, as its policy names them. */
  scripts: string[];
  styles: string[];
}

const BODY = `
<header>
  <h1>Verdict</h1>
  <p id="state" role="status"><span class="dot"></span> <span id="state-text">connecting</span></p>
  <nav><a href="docs">API</a> <a href="metrics">Metrics</a></nav>
</header>
<form id="login" hidden>
  <label for="token">This server wants to know who asks. A bearer token with the scope <code>metrics</code>:</label>
  <div><input id="token" type="password" autocomplete="off" spellcheck="false"> <button type="submit">Show</button></div>
  <p id="login-text" class="note"></p>
</form>
<main id="main" hidden>
  <section id="empty" class="card" hidden>
    <h2>No bundle is live yet</h2>
    <p>Rules are published as bundles. Make one from a template, check it, and publish it to this server:</p>
    <pre id="publish"></pre>
    <p class="note">The first publish makes the tenant. What is live then appears here.</p>
  </section>
  <div id="tiles" class="tiles"></div>
  <div class="grid">
    <section class="card"><h2>Decisions a second</h2><div id="plot-throughput" class="plot"></div></section>
    <section class="card"><h2>Latency by stage, 99th percentile</h2><div id="plot-latency" class="plot"></div></section>
    <section class="card"><h2>Waiting and running</h2><div id="plot-queue" class="plot"></div></section>
    <section class="card"><h2>Outcomes <span class="note">last minute</span></h2>
      <div id="outcomes"></div></section>
    <section class="card wide"><h2>Percentiles by stage <span class="note">last minute</span></h2>
      <div class="scroll"><table id="stages"></table></div></section>
    <section class="card"><h2>Refused <span class="note">last minute</span></h2>
      <div class="scroll"><table id="refused"></table></div></section>
    <section class="card"><h2>Memory by tenant</h2><div class="scroll"><table id="tenants"></table></div></section>
    <section class="card wide"><h2>Live bundles <span id="bundle-count" class="note"></span></h2>
      <div class="scroll"><table id="bundles"></table></div></section>
  </div>
</main>
<noscript><p class="note">This page draws with JavaScript. The same numbers are at /metrics.</p></noscript>
`;

/** The page, the same for everybody. */
export function dashboardPage(): Page {
  const { plot, style } = readPlot();
  const styles = [style, DASHBOARD_STYLE];
  const scripts = [plot, `(${drawDashboard.toString()})(uPlot, ${spanOf.toString()}, window);`];
  const html = [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<title>Verdict</title>',
    '<link rel="icon" href="data:,">',
    ...styles.map((text) => `<style>${text}</style>`),
    '</head>',
    `<body>${BODY}`,
    ...scripts.map((text) => `<script>${text}</script>`),
    '</body>',
    '</html>',
    '',
  ].join('\n');
  return { html, scripts, styles };
}
