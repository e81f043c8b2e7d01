// The benches of single decisions run small in the suite, so that they do not rot. Each throws where an answer is no decision.

import { describe, expect, it } from 'vitest';
import { benchDispatch } from '#bench/dispatch.js';
import { benchFrames } from '#bench/frames.js';
import { formatMarkdown } from '#bench/report.js';
import { benchRequests } from '#bench/requests.js';
import { benchTail } from '#bench/tail.js';

const small = (): {
  lines: string[];
  options: { rules: number; rounds: number; format: typeof formatMarkdown; log(line: string): void };
} => {
  const lines: string[] = [];
  return { lines, options: { rules: 10, rounds: 1, format: formatMarkdown, log: (line) => lines.push(line) } };
};

describe('tail', () => {
  it('measures the server and the echo at half of what the server can do, and draws the table', async () => {
    const { lines, options } = small();
    const { capacity, rate, verdict, echo, ratios } = await benchTail({ ...options, seconds: 0.5, payloadCount: 64 });
    expect(rate).toBe(Math.round(capacity / 2));
    for (const each of [verdict, echo]) {
      expect(each.p50).toBeGreaterThan(0);
      expect(each.p50).toBeLessThanOrEqual(each.p90);
      expect(each.p99).toBeLessThanOrEqual(each.p999);
    }
    expect(ratios.p99).toBe(verdict.p99 / echo.p99);
    expect(lines.join('\n')).toMatch(/\| times the echo +\| +[\d.,]+ +\|/);
  }, 60_000);
});

describe('dispatch', () => {
  it('decides batches in every way, beside single decisions, and draws the table', async () => {
    const { lines, options } = small();
    const { rows } = await benchDispatch({ ...options, seconds: 0.5, counts: [64, 512] });
    expect(rows.map(({ payloads }) => payloads)).toEqual([64, 512]);
    expect(rows[1]!.cost).toBe(8 * rows[0]!.cost);
    for (const { ways } of rows) {
      for (const { rate, p50, p99 } of Object.values(ways)) {
        expect(rate).toBeGreaterThan(0);
        expect(p50).toBeLessThanOrEqual(p99);
      }
    }
    expect(lines.join('\n')).toMatch(/\| +512 \|/);
  }, 60_000);
});

describe('frames', () => {
  it('decides frames by every design with equal answers, and draws the table', async () => {
    const { lines, options } = small();
    const { rows } = await benchFrames({ ...options, rules: 20, rounds: 2, payloadCount: 1024 });
    expect(rows.map(({ wrong }) => wrong)).toEqual([null, null, null, null]);
    for (const { nanos } of rows) expect(nanos[1]).toBeGreaterThan(0);
    expect(lines.join('\n')).toMatch(/\| lent room, rules by ranks +\| +[\d.,]+ +\| +[\d.,]+ +\|/);
  }, 60_000);
});

describe('requests', () => {
  it('answers bodies by every design alike, measures what the library takes, and draws the tables', async () => {
    const { lines, options } = small();
    const { rows, heads } = await benchRequests({ ...options, rules: 20, blocks: 2, measureMs: 100, payloadCount: 1024 });
    expect(rows.map(({ wrong }) => wrong)).toEqual([null, null, null, null]);
    for (const { nanos } of rows) expect(nanos).toBeGreaterThan(0);
    expect(heads[0]).toMatchObject({ name: 'echo', share: 1, cpuShare: 1 });
    expect(heads.at(-1)!.name).toBe('Verdict');
    for (const { rate, micros } of heads) expect(Math.min(rate, micros)).toBeGreaterThan(0);
    expect(lines.join('\n')).toMatch(/\| lent room, text from the engine +\| +[\d.,]+ +\|/);
  }, 60_000);
});
