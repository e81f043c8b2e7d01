import { afterEach, describe, expect, it } from 'vitest';
import { IMAGE_TEMPLATE_BYTES } from '#assembly/shared/image.js';
import { CONTROL_BASE, CONTROL_SCRATCH_COUNT, CONTROL_SCRATCH_OWNERS } from '#assembly/shared/layout.js';
import { Status } from '#assembly/shared/status.js';
import { SCRATCH_SPARE_COUNT } from '#src/config.js';
import { Counter } from '#src/observe/counters.js';
import type { TenantMemory } from '#src/runtime/memory.js';
import { readDecision } from '#src/schema/decision.js';
import { decided, payment, type SmallTenant, type SmallTenantOptions, smallTenant } from '../lib/small-tenant.js';

const open: SmallTenant[] = [];

function make(options: SmallTenantOptions): SmallTenant {
  const made = smallTenant(options);
  open.push(made);
  return made;
}

afterEach(async () => {
  for (const { scheduler } of open.splice(0)) await scheduler.close();
});

const outcome = (decision: Uint8Array | undefined): string | null => readDecision(decision!).outcome;

/** Threads that own a scratch. */
function owners(memory: TenantMemory): number[] {
  const count = memory.words[(CONTROL_BASE + CONTROL_SCRATCH_COUNT) / 4]!;
  const first = (CONTROL_BASE + CONTROL_SCRATCH_OWNERS) / 4;
  return Array.from(memory.words.subarray(first, first + count)).filter((owner) => owner !== 0);
}

describe('WorkerPool', () => {
  it('starts no thread before it is needed, and then decides as the inline path does', async () => {
    const { live, pool, counters } = make({ threads: 2 });
    expect(pool.threads).toBe(0);
    const inline = await decided(live, [payment(50), payment(500)], { path: 'inline' });
    expect([inline.path, pool.threads]).toEqual(['inline', 0]);
    const pooled = await decided(live, [payment(50), payment(500)], { path: 'pooled' });
    expect([pooled.path, pool.threads]).toEqual(['pooled', 2]);
    expect(pooled.decisions).toEqual(inline.decisions);
    expect(pooled.decisions.map(outcome)).toEqual(['approve', 'decline']);
    expect([counters.get(Counter.REQUESTS_INLINE), counters.get(Counter.REQUESTS_POOLED)]).toEqual([1, 1]);
  });

  it('works for many tenants on the same threads, each in its own memory', async () => {
    const first = make({ threads: 2 });
    const others = Array.from({ length: 5 }, () => smallTenant({ threads: 2 }));
    const tenants = [first.live, ...others.map(({ live }) => live)];
    for (const live of tenants) Object.assign(live.tenant.host, { scheduler: first.scheduler });
    const amounts = Array.from({ length: 240 }, (_, i) => i);
    const results = await Promise.all(
      amounts.map((amount) => decided(tenants[amount % tenants.length]!, [payment(amount)], { path: 'pooled' })),
    );
    expect(results.map(({ decisions }) => outcome(decisions[0]))).toEqual(
      amounts.map((amount) => (amount > 100 ? 'decline' : 'approve')),
    );
    for (const live of tenants) expect(owners(live.tenant.memory).length).toBeLessThanOrEqual(3);
  });

  it('answers INTERNAL where the engine traps, with a new instance for the next', async () => {
    const { live, tenant, counters } = make({ threads: 1 });
    const healthy = tenant.memory.viewHeap(live.address, 192).slice();
    expect((await decided(live, [payment(1)], { path: 'pooled' })).status).toBe(Status.OK);
    // A template longer than the memory: copying it traps. The verifier would have refused it.
    new DataView(tenant.memory.memory.buffer).setUint32(live.address + IMAGE_TEMPLATE_BYTES, 0x7fffffff, true);
    for (const path of ['pooled', 'inline', 'pooled', 'inline'] as const) {
      const { status, decisions } = await decided(live, [payment(1)], { path });
      expect([status, decisions.length]).toEqual([Status.INTERNAL, 0]);
    }
    expect(counters.get(Counter.TRAPS)).toBe(4);
    expect(counters.get(Counter.INTERNAL)).toBe(4);
    tenant.memory.viewHeap(live.address, 192).set(healthy);
    for (const path of ['pooled', 'inline'] as const) {
      expect(outcome((await decided(live, [payment(101)], { path })).decisions[0])).toBe('decline');
    }
    expect(owners(tenant.memory)).toHaveLength(2);
    expect([tenant.memory.ring.slots, live.pinCount]).toEqual([0, 0]);
  });

  it('answers INTERNAL for what a dead worker had in hand, and nothing else', async () => {
    const workerFile = new URL('./fixtures/dying-worker.mjs', import.meta.url);
    const { live, tenant, pool } = make({ threads: 2, workerFile, ringBytes: 1 << 20 });
    let died = 0;
    for (let round = 0; round < 6; round++) {
      const amounts = Array.from({ length: 10 }, (_, i) => 96 + i);
      const results = await Promise.all(amounts.map((amount) => decided(live, [payment(amount)], { path: 'pooled' })));
      for (const [i, { status, decisions }] of results.entries()) {
        if (status === Status.INTERNAL) died++;
        else expect(outcome(decisions[0])).toBe(amounts[i]! > 100 ? 'decline' : 'approve');
      }
      expect([tenant.memory.ring.slots, live.pinCount]).toEqual([0, 0]);
    }
    expect(died).toBeGreaterThan(2 + SCRATCH_SPARE_COUNT); // more than a tenant has scratches for: they are given back
    expect(pool.deaths).toBe(died);
    // A thread that has just died may own its scratch until the next one asks for it: never more than there are spares.
    expect(owners(tenant.memory).length).toBeLessThanOrEqual(2 + SCRATCH_SPARE_COUNT);
  });

  it('takes back the scratch of a worker that dies without a task', async () => {
    const { live, tenant, pool } = make({ threads: 1 });
    expect((await decided(live, [payment(1)], { path: 'pooled' })).status).toBe(Status.OK);
    const before = owners(tenant.memory);
    // biome-ignore lint/complexity/useLiteralKeys: what a pool does with its threads is its own affair elsewhere
    await pool['piscina']!.threads[0]!.terminate();
    while (pool.deaths === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(owners(tenant.memory)).toHaveLength(before.length - 1);
    expect((await decided(live, [payment(1)], { path: 'pooled' })).status).toBe(Status.OK);
  });

  it('answers INTERNAL where no worker starts', async () => {
    const { live } = make({ threads: 2, workerFile: new URL('./fixtures/unstartable-worker.mjs', import.meta.url) });
    const results = await Promise.all([1, 2, 3, 4].map((amount) => decided(live, [payment(amount)], { path: 'pooled' })));
    expect(results.map(({ status }) => status)).toEqual([5, 5, 5, 5]);
    expect((await decided(live, [payment(1)], { path: 'inline' })).status).toBe(Status.OK);
  });

  it('waits for what is in flight when it closes, and then takes nothing more', async () => {
    const { live, pool, scheduler } = make({ threads: 1 });
    const running = [1, 2, 3].map((amount) => decided(live, [payment(amount)], { path: 'pooled' }));
    await scheduler.close();
    expect((await Promise.all(running)).map(({ status }) => status)).toEqual([0, 0, 0]);
    await expect(decided(live, [payment(1)], { path: 'pooled' })).rejects.toMatchObject({ code: 'STOPPING' });
    expect(pool.threads).toBe(0);
  });
});
