// Generated code in its tenant: on the owner's thread and on workers, with traps and with switches while requests are in flight.

import { afterEach, describe, expect, it } from 'vitest';
import { DECISION_OUTCOME } from '#assembly/shared/image.js';
import { Outcome } from '#assembly/shared/outcome.js';
import { Status } from '#assembly/shared/status.js';
import { FunctionBody } from '#src/codegen/body.js';
import { generateModule } from '#src/codegen/generate.js';
import { ModuleWriter } from '#src/codegen/module-writer.js';
import { WORKER_CODES_MAX } from '#src/config.js';
import { Counter } from '#src/observe/counters.js';
import { compileCode, type GeneratedCode } from '#src/runtime/generated-code.js';
import { Op, ValueType } from '#src/wasm/format.js';
import { decided, payment, type SmallTenant, smallTenant } from '../lib/small-tenant.js';

const made: SmallTenant[] = [];
afterEach(async () => {
  for (const { pool } of made.splice(0)) await pool.close();
});

function make(): SmallTenant {
  const tenant = smallTenant({ threads: 1 });
  made.push(tenant);
  return tenant;
}

const PATHS = ['inline', 'pooled'] as const;

async function codeOf({ live }: SmallTenant): Promise<GeneratedCode> {
  const { module, unsupported } = generateModule(live.copyDeciding());
  if (module === undefined) throw new Error(unsupported);
  return compileCode(module);
}

/** A module whose exports read outside the memory. */
async function trappingCode(): Promise<GeneratedCode> {
  const module = new ModuleWriter('engine', []);
  for (const name of ['decide', 'decideFrame']) {
    const body = new FunctionBody([ValueType.I32]);
    body.i32(-1);
    body.memory(Op.I32_LOAD);
    module.add(body, [ValueType.I32], name);
  }
  return compileCode(module.finish());
}

const amounts = [99, 100, 101, 1000];
const payloads = amounts.map((amount) => payment(amount));

describe('generated code', () => {
  it.each(PATHS)('leaves the same bytes as the VM, %s', async (path) => {
    const tenant = make();
    const { live } = tenant;
    const options = { path, now: 77n, idHigh: 1n, idLow: 5n };
    const vm = await decided(live, payloads, options);
    live.code = await codeOf(tenant);
    const code = await decided(live, payloads, options);
    expect(code).toEqual(vm);
    expect(code.decisions.map((bytes) => bytes[DECISION_OUTCOME])).toEqual(
      amounts.map((amount) => (amount > 100 ? Outcome.DECLINE : Outcome.APPROVE)),
    );
  });

  it.each(PATHS)('that traps fails its request and no other, %s', async (path) => {
    const tenant = make();
    const { live, counters } = tenant;
    const sound = await codeOf(tenant);
    live.code = sound;
    expect((await decided(live, payloads, { path })).status).toBe(Status.OK);
    live.code = await trappingCode();
    const failed = await decided(live, payloads, { path });
    expect([failed.status, failed.decisions.length]).toEqual([Status.INTERNAL, 0]);
    expect(counters.get(Counter.TRAPS)).toBe(1);
    // The engine's instance is another one now: the sound code has to be attached to that.
    live.code = sound;
    expect((await decided(live, payloads, { path })).status).toBe(Status.OK);
    live.code = undefined;
    expect((await decided(live, payloads, { path })).status).toBe(Status.OK);
    expect([tenant.tenant.memory.ring.slots, live.pinCount]).toEqual([0, 0]);
  });

  it('may come and go while requests are in flight', async () => {
    const tenant = make();
    const { live } = tenant;
    const expected = await decided(live, payloads, { path: 'inline' });
    const code = await codeOf(tenant);
    const running = Array.from({ length: 40 }, (_, i) => {
      live.code = i % 3 === 0 ? undefined : code;
      return decided(live, payloads, { path: i % 2 === 0 ? 'pooled' : 'inline' });
    });
    for (const result of await Promise.all(running)) expect(result.decisions).toEqual(expected.decisions);
  });

  it('is kept by workers for so many images, and sent again after that', async () => {
    const tenant = make();
    const { live } = tenant;
    const codes: GeneratedCode[] = [];
    for (let i = 0; i < WORKER_CODES_MAX + 3; i++) codes.push(await codeOf(tenant));
    for (const code of [...codes, ...codes.slice(0, 5)]) {
      live.code = code;
      expect((await decided(live, payloads.slice(0, 1), { path: 'pooled' })).status).toBe(Status.OK);
    }
  });

  it('that is no module is refused before it is anybody’s code', async () => {
    await expect(compileCode(Uint8Array.of(0, 97, 115, 109, 9))).rejects.toThrow();
  });
});
