// npm run million [-- --connections 100000 --servers 8 --clients 8 ...]: a million WebSocket connections on this machine. Says what
// the machine lacks and stops, or sets up what it needs, runs, reports to files as it goes, and sets everything back. Exit code 0
// where all aims are met, 1 where not, 2 where it cannot be.

import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { kernel, Million } from '../million.js';
import { Journal } from './journal.js';
import { lacks, raiseTcpMemory, setUpInside, startInside } from './namespace.js';

const CANNOT = 2;
/** From the end of the time that it may take until everything is ended. */
const GRACE_SECONDS = 45;

const { values } = parseArgs({
  options: {
    connections: { type: 'string', default: '1000000' },
    servers: { type: 'string', default: '53' },
    clients: { type: 'string', default: '52' },
    rate: { type: 'string', default: '20000' },
    seconds: { type: 'string', default: '60' },
    'warm-seconds': { type: 'string', default: '60' },
    rounds: { type: 'string', default: '1' },
    'connect-rate': { type: 'string', default: '20000' },
    'limit-seconds': { type: 'string', default: '600' },
    'no-echo': { type: 'boolean', default: false },
    out: { type: 'string', default: 'bench/results/million' },
    inside: { type: 'boolean', default: false },
  },
});

const LIMITS = {
  connections: [1_000, 4_000_000],
  servers: [1, 256],
  clients: [1, 256],
  rate: [1, 1_000_000],
  seconds: [1, 3_600],
  'warm-seconds': [0, 300],
  rounds: [1, 9],
  'connect-rate': [100, 1_000_000],
  'limit-seconds': [30, 86_400],
} as const;

function numbers(): Record<keyof typeof LIMITS, number> | string {
  const read = {} as Record<keyof typeof LIMITS, number>;
  for (const [name, [min, max]] of Object.entries(LIMITS) as [keyof typeof LIMITS, readonly [number, number]][]) {
    const value = Number(values[name]);
    if (!Number.isInteger(value) || value < min || value > max) return `--${name} is a whole number from ${min} to ${max}`;
    read[name] = value;
  }
  return read;
}

/** On the machine: looks, prepares, and starts the run in its namespace. */
async function outside(limitSeconds: number): Promise<number> {
  const missing = lacks();
  for (const { what, advice } of missing) console.error(`missing: ${what}; ${advice}`);
  if (missing.length > 0) return CANNOT;
  const restore = raiseTcpMemory();
  process.on('exit', restore);
  const child = startInside(fileURLToPath(import.meta.url), ['--inside', ...process.argv.slice(2)]);
  const signal = (name: NodeJS.Signals): void => {
    // Its group is its own: everything that it has started.
    if (child.pid === undefined) return;
    try {
      process.kill(name === 'SIGKILL' ? -child.pid : child.pid, name);
    } catch {
      // it is gone
    }
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => signal('SIGTERM'));
  const limit = setTimeout(() => signal('SIGKILL'), (limitSeconds + 2 * GRACE_SECONDS) * 1000);
  const code = await new Promise<number>((resolve) => {
    child.once('error', () => resolve(CANNOT));
    child.once('exit', (status) => resolve(status ?? 1));
  });
  clearTimeout(limit);
  signal('SIGKILL');
  restore();
  return code;
}

async function inside(read: Record<keyof typeof LIMITS, number>): Promise<number> {
  setUpInside();
  const journal = new Journal(values.out);
  const { connections, servers, clients, rate, seconds, rounds } = read;
  journal.say(`${connections} connections, ${servers} servers, ${clients} clients; Node ${process.version}, Linux ${kernel()}`);
  const echo = !values['no-echo'];
  const million = new Million({
    ...{ connections, servers, clients, rate, seconds, rounds, echo, journal },
    connectRate: read['connect-rate'],
    warmSeconds: read['warm-seconds'],
  });
  let signals = 0;
  const end = (): void => {
    journal.say('ending early');
    if (signals++ === 0) million.stop();
    else million.kill();
  };
  process.on('SIGTERM', end);
  process.on('SIGINT', end);
  const soft = setTimeout(end, read['limit-seconds'] * 1000);
  const hard = setTimeout(() => million.kill(), (read['limit-seconds'] + GRACE_SECONDS) * 1000);
  try {
    const { aims, ok } = await million.run();
    for (const { what, found, isMet } of aims) journal.say(`${isMet ? 'yes' : 'NO '} ${what}: ${found}`);
    journal.say(ok ? 'all aims are met' : 'not all aims are met');
    return ok ? 0 : 1;
  } catch (error) {
    journal.say((error as Error).message);
    return CANNOT;
  } finally {
    clearTimeout(soft);
    clearTimeout(hard);
  }
}

const read = numbers();
if (typeof read === 'string') {
  console.error(read);
  process.exitCode = CANNOT;
} else process.exitCode = values.inside ? await inside(read) : await outside(read['limit-seconds']);
