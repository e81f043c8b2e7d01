// The plot of growth: small, and drawn right.

import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { benchGrowth } from '#bench/growth.js';
import { growthSvg } from '#bench/growth-plot.js';
import { gccVersion } from '#bench/peers/c-program.js';
import { formatTable } from '#bench/report.js';
import { BLOCK_COUNT } from '#bench/workload.js';

it('measures, leaves out what takes too long, and says so', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'verdict-growth-'));
  try {
    const svg = join(dir, 'images/growth.svg');
    const result = await benchGrowth({
      sizes: [1, 4, 100],
      payloadCount: BLOCK_COUNT,
      runs: 1,
      timing: { msMin: 1, warmupMsMin: 1 },
      // Nothing that compiles does so in this time.
      compileMsMax: 1,
      blockMsMax: 60_000,
      msMax: 600_000,
      svg,
      format: formatTable,
      log: () => undefined,
    });
    expect(result.wrong).toEqual([]);
    expect(result.lines.map(({ name, points }) => [name, points.map(({ rules }) => rules)])).toEqual([
      ['Verdict, in place', [1, 4, 100]],
      ['V8, generated JS', [1, 4, 100]],
      ['GoRules ZEN', [1, 4, 100]],
    ]);
    expect(result.leftOut).toHaveLength(2);
    for (const why of result.leftOut)
      expect(why).toContain(gccVersion() === undefined ? 'there is no gcc' : 'gcc takes longer than');
    const drawn = readFileSync(svg, 'utf8');
    for (const why of result.leftOut) expect(drawn).toContain(why);
  } finally {
    await rm(dir, { recursive: true });
  }
});

it('draws powers of ten evenly, and no label upon another', () => {
  const line = (name: string, factor: number) => ({
    name,
    points: [1, 10, 100].map((rules) => ({ rules, nanos: factor * rules })),
  });
  const svg = growthSvg('t', [line('one', 10), line('two <b>', 10.1), line('three', 1000)], ['note & note']);
  const [first] = [...svg.matchAll(/<polyline points="([^"]+)"/g)].map((match) =>
    match[1]!.split(' ').map((pair) => pair.split(',').map(Number)),
  );
  const [a, b, c] = first as [number[], number[], number[]];
  expect(b[0]! - a[0]!).toBeCloseTo(c[0]! - b[0]!, 0);
  expect(b[1]! - a[1]!).toBeCloseTo(c[1]! - b[1]!, 0);
  const labels = [...svg.matchAll(/<text x="\d+" y="([\d.]+)" style="fill:#/g)]
    .map((match) => Number(match[1]))
    .sort((x, y) => x - y);
  expect(labels).toHaveLength(3);
  for (let i = 1; i < labels.length; i++) expect(labels[i]! - labels[i - 1]!).toBeGreaterThanOrEqual(16);
  expect(svg).toContain('two &#60;b&#62;');
  expect(svg).toContain('note &#38; note');
  expect(svg).toContain('100 ns');
});
