// A JDM decision table as a bundle of Verdict, and what it means, for the truth: cells of texts, comparisons, ranges, lists of
// them, `endsWith` and `startsWith`. A cell of another form is refused by name; none is guessed at.

import type { BundleFiles } from '../../src/bundle/files.js';
import { CURRENCIES, type JdmTable } from './document.js';

/** One alternative of a cell. */
export type CellTest =
  | { readonly kind: 'equal'; readonly value: string | number }
  | { readonly kind: 'compare'; readonly operator: '<' | '<=' | '>' | '>='; readonly value: number }
  | { readonly kind: 'range'; readonly low: number; readonly high: number; readonly takesLow: boolean; readonly takesHigh: boolean }
  | { readonly kind: 'startsWith' | 'endsWith'; readonly value: string };

const NUMBER = String.raw`-?\d+(?:\.\d+)?`;
const TEXT = String.raw`'[^'\\]*'|"[^"\\]*"`;
const FORMS: readonly (readonly [RegExp, (found: RegExpExecArray) => CellTest])[] = [
  [new RegExp(`^(?:${TEXT})`), ([text]) => ({ kind: 'equal', value: text.slice(1, -1) })],
  [
    new RegExp(`^([[(])\\s*(${NUMBER})\\s*\\.\\.\\s*(${NUMBER})\\s*([\\])])`),
    ([, left, low, high, right]) => ({
      kind: 'range',
      low: Number(low),
      high: Number(high),
      takesLow: left === '[',
      takesHigh: right === ']',
    }),
  ],
  [
    new RegExp(`^(<=|>=|<|>)\\s*(${NUMBER})`),
    ([, operator, value]) => ({ kind: 'compare', operator: operator as '<', value: Number(value) }),
  ],
  [
    new RegExp(`^(startsWith|endsWith)\\(\\s*\\$\\s*,\\s*(${TEXT})\\s*\\)`),
    ([, kind, text]) => ({ kind: kind as 'endsWith', value: text!.slice(1, -1) }),
  ],
  [new RegExp(`^${NUMBER}`), ([value]) => ({ kind: 'equal', value: Number(value) })],
];

/** The alternatives of a cell; undefined for one that takes everything. */
export function readCell(cell: string): CellTest[] | undefined {
  let rest = cell.trim();
  if (rest === '' || rest === '-') return undefined;
  const tests: CellTest[] = [];
  while (true) {
    const found = FORMS.map(([form, make]) => ({ match: form.exec(rest), make })).find(({ match }) => match !== null);
    if (found === undefined) throw new Error(`no cell that is converted: ${cell}`);
    tests.push(found.make(found.match!));
    rest = rest.slice(found.match![0].length).trimStart();
    if (rest === '') return tests;
    if (!rest.startsWith(',')) throw new Error(`no cell that is converted: ${cell}`);
    rest = rest.slice(1).trimStart();
  }
}

function writeTest(test: CellTest): string {
  switch (test.kind) {
    case 'equal':
      return JSON.stringify(test.value);
    case 'compare':
      return `${test.operator} ${test.value}`;
    case 'range':
      return `${test.takesLow ? '[' : '('}${test.low}..${test.high}${test.takesHigh ? ']' : ')'}`;
    default:
      return `value.${test.kind}(${JSON.stringify(test.value)})`;
  }
}

/** A text as it is; a path in parentheses, so that it is not taken for a text of words. */
function outputText(cell: string): string {
  return /^["']/.test(cell) ? JSON.stringify(cell.slice(1, -1)) : `(${cell})`;
}

const isText = (test: CellTest): boolean => typeof ('value' in test ? test.value : 0) === 'string';

/** Properties by path, as a schema of nested objects; texts of at most 64 characters. */
function modelOf(kinds: ReadonlyMap<string, 'number' | 'string'>): object {
  const root: { type: string; required: string[]; properties: Record<string, object> } = {
    type: 'object',
    required: [],
    properties: {},
  };
  for (const [path, kind] of kinds) {
    const names = path.split('.');
    let at = root;
    for (const name of names.slice(0, -1)) {
      if (!(name in at.properties)) {
        at.properties[name] = { type: 'object', required: [], properties: {} };
        at.required.push(name);
      }
      at = at.properties[name] as typeof root;
    }
    const last = names[names.length - 1]!;
    at.properties[last] = kind === 'number' ? { type: 'number' } : { type: 'string', maxLength: 64 };
    at.required.push(last);
  }
  return root;
}

/**
 * The table as a bundle. Of its two outputs the first, a number, becomes the score, and the second, a text, a reason of its own for
 * each value: so a decision says what the table says, and nothing of it may be left out.
 */
export function convertJdm(table: JdmTable): BundleFiles {
  const [amount, unit] = table.outputs as [JdmTable['outputs'][number], JdmTable['outputs'][number]];
  const cells = table.rows.map((row) => table.inputs.map(({ id }) => readCell(row[id] ?? '')));
  const kinds = new Map<string, 'number' | 'string'>();
  for (const [column, { field }] of table.inputs.entries()) {
    const tests = cells.flatMap((row) => row[column] ?? []);
    kinds.set(field, tests.length === 0 || tests.some(isText) ? 'string' : 'number');
  }
  const rows = table.rows.map((row, index) => {
    const score = row[amount.id] ?? '';
    if (!/^\d+$/.test(score)) throw new Error(`a whole number, not ${score}`);
    return {
      when: cells[index]!.map((tests) => tests?.map(writeTest).join(', ') ?? '-'),
      then: [outputText(row[unit.id]!), Number(score)],
    };
  });
  const documents = {
    'bundle.json': {
      name: 'shipping',
      version: '1.0.0',
      model: 'payload.schema.json',
      profile: 'standard',
      onError: 'fail',
      decide: { combine: 'score', outcomes: [{ outcome: 'approve' }] },
    },
    'payload.schema.json': modelOf(kinds),
    'tables/shipping.json': {
      hitPolicy: table.hitPolicy,
      inputs: table.inputs.map(({ field }) => field),
      outputs: [{ name: 'unit', type: 'string' }, { name: 'score' }],
      rows,
    },
    'rules/unit.json': CURRENCIES.map((currency) => ({
      id: `in-${currency.toLowerCase()}`,
      when: `shipping.unit === "${currency}"`,
      then: { score: 0, reason: `IN_${currency}` },
    })),
  };
  const encoder = new TextEncoder();
  return new Map(Object.entries(documents).map(([file, value]) => [file, encoder.encode(JSON.stringify(value))]));
}

const HOLDS: Readonly<Record<'<' | '<=' | '>' | '>=', (a: number, b: number) => boolean>> = {
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
};

/** Whether a test holds for a value, as JDM means it. */
export function testHolds(test: CellTest, value: string | number): boolean {
  switch (test.kind) {
    case 'equal':
      return value === test.value;
    case 'compare':
      return HOLDS[test.operator](value as number, test.value);
    case 'range': {
      const x = value as number;
      return (test.takesLow ? x >= test.low : x > test.low) && (test.takesHigh ? x <= test.high : x < test.high);
    }
    default:
      return (value as string)[test.kind](test.value);
  }
}
