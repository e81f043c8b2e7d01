// The grammar of CEL: what parses, what does not and where.

import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseCel } from '#src/import/cel/syntax/parse.js';

const DATA = '../shared/data/cel/parsing.jsonl';

/** The message of a fault and the text that it points at; undefined where the text parses. */
function faultOf(text: string): string | undefined {
  const parsed = parseCel(text);
  return 'fault' in parsed ? `${parsed.fault.message} @${text.slice(parsed.fault.span.start, parsed.fault.span.end)}` : undefined;
}

describe('the grammar of CEL', () => {
  it.each([
    'a.b[c].d(e, f)',
    '-9223372036854775808',
    '[1, 2,]',
    '{1: 2, "a": [],}',
    'a.b.C{x: 1, y: [2]}',
    "'''a\n'b''' + r\"\\n\" + b'\\xff'",
    '// why\n1 // because',
    '!!a && --b < 0',
    'has(a.b) ? x.all(i, i > 0) : y.exists_one(j, j in [1])',
    'a.?b[?0].orValue(1)',
    '{"function": 1}.function',
    'a.`b-c`',
  ])('takes %j', (text) => {
    expect(faultOf(text)).toBeUndefined();
  });

  it.each([
    ['1 +', 'the expression ends here, where a value is expected @'],
    ['1 2', '`2` has no place here @2'],
    ['a | b', '`|` has no place in CEL @|'],
    ['"a', 'the string does not end @"'],
    ['"\\q"', '`\\q` is no escape @\\q'],
    ['"\\ud800"', '`\\ud800` is no Unicode character @\\ud800'],
    ['9223372036854775808', '`9223372036854775808` is no 64-bit int @9223372036854775808'],
    ['-1u', 'a uint has no minus @-1u'],
    ['1e999', '`1e999` is beyond the range of double @1e999'],
    ['if', '`if` is reserved @if'],
    ['has(a)', '`has` asks for a field @a'],
    ['x.all(a.b, true)', 'the variable of a macro is a name @a.b'],
    ['x.transformList(i, i, 1)', 'both variables are called `i` @i'],
    ['f(1,)', '`)` has no place here, where a value is expected @)'],
    ['[1 2]', '`2` has no place here, where `,` or `]` is expected @2'],
    ['!-a', '`-` has no place here, where a value is expected @-'],
    ['b"\\u00e9"', 'bytes have no escapes of code points @\\u'],
    [`${'['.repeat(200)}${']'.repeat(200)}`, 'the expression is more than 100 levels deep @['],
    [`a${'.b'.repeat(200)}`, `the expression is more than 100 levels deep @a${'.b'.repeat(100)}`],
  ])('refuses %j', (text, fault) => {
    expect(faultOf(text)).toBe(fault);
  });

  it.skipIf(!existsSync(DATA))(`accepts and refuses what cel-go does (${DATA})`, () => {
    const cases = readFileSync(DATA, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { expr: string; ast?: string });
    // As they were recorded: 32 levels, without the syntax of optionals and of fields in backticks.
    const options = { depthMax: 32, hasOptionals: false, hasQuotedFields: false };
    const differing = cases.filter(({ expr, ast }) => 'node' in parseCel(expr, options) !== (ast !== undefined));
    expect(differing.map(({ expr }) => expr)).toEqual([]);
    expect(cases.length).toBeGreaterThan(190);
  });
});
