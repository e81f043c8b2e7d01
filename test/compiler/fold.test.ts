import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FunctionId, Rounding } from '#assembly/shared/function.js';
import type { ConstantIr, Ir } from '#src/compiler/ir.js';
import { fold as foldIr, SILENT } from '#src/compiler/passes/fold.js';
import { decimalType } from '#src/compiler/types.js';
import { evaluateIr } from '../lib/ir-evaluator.js';
import { testSeed } from '../lib/model.js';
import { check } from './check.js';
import { checked } from './standard-world.js';

/** The value an expression folds to. */
function folded(text: string): unknown {
  const { ir, faults } = check(text);
  if (ir?.op !== 'constant') throw new Error(`${text} is not folded: ${faults.join(' ')}`);
  return ir.value;
}

/** V8 is the judge. */
function v8(text: string): unknown {
  return new Function(`return (${text});`)();
}

describe('folding', () => {
  it.each([
    '1 + 2 * 3',
    '0.1 + 0.2',
    '0.1 + 0.2 === 0.3',
    '1 / 3',
    '1 / 0',
    '-1 / 0',
    '0 / 0',
    '0 / 0 === 0 / 0',
    '0 / 0 !== 0 / 0',
    '0 / 0 < 1',
    '!(0 / 0 < 1)',
    '-0',
    '0 * -1',
    '0 === -0',
    '5 % 3',
    '-5 % 3',
    '5.5 % -2',
    '5 % 0',
    '1e308 * 10',
    '5e-324 / 2',
    '9007199254740993 + 0',
    '0x1f + 0b11 + 0o17 + 1_000',
    '"a" + "b"',
    '"a" < "B"',
    '"\\ud83d\\ude00" < "\\uffff"',
    '"" < "a"',
    '"é" === "e\\u0301"',
    'true && !false',
    '1 < 2 && 2 < 3 || false',
    '1 < 2 === 3 < 4',
    'null === null',
    '"a" + "b" === "ab"',
  ])('%s equals V8', (text) => {
    expect(folded(text)).toBe(v8(text));
  });

  it.each([
    ['flag === true', 'field'],
    ['flag !== true', 'not'],
    ['!!flag', 'field'],
    ['flag && 1 < 2', 'field'],
    ['flag || 1 > 2', 'field'],
    ['n > 1 + 2', 'compare'],
    ['country === "US" || flag || other', 'or'],
  ])('%s becomes %s', (text, op) => expect(check(text).ir?.op).toBe(op));

  it('equals V8 on random arithmetic', () => {
    const literal = fc.oneof(
      fc
        .double({ noNaN: true, noDefaultInfinity: true })
        .map((x) => (x < 0 || Object.is(x, -0) ? `(${Object.is(x, -0) ? '-0' : x})` : String(x))),
      fc.constantFrom('0', '(-0)', '1', '0.1', '(1 / 0)', '(0 / 0)', '5e-324', '1.7976931348623157e308'),
    );
    const { tree } = fc.letrec<{ tree: string }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 5, withCrossShrink: true },
        literal,
        fc.tuple(tie('tree'), fc.constantFrom('+', '-', '*', '/', '%'), tie('tree')).map(([a, op, b]) => `(${a} ${op} ${b})`),
        tie('tree').map((a) => `(- ${a})`),
      ),
    }));
    fc.assert(
      fc.property(tree, (text) => {
        expect(folded(text)).toBe(v8(text));
      }),
      { numRuns: 3000, verbose: 1, seed: testSeed('fold') },
    );
  });
});

