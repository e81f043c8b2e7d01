// All forms of many bundles over many payloads. Prints what was met; a difference is made small and written down.
//
//   VERDICT_FORM_PAIRS=1000000 VERDICT_SEED=7 node test/differential/forms.mjs
//   node test/differential/forms.mjs FOLDER     a case that was written down, again

import { fileURLToPath } from 'node:url';
import { startProgress } from '#src/cli/progress.js';
import { FormEngines } from '../lib/form-engines.js';
import { differenceOf, minimiseCase, readCase, writeCase } from '../lib/form-minimise.js';
import { type RunResult, runForms } from '../lib/form-run.js';

const cases = fileURLToPath(new URL('../../.cache/forms/', import.meta.url));
/** Opening a bundle in all forms takes as long as deciding some hundred payloads. */
const PAYLOADS_PER_BUNDLE = 1000;

/** Pairs between two lines where there is no terminal for a bar. */
const LINE_PAIRS = 50_000;

const [folder] = process.argv.slice(2);
process.exitCode = (await (folder === undefined ? run() : replay(folder))) ? 0 : 1;

async function run(): Promise<boolean> {
  const seed = Number(process.env.VERDICT_SEED ?? Date.now() % 2 ** 31);
  const pairs = Number(process.env.VERDICT_FORM_PAIRS ?? 1_000_000);
  console.log(`all forms: ${pairs} pairs, VERDICT_SEED=${seed}`);
  const start = performance.now();
  const bar = startProgress('forms', pairs);
  let told = 0;
  const progress = (done: number, bundles: number): void => {
    bar.update(done, bundles);
    if (process.stderr.isTTY || done < told + LINE_PAIRS) return;
    told = done;
    console.log(`${done} pairs of ${bundles} bundles are alike`);
  };
  const result = await runForms({ seed, pairs, payloadsPerBundle: PAYLOADS_PER_BUNDLE, progress });
  bar.stop();
  const { found } = result;
  tell(result, (performance.now() - start) / 1000);
  if (found === undefined) return result.missing.length === 0;
  console.log(`bundle ${found.turn} decides differently; it is made smaller`);
  const engines = await FormEngines.open();
  try {
    const small = await minimiseCase(engines, found);
    console.log(writeCase(`${cases}${seed}-${found.turn}`, small, (await differenceOf(engines, small)) ?? found.difference));
  } finally {
    await engines.close();
  }
  return false;
}

function tell({ pairs, bundles, counts, missing }: RunResult, seconds: number): void {
  const { user, system } = process.cpuUsage();
  console.log(
    `${pairs} pairs of ${bundles} bundles in ${seconds.toFixed(0)} s, ${((user + system) / 1e6).toFixed(0)} s of processor time`,
  );
  const width = Math.max(...Object.keys(counts).map(({ length }) => length));
  for (const [what, count] of Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1))) {
    console.log(`  ${what.padEnd(width)}  ${String(count).padStart(10)}`);
  }
  for (const what of missing) console.log(`never met: ${what}`);
}

async function replay(path: string): Promise<boolean> {
  const engines = await FormEngines.open();
  try {
    const each = readCase(path);
    const difference = await differenceOf(engines, each);
    if (difference === undefined) console.log('all forms decide alike');
    else console.log(writeCase(path, each, difference));
    return difference === undefined;
  } finally {
    await engines.close();
  }
}
