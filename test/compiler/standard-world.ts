// Expressions of the profile `standard`, emitted and run by the engine, beside what they mean: the evaluator of test/lib over the
// same payload. The IR is taken as the checker made it and as folding left it: both must have the engine's value.

import { ImageKind } from '#assembly/shared/image.js';
import { Combine, Outcome } from '#assembly/shared/outcome.js';
import { Status } from '#assembly/shared/status.js';
import { checkInScope } from '#src/compiler/checker.js';
import { emitValues } from '#src/compiler/expressions.js';
import type { IndexPolicy } from '#src/compiler/index/plan.js';
import type { Ir } from '#src/compiler/ir.js';
import { parseExpression } from '#src/compiler/parse.js';
import { fold, SILENT } from '#src/compiler/passes/fold.js';
import { emitProgram, type Program, rankRules } from '#src/compiler/program.js';
import { modelScope, type Scope } from '#src/compiler/scope.js';
import { FaultSink, looseSource } from '#src/compiler/source.js';
import type { Step } from '#src/compiler/steps.js';
import { DiagnosticBag } from '#src/diagnostic/diagnostic.js';
import { writeImage } from '#src/image/write-image.js';
import { readDecision } from '#src/schema/decision.js';
import { PayloadEncoder } from '#src/schema/encode.js';
import { type PayloadObject, readPayload } from '#src/schema/reader.js';
import { EngineBox, type Value } from '../lib/image-engine.js';
import { evaluateIr, type IrValue, runSteps, Undecidable } from '../lib/ir-evaluator.js';
import { modelOf } from '../lib/model.js';

const countries = { type: 'string', enum: ['US', 'GB', 'DE'] };
const cents = { type: 'number', multipleOf: 0.01, minimum: -1000, maximum: 1000 };
const text = { type: 'string', maxLength: 24 };
const texts = { type: 'array', maxItems: 5, items: text };
const card = { type: 'object', required: ['limit'], properties: { limit: { type: 'number' }, issuer: text } };

export const model = modelOf({
  type: 'object',
  required: ['n', 'm', 'amount', 'fee', 'big', 's', 't', 'flag', 'country', 'at', 'seen', 'day', 'items', 'tags', 'rates'],
  properties: {
    n: { type: 'number' },
    m: { type: 'number' },
    maybe: { type: 'number' },
    preset: { type: 'number', default: 7 },
    amount: cents,
    fee: { type: 'number', multipleOf: 0.001, minimum: -10, maximum: 10 },
    big: { type: 'integer', format: 'int64' },
    maybeAmount: cents,
    s: text,
    t: text,
    note: text,
    flag: { type: 'boolean' },
    maybeFlag: { type: 'boolean' },
    country: countries,
    maybeCountry: countries,
    at: { type: 'string', format: 'date-time' },
    seen: { type: 'string', format: 'date-time' },
    maybeAt: { type: 'string', format: 'date-time' },
    day: { type: 'string', format: 'date' },
    maybeDay: { type: 'string', format: 'date' },
    card: { type: 'object', required: ['limit', 'tags'], properties: { ...card.properties, tags: texts, holder: card } },
    items: {
      type: 'array',
      maxItems: 6,
      items: {
        type: 'object',
        required: ['price', 'quantity', 'kind', 'tags'],
        properties: {
          price: cents,
          discount: cents,
          quantity: { type: 'integer', minimum: 0, maximum: 100, default: 1 },
          kind: countries,
          sku: { ...text, default: 'none' },
          label: text,
          sold: { type: 'string', format: 'date-time' },
          fragile: { type: 'boolean' },
          tags: texts,
          card,
        },
      },
    },
    tags: texts,
    rates: { type: 'array', maxItems: 5, items: { type: 'number' } },
    kinds: { type: 'array', maxItems: 5, items: countries },
    maybeTags: texts,
  },
});

