// Functions of texts. Positions and lengths count UTF-16 code units, as in JavaScript.

import { FunctionId, Rounding } from '../../../assembly/shared/function.js';
import { I64_MAX, I64_MIN } from '../../schema/decimal.js';
import type { ConstantIr } from '../ir.js';
import { BOOLEAN, decimalType, NUMBER } from '../types.js';
import { argument, type Call, invoke, type LibraryEntry, literal, textResult } from './entry.js';

const BY_BYTES = 'grows with the length of the text';
const SEARCHED = { name: 'searched', type: 'text' } as const;

function constantNumber(value: number, { place: { start, end } }: Call): ConstantIr {
  return { op: 'constant', type: NUMBER, value, start, end };
}

/** A text's test for another. */
function test(name: string, id: FunctionId, semantics: string, examples: LibraryEntry['examples'], cost: string): LibraryEntry {
  return {
    name,
    on: 'text',
    parameters: [SEARCHED],
    result: 'boolean',
    semantics,
    cost,
    examples,
    lower: (call) => invoke(call, id, BOOLEAN, [call.receiver!, argument(call, 0)]),
  };
}

/** A text made of another. */
function change(name: string, id: FunctionId, semantics: string, examples: LibraryEntry['examples'], kind?: 'case'): LibraryEntry {
  return {
    name,
    on: 'text',
    parameters: [],
    result: 'string',
    semantics,
    cost: kind === 'case' ? 'grows with the length of the text; the result may be three times as long' : BY_BYTES,
    examples,
    lower: (call) => invoke(call, id, textResult(id, call.receiver!), [call.receiver!], kind === undefined ? undefined : { kind }),
  };
}

