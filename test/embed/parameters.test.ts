// Parameters of exported modules: the bytes of the library with the same values, and nothing bound that does not fit.

import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PARAMETER_BLOCK_BYTES } from '#assembly/shared/embed.js';
import { PARAMETER_BINDING_BYTES, PARAMETER_VALUE } from '#assembly/shared/layout.js';
import { exportModule } from '#src/embed/export-module.js';
import { readImageFile } from '#src/image/file.js';
import { parameterBlock } from '#src/image/parameter-block.js';
import { bindParameters, type GivenValues } from '#src/registry/parameters.js';
import { embeddedTemplate } from '#src/runtime/embedded.js';
import { EmbedBox, type Embedded, embed } from '../lib/embed-box.js';
import { listBundle } from '../lib/list-bundle.js';
import { testSeed } from '../lib/model.js';
import { PARAMETER_PAYLOAD, PARAMETER_SCORE_DEFAULT, parameterBundle } from '../lib/parameter-bundle.js';

let embedded: Embedded;
beforeAll(async () => {
  embedded = await embed(parameterBundle());
});
afterAll(() => embedded.close());

/** The block of values of the set `limits`. */
function blockOf(values: GivenValues): Uint8Array {
  const { head, header } = readImageFile(embedded.image);
  return parameterBlock(header.hash, bindParameters(head, { limits: values }));
}

/** Decides with all: the same bytes. Returns the score. */
function decideAll(payload: object): number {
  const bytes = embedded.encoder.encode(payload).slice();
  const expected = Buffer.from(embedded.ruleSet.decideBytes(bytes, { now: 0n }));
  for (const box of [embedded.simd, embedded.scalar]) {
    expect(Buffer.from(box.decide(bytes, 0n).bytes).equals(expected)).toBe(true);
    expect(Buffer.from(box.decideJson(Buffer.from(JSON.stringify(payload)), 0n).bytes).equals(expected)).toBe(true);
  }
  return embedded.simd.exports.verdict_score();
}

const values = fc.record(
  {
    reviewAbove: fc.constantFrom(0, 599.99, 600, 1_000_000),
    riskMax: fc.constantFrom(0, 0.9, 0.95, 1),
    isOpen: fc.boolean(),
    domain: fc.constantFrom('', '@x.com', 'é@x.com', 'a@x.com and more x'),
    channel: fc.constantFrom('web', 'app', 'branch'),
    from: fc.constantFrom('2026-06-01T00:00:00Z', '2026-06-01T00:00:00.000001Z', '1970-01-01T00:00:00Z'),
    unread: fc.integer({ min: 1, max: 9 }),
  },
  { requiredKeys: [] },
);

describe('values', () => {
  it('are those of the bundle at first', () => {
    expect(decideAll(PARAMETER_PAYLOAD)).toBe(PARAMETER_SCORE_DEFAULT);
    expect(embedded.simd.exports.verdict_parameter_count()).toBe(6);
  });

  it('are replaced at any time, and leave the bytes that the library leaves', () => {
    const scores = new Set<number>();
    fc.assert(
      fc.property(values, (given) => {
        embedded.ruleSet.setParameters({ limits: given });
        for (const box of [embedded.simd, embedded.scalar]) expect(box.bind(blockOf(given))).toBe(0);
        scores.add(decideAll(PARAMETER_PAYLOAD));
      }),
      { seed: testSeed('embed-parameters'), numRuns: 300 },
    );
    expect(scores.size).toBeGreaterThan(20);
  });

  it('may be part of the module', () => {
    const given = { reviewAbove: 600, domain: 'é@x.com' };
    const parameters = bindParameters(readImageFile(embedded.image).head, { limits: given });
    const { module } = exportModule(embeddedTemplate(false), embedded.image, { parameters });
    embedded.ruleSet.setParameters({ limits: given });
    const bytes = embedded.encoder.encode(PARAMETER_PAYLOAD).slice();
    const expected = embedded.ruleSet.decideBytes(bytes, { now: 0n });
    expect(Buffer.compare(new EmbedBox(module).decide(bytes, 0n).bytes, expected)).toBe(0);
    expect(() => exportModule(embeddedTemplate(false), embedded.image)).toThrow('read 6 parameters, and 0 have a value');
  });
});

describe('a block', () => {
  it('of which any byte is another binds what fits, or nothing', () => {
    const { simd, scalar } = embedded;
    const bytes = embedded.encoder.encode(PARAMETER_PAYLOAD).slice();
    const good = blockOf({ domain: '@other.example' });
    const said = new Set<number>();
    for (let at = 0; at < good.length; at++) {
      for (const change of [1, 0x80, 0xff]) {
        const block = good.map((byte, i) => (i === at ? byte ^ change : byte));
        const before = [simd.bind(good.slice()), simd.decide(bytes, 0n).bytes] as const;
        const error = simd.bind(block);
        said.add(error);
        expect([before[0], scalar.bind(block.slice())]).toEqual([0, error]);
        const after = simd.decide(bytes, 0n).bytes;
        if (error !== 0) expect(Buffer.compare(after, before[1])).toBe(0);
        expect(Buffer.compare(scalar.decide(bytes, 0n).bytes, error === 0 ? after : scalar.decide(bytes, 0n).bytes)).toBe(0);
      }
    }
    expect([...said].sort()).toEqual([0, 2, 3, 4]);
  });

  it('is refused where it is cut, longer than the input, of another image, or out of bounds', async () => {
    const { simd } = embedded;
    const good = blockOf({});
    expect(simd.bind(good.slice(0, -1))).toBe(2);
    expect(simd.bind(new Uint8Array(3))).toBe(2);
    simd.exports.verdict_input(8);
    expect(simd.exports.verdict_parameters(good.length)).toBe(2);
    const above = good.slice();
    const read = readImageFile(embedded.image).head.parameters[0]!.values.filter(({ isRead }) => isRead);
    // Its bounds are 0 and 1.
    const at = PARAMETER_BLOCK_BYTES + read.findIndex(({ name }) => name === 'riskMax') * PARAMETER_BINDING_BYTES;
    new DataView(above.buffer).setFloat64(at + PARAMETER_VALUE, 1.5, true);
    expect(simd.bind(above)).toBe(4);
    const other = await embed(parameterBundle({ version: '1.0.1' }));
    expect([other.simd.bind(good), other.scalar.bind(good)]).toEqual([3, 3]);
    await other.close();
    const none = await embed(listBundle(), { blocked: [] });
    expect([none.simd.exports.verdict_parameter_count(), none.simd.bind(good)]).toEqual([0, 1]);
    await none.close();
  });
});