describe('folding of the profile standard', () => {
  const fold = (text: string): { ir: Ir; codes: string[] } => {
    const codes: string[] = [];
    const ir = foldIr(checked(text), { warning: (code) => codes.push(code) });
    return { ir, codes };
  };

  it.each([
    '"Straße".length',
    '"a😀b".length',
    '"abc".startsWith("ab") && "abc".endsWith("bc") && !"abc".includes("d")',
    '"abcabc".indexOf("c", 3)',
    '"abc".indexOf("", 9)',
    '"abcdef".slice(1, -2)',
    '"a😀b".slice(1, 3)',
    '" \\ufeff\\u00a0x\\u2003 ".trim()',
    '"x ".trimStart() + " y".trimEnd()',
    '"ÀÉß\\u0130".toLowerCase()',
    '"ß".toUpperCase()',
    'Math.round(-0.5)',
    'Math.round(2.5)',
    'Math.min(0, -0)',
    'Math.max(1, 2, 0 / 0)',
    'Math.trunc(-1.5) + Math.sign(-0) + Math.sqrt(2) + Math.abs(-3) + Math.floor(1.5) + Math.ceil(1.5)',
    '["a", "b"].includes("b")',
    '[1, 2, 3].every(x => x > 2)',
    '[1, 2, 3].filter(x => x > 1).some(x => x === 2)',
    '[1, 2, 3].map(x => x * 2).some(x => x === 6)',
    '[1, 2, 3].reduce((a, b) => a * 10 + b, 0)',
    '[1, 2].length',
    '"a,b,,c".split(",").length',
    '"a,b".split(",").some(x => x === "b")',
    'true ? 1 : 2',
    '(null ?? null ?? 3) + 1',
    '`${"a"}b${"c"}`',
  ])('%s equals V8', (text) => {
    const { ir } = fold(text);
    expect(ir.op).toBe('constant');
    expect((ir as ConstantIr).value).toBe(v8(text));
  });

  it.each<[string, string]>([
    // what only run time knows, or knows exactly
    ['"😀".slice(0, 1)', 'call'],
    ['Math.exp(1)', 'call'],
    ['matches("a", "a")', 'call'],
    ['"ა".toUpperCase()', 'call'],
    ['divide(1, amount, 2, "down")', 'call'],
    // simpler forms
    ['flag ? n > 1 : false', 'and'],
    ['flag ? true : n > 1', 'or'],
    ['flag ? false : n > 1', 'and'],
    ['flag ? n > 1 : true', 'or'],
    ['flag ? maybeFlag : false', 'conditional'],
    ['["US", "GB"].includes(country)', 'or'],
    ['[n].includes(1)', 'compare'],
    ['[n, m].every(x => x > 1)', 'and'],
    ['[n, 1].every(x => x > 0)', 'compare'],
    ['maybe ?? maybe ?? n', 'coalesce'],
    ['(maybe ?? null) ?? n', 'coalesce'],
    ['s + ""', 'field'],
    ['items.some(i => i.price > 1)', 'walk'],
  ])('%s becomes %s', (text, op) => expect(fold(text).ir.op).toBe(op));

  it.each<[string, string[]]>([
    ['["a"].includes("a")', ['V3401']],
    ['[1, 2].every(x => x > 2)', ['V3401']],
    ['true ? n : m', ['V3401']],
    ['1 < 2 ? n : m', ['V3401']],
    ['[n, 1].every(x => x > 0)', []],
    ['[1, 2].includes(n)', []],
  ])('%s: %s', (text, codes) => expect(fold(text).codes).toEqual(codes));

  it('rounds decimals as bigints do', () => {
    fc.assert(
      fc.property(
        fc.bigInt(-(10n ** 12n), 10n ** 12n),
        fc.bigInt(-(10n ** 6n), 10n ** 6n).filter((divisor) => divisor !== 0n),
        fc.constantFrom(Rounding.HALF_EVEN, Rounding.HALF_UP, Rounding.DOWN, Rounding.UP),
        (a, b, rounding) => {
          const type = decimalType(0, -(10n ** 13n), 10n ** 13n);
          const at = { start: 0, end: 0 };
          const args = [a, b].map((value): Ir => ({ op: 'constant', type, value, ...at }));
          const literal = { kind: 'rounding', digits: 0, rounding } as const;
          const ir: Ir = { op: 'call', type, function: FunctionId.DECIMAL_DIVIDE, args, literal, ...at };
          expect(foldIr(ir, SILENT)).toMatchObject({ value: evaluateIr(ir, { payload: {} }) });
        },
      ),
      { numRuns: 2000, seed: testSeed('fold') },
    );
  });
});
