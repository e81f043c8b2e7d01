// What every importer makes of a source that ends too early: a bundle, or a reason at a place, at whichever character it ends.

import { describe, expect, it, vi } from 'vitest';
import { IMPORT_FORMATS, importFormat } from '#src/import/formats.js';
import { mustImport } from '../fuzz/lib/imported.js';

/** What takes longer is not going to happen. */
vi.setConfig({ testTimeout: 60_000 });

const SOURCES: readonly (readonly [format: string, name: string, text: string])[] = [
  [
    'dmn',
    'm.dmn',
    '<?xml version="1.0" encoding="UTF-8"?><definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" name="m">' +
      '<inputData name="a"><variable name="a" typeRef="number"/></inputData><decision name="d"><variable name="d"/>' +
      '<informationRequirement><requiredInput href="#a"/></informationRequirement>' +
      '<literalExpression><text>if a &gt; 5 then "é" else "small"</text></literalExpression></decision></definitions>',
  ],
  [
    'jdm',
    'g.json',
    '{"nodes":[{"id":"i","type":"inputNode","name":"in"},{"id":"e","type":"expressionNode","name":"x","content":{"expressions":' +
      '[{"id":"1","key":"big","value":"a > 5 ? \'é\' : \'no\'"}]}},{"id":"o","type":"outputNode","name":"out"}],' +
      '"edges":[{"id":"1","sourceId":"i","targetId":"e"},{"id":"2","sourceId":"e","targetId":"o"}]}',
  ],
  ['cel', 'c.cel', '// @var n: int(0, 9)\n// @var s: string(20)\nsize(s) > 3 && n * 2 >= 10 || ["é"].exists(t, s == t) // why\n'],
  [
    'json-rules-engine',
    'r.json',
    '{"rules":[{"name":"old","conditions":{"all":[{"fact":"age","operator":"greaterThan","value":18},{"any":[{"fact":"city",' +
      '"operator":"in","value":["é","B"]}]}]},"event":{"type":"x","params":{"points":-2.5}}}]}',
  ],
];

it('have a source each', () => {
  expect(SOURCES.map(([format]) => format).sort()).toEqual(IMPORT_FORMATS.map(({ id }) => id).sort());
});

describe.each(SOURCES)('%s', (format, name, text) => {
  it('is a bundle where it is whole, and at every other end a bundle or a reason at a place', async () => {
    const importer = await importFormat(format)!.load();
    const outcomes = Array.from(
      { length: text.length + 1 },
      (_, end) => mustImport(importer, name, text.slice(0, end)).files.size > 0,
    );
    expect([outcomes.at(0), outcomes.at(-1), outcomes.includes(false)]).toEqual([false, true, true]);
  });
});
