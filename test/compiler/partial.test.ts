// Images of parts of a bundle: the whole is what compile() makes, a part decides by what it has, and all are images to the engine.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compile } from '#src/compiler/compile.js';
import { compilePartial, type Part, type PartialBundle } from '#src/compiler/partial.js';
import { createEngine, type Engine } from '#src/engine.js';
import { joinImageFile } from '#src/image/file.js';
import { readHeader } from '#src/image/header.js';

const FILES: Record<string, string> = {
  'bundle.yaml': `name: parts
version: 1.0.0
model: model.yaml
profile: standard
onError: fail
decide: { combine: score, outcomes: [{ outcome: approve }] }
`,
  'model.yaml': `type: object
required: [amount, country]
properties:
  amount: { type: number }
  country: { type: string, maxLength: 2 }
  age: { type: number }
`,
  'features/f.yaml': `- { name: double, value: 'amount * 2 + 1' }
- { name: quad, value: 'double * double' }
`,
  'tables/t.yaml': `hitPolicy: collect
inputs: [country]
outputs: [score, reason]
rows:
  - { id: gb, when: [GB], then: [4, IN_GB] }
  - { id: any, when: ['-'], then: [8, ANY] }
`,
  'rules/r.yaml': `- { id: big, when: 'amount > 10', then: { score: 1, reason: BIG } }
- { id: quads, when: 'quad > 100', then: { score: 2 } }
- { id: old, when: 'age !== null && age > 60', then: { score: 16, reason: OLD } }
`,
  'outputs.yaml': `- { name: money.double, value: 'double' }
- { name: size, cases: [{ when: 'quad > 1000', value: '"much"' }] }
- { name: letters, value: 'country.split("")' }
- { name: objects, each: 'country.split("")', as: letter, values: { it: letter, of.age: age } }
`,
};
const encoder = new TextEncoder();
const files = new Map(Object.entries(FILES).map(([path, text]) => [path, encoder.encode(text)]));

describe('parts of a bundle', () => {
  let engine: Engine;
  let bundle: PartialBundle;
  beforeAll(async () => {
    engine = await createEngine({ poolThreads: 0, profileMax: 'standard' });
    bundle = compilePartial(files, { profileMax: 'standard' })!;
  });
  afterAll(() => engine.close());

  /** Decision of a payload that everything hits, by the image of a part. */
  async function decide(part: Part) {
    const { manifest } = compile(files, { profileMax: 'standard' });
    const ruleSet = await engine.load(joinImageFile(bundle.make(part).image, manifest!));
    const { score, reasons, outputs } = ruleSet.decide({ amount: 20, country: 'GB', age: 70 });
    ruleSet.release();
    return { score, reasons: reasons.map(({ rule }) => rule), outputs };
  }

  it('names what there is', () => {
    expect(bundle.rules).toEqual([
      { index: 0, id: 'big' },
      { index: 1, id: 'quads' },
      { index: 2, id: 'old' },
    ]);
    expect(bundle.hits).toEqual(['big', 'quads', 'old', 'gb', 'any']);
    expect(bundle.steps).toHaveLength(7);
    expect(bundle.steps).toEqual(
      expect.arrayContaining(['output money.double', 'output size', 'output letters', 'output objects']),
    );
  });

  it('makes the whole as compile does', () => {
    const { image } = compile(files, { profileMax: 'standard' });
    // The hash is that of all that decides.
    expect(readHeader(bundle.make({ rules: 'all', steps: 'all' }).image).hash).toBe(readHeader(image!).hash);
  });

  const outputs = {
    money: { double: 41 },
    size: 'much',
    letters: ['G', 'B'],
    objects: ['G', 'B'].map((it) => ({ it, of: { age: 70 } })),
  };
  const { money, size, letters } = outputs;
  const cases: [Part, number, string[], outputs?: object][] = [
    [{ rules: 'all', steps: 'all' }, 31, ['old', 'any', 'gb', 'big'], outputs],
    [{ rules: [], steps: [] }, 0, []],
    [{ rules: [0], steps: [] }, 1, ['big']],
    [{ rules: [1, 2], steps: [] }, 18, ['old']],
    [{ rules: [], steps: 'all' }, 12, ['any', 'gb'], outputs],
    [{ rules: [0], steps: ['output letters', 'output money.double'] }, 1, ['big'], { money, letters }],
    [{ rules: [], steps: ['output size'] }, 0, [], { size }],
    [{ rules: [], steps: [], readsOf: { rules: [], steps: ['output size'] } }, 0, []],
    [{ rules: [], steps: [], readsOf: { rules: [1], steps: [] } }, 0, []],
    [{ rules: 'all', steps: 'all', reasons: [] }, 31, [], outputs],
    [{ rules: 'all', steps: 'all', reasons: [1, 3] }, 31, ['gb', 'quads'], outputs],
  ];
  it.each(cases)('%j', async (part, score, reasons, given) => {
    expect(await decide(part)).toEqual({ score, reasons, outputs: given });
  });

  it('computes a feature that is asked for, and with it what it reads', () => {
    const bytes = (part: Part): number => bundle.make(part).image.length;
    const none = bytes({ rules: [], steps: [] });
    const one = bytes({ rules: [], steps: [bundle.steps[0]!] });
    const both = bytes({ rules: [], steps: [bundle.steps[1]!] });
    expect(one).toBeGreaterThan(none);
    expect(both).toBeGreaterThan(one);
    expect(bytes({ rules: [], steps: [], readsOf: { rules: [1], steps: [] } })).toBe(both);
  });

  it('has no parts of a bundle with errors', () => {
    expect(compilePartial(new Map([...files, ['rules/r.yaml', encoder.encode('- { id: x }')]]))).toBeUndefined();
  });
});
