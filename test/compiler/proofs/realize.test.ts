import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkSource } from '#src/compiler/check-source.js';
import type { Ir } from '#src/compiler/ir.js';
import { domainOfField, domainOfType } from '#src/compiler/proofs/domains.js';
import { witnessPayload } from '#src/compiler/proofs/payload.js';
import { proveTable } from '#src/compiler/proofs/prove-table.js';
import { realizer } from '#src/compiler/proofs/realize.js';
import type { CellSet, DomainValue, TableForm, TablePolicy } from '#src/compiler/proofs/table-form.js';
import { setHas } from '#src/compiler/proofs/value-set.js';
import { looseSource } from '#src/compiler/source.js';
import { typeOfField } from '#src/compiler/types.js';
import { DiagnosticBag } from '#src/diagnostic/diagnostic.js';
import { PayloadEncoder } from '#src/schema/encode.js';
import type { Field, Model } from '#src/schema/model.js';
import { readPayload } from '#src/schema/reader.js';
import { modelOf } from '../../lib/model.js';
import { model as wide } from '../check.js';

const seed = Number(process.env.VERDICT_SEED ?? 20_264);

function field(model: Model, path: string): Field {
  return model.fields.find((one) => one.path === path)!;
}

/** What the reader finds in the encoded payload. */
function read(model: Model, payload: unknown): Record<string, unknown> {
  const result = readPayload(model, new PayloadEncoder(model).encode(payload));
  if (!result.ok) throw new Error(result.message);
  return result.value as Record<string, unknown>;
}

describe('witnessPayload', () => {
  it.each<[string, DomainValue, unknown]>([
    ['n', 2.5, 2.5],
    ['i', 7, 7],
    ['amount', 1999n, 1999n],
    ['open', 2n ** 62n + 1n, 2n ** 62n + 1n],
    ['s', 'ä', 'ä'],
    ['maybe', 3, 3],
    ['maybe', null, null],
    ['maybeCountry', 2, 'DE'],
    ['flag', true, true],
    ['at', 1_767_225_600_000_001n, 1_767_225_600_000_001n],
    ['birthday', 20_484n, 20_484n],
    ['defaulted', 4, 4],
  ])('%s is %s', (path, value, expected) => {
    const payload = witnessPayload(wide, [{ field: field(wide, path), value }]);
    expect(read(wide, payload)[path]).toBe(expected);
  });

  it('brings the objects that a value lies in, with what they require', () => {
    const payload = witnessPayload(wide, [{ field: field(wide, 'card.holder.age'), value: 30 }]) as Record<string, unknown>;
    expect(payload.card).toEqual({ limit: 0, holder: { age: 30 } });
    expect(payload.shop).toBeUndefined();
    expect(payload.maybe).toBeUndefined();
  });

  it.each<[string, DomainValue]>([
    ['n', null],
    ['n', Number.NaN],
    ['n', Number.POSITIVE_INFINITY],
    ['i', 101],
    ['s', 'longer than twenty characters'],
    ['defaulted', null],
  ])('%s cannot be %s', (path, value) => {
    expect(witnessPayload(wide, [{ field: field(wide, path), value }])).toBeUndefined();
  });

  it('contradicting fields of an object have none', () => {
    const assignments = [
      { field: field(wide, 'card.limit'), value: null },
      { field: field(wide, 'card.issuer'), value: 'x' },
    ];
    expect(witnessPayload(wide, assignments)).toBeUndefined();
    expect(witnessPayload(wide, assignments.slice(0, 1))).not.toHaveProperty('card');
  });

  it('fills what a model requires, whatever its bounds', () => {
    const text = { type: 'string', minLength: 3, maxLength: 8 };
    const model = modelOf({
      type: 'object',
      required: ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'k'],
      properties: {
        a: { type: 'integer', minimum: 10, maximum: 12 },
        b: { type: 'number', minimum: -2.25, maximum: -1.125 },
        c: { type: 'number', multipleOf: 0.001, minimum: 0.0015, maximum: 0.0025 },
        d: text,
        e: { type: 'string', format: 'date' },
        f: { type: 'array', items: text, minItems: 2, maxItems: 4 },
        g: { type: 'array', maxItems: 4, minItems: 1, items: { type: 'object', required: ['x'], properties: { x: text } } },
        h: { type: 'object', required: ['y'], properties: { y: { type: 'boolean' } } },
        k: { type: 'string', enum: ['only'] },
      },
    });
    const payload = witnessPayload(model, [])!;
    expect(payload).toEqual({
      a: 10,
      b: -2.25,
      c: 0.002,
      d: 'other',
      e: '2000-01-01',
      f: ['other', 'other'],
      g: [{ x: 'other' }],
      h: { y: false },
      k: 'only',
    });
    read(model, payload);
  });
});

