// The JSON Schema suite, draft 2020-12, against models.
//
// A group qualifies as written where its schema is a model (an object schema), or is the schema of the one required property
// `value` of a model; $schema and $defs move to the top with it. Most schemas of the suite have no type, and a field of a model
// has one: a group whose keywords all act on one type qualifies with that type added (of a list also `items` of numbers and
// `maxItems`, where they are missing). Then the suite's answer holds for the values of that type, and all others are refused.
//
// Each test of a group that qualifies is asked three ways: as an object and as JSON text through the library, and as FlatBuffers
// that the flatbuffers package wrote, where its types can say it. Every other group is refused as a model, by diagnostics that name
// a keyword of the schema, or what it lacks. DIFFERENT lists what a model means otherwise on purpose.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Diagnostic } from '#src/diagnostic/diagnostic.js';
import { createEngine, type Engine } from '#src/engine.js';
import { Problem } from '#src/errors.js';
import { joinImageFile } from '#src/image/file.js';
import type { Manifest } from '#src/image/manifest.js';
import { writeImage } from '#src/image/write-image.js';
import type { RuleSet } from '#src/ruleset.js';
import { PayloadEncoder } from '#src/schema/encode.js';
import type { Model } from '#src/schema/model.js';
import { Assembler } from '../lib/image-assembler.js';
import { readSchema } from '../lib/model.js';
import { wirePayload } from '../lib/model-wire.js';

const SUITE = path.resolve(import.meta.dirname, '../../../shared/data/json-schema/tests/draft2020-12');
const hasSuite = existsSync(SUITE);
if (!hasSuite) console.log(`skipped: ${SUITE} is absent, so the JSON Schema suite in it is not run`);

/** Files of the optional part that are about what a model may use. */
const OPTIONAL = ['optional/bignum', 'optional/float-overflow', 'optional/format/date', 'optional/format/date-time'];

type Schema = Record<string, unknown>;

interface Group {
  id: string;
  schema: unknown;
  tests: { description: string; data: unknown; valid: boolean }[];
}

/** Groups and tests, by id, that a model means otherwise on purpose: the reason. */
const CHECKED = 'a format that a model may use is checked';
const SAFE = 'an integer is held to what a double holds exactly, up to 2^53 - 1';
const NO_LEAP = 'a timestamp is microseconds since 1970, among which a leap second has no number';
const DIFFERENT: Readonly<Record<string, string>> = {
  'format | date format | invalid date string is only an annotation by default': CHECKED,
  'format | date-time format | invalid date-time string is only an annotation by default': CHECKED,
  'optional/bignum | integer | a bignum is an integer': SAFE,
  'optional/bignum | integer | a negative bignum is an integer': SAFE,
  'optional/format/date-time | validation of date-time strings | a valid date-time with a leap second, UTC': NO_LEAP,
  'optional/format/date-time | validation of date-time strings | a valid date-time with a leap second, with minus offset': NO_LEAP,
  'optional/format/date-time | validation of date-time strings | a second fraction of fifteen nines is valid':
    'a timestamp has at most six digits of a second',
};

function groups(): Group[] {
  if (!hasSuite) return [];
  const required = readdirSync(SUITE)
    .filter((name) => name.endsWith('.json'))
    .map((name) => name.slice(0, -5));
  return [...required.sort(), ...OPTIONAL].flatMap((file) => {
    const content = JSON.parse(readFileSync(path.join(SUITE, `${file}.json`), 'utf8')) as (Omit<Group, 'id'> & {
      description: string;
    })[];
    return content.map(({ description, schema, tests }) => ({ id: `${file} | ${description}`, schema, tests }));
  });
}

const isObject = (value: unknown): value is Schema => typeof value === 'object' && value !== null && !Array.isArray(value);

/** The schema as a model, or as the property of one. */
function asModel(schema: unknown): { schema: Schema; wrapped: boolean } {
  if (isObject(schema) && schema.type === 'object') return { schema, wrapped: false };
  if (!isObject(schema)) return { schema: { type: 'object', properties: { value: schema }, required: ['value'] }, wrapped: true };
  const { $schema, $defs, ...value } = schema;
  const top = Object.entries({ $schema, $defs }).filter(([, given]) => given !== undefined);
  return {
    schema: { ...Object.fromEntries(top), type: 'object', properties: { value }, required: ['value'] },
    wrapped: true,
  };
}

