// What is proven of tables of 2,000 rows, from CSV to payload: `compile` finds the planted faults and nothing else, and the engine
// does with the payload of each finding what the finding says. Set VERDICT_SEED for other payloads.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PlantedCsv, plantedBundle, plantedPayload } from '#bench/planted-bundle.js';
import { COLUMNS, COUNTRIES, plantedTable } from '#bench/planted-table.js';
import type { DomainValue, TableForm } from '#src/compiler/proofs/table-form.js';
import { setHas } from '#src/compiler/proofs/value-set.js';
import { compile, createEngine, type Engine, type RuleSet } from '#src/index.js';
import { Random } from '../../lib/expression-model.js';
import { takes } from './brute-force.js';

const SEED = Number(process.env.VERDICT_SEED ?? 20_261);
const ROWS = 2000;
const PAYLOADS = 200;

type Payload = Record<string, unknown>;

const limits = plantedTable(ROWS, 1, 'unique');
const offers = plantedTable(ROWS, 2, 'first');
const asWritten: PlantedCsv[] = [
  { name: 'limits', planted: limits, hitPolicy: 'unique' },
  { name: 'offers', planted: offers, hitPolicy: 'first' },
];
const [options, costMax] = [{ profileMax: 'standard', costMax: 1e9 } as const, 1e9];

/** One point inside a form at random: bounds of cells, and values beside them, as often as others. */
function randomPoint(random: Random, { rows, dimensions }: TableForm): DomainValue[] {
  return dimensions.map(({ domain }, column) => {
    if (domain.nullable && random.chance(20)) return null;
    const cell = random.pick(rows).cells[column];
    const bound = cell?.kind === 'intervals' ? (cell.intervals[0]!.low ?? cell.intervals[0]!.high) : undefined;
    switch (domain.kind) {
      case 'finite':
        return random.pick(domain.members);
      case 'text':
        return random.pick([...COUNTRIES, 'US', 'ZZ']);
      case 'exact': {
        if (typeof bound !== 'bigint') return random.chance(50) ? domain.low : domain.high;
        const near = bound + BigInt(random.below(3) - 1);
        return near < domain.low ? domain.low : near > domain.high ? domain.high : near;
      }
      default: {
        const near = typeof bound === 'number' ? bound + (random.below(3) - 1) * (domain.integer ? 1 : 1e-9) : random.below(2);
        return Math.min(domain.high, Math.max(domain.low, near));
      }
    }
  });
}

/** Rows that take a point, from 1. */
function rowsTaking(form: TableForm, point: readonly DomainValue[]): number[] {
  return form.rows.flatMap((_, row) => (takes(form, row, point) === 'yes' ? [row + 1] : []));
}

