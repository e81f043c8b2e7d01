import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { check } from './check.js';

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
      { numRuns: 3000, verbose: 1 },
    );
  });
});
