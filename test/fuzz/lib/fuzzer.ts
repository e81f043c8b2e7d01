// The loop: take an input of the corpus, change it, run the target, and keep what reaches something new.

import { createHash } from 'node:crypto';
import { Corpus, type Entry, focusOf } from './corpus.js';
import { Coverage } from './coverage.js';
import { type MutationOptions, mutate } from './mutate.js';
import { Random } from './random.js';
import type { Target } from './target.js';
import { begin, end } from './watchdog.js';

export interface Crash {
  signature: string;
  error: Error;
  data: Uint8Array;
  /** Executions until it was met first. */
  executions: number;
}

export interface RunOptions {
  secondsMax?: number;
  executionsMax?: number;
  /** Ends with the first crash. */
  stopsAtCrash?: boolean;
  /** Called each few seconds. */
  report?(fuzzer: Fuzzer, seconds: number): void;
}

/** An input that takes longer has a defect of its own. */
const SLOW_MS = 5000;
const REPORT_MS = 10_000;
/** Executions that making a new input shorter may take. */
const TRIM_MAX = 40;

/** Executions spent on single changes to what came last. */
const SINGLE_PERCENT = 35;

/** Printable characters of ASCII. */
const PRINTABLE = 95;

type Found = Omit<Entry, 'tried'>;

export class Fuzzer {
  executions = 0;
  readonly corpus = new Corpus();
  readonly crashes = new Map<string, Crash>();
  readonly coverage = new Coverage();
  slowest = { ms: 0, data: new Uint8Array(0) as Uint8Array };
  readonly #random: Random;
  readonly #options: MutationOptions;

