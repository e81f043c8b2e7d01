// The command line of the fuzzer.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { Coverage } from './coverage.js';
import { addInput, readInputs, writeInputs } from './files.js';
import { type Crash, Fuzzer, hashOf, signatureOf } from './fuzzer.js';
import { minimise } from './minimise.js';
import { MAGIC_BYTES, plant } from './planted.js';
import type { Target } from './target.js';
import { crashFolder, watch } from './watchdog.js';

const NAMES = ['expression', 'bundle', 'archive', 'model', 'image', 'payload', 'json', 'frame', 'pattern', 'list', 'blob'] as const;

const { values: options } = parseArgs({
  options: {
    target: { type: 'string', multiple: true },
    seconds: { type: 'string', default: '60' },
    executions: { type: 'string' },
    seed: { type: 'string' },
    planted: { type: 'boolean', default: false },
    bytes: { type: 'string' },
    suite: { type: 'boolean', default: false },
    minimise: { type: 'boolean', default: false },
    save: { type: 'boolean', default: false },
    replay: { type: 'string' },
  },
});

const seed = Number(options.seed ?? (options.suite || options.planted ? 1 : Date.now() & 0x7fffffff));

async function load(name: string): Promise<Target> {
  if (!(NAMES as readonly string[]).includes(name)) throw new Error(`no target ${name}; there are ${NAMES.join(', ')}`);
  return ((await import(`../targets/${name}.ts`)) as { target: Target }).target;
}

/** A fuzzer that has been given what there is. */
async function prepared(target: Target): Promise<Fuzzer> {
  const fuzzer = new Fuzzer(target, seed);
  await fuzzer.feed(target.seeds());
  await fuzzer.feed(readInputs('corpus', target.name));
  return fuzzer;
}

function line(fuzzer: Fuzzer, seconds: number): string {
  const { javascript, engine } = fuzzer.coverage.edges;
  const rate = Math.round(fuzzer.executions / Math.max(seconds, 0.001));
  const { executions, corpus, crashes, target } = fuzzer;
  return (
    `${target.name}: ${seconds.toFixed(0)} s, ${executions} executions, ${rate}/s, edges ${javascript} JavaScript + ${engine} engine, ` +
    `corpus ${corpus.entries.length}, crashes ${crashes.size}, slowest ${fuzzer.slowest.ms.toFixed(0)} ms`
  );
}

/** Makes a crash small and writes it down. */
async function keep(target: Target, { signature, error, data, executions }: Crash): Promise<void> {
  const again = async (candidate: Uint8Array): Promise<boolean> => {
    try {
      await target.fuzz(candidate);
    } catch (thrown) {
      return signatureOf(thrown as Error) === signature;
    }
    return false;
  };
  const small = await minimise(data, again, error.message === 'slow input' ? 0 : 2000, target.keepsLength !== true);
  const folder = `${crashFolder}${target.name}/`;
  mkdirSync(folder, { recursive: true });
  const path = folder + hashOf(small);
  writeFileSync(path, small);
  const kept = options.save ? addInput('regressions', target.name, small) : path;
  console.log(`\nCRASH ${signature}\n  after ${executions} executions, ${small.length} bytes: ${kept}`);
  console.log(`  ${JSON.stringify(new TextDecoder().decode(small.subarray(0, 400)))}`);
  console.log(error.stack?.split('\n').slice(0, 14).join('\n'));
}

async function fuzz(name: string): Promise<boolean> {
  const target = await load(name);
  const start = performance.now();
  const fuzzer = await prepared(target);
  console.log(`seed ${seed}; given: ${line(fuzzer, (performance.now() - start) / 1000)}`);
  await fuzzer.run({
    ...(options.executions === undefined ? { secondsMax: Number(options.seconds) } : { executionsMax: Number(options.executions) }),
    report: (at, seconds) => console.log(line(at, seconds)),
  });
  console.log(`done: ${line(fuzzer, (performance.now() - start) / 1000)}`);
  for (const crash of fuzzer.crashes.values()) await keep(target, crash);
  if (options.minimise) await saveCorpus(target, fuzzer);
  return fuzzer.crashes.size === 0;
}

/** Bytes of a file of the corpus: larger ones are made by the target's seeds. */
const KEPT_BYTES_MAX = 4096;
/** Files of a target: what is kept is run with every suite. */
const KEPT_FILES_MAX = 200;