describe('faults planted in tables of 2,000 rows', () => {
  const { diagnostics, image } = compile(plantedBundle(asWritten), options);
  const found = (code: string, table: string) =>
    diagnostics.filter(({ code: its, message }) => its === code && message.includes(table));
  let engine: Engine;
  let every: RuleSet;
  let first: RuleSet;

  /** Numbers of the rows of a table that a decision names. */
  function taken(ruleSet: RuleSet, payload: unknown, table: string): number[] {
    const { status, reasons } = ruleSet.decide(payload as Payload);
    expect(status).toBe('OK');
    return reasons
      .flatMap(({ rule }) => (rule?.startsWith(`${table}/`) ? [Number(rule.slice(table.length + 1))] : []))
      .sort((a, b) => a - b);
  }

  async function load(tables: readonly PlantedCsv[]): Promise<RuleSet> {
    const compiled = compile(plantedBundle(tables), options);
    expect(compiled.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
    return engine.load(compiled.image!);
  }

  beforeAll(async () => {
    engine = await createEngine({ poolThreads: 0, costMax });
    every = await load(asWritten.map((table) => ({ ...table, hitPolicy: 'ruleOrder' })));
    first = await load([{ ...asWritten[1]! }]);
  });
  afterAll(() => engine.close());

  it('are reported, and nothing else', () => {
    expect(limits.form.rows.length).toBe(ROWS);
    expect(image).toBeUndefined();
    const counts = new Map<string, number>();
    for (const { code, severity, span } of diagnostics) {
      const key = `${code} ${severity} ${span.file}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    expect(Object.fromEntries(counts)).toEqual({
      'V4200 warning tables/limits.yaml': 3,
      'V4201 error tables/limits.csv': 2,
      'V4200 warning tables/offers.yaml': 3,
      'V4202 warning tables/offers.csv': 1,
    });
    for (const { payload, message } of diagnostics) expect(message).toContain(JSON.stringify(payload));
  });

  it('gaps: no row takes the payload', () => {
    for (const table of ['limits', 'offers']) {
      for (const { payload } of found('V4200', `\`${table}\``)) {
        expect(taken(every, payload, table)).toEqual([]);
        expect(every.decide(payload as Payload).reasons.map(({ code }) => code)).toContain(`NO_${table.toUpperCase()}`);
      }
    }
    for (const { payload } of found('V4200', '`offers`')) {
      expect(first.decide(payload as Payload).reasons.map(({ code }) => code)).toEqual(['NO_OFFERS']);
    }
  });

  it('gaps: the planted ones, each with one payload', () => {
    for (const [table, { gaps }] of [
      ['limits', limits],
      ['offers', offers],
    ] as const) {
      const amounts = (payloads: readonly unknown[]) => payloads.map((payload) => Number((payload as Payload).amount)).sort();
      expect(amounts(found('V4200', `\`${table}\``).map(({ payload }) => payload))).toEqual(amounts(gaps.map(plantedPayload)));
      for (const point of gaps) expect(taken(every, plantedPayload(point), table)).toEqual([]);
    }
  });

  it('overlaps: both rows take the payload, and no other', () => {
    const rows = found('V4201', '`limits`').map(({ payload, message, span, related }) => {
      const both = taken(every, payload, 'limits');
      expect(message).toContain(`row ${both[1]} and row ${both[0]} of`);
      expect([span, related![0]!.span].map(({ start }) => lineAt('tables/limits.csv', start))).toEqual([
        both[1]! + 1,
        both[0]! + 1,
      ]);
      return both;
    });
    expect(rows).toEqual(limits.overlaps.map(([a, b]) => [a + 1, b + 1]));
  });

  it('the shadowed row: it takes the payload, and one before it gives the value', () => {
    const [{ payload, message, span, related }] = found('V4202', '`offers`') as [(typeof diagnostics)[number]];
    const row = offers.shadowed + 1;
    expect(message).toContain(`row ${row} of \`offers\` is never taken`);
    expect(lineAt('tables/offers.csv', span.start)).toBe(row + 1);
    const [taker, ...others] = taken(every, payload, 'offers');
    expect(others).toEqual([row]);
    expect(taken(first, payload, 'offers')).toEqual([taker]);
    expect(related!.length).toBeGreaterThan(1);
    // What is named before it does take inputs of it.
    const named = related!.map(({ span: place }) => lineAt('tables/offers.csv', place.start) - 1);
    expect(named).toEqual([...new Set(named)].filter((number) => number < row).sort((a, b) => a - b));
  });

  it(`the shadowed row: of payloads that it takes, none gets its value (seed ${SEED})`, () => {
    const random = new Random(SEED);
    const row = offers.form.rows[offers.shadowed]!;
    for (let n = 0; n < PAYLOADS; n++) {
      const point = randomPoint(random, offers.form).map((value, column) => {
        const cell = row.cells[column];
        if (cell === undefined || setHas(cell as Parameters<typeof setHas>[0], value)) return value;
        if (cell.kind === 'members') return random.pick(cell.members);
        return 350 + random.below(301);
      });
      const payload = plantedPayload(point);
      const all = taken(every, payload, 'offers');
      expect(all).toContain(offers.shadowed + 1);
      expect(taken(first, payload, 'offers')).toEqual([all[0]]);
      expect(all[0]).not.toBe(offers.shadowed + 1);
    }
  });

  it(`random payloads meet the rows that the form says (seed ${SEED})`, () => {
    const random = new Random(SEED);
    for (let n = 0; n < PAYLOADS; n++) {
      const [table, planted] = random.pick([
        ['limits', limits],
        ['offers', offers],
      ] as const);
      const point = randomPoint(random, planted.form);
      expect(point.length).toBe(COLUMNS.length);
      expect(taken(every, plantedPayload(point), table)).toEqual(rowsTaking(planted.form, point));
    }
  });
});

const decoder = new TextDecoder();
const written = plantedBundle(asWritten);

/** Line (from 1) of an offset. */
function lineAt(file: string, offset: number): number {
  return decoder.decode(written.get(file)).slice(0, offset).split('\n').length;
}
