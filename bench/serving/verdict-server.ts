// Verdict's server in a process of its own, with one bundle published, as `verdict serve` runs it.

import type { BundleFiles } from '../../src/bundle/files.js';
import type { ServerOptions } from '../../src/server/config.js';
import { startServer } from '../../src/server/server.js';
import { cpuMillis, serveCalls } from '../child.js';

export interface StartRequest {
  readonly tenant: string;
  readonly files: BundleFiles;
  /** Of the server, in the place of its defaults. */
  readonly options?: ServerOptions;
}

export interface Started {
  readonly port: number;
  /** Name of the bundle and hash of its model, as a binary request names them. */
  readonly bundle: string;
  readonly modelHash: string;
}

export type VerdictHandlers = {
  start: (request: StartRequest) => Promise<Started>;
  cpu: () => number;
};

serveCalls({
  start: async ({ tenant, files, options }) => {
    const server = await startServer({ port: 0, ...options });
    const { name } = await server.engine.publish(tenant, files);
    return { port: server.port, bundle: name, modelHash: server.engine.live(tenant, name)!.model.hash };
  },
  cpu: cpuMillis,
} satisfies VerdictHandlers);
