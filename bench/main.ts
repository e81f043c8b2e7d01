// npm run bench -- [BENCH] [options]: measures, prints a table, and leaves the figures in bench/results.

import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { RULES_MAX } from '../assembly/shared/limits.js';
import { type AimsOptions, benchAims, SECTIONS, type Section } from './aims.js';
import { benchCheck } from './check.js';
import { benchDecide } from './decide.js';
import { benchDispatch } from './dispatch.js';
import { benchEditor } from './editor.js';
import { benchFrames } from './frames.js';
import { benchGrowth, GROWTH_SIZES } from './growth.js';
import { benchIndex } from './index-model.js';
import { benchLanguage } from './language.js';
import { benchLargest } from './largest.js';
import { benchListeners } from './listeners.js';
import { benchLists } from './lists.js';
import { benchProofs } from './proofs.js';
import { formatMarkdown, formatTable, type TableFormat, writeResult } from './report.js';
import { benchRequests } from './requests.js';
import { benchScheduling } from './scheduling.js';
import { benchServing } from './serving.js';
import { benchTail } from './tail.js';
import { benchTranscode } from './transcode.js';
import { benchTrees, FORESTS } from './trees.js';
import { benchWakeup } from './wakeup.js';
import { BLOCK_COUNT, PAYLOAD_COUNT } from './workload.js';
import { benchWorkloads, WORKS, type WorkName } from './workloads.js';

const RESULTS = fileURLToPath(new URL('../../bench/results', import.meta.url));
const GROWTH_SVG = fileURLToPath(new URL('../../docs/images/growth.svg', import.meta.url));

const USAGE = `npm run bench -- [aims|decide|growth|workloads|trees|json|table|publish|serving|frames|requests|tail|dispatch|listeners|scheduling|wakeup|language|lists|index|proofs|check|editor|largest] [options]

aims (the default): what is to be reached, what was measured, and whether it was met; all of it in one run
  --only rules,json   only these sections (rules, workloads, trees, json, table, publish)
  --sizes 10,100      numbers of rules of the section rules (default 10,100,1000,10000)
  --runs 3            runs of each row; the median counts
  --ms 700            least time of one run

decide: nanoseconds a decision, Verdict beside its peers
  --sizes 10,100      numbers of rules (default 10,100,1000,10000)
  --fast              without ZEN, json-rules-engine and cel-js
  --runs 3            runs of each row; the median counts
  --ms 700            least time of one run

growth: nanoseconds a decision with 1 to 100,000 rules, drawn in docs/images/growth.svg
  --sizes 1,10,100    numbers of rules
  --runs 3            runs of each row; the median counts
  --ms 300            least time of one run
  --compile 60        seconds that gcc may take; what takes longer is left out
  --seconds 300       no size is begun after so many
  --svg FILE          where else to draw

workloads: wide tables, arithmetic, disjunctions over null, beside gcc and V8
  --only arithmetic   only these (ranges, arithmetic, nullable)
  --runs 3            runs of each row; the median counts
  --ms 700            least time of one run

trees: nanoseconds a row of tree ensembles, beside the same trees as if-else code of gcc and of V8
  --only LightGBM     only forests whose name holds this
  --runs 3            runs of each row; the median counts
  --ms 700            least time of one run

json, table, publish: one section of the aims; --runs and --ms as above
  --rules 10000       rules that are published (publish), rows of the generated table (table)

transcode: nanoseconds to make a payload of JSON text, and to decide it, beside JSON.parse
  --rules 100         number of rules
  --runs 3            runs of each row; the median counts
  --ms 300            least time of one run

serving: payloads a second over HTTP and WebSocket, Verdict beside a bare echo
  --only WebSocket    only rows whose name holds this
  --rules 100         number of rules
  --rounds 5          times each server is measured, in turns
  --ms 2000           time of one measurement

frames: nanoseconds a payload from the bytes of a frame to those of its answer, by the designs that there were
  --rules 100         number of rules
  --rounds 400        blocks of 1,024 payloads in which each is timed, in turns

requests: nanoseconds from a body of JSON to that of its answer, by design; and what the library takes of a request over HTTP
  --rules 100         number of rules
  --rounds 9          times each server is measured, in turns
  --ms 1000           time of one measurement

tail: microseconds that a decision over HTTP takes at half of the server's capacity, Verdict beside a bare echo
  --rules 100         number of rules
  --rounds 5          times each server is measured, in turns
  --seconds 3         time of one measurement

dispatch: batches decided at once or by a worker, and what single decisions beside them notice
  --rules 100         number of rules
  --rounds 3          times each way is measured, in turns
  --seconds 2         time of one measurement

listeners: requests a second over HTTP, and processor time of one, with one listener and with two
  --rules 100         number of rules
  --rounds 5          times each server is measured, in turns
  --ms 2000           least time of one run

scheduling: milliseconds that short requests wait while long batches arrive, by the way in which workers get them
  --seconds 10        seconds in which requests arrive
  --runs 3            runs of each row; the median counts

wakeup: microseconds to a worker thread and back, by the ways there are
  --runs 5            runs of each way; the median counts
  --trips 20000       round trips of a run

language: nanoseconds a decision of work in the profile standard, beside the same JavaScript in V8
  --only texts        only the work whose name holds this
  --runs 3            runs of each row; the median counts
  --ms 300            least time of one run

lists: nanoseconds a decision that asks a list of texts, beside a JavaScript Set
  --entries 1000000   texts of the list
  --runs 3            runs of each row; the median counts
  --ms 300            least time of one run

index: the constants of the index's cost model, measured beside the model; and whether what it chooses is faster
  --runs 5            rounds in which each bundle is timed; the fastest block of all counts
  --ms 30             time of each in a round

proofs: milliseconds to compile and prove tables with planted faults, and many rules
  --rows 2000         rows of a table
  --rules 10000       number of rules
  --runs 3            runs of each; the median counts

largest: a table of as many rows as an image has rules, and as many rules: milliseconds and memory to publish, ns a decision
  --rows 65536        rows, and rules
  --ms 300            least time of the run

check: milliseconds and memory to compile many rules, and to check them again after an edit
  --rules 10000       number of rules, in one file and in a hundred
  --runs 5            edits; the median counts

editor: milliseconds from a keystroke to diagnostics in a bundle of many rules, through the language server
  --rules 10000       number of rules, in one file and in a hundred
  --runs 20           keystrokes; the median counts

all
  --json              print the result as JSON instead of the table
  --markdown          print tables in Markdown
  --help`;

