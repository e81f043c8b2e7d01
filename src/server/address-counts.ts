// Open connections by address, so that one address cannot take them all. uWebSockets.js says where a connection comes from when it
// opens, and no more when it closes: closes of HTTP connections are counted without their address. Between what an address has at
// least (all of those closes were its own) and at most (none was), the kernel is asked, where it can be: /proc/self/net lists every
// connection. It is asked seldom, since that takes time that grows with them.

import { readText } from './files.js';

interface Count {
  /** Opened since the last count by the kernel, and those that it found. */
  most: number;
  /** `most`, of which at least so many are there still: without the closes of nobody known. */
  closedBefore: number;
}

/** Of the time, what may go into asking the kernel. */
const ASKING_SHARE = 0.02;
/** Addresses that are kept apart; with more of them, those that have one connection are not a danger. */
const ADDRESSES_MAX = 200_000;
const ESTABLISHED = '01';
const MAPPED = '00000000000000000000ffff';

/** How the kernel is asked: the count of established connections to any of these ports, by address. */
export type AskKernel = (ports: ReadonlySet<number>) => ReadonlyMap<string, number> | undefined;

export class AddressCounts {
  /** Connections that were closed because of the limit. */
  refused = 0;
  /** Ports that are listened on. */
  readonly ports = new Set<number>();
  private counts = new Map<string, Count>();
  /** HTTP connections that have closed since the kernel was asked. */
  private closed = 0;
  private askedAt = Number.NEGATIVE_INFINITY;
  private askMillis = 0;

  /** Connections of one address here; 0 = as many as it wants. */
  readonly max: number;

  /**
   * @param max connections of one address; 0 = as many as it wants
   * @param sharers processes that listen on the same ports. The kernel deals connections out among them evenly, by a hash, and
   *   tells what all of them have: here, the share of one is allowed and counted
   */
  constructor(
    max: number,
    private readonly ask: AskKernel = askProc,
    private readonly sharers = 1,
  ) {
    this.max = Math.ceil(max / sharers);
  }

  /** A connection has opened. False where it is to be closed: it is then not counted. */
  open(address: string): boolean {
    if (this.max === 0) return true;
    const count = this.counts.get(address);
    if (count === undefined) {
      if (this.counts.size >= ADDRESSES_MAX) this.forgetSingles();
      this.counts.set(address, { most: 1, closedBefore: this.closed });
      return true;
    }
    if (count.most >= this.max && !this.hasRoom(address, count)) {
      this.refused++;
      return false;
    }
    const current = this.counts.get(address);
    if (current === undefined) this.counts.set(address, { most: 1, closedBefore: this.closed });
    else current.most++;
    return true;
  }

  /** An HTTP connection has closed, of whatever address. */
  close(): void {
    this.closed++;
  }

  /** A connection of this address has closed. */
  closeOf(address: string): void {
    if (this.max === 0) return;
    const count = this.counts.get(address);
    if (count === undefined) return;
    count.most--;
    if (count.most <= 0) this.counts.delete(address);
  }

  private hasRoom(address: string, count: Count): boolean {
    if (count.most - (this.closed - count.closedBefore) >= this.max) return false;
    const now = performance.now();
    // In doubt a connection is let in: the limit of all connections holds meanwhile.
    if (now - this.askedAt < this.askMillis / ASKING_SHARE) return true;
    this.askedAt = now;
    const found = this.ask(this.ports);
    this.askMillis = performance.now() - now;
    if (found === undefined) return true;
    this.closed = 0;
    this.counts = new Map([...found].map(([key, most]) => [key, { most: Math.ceil(most / this.sharers), closedBefore: 0 }]));
    // The one that asks is among them already.
    const own = this.counts.get(address);
    if (own === undefined) return true;
    own.most--;
    return own.most < this.max;
  }

  private forgetSingles(): void {
    for (const [address, { most }] of this.counts) if (most <= 1) this.counts.delete(address);
  }
}

/** An address as it is counted: of IPv6 the first half, which one site has for itself; of IPv4 all of it. */
export function addressKey(bytes: ArrayBuffer): string {
  const hex = Buffer.from(bytes).toString('hex');
  if (hex.length !== 32) return hex;
  return hex.startsWith(MAPPED) ? hex.slice(MAPPED.length) : hex.slice(0, 16);
}

function askProc(ports: ReadonlySet<number>): ReadonlyMap<string, number> | undefined {
  try {
    const counts = new Map<string, number>();
    for (const file of ['/proc/self/net/tcp', '/proc/self/net/tcp6']) countLines(readText(file), ports, counts);
    return counts;
  } catch {
    return undefined;
  }
}

/** `sl: LOCAL:PORT REMOTE:PORT STATE ...`, in hex; addresses are words of the machine's byte order. */
export function countLines(text: string, ports: ReadonlySet<number>, counts: Map<string, number>): void {
  for (const [, port, remote, state] of text.matchAll(/^ *\d+: [0-9A-F]+:([0-9A-F]{4}) ([0-9A-F]+):[0-9A-F]{4} ([0-9A-F]{2})/gm)) {
    if (state !== ESTABLISHED || !ports.has(Number.parseInt(port as string, 16))) continue;
    const words = (remote as string).match(/.{8}/g) as string[];
    const bytes = Buffer.concat(words.map((word) => Buffer.from(word, 'hex').reverse()));
    const key = addressKey(new Uint8Array(bytes).buffer);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
}
