// The outputs of a bundle for callers: as .fbs of what `Decision.outputs` holds, as TypeScript types and as JSON Schema of what the
// JSON of a decision holds.

import { pascalCase, uniqueName } from './names.js';
import { type Group, memberTree, type OutputMember, type OutputShape, type OutputType } from './output-shape.js';
import { foldTree, treeFrom } from './output-tree.js';

/** Name and version of the bundle, and its outputs: none where it declares none. */
export interface DeclaredOutputs {
  readonly name: string;
  readonly version: string;
  readonly outputs: readonly OutputShape[];
}

function fbsType(type: OutputType): string {
  switch (type.kind) {
    case 'boolean':
      return 'bool';
    case 'number':
      return 'double';
    case 'decimal':
      return type.wide ? 'Decimal128' : 'long';
    case 'timestamp':
      return 'long';
    case 'date':
      return 'int';
    default:
      return 'string';
  }
}

function isScalar(type: OutputType): boolean {
  return type.kind !== 'string' && type.kind !== 'enum' && !(type.kind === 'decimal' && type.wide);
}

/** What a number of a table means. */
function unitNote(type: OutputType): string {
  switch (type.kind) {
    case 'decimal':
      return type.scale === 0 ? '' : `Scaled by 10^${type.scale}.`;
    case 'timestamp':
      return 'Microseconds since 1970-01-01T00:00:00Z.';
    case 'date':
      return 'Days since 1970-01-01.';
    case 'enum':
      return `One of ${type.members.map(({ name }) => JSON.stringify(name)).join(', ')}.`;
    default:
      return '';
  }
}

/** Notes as one line that ends no comment; what is no character or control is replaced. */
function commentOf(...notes: (string | undefined)[]): string {
  const text = notes
    .filter((note) => note !== undefined && note.trim() !== '')
    .map((note) => note!.trim().replace(/([^.!?])$/, '$1.'))
    .join(' ');
  return text.replace(/\p{Cc}+|[\u2028\u2029]+/gu, ' ').replace(/\p{Surrogate}/gu, '\ufffd');
}

/** A name as an identifier of FlatBuffers; `null` is how flatc spells the default of an optional scalar. */
function identifier(name: string, taken: Set<string>): string {
  const plain = name.replace(/[^A-Za-z0-9_]/g, '_');
  return uniqueName(/^[A-Za-z_]/.test(plain) && plain !== 'null' ? plain : `_${plain}`, taken);
}

/** The outputs as a FlatBuffers schema; flatc accepts it. */
export function emitOutputsFbs({ name, version, outputs }: DeclaredOutputs): string {
  const fields = new Set<string>(['shape']);
  const names = outputs.map((output) => identifier(output.name, fields));
  const members = outputs.map(({ is }) => {
    const taken = new Set<string>();
    return is.kind === 'objects' ? is.members.map((member) => identifier(member.name, taken)) : [];
  });
  // flatc refuses a table with the name of any field, whatever table that is in.
  const taken = new Set([...fields, ...members.flat()]);
  const root = uniqueName('Outputs', taken);
  const wide = uniqueName('Decimal128', taken);
  const items = outputs.map(({ name: own, is }) => (is.kind === 'objects' ? uniqueName(`${pascalCase(own)}Item`, taken) : ''));
  const typeText = (type: OutputType): string => fbsType(type).replace('Decimal128', wide);
  const field = (own: string, type: OutputType, id: number, description?: string): string[] => {
    const comment = commentOf(description, unitNote(type));
    const line = `  ${own}: ${typeText(type)}${isScalar(type) ? ' = null' : ''} (id: ${id});`;
    return comment === '' ? [line] : [`  /// ${comment}`, line];
  };
  const usesWide = outputs.some(({ is }) => typesOf(is).some((type) => type.kind === 'decimal' && type.wide));
  const lines = [
    `// Outputs of ${name} ${version}: what \`outputs\` of schemas/decision.fbs holds. Made by Verdict; do not edit.`,
    '// What is absent is null. Fields are those of this version of the bundle: another one may give them other ids.',
    '',
    'namespace verdict.outputs;',
    '',
    ...(usesWide ? [`/// An integer of 128 bits, two's complement.`, `struct ${wide} { low: ulong; high: long; }`, ''] : []),
  ];
  for (const [index, { is }] of outputs.entries()) {
    if (is.kind !== 'objects') continue;
    const own = is.members.flatMap((member, id) => field(members[index]![id]!, member.type, id));
    lines.push(`table ${items[index]} {`, ...own, '}', '');
  }
  lines.push(`table ${root} {`, '  /// Names and types of all outputs, as JSON.', '  shape: string (id: 0);');
  for (const [index, { name: own, is, description }] of outputs.entries()) {
    if (is.kind === 'value') {
      lines.push(...field(names[index]!, is.type, index + 1, description));
      continue;
    }
    const note = is.kind === 'list' ? unitNote(is.type) : '';
    const comment = commentOf(names[index] === own ? undefined : own, description, note, `At most ${is.countMax} items.`);
    const element = is.kind === 'list' ? typeText(is.type) : items[index];
    lines.push(`  /// ${comment}`, `  ${names[index]}: [${element}] (id: ${index + 1});`);
  }
  lines.push('}', '', `root_type ${root};`, '');
  return lines.join('\n');
}

function typesOf(is: OutputShape['is']): readonly OutputType[] {
  return is.kind === 'objects' ? is.members.map(({ type }) => type) : [is.type];
}

