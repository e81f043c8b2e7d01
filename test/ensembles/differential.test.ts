// Random forests as libraries would have saved them: each file is read, predicted by the engine, and compared bit for bit with what
// the library would say. `npm run differential -- --trees N` runs many more.

import { expect, test } from 'vitest';
import { readEnsemble } from '#src/ensembles/read-ensemble.js';
import { author, randomOf, writeUbjson, xgboostDocument } from '../lib/ensemble-author.js';
import { compareForests } from '../lib/ensemble-differential.js';
import { testSeed } from '../lib/model.js';

test('random forests predict what their libraries would', () => {
  const seed = testSeed('forests');
  const count = Number(process.env.VERDICT_FORESTS ?? 20);
  const { forests, rows } = compareForests({ seed, forests: count, rows: 8 });
  expect([forests, rows], `seed ${seed}`).toEqual([count, count * 8 * 3]);
}, 3_600_000);

test('UBJSON and JSON of one model are read alike', () => {
  const random = randomOf(testSeed('UBJSON'));
  for (let index = 0; index < 8; index++) {
    const document = xgboostDocument(author(random), 'reg:squarederror');
    const json = readEnsemble(new TextEncoder().encode(JSON.stringify(document)));
    const ubjson = readEnsemble(writeUbjson(document));
    if (!('ensemble' in json && 'ensemble' in ubjson)) throw new Error(JSON.stringify([json, ubjson]).slice(0, 300));
    expect({ ...ubjson.ensemble, format: '' }).toEqual({ ...json.ensemble, format: '' });
  }
});
