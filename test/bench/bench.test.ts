// Benches run small in the suite, so that they do not rot: every engine decides the workload, and every answer is right.

import { describe, expect, it } from 'vitest';
import { benchCheck } from '#bench/check.js';
import { benchDecide } from '#bench/decide.js';
import { benchEditor } from '#bench/editor.js';
import { benchLanguage } from '#bench/language.js';
import { languageCases } from '#bench/language-cases.js';
import { benchLargest } from '#bench/largest.js';
import { gccVersion } from '#bench/peers/c-program.js';
import { benchProofs } from '#bench/proofs.js';
import { formatMarkdown, formatTable } from '#bench/report.js';
import { benchScheduling } from '#bench/scheduling.js';
import { HttpReplyReader, WebSocketReplyReader } from '#bench/serving/reply-reader.js';
import { benchServing } from '#bench/serving.js';
import { computeTruth, outcomeOf } from '#bench/truth.js';
import { BLOCK_COUNT, type Comparison, makePayloads, makeRules, PAYLOAD_COUNT, type WorkloadPayload } from '#bench/workload.js';

/** One comparison on one payload, as plainly as it can be said. */
function holds({ field, operator, value }: Comparison, payload: WorkloadPayload): boolean {
  if (operator === '==') return payload[field] === value;
  const x = payload[field] as number;
  if (operator === '<') return x < value;
  if (operator === '<=') return x <= value;
  return operator === '>' ? x > value : x >= value;
}

describe('workload', () => {
  it('is the same for ever', () => {
    expect(makeRules(1)).toEqual([
      {
        id: 'r0',
        comparisons: [
          { field: 'country', operator: '==', value: 'DE' },
          { field: 'mcc', operator: '<', value: 602.53 },
          { field: 'role', operator: '==', value: 'vip' },
        ],
        score: 89,
      },
    ]);
    expect(makePayloads(1)[0]).toMatchObject({ amount: 6.92, balance: 8601.93, velocity: 711.24, country: 'NG', currency: 'GBP' });
    expect(makeRules(10)).toEqual(makeRules(100).slice(0, 10));
    expect(makePayloads(3)).toEqual(makePayloads(50).slice(0, 3));
    expect(PAYLOAD_COUNT % BLOCK_COUNT).toBe(0);
  });

  it('has the truth of an evaluation one by one', () => {
    const rules = makeRules(200);
    const payloads = makePayloads(2 * BLOCK_COUNT);
    const truth = computeTruth(rules, payloads);
    payloads.forEach((payload, i) => {
      const hits = rules.filter((rule) => rule.comparisons.every((comparison) => holds(comparison, payload)));
      expect(truth.scores[i]).toBe(hits.reduce((sum, rule) => sum + rule.score, 0));
    });
    const outcomes = Array.from(truth.scores, (score) => outcomeOf(score, truth.thresholds));
    expect(new Set(outcomes).size).toBe(3);
  });
});

describe('decide', () => {
  it('measures every engine, and all are right', async () => {
    const lines: string[] = [];
    const result = await benchDecide({
      sizes: [10],
      runs: 1,
      timing: { msMin: 1, warmupMsMin: 1 },
      peers: 'all',
      payloadCount: 2 * BLOCK_COUNT,
      format: formatTable,
      log: (line) => lines.push(line),
    });
    const rows = result.sizes[0]!.rows;
    expect(rows.filter((row) => row.wrong !== null)).toEqual([]);
    expect(rows.every((row) => row.checked >= BLOCK_COUNT && row.nanosPerDecision > 0)).toBe(true);
    const gcc = [
      'gcc -O3, in place, score only',
      'gcc -O3, in place, score + outcome + reasons',
      'gcc -O3, the same index in C, score + outcome + reasons',
    ];
    expect(rows.map((row) => row.name)).toEqual([
      'Verdict, FlatBuffers in place',
      'Verdict, FlatBuffers, one a call, read in place',
      'Verdict, FlatBuffers, one a call, copied',
      'Verdict, JSON text',
      'Verdict, object',
      ...(gccVersion() === undefined ? [] : gcc),
      'V8, generated JS on objects',
      'V8, generated JS + JSON.parse',
      'GoRules ZEN 0.54',
      'cel-js 8.0',
      'json-rules-engine 7.3',
    ]);
    expect(lines.join('\n')).toContain('Verdict, FlatBuffers in place');
  });
});

describe('serving', () => {
  it('verifies the answers and measures each face beside the echo', async () => {
    const result = await benchServing({
      rules: 10,
      rounds: 1,
      warmupMs: 20,
      measureMs: 100,
      payloadCount: BLOCK_COUNT,
      format: formatMarkdown,
      log: () => {},
    });
    expect(result.faces).toHaveLength(5);
    for (const { verdict, echo } of result.faces) {
      expect(verdict.rate).toBeGreaterThan(0);
      expect(echo.rate).toBeGreaterThan(0);
    }
  });
});

