// The report as one HTML page that needs nothing beside itself: uPlot is in it, and its policy lets it load nothing. It may be
// kept, sent and opened where there is no network.

import { readPlot } from '../server/dashboard/plot-files.js';
import { drawReport } from './page-script.js';
import { formatBytes, type LoadReport, type RunReport } from './report.js';

const POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

const STYLE = `
body { font: 15px/1.5 system-ui, sans-serif; color: #1f2937; background: #fff; }
body { max-width: 1080px; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; margin-bottom: 0; }
h2 { font-size: 1.2rem; margin-top: 2.5rem; border-bottom: 1px solid #e5e7eb; }
h3 { font-size: 1rem; margin-bottom: .3rem; }
table { border-collapse: collapse; margin: .8rem 0; }
th, td { padding: .2rem .8rem .2rem 0; text-align: right; font-variant-numeric: tabular-nums; }
th:first-child, td:first-child { text-align: left; }
th { color: #6b7280; font-weight: 500; border-bottom: 1px solid #e5e7eb; }
.facts td { text-align: left; }
.ok { color: #047857; } .no { color: #b91c1c; } .note { color: #6b7280; }
.plots { display: grid; grid-template-columns: 1fr 1fr; gap: 1.5rem; }
.plots > div { min-width: 0; }
@media (max-width: 800px) { .plots { grid-template-columns: 1fr; } }
`;

