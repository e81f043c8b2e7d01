// Holds the language, as the interpreter and as generated code run it, to a plain evaluator and to V8 on many more pairs of
// expression and payload than the suite does:
//
//   npm run differential                              a million pairs
//   npm run differential -- --pairs 5000000
//   npm run differential -- --pairs 60000 --seed 17   the pairs of a run again: seed and pairs are in the message of a difference
//   npm run differential -- --trees 2000              random forests instead, as XGBoost and LightGBM would have saved them
//   npm run differential -- --json 1000000            documents of JSON, for the engine's transcoder and for the encoder
//   npm run differential -- --index 1000000           pairs of bundle and payload, decided with a match index and without

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    pairs: { type: 'string', default: '1000000' },
    index: { type: 'string' },
    json: { type: 'string' },
    seed: { type: 'string' },
    trees: { type: 'string' },
  },
});
for (const [name, value] of Object.entries(values)) {
  if (/^[1-9]\d{0,11}$/.test(value)) continue;
  console.error(`--${name} takes a whole number, and not ${JSON.stringify(value)}`);
  process.exit(2);
}

const root = fileURLToPath(new URL('../../', import.meta.url));
const other = values.json === undefined ? 'test/differential/language.test.ts' : 'test/differential/json.test.ts';
const test =
  values.trees !== undefined
    ? 'test/ensembles/differential.test.ts'
    : values.index !== undefined
      ? 'test/differential/index.test.ts'
      : other;
const { status } = spawnSync(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', test], {
  cwd: root,
  stdio: 'inherit',
  env: {
    ...process.env,
    VERDICT_PAIRS: values.pairs,
    ...(values.trees === undefined ? {} : { VERDICT_FORESTS: values.trees }),
    ...(values.json === undefined ? {} : { VERDICT_DOCUMENTS: values.json }),
    // Of two kinds of bundles, half of the pairs each.
    ...(values.index === undefined ? {} : { VERDICT_INDEX_PAIRS: String(Math.ceil(values.index / 2)) }),
    ...(values.seed === undefined ? {} : { VERDICT_SEED: values.seed }),
  },
});
process.exit(status ?? 1);
