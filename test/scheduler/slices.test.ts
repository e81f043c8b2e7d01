// A batch that is decided in slices of one payload leaves the bytes that it leaves when it is decided at once: payloads, frames and
// texts, by the VM and by generated code, with faulty payloads among them.

import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { generateModule } from '#src/codegen/generate.js';
import { Counter } from '#src/observe/counters.js';
import { compileCode } from '#src/runtime/generated-code.js';
import { decidedAs, WAYS } from '../lib/batch-ways.js';
import { testSeed } from '../lib/model.js';
import { type SmallTenant, smallTenant } from '../lib/small-tenant.js';

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
          const pooled = await Promise.all(batches.map((items) => decidedAs(WAYS[way]!, made, items, { path: 'pooled' })));
          for (const [i, items] of batches.entries()) {
            expect(pooled[i]).toEqual(await decidedAs(WAYS[way]!, made, items, { path: 'inline' }));
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
