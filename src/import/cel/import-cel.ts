// CEL (Common Expression Language, github.com/google/cel-spec) as a bundle: each expression becomes an output of the same value.

import { DiagnosticBag, type Span } from '../../diagnostic/diagnostic.js';
import type { Model } from '../../schema/model.js';
import { readModel } from '../../schema/read-model.js';
import { BundleText, Commented } from '../bundle-text.js';
import type { Imported, ImportOptions, ImportSource } from '../imported.js';
import { schemaOf, shapeOf } from '../infer-model.js';
import { isIdentifier, toBundleName } from '../names.js';
import { type JsonSchema, nullnessOf } from './declarations.js';
import type { NamedExpression } from './named-expression.js';
import { type CelSource, readCelSource } from './read-source.js';
import { parseCel } from './syntax/parse.js';
import { type OutputEntry, outputsOf } from './to-outputs.js';
import { CelRefusal } from './translate/refusal.js';
import { Translator } from './translate/translator.js';
import { type CelType, type ObjectType, payloadType } from './translate/types.js';

const SOURCE_CHARS_SHOWN = 400;

/** The payload of expressions that read nothing. */
const NO_FIELDS: JsonSchema = {
  type: 'object',
  properties: { unused: { type: 'boolean', description: 'No expression reads the payload.' } },
};

/** Imports a source of CEL. */
export function importCel(source: ImportSource, options: ImportOptions): Imported {
  const bag = new DiagnosticBag();
  const files = new BundleText();
  const read = readCelSource(source, bag);
  const known = read && !bag.hasErrors ? modelOf(read, source, options, bag) : undefined;
  if (read === undefined || known === undefined) return { files: files.files(), diagnostics: bag.items };
  const cameOver = new Map<string, string>();
  const outputs = translateAll(read, known.type, bag, cameOver);
  if (outputs.length === 0) return { files: files.files(), diagnostics: bag.items };
  const head = {
    name: options.name ?? toBundleName(source.name.replace(/\.cel(?=\.)/i, '')),
    version: '1.0.0',
    model: 'model.yaml',
    profile: 'standard',
    onError: new Commented('fail', 'an error of CEL is the status ARITHMETIC here, and decides nothing'),
  };
  files.yaml('bundle.yaml', head, {
    head: `Imported from ${source.name}, in CEL: what its expressions give are the outputs of decisions.`,
  });
  files.yaml('model.yaml', known.schema);
  files.yaml('outputs.yaml', outputs);
  return { files: files.files(), diagnostics: bag.items, cameOver, constants: literalsOf(read, known.type) };
}

interface KnownModel {
  readonly schema: JsonSchema;
  readonly type: ObjectType;
}

/** The model: what the source says of its variables, or what payloads look like. */
function modelOf(read: CelSource, source: ImportSource, { payloads }: ImportOptions, bag: DiagnosticBag): KnownModel | undefined {
  const whole: Span = { file: source.name, start: 0, end: 0 };
  const schema =
    read.model?.schema ??
    read.variables?.schema ??
    (payloads === undefined ? NO_FIELDS : withTimestamps(schemaOfPayloads(payloads, whole, bag), read.timestamps ?? []));
  const model: Model | undefined = readModel(schema, undefined, read.model?.spanOf ?? (() => whole), bag);
  if (model === undefined) return undefined;
  for (const { name, path } of model.fields) {
    if (path.endsWith('[]') || isIdentifier(name)) continue;
    bag.error('V7002', whole, `the field \`${path}\` has a name that expressions of Verdict have for something else`, 'rename it');
  }
  const uints = new Set(read.variables?.uints ?? []);
  for (const path of uints)
    bag.warning(
      'V7001',
      whole,
      `values of the uint \`${path}\` above 9223372036854775807 are refused as no payload`,
      'see that there are none',
    );
  return { schema, type: payloadType(model, uints, nullnessOf(schema)) };
}