/** Keeps few inputs that together pass all edges that the corpus passes, those of the seeds aside. */
async function saveCorpus(target: Target, fuzzer: Fuzzer): Promise<void> {
  const coverage = new Coverage();
  const passed = async (data: Uint8Array): Promise<number[]> => {
    coverage.reset();
    await target.fuzz(data);
    return coverage.passed();
  };
  const encoder = new TextEncoder();
  const seen = new Set<number>();
  for (const seed of target.seeds()) {
    for (const edge of await passed(typeof seed === 'string' ? encoder.encode(seed) : seed)) seen.add(edge);
  }
  const left: { data: Uint8Array; fresh: number[] }[] = [];
  for (const { data } of fuzzer.corpus.entries) {
    if (data.length <= KEPT_BYTES_MAX) left.push({ data, fresh: await passed(data) });
  }
  // Always the one that adds most next, of those the shortest.
  left.sort((a, b) => a.data.length - b.data.length);
  const kept: Uint8Array[] = [];
  while (kept.length < KEPT_FILES_MAX) {
    for (const each of left) each.fresh = each.fresh.filter((edge) => !seen.has(edge));
    const best = left.reduce((most, each) => (each.fresh.length > most.fresh.length ? each : most), {
      data: new Uint8Array(0),
      fresh: [] as number[],
    });
    if (best.fresh.length === 0) break;
    kept.push(best.data);
    for (const edge of best.fresh) seen.add(edge);
  }
  writeInputs('corpus', target.name, kept);
  const bytes = kept.reduce((sum, { length }) => sum + length, 0);
  console.log(`${target.name}: corpus of ${fuzzer.corpus.entries.length} kept as ${kept.length} files, ${bytes} bytes`);
}

const PLANTED_EXECUTIONS_MAX = 2_000_000;

async function findPlanted(name: string, executionsMax: number, bytes: number): Promise<boolean> {
  const target = await load(name);
  plant(bytes);
  const fuzzer = await prepared(target);
  const given = fuzzer.executions;
  await fuzzer.run({ executionsMax, stopsAtCrash: true });
  plant(0);
  const [crash] = fuzzer.crashes.values();
  const found = crash?.error.name === 'PlantedBug';
  const how = found ? `found after ${crash.executions - given} executions` : `NOT found in ${fuzzer.executions} executions`;
  console.log(`${name}: planted bug ${how}`);
  if (crash !== undefined && !found) await keep(target, crash);
  return found;
}

/** Executions that the suite spends on each target, after what is kept: slow ones get fewer. */
const SUITE_EXECUTIONS: Readonly<Record<string, number>> = {
  bundle: 20,
  expression: 50,
  pattern: 50,
  model: 50,
  blob: 100,
  image: 100,
};
const SUITE_EXECUTIONS_DEFAULT = 300;
/** Targets whose planted bug of two bytes the suite looks for, and executions that may take: some four times what it took. */
const SUITE_PLANTED: Readonly<Record<string, number>> = { archive: 30_000, list: 32_000, pattern: 10_000 };
const SUITE_PLANTED_BYTES = 2;

/** What the suite runs: all that is kept, and a little more from a fixed seed. @returns whether all was well */
async function suite(name: string): Promise<boolean> {
  const target = await load(name);
  // Other tests run beside it: how long an input takes says nothing here.
  const fuzzer = new Fuzzer(target, 1, Infinity);
  const regressions = readInputs('regressions', name);
  const kept = readInputs('corpus', name);
  await fuzzer.feed([...target.seeds(), ...regressions, ...kept]);
  await fuzzer.run({ executionsMax: fuzzer.executions + (SUITE_EXECUTIONS[name] ?? SUITE_EXECUTIONS_DEFAULT) });
  const { executions, crashes } = fuzzer;
  console.log(
    `${name}: ${regressions.length} regressions, ${kept.length} of the corpus, ${executions} executions, ${crashes.size} crashes`,
  );
  for (const crash of crashes.values()) await keep(target, crash);
  const planted = SUITE_PLANTED[name];
  return crashes.size === 0 && (planted === undefined || (await findPlanted(name, planted, SUITE_PLANTED_BYTES)));
}

watch();
const names = options.target ?? [...NAMES];
let good = true;
if (options.replay !== undefined) {
  const target = await load(names[0]!);
  await target.fuzz(new Uint8Array(readFileSync(options.replay)));
  console.log('no crash');
} else {
  for (const name of names) {
    if (options.suite) good = (await suite(name)) && good;
    else if (options.planted)
      good =
        (await findPlanted(name, Number(options.executions ?? PLANTED_EXECUTIONS_MAX), Number(options.bytes ?? MAGIC_BYTES))) &&
        good;
    else good = (await fuzz(name)) && good;
  }
}
process.exit(good ? 0 : 1);