describe('language', () => {
  it('measures every kind of work, and all is as V8 has it', async () => {
    const { rows } = await benchLanguage({
      payloadCount: BLOCK_COUNT,
      runs: 1,
      timing: { msMin: 1, warmupMsMin: 1 },
      format: formatTable,
      log: () => {},
    });
    expect(rows.filter((row) => row.wrong !== null)).toEqual([]);
    expect(rows.length).toBeGreaterThan(10);
    expect(rows.every((row) => row.checked >= 2 * BLOCK_COUNT && row.overV8 > 0)).toBe(true);
  });

  it.each(languageCases().map((work) => [work.name, work] as const))('%s: payloads with more than one answer', (_, work) => {
    const answers = Array.from({ length: 200 }, (_, index) => {
      const payload = work.payload(index);
      expect(work.payload(index)).toEqual(payload);
      return work.run((work.prepare?.(payload) ?? payload) as never);
    });
    expect(new Set(answers).size).toBeGreaterThan(1);
  });
});

describe('proofs', () => {
  it('finds what is planted, and nothing else', () => {
    const lines: string[] = [];
    const { rows } = benchProofs({ rows: 400, rules: 300, runs: 1, format: formatTable, log: (line) => lines.push(line) });
    expect(rows.filter((row) => row.wrong !== null)).toEqual([]);
    expect(rows.map(({ found }) => found)).toMatchObject([{ V4200: 3, V4201: 2 }, { V4200: 3, V4202: 1 }, {}, {}, {}]);
    expect(lines.join('\n')).toContain('400 rows');
  });
});

describe('replies are counted however they are cut', () => {
  const http = (body: string): string => `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  const frame = (bytes: number): Buffer => {
    if (bytes < 126) return Buffer.concat([Buffer.from([0x82, bytes]), Buffer.alloc(bytes)]);
    const head = Buffer.from([0x82, 126, bytes >> 8, bytes & 255]);
    return Buffer.concat([head, Buffer.alloc(bytes)]);
  };
  const cases = [
    {
      name: 'http',
      Reader: HttpReplyReader,
      parts: [http(''), http('a'.repeat(50)), http('\r\n\r\nHTTP')].map((s) => Buffer.from(s)),
    },
    { name: 'websocket', Reader: WebSocketReplyReader, parts: [frame(0), frame(5), frame(125), frame(126), frame(300)] },
  ];

  it.each(cases)('$name', ({ Reader, parts }) => {
    const stream = Buffer.concat(parts);
    for (let step = 1; step <= stream.length; step++) {
      const sizes: number[] = [];
      const reader = new Reader((bytes) => sizes.push(bytes));
      for (let at = 0; at < stream.length; at += step) reader.push(stream.subarray(at, at + step));
      expect(sizes).toEqual(parts.map((part) => part.length));
    }
  });

  it('refuses what is no success', () => {
    expect(() => new HttpReplyReader(() => {}).push(Buffer.from('HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n'))).toThrow('503');
    expect(() => new WebSocketReplyReader(() => {}).push(Buffer.from([0x88, 0]))).toThrow('0x88');
  });
});

describe('benchCheck', () => {
  it('checks what it edits', async () => {
    const { rows } = await benchCheck({ rules: 300, edits: 2, format: formatTable, log: () => undefined });
    expect(rows.map(({ files, wrong }) => [files, wrong])).toEqual([
      [1, null],
      [100, null],
    ]);
  });
});

describe('benchEditor', () => {
  it('types, and is told of what it breaks', async () => {
    const { rows } = await benchEditor({ rules: 200, edits: 2, format: formatTable, log: () => undefined });
    expect(rows.map(({ files, wrong }) => [files, wrong])).toEqual([
      [1, null],
      [100, null],
    ]);
  });
});

describe('benchLargest', () => {
  it('publishes a table and rules, and decides with both what is right', async () => {
    const timing = { msMin: 1, warmupMsMin: 1 };
    const { rows } = await benchLargest({
      rows: 300,
      payloadCount: BLOCK_COUNT,
      timing,
      format: formatTable,
      log: () => undefined,
    });
    expect(rows.map(({ name, wrong }) => [name, wrong])).toEqual([
      ['a table of 300 rows', null],
      ['300 rules', null],
    ]);
    expect(rows.every(({ megabytes, heapMegabytes }) => megabytes > heapMegabytes && heapMegabytes > 0)).toBe(true);
  });
});

describe('scheduling', () => {
  it('decides all that arrives in every way, and draws the table', async () => {
    const lines: string[] = [];
    const result = await benchScheduling({ runs: 1, seconds: 1, format: formatMarkdown, log: (line) => lines.push(line) });
    expect(result.rows.map(({ wrong }) => wrong)).toEqual([null, null, null, null]);
    expect(lines.join('\n')).toMatch(/yielding batches \(what ships\) \| +[\d.,]+ \|/);
  });
});
