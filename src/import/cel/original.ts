// CEL as another engine evaluates it, where that is installed.

import { parse } from 'yaml';
import { DiagnosticBag } from '../../diagnostic/diagnostic.js';
import type { Imported, ImportSource } from '../imported.js';
import type { Original } from '../verify.js';
import type { JsonSchema } from './declarations.js';
import { readCelSource } from './read-source.js';

/** Not named in an import: the package is no part of an installation, and is looked for where somebody asks. */
const PACKAGE = '@marcbachmann/cel-js';

interface Evaluate {
  (variables: Readonly<Record<string, unknown>>): unknown;
  check(): { readonly valid: boolean; readonly error?: Error };
}

interface CelEnvironment {
  registerVariable(name: string, type: string): this;
  parse(expression: string): Evaluate;
}

interface CelModule {
  readonly Environment: new (options: object) => CelEnvironment;
}

/** The expressions that came over, each by itself; undefined where the package is not installed. */
export async function celOriginal(source: ImportSource, imported: Imported): Promise<Original | undefined> {
  let cel: CelModule;
  try {
    cel = (await import(PACKAGE)) as CelModule;
  } catch {
    return undefined;
  }
  const read = readCelSource(source, new DiagnosticBag());
  const schema = parse(new TextDecoder().decode(imported.files.get('model.yaml') ?? new Uint8Array())) as JsonSchema;
  const uints = new Set(read?.variables?.uints ?? []);
  const environment = new cel.Environment({ enableOptionalTypes: true, homogeneousAggregateLiterals: false });
  for (const [name, member] of Object.entries((schema.properties ?? {}) as Record<string, JsonSchema>))
    environment.registerVariable(name, typeName(member, uints.has(name)));
  // The class of uint is not exported.
  const uint = new cel.Environment({}).registerVariable('value', 'int').parse('uint(value)');
  const evaluations = new Map<string, Evaluate>();
  const unknown = new Map<string, string>();
  for (const { name, text } of read?.expressions ?? []) {
    if (imported.cameOver?.has(name) !== true) continue;
    const evaluate = checked(environment, text);
    if (evaluate instanceof Error) unknown.set(name, evaluate.message.split('\n')[0]!);
    else evaluations.set(name, evaluate);
  }
  const toCel = (value: unknown, node: JsonSchema, path: string): unknown => {
    if (value === null || value === undefined) return value;
    if (Array.isArray(value)) return (value as unknown[]).map((item) => toCel(item, (node.items ?? {}) as JsonSchema, `${path}[]`));
    if (typeof value === 'object') {
      const members = (node.properties ?? {}) as Record<string, JsonSchema>;
      return Object.fromEntries(
        Object.entries(value).map(([name, member]) => [
          name,
          toCel(member, members[name] ?? {}, path === '' || path.endsWith('[]') ? `${path}${name}` : `${path}.${name}`),
        ]),
      );
    }
    if (baseType(node) === 'integer') {
      const integer = BigInt(value as number | bigint);
      return uints.has(path) ? uint({ value: integer }) : integer;
    }
    return node.format === 'date-time' ? new Date(value as string) : value;
  };
  return {
    title: PACKAGE,
    unknown,
    answer: async (payload) => {
      const variables = toCel(payload, schema, '') as Readonly<Record<string, unknown>>;
      const answer: Record<string, unknown> = {};
      for (const [name, evaluate] of evaluations) put(answer, name.split('.'), toOutput(await evaluate(variables)));
      return answer;
    },
  };
}

/** An expression that can be evaluated, or what the engine says against it. */
function checked(environment: CelEnvironment, text: string): Evaluate | Error {
  try {
    const evaluate = environment.parse(text);
    const { valid, error } = evaluate.check();
    return valid ? evaluate : (error ?? new Error('the expression is refused'));
  } catch (error) {
    return error as Error;
  }
}

function baseType({ type }: JsonSchema): unknown {
  return Array.isArray(type) ? (type as unknown[]).find((item) => item !== 'null') : type;
}

function typeName(schema: JsonSchema, isUint: boolean): string {
  if (Array.isArray(schema.type)) return 'dyn';
  switch (schema.type) {
    case 'boolean':
      return 'bool';
    case 'integer':
      return isUint ? 'uint' : 'int';
    case 'number':
      return 'double';
    case 'string':
      return schema.format === 'date-time' ? 'google.protobuf.Timestamp' : 'string';
    case 'array':
      return 'list';
    case 'object':
      return 'map';
    default:
      return 'dyn';
  }
}

/** A value as outputs have it: no number where it is none, times in UTC with six digits. */
function toOutput(value: unknown): unknown {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Date) return value.toISOString().replace('Z', '000Z');
  if (Array.isArray(value)) return (value as unknown[]).map(toOutput);
  // uint, and what there may be none of, are classes of the engine.
  if ('hasValue' in value && typeof value.hasValue === 'function')
    return (value.hasValue as () => boolean)() ? toOutput((value as unknown as { value(): unknown }).value()) : undefined;
  const inner: unknown = value.valueOf();
  if (typeof inner === 'bigint') return inner;
  const entries = value instanceof Map ? [...(value as Map<string, unknown>)] : Object.entries(value);
  return Object.fromEntries(entries.map(([key, member]) => [key, toOutput(member)]));
}

function put(target: Record<string, unknown>, [name, ...rest]: string[], value: unknown): void {
  if (rest.length === 0) target[name!] = value;
  else {
    target[name!] ??= {};
    put(target[name!] as Record<string, unknown>, rest, value);
  }
}
