// Sources of CEL and json-rules-engine that were cut off or changed: diagnostics with places in the source, never anything thrown.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { importCel } from '#src/import/cel/import-cel.js';
import type { Importer } from '#src/import/imported.js';
import { importRules } from '#src/import/json-rules-engine/import-rules.js';
import { testSeed } from '../../lib/model.js';

const CEL = `// @var amount: int(0, 100)
// @var name: string(20) | null
// @var items: list({ price: double, sku?: string }, 5)
// @output a.b
(amount / 3 > 5 || 10 / amount < 2) && items.exists(i, has(i.sku) && i.price > 1e2) ? {"a": [1, 2u], 'b': r"\\n"}['a'] : [0x1F]`;
const CEL_YAML = `variables: { count: int, tags: "list(string)" }
expressions:
  x: count * count + 1 > 5 && "a" in tags
  y: "%s".format([1]) + string(b'\\xff')`;
const RULES = JSON.stringify({
  rules: [
    {
      conditions: { any: [{ fact: 'a', operator: 'not:in', value: [1, 'b'] }, { condition: 'c' }] },
      event: { type: 'x', params: { p: { q: 1 } } },
    },
  ],
  conditions: { c: { all: [{ fact: 'b', operator: 'lessThan', value: { fact: 'a', path: '$.c.d' } }] } },
  options: { allowUndefinedFacts: true },
});

const SOURCES: readonly (readonly [name: string, text: string, importer: Importer])[] = [
  ['x.cel', CEL, importCel],
  ['x.cel.yaml', CEL_YAML, importCel],
  ['rules.json', RULES, importRules],
];

/** Everything that is said has a place in the source. */
function check(name: string, text: string, importer: Importer): void {
  for (const { span } of importer({ name, text }, {}).diagnostics) {
    expect(span.start).toBeGreaterThanOrEqual(0);
    expect(span.end).toBeLessThanOrEqual(Math.max(text.length, 1));
  }
}

describe.each(SOURCES)('%s', (name, text, importer) => {
  it('cut off anywhere', () => {
    for (let end = 0; end < text.length; end++) check(name, text.slice(0, end), importer);
  });

  it('with pieces changed', () => {
    const pieces = fc.constantFrom(
      '(',
      ')',
      '[',
      '{',
      '"',
      "'",
      '\\',
      '-',
      '0',
      '9'.repeat(30),
      '.',
      '?',
      ':',
      '&&',
      'null',
      'x',
      '\n',
      '\u{1f600}',
      '\0',
      ',',
      '// @',
    );
    const change = fc.tuple(fc.nat(text.length), fc.nat(12), pieces);
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
        let changed = text;
        for (const [at, length, piece] of changes) changed = changed.slice(0, at) + piece + changed.slice(at + length);
        check(name, changed, importer);
      }),
      { seed: testSeed('import-cel'), numRuns: 300 },
    );
  });
});
