// The command line of the fuzzer.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { Coverage } from './coverage.js';
import { addInput, readInputs, writeInputs } from './files.js';
import { type Crash, Fuzzer, hashOf, signatureOf } from './fuzzer.js';
import { minimise } from './minimise.js';
import { plant } from './planted.js';
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

/** Keeps few and small inputs that together pass all edges that the corpus passes, those of the seeds aside. */
async function saveCorpus(target: Target, fuzzer: Fuzzer): Promise<void> {
  const coverage = new Coverage();
  const isNew = async (data: Uint8Array): Promise<boolean> => {
    coverage.reset();
    await target.fuzz(data);
    return coverage.take().some((key) => coverage.hitsOf(key) === 1);
  };
  const encoder = new TextEncoder();
  for (const seed of target.seeds()) await isNew(typeof seed === 'string' ? encoder.encode(seed) : seed);
  const inputs = fuzzer.corpus.entries.map(({ data }) => data).filter(({ length }) => length <= KEPT_BYTES_MAX);
  const kept: Uint8Array[] = [];
  for (const data of inputs.toSorted((a, b) => a.length - b.length)) if (await isNew(data)) kept.push(data);
  writeInputs('corpus', target.name, kept);
  const bytes = kept.reduce((sum, { length }) => sum + length, 0);
  console.log(`${target.name}: corpus of ${fuzzer.corpus.entries.length} kept as ${kept.length} files, ${bytes} bytes`);
}

const PLANTED_EXECUTIONS_MAX = 2_000_000;

async function findPlanted(name: string, executionsMax: number): Promise<boolean> {
  const target = await load(name);
  plant(true);
  const fuzzer = await prepared(target);
  const given = fuzzer.executions;
  await fuzzer.run({ executionsMax, stopsAtCrash: true });
  plant(false);
  const [crash] = fuzzer.crashes.values();
  const found = crash?.error.name === 'PlantedBug';
  const how = found ? `found after ${crash.executions - given} executions` : `NOT found in ${fuzzer.executions} executions`;
  console.log(`${name}: planted bug ${how}`);
  if (crash !== undefined && !found) await keep(target, crash);
  return found;
}

/** Executions that the suite spends on each target, after what is kept: slow ones get fewer. */
const SUITE_EXECUTIONS: Readonly<Record<string, number>> = {
  bundle: 60,
  expression: 300,
  pattern: 150,
  model: 300,
  blob: 400,
  image: 400,
};
const SUITE_EXECUTIONS_DEFAULT = 1500;
/** Planted bugs that the suite has found, and how many executions that may take. */
const SUITE_PLANTED: Readonly<Record<string, number>> = { frame: 120_000, list: 120_000, archive: 30_000 };

/** What the suite runs: all that is kept, and a little more from a fixed seed. @returns whether all was well */
async function suite(name: string): Promise<boolean> {
  const target = await load(name);
  const fuzzer = new Fuzzer(target, 1);
  const regressions = readInputs('regressions', name);
  const kept = readInputs('corpus', name);
  await fuzzer.feed([...target.seeds(), ...regressions, ...kept]);
  const given = fuzzer.executions;
  await fuzzer.run({ executionsMax: given + (SUITE_EXECUTIONS[name] ?? SUITE_EXECUTIONS_DEFAULT) });
  const { executions, crashes } = fuzzer;
  console.log(
    `${name}: ${regressions.length} regressions, ${kept.length} of the corpus, ${executions} executions, ${crashes.size} crashes`,
  );
  for (const crash of crashes.values()) await keep(target, crash);
  const planted = SUITE_PLANTED[name];
  return crashes.size === 0 && (planted === undefined || (await findPlanted(name, planted)));
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
    else if (options.planted) good = (await findPlanted(name, Number(options.executions ?? PLANTED_EXECUTIONS_MAX))) && good;
    else good = (await fuzz(name)) && good;
  }
}
process.exit(good ? 0 : 1);