/** The type of a value in JSON, for TypeScript. */
function tsType(type: OutputType): string {
  switch (type.kind) {
    case 'boolean':
      return 'boolean';
    case 'number':
    case 'decimal':
      return 'number';
    case 'enum':
      return type.members.map(({ name }) => JSON.stringify(name)).join(' | ') || 'string';
    default:
      return 'string';
  }
}

/** A number may be null whatever it is: NaN and infinities are. */
function isNullable(type: OutputType, nullable: boolean): boolean {
  return nullable || type.kind === 'number';
}

function orNull(type: string, nullable: boolean): string {
  return nullable ? `${type} | null` : type;
}

/** The key of a member, with quotes where it is no identifier. */
function keyText(name: string): string {
  return /^[A-Za-z_$][A-Za-z0-9_$]*$/.test(name) ? name : JSON.stringify(name);
}

function jsonNote(type: OutputType): string {
  switch (type.kind) {
    case 'decimal':
      return `At most ${type.scale} digits after the point, exact as JSON.`;
    case 'timestamp':
      return 'RFC 3339 in UTC.';
    case 'date':
      return 'YYYY-MM-DD.';
    default:
      return '';
  }
}

/** Nodes of outputs with what each is. */
function treeWith<T>(outputs: readonly OutputShape[], leaf: (output: OutputShape) => T, group: Group<T>): T {
  const leaves = outputs.map((output) => ({ path: output.name.split('.'), is: output }));
  return foldTree(treeFrom(leaves, 1), leaf, group);
}

/** An exported interface; compiles under `tsc --strict`. */
export function emitOutputsTypeScript({ name, version, outputs }: DeclaredOutputs): string {
  const member = ({ type, nullable }: OutputMember): string => orNull(tsType(type), isNullable(type, nullable));
  const object: Group<string> = (members) => `{ ${members.map(([own, text]) => `${keyText(own)}: ${text}`).join('; ')} }`;
  const typeOf = ({ is, nullable }: OutputShape): string => {
    if (is.kind === 'value') return orNull(tsType(is.type), isNullable(is.type, nullable));
    if (is.kind === 'objects') return orNull(`${memberTree(is.members, member, object)}[]`, nullable);
    const element = orNull(tsType(is.type), isNullable(is.type, false));
    return orNull(element.includes(' | ') ? `(${element})[]` : `${element}[]`, nullable);
  };
  type Part = { text: string; comment: string };
  const indented = (text: string): string => text.replaceAll('\n', '\n  ');
  const whole = treeWith<Part>(
    outputs,
    (output) => {
      const [only] = typesOf(output.is);
      const note = output.is.kind === 'objects' || only === undefined ? '' : jsonNote(only);
      const count = output.is.kind === 'value' ? '' : `At most ${output.is.countMax} items.`;
      return { text: typeOf(output), comment: commentOf(output.description, note, count).replaceAll('*/', '* /') };
    },
    (members) => {
      const lines = members.map(([own, { text, comment }]) => {
        const line = `  ${keyText(own)}: ${indented(text)};`;
        return comment === '' ? line : `  /** ${comment} */\n${line}`;
      });
      return { text: ['{', ...lines, '}'].join('\n'), comment: '' };
    },
  );
  const head = `// Outputs of ${name} ${version}, as JSON has them. Made by Verdict; do not edit.\n`;
  return `${head}\nexport interface Outputs ${whole.text}\n`;
}

function valueSchema(type: OutputType, nullable: boolean): Record<string, unknown> {
  const mayBeNull = isNullable(type, nullable);
  const typed = (name: string, more: object = {}): Record<string, unknown> => ({
    type: mayBeNull ? [name, 'null'] : name,
    ...more,
  });
  switch (type.kind) {
    case 'boolean':
      return typed('boolean');
    case 'number':
    case 'decimal':
      return typed('number');
    case 'timestamp':
      return typed('string', { format: 'date-time' });
    case 'date':
      return typed('string', { format: 'date' });
    case 'string':
      return typed('string');
    case 'enum': {
      const members = type.members.map(({ name }) => name);
      return typed('string', { enum: mayBeNull ? [...members, null] : members });
    }
  }
}

/** The outputs as JSON Schema 2020-12, as data. */
export function outputsJsonSchema({ name, version, outputs }: DeclaredOutputs): Record<string, unknown> {
  const objectOf = (members: (readonly [string, unknown])[]): Record<string, unknown> => ({
    type: 'object',
    properties: Object.fromEntries(members),
    required: members.map(([own]) => own),
    additionalProperties: false,
  });
  const listOf = (items: unknown, { is, nullable }: OutputShape): Record<string, unknown> => ({
    type: nullable ? ['array', 'null'] : 'array',
    items,
    ...(is.kind === 'value' ? {} : { maxItems: is.countMax }),
  });
  const schemaOf = (output: OutputShape): Record<string, unknown> => {
    const { is, nullable } = output;
    if (is.kind === 'value') return valueSchema(is.type, nullable);
    if (is.kind === 'list') return listOf(valueSchema(is.type, false), output);
    return listOf(
      memberTree<unknown>(is.members, ({ type, nullable: mayBe }) => valueSchema(type, mayBe), objectOf),
      output,
    );
  };
  const whole = treeWith<Record<string, unknown>>(
    outputs,
    (output) => ({ ...(output.description === undefined ? {} : { description: output.description }), ...schemaOf(output) }),
    objectOf,
  );
  return { $schema: 'https://json-schema.org/draft/2020-12/schema', title: `Outputs of ${name} ${version}`, ...whole };
}