  constructor(
    readonly target: Target,
    seed: number,
    readonly slowMs = SLOW_MS,
  ) {
    this.#random = new Random(seed);
    const encoder = new TextEncoder();
    const dictionary = (target.dictionary ?? []).map((token) => (typeof token === 'string' ? encoder.encode(token) : token));
    this.#options = {
      dictionary,
      bytesMax: target.bytesMax,
      keepsLength: target.keepsLength ?? false,
      isText: target.isText ?? false,
    };
  }

  /**
   * Runs inputs as they are, and mended where that makes them others, as it does once a format has a new version; those that reach
   * something new go into the corpus.
   */
  async feed(inputs: Iterable<Uint8Array | string>): Promise<void> {
    for (const input of inputs) {
      const given = typeof input === 'string' ? new TextEncoder().encode(input) : input;
      const data = this.target.unpack?.(given) ?? given;
      const mended = this.target.repair?.(data) ?? data;
      for (const each of Buffer.compare(data, mended) === 0 ? [data] : [data, mended]) {
        const keys = await this.execute(each);
        if (keys.length > 0) this.corpus.add({ data: each, keys, focus: [], isFirst: false });
      }
    }
  }

  /** Feeds the target's seeds: first of all. */
  async begin(): Promise<void> {
    await this.feed(this.target.seeds());
    this.corpus.markSeeds();
  }

  async run(options: RunOptions): Promise<void> {
    const { secondsMax = Infinity, executionsMax = Infinity, stopsAtCrash = false, report } = options;
    const start = performance.now();
    let reported = start;
    if (this.corpus.entries.length === 0) this.corpus.add({ data: new Uint8Array(0), keys: [], focus: [], isFirst: false });
    while (this.executions < executionsMax && !(stopsAtCrash && this.crashes.size > 0)) {
      const now = secondsMax === Infinity && report === undefined ? start : performance.now();
      if (now - start > secondsMax * 1000) break;
      if (now - reported > REPORT_MS) {
        report?.(this, (now - start) / 1000);
        reported = now;
      }
      const { data, parent } = this.#next();
      const mended = this.target.repair?.(data) ?? data;
      const keys = await this.execute(mended);
      if (keys.length === 0) continue;
      const isFirst = keys.some((key) => this.coverage.hitsOf(key) === 1);
      this.corpus.add(await this.#trim({ data: mended, keys, focus: focusOf(data, parent), isFirst }));
    }
  }

  /** Runs one input. @returns the keys of what it is the first to reach; none where it crashes */
  async execute(data: Uint8Array): Promise<number[]> {
    this.executions++;
    this.coverage.reset();
    const start = performance.now();
    begin(data);
    let error: unknown;
    try {
      const pending = this.target.fuzz(data);
      if (pending !== undefined) await pending;
    } catch (thrown) {
      error = thrown ?? new Error('threw nothing');
    }
    end();
    const ms = performance.now() - start;
    if (ms > this.slowest.ms) this.slowest = { ms, data };
    if (error === undefined && ms > this.slowMs) error = new Error('slow input');
    if (error === undefined) return this.coverage.take();
    const known = error instanceof Error ? error : new Error(String(error));
    const signature = signatureOf(known);
    const crash = this.crashes.get(signature);
    if (crash === undefined) this.crashes.set(signature, { signature, error: known, data, executions: this.executions });
    else if (data.length < crash.data.length) crash.data = data;
    return [];
  }

  /** Leaves parts out, as long as what is left passes the same edges and reaches what the input was kept for. */
  async #trim(entry: Found): Promise<Found> {
    if (this.#options.keepsLength === true) return entry;
    const passed = this.coverage.passed();
    let { data, focus } = entry;
    let tries = 0;
    for (let size = data.length >>> 1; size >= 1 && tries < TRIM_MAX; size >>>= 1) {
      for (let at = data.length - size; at >= 0 && tries < TRIM_MAX; at -= size) {
        const cut = new Uint8Array(data.length - size);
        cut.set(data.subarray(0, at));
        cut.set(data.subarray(at + size), at);
        tries++;
        const found = await this.execute(cut);
        if (found.length > 0) this.corpus.add({ data: cut, keys: found, focus: [], isFirst: false });
        if (!this.coverage.hasAll(entry.keys) || !this.coverage.hasPassed(passed)) continue;
        data = cut;
        focus = focus.filter((place) => place < at || place >= at + size).map((place) => (place < at ? place : place - size));
      }
    }
    return { ...entry, data, focus };
  }

  #next(): { data: Uint8Array; parent: Uint8Array } {
    const { target, corpus, coverage } = this;
    const random = this.#random;
    if (random.chance(SINGLE_PERCENT)) {
      const entry = corpus.untried((each) => this.#changesOf(each), coverage, random);
      if (entry !== undefined) return { data: this.#change(entry, entry.tried++), parent: entry.data };
    }
    const { data: parent } = random.chance(30) ? corpus.rare(coverage, random) : corpus.any(random);
    const structured = target.mutate !== undefined && random.chance(40) ? target.mutate(parent, random) : undefined;
    return { data: structured ?? mutate(parent, random.pick(corpus.entries).data, random, this.#options), parent };
  }

  /** Single changes to an entry's focus: every value set, and where inputs may grow, put in before it. */
  #changesOf({ focus }: Entry): number {
    const ways = this.#options.keepsLength === true ? 1 : 2;
    return focus.length * ways * (this.target.isText === true ? PRINTABLE : 256);
  }

  /** Single change `number` to an entry: first those that give a printable character, of these first those that replace one. */
  #change({ data, focus }: Entry, number: number): Uint8Array {
    const keepsLength = this.#options.keepsLength === true;
    const block = PRINTABLE * focus.length;
    const printable = block * (keepsLength ? 1 : 2);
    const isPrintable = number < printable;
    const values = isPrintable ? PRINTABLE : 256 - PRINTABLE;
    const rest = isPrintable ? number : number - printable;
    const value = isPrintable ? 32 + (rest % values) : (127 + (rest % values)) & 255;
    const at = focus[Math.floor(rest / values) % focus.length]!;
    const inserts = rest >= values * focus.length;
    if (!inserts && at >= data.length) return data;
    const out = new Uint8Array(data.length + Number(inserts));
    out.set(data.subarray(0, at));
    out[at] = value;
    out.set(data.subarray(inserts ? at : at + 1), at + 1);
    return out;
  }
}

/** What tells defects apart: what is thrown, and where. */
export function signatureOf(error: Error): string {
  const message = error.message
    .split('\n')[0]!
    .replace(/[\d.]+|"[^"]*"|'[^']*'|`[^`]*`/g, '#')
    .slice(0, 100);
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  // Where a stack ends too deep, it begins anywhere.
  const own = frames.filter((line) => !/\/fuzz\/(lib|main)|node:/.test(line)).slice(0, error.name === 'RangeError' ? 1 : 2);
  const places = own.map((line) =>
    line
      .trim()
      .replace(/^at (?:async )?/, '')
      .replace(/\(?(?:file|wasm):\/\/.*\/([^/]+?)(?::\d+)*\)?$/, '$1'),
  );
  return `${error.name}: ${message} @ ${places.join(' < ')}`;
}

export function hashOf(data: Uint8Array): string {
  return createHash('sha256').update(data).digest('hex').slice(0, 16);
}
