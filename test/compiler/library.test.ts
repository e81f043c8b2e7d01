// The library's table against the engine's: every function is reached, and every call has the form that the engine takes. And what
// others ask of the checker: comparing values, expressions with names of their own.

import { describe, expect, it } from 'vitest';
import { FunctionId, functionForm } from '#assembly/shared/function.js';
import { RegisterType } from '#assembly/shared/value-type.js';
import { checkInScope, compareWith, reservedNames } from '#src/compiler/checker.js';
import { type CallIr, type Ir, type LocalRef, type Relation, visit } from '#src/compiler/ir.js';
import { LIBRARY } from '#src/compiler/library/library.js';
import { parseExpression } from '#src/compiler/parse.js';
import { FaultSink, looseSource } from '#src/compiler/source.js';
import { decimalType, NUMBER, type Type } from '#src/compiler/types.js';
import { DiagnosticBag } from '#src/diagnostic/diagnostic.js';
import { check, scope, shown } from './check-standard.js';

const REGISTERS: Partial<Record<Type['kind'], RegisterType>> = {
  number: RegisterType.F64,
  boolean: RegisterType.BOOL,
  text: RegisterType.TEXT,
  timestamp: RegisterType.I64,
  date: RegisterType.I64,
  decimal: RegisterType.WIDE_LOW,
};

/** One call of each kind, over the model of check-standard.ts. */
const calls = [
  ...['s.length', 's.startsWith(t)', 's.endsWith(t)', 's.includes(t)', 's.indexOf(t)', 's.slice(1)', 's.trim()', 's.trimStart()'],
  ...['s.trimEnd()', 's.toLowerCase()', 's.toUpperCase()', 'matches(s, "a")'],
  ...['abs', 'ceil', 'floor', 'round', 'trunc', 'sign', 'sqrt', 'cbrt', 'exp', 'expm1', 'log', 'log1p', 'log2', 'log10'].map(
    (name) => `Math.${name}(n)`,
  ),
  ...[
    'Math.min(n, m)',
    'Math.max(n, m)',
    'Math.pow(n, m)',
    'round(amount, 1, "up")',
    'divide(amount, fee, 2, "up")',
    'amount % fee',
  ],
  ...['toNumber(amount)', 'toDecimal(n, 2, "up")', 's.toDecimal(2)'],
  ...['year', 'month', 'day', 'hour', 'minute', 'second', 'dayOfWeek', 'dayOfYear', 'toDate', 'startOfDay', 'endOfDay'].map(
    (name) => `at.${name}("UTC")`,
  ),
  ...['secondsSince', 'minutesSince', 'hoursSince', 'daysSince'].map((name) => `at.${name}(seen)`),
  ...[
    'day.year()',
    'day.month()',
    'day.day()',
    'day.dayOfWeek()',
    'day.dayOfYear()',
    'day.startOfDay("UTC")',
    'day.daysSince(day)',
  ],
];

function callsOf(ir: Ir): CallIr[] {
  const found: CallIr[] = [];
  visit(ir, (node) => {
    if (node.op === 'call') found.push(node);
  });
  return found;
}

describe('the library', () => {
  it.each(calls)('%s has the form that the engine takes', (text) => {
    const { ir, faults } = check(text);
    expect(faults).toEqual([]);
    const [call] = callsOf(ir);
    const form = functionForm(call!.function);
    const types = [call!.type, ...call!.args.map(({ type }) => type)];
    expect(types.map(({ kind }) => REGISTERS[kind])).toEqual(
      [0, 4, 8, 12].map((shift) => (form >> shift) & 15).slice(0, types.length),
    );
    expect(form >> (4 * types.length)).toBe((form >> 16) << (16 - 4 * types.length));
    expect(form >> 16 !== 0).toBe(call!.literal !== undefined);
  });

  it('reaches every function of the engine', () => {
    const reached = new Set(calls.flatMap((text) => callsOf(check(text).ir).map((call) => call.function)));
    const all = Object.values(FunctionId).filter((id): id is FunctionId => typeof id === 'number' && id !== FunctionId.NONE);
    expect(all.filter((id) => !reached.has(id)).map((id) => FunctionId[id])).toEqual([]);
  });

  it('names each function once for what it is called on', () => {
    const names = LIBRARY.map(({ on, name }) => `${on}.${name}`);
    expect(new Set(names).size).toBe(names.length);
  });

  it('reserves the names that stand alone', () => {
    expect(reservedNames(undefined).sort()).toEqual([
      'Math',
      'divide',
      'lists',
      'matches',
      'now',
      'parameters',
      'round',
      'toDecimal',
      'toNumber',
    ]);
  });
});

function run<T>(text: string, use: (faults: FaultSink) => T): [T, string[]] {
  const bag = new DiagnosticBag();
  const result = use(new FaultSink(looseSource('cell', text), bag));
  return [result, bag.items.map(({ code, span }) => `${code}@${text.slice(span.start, span.end)}`)];
}

describe('compareWith', () => {
  const compared = (subject: string, relation: Relation, operand: string): [string, string[]] =>
    run(operand, (faults) =>
      shown(compareWith(relation, check(subject).ir, check(operand).ir, { start: 0, end: operand.length }, faults)),
    );

  it.each<[string, Relation, string, string, string[]?]>([
    ['amount', '>=', '19.99', '(>= amount 1999)'],
    ['country', '===', '"US"', '(=== country 0)'],
    ['maybeCountry', '===', 'null', '(is-null maybeCountry?)'],
    ['maybe', '===', '5', '(and (not (is-null maybe?)) (=== maybe 5))'],
    ['note?.trim()', '===', '"x"', '(?? (let? $0 (let? $1 note? (TEXT_TRIM $1)) (=== $0 "x")) false)'],
    ['at', '<', '"2026-01-01T00:00:00Z"', '(< at 1767225600000000)'],
    ['country', '===', '"XX"', 'error', ['V3309@"XX"']],
    ['s', '<', '5', 'error', ['V3302@5']],
    ['maybe', '<', '5', '(< maybe 5)', ['V3304@5']],
  ])('%s %s %s', (subject, relation, operand, ir, faults = []) => {
    expect(compared(subject, relation, operand)).toEqual([ir, faults]);
  });
});

describe('checkInScope', () => {
  const value: LocalRef = { name: 'value', type: decimalType(2, 0n, 100n) };
  const amount: LocalRef = { name: 'amount', type: NUMBER };
  const checked = (text: string): [string, string[]] =>
    run(text, (faults) => {
      const [root] = parseExpression(text, faults)!;
      return shown(
        checkInScope(
          root!,
          scope,
          new Map([
            ['value', value],
            ['amount', amount],
          ]),
          faults,
          'standard',
        ),
      );
    });

  it.each([
    ['value > 0.5', '(> value 50)', []],
    ['amount > n', '(> amount n)', []],
    ['items.some(i => i.price === value)', '(walk items (some i (=== i.price value)))', []],
    ['items.some(value => true)', 'error', ['V3212@value']],
    ['value.length', 'error', ['V3203@length']],
  ])('%s', (text, ir, faults) => expect(checked(text)).toEqual([ir, faults]));
});
