// The server of the soak in a process of its own, whose workers may be killed from outside.

import type { BundleFiles } from '../../src/bundle/files.js';
import type { EngineStats } from '../../src/engine.js';
import type { WorkerPool } from '../../src/runtime/pool.js';
import { type Server, startServer } from '../../src/server/server.js';
import { serveCalls } from '../child.js';

export interface StartRequest {
  readonly tenant: string;
  readonly files: BundleFiles;
  readonly dataDir: string;
  readonly costInlineMax: number;
}

export type SoakHandlers = {
  start: (request: StartRequest) => Promise<{ url: string; pid: number }>;
  /** Kills a worker as a fault of the machine would. False where there is none yet. */
  kill: (number: number) => boolean;
  stats: () => EngineStats;
  stop: () => Promise<boolean>;
};

let server: Server;
let pool: WorkerPool | undefined;

serveCalls({
  start: async ({ tenant, files, dataDir, costInlineMax }) => {
    server = await startServer({ port: 0, dataDir, costInlineMax, poolThreads: 2, profileMax: 'standard' });
    await server.engine.putList(tenant, 'blocked', [], { type: 'string' });
    const { name } = await server.engine.publish(tenant, files);
    pool = server.engine.live(tenant, name)?.tenant.host.scheduler?.pool;
    return { url: server.url, pid: process.pid };
  },
  kill: (number) => {
    // biome-ignore lint/complexity/useLiteralKeys: nobody but this test may take a worker from its pool
    const threads = pool?.['piscina']?.threads ?? [];
    const thread = threads[number % Math.max(1, threads.length)];
    void thread?.terminate();
    return thread !== undefined;
  },
  stats: () => server.engine.stats(),
  stop: () => server.stop(),
} satisfies SoakHandlers);