const TYPE_OF: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries({
    object: ['properties', 'required', 'additionalProperties'],
    number: ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'],
    string: ['minLength', 'maxLength', 'format'],
    array: ['items', 'minItems', 'maxItems', 'uniqueItems'],
  }).flatMap(([type, keywords]) => keywords.map((keyword) => [keyword, type])),
);

/** The schema with the types that its keywords act on, and what of it was added; undefined where they are none or several. */
function withTypes(schema: unknown): { schema: Schema; added: Schema } | undefined {
  if (!isObject(schema)) return undefined;
  const typed: Schema = { ...schema };
  const added: Schema = {};
  if (schema.type === undefined && schema.$ref === undefined && schema.enum === undefined && schema.const === undefined) {
    const types = new Set(Object.keys(schema).flatMap((keyword) => TYPE_OF[keyword] ?? []));
    if (types.size !== 1) return undefined;
    [typed.type] = types;
    added.type = typed.type;
  }
  if (typed.type === 'array') {
    if (typed.maxItems === undefined) typed.maxItems = added.maxItems = 100;
    if (typed.items === undefined) typed.items = added.items = { type: 'number' };
  }
  for (const keyword of ['properties', '$defs']) {
    if (!isObject(schema[keyword])) continue;
    const entries = Object.entries(schema[keyword]).map(([name, entry]) => [name, withTypes(entry)] as const);
    if (entries.some(([, entry]) => entry === undefined)) return undefined;
    typed[keyword] = Object.fromEntries(entries.map(([name, entry]) => [name, entry!.schema]));
    if (keyword === 'properties') added[keyword] = Object.fromEntries(entries.map(([name, entry]) => [name, entry!.added]));
  }
  if (isObject(typed.items)) {
    const items = withTypes(typed.items);
    if (items === undefined) return undefined;
    typed.items = items.schema;
    added.items = { ...items.added, ...(isObject(added.items) ? added.items : {}) };
  }
  return { schema: typed, added };
}

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(async () => {
  await engine.close();
});

/** A rule set without rules: it says of each payload whether it fits the model. */
async function load(model: Model): Promise<RuleSet> {
  const manifest: Manifest = {
    format: 2,
    name: 'suite',
    version: '1.0.0',
    profile: 'strict',
    combine: 'score',
    onError: 'review',
    model,
    rules: [],
    ranks: [],
    features: [],
    tables: [],
    scorecards: [],
    lists: [],
    parameters: [],
    costMax: 0,
    costs: [],
    modelSchema: {},
  };
  const image = writeImage(new Assembler(model).decision([], { name: 'suite', version: '1.0.0' }));
  return engine.load(joinImageFile(image, manifest));
}

const counts = { tests: 0, wire: 0, refusedByType: 0, different: 0 };

/** What the ways into the engine say of a value, a letter each: o object, t text, e text by the encoder, f FlatBuffers. */
function ask(rules: RuleSet, data: unknown): { accept: string; refuse: string } {
  let accept = '';
  let refuse = '';
  const note = (way: string, payload: object | string): void => {
    try {
      expect(rules.decide(payload).status).toMatch(/^(OK|INVALID_PAYLOAD)$/);
      if (rules.decide(payload).status === 'OK') accept += way;
      else refuse += way;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      expect(error.code).toBe('INVALID_PAYLOAD');
      refuse += way;
    }
  };
  const text = JSON.stringify(data);
  note('o', data as object);
  note('t', text);
  note('e', encoded(rules.model, text));
  const wire = wirePayload(rules.model, data);
  if (wire !== undefined) {
    counts.wire++;
    note('f', wire);
  }
  return { accept, refuse };
}

/** The payload of a text by the encoder; where it refuses it, one that the engine does. */
function encoded(model: Model, text: string): Uint8Array {
  try {
    return new PayloadEncoder(model).encodeText(text).slice();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return new Uint8Array(0);
  }
}

async function check(group: Group, model: Model, wrapped: boolean, added: Schema | undefined): Promise<number> {
  const rules = await load(model);
  const fits = added === undefined ? () => true : new Ajv2020({ strict: false }).compile(added);
  let checked = 0;
  for (const { description, data, valid } of group.tests) {
    const { accept, refuse } = ask(rules, wrapped ? { value: data } : data);
    const answer = accept === '' ? false : refuse === '' ? true : `${accept} accept, ${refuse} refuse`;
    const expected = valid && (fits(data) as boolean);
    const id = `${group.id} | ${description}`;
    const reason = DIFFERENT[id];
    if (reason !== undefined) counts.different++;
    else if (valid && !expected) counts.refusedByType++;
    else checked++;
    // An entry of the list fails too, once the answer is the suite's after all.
    expect.soft(answer, reason === undefined ? id : `${id} (listed: ${reason})`).toBe(reason === undefined ? expected : !expected);
  }
  rules.release();
  counts.tests += checked;
  return checked;
}