/** Payloads that differ in what is there, and in how many of each. */
export const payloads: Record<string, unknown>[] = [
  {
    n: 1.5,
    m: -0,
    amount: 12.34,
    fee: -0.005,
    big: '9007199254740993',
    s: 'Straße 😀 5',
    t: 'x',
    flag: true,
    country: 'GB',
    at: '2026-03-29T00:59:59.999999Z',
    seen: '2026-03-28T12:00:00Z',
    day: '2024-02-29',
    items: [],
    tags: [],
    rates: [],
  },
  {
    n: -7,
    m: 3,
    maybe: 0,
    preset: 1,
    amount: -1000,
    fee: 10,
    big: '-9223372036854775808',
    maybeAmount: 0.01,
    s: ' a,b,,c ',
    t: ',',
    note: 'x',
    flag: false,
    maybeFlag: true,
    country: 'US',
    maybeCountry: 'DE',
    at: '2026-10-25T01:30:00Z',
    seen: '2027-01-01T00:00:00Z',
    maybeAt: '1969-12-31T23:59:59Z',
    day: '1969-12-31',
    maybeDay: '2026-12-31',
    card: { limit: 5, issuer: 'x', tags: ['x', 'y'], holder: { limit: 2 } },
    items: [
      { price: 1.25, quantity: 2, kind: 'US', sku: 'a-1', label: 'x', tags: ['x'], card: { limit: 4 }, fragile: true },
      { price: 0, discount: 0.5, quantity: 0, kind: 'GB', tags: [], sold: '2026-01-31T08:30:00+01:00' },
      {
        price: -3,
        discount: 1,
        quantity: 9,
        kind: 'DE',
        sku: '',
        tags: ['y', 'x', ''],
        card: { limit: -1, issuer: 'x' },
        fragile: false,
      },
    ],
    tags: ['x', 'yy', ''],
    rates: [1, -0, 2.5],
    kinds: ['DE', 'US'],
    maybeTags: ['yy'],
  },
  {
    n: 1e308,
    m: 5e-324,
    maybe: 1.5,
    amount: 1000,
    fee: 0,
    big: '0',
    maybeAmount: -5,
    s: '',
    t: '',
    note: '',
    flag: true,
    maybeFlag: false,
    country: 'DE',
    maybeCountry: 'US',
    at: '2026-03-29T01:00:00Z',
    seen: '2026-03-29T01:00:00Z',
    day: '2026-01-01',
    card: { limit: 0, tags: [] },
    items: Array.from({ length: 6 }, (_, index) => ({
      price: index / 4,
      quantity: index,
      kind: 'US',
      sku: `s${index}`,
      tags: ['😀'],
    })),
    tags: ['😀', 'x', 'x', 'a', 'b'],
    rates: [3, 1, 4, 1, 5],
    kinds: [],
    maybeTags: [],
  },
];

const encoder = new PayloadEncoder(model);
export const encoded: { bytes: Uint8Array; object: PayloadObject }[] = payloads.map((payload) => {
  const bytes = encoder.encode(payload).slice();
  const read = readPayload(model, bytes);
  if (!read.ok) throw new Error(read.message);
  return { bytes, object: read.value };
});

/** The checker's IR of an expression. */
export function checked(source: string, scope: Scope = modelScope(model)): Ir {
  const bag = new DiagnosticBag();
  const faults = new FaultSink(looseSource('expression', source), bag);
  const [root] = parseExpression(source, faults) ?? [];
  const ir = root && checkInScope(root, scope, new Map(), faults, 'standard');
  if (ir === undefined || bag.hasErrors) throw new Error(`${source}: ${bag.items.map(({ message }) => message).join('; ')}`);
  return ir;
}

const box = new EngineBox({ imageBytesMax: 1 << 23, outputBytes: 1 << 16 });
export const NOW = 1_774_000_000_123_456n;

/** Loads the image of expressions into the engine. */
export function load(irs: readonly Ir[], steps: readonly Step[] = []): void {
  const bag = new DiagnosticBag();
  const spans = irs.map(() => ({ file: 'expression', start: 0, end: 0 }));
  const { image } = emitValues(model, irs, { steps, spans }, bag);
  if (image === undefined) throw new Error(bag.items.map(({ code, message }) => `${code} ${message}`).join('; '));
  box.mustLoad(image);
}

/** What the engine says of the loaded expressions, or the status it ends with. */
export function engineValues(payload: Uint8Array): Value[] | string {
  const { status, values } = box.evaluate(payload, { now: NOW });
  return status === Status.OK ? values : Status[status]!;
}

/** A rule of a program: its condition, or nothing where a step hits it. */
export type WorldRule = Ir | undefined;

