// A source of CEL: a file of one expression with its variables in comments, a YAML or JSON document of named expressions, or a
// policy that holds some.

import { type BundleDocument, readDocument, toPointer } from '../../bundle/document.js';
import type { DiagnosticBag, Span } from '../../diagnostic/diagnostic.js';
import type { ImportSource } from '../imported.js';
import { DeclarationFault, type Declared, type JsonSchema, objectOf, parseType } from './declarations.js';
import { expressionAt, isOutputName, type NamedExpression } from './named-expression.js';
import { policyExpressions } from './policies.js';
import type { CelSpan } from './syntax/ast.js';

export interface CelSource {
  readonly expressions: readonly NamedExpression[];
  /** Types of the variables; undefined where the source says none. */
  readonly variables?: Declared;
  /** Paths of two names that are timestamps, though payloads write them as texts. */
  readonly timestamps?: readonly (readonly [string, string])[];
  /** A model in JSON Schema, in place of variables, and where its parts stand. */
  readonly model?: { readonly schema: JsonSchema; spanOf(pointer: string): Span };
}

/** Name of the output of an expression that has no name. */
const OUTPUT_NAME = 'result';
/** Of IAM; objects of Kubernetes have their times as texts. */
const REQUEST_TIME = ['request', 'time'] as const;
const DIRECTIVE = /^([ \t]*\/\/[ \t]*@)(\w+)[ \t]*(.*?)[ \t]*\r?$/gm;

/** Reads a source; faults go into the bag. Undefined where there is nothing to go on with. */
export function readCelSource(source: ImportSource, bag: DiagnosticBag): CelSource | undefined {
  return /\.(ya?ml|json)$/i.test(source.name) ? readNamed(source, bag) : readPlain(source, bag);
}

/** `// @var name: type`, `// @output name`, `// @description text`, and the expression. */
function readPlain({ name: file, text }: ImportSource, bag: DiagnosticBag): CelSource | undefined {
  const members = new Map<string, { type: Declared; isOptional: boolean }>();
  let name = OUTPUT_NAME;
  let description: string | undefined;
  for (const found of text.matchAll(DIRECTIVE)) {
    const [, before = '', directive, content = ''] = found;
    const start = found.index + before.length;
    const place = { file, start, end: found.index + found[0].trimEnd().length };
    if (directive === 'output') {
      if (isOutputName(content)) name = content;
      else bag.error('V7301', place, `\`${content}\` is no name of an output`, 'write names with points between them');
    } else if (directive === 'description') description = content;
    else if (directive === 'var') readVariable(content, { file, start: place.end - content.length }, members, bag);
    else
      bag.error(
        'V7301',
        place,
        `\`@${directive}\` is no directive`,
        'write `@var name: type`, `@output name` or `@description text`',
      );
  }
  const spanOf = ({ start, end }: CelSpan): Span => ({ file, start, end });
  const expression = { name, text, spanOf, ...(description === undefined ? {} : { description }) };
  return { expressions: [expression], ...(members.size === 0 ? {} : { variables: objectOf(members) }) };
}

type Members = Map<string, { type: Declared; isOptional: boolean }>;

function readVariable(content: string, at: { file: string; start: number }, members: Members, bag: DiagnosticBag): void {
  const place = { ...at, end: at.start + content.length };
  const found = /^([A-Za-z_][A-Za-z0-9_]*)(\?)?\s*:\s*/.exec(content);
  if (found === null) {
    bag.error(
      'V7301',
      place,
      'a variable has a name and a type',
      'write `@var amount: double`, or `@var note?: string` where it may be absent',
    );
    return;
  }
  const from = at.start + found[0].length;
  addVariable(
    found[1]!,
    found[2] === '?',
    content.slice(found[0].length),
    place,
    (span) => ({ file: at.file, start: from + span.start, end: from + span.end }),
    members,
    bag,
  );
}

function addVariable(
  name: string,
  isOptional: boolean,
  type: string,
  nameSpan: Span,
  spanOf: (span: CelSpan) => Span,
  members: Members,
  bag: DiagnosticBag,
): void {
  if (members.has(name)) {
    bag.error('V7301', nameSpan, `the variable \`${name}\` is declared twice`, 'remove one of them');
    return;
  }
  try {
    members.set(name, { isOptional, type: parseType(type) });
  } catch (error) {
    if (!(error instanceof DeclarationFault)) throw error;
    bag.error('V7301', spanOf(error.span), error.message, error.advice);
  }
}

const ADVICE =
  'write `expressions: { name: expression }`, and `variables: { name: type }` or `model`, a JSON Schema; or give a ValidatingAdmissionPolicy, or a policy of IAM';

function readNamed(source: ImportSource, bag: DiagnosticBag): CelSource | undefined {
  const document = readDocument(source.name, new TextEncoder().encode(source.text), bag);
  if (document === undefined) return undefined;
  const { value } = document;
  const root = isRecord(value) ? value : {};
  const { variables, model, expressions } = root;
  const policy = expressions === undefined ? policyExpressions(document, bag) : undefined;
  if (policy !== undefined) return { expressions: policy, timestamps: [REQUEST_TIME] };
  if (!isRecord(expressions)) {
    bag.error('V7003', document.spanOf(''), 'this is no document of expressions of CEL', ADVICE);
    return undefined;
  }
  for (const key of Object.keys(root)) {
    if (!['variables', 'model', 'expressions', 'description'].includes(key))
      bag.error('V7301', document.keySpan('', key), `\`${key}\` has no meaning here`, ADVICE);
  }
  if (variables !== undefined && model !== undefined)
    bag.error(
      'V7301',
      document.keySpan('', 'variables'),
      '`variables` and `model` both say what the variables are',
      'leave one of them out',
    );
  const declared = isRecord(variables) ? readVariables(document, variables, bag) : undefined;
  return {
    expressions: Object.keys(expressions).flatMap((name) => readExpression(document, name, bag)),
    ...(declared === undefined ? {} : { variables: declared }),
    ...(isRecord(model) ? { model: { schema: model, spanOf: (pointer: string) => document.spanOf(`/model${pointer}`) } } : {}),
  };
}

function readVariables(document: BundleDocument, variables: Record<string, unknown>, bag: DiagnosticBag): Declared {
  const members: Members = new Map();
  for (const key of Object.keys(variables)) {
    const nameSpan = document.keySpan('/variables', key);
    const text = document.scalar(toPointer('variables', key));
    const found = /^([A-Za-z_][A-Za-z0-9_]*)(\?)?$/.exec(key);
    if (found === null || text === undefined) {
      bag.error(
        'V7301',
        nameSpan,
        'a variable has a name and a type',
        'write `amount: double`, or `note?: string` where it may be absent',
      );
      continue;
    }
    addVariable(found[1]!, found[2] === '?', text.text, nameSpan, (span) => text.spanAt(span.start, span.end), members, bag);
  }
  return objectOf(members);
}

function readExpression(document: BundleDocument, name: string, bag: DiagnosticBag): NamedExpression[] {
  if (isOutputName(name)) return expressionAt(document, toPointer('expressions', name), { name }, bag);
  bag.error(
    'V7301',
    document.keySpan('/expressions', name),
    `\`${name}\` is no name of an output`,
    'write names with points between them',
  );
  return [];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