/** What a diagnostic names: a keyword that stands at its place, or what the schema there lacks. Undefined: nothing. */
function nameOf(schema: Schema, { code, message, span }: Diagnostic): string | undefined {
  const tokens = span.file
    .split('/')
    .slice(1)
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
  let place: unknown = schema;
  const keywords: string[] = [];
  let isName = false;
  for (const token of tokens) {
    // Below these a token is a name; below any other keyword an index, or a keyword.
    const belowNames: boolean = isName;
    isName = !belowNames && /^(properties|\$defs)$/.test(token);
    if (!belowNames && !/^\d+$/.test(token)) keywords.push(token);
    place = (place as Schema | undefined)?.[token];
  }
  switch (code) {
    case 'V2003':
      return message.includes(JSON.stringify(tokens.at(-1))) || message.includes(tokens.at(-1)!) ? 'name of a property' : undefined;
    case 'V2004':
      if (message === 'the schema has no type') return isObject(place) && place.type === undefined ? 'no type' : undefined;
      return keywords.at(-1) === 'type' ? `type ${JSON.stringify(place)}` : undefined;
    case 'V2008':
      return keywords.at(-1) === '$ref' ? '$ref' : undefined;
    case 'V2014':
      return isObject(place) && place.maxItems === undefined ? 'no maxItems' : undefined;
    case 'V2015':
      if (keywords.at(-1) === 'type') return place === 'array' ? 'list of lists' : 'list of what may be null';
      return isObject(place) && place.items === undefined ? 'no items' : undefined;
    default:
  }
  if (typeof place === 'boolean' && /is not an object/.test(message)) return 'boolean schema';
  if (isObject(place) && place.properties === undefined && /needs properties/.test(message)) return 'no properties';
  const keyword = keywords.at(-1);
  return keyword !== undefined && place !== undefined && message.includes(keyword) ? keyword : undefined;
}

const found = { asWritten: [] as string[], withType: [] as string[], refused: new Map<string, number>(), refusedGroups: 0 };

describe.skipIf(!hasSuite)('draft 2020-12', () => {
  const all = groups();
  test.each(all.map((group) => [group.id, group] as const))('%s', async (id, group) => {
    const { schema, wrapped } = asModel(group.schema);
    const { model, diagnostics } = readSchema(schema);
    if (model !== undefined) {
      found.asWritten.push(`${id}: ${await check(group, model, wrapped, undefined)}`);
      return;
    }
    found.refusedGroups++;
    expect(diagnostics.length).toBeGreaterThan(0);
    const names = diagnostics.map(
      (diagnostic) => nameOf(schema, diagnostic) ?? `? ${diagnostic.code} ${diagnostic.span.file} ${diagnostic.message}`,
    );
    expect(names.filter((name) => name.startsWith('?'))).toEqual([]);
    for (const name of new Set(names)) found.refused.set(name, (found.refused.get(name) ?? 0) + 1);

    const typed = withTypes(group.schema);
    if (typed === undefined) return;
    const again = asModel(typed.schema);
    const read = readSchema(again.schema);
    if (read.model === undefined) return;
    found.withType.push(`${id}: ${await check(group, read.model, again.wrapped, typed.added)}`);
  });

  test('what qualified, and what was refused', () => {
    const refused = [...found.refused].sort((a, b) => b[1] - a[1]).map(([name, count]) => `${name} ${count}`);
    console.log(
      [
        `JSON Schema draft 2020-12: ${all.length} groups, ${OPTIONAL.join(', ')} among them`,
        `as written (${found.asWritten.length}):`,
        ...found.asWritten.map((line) => `  ${line}`),
        `with its type added (${found.withType.length}):`,
        ...found.withType.map((line) => `  ${line}`),
        `refused as written (${found.refusedGroups}), groups by what is named: ${refused.join(', ')}`,
        `${counts.tests} tests agree, ${counts.wire} values also as FlatBuffers`,
        `${counts.refusedByType} are of another type and refused, ${counts.different} differ on purpose`,
      ].join('\n'),
    );
    expect([found.asWritten.length, found.withType.length]).toEqual([19, 32]);
    expect(counts.different).toBe(Object.keys(DIFFERENT).length);
  });
});
