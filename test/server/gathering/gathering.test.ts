// Figures of several as one: of parts that count at random, some of which answer late or go.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Histogram } from '#src/observe/histogram.js';
import type { ServerStats } from '#src/server/dashboard/stats.js';
import { type CountingHandlers, Gathering, type Source } from '#src/server/gathering/gathering.js';
import { SnapshotWriter } from '#src/server/gathering/snapshot.js';
import { type Metric, sampledOf, single } from '#src/server/metric-samples.js';
import { metricsText } from '#src/server/metrics-text.js';
import { testSeed } from '../../lib/model.js';

const SCALE = { exponents: [4, 8, 12], unitsPerSecond: 1e6 };

/** One that counts: requests by status, connections that it has, how long requests took. */
class Part {
  readonly requests = new Map<string, number>();
  readonly times = new Histogram();
  connections = 0;
  isMute = false;
  private readonly writer = new SnapshotWriter();

  get metrics(): Metric[] {
    const help = 'Help with "quotes"\nand lines.';
    return [
      {
        ...{ name: 'requests_total', type: 'counter', help, aggregator: 'sum' },
        samples: () => [...this.requests].map(([status, value]) => ({ labels: { status, route: 'a"b\\' }, value })),
      },
      { ...{ name: 'connections', type: 'gauge', help, aggregator: 'sum' }, samples: () => single(this.connections) },
      { ...{ name: 'tenants', type: 'gauge', help, aggregator: 'max' }, samples: () => single(this.requests.size) },
      { ...{ name: 'seconds', type: 'histogram', help }, scale: SCALE, histograms: () => [{ labels: {}, histogram: this.times }] },
    ];
  }

  readonly handlers: CountingHandlers = {
    metrics: (known) =>
      this.writer.write(
        this.metrics,
        [{ name: 'late_seconds', type: 'gauge', help: 'x', aggregator: 'average', values: [{ labels: {}, value: 1 }] }],
        known,
      ),
    stats: () => this.stats(),
  };

  readonly channel = {
    call: async (name: 'metrics' | 'stats', known: never): Promise<never> => {
      if (this.isMute) throw new Error('late');
      return structuredClone(await this.handlers[name](known)) as never;
    },
  } as Source['channel'];

  count(status: string, micros: number): void {
    this.requests.set(status, (this.requests.get(status) ?? 0) + 1);
    this.times.record(micros);
  }

  stats(): ServerStats {
    const memory = { tenant: 'acme', bundles: 2, memoryBytes: 100, memoryBytesMax: 200, heapBytesUsed: 0, ringBytes: 0 };
    return {
      engine: {
        outcomes: { approve: this.times.count },
        pool: { threads: 1, hangs: 1, breakers: { open: 1, opened: 1 } },
      } as never,
      http: { connections: this.connections, answered: Object.fromEntries(this.requests), aborted: 0, problems: {} },
      streams: { connections: 0, messages: 0, errors: {} },
      pending: 1,
      stages: { unitsPerMicro: 16, histograms: [{ face: 'http', path: 'inline', stage: 'read', buckets: this.times.counts() }] },
      tenantCount: 1,
      tenants: [{ ...memory, ringBytesUsed: 0, slots: 3 }],
      process: { rssBytes: 10, cpuMillis: this.times.count },
    };
  }
}

class Together {
  readonly own = new Part();
  parts: Part[] = [];
  readonly gathering = new Gathering({
    label: 'process',
    sources: () => this.parts.map(({ channel }, i) => ({ name: String(i), channel })),
    parts: () => ({ kind: 'process', ready: this.parts.length, of: 9 }),
    own: { name: 'parent', ...this.own.handlers },
    millisMax: 1000,
    keptMillis: 0,
  });

  add(): Part {
    const part = new Part();
    this.parts.push(part);
    return part;
  }

  async lines(): Promise<Map<string, number>> {
    const text = await this.gathering.metrics();
    const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    return new Map(lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]));
  }
}

const STATUSES = ['200', '404', '503'];
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('count' as const),
      at: fc.nat(9),
      status: fc.constantFrom(...STATUSES),
      micros: fc.nat(9999),
    }),
  },
  fc.record({ do: fc.constantFrom('come' as const, 'mute' as const, 'look' as const), at: fc.nat(9) }),
  fc.record({ do: fc.constantFrom('say-last' as const, 'die' as const), at: fc.nat(9) }),
);

