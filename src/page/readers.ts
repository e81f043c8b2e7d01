// Who reads what: rules, features, tables, scorecards, ensembles and outputs, by the fields and values that they name.

import type { Bundle } from '../bundle/bundle.js';
import type { Manifest } from '../image/manifest.js';
import { referencesIn } from './expression.js';
import { type AnchorKind, anchorOf, type PageNames } from './names.js';
import { outputExpressions } from './outputs-section.js';
import type { Reader } from './source.js';

/** Letters: what has none names nothing. */
const WORD = /[A-Za-z_$]/;

interface Reading extends Reader {
  texts: readonly (string | null | undefined)[];
}

function hasWord(text: string | null | undefined): text is string {
  return text !== null && text !== undefined && WORD.test(text);
}

/** Readers of each path, in the order of the page; a path that nothing reads is absent. */
export function readersOf(manifest: Manifest, bundle: Pick<Bundle, 'outputs'>, names: PageNames): Map<string, Reader[]> {
  const readings: Reading[] = [];
  const add = (kind: AnchorKind, index: number, label: string, texts: Reading['texts']): void => {
    readings.push({ anchor: anchorOf(kind, index), label, texts });
  };
  for (const [at, { name, cases }] of manifest.features.entries())
    add(
      'feature',
      at,
      name,
      cases.flatMap(({ when, value }) => [when, value]),
    );
  for (const [at, { name, inputs, rows, outputs }] of manifest.tables.entries()) {
    // A row whose cells have no words names nothing but what its table reads already.
    const cells = rows.flatMap(({ condition, when, then }) => (when.some(hasWord) ? [condition, ...then] : then));
    add('table', at, name, [...inputs.map(({ value }) => value), ...cells, ...outputs.map((output) => output.default)]);
  }
  for (const [at, { name, characteristics }] of manifest.scorecards.entries()) {
    const texts = characteristics.flatMap(({ input, attributes }) => [input, ...attributes.map(({ condition }) => condition)]);
    add('scorecard', at, name, texts);
  }
  for (const [at, { name, inputs }] of (manifest.ensembles ?? []).entries())
    add(
      'ensemble',
      at,
      name,
      inputs.map(({ value }) => value),
    );
  const rules = manifest.rules.filter(({ table, scorecard, ensemble }) => !table && !scorecard && !ensemble);
  for (const [at, { id, when }] of rules.entries()) add('rule', at, id, [when]);

  for (const [at, output] of bundle.outputs.entries()) add('output', at, output.name, outputExpressions(output));

  const readers = new Map<string, Reader[]>();
  // cells repeat: each text is read once
  const pathsOf = new Map<string, Set<string>>();
  for (const { anchor, label, texts } of readings) {
    const paths = new Set<string>();
    for (const text of new Set(texts)) {
      if (!hasWord(text)) continue;
      let found = pathsOf.get(text);
      if (found === undefined) {
        found = new Set(referencesIn(text, names).map(({ path }) => path));
        pathsOf.set(text, found);
      }
      for (const path of found) paths.add(path);
    }
    for (const path of paths) readers.set(path, [...(readers.get(path) ?? []), { anchor, label }]);
  }
  return readers;
}
