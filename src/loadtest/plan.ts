// What a load test is to do, and what it may do: bounds that hold unless the caller says otherwise, so that a slip of the keyboard
// neither floods a network nor fills a machine.

import type { Address, RunOrder } from './order.js';
import { type ProfileOptions, phasesOf } from './profile.js';

/** What a test is to do. */
export interface LoadPlan extends RunOrder {
  /** Path of the requests, or of the WebSocket. */
  readonly path: string;
  /** Value of the Authorization header; '' where none is sent. In no report. */
  readonly authorization: string;
  readonly processes: number;
  readonly profile: ProfileOptions;
  /** Runs the bare echo as well, in turns with the target. */
  readonly echo: boolean;
  readonly rounds: number;
  /** Processes of the server on this machine whose memory and processor time are reported. */
  readonly serverPids: readonly number[];
}

/** What a test may take unless it is allowed to be large, and what it may take then. */
export const BOUNDS = {
  connections: { option: '--connections', modest: 1_000, large: 4_000_000 },
  processes: { option: '--processes', modest: 4, large: 256 },
  seconds: { option: '--seconds', modest: 60, large: 86_400 },
  rate: { option: '--rate', modest: 100_000, large: 100_000_000 },
  requests: { option: '--requests', modest: 10_000_000, large: 1e12 },
  inFlight: { option: '--in-flight', modest: 1_024, large: 65_536 },
  rounds: { option: '--rounds', modest: 9, large: 99 },
} as const;
/** Lanes of a process: each takes 33 bytes. */
export const LANES_MAX = 1 << 24;

/** Whether an address is of this machine alone. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

/**
 * Checks a plan against its bounds.
 * @throws RangeError that names the option, and the one that would allow it
 */
export function checkPlan(plan: Omit<LoadPlan, 'messages'>, allowed: { large: boolean; remote: boolean }): void {
  const rate = plan.loop.kind === 'open' ? plan.loop.rate : 0;
  const asked: Record<keyof typeof BOUNDS, number> = {
    connections: plan.connections,
    processes: plan.processes,
    seconds: plan.profile.seconds,
    rate,
    requests: plan.requestsMax,
    inFlight: plan.inFlight,
    rounds: plan.rounds,
  };
  for (const [name, { option, modest, large }] of Object.entries(BOUNDS)) {
    const value = asked[name as keyof typeof BOUNDS];
    if (value > large) throw new RangeError(`${option} ${value}: at most ${large}`);
    if (value > modest && !allowed.large) throw new RangeError(`${option} ${value}: more than ${modest} needs --allow-large`);
  }
  if (plan.processes > plan.connections) throw new RangeError('--processes: each needs a connection at least');
  const lanes = Math.ceil(plan.connections / plan.processes) * plan.inFlight;
  if (lanes > LANES_MAX) throw new RangeError(`--in-flight: ${lanes} requests in flight in a process, at most ${LANES_MAX}`);
  const remote = plan.targets.find(({ host }) => !isLoopback(host));
  if (remote !== undefined && !allowed.remote) {
    throw new RangeError(`--target ${remote.host}: another machine needs --allow-remote, and the consent of who runs it`);
  }
  phasesOf(plan.profile);
}

/** Ports of one target at most. */
const PORTS_MAX = 1_024;

/** Reads `HOST:PORT` or `HOST:FIRST-LAST`; IPv6 addresses stand in brackets. @throws RangeError */
export function parseTarget(text: string): Address[] {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:\s/]+)):(\d{1,5})(?:-(\d{1,5}))?$/.exec(text);
  const host = match?.[1] ?? match?.[2];
  const [first, last] = [Number(match?.[3]), Number(match?.[4] ?? match?.[3])];
  const isRange = first >= 1 && last <= 65_535 && first <= last && last - first < PORTS_MAX;
  if (host === undefined || !isRange) throw new RangeError(`${text} is not a target; write 127.0.0.1:8321, or 127.0.0.1:9000-9055`);
  return Array.from({ length: last - first + 1 }, (_, i) => ({ host, port: first + i }));
}

/** Addresses of one range at most. */
const SOURCES_MAX = 4_096;

/** Reads `127.1.0.1` or `127.1.0.1-127.1.0.8`. @throws RangeError */
export function parseSource(text: string): string[] {
  const ends = text.split('-');
  const numbers = ends.map(addressNumber);
  const [first, last] = [numbers[0], numbers.at(-1)];
  if (ends.length > 2 || first === undefined || last === undefined || last < first || last - first >= SOURCES_MAX) {
    throw new RangeError(`${text} is no source; write 127.1.0.1, or 127.1.0.1-127.1.0.8`);
  }
  return Array.from({ length: last - first + 1 }, (_, i) => [24, 16, 8, 0].map((shift) => ((first + i) >>> shift) & 255).join('.'));
}

function addressNumber(text: string): number | undefined {
  if (!/^\d{1,3}(\.\d{1,3}){3}$/.test(text)) return undefined;
  const bytes = text.split('.').map(Number);
  return bytes.some((byte) => byte > 255) ? undefined : bytes.reduce((number, byte) => number * 256 + byte, 0);
}
