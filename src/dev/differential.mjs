// Holds two or more ways to the same answer on many more inputs than the suite does. Without a kind: the language, as the
// interpreter and as generated code run it, beside a plain evaluator and V8.
//
//   npm run differential                              a million pairs of expression and payload
//   npm run differential -- --pairs 5000000
//   npm run differential -- --pairs 60000 --seed 17   the pairs of a run again: seed and pairs are in the message of a difference
//   npm run differential -- --trees 2000              random forests, as XGBoost and LightGBM would have saved them
//   npm run differential -- --json 1000000            documents of JSON, for the engine's transcoder and for the encoder
//   npm run differential -- --index 1000000           pairs of bundle and payload, decided with a match index and without
//   npm run differential -- --forms 1000000           pairs of bundle and payload, decided in all forms: VM, generated code,
//                                                     index on and off, exported module, exported scalar module
//   npm run differential -- --forms-replay FOLDER     a difference between forms that was written down, again

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    pairs: { type: 'string', default: '1000000' },
    forms: { type: 'string' },
    'forms-replay': { type: 'string' },
    index: { type: 'string' },
    json: { type: 'string' },
    seed: { type: 'string' },
    trees: { type: 'string' },
  },
});
for (const [name, value] of Object.entries(values)) {
  if (name === 'forms-replay' || /^[1-9]\d{0,11}$/.test(value)) continue;
  console.error(`--${name} takes a whole number, and not ${JSON.stringify(value)}`);
  process.exit(2);
}

/** Of each kind: what runs it, and the environment that says how much. */
const VITEST = ['node_modules/vitest/vitest.mjs', 'run'];
const kinds = {
  trees: [[...VITEST, 'test/ensembles/differential.test.ts'], 'VERDICT_FORESTS'],
  // Of two kinds of bundles, half of the pairs each.
  index: [[...VITEST, 'test/differential/index.test.ts'], 'VERDICT_INDEX_PAIRS', (pairs) => Math.ceil(pairs / 2)],
  json: [[...VITEST, 'test/differential/json.test.ts'], 'VERDICT_DOCUMENTS'],
  forms: [['test/differential/forms.mjs'], 'VERDICT_FORM_PAIRS'],
  'forms-replay': [['test/differential/forms.mjs', values['forms-replay']], 'VERDICT_FORM_PAIRS', () => 1],
  pairs: [[...VITEST, 'test/differential/language.test.ts'], 'VERDICT_PAIRS'],
};
const kind = Object.keys(kinds).find((name) => values[name] !== undefined);
const [args, variable, amountOf = (amount) => amount] = kinds[kind];
const env = { ...process.env, [variable]: String(amountOf(values[kind])) };
if (values.seed !== undefined) env.VERDICT_SEED = values.seed;
const { status } = spawnSync(process.execPath, args, {
  cwd: fileURLToPath(new URL('../../', import.meta.url)),
  stdio: 'inherit',
  env,
});
process.exit(status ?? 1);
