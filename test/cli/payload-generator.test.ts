import { describe, expect, it } from 'vitest';
import { PayloadGenerator } from '#src/cli/payload-generator.js';
import { compile } from '#src/index.js';
import { PayloadEncoder } from '#src/schema/encode.js';
import type { Model } from '#src/schema/model.js';
import { exampleFiles } from '../examples/open-example.js';
import { model as listModel } from '../lib/model-lists.js';

const COUNT = 3000;

function modelOf(schema: string): Model {
  const text = (value: string): Uint8Array => new TextEncoder().encode(value);
  const { manifest, diagnostics } = compile(
    new Map([
      [
        'bundle.yaml',
        text(
          'name: x\nversion: 1.0.0\nmodel: m.yaml\nonError: review\ndecide: { combine: score, outcomes: [{ outcome: approve }] }\n',
        ),
      ],
      ['m.yaml', text(schema)],
      ['rules/r.yaml', text('- { id: x, when: true, then: { score: 1, reason: X } }\n')],
    ]),
  );
  if (manifest === undefined) throw new Error(JSON.stringify(diagnostics));
  return manifest.model;
}

const MODELS: Record<string, () => Model> = {
  'card-risk': () => compile(exampleFiles('card-risk')).manifest!.model,
  credit: () => compile(exampleFiles('credit')).manifest!.model,
  'lists of all kinds': () => listModel,
  'bounds of all kinds': () =>
    modelOf(`type: object
required: [low, high, both, negative, wide, exact, text, on]
properties:
  low: { type: integer, minimum: 5 }
  high: { type: integer, maximum: -5 }
  both: { type: integer, minimum: 3, maximum: 3 }
  negative: { type: number, minimum: -2.5, maximum: -2 }
  wide: { type: integer, format: int64 }
  exact: { type: number, multipleOf: 0.001, minimum: -1.5, maximum: 1.5 }
  text: { type: string, minLength: 30, maxLength: 40 }
  on: { type: string, format: date }
  at: { type: string, format: date-time }
  free: { type: number }
  most: { type: number, maximum: -3 }
`),
};

describe('PayloadGenerator', () => {
  for (const [name, make] of Object.entries(MODELS)) {
    it(`draws payloads that fit: ${name}`, () => {
      const model = make();
      const encoder = new PayloadEncoder(model);
      const generator = new PayloadGenerator(model, 9);
      const seen = new Set<string>();
      for (let i = 0; i < COUNT; i++) {
        const payload = generator.next();
        encoder.encode(payload);
        seen.add(JSON.stringify(payload));
      }
      expect(seen.size).toBeGreaterThan(COUNT * 0.9);
    });
  }

  it('repeats itself for a seed, and leaves out what may be absent now and then', () => {
    const model = MODELS['card-risk']!();
    const take = (seed: number): Record<string, unknown>[] => {
      const generator = new PayloadGenerator(model, seed);
      return Array.from({ length: 200 }, () => generator.next());
    };
    expect(take(1)).toEqual(take(1));
    expect(take(1)).not.toEqual(take(2));
    const absent = take(1).filter((payload) => !('device' in payload)).length;
    expect(absent).toBeGreaterThan(5);
    expect(absent).toBeLessThan(100);
  });
});
