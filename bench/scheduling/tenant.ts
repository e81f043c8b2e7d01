// A tenant with one worker thread of its own, whose requests are handed over by any scheduler.

import { Outcome } from '../../assembly/shared/outcome.js';
import { generateModule } from '../../src/codegen/generate.js';
import { compile } from '../../src/compiler/compile.js';
import { Counters } from '../../src/observe/counters.js';
import { LiveImage } from '../../src/registry/live-image.js';
import { Tenant } from '../../src/registry/tenant.js';
import { compileCode } from '../../src/runtime/generated-code.js';
import { engineModule } from '../../src/runtime/instance.js';
import { WorkerPool } from '../../src/runtime/pool.js';
import type { Dispatcher } from '../../src/scheduler/scheduler.js';
import { MILLISECOND, type WorkSize, workBundle, workPayload } from './work.js';

/** Work that takes tens of microseconds. */
const TINY: WorkSize = { rules: 1, numbers: 100 };
const RING_BYTES = 1 << 28;
const PAGES_MAX = 8192;

export interface SchedulingTenant {
  readonly tiny: LiveImage;
  readonly work: LiveImage;
  readonly payloads: { tiny: readonly Uint8Array[]; short: readonly Uint8Array[]; batch(count: number): readonly Uint8Array[] };
  /** What the outcomes of a request of so many payloads add up to. */
  outcomesOf(count: number): number;
  close(): Promise<void>;
}

/** @param costInlineMax as an engine's; default the engine's */
export async function makeTenant(
  dispatcher: (pool: WorkerPool, counters: Counters) => Dispatcher,
  costInlineMax = 200_000,
): Promise<SchedulingTenant> {
  const counters = new Counters();
  const pool = new WorkerPool({ threads: 1, module: engineModule(), stallMillis: 60_000 });
  const scheduler = dispatcher(pool, counters);
  const memory = { scratchCount: 4, ringBytes: RING_BYTES, pagesMax: PAGES_MAX };
  const tenant = new Tenant('bench', { scheduler, costInlineMax, counters }, memory);
  const [tiny, work] = [await place(tenant, 'tiny', TINY), await place(tenant, 'work', MILLISECOND)];
  const encode = (live: LiveImage, index: number, numbers: number): Uint8Array =>
    live.encoder.encode(workPayload(index, numbers)).slice();
  const items = Array.from({ length: 4000 }, (_, i) => encode(work, i, MILLISECOND.numbers));
  return {
    tiny,
    work,
    payloads: { tiny: [encode(tiny, 0, TINY.numbers)], short: items.slice(0, 1), batch: (count) => items.slice(0, count) },
    outcomesOf: (count) => Math.ceil(count / 2) * Outcome.APPROVE + Math.floor(count / 2) * Outcome.DECLINE,
    close: () => scheduler.close(),
  };
}

async function place(tenant: Tenant, name: string, size: WorkSize): Promise<LiveImage> {
  const { image, diagnostics } = compile(workBundle(name, size), {
    profileMax: 'standard',
    costMax: Number.MAX_SAFE_INTEGER,
  });
  if (image === undefined) throw new Error(`the work does not compile: ${diagnostics[0]?.message}`);
  const live = LiveImage.place(tenant, image);
  live.bind(new Map());
  const { module } = generateModule(live.copyDeciding());
  if (module !== undefined) live.code = await compileCode(module);
  return live;
}
