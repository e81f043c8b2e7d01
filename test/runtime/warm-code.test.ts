// Generated code whose first calls are made elsewhere.

import { expect, it } from 'vitest';
import { FunctionBody } from '#src/codegen/body.js';
import { generateModule } from '#src/codegen/generate.js';
import { ModuleWriter } from '#src/codegen/module-writer.js';
import { GeneratedCode } from '#src/runtime/generated-code.js';
import { warmCode } from '#src/runtime/warm-code.js';
import { Op, ValueType } from '#src/wasm/format.js';
import { decided, payment, smallTenant } from '../lib/small-tenant.js';

const payloads = [1, 100, 101, 5000].map((amount) => payment(amount));

it('decides as the VM after its first calls', async () => {
  const { live, pool } = smallTenant();
  const options = { path: 'inline', now: 7n } as const;
  const vm = await decided(live, payloads, options);
  const deciding = live.copyDeciding();
  live.code = new GeneratedCode(warmCode(generateModule(deciding).module!, deciding));
  expect(await decided(live, payloads, options)).toEqual(vm);
  await pool.close();
});

it('says what is no module, and what traps', async () => {
  const { live, pool } = smallTenant();
  const deciding = live.copyDeciding();
  expect(() => warmCode(Uint8Array.of(0, 97, 115, 109, 9), deciding)).toThrow('WebAssembly');
  const module = new ModuleWriter('engine', []);
  const body = new FunctionBody(new Array(6).fill(ValueType.I32));
  body.i32(-1);
  body.memory(Op.I32_LOAD);
  module.add(body, [ValueType.I32], 'decidePayload');
  expect(() => warmCode(module.finish(), deciding)).toThrow('memory access out of bounds');
  await pool.close();
});