describe('figures of several', () => {
  it('are those that all have counted, and never fall', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const together = new Together();
        together.add();
        const all = new Map<string, number>();
        /** What was counted since it was asked last by those that died: the only thing that may be missing. */
        let lost = 0;
        const unheard = new Map<Part, number>();
        let before = 0;
        const look = async (): Promise<void> => {
          const lines = await together.lines();
          const { stats } = await together.gathering.stats();
          for (const part of together.parts) if (!part.isMute) unheard.set(part, 0);
          const total = STATUSES.reduce(
            (sum, status) => sum + (lines.get(`requests_total{status="${status}",route="a\\"b\\\\"}`) ?? 0),
            0,
          );
          const wanted = [...all.values()].reduce((sum, each) => sum + each, 0) - lost;
          const late = together.parts.reduce((sum, part) => sum + (unheard.get(part) ?? 0), 0);
          expect(total).toBe(wanted - late);
          expect(total).toBeGreaterThanOrEqual(before);
          before = total;
          expect(lines.get('seconds_count')).toBe(total);
          expect(lines.get('seconds_bucket{le="+Inf"}')).toBe(total);
          expect(Object.values(stats.http.answered).reduce((sum, each) => sum + each, 0)).toBe(total);
          expect((stats.stages.histograms[0]?.buckets ?? []).reduce((sum, [, count]) => sum + count, 0)).toBe(total);
          expect(stats.process.cpuMillis).toBe(total);
        };
        for (const each of steps) {
          const part = together.parts[each.at % Math.max(1, together.parts.length)];
          if (each.do === 'come') together.add();
          else if (each.do === 'look') await look();
          else if (part === undefined) continue;
          else if (each.do === 'count') {
            part.count(each.status, each.micros);
            all.set(each.status, (all.get(each.status) ?? 0) + 1);
            unheard.set(part, (unheard.get(part) ?? 0) + 1);
          } else if (each.do === 'mute') part.isMute = !part.isMute;
          else {
            together.parts = together.parts.filter((other) => other !== part);
            const last = { metrics: await part.handlers.metrics(0), stats: part.stats() };
            together.gathering.leave(part.channel, each.do === 'die' ? undefined : last);
            if (each.do === 'die') lost += unheard.get(part) ?? 0;
            unheard.delete(part);
          }
        }
        await look();
      }),
      { numRuns: 60, seed: testSeed('gathering') },
    );
  });

  it('add what one has, forget it with the one, and label what cannot be added', async () => {
    const together = new Together();
    const [a, b] = [together.add(), together.add()];
    Object.assign(a, { connections: 3 });
    Object.assign(b, { connections: 4 });
    a.count('200', 1);
    b.count('200', 1);
    b.count('404', 1);
    const lines = await together.lines();
    expect(lines.get('connections')).toBe(7);
    expect(lines.get('tenants')).toBe(2);
    expect([...lines.keys()].filter((key) => key.startsWith('late'))).toEqual([
      ...['late_seconds{process="parent"}', 'late_seconds{process="0"}', 'late_seconds{process="1"}'],
    ]);
    const { stats, parts } = await together.gathering.stats();
    expect(parts).toEqual({ kind: 'process', ready: 2, of: 9 });
    expect(stats).toMatchObject({
      engine: { outcomes: { approve: 3 }, pool: { threads: 3, hangs: 3, breakers: { open: 3, opened: 3 } } },
      http: { connections: 7, answered: { 200: 2, 404: 1 } },
      ...{ pending: 3, tenantCount: 1, process: { rssBytes: 30 } },
    });
    expect(stats.tenants).toEqual([expect.objectContaining({ tenant: 'acme', bundles: 2, memoryBytes: 300, slots: 9 })]);
    together.parts = [a];
    together.gathering.leave(b.channel);
    expect((await together.lines()).get('connections')).toBe(3);
    const after = (await together.gathering.stats()).stats;
    expect(after).toMatchObject({
      engine: { outcomes: { approve: 3 }, pool: { threads: 2, hangs: 3, breakers: { open: 2, opened: 3 } } },
      http: { connections: 3, answered: { 200: 2, 404: 1 } },
      ...{ pending: 2, process: { rssBytes: 20, cpuMillis: 3 } },
    });
    expect(after.tenants[0]!.memoryBytes).toBe(200);
  });

  it('of one alone are its own text', async () => {
    const together = new Together();
    together.own.count('200', 300);
    const lone = await metricsText(together.own.metrics.map(sampledOf));
    expect(await together.gathering.metrics()).toBe(
      `${lone}\n# HELP late_seconds x\n# TYPE late_seconds gauge\nlate_seconds{process="parent"} 1\n`,
    );
  });

  it('are asked for once by many that want them at once', async () => {
    const together = new Together();
    const part = together.add();
    let asked = 0;
    const { call } = part.channel;
    Object.assign(part.channel, {
      call: (name: never, value: never) => {
        asked++;
        return call(name, value);
      },
    });
    const texts = await Promise.all(Array.from({ length: 8 }, () => together.gathering.metrics()));
    expect([asked, new Set(texts).size]).toEqual([1, 1]);
    await together.gathering.metrics();
    expect(asked).toBe(2);
  });

  it('send the names of their metrics once, and again when they change', async () => {
    const part = new Part();
    part.count('200', 1);
    const first = await part.handlers.metrics(0);
    expect(first.heads).toContain('requests_total');
    part.count('200', 1);
    const next = await part.handlers.metrics(first.version);
    expect(next).toMatchObject({ version: first.version, heads: undefined });
    part.count('404', 1);
    const changed = await part.handlers.metrics(first.version);
    expect(changed.version).toBe(first.version + 1);
    expect(changed.heads).toContain('404');
  });
});
