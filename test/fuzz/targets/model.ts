// Schemas and locks: `=== model.yaml` and `=== model.lock.json`. A model that is accepted has descriptions that can be written and
// a payload format that stays: read again with its own lock, it is the same; its fields can be compiled into an image.

import { FieldKind } from '#assembly/shared/value-type.js';
import { readDocument } from '#src/bundle/document.js';
import { compileExpressions } from '#src/compiler/expressions.js';
import { DiagnosticBag } from '#src/diagnostic/diagnostic.js';
import { Problem } from '#src/errors.js';
import { PayloadEncoder } from '#src/schema/encode.js';
import { emitFbs } from '#src/schema/fbs.js';
import { emitJsonSchema } from '#src/schema/json-schema.js';
import { checkLock, listLockKind, lockKind, readLock } from '#src/schema/lock.js';
import type { Model } from '#src/schema/model.js';
import { modelFromJson, modelToJson } from '#src/schema/model-json.js';
import { readModel } from '#src/schema/read-model.js';
import { emitTypeScript } from '#src/schema/typescript.js';
import { BUNDLES } from '../lib/bundles.js';
import { FuzzBox } from '../lib/engine.js';
import { joinFiles, splitFiles } from '../lib/files-text.js';
import { mutateText } from '../lib/mutate-text.js';
import { plantedIn } from '../lib/planted.js';
import { must, type Target } from '../lib/target.js';

const box = new FuzzBox({ imageBytesMax: 1 << 20 });

export function fuzz(data: Uint8Array): void {
  const files = splitFiles(data);
  const bag = new DiagnosticBag();
  const document = readDocument('model.yaml', files.get('model.yaml') ?? new Uint8Array(0), bag, { exactIntegers: true });
  if (document === undefined) {
    must(bag.hasErrors, 'no document and no reason');
    return;
  }
  const given = files.get('model.lock.json');
  const lockDocument = given && readDocument('model.lock.json', given, bag);
  const lock = lockDocument && readLock(lockDocument.value, lockDocument.spanOf(''), bag);
  const model = readModel(document.value, lock, (pointer) => document.spanOf(pointer), bag);
  must(model !== undefined || bag.hasErrors, 'no model and no reason');
  for (const { span } of bag.items) must(span.start >= 0 && span.end >= span.start, `span ${span.start}-${span.end}`);
  if (model === undefined) return;
  checkNumbers(model);
  if (lock !== undefined) must(checkLock(lock, model.lock).length === 0, `takes back: ${checkLock(lock, model.lock)[0]}`);
  must(
    readLock(JSON.parse(JSON.stringify(model.lock)), { file: '', start: 0, end: 0 }, new DiagnosticBag()) !== undefined,
    'writes a lock that it does not read',
  );
  const again = readModel(document.value, model.lock, (pointer) => document.spanOf(pointer), new DiagnosticBag());
  must(again?.hash === model.hash, 'read again with its own lock, another model');
  must(emitFbs(again) === emitFbs(model), 'another .fbs');
  must(modelFromJson(JSON.parse(JSON.stringify(modelToJson(model)))) !== undefined, 'no model from its JSON');
  emitTypeScript(model);
  JSON.stringify(emitJsonSchema(model));
  try {
    new PayloadEncoder(model).encode({});
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
  }
  const names = model.tables[0]!.fields.slice(0, 8).map(({ name, nullable }) => (nullable ? `${name} === null` : 'true'));
  const { image, diagnostics } = compileExpressions(model, ['now > "2026-01-01T00:00:00Z"', ...names], { profile: 'standard' });
  must(image !== undefined || diagnostics.every(({ code }) => code.startsWith('V5')), diagnostics[0]?.message ?? '');
  if (image === undefined || image.length > 1 << 20) return;
  box.bytes.set(image, box.image);
  box.allow([{ start: box.image, end: box.image + image.length }]);
  must(box.watch(() => box.load(image)) === 0, 'the verifier refuses an image over the model');
  plantedIn(() => model.fields.map(({ path }) => path).join('\n') + show(document.value));
}

