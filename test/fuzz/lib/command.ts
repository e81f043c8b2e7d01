// The command line of the fuzzer.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { Coverage } from './coverage.js';
import { plantEngine } from './engine.js';
import { addInput, readInputs, writeInputs } from './files.js';
import { defectsOf, type Found, findDefect, findRareBytes } from './find-planted.js';
import { type Crash, Fuzzer, hashOf, signatureOf } from './fuzzer.js';
import { minimise } from './minimise.js';
import type { Target } from './target.js';
import { crashFolder, watch } from './watchdog.js';

const NAMES = [
  'expression',
  'bundle',
  'archive',
  'model',
  'image',
  'payload',
  'json',
  'frame',
  'pattern',
  'list',
  'blob',
  'ensemble',
  'dmn',
  'jdm',
  'cel',
  'json-rules-engine',
] as const;

const { values: options } = parseArgs({
  options: {
    target: { type: 'string', multiple: true },
    seconds: { type: 'string', default: '60' },
    executions: { type: 'string' },
    seed: { type: 'string' },
    planted: { type: 'boolean', default: false },
    bytes: { type: 'string' },
    bare: { type: 'boolean', default: false },
    defect: { type: 'string' },
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
  await fuzzer.begin();
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
const KEPT_FILES_MAX = 160;

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
    if ((target.pack?.(data) ?? data).length <= KEPT_BYTES_MAX) left.push({ data, fresh: await passed(data) });
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
  const packed = kept.map((data) => target.pack?.(data) ?? data);
  writeInputs('corpus', target.name, packed);
  const bytes = packed.reduce((sum, { length }) => sum + length, 0);
  console.log(`${target.name}: corpus of ${fuzzer.corpus.entries.length} kept as ${kept.length} files, ${bytes} bytes`);
}

const PLANTED_EXECUTIONS_MAX = 300_000;

/** Looks for everything that is planted in a target. @returns whether all of it was found */
async function findPlanted(name: string): Promise<boolean> {
  const target = await load(name);
  const run = { seed, executionsMax: Number(options.executions ?? PLANTED_EXECUTIONS_MAX), bare: options.bare };
  let good = true;
  const tell = ({ executions, wasFed, seconds, crash, name: what }: Found): void => {
    const how = executions === undefined ? 'NOT found' : wasFed ? 'by what is kept' : `${executions} executions`;
    const by = executions === undefined ? '' : crash!.error.message.split('\n')[0]!.slice(0, 90);
    console.log(`| \`${name}\` | ${what} | ${how} | ${seconds.toFixed(0)} s | ${by} |`);
    good &&= executions !== undefined;
  };
  const asked = options.defect;
  for (const { number, name: what } of defectsOf(name)) {
    if (asked === undefined || what.includes(asked)) tell(await findDefect(target, number, run));
  }
  for (const bytes of asked === undefined ? (options.bytes ?? '2,4').split(',') : []) {
    tell(await findRareBytes(target, Number(bytes), run));
  }
  return good;
}

/** Executions that the suite spends on each target, after what is kept: slow ones get fewer. */
const SUITE_EXECUTIONS: Readonly<Record<string, number>> = {
  bundle: 20,
  expression: 50,
  pattern: 50,
  model: 50,
  blob: 100,
  ensemble: 100,
  image: 100,
  dmn: 100,
  jdm: 100,
  cel: 100,
  'json-rules-engine': 100,
};
const SUITE_EXECUTIONS_DEFAULT = 300;
/** What the suite looks for among what is planted, by target: executions that may take, some twenty times what it took. */
const SUITE_PLANTED: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  archive: { 'a directory above is allowed': 20_000, 'a drive is allowed': 20_000 },
  payload: { 'four bytes hold a decimal': 40_000, 'a text has no end': 20_000, 'a field that is required is missing': 10_000 },
  frame: { 'a name ends with the frame': 10_000, 'a vector is four bytes too long': 10_000 },
};

/** What the suite looks for among what is planted. @returns whether all of it was found */
async function suitePlanted(name: string): Promise<boolean> {
  let good = true;
  for (const [what, executionsMax] of Object.entries(SUITE_PLANTED[name] ?? {})) {
    const target = await load(name);
    const run = { seed: 1, executionsMax, bare: false };
    const defect = defectsOf(name).find((each) => each.name === what);
    const { executions } =
      defect === undefined ? await findRareBytes(target, Number(what), run) : await findDefect(target, defect.number, run);
    console.log(`${name}: ${what}: ${executions === undefined ? 'NOT found' : `found after ${executions}`}`);
    good &&= executions !== undefined;
  }
  return good;
}

/** What the suite runs: all that is kept, and a little more from a fixed seed. @returns whether all was well */
async function suite(name: string): Promise<boolean> {
  const target = await load(name);
  // Other tests run beside it: how long an input takes says nothing here.
  const fuzzer = new Fuzzer(target, 1, Infinity);
  const regressions = readInputs('regressions', name);
  const kept = readInputs('corpus', name);
  await fuzzer.begin();
  await fuzzer.feed([...regressions, ...kept]);
  await fuzzer.run({ executionsMax: fuzzer.executions + (SUITE_EXECUTIONS[name] ?? SUITE_EXECUTIONS_DEFAULT) });
  const { executions, crashes } = fuzzer;
  console.log(
    `${name}: ${regressions.length} regressions, ${kept.length} of the corpus, ${executions} executions, ${crashes.size} crashes`,
  );
  for (const crash of crashes.values()) await keep(target, crash);
  return crashes.size === 0;
}

watch();
if (options.planted) await plantEngine();
const names = options.target ?? [...NAMES];
let good = true;
if (options.replay !== undefined) {
  const target = await load(names[0]!);
  const given = new Uint8Array(readFileSync(options.replay));
  await target.fuzz(target.unpack?.(given) ?? given);
  console.log('no crash');
} else {
  for (const name of names) {
    if (options.planted) good = (await (options.suite ? suitePlanted(name) : findPlanted(name))) && good;
    else if (options.suite) good = (await suite(name)) && good;
    else good = (await fuzz(name)) && good;
  }
}
process.exit(good ? 0 : 1);
