// Two versions of a bundle, compared by what they say rather than by their files.

import { outputPhrase } from '../schema/output-shape.js';
import { boundsText, typeText } from './model-section.js';
import { outputTexts } from './outputs-section.js';
import type { PageVersion } from './source.js';

/** Something that has a name in a version, with what it says of each part. */
interface Described {
  /** `Rules`, `Rows of limits`. */
  group: string;
  name: string;
  parts: Readonly<Record<string, string>>;
}

export interface Change {
  group: string;
  name: string;
  kind: 'added' | 'removed' | 'changed';
  /** Of what was changed: the parts that differ. Of what was added or removed, all that say something. */
  parts: { part: string; was?: string; is?: string }[];
}

/** What is different from `before` to `after`: in the order of `after`, each group's removals at its end. */
export function changesBetween(before: PageVersion, after: PageVersion): Change[] {
  const old = describe(before);
  const changes = new Map<string, Change[]>();
  const add = (change: Change): void => {
    changes.set(change.group, [...(changes.get(change.group) ?? []), change]);
  };
  for (const [key, { group, name, parts }] of describe(after)) {
    const was = old.get(key);
    old.delete(key);
    const names = [...new Set([...Object.keys(was?.parts ?? {}), ...Object.keys(parts)])];
    if (was === undefined) add({ group, name, kind: 'added', parts: names.map((part) => ({ part, is: parts[part] as string })) });
    else {
      const differing = names
        .filter((part) => was.parts[part] !== parts[part])
        .map((part) => ({ part, was: was.parts[part] ?? '', is: parts[part] ?? '' }));
      if (differing.length > 0) add({ group, name, kind: 'changed', parts: differing });
    }
  }
  for (const { group, name, parts } of old.values())
    add({ group, name, kind: 'removed', parts: Object.entries(parts).map(([part, was]) => ({ part, was })) });
  return [...changes.values()].flat();
}

function describe({ bundle, manifest }: PageVersion): Map<string, Described> {
  const found = new Map<string, Described>();
  const add = (group: string, name: string, parts: Record<string, string | number | null | undefined>, key = name): void => {
    const said = Object.entries(parts).filter(([, value]) => value !== null && value !== undefined && value !== '');
    const texts = Object.fromEntries(said.map(([part, value]) => [part, String(value)]));
    // rows without ids may be equal
    for (let twin = 0; ; twin++) {
      const unique = JSON.stringify([group, key, twin]);
      if (found.has(unique)) continue;
      found.set(unique, { group, name, parts: texts });
      return;
    }
  };
  const { combine, onError, profile, reasonsMax, outcomes } = bundle;
  const thresholds = outcomes
    .map(({ atLeast, outcome }) => (atLeast === undefined ? outcome : `${outcome} at ${atLeast}`))
    .join(', ');
  add('Decision', 'How it is made', { combine, outcomes: thresholds, onError, profile, reasonsMax });
  for (const field of manifest.model.fields) {
    const { path, required, nullable, description, members } = field;
    const need = field.default !== undefined ? `else ${field.default}` : required ? 'required' : nullable ? 'may be null' : '';
    add('Fields', path, {
      type: typeText(field),
      members: members?.map(({ name }) => name).join(', '),
      bounds: boundsText(field),
      need,
      description,
    });
  }
  for (const { id, when, score, outcome, reason, description } of bundle.rules)
    add('Rules', id, { when: when.text.trim(), score, outcome, reason, description });
  for (const { name, type, cases } of manifest.features)
    add('Features', name, {
      type,
      value: cases.map(({ when, value }) => (when === undefined ? value : `${value} where ${when}`)).join('; '),
    });
  for (const [at, { name, hitPolicy, aggregate, inputs, outputs, rows }] of manifest.tables.entries()) {
    const columns = outputs.map(
      (output) => `${output.name}: ${output.type}${output.default === undefined ? '' : ` else ${output.default}`}`,
    );
    const complete = bundle.tables[at]?.complete === true ? 'yes' : '';
    add('Tables', name, {
      hitPolicy,
      aggregate,
      complete,
      inputs: inputs.map(({ value }) => value).join(', '),
      outputs: columns.join(', '),
    });
    for (const [index, row] of rows.entries()) {
      const when = row.when.map((cell, i) =>
        cell === null || cell === '-' || cell === '' ? '' : `${inputs[i]?.label ?? inputs[i]?.value} ${cell}`,
      );
      const then = row.then.map((cell, i) => (cell === null ? '' : `${outputs[i]?.name} ${cell}`));
      const parts = { when: when.filter((text) => text !== '').join('; '), then: then.filter((text) => text !== '').join('; ') };
      // A row without an id of its own is what it says: numbers shift with every row before it.
      const hasId = row.id !== `${name}/${index + 1}`;
      add(`Rows of ${name}`, hasId ? row.id : `row ${index + 1}`, parts, hasId ? `id ${row.id}` : JSON.stringify(parts));
    }
  }
  for (const { name, type, initialScore, reasons, contributes, characteristics } of manifest.scorecards) {
    add('Scorecards', name, { type, initialScore, reasons, contributes: contributes ? 'yes' : '' });
    for (const { name: own, input, attributes } of characteristics) {
      const points = attributes.map(
        ({ when, points: given, reason }) => `${when ?? 'else'}: ${given}${reason === null ? '' : ` ${reason}`}`,
      );
      add(`Characteristics of ${name}`, own, { input, attributes: points.join('; ') });
    }
  }
  for (const { name, model, format, trees, nodes, inputs } of manifest.ensembles ?? [])
    add('Ensembles', name, {
      model,
      format,
      trees,
      nodes,
      inputs: inputs.map(({ feature, value }) => `${feature}: ${value}`).join('; '),
    });
  for (const output of bundle.outputs) {
    const shape = manifest.outputs?.find(({ name }) => name === output.name);
    const type = shape === undefined ? '' : outputPhrase(shape);
    add('Outputs', output.name, { type, value: outputTexts(output).join('; ') });
  }
  for (const { name, type, maximum, content } of manifest.lists) add('Lists', name, { type, maximum, content });
  for (const set of manifest.parameters) {
    for (const { name, type, default: value, minimum, maximum, maxLength } of set.values)
      add('Parameters', `${set.name}.${name}`, {
        type,
        default: String(value),
        minimum: textOf(minimum),
        maximum: textOf(maximum),
        maxLength,
      });
  }
  return found;
}

function textOf(value: boolean | number | string | undefined): string | undefined {
  return value === undefined ? undefined : String(value);
}