/** Numbers without digits behind the point become int, others double. */
function schemaOfPayloads(payloads: readonly Readonly<Record<string, unknown>>[], span: Span, bag: DiagnosticBag): JsonSchema {
  const schema = schemaOf(shapeOf(payloads), { numbers: 'decimal' }, (path, reason) => {
    bag.warning('V7001', span, `the field \`${path}\` of the payloads is left out of the model: ${reason}`);
  });
  return withDoubles(schema) as JsonSchema;
}

function withTimestamps(schema: JsonSchema, paths: readonly (readonly [string, string])[]): JsonSchema {
  for (const [object, field] of paths) {
    const properties = (schema.properties as Record<string, JsonSchema> | undefined)?.[object]?.properties as
      | JsonSchema
      | undefined;
    if (properties?.[field] !== undefined) properties[field] = { type: 'string', format: 'date-time' };
  }
  return schema;
}

function withDoubles(schema: unknown): unknown {
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) return schema;
  const entries = Object.entries(schema);
  if (entries.some(([key]) => key === 'multipleOf')) return { type: 'number' };
  return Object.fromEntries(
    entries.map(([key, value]) => [key, key === 'properties' || typeof value === 'object' ? withDoubles(value) : value]),
  );
}

function translateAll(
  read: CelSource,
  type: ObjectType,
  bag: DiagnosticBag,
  cameOver: Map<string, string>,
): (OutputEntry | Commented)[] {
  const names = new Set(type.members.keys());
  return read.expressions.flatMap((expression) => {
    const { name, text, description, spanOf } = expression;
    const parsed = parseCel(text);
    if ('fault' in parsed) {
      bag.error('V7301', spanOf(parsed.fault.span), parsed.fault.message, parsed.fault.advice);
      return [];
    }
    try {
      const translator = new Translator(type, (taken) => names.has(taken) || !isIdentifier(taken));
      const entries = outputsOf(translator, name, parsed.node);
      cameOver.set(name, name);
      const [first, ...rest] = entries.map((entry) => (description === undefined ? entry : withDescription(entry, description)));
      return first === undefined ? [] : [commented(first, expression), ...rest];
    } catch (error) {
      if (!(error instanceof CelRefusal)) throw error;
      bag.error(error.isMistake ? 'V7302' : 'V7002', spanOf(error.span), error.message, error.advice);
      return [];
    }
  });
}

function withDescription({ name, ...rest }: OutputEntry, description: string): OutputEntry & { description: string } {
  return { name, description, ...rest };
}

/** The entry below the expression that it comes from, where the two differ. */
function commented(entry: OutputEntry, { text }: NamedExpression): OutputEntry | Commented {
  const written = text.replace(/^[ \t]*\/\/.*$/gm, '').trim();
  const isSame = written === entry.value || written === entry.value?.replaceAll('===', '==').replaceAll('!==', '!=');
  return isSame || written.length > SOURCE_CHARS_SHOWN ? entry : new Commented(entry, `CEL: ${written}`);
}

/** Literals of the expressions, by the fields that are of their kind: what payloads that are drawn should be near to. */
function literalsOf(read: CelSource, type: ObjectType): NonNullable<Imported['constants']> {
  const texts = new Set<string>();
  const numbers = new Set<number>();
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    const literal = value as { kind?: unknown; value?: { kind?: unknown; value?: unknown } };
    if (literal.kind === 'literal') {
      const { value: given } = literal.value!;
      if (typeof given === 'string') texts.add(given);
      else if ((typeof given === 'number' || typeof given === 'bigint') && Number.isFinite(Number(given)))
        numbers.add(Number(given));
    } else for (const inner of Object.values(value)) visit(inner);
  };
  for (const { text } of read.expressions) {
    const parsed = parseCel(text);
    if (!('fault' in parsed)) visit(parsed.node);
  }
  const found = new Map<string, (string | number)[]>();
  const place = (given: CelType, path: string): void => {
    if (given.kind === 'list') place(given.element, `${path}[]`);
    else if (given.kind === 'object')
      for (const [name, member] of given.members) place(member.type, path === '' ? name : `${path}.${name}`);
    else found.set(path, [...(given.kind === 'string' ? texts : numbers)]);
  };
  place(type, '');
  return found;
}
