// Random forests against the engine; see test/ensembles/differential.test.ts.

import { ResultKind } from '#assembly/shared/ensemble.js';
import type { Ensemble } from '#src/ensembles/ensemble.js';
import { meansOf } from '#src/ensembles/means.js';
import { readEnsemble } from '#src/ensembles/read-ensemble.js';
import {
  type Authored,
  author,
  authorRow,
  lightgbmMargins,
  lightgbmText,
  randomOf,
  writeUbjson,
  xgboostDocument,
  xgboostMargins,
} from './ensemble-author.js';
import { EnsembleRunner, plainUse } from './ensemble-engine.js';
import { leafOf, predict } from './ensemble-walker.js';

function readOrThrow(bytes: Uint8Array): Ensemble {
  const read = readEnsemble(bytes);
  if (!('ensemble' in read)) throw new Error(read.message);
  return read.ensemble;
}

/** @returns how many forests and rows were compared. Throws at the first difference, with what makes it again */
export function compareForests(options: { seed: number; forests: number; rows: number }): { forests: number; rows: number } {
  const encoder = new TextEncoder();
  let rows = 0;
  for (let index = 0; index < options.forests; index++) {
    const random = randomOf(options.seed + index * 7919);
    const authored = author(random);
    const isDart = random() < 0.3;
    const dart: Authored = isDart ? { ...authored, weights: authored.trees.map(() => Math.fround(random())) } : authored;
    const document = xgboostDocument(dart, 'reg:squarederror');
    const sources: [string, Uint8Array, (row: number[]) => number[]][] = [
      ['JSON', encoder.encode(JSON.stringify(document)), (row) => xgboostMargins(dart, row, dart.base)],
      ['UBJSON', writeUbjson(document), (row) => xgboostMargins(dart, row, dart.base)],
      [
        'text',
        encoder.encode(
          lightgbmText(authored, authored.classes === 1 ? 'binary sigmoid:1' : `multiclass num_class:${authored.classes}`),
        ),
        (row) => lightgbmMargins(authored, row),
      ],
    ];
    for (const [name, bytes, judge] of sources) {
      const ensemble = readOrThrow(bytes);
      const explained = random() < 0.3;
      const use = plainUse(ensemble);
      const inputs = use.inputs.map((_, input) => ({ kind: ResultKind.CONTRIBUTION, index: input }));
      const runner = new EnsembleRunner(ensemble, explained ? { ...use, results: [...use.results, ...inputs] } : use);
      for (let row = 0; row < options.rows; row++) {
        const values = authorRow(random, authored);
        const where = `seed ${options.seed + index * 7919}, ${name}, row ${row}: ${values.join(' ')}`;
        const results = runner.run(values);
        same(results.slice(0, ensemble.outputs), judge(values), where);
        const { scores } = predict(ensemble, values);
        for (const [output, score] of scores.entries())
          if (Math.abs(results[ensemble.outputs + output]! - score) > 3e-7 * Math.abs(score))
            throw new Error(`${where}: score ${output}`);
        if (explained) checkContributions(ensemble, values, results.slice(2 * ensemble.outputs + 1), where);
        rows++;
      }
    }
  }
  return { forests: options.forests, rows };
}

function same(found: readonly number[], expected: readonly number[], where: string): void {
  for (const [index, value] of expected.entries())
    if (found[index] !== value) throw new Error(`${where}: ${found.join(' ')} in place of ${expected.join(' ')}`);
}

/** Contributions and the means of the trees make up the sum. */
function checkContributions(ensemble: Ensemble, row: number[], contributions: readonly number[], where: string): void {
  let whole = 0;
  let known = 0;
  for (const tree of ensemble.trees) {
    if (tree.output !== 0) continue;
    whole += tree.value[leafOf(ensemble, tree, row)]! - meansOf(tree, 1)[0]!;
  }
  for (const contribution of contributions) known += contribution;
  if (Math.abs(whole - known) > 1e-5 * (1 + ensemble.trees.length))
    throw new Error(`${where}: contributions ${known} for ${whole}`);
}