/** The page. */
export function reportPage(report: LoadReport): string {
  const { plot, style } = readPlot();
  const { plan } = report;
  const title = `Load test of ${report.bundle}, ${plan.protocol}`;
  const data = JSON.stringify({ runs: report.runs }).replaceAll('<', '\\u003c');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${style}${STYLE}</style>
</head>
<body>
<h1>${escapeHtml(title)}</h1>
${summary(report)}
${report.runs.map(runSection).join('\n')}
<script type="application/json" id="report">${data}</script>
<script>${plot}</script>
<script>(${drawReport.toString()})(JSON.parse(document.getElementById('report').textContent), uPlot, document);</script>
</body>
</html>
`;
}

function summary({ ok, interrupted, tenant, plan, node, ratios, preflight }: LoadReport): string {
  const load =
    plan.loop === 'open'
      ? `${count(plan.rate ?? 0)} requests/s, ${plan.arrivals} arrivals`
      : `${plan.inFlight} in flight a connection`;
  const rows: [string, string][] = [
    [
      'Target',
      `${plan.targets.length > 4 ? `${plan.targets[0]} to ${plan.targets.at(-1)} (${plan.targets.length})` : plan.targets.join(', ')}, ${plan.path}`,
    ],
    ['Tenant', tenant],
    ['Load', `${plan.loop} loop, ${load}; ${plan.profile} for ${plan.seconds} s`],
    [
      'Connections',
      `${count(plan.connections)} from ${count(plan.processes)} processes, up to ${count(plan.inFlight)} in flight each`,
    ],
    [
      'Requests',
      `${count(plan.payloads)} payloads each, ${count(plan.messages)} distinct, ${count(plan.bytesMean)} bytes on average`,
    ],
    ['Tester', `Node ${node}`],
  ];
  const verdict = ok ? '<p class="ok">Everything was sent, and answered.</p>' : '<p class="no">Not everything was answered.</p>';
  const lacking = preflight.filter((finding) => finding.verdict !== 'ok');
  return [
    verdict,
    interrupted ? '<p class="no">Interrupted: this is what had been found until then.</p>' : '',
    table([], rows, 'facts'),
    ratios === undefined
      ? ''
      : `<h2>Target over bare echo</h2>${table(
          ['', 'rate', 'p50', 'p90', 'p99', 'p99.9'],
          [['ratio of medians', ...[ratios.requestsPerSecond, ratios.p50, ratios.p90, ratios.p99, ratios.p999].map(String)]],
        )}`,
    lacking.length === 0
      ? ''
      : `<h2>What this machine is short of</h2>${table(
          ['', 'needed', 'there'],
          lacking.map(({ what, needed, found }) => [what, count(needed), found === undefined ? '?' : count(found)]),
        )}`,
  ].join('\n');
}

function runSection(run: RunReport, index: number): string {
  const { tally, latency, service, lag, atLeast, server, metrics, client } = run;
  const percentiles = [
    ['latency', latency],
    ...(tally.unanswered + tally.unsent > 0 ? ([['with those not answered, at least', atLeast]] as const) : []),
    ['from the sending', service],
    ["tester's own delay", lag],
  ] as const;
  const failures = [...Object.entries(tally.failures), ...Object.entries(tally.connectionFailures)];
  return `<h2>${run.against === 'echo' ? 'Bare echo' : 'Target'}, round ${run.round}</h2>
<p>${count(run.requestsPerSecond)} requests/s and ${count(run.decisionsPerSecond)} decisions/s answered in ${run.seconds.toFixed(2)} s</p>
${table(
  ['scheduled', 'sent', 'answered', 'failed', 'unanswered', 'not sent', 'connections', 'not opened', 'lost'],
  [
    [
      tally.scheduled,
      tally.sent,
      tally.answered,
      tally.failed,
      tally.unanswered,
      tally.unsent,
      tally.opened,
      tally.refused,
      tally.lost,
    ].map(count),
  ],
)}
${
  failures.length === 0
    ? ''
    : table(
        ['what went wrong', 'times'],
        failures.map(([kind, times]) => [kind, count(times)]),
      )
}
${table(
  ['', 'p50', 'p90', 'p99', 'p99.9', 'p99.99', 'max'],
  percentiles.map(([name, of]) => [name, ...[of.p50, of.p90, of.p99, of.p999, of.p9999, of.max].map(time)]),
)}
<div class="plots">
<div><h3>Latency over time</h3><div id="latency-${index}"></div></div>
<div><h3>Requests a second</h3><div id="rate-${index}"></div></div>
<div><h3>Latency by percentile</h3><div id="percentiles-${index}"></div></div>
<div><h3>Answers by latency</h3><div id="histogram-${index}"></div></div>
</div>
<p class="note">The tester took ${client.cpuSeconds.toFixed(2)} s of CPU in ${count(client.processes)} processes.</p>
${
  server === undefined
    ? ''
    : table(
        ['server', 'processes', 'Pss', 'private', 'a connection', 'a process before', 'CPU s', 'CPU us a request'],
        [
          [
            run.against,
            count(server.after.processes),
            formatBytes(server.after.pssBytes),
            formatBytes(server.after.privateBytes),
            server.bytesPerConnection === undefined ? '-' : formatBytes(server.bytesPerConnection),
            formatBytes(server.bytesFixed),
            server.cpuSeconds.toFixed(2),
            String(server.cpuMicrosPerRequest),
          ],
        ],
      )
}
${
  metrics === undefined
    ? ''
    : table(
        ["server's metrics", 'before', 'after'],
        metrics.map(({ series, before, after }) => [series, count(before), count(after)]),
      )
}`;
}

function table(titles: readonly string[], rows: readonly (readonly string[])[], kind = 'figures'): string {
  const line = (cells: readonly string[], tag: string): string =>
    `<tr>${cells.map((cell) => `<${tag}>${escapeHtml(cell)}</${tag}>`).join('')}</tr>`;
  return `<table class="${kind}">${titles.length === 0 ? '' : line(titles, 'th')}${rows.map((row) => line(row, 'td')).join('')}</table>`;
}

function count(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 1 });
}

function time(micros: number): string {
  if (micros === 0) return '-';
  if (micros < 1_000) return `${micros} µs`;
  return micros < 1_000_000 ? `${(micros / 1_000).toFixed(2)} ms` : `${(micros / 1_000_000).toFixed(2)} s`;
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
