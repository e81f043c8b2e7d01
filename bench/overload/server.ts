// The server of the overload test in a process of its own, with one worker thread and one bundle.

import type { BundleFiles } from '../../src/bundle/files.js';
import type { EngineStats } from '../../src/engine.js';
import { startServer } from '../../src/server/server.js';
import { serveCalls } from '../child.js';

export type OverloadHandlers = {
  start: (request: { tenant: string; files: BundleFiles }) => Promise<{ port: number; name: string; pid: number }>;
  stats: () => EngineStats;
};

let stats: () => EngineStats = () => {
  throw new Error('not started');
};

serveCalls({
  start: async ({ tenant, files }) => {
    const server = await startServer({ port: 0, poolThreads: 1, profileMax: 'standard', costMax: Number.MAX_SAFE_INTEGER });
    stats = () => server.engine.stats();
    const { name } = await server.engine.publish(tenant, files);
    const live = server.engine.live(tenant, name)!;
    await live.tenant.host.codes?.want(live);
    return { port: server.port, name, pid: process.pid };
  },
  stats: () => stats(),
} satisfies OverloadHandlers);
