// The files of an imported JDM. What the compiler does not take is left out, with all that reads it, and said: what is written
// compiles.

import type { BundleDocument } from '../../bundle/document.js';
import type { BundleFiles } from '../../bundle/files.js';
import { compile } from '../../compiler/compile.js';
import type { Diagnostic, DiagnosticBag } from '../../diagnostic/diagnostic.js';
import { BundleText, csvText } from '../bundle-text.js';
import type { Imported, ImportOptions, ImportSource } from '../imported.js';
import { constantsOf, type Shape, schemaOf } from '../infer-model.js';
import { toBundleName } from '../names.js';
import type { Answer, WrittenOutput } from './answer.js';
import type { Graph } from './document.js';
import type { Emission, WrittenFeature, WrittenTable } from './emission.js';

export interface BundleParts {
  readonly source: ImportSource;
  readonly options: ImportOptions;
  readonly document: BundleDocument;
  readonly graph: Graph;
  readonly shape: Shape;
  readonly emission: Emission;
  readonly answer: Answer;
  readonly bag: DiagnosticBag;
}

/** What is written by name: features and tables; outputs by their path. */
interface Entries {
  features: { file: string; feature: WrittenFeature }[];
  tables: WrittenTable[];
  outputs: WrittenOutput[];
}

/** Rounds of leaving out; each takes away something. */
const ROUNDS_MAX = 64;

/** Writes the files, and leaves out what does not compile. */
export function writeBundle(parts: BundleParts): Imported {
  const { answer, bag, document, emission } = parts;
  let entries: Entries = { features: [...emission.features], tables: [...emission.tables], outputs: [...answer.outputs] };
  for (let round = 0; round < ROUNDS_MAX && entries.outputs.length > 0; round++) {
    entries = used(entries);
    const files = filesOf(parts, entries);
    const errors = compile(files, { profileMax: 'standard' }).diagnostics.filter(({ severity }) => severity === 'error');
    if (errors.length === 0) {
      const all = filesOf(parts, entries, true);
      return {
        files: all,
        diagnostics: bag.items,
        passesThrough: answer.passesThrough,
        isResult: answer.isResult,
        emptyLists: answer.emptyLists,
        constants: constantsOf(parts.shape),
      };
    }
    const faulty = new Map<string, string>();
    for (const error of errors) {
      const name = entryAt(error, files);
      if (name !== undefined && !faulty.has(name)) faulty.set(name, `${error.message} (${error.code})`);
    }
    const before = entries.outputs.length + entries.features.length + entries.tables.length;
    entries = without(entries, faulty, (path, reason) =>
      bag.error('V7002', document.spanOf('/nodes'), `\`${path}\` of the answer is not carried over: ${reason}`),
    );
    if (entries.outputs.length + entries.features.length + entries.tables.length === before) {
      bag.error('V7002', document.spanOf('/nodes'), `the bundle does not compile: ${errors[0]!.message} (${errors[0]!.code})`);
      break;
    }
  }
  if (answer.outputs.length === 0 && answer.refused.length === 0) {
    bag.error('V7002', document.spanOf('/nodes'), 'the graph computes nothing: its answer is what was sent');
  }
  return { files: new Map(), diagnostics: bag.items };
}

const textOf = (output: WrittenOutput): string =>
  [output.value ?? '', output.each ?? '', ...Object.values(output.values ?? {})].join('\n');

/** Names that stand in a text. */
function namesIn(text: string): Set<string> {
  return new Set(text.match(/[A-Za-z_]\w*/g) ?? []);
}

/** Without the features and tables that no output needs. */
function used({ features, tables, outputs }: Entries): Entries {
  const texts = new Map<string, string>([
    ...features.map(({ feature }): [string, string] => [feature.name, feature.value]),
    ...tables.map(({ name, rows }): [string, string] => [name, rows.map((row) => row.join('\n')).join('\n')]),
  ]);
  const needed = new Set<string>();
  const open = outputs.map(textOf);
  for (let text = open.pop(); text !== undefined; text = open.pop()) {
    for (const name of namesIn(text)) {
      const inner = texts.get(name);
      if (inner === undefined || needed.has(name)) continue;
      needed.add(name);
      open.push(inner);
    }
  }
  return {
    features: features.filter(({ feature }) => needed.has(feature.name)),
    tables: tables.filter(({ name }) => needed.has(name)),
    outputs,
  };
}

/** Without what is faulty, and without all that reads it. */
function without(entries: Entries, faulty: Map<string, string>, onOutput: (path: string, reason: string) => void): Entries {
  const reasons = new Map(faulty);
  const isFaulty = (name: string, text: string): boolean => {
    if (reasons.has(name)) return true;
    for (const inner of namesIn(text)) {
      const reason = reasons.get(inner);
      if (reason === undefined || inner === name) continue;
      reasons.set(name, reason);
      return true;
    }
    return false;
  };
  let count = -1;
  while (count !== reasons.size) {
    count = reasons.size;
    for (const { feature } of entries.features) isFaulty(feature.name, feature.value);
    for (const { name, rows } of entries.tables) isFaulty(name, rows.map((row) => row.join('\n')).join('\n'));
  }
  const outputs = entries.outputs.filter((output) => {
    const reason =
      faulty.get(`outputs ${output.name}`) ??
      [...namesIn(textOf(output))].map((name) => reasons.get(name)).find((found) => found !== undefined);
    if (reason === undefined) return true;
    onOutput(output.name, reason);
    return false;
  });
  return {
    features: entries.features.filter(({ feature }) => !reasons.has(feature.name)),
    tables: entries.tables.filter(({ name }) => !reasons.has(name)),
    outputs,
  };
}