export const TEXT_FUNCTIONS: readonly LibraryEntry[] = [
  {
    name: 'length',
    on: 'text',
    property: true,
    parameters: [],
    result: 'number',
    semantics: 'Number of UTF-16 code units.',
    cost: BY_BYTES,
    examples: [
      ['email.length', 15],
      ['(note?.length ?? 0) > 0', false],
    ],
    lower: (call) => invoke(call, FunctionId.TEXT_LENGTH, NUMBER, [call.receiver!]),
  },
  test(
    'startsWith',
    FunctionId.TEXT_STARTS_WITH,
    'Whether the text begins with another.',
    [['email.startsWith("ann")', true]],
    'grows with the length of what is searched',
  ),
  test(
    'endsWith',
    FunctionId.TEXT_ENDS_WITH,
    'Whether the text ends with another.',
    [['email.endsWith("@example.com")', true]],
    'grows with the length of what is searched',
  ),
  test(
    'includes',
    FunctionId.TEXT_INCLUDES,
    'Whether another text stands somewhere in the text.',
    [['email.includes("@")', true]],
    'grows with the sum of both lengths',
  ),
  {
    name: 'indexOf',
    on: 'text',
    parameters: [SEARCHED, { name: 'from', type: 'number', optional: true }],
    result: 'number',
    semantics: 'Position where another text first stands, at `from` or later; -1 where it does not.',
    cost: 'grows with the sum of both lengths',
    examples: [
      ['email.indexOf("@")', 3],
      ['email.indexOf("e", 5)', 10],
    ],
    lower: (call) => {
      const from = call.args.length > 1 ? argument(call, 1) : constantNumber(0, call);
      return invoke(call, FunctionId.TEXT_INDEX_OF, NUMBER, [call.receiver!, argument(call, 0), from]);
    },
  },
  {
    name: 'slice',
    on: 'text',
    parameters: [
      { name: 'start', type: 'number' },
      { name: 'end', type: 'number', optional: true },
    ],
    result: 'string',
    semantics: 'The text from `start` to before `end`, or to its end; what is below 0 counts from the end.',
    cost: BY_BYTES,
    examples: [
      ['email.slice(0, 3)', 'ann'],
      ['email.slice(-3)', 'com'],
    ],
    lower: (call) => {
      const end = call.args.length > 1 ? argument(call, 1) : constantNumber(Number.POSITIVE_INFINITY, call);
      const type = textResult(FunctionId.TEXT_SLICE, call.receiver!);
      return invoke(call, FunctionId.TEXT_SLICE, type, [call.receiver!, argument(call, 0), end]);
    },
  },
  change('trim', FunctionId.TEXT_TRIM, 'The text without white space at both ends.', [['" x ".trim()', 'x']]),
  change('trimStart', FunctionId.TEXT_TRIM_START, 'The text without white space at its start.', [['" x ".trimStart()', 'x ']]),
  change('trimEnd', FunctionId.TEXT_TRIM_END, 'The text without white space at its end.', [['" x ".trimEnd()', ' x']]),
  change(
    'toLowerCase',
    FunctionId.TEXT_LOWER,
    'The text in small letters, by the Unicode tables whose version the image names; no language is special.',
    [['merchant.toLowerCase()', 'corner shop']],
    'case',
  ),
  change(
    'toUpperCase',
    FunctionId.TEXT_UPPER,
    'The text in capital letters, by the Unicode tables whose version the image names; no language is special.',
    [['merchant.toUpperCase()', 'CORNER SHOP']],
    'case',
  ),
  {
    name: 'split',
    on: 'text',
    parameters: [{ name: 'separator', type: 'text' }],
    result: 'list of string',
    semantics: 'The pieces between separators, as a list; with `""` every code unit is a piece.',
    cost: 'what is done with a piece counts as often as the text could have pieces',
    examples: [
      ['merchant.split(" ").length', 2],
      ['merchant.split(" ").includes("Shop")', true],
    ],
    lower: (call) => {
      const text = call.receiver!;
      const bytes = text.type.kind === 'text' ? text.type.bytesMax : 0;
      return {
        source: { kind: 'pieces', text, separator: argument(call, 0) },
        stages: [],
        element: { kind: 'text', bytesMax: bytes },
        countMax: bytes + 1,
        elementKey: {},
        facts: call.facts,
      };
    },
  },
  {
    name: 'toDecimal',
    on: 'text',
    parameters: [{ name: 'scale', type: 'scale' }],
    result: 'decimal',
    semantics:
      'The number that the text writes, as `-12.50`: digits, with a minus before them or none, and a point with digits behind it or ' +
      'none. Where it writes none, needs more digits behind the point than the scale has or does not fit 64 bits, the decision gets ' +
      'the status `ARITHMETIC` and the outcome of `onError`: test the text with `matches` where that may be.',
    cost: BY_BYTES,
    examples: [
      ['"12.50".toDecimal(2) === 12.5', true],
      ['(note !== null && matches(note, "^[0-9]+$") ? note.toDecimal(0) : 0) === 0', true],
    ],
    lower: (call) => {
      const scale = literal<number>(call, 0);
      const rounding = { kind: 'rounding', digits: scale, rounding: Rounding.HALF_EVEN } as const;
      return invoke(call, FunctionId.DECIMAL_FROM_TEXT, decimalType(scale, I64_MIN, I64_MAX), [call.receiver!], rounding);
    },
  },
  {
    name: 'matches',
    on: 'function',
    parameters: [
      { name: 'text', type: 'text' },
      { name: 'pattern', type: 'pattern' },
    ],
    result: 'boolean',
    semantics:
      'Whether a regular expression, written as a literal, matches somewhere in the text; `^` and `$` hold it to the ends.',
    cost: 'grows with the length of the text times the size of the pattern, never more',
    examples: [
      ['matches(email, "^[a-z]+@example\\\\.com$")', true],
      ['matches(merchant, "[0-9]")', false],
    ],
    lower: (call) =>
      invoke(call, FunctionId.TEXT_MATCHES, BOOLEAN, [argument(call, 0)], { kind: 'pattern', source: literal<string>(call, 1) }),
  },
];
