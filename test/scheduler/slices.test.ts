// A batch that is decided in slices of one payload leaves the bytes that it leaves when it is decided at once: payloads, frames and
// texts, by the VM and by generated code, with faulty payloads among them.

import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { generateModule } from '#src/codegen/generate.js';
import type { DecideOptions, Settled } from '#src/decide.js';
import { decideFrame, decidePayloads } from '#src/decide.js';
import { decideJson } from '#src/decide-json.js';
import { Counter } from '#src/observe/counters.js';
import { compileCode } from '#src/runtime/generated-code.js';
import { frameOf } from '../lib/frame.js';
import { testSeed } from '../lib/model.js';
import { smallModel } from '../lib/small-image.js';
import { payment, type SmallTenant, smallTenant } from '../lib/small-tenant.js';

const tenants: SmallTenant[] = [];
afterAll(async () => {
  for (const { scheduler } of tenants) await scheduler.close();
});

async function make(hasCode: boolean): Promise<SmallTenant> {
  const made = smallTenant({ threads: 2, sliceMillis: 0, ringBytes: 1 << 20 });
  tenants.push(made);
  const { module } = generateModule(made.live.copyDeciding());
  if (hasCode) made.live.code = await compileCode(module!);
  else made.live.decided = () => {}; // no code is asked for while the VM is tested
  return made;
}

type Begin = (made: SmallTenant, items: readonly Item[], options: DecideOptions, settle: (settled: Settled) => void) => void;

/** An amount, or what is no payload. */
type Item = number | 'broken';

const BROKEN = Uint8Array.of(1, 2, 3);
const bytesOf = (item: Item): Uint8Array => (item === 'broken' ? BROKEN : payment(item, 'x'.repeat(item % 50)));

const WAYS: Record<string, Begin> = {
  payloads: ({ live }, items, options, settle) => decidePayloads(live, items.map(bytesOf), options, settle),
  frame: ({ live }, items, options, settle) =>
    decideFrame(live, frameOf(items.map(bytesOf), { bundle: 'small', model: smallModel().hash }), options, settle),
  texts: ({ live }, items, options, settle) =>
    decideJson(
      live,
      items.map((item) => (item === 'broken' ? '{"amount":"much"}' : JSON.stringify({ amount: item }))),
      options,
      settle,
    ),
};

/** Everything that is settled. */
const decided = (begin: Begin, made: SmallTenant, items: readonly Item[], path: 'inline' | 'pooled'): Promise<unknown> =>
  new Promise((resolve) => {
    begin(made, items, { now: 5n, idHigh: 1n, idLow: 7n, path }, (settled) => {
      const each = Array.from({ length: settled.count }, (_, i) => [
        settled.statusOf(i),
        Buffer.from(settled.decision(i)).toString('hex'),
      ]);
      resolve({ status: settled.status, each, answer: Buffer.from(settled.answer).toString('hex') });
    });
  });

describe.each([
  ['the VM', false],
  ['generated code', true],
] as const)('in slices of one payload, by %s', (_, hasCode) => {
  it.each(Object.keys(WAYS))('%s are decided as at once', async (way) => {
    const made = await make(hasCode);
    const item = fc.oneof(
      { weight: 9, arbitrary: fc.integer({ min: 0, max: 200 }) },
      { weight: 1, arbitrary: fc.constant('broken' as const) },
    );
    let payloads = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(item, { minLength: 1, maxLength: 12 }), { minLength: 1, maxLength: 4 }),
        async (batches) => {
          const pooled = await Promise.all(batches.map((items) => decided(WAYS[way]!, made, items, 'pooled')));
          for (const [i, items] of batches.entries()) {
            expect(pooled[i]).toEqual(await decided(WAYS[way]!, made, items, 'inline'));
            payloads += items.length;
          }
        },
      ),
      { numRuns: 25, seed: testSeed(`slices-${way}`) },
    );
    expect(made.counters.get(Counter.SLICES)).toBe(payloads);
    expect([made.tenant.memory.ring.slots, made.live.pinCount]).toEqual([0, 0]);
  });
});
