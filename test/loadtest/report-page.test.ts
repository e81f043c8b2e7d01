// The page of a report in a real browser, without a network.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { Latencies } from '#src/loadtest/latency.js';
import { type LoadReport, type RunReport, runReport } from '#src/loadtest/report.js';
import { reportPage } from '#src/loadtest/report-page.js';
import { emptyTally } from '#src/loadtest/tally.js';
import { CHROMIUM, dumpPage } from '../lib/chromium.js';

const folder = mkdtempSync(join(tmpdir(), 'verdict-page-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function latencies(count: number): Latencies {
  const made = new Latencies();
  for (let i = 1; i <= count; i++) made.record(i * i);
  return made;
}

function runOf(against: 'target' | 'echo', answered: number): RunReport {
  const tally = { ...emptyTally(), scheduled: answered + 1, sent: answered, answered, unsent: 1, failures: { '<b>&"BUSY': 3 } };
  const seconds = Array.from({ length: 5 }, (_, second) => {
    const sum = { ...emptyTally(), sent: (answered * (second + 1)) / 5, answered: (answered * (second + 1)) / 5 };
    return { second, tally: sum, open: 3, inFlight: 1, latency: latencies(second * 20).percentiles(), heard: 1 };
  });
  const all = latencies(answered);
  const result = {
    tally,
    latency: all,
    service: all,
    lag: all,
    atLeast: all,
    seconds,
    duration: 5,
    cpuMillis: 1,
    processesLost: 0,
  };
  return runReport(result, { against, round: 1, processes: 1, payloads: 1 });
}

const REPORT: LoadReport = {
  ok: false,
  interrupted: true,
  bundle: 'payments</title><script>document.title = "taken"</script>',
  tenant: 'acme',
  plan: {
    protocol: 'ws',
    targets: ['127.0.0.1:1'],
    path: '/v1/acme/stream',
    loop: 'open',
    rate: 100,
    arrivals: 'constant',
    profile: 'hold',
    seconds: 5,
    connections: 3,
    processes: 1,
    inFlight: 1,
    payloads: 1,
    messages: 9,
    bytesMean: 200,
  },
  node: 'v20.0.0',
  preflight: [{ what: 'descriptors', verdict: 'low', needed: 5, found: undefined, advice: 'more' }],
  runs: [runOf('target', 100), runOf('echo', 250), runOf('target', 0)],
  ratios: { requestsPerSecond: 0.5, p50: 1, p90: 1, p99: 2, p999: 2 },
};

describe('the page of a report', () => {
  const page = reportPage(REPORT);

  it('needs nothing beside itself', () => {
    expect(page).toContain("default-src 'none'");
    expect([...page.matchAll(/\b(?:src|href)\s*=\s*["'][^"']*["']|@import|url\(/g)].map(String)).toEqual([]);
  });

  it('takes names for what they are', () => {
    expect(page).not.toContain('<script>document.title');
    expect(page).toContain('&lt;b&gt;&amp;&quot;BUSY');
  });

  it.skipIf(CHROMIUM === undefined)('draws its plots in Chromium (skipped where there is none)', async () => {
    // what goes wrong on the page would be seen as an attribute
    const watched = page.replace(
      '<script>',
      `<script>
const wrong = (text) => { document.documentElement.dataset.wrong = text; };
addEventListener('error', (event) => wrong(String(event.message)));
addEventListener('securitypolicyviolation', (event) => wrong('policy ' + event.violatedDirective));
addEventListener('load', () => {
  const canvases = [...document.querySelectorAll('canvas')];
  const drawn = canvases.filter((canvas) =>
    canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.some((value) => value !== 0));
  document.documentElement.dataset.drawn = drawn.length + ' of ' + canvases.length;
});
</script><script>`,
    );
    const file = join(folder, 'page.html');
    writeFileSync(file, watched);
    const dom = await dumpPage(pathToFileURL(file).href);
    const [tag] = /<html[^>]*>/.exec(dom) ?? [''];
    expect(tag).not.toContain('data-wrong');
    // four each of the runs that have answers, and the two over time of the one that has none
    expect(tag).toContain('data-plots="10"');
    expect(tag).toContain('data-drawn="10 of 10"');
    expect(dom).toContain('Target, round 1');
    expect(dom).toContain('<title>Load test of payments&lt;/title&gt;');
  });
});
