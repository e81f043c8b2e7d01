// npm start: a server on loopback with the card-risk sample bundle, sample payments through its WebSocket endpoint, and a table of
// what came out. Keeps serving until Ctrl-C; with --once it ends after the table.

import { fork } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { BundleFiles } from '../bundle/files.js';
import { Problem } from '../errors.js';
import { type Server, startServer } from '../server/server.js';
import { runUntilSignal } from '../server/signals.js';
import type { DemoOrder, DemoReply, DemoResult } from './demo-order.js';
import { printDemo } from './demo-table.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const TENANT = 'demo';
const BUNDLE = 'card-risk';
const SEED = 1;
const CUSTOMERS = 3_200;
const TERMINALS = 1_200;

const { values: flags } = parseArgs({
  options: {
    once: { type: 'boolean', default: false },
    port: { type: 'string', default: '8321' },
    'data-dir': { type: 'string', default: join(ROOT, 'data') },
    count: { type: 'string', default: '65536' },
    seconds: { type: 'string', default: '2' },
  },
});

/** Documents of a bundle directory. */
function readBundleFiles(directory: string): BundleFiles {
  const files = new Map<string, Uint8Array>();
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !/\.(ya?ml|json|csv)$/.test(entry.name)) continue;
    const path = join(entry.parentPath, entry.name);
    files.set(relative(directory, path).replaceAll('\\', '/'), readFileSync(path));
  }
  return files;
}

/** A server on the usual port and data directory; where another process has one of them, on any port, or in memory. */
async function start(): Promise<Server> {
  let options: { port: number; dataDir?: string } = { port: Number(flags.port), dataDir: flags['data-dir'] };
  for (let attempt = 0; ; attempt++) {
    try {
      return await startServer(options);
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (attempt === 2) throw error;
      if (code === 'EADDRINUSE') {
        say(`port ${options.port} is taken, another one is used`);
        options = { ...options, port: 0 };
      } else if (options.dataDir !== undefined) {
        say(`${message}; this run keeps its bundles in memory`);
        options = { port: options.port };
      } else throw error;
    }
  }
}

async function publish(server: Server): Promise<void> {
  try {
    await server.engine.publish(TENANT, readBundleFiles(join(ROOT, 'examples', BUNDLE)), { name: BUNDLE });
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== 'VERSION_EXISTS') throw error;
    say(`${flags['data-dir']} holds this version with other rules, and those decide; delete it to publish examples/${BUNDLE} anew`);
  }
}

/** Runs the client in a process of its own. */
function drive(order: DemoOrder): Promise<DemoResult> {
  return new Promise((resolve, reject) => {
    const client = fork(new URL('./demo-client.js', import.meta.url), { serialization: 'advanced' });
    client.once('message', (reply: DemoReply) => {
      if ('result' in reply) resolve(reply.result);
      else reject(new Error(reply.error));
      client.disconnect();
    });
    client.once('error', reject);
    client.once('exit', () => reject(new Error('the client ended without a result')));
    client.send(order);
  });
}

function say(text: string): void {
  console.log(`verdict: ${text}`);
}

const server = await start();
const ended = runUntilSignal(server);
await publish(server);
const live = server.engine.live(TENANT, BUNDLE);
if (live === undefined) throw new Error('the sample bundle is not live');
const count = Number(flags.count);
say(`serving ${BUNDLE} ${live.version} at ${server.url}; generating ${count.toLocaleString('en')} card payments (seed ${SEED})`);
const driving = drive({
  url: `${server.url.replace('http', 'ws')}/v1/${TENANT}/stream`,
  bundle: BUNDLE,
  model: live.model,
  seed: SEED,
  count,
  customers: CUSTOMERS,
  terminals: TERMINALS,
  secondsPerRun: Number(flags.seconds),
});
// Whoever presses Ctrl-C before the table wants no table, and no complaint of the client that the server has gone.
const result = await Promise.race([driving.catch((error: Error) => error), ended]);
if (typeof result === 'number') process.exit(result);
if (result instanceof Error) {
  const stopped = await Promise.race([ended, setTimeout(1000, undefined)]);
  if (stopped !== undefined) process.exit(stopped);
  throw result;
}
printDemo(result, { url: server.url, tenant: TENANT, bundle: BUNDLE, version: live.version, rules: live.ruleCount });
if (flags.once) process.exit((await server.stop()) ? 0 : 1);
console.log('  Serving until Ctrl-C.\n');
process.exit(await ended);