const small = modelOf({
  type: 'object',
  required: ['a', 'b', 'cents', 'fee'],
  properties: {
    a: { type: 'integer', minimum: 0, maximum: 4 },
    b: { type: 'integer', minimum: 0, maximum: 4 },
    c: { type: 'integer', minimum: 0, maximum: 2 },
    cents: { type: 'number', multipleOf: 0.01, minimum: 0, maximum: 0.04 },
    fee: { type: 'number', multipleOf: 0.01, minimum: 0, maximum: 0.03 },
  },
});

function irOf(text: string): Ir {
  const ir = checkSource(looseSource(text, text), small, 'standard', new DiagnosticBag());
  if (ir === undefined) throw new Error(text);
  return ir;
}

interface Input {
  text: string;
  js: (p: Record<string, number | null>) => number | bigint | boolean | null;
}

const INPUTS: Input[] = [
  { text: 'a', js: ({ a }) => a! },
  { text: 'a + b', js: ({ a, b }) => a! + b! },
  { text: 'b * 2 - a', js: ({ a, b }) => b! * 2 - a! },
  { text: 'c ?? 5', js: ({ c }) => c ?? 5 },
  { text: 'a > b', js: ({ a, b }) => a! > b! },
  { text: 'cents + fee', js: ({ cents, fee }) => BigInt(cents! + fee!) },
  { text: 'Math.abs(a - b)', js: ({ a, b }) => Math.abs(a! - b!) },
  { text: 'fee', js: ({ fee }) => BigInt(fee!) },
];

/** Every payload of the small model, cents and fee in cents. */
const payloads: Record<string, number | null>[] = [];
for (let a = 0; a <= 4; a++) {
  for (let b = 0; b <= 4; b++) {
    for (const c of [null, 0, 1, 2])
      for (let cents = 0; cents <= 4; cents++) for (let fee = 0; fee <= 3; fee++) payloads.push({ a, b, c, cents, fee });
  }
}

const bound = fc.integer({ min: -1, max: 9 });

function cellArbitrary(input: Input): fc.Arbitrary<CellSet | undefined> {
  if (input.text === 'a > b') {
    return fc
      .option(fc.boolean(), { nil: undefined })
      .map((value) => (value === undefined ? undefined : { kind: 'members', members: [value], except: false, null: false }));
  }
  const isExact = input.text.includes('fee');
  return fc.tuple(bound, bound, fc.integer({ min: 0, max: 3 })).map(([low, high, kind]) => {
    if (kind === 0) return undefined;
    const [from, to] = isExact ? [BigInt(low), BigInt(high)] : [low, high];
    const interval = kind === 1 ? { low: from } : kind === 2 ? { high: to } : { low: from, high: to };
    return { kind: 'intervals', intervals: [interval], null: false, nan: true };
  });
}

function formArbitrary(policy: TablePolicy): fc.Arbitrary<{ inputs: Input[]; form: TableForm }> {
  return fc.subarray(INPUTS, { minLength: 2, maxLength: 3 }).chain((inputs) => {
    const dimensions = inputs.map(({ text }) => {
      const ir = irOf(text);
      const free = ir.op === 'field';
      const domain = ir.op === 'field' ? domainOfField(ir.field, typeOfField(ir.field), false) : domainOfType(ir.type, false);
      return { name: text, domain: domain!, free };
    });
    const row = fc.record({ cells: fc.tuple(...inputs.map(cellArbitrary)), outputsKey: fc.constantFrom('x', 'y') });
    return fc
      .array(row, { minLength: 1, maxLength: 5 })
      .map((rows): { inputs: Input[]; form: TableForm } => ({ inputs, form: { dimensions, objects: [], rows, policy } }));
  });
}