/** The feature, table or output that an error is about. */
function entryAt({ span }: Diagnostic, files: BundleFiles): string | undefined {
  const table = /^tables\/(\w+)\.(csv|yaml)$/.exec(span.file);
  if (table !== null) return table[1];
  const bytes = files.get(span.file);
  if (bytes === undefined) return undefined;
  const before = new TextDecoder().decode(bytes).slice(0, span.start + 1);
  const names = [...before.matchAll(/^- name: (.*)$/gm)];
  const name = names[names.length - 1]?.[1]?.replace(/^["']|["']$/g, '');
  if (name === undefined) return undefined;
  return span.file === 'outputs.yaml' ? `outputs ${name}` : name;
}

function filesOf(
  { source, options, shape, document, bag, graph, answer }: BundleParts,
  entries: Entries,
  isLast = false,
): BundleFiles {
  const text = new BundleText();
  const name = options.name ?? toBundleName(source.name);
  text.yaml(
    'bundle.yaml',
    {
      name,
      version: '1.0.0',
      description: `Imported from ${source.name.replace(/^.*[/\\]/, '')}.`,
      model: 'payload.schema.yaml',
      profile: 'standard',
      onError: 'fail',
    },
    answer.passesThrough
      ? {
          head: 'The outputs of a decision are what was computed. The original answers with the payload, and these merged over it.',
        }
      : {},
  );
  const schema = schemaOf(shape, { numbers: 'decimal' }, (path, reason) => {
    if (isLast && isSeen(shape, path))
      bag.warning('V7001', document.spanOf(''), `the field \`${path}\` is left out of the model: ${reason}`);
  });
  text.yaml(
    'payload.schema.yaml',
    { $schema: 'https://json-schema.org/draft/2020-12/schema', title: 'Payload', ...schema },
    { head: 'Inferred from samples and expressions: correct bounds and lengths where you know better.' },
  );
  const files = new Map<string, WrittenFeature[]>();
  for (const { file, feature } of entries.features) files.set(file, [...(files.get(file) ?? []), feature]);
  for (const [file, features] of files) text.yaml(`features/${file}.yaml`, features);
  for (const table of entries.tables) writeTable(text, table);
  text.yaml('outputs.yaml', entries.outputs);
  if (isLast) writeTests(text, graph, answer.isResult, entries.outputs);
  return text.files();
}

/** Whether samples or rules say anything of a field. */
function isSeen(shape: Shape, path: string): boolean {
  let at: Shape | undefined = shape;
  for (const name of path.replaceAll('[]', '').split('.')) at = at?.members.get(name);
  return at === undefined || at.kinds.size > 0;
}

function writeTable(text: BundleText, { name, description, hitPolicy, rows }: WrittenTable): void {
  const isComplete = hitPolicy === 'first' && isCatchAll(rows);
  text.text(`tables/${name}.csv`, csvText(rows));
  const head = {
    ...(description === undefined ? {} : { description }),
    ...(hitPolicy === 'first' ? {} : { hitPolicy }),
    ...(isComplete ? { complete: true } : {}),
  };
  if (Object.keys(head).length > 0) text.yaml(`tables/${name}.yaml`, head);
}

/** True where the last row takes everything. */
function isCatchAll(rows: WrittenTable['rows']): boolean {
  const inputs = rows[0]!.filter((title) => !title.startsWith('->')).length;
  return rows.length > 1 && rows[rows.length - 1]!.slice(0, inputs).every((cell) => cell === '-');
}

/** The tests of the document, with what they expect of the outputs that are written. */
function writeTests(text: BundleText, { tests }: Graph, isResult: boolean, outputs: readonly WrittenOutput[]): void {
  if (tests.length === 0) return;
  const entries = tests.map(({ input, output }, index) => {
    const expected: Record<string, unknown> = {};
    const answer = isResult ? { result: output } : output;
    for (const { name } of outputs) put(expected, name.split('.'), valueAt(answer, name.split('.')));
    return { name: `test ${index + 1} of the source`, payload: input, expect: { outputs: expected } };
  });
  text.yaml('tests/source.yaml', entries);
}

function valueAt(value: unknown, path: readonly string[]): unknown {
  let at = value;
  for (const key of path)
    at = typeof at === 'object' && at !== null && Object.hasOwn(at, key) ? (at as Record<string, unknown>)[key] : null;
  return at ?? null;
}

function put(target: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const [first, ...rest] = path as [string, ...string[]];
  if (rest.length === 0) target[first] = value;
  else {
    target[first] ??= {};
    put(target[first] as Record<string, unknown>, rest, value);
  }
}