/** Blocks of each design of answering requests. */
const REQUEST_BLOCKS = 400;

class UsageError extends Error {}

function positive(name: string, text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new UsageError(`--${name} must be a whole number from 1, not ${text}`);
  return value;
}

function readArguments(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        sizes: { type: 'string' },
        fast: { type: 'boolean', default: false },
        runs: { type: 'string' },
        rules: { type: 'string' },
        rows: { type: 'string' },
        only: { type: 'string' },
        entries: { type: 'string' },
        compile: { type: 'string' },
        seconds: { type: 'string' },
        trips: { type: 'string' },
        svg: { type: 'string' },
        rounds: { type: 'string' },
        ms: { type: 'string' },
        json: { type: 'boolean', default: false },
        markdown: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

type Values = ReturnType<typeof readArguments>['values'];

interface Context {
  readonly values: Values;
  readonly format: TableFormat;
  readonly log: (line: string) => void;
}

interface Measured {
  readonly result: object;
  /** No answer was wrong. */
  readonly isRight: boolean;
}

const areRight = (rows: readonly { readonly wrong: string | null }[]): boolean => rows.every(({ wrong }) => wrong === null);

/** Names of --only, each one of those there are. */
function namesOf<T extends string>(text: string, known: readonly T[]): T[] {
  return text.split(',').map((name) => {
    const found = known.find((each) => each === name);
    if (found === undefined) throw new UsageError(`--only takes ${known.join(', ')}, not ${name}`);
    return found;
  });
}

function timingOf({ values }: Context, msMin: number) {
  return { runs: positive('runs', values.runs, 3), timing: { msMin: positive('ms', values.ms, msMin), warmupMsMin: msMin / 3 } };
}

function sizesOf({ values }: Context): number[] {
  return (values.sizes ?? '10,100,1000,10000').split(',').map((text) => positive('sizes', text, 0));
}

async function aims(context: Context, only?: readonly Section[]): Promise<Measured> {
  const { values, format, log } = context;
  const sections = only ?? (values.only === undefined ? undefined : namesOf(values.only, SECTIONS));
  const options: AimsOptions = {
    ...timingOf(context, 700),
    ...(sections === undefined ? {} : { only: sections }),
    sizes: sizesOf(context),
    many: positive('rules', values.rules, 10_000),
    payloadCount: PAYLOAD_COUNT,
    format,
    log,
  };
  const result = await benchAims(options);
  return { result, isRight: result.wrong.length === 0 };
}

const BENCHES: Readonly<Record<string, (context: Context) => Promise<Measured>>> = {
  aims: (context) => aims(context),
  json: (context) => aims(context, ['json']),
  async transcode(context) {
    const { values, format, log } = context;
    const { runs, timing } = timingOf(context, 300);
    const rules = positive('rules', values.rules, 100);
    const result = await benchTranscode({ rules, runs, msMin: timing.msMin, payloadCount: PAYLOAD_COUNT / 4, format, log });
    return { result, isRight: result.wrong === null };
  },
  table: (context) => aims(context, ['table']),
  publish: (context) => aims(context, ['publish']),
  async decide(context) {
    const { values, format, log } = context;
    const sizes = sizesOf(context);
    const result = await benchDecide({ sizes, ...timingOf(context, 700), peers: values.fast ? 'fast' : 'all', format, log });
    return { result, isRight: result.sizes.every(({ rows }) => areRight(rows)) };
  },
  async growth(context) {
    const { values, format, log } = context;
    const result = await benchGrowth({
      ...timingOf(context, 300),
      sizes: values.sizes === undefined ? GROWTH_SIZES : sizesOf(context),
      payloadCount: PAYLOAD_COUNT,
      compileMsMax: 1000 * positive('compile', values.compile, 60),
      blockMsMax: 4_000,
      msMax: 1000 * positive('seconds', values.seconds, 300),
      svg: values.svg ?? GROWTH_SVG,
      format,
      log,
    });
    return { result, isRight: result.wrong.length === 0 };
  },
  async workloads(context) {
    const { values, format, log } = context;
    const only = values.only === undefined ? {} : { only: namesOf(values.only, Object.keys(WORKS) as WorkName[]) };
    const result = await benchWorkloads({ ...only, payloadCount: PAYLOAD_COUNT, ...timingOf(context, 700), format, log });
    return { result, isRight: result.works.every(({ rows }) => areRight(rows)) };
  },
  async trees(context) {
    const { values, format, log } = context;
    const forests = FORESTS.filter(({ name }) => values.only === undefined || name.includes(values.only));
    if (forests.length === 0) throw new UsageError(`--only names no forest: ${values.only}`);
    const result = await benchTrees({ forests, payloadCount: PAYLOAD_COUNT, ...timingOf(context, 700), format, log });
    return { result, isRight: result.forests.every(({ rows }) => areRight(rows)) };
  },
  async language(context) {
    const { values, format, log } = context;
    const only = values.only === undefined ? {} : { only: values.only };
    const result = await benchLanguage({ payloadCount: 8 * BLOCK_COUNT, ...timingOf(context, 300), ...only, format, log });
    return { result, isRight: areRight(result.rows) };
  },
  async lists(context) {
    const { values, format, log } = context;
    const entries = positive('entries', values.entries, 1_000_000);
    const result = await benchLists({ entries, payloadCount: PAYLOAD_COUNT, ...timingOf(context, 300), format, log });
    return { result, isRight: areRight(result.rows) };
  },
  async index({ values, format, log }) {
    const timing = { rounds: positive('runs', values.runs, 5), ms: positive('ms', values.ms, 30) };
    return { result: await benchIndex({ timing, format, log }), isRight: true };
  },
  async proofs({ values, format, log }) {
    const [rows, rules] = [positive('rows', values.rows, 2000), positive('rules', values.rules, 10_000)];
    const result = benchProofs({ rows, rules, runs: positive('runs', values.runs, 3), format, log });
    return { result, isRight: areRight(result.rows) };
  },
  async check({ values, format, log }) {
    const rules = positive('rules', values.rules, 10_000);
    const result = await benchCheck({ rules, edits: positive('runs', values.runs, 5), format, log });
    return { result, isRight: areRight(result.rows) };
  },
  async editor({ values, format, log }) {
    const rules = positive('rules', values.rules, 10_000);
    const result = await benchEditor({ rules, edits: positive('runs', values.runs, 20), format, log });
    return { result, isRight: areRight(result.rows) };
  },
  async largest(context) {
    const { values, format, log } = context;
    const rows = positive('rows', values.rows, RULES_MAX);
    const { timing } = timingOf(context, 300);
    const result = await benchLargest({ rows, payloadCount: 8 * BLOCK_COUNT, timing, format, log });
    return { result, isRight: areRight(result.rows) };
  },
  async scheduling({ values, format, log }) {
    const [runs, seconds] = [positive('runs', values.runs, 3), positive('seconds', values.seconds, 10)];
    const result = await benchScheduling({ runs, seconds, format, log });
    return { result, isRight: areRight(result.rows) };
  },
  async wakeup({ values, format, log }) {
    const [runs, trips] = [positive('runs', values.runs, 5), positive('trips', values.trips, 20_000)];
    return { result: await benchWakeup({ runs, trips, format, log }), isRight: true };
  },
  async serving({ values, format, log }) {
    const measureMs = positive('ms', values.ms, 2000);
    const [rules, rounds] = [positive('rules', values.rules, 100), positive('rounds', values.rounds, 5)];
    const only = values.only === undefined ? {} : { only: values.only };
    const result = await benchServing({ rules, rounds, warmupMs: measureMs / 4, measureMs, ...only, format, log });
    if (result.faces.length === 0) throw new UsageError(`--only names no row: ${values.only}`);
    return { result, isRight: true };
  },
  async frames({ values, format, log }) {
    const [rules, rounds] = [positive('rules', values.rules, 100), positive('rounds', values.rounds, 400)];
    const result = await benchFrames({ rules, rounds, payloadCount: PAYLOAD_COUNT / 4, format, log });
    return { result, isRight: areRight(result.rows) };
  },
  async requests({ values, format, log }) {
    const [rules, rounds] = [positive('rules', values.rules, 100), positive('rounds', values.rounds, 9)];
    const measureMs = positive('ms', values.ms, 1000);
    const payloadCount = PAYLOAD_COUNT / 4;
    const result = await benchRequests({ rules, rounds, measureMs, blocks: REQUEST_BLOCKS, payloadCount, format, log });
    return { result, isRight: areRight(result.rows) };
  },
  async tail({ values, format, log }) {
    const [rules, rounds] = [positive('rules', values.rules, 100), positive('rounds', values.rounds, 5)];
    const seconds = positive('seconds', values.seconds, 3);
    const result = await benchTail({ rules, rounds, seconds, payloadCount: PAYLOAD_COUNT / 4, format, log });
    return { result, isRight: true };
  },
  async listeners({ values, format, log }) {
    const [rules, rounds] = [positive('rules', values.rules, 100), positive('rounds', values.rounds, 5)];
    const measureMs = positive('ms', values.ms, 2000);
    const result = await benchListeners({ rules, rounds, measureMs, payloadCount: PAYLOAD_COUNT / 4, format, log });
    return { result, isRight: true };
  },
  async dispatch({ values, format, log }) {
    const [rules, rounds] = [positive('rules', values.rules, 100), positive('rounds', values.rounds, 3)];
    const result = await benchDispatch({ rules, rounds, seconds: positive('seconds', values.seconds, 2), format, log });
    return { result, isRight: true };
  },
};

async function main(args: string[]): Promise<number> {
  const { values, positionals } = readArguments(args);
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const [what = 'aims', ...rest] = positionals;
  const bench = Object.hasOwn(BENCHES, what) ? BENCHES[what] : undefined;
  if (rest.length > 0 || bench === undefined) throw new UsageError(`unknown bench: ${positionals.join(' ')}`);
  const log = (line: string): void => {
    if (values.json) console.error(line);
    else console.log(line);
  };
  const { result, isRight } = await bench({ values, format: values.markdown ? formatMarkdown : formatTable, log });
  const now = new Date();
  const file = writeResult(RESULTS, what, { at: now.toISOString(), ...result }, now);
  if (values.json) console.log(JSON.stringify(result));
  log(`\nwritten to ${path.relative(process.cwd(), file)}`);
  return isRight ? 0 : 1;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(`${error.message}\n\n${USAGE}`);
  process.exitCode = 2;
}
