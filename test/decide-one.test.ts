// One payload at a time: the same decisions as a request of one, and nothing left behind.

import { describe, expect, it } from 'vitest';
import { PAYLOAD_BYTES_MAX } from '#assembly/shared/limits.js';
import { FunctionBody } from '#src/codegen/body.js';
import { generateModule } from '#src/codegen/generate.js';
import { ModuleWriter } from '#src/codegen/module-writer.js';
import { decidePayloads } from '#src/decide.js';
import { decideOne } from '#src/decide-one.js';
import { Counter } from '#src/observe/counters.js';
import { compileCode } from '#src/runtime/generated-code.js';
import { Op, ValueType } from '#src/wasm/format.js';
import { decided, payment, type SmallTenant, tenantMaker } from './lib/small-tenant.js';

const make = tenantMaker();

const one = ({ live }: SmallTenant, payload: Uint8Array, now = 0n): Uint8Array => decideOne(live, payload, now).toBytes();

const payloads = [payment(1), payment(101), payment(5, 'note'), Uint8Array.of(1, 2, 3), new Uint8Array(0)];
const COUNTED = [Counter.OUTCOME_NONE, Counter.OUTCOME_APPROVE, Counter.OUTCOME_REVIEW, Counter.OUTCOME_DECLINE];

describe('decideOne', () => {
  it.each(['the VM', 'generated code'])('leaves the bytes and the counts that a request leaves, by %s', async (by) => {
    const tenant = make();
    const other = make();
    for (const { live } of by === 'the VM' ? [] : [tenant, other]) {
      live.code = await compileCode(generateModule(live.copyDeciding()).module!);
    }
    for (const payload of payloads) {
      const { decisions } = await decided(other.live, [payload], { now: 77n, path: 'inline' });
      expect(one(tenant, payload, 77n)).toEqual(decisions[0]);
    }
    for (const counter of [...COUNTED, Counter.INVALID_PAYLOAD, Counter.REQUESTS_INLINE]) {
      expect([counter, tenant.counters.get(counter)]).toEqual([counter, other.counters.get(counter)]);
    }
    expect([tenant.tenant.memory.ring.slots, tenant.live.pinCount]).toEqual([0, 0]);
  });

  it('leaves alone what other requests have in the ring', async () => {
    const tenant = make({ ringBytes: 8192 });
    const waiting = Array.from({ length: 5 }, (_, i) => decided(tenant.live, [payment(99 + i)], { path: 'pooled' }));
    const alone = payloads.map((payload) => one(tenant, payload));
    expect(tenant.tenant.memory.ring.slots).toBe(5);
    const expected = make();
    for (const [i, { decisions }] of (await Promise.all(waiting)).entries()) {
      expect(decisions[0]).toEqual(one(expected, payment(99 + i)));
    }
    expect(alone).toEqual(payloads.map((payload) => one(expected, payload)));
  });

  it('is busy while the ring is full', async () => {
    const tenant = make({ ringBytes: 2048 });
    const waiting: Promise<unknown>[] = [];
    const isFull = (): boolean => {
      try {
        const pending = new Promise((resolve) => {
          decidePayloads(tenant.live, [payment(1)], { now: 0n, path: 'pooled' }, resolve);
        });
        waiting.push(pending);
        one(tenant, payment(1));
        return false;
      } catch {
        return true;
      }
    };
    while (!isFull());
    expect(() => one(tenant, payment(1))).toThrow(expect.objectContaining({ code: 'BUSY' }));
    expect(tenant.counters.get(Counter.BUSY)).toBeGreaterThan(0);
    await Promise.all(waiting.slice(0, -1));
    await Promise.resolve();
    expect(one(tenant, payment(1))).toEqual(one(make(), payment(1)));
  });

  it('refuses what the ring can never hold, and finds a payload over the limit invalid', () => {
    const tenant = make({ ringBytes: 4096 });
    expect(() => one(tenant, payment(1, 'x'.repeat(4500)))).toThrow(expect.objectContaining({ code: 'BATCH_TOO_LARGE' }));
    one(tenant, new Uint8Array(PAYLOAD_BYTES_MAX + 1));
    expect(tenant.counters.get(Counter.INVALID_PAYLOAD)).toBe(1);
  });

  it('fails where the code traps, and decides again after that', async () => {
    const tenant = make();
    const expected = one(tenant, payment(101));
    const module = new ModuleWriter('engine', []);
    const body = new FunctionBody(Array.from({ length: 6 }, () => ValueType.I32));
    body.i32(-1);
    body.memory(Op.I32_LOAD);
    module.add(body, [ValueType.I32], 'decidePayload');
    tenant.live.code = await compileCode(module.finish());
    expect(() => one(tenant, payment(101))).toThrow(expect.objectContaining({ code: 'INTERNAL' }));
    expect([tenant.counters.get(Counter.TRAPS), tenant.counters.get(Counter.INTERNAL)]).toEqual([1, 1]);
    tenant.live.code = undefined;
    expect(one(tenant, payment(101))).toEqual(expected);
  });

  it('is refused with an image that has been released', () => {
    const tenant = make();
    tenant.live.retire();
    expect(() => one(tenant, payment(1))).toThrow(/released/);
  });
});