describe('inputs that depend on one another', () => {
  it.each(['unique', 'first'] as const)('no false claim, and what is not claimed is not so or not proven (%s)', (policy) => {
    const counts = { claims: 0, open: 0 };
    fc.assert(
      fc.property(formArbitrary(policy), ({ inputs, form }) => {
        const realize = realizer(
          small,
          inputs.map(({ text }) => irOf(text)),
        );
        const { findings, notProven } = proveTable(form, { realize, findingsMax: 100 });
        const pointOf = (payload: Record<string, number | null>) => inputs.map(({ js }) => js(payload));
        const rowsAt = (point: readonly DomainValue[]) =>
          form.rows.flatMap(({ cells }, row) =>
            cells.every((cell, d) => cell === undefined || cell.kind === 'opaque' || setHas(cell, point[d]!)) ? [row] : [],
          );
        const all = payloads.map((payload) => rowsAt(pointOf(payload)));
        const isOpen = (what: string, row?: number) =>
          notProven.some((open) => open.what === what && (row === undefined || open.rows.length === 0 || open.rows.includes(row)));
        const shown = (payload: unknown) => {
          const value = read(small, payload);
          return rowsAt(
            pointOf({ ...value, cents: Number(value['cents']), fee: Number(value['fee']) } as Record<string, number | null>),
          );
        };
        counts.claims += findings.length;
        counts.open += notProven.length;
        for (const finding of findings) {
          if (finding.kind === 'gap') {
            if (finding.payload !== undefined) expect(shown(finding.payload)).toEqual([]);
            expect(all.some((rows) => rows.length === 0)).toBe(true);
          } else if (finding.kind === 'overlap') {
            const { first, second } = finding;
            if (finding.payload !== undefined) expect(shown(finding.payload)).toEqual(expect.arrayContaining([first, second]));
            expect(all.some((rows) => rows.includes(first) && rows.includes(second))).toBe(true);
          } else if (finding.kind === 'shadow') {
            expect(all.some(([first]) => first === finding.row)).toBe(false);
            if (finding.payload !== undefined) {
              const rows = shown(finding.payload);
              expect(rows).toContain(finding.row);
              expect(finding.by.some((before) => rows.includes(before))).toBe(true);
            }
          } else if (finding.kind === 'never') {
            expect(all.some((rows) => rows.includes(finding.row))).toBe(false);
          }
        }
        if (all.some((rows) => rows.length === 0)) expect(findings.some(({ kind }) => kind === 'gap') || isOpen('gap')).toBe(true);
        if (policy === 'unique') {
          for (const rows of all) {
            for (const [index, a] of rows.entries()) {
              for (const b of rows.slice(index + 1)) {
                const isFound = findings.some(
                  (finding) => finding.kind === 'overlap' && finding.first === a && finding.second === b,
                );
                expect(isFound || isOpen('overlap', a)).toBe(true);
              }
            }
          }
        } else {
          for (const row of form.rows.keys()) {
            const isTaken = all.some(([first]) => first === row);
            const isFound = findings.some(
              (finding) => (finding.kind === 'shadow' || finding.kind === 'never') && finding.row === row,
            );
            if (!isTaken) expect(isFound || isOpen('shadow', row)).toBe(true);
          }
        }
      }),
      { seed, numRuns: 150 },
    );
    expect(counts.claims).toBeGreaterThan(150);
    // Payloads are found for most of what is so.
    expect(counts.open).toBeLessThan(counts.claims);
  });

  it('solves a sum for a field that is free', () => {
    const realize = realizer(small, [irOf('cents + fee'), irOf('fee')]);
    const set = (low: bigint, high: bigint) =>
      ({ kind: 'intervals', intervals: [{ low, high }], null: false, nan: false }) as const;
    const found = realize([6n, 2n], [set(6n, 6n), set(2n, 2n)])!;
    expect(found.payload).toMatchObject({ cents: 0.04, fee: 0.02 });
    expect(found.witness).toEqual([6n, 2n]);
    expect(realize([7n, 2n], [set(7n, 7n), set(2n, 2n)])).toBeUndefined();
  });

  it('goes through features', () => {
    const total = irOf('a + b');
    const feature = { name: 'total', type: total.type, nullable: false };
    const input: Ir = { op: 'feature', type: total.type, feature, nullable: false, start: 0, end: 5 };
    const realize = realizer(small, [input], { featureValue: (ref) => (ref === feature ? total : undefined) });
    const region = [{ kind: 'intervals', intervals: [{ low: 7 }], null: false, nan: false }] as const;
    const { payload, witness } = realize([7], region)!;
    const { a, b } = payload as { a: number; b: number };
    expect(a + b).toBe(witness[0]);
    expect(a + b).toBeGreaterThanOrEqual(7);
    expect(realizer(small, [input])([7], region)).toBeUndefined();
  });
});