/** Fields and members have the ids that their lock gives them, each another, and fields the kind that it says. */
function checkNumbers({ tables, lock }: Model): void {
  for (const { path, fields, element } of tables) {
    must(new Set(fields.map(({ slot }) => slot)).size === fields.length, `two fields of "${path}" have one id`);
    for (const field of element === true ? [] : fields) {
      const given = lock.tables[path]![field.name]!;
      const listed =
        field.element === undefined
          ? listLockKind(FieldKind.OBJECT, undefined)
          : listLockKind(field.element.kind, field.element.scale);
      const kind = field.kind === FieldKind.LIST ? listed : lockKind(field.kind, field.scale);
      must(
        given.id === field.slot && given.kind === kind,
        `${field.path} is ${kind} ${field.slot}, and ${given.kind} ${given.id} in the lock`,
      );
    }
    for (const { path: where, members = [] } of fields) {
      for (const key of ['name', 'number'] as const) {
        must(new Set(members.map((member) => member[key])).size === members.length, `two members of ${where} have one ${key}`);
      }
    }
  }
}

function show(value: unknown): string {
  return JSON.stringify(value, (_key, own: unknown) => (typeof own === 'bigint' ? String(own) : own));
}

const TOKENS = [
  ...'type object string number integer boolean array null properties required items enum const default format title description'.split(
    ' ',
  ),
  ...'$schema $ref $defs $id $comment additionalProperties false true minimum maximum exclusiveMinimum exclusiveMaximum multipleOf'.split(
    ' ',
  ),
  ...'minLength maxLength minItems maxItems uniqueItems pattern oneOf anyOf allOf if examples deprecated date date-time int32 int64'.split(
    ' ',
  ),
  ...[
    '"#/$defs/a"',
    '#',
    '0.01',
    '1e-18',
    '1e-19',
    '-1',
    '0',
    '1',
    '65536',
    '65537',
    '9223372036854775807',
    '9223372036854775808',
    '1.5',
    '[string, "null"]',
  ],
  ...[
    '{ type: number, multipleOf: 0.01 }',
    '{ type: string, enum: [A, B] }',
    '{ type: array, maxItems: 3, items: { type: string } }',
    '\n  ',
  ],
  ...[
    '__proto__',
    'constructor',
    'now',
    'lists',
    'Math',
    'format": 1',
    'tables',
    'enums',
    '"id": 1',
    '"kind": "DOUBLE"',
    '"INT"',
    '"LONG"',
    '"DOUBLE"',
    '"TEXT"',
    '"DECIMAL(2)"',
    '"LIST(TEXT)"',
    '[A, A]',
    'A',
    '=== model.lock.json\n',
  ],
];

const WIDE = `=== model.yaml
type: object
$defs: { a: { type: object, properties: { b: { type: boolean, default: true } } } }
required: [n]
properties:
  n: { type: integer, minimum: -5, exclusiveMaximum: 10 }
  a: { $ref: '#/$defs/a' }
  l:
    type: array
    maxItems: 2
    minItems: 1
    items: { type: object, properties: { t: { type: array, maxItems: 2, items: { type: integer, format: int64 } } } }
  e: { type: [string, 'null'], enum: [A, B, null] }
  d: { type: string, format: date }
=== model.lock.json
{ "format": 1, "tables": { "": { "n": { "id": 3, "kind": "INT" }, "old": { "id": 0, "kind": "TEXT" } } }, "enums": { "e": { "Z": 0, "A": 4 } } }
`;

export const target: Target = {
  name: 'model',
  fuzz,
  isText: true,
  seeds: () => [joinFiles(new Map([['model.yaml', BUNDLES[0]!.get('model.yaml')!]])), WIDE],
  dictionary: TOKENS,
  mutate: (data, random) => mutateText(data, random, TOKENS),
  bytesMax: 4096,
};
