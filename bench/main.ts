// npm run bench -- [decide|serving|language|lists|proofs|check] [options]: measures, prints a table, and leaves the figures in
// bench/results.

import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { benchCheck } from './check.js';
import { benchDecide } from './decide.js';
import { benchLanguage } from './language.js';
import { benchLists } from './lists.js';
import { benchProofs } from './proofs.js';
import { formatMarkdown, formatTable, writeResult } from './report.js';
import { benchServing } from './serving.js';
import { BLOCK_COUNT, PAYLOAD_COUNT } from './workload.js';

const RESULTS = fileURLToPath(new URL('../../bench/results', import.meta.url));

const USAGE = `npm run bench -- [decide|serving|language|lists|proofs|check] [options]

decide (the default): nanoseconds a decision, Verdict beside its peers
  --sizes 10,100      numbers of rules (default 10,100,1000,10000)
  --fast              without ZEN, json-rules-engine and cel-js
  --runs 3            runs of each row; the median counts
  --ms 700            least time of one run

serving: payloads a second over HTTP and WebSocket, Verdict beside a bare echo
  --rules 100         number of rules
  --rounds 5          times each server is measured, in turns
  --ms 2000           time of one measurement

language: nanoseconds a decision of work in the profile standard, beside the same JavaScript in V8
  --only texts        only the work whose name holds this
  --runs 3            runs of each row; the median counts
  --ms 300            least time of one run

lists: nanoseconds a decision that asks a list of texts, beside a JavaScript Set
  --entries 1000000   texts of the list
  --runs 3            runs of each row; the median counts
  --ms 300            least time of one run

proofs: milliseconds to compile and prove tables with planted faults, and many rules
  --rows 2000         rows of a table
  --rules 10000       number of rules
  --runs 3            runs of each; the median counts

check: milliseconds and memory to compile many rules, and to check them again after an edit
  --rules 10000       number of rules, in one file and in a hundred
  --runs 5            edits; the median counts

all
  --json              print the result as JSON instead of the table
  --markdown          print tables in Markdown
  --help`;

const BENCHES = ['decide', 'serving', 'language', 'lists', 'proofs', 'check'];

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

async function main(args: string[]): Promise<number> {
  const { values, positionals } = readArguments(args);
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const [what = 'decide', ...rest] = positionals;
  if (rest.length > 0 || !BENCHES.includes(what)) throw new UsageError(`unknown bench: ${positionals.join(' ')}`);
  const log = (line: string): void => {
    if (values.json) console.error(line);
    else console.log(line);
  };
  const format = values.markdown ? formatMarkdown : formatTable;
  let result: object;
  let isRight = true;
  if (what === 'decide') {
    const sizes = (values.sizes ?? '10,100,1000,10000').split(',').map((text) => positive('sizes', text, 0));
    const timing = { msMin: positive('ms', values.ms, 700), warmupMsMin: 200 };
    const decided = await benchDecide({ sizes, runs: positive('runs', values.runs, 3), timing, fast: values.fast, format, log });
    isRight = decided.sizes.every((size) => size.rows.every((row) => row.wrong === null));
    result = decided;
  } else if (what === 'language') {
    const measured = await benchLanguage({
      payloadCount: 8 * BLOCK_COUNT,
      runs: positive('runs', values.runs, 3),
      timing: { msMin: positive('ms', values.ms, 300), warmupMsMin: 100 },
      ...(values.only === undefined ? {} : { only: values.only }),
      format,
      log,
    });
    isRight = measured.rows.every((row) => row.wrong === null);
    result = measured;
  } else if (what === 'lists') {
    const measured = await benchLists({
      entries: positive('entries', values.entries, 1_000_000),
      payloadCount: PAYLOAD_COUNT,
      runs: positive('runs', values.runs, 3),
      timing: { msMin: positive('ms', values.ms, 300), warmupMsMin: 100 },
      format,
      log,
    });
    isRight = measured.rows.every((row) => row.wrong === null);
    result = measured;
  } else if (what === 'proofs') {
    const [rows, rules] = [positive('rows', values.rows, 2000), positive('rules', values.rules, 10_000)];
    const proven = benchProofs({ rows, rules, runs: positive('runs', values.runs, 3), format, log });
    isRight = proven.rows.every((row) => row.wrong === null);
    result = proven;
  } else if (what === 'check') {
    const checked = benchCheck({
      rules: positive('rules', values.rules, 10_000),
      edits: positive('runs', values.runs, 5),
      format,
      log,
    });
    isRight = checked.rows.every((row) => row.wrong === null);
    result = checked;
  } else {
    const measureMs = positive('ms', values.ms, 2000);
    const rules = positive('rules', values.rules, 100);
    result = await benchServing({
      rules,
      rounds: positive('rounds', values.rounds, 5),
      warmupMs: measureMs / 4,
      measureMs,
      format,
      log,
    });
  }
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