/** Emits a program of steps and rules, loads it and gives it back. Every rule has a reason of its own. */
export function loadProgram(
  steps: readonly Step[],
  rules: readonly WorldRule[],
  first = false,
  index: IndexPolicy = 'auto',
): Program {
  const bag = new DiagnosticBag();
  const span = { file: 'rules', start: 0, end: 0 };
  const ranks = rankRules(rules.map(() => ({ score: 0 })));
  const program = emitProgram(
    {
      model,
      steps,
      rules: rules.map((condition, index) => ({ id: `r${index}`, span, ...(condition === undefined ? {} : { condition }) })),
      ranks,
      first,
      index,
      reasonsMax: 64,
      span,
      costMax: Infinity,
    },
    bag,
  );
  if (bag.hasErrors) throw new Error(bag.items.map(({ code, message }) => `${code} ${message}`).join('; '));
  const { registers, code, constants, blobs, lists, parameters, costMax } = program;
  const image = writeImage({
    kind: ImageKind.DECISION,
    model,
    registerOfField: registers.ofField,
    nowRegister: registers.now,
    registers: registers.descriptors,
    fieldRegisterCount: registers.fieldCount,
    code,
    constants,
    blobs,
    lists,
    parameters,
    rules: rules.map((_, index) => ({ id: `r${index}`, score: 0, outcome: Outcome.NONE, reason: `R${index}` })),
    thresholds: [],
    combine: first ? Combine.FIRST : Combine.SCORE,
    onError: Outcome.REVIEW,
    outcomeDefault: Outcome.APPROVE,
    reasonsMax: 64,
    outCount: 0,
    costMax,
    name: 'rules',
    version: '1.0.0',
  });
  box.mustLoad(image);
  return program;
}

/** The rules that the loaded program hits, by index, or the status it ends with. */
export function engineHits(payload: Uint8Array): number[] | string {
  const { status, bytes } = box.decide([payload], { now: NOW }).decisions[0]!;
  if (status !== Status.OK) return Status[status]!;
  return readDecision(bytes).reasons.map(({ rule }) => Number(rule.slice(1)));
}

/** The rules that a program should hit. */
export function meantHits(
  steps: readonly Step[],
  rules: readonly WorldRule[],
  object: PayloadObject,
  first: boolean,
): number[] | string {
  try {
    const { features, hits } = runSteps(steps, { payload: object, now: NOW });
    const world = { payload: object, now: NOW, features };
    const all = new Set([
      ...hits,
      ...rules.flatMap((rule, index) => (rule !== undefined && evaluateIr(rule, world) === true ? [index] : [])),
    ]);
    return [...all].sort((a, b) => a - b).slice(0, first ? 1 : 64);
  } catch (error) {
    if (error instanceof Undecidable) return Status[error.status]!;
    throw error;
  }
}

/** What the expressions mean. */
export function meantValues(irs: readonly Ir[], object: PayloadObject, steps: readonly Step[] = []): IrValue[] | string {
  try {
    const { features } = runSteps(steps, { payload: object, now: NOW });
    return irs.map((ir) => evaluateIr(ir, { payload: object, now: NOW, features }));
  } catch (error) {
    if (error instanceof Undecidable) return Status[error.status]!;
    throw error;
  }
}

/** An expression's values over all payloads, once the engine, its IR and its folded IR agree on them. */
export function agreed(source: string): (Value | string)[] {
  const ir = checked(source);
  const folded = fold(ir, SILENT);
  load([folded]);
  return encoded.map(({ bytes, object }, index) => {
    const engine = engineValues(bytes);
    for (const [name, tree] of Object.entries({ written: ir, folded })) {
      const meant = meantValues([tree], object);
      if (!sameValues(engine, meant)) {
        const show = (value: unknown): string =>
          JSON.stringify(value, (_key, v) => (typeof v === 'bigint' ? `${v}n` : Object.is(v, -0) ? '-0' : v));
        throw new Error(`${source}: payload ${index}: engine ${show(engine)}, ${name} IR ${show(meant)}`);
      }
    }
    return typeof engine === 'string' ? engine : engine[0]!;
  });
}

/** Equal to the bit; a NaN is a NaN. */
export function sameValues(a: readonly unknown[] | string, b: readonly unknown[] | string): boolean {
  if (typeof a === 'string' || typeof b === 'string') return a === b;
  return a.length === b.length && a.every((value, index) => Object.is(value, b[index]));
}
