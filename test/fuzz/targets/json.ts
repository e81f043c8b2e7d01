// JSON payloads: the engine's transcoder and the encoder agree, what they write the engine's reader accepts, and it holds what JSON.parse holds.

import { JsonFault } from '#assembly/shared/json.js';
import { ENTRY_BYTES, SLOT_HEADER_BYTES } from '#assembly/shared/layout.js';
import type { Status } from '#assembly/shared/status.js';
import { FieldKind } from '#assembly/shared/value-type.js';
import { Problem } from '#src/errors.js';
import { formatDecimal } from '#src/schema/decimal.js';
import { PayloadEncoder } from '#src/schema/encode.js';
import type { Field } from '#src/schema/model.js';
import { type PayloadObject, type PayloadValue, readPayload } from '#src/schema/reader.js';
import { parseDate, parseTimestamp } from '#src/schema/time.js';
import { model, payloads } from '../../compiler/standard-world.js';
import { imageWithoutRules, JsonBox, jsonBoxSizes } from '../../lib/json-box.js';
import { wirePayload } from '../../lib/model-wire.js';
import { FuzzBox } from '../lib/engine.js';
import { mutateText } from '../lib/mutate-text.js';
import { mutateJson } from '../lib/mutate-value.js';
import { plantedIn } from '../lib/planted.js';
import type { Random } from '../lib/random.js';
import { must, type Target } from '../lib/target.js';

const encoder = new PayloadEncoder(model);
const AREA_BYTES = 1 << 16;
const image = imageWithoutRules(model);
const fuzzBox = new FuzzBox(jsonBoxSizes(AREA_BYTES));
fuzzBox.allow([{ start: fuzzBox.image, end: fuzzBox.image + image.length }]);

/** The transcoder, watched: it may touch its text and the 16 bytes behind it, and what it writes. */
class WatchedJsonBox extends JsonBox {
  protected override run(bytes: number): Status {
    const { slot, input, output, outputBytes } = fuzzBox;
    fuzzBox.allow([
      { start: fuzzBox.image, end: fuzzBox.image + image.length },
      { start: slot, end: slot + SLOT_HEADER_BYTES + ENTRY_BYTES, writable: true },
      { start: input, end: input + bytes, writable: true },
      // Ends of texts are read 8 bytes at once (assembly/flatbuffers/text.ts): of the first text up to 7 from the slot before it.
      { start: input - 7, end: input + bytes },
      { start: this.area, end: this.area + AREA_BYTES, writable: true },
      { start: output, end: output + outputBytes, writable: true },
    ]);
    return fuzzBox.watch(() => super.run(bytes));
  }
}

const transcoder = new WatchedJsonBox(model, AREA_BYTES, image, fuzzBox);

export function fuzz(data: Uint8Array): void {
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(data);
  const isUtf8 = Buffer.compare(Buffer.from(text), data) === 0;
  const { fault, value: transcoded } = transcoder.transcode(data);
  must(transcoded === undefined || isUtf8, 'the transcoder takes what is not UTF-8');
  let parsed: { value: unknown } | undefined;
  try {
    parsed = { value: meaningOf(text) };
  } catch {
    // Not JSON.
  }
  let bytes: Uint8Array | undefined;
  try {
    bytes = encoder.encodeText(text).slice();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    must((error.code === 'INVALID_JSON') === (parsed === undefined), `${error.code} where JSON.parse says otherwise`);
    must(error.code === 'INVALID_JSON' || (error.errors?.length ?? 0) > 0, 'a refusal without a reason');
  }
  if (bytes === undefined) {
    must(transcoded === undefined, 'the transcoder takes what the encoder refuses');
    return;
  }
  must(parsed !== undefined, 'accepts what is not JSON');
  const read = readPayload(model, bytes);
  must(read.ok, `the reader refuses what the encoder writes: ${read.ok ? '' : read.message}`);
  if (fault !== JsonFault.ROOM && fault !== JsonFault.DEPTH && isUtf8) {
    must(show(transcoded) === show(read.value), `the transcoder (${JsonFault[fault]}) and the encoder differ`);
  }
  compareTables(0, parsed.value as Record<string, unknown>, read.value);
  const wire = wirePayload(model, parsed.value);
  if (wire !== undefined) {
    const other = readPayload(model, wire);
    must(other.ok, 'the reader refuses the same payload by another writer');
    must(show(other.value) === show(read.value), 'two writers, two payloads');
  }
  plantedIn(() => textsIn(read.value).join(' '));
}

/**
 * What JSON.parse has to give. V8 13.6 takes keys with escapes for others (https://github.com/nodejs/node/issues/63785): it is given
 * names of digits instead, which are put back.
 */
function meaningOf(text: string): unknown {
  const value: unknown = JSON.parse(text);
  if (!text.includes('\\')) return value;
  const named = text.replace(/("(?:[^"\\]|\\.)*")([ \t\r\n]*:)?/gs, (token, key: string, colon: string | undefined) =>
    colon === undefined ? token : `"${Buffer.from(JSON.parse(key) as string, 'utf16le').toString('hex')}"${colon}`,
  );
  const restore = (given: unknown): unknown => {
    if (Array.isArray(given)) return given.map(restore);
    if (typeof given !== 'object' || given === null) return given;
    return Object.fromEntries(
      Object.entries(given).map(([name, entry]) => [Buffer.from(name, 'hex').toString('utf16le'), restore(entry)]),
    );
  };
  return restore(JSON.parse(named));
}

/** All texts of a value. */
function textsIn(value: PayloadValue): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

function compareTables(index: number, given: Record<string, unknown>, read: PayloadObject): void {
  for (const field of model.tables[index]!.fields) {
    const own = Object.hasOwn(given, field.name) ? (given[field.name] ?? null) : null;
    compareValue(field, own, read[field.name] ?? null);
  }
}

function compareValue(field: Field, given: unknown, read: PayloadValue): void {
  if (given === null) {
    must(read === null || field.default !== undefined, `${field.path} was null`);
    return;
  }
  must(read !== null, `${field.path} was there`);
  if (field.kind === FieldKind.OBJECT) compareTables(field.child!, given as Record<string, unknown>, read as PayloadObject);
  else if (field.kind === FieldKind.LIST) {
    const [from, to] = [given as unknown[], read as PayloadValue[]];
    must(from.length === to.length, `${field.path} has another length`);
    for (const [index, each] of from.entries()) {
      if (field.element !== undefined) compareValue(field.element, each, to[index]!);
      else compareTables(field.child!, each as Record<string, unknown>, to[index] as PayloadObject);
    }
  } else must(sameScalar(field, given, read), `${field.path} was ${show(given)} and is ${show(read)}`);
}

function sameScalar(field: Field, given: unknown, read: PayloadValue): boolean {
  switch (field.kind) {
    case FieldKind.TIMESTAMP:
      return BigInt(parseTimestamp(given as string)!) === read;
    case FieldKind.DATE:
      return Number(parseDate(given as string)) === Number(read);
    case FieldKind.DECIMAL:
      // JSON.parse has lost what stood behind a double; the text of the payload has not.
      if (typeof given === 'number') return Number(formatDecimal(read as bigint, field.scale!)) === given;
      return exactly(given as string, field.scale!) === read;
    case FieldKind.DOUBLE:
      return Object.is(Number(given), read);
    case FieldKind.INT:
    case FieldKind.LONG:
      // An integer has no -0.
      return Number(given) === Number(read);
    default:
      return given === read;
  }
}

/** A number of JSON, or a decimal in a text, times ten to the scale; undefined where it is none. */
function exactly(given: string, scale: number): bigint | undefined {
  const match = /^(-?)(\d+)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/.exec(String(given));
  if (match === null) return undefined;
  const digits = `${match[2]}${match[3] ?? ''}`;
  const places = (match[3] ?? '').length - Number(match[4] ?? 0);
  const value = scale >= places ? BigInt(digits) * 10n ** BigInt(scale - places) : BigInt(digits) / 10n ** BigInt(places - scale);
  return match[1] === '-' ? -value : value;
}

function show(value: unknown): string {
  return JSON.stringify(value, (_key, own) => (typeof own === 'bigint' ? `${own}n` : Object.is(own, -0) ? '-0' : own));
}

const TOKENS = [
  ...'{ } [ ] , : " null true false 0 -0 1 -1 0.01 12.34 1e2 1E-2 -1.5e+3 1e400 9007199254740993 "9223372036854775807" 0.1 00 1. .5'.split(
    ' ',
  ),
  ...[
    '\\"',
    '\\\\',
    '\\u0061',
    '\\ud83d\\ude00',
    '\\ud83d',
    '\\u007f',
    '\\u0080',
    '\\u07ff',
    '\\u0800',
    '\\uffff',
    '\\ud800\\udc00',
    '"12.345"',
    '0.001',
    '\\n',
    'é',
    '😀',
    '\u2028',
    '\0',
    ' ',
    '\t',
    '\ufeff',
    '__proto__',
    'constructor',
  ],
  ...[
    '"2026-01-01"',
    '"2026-02-30"',
    '"2026-01-31T08:30:00Z"',
    '"2026-01-31T08:30:00.123456+01:00"',
    '"2026-06-30T23:59:60Z"',
    '"0000-01-01"',
  ],
  ...Object.keys(payloads[1]!).map((name) => `"${name}":`),
  ...[
    '"price":',
    '"quantity":',
    '"kind":',
    '"tags":',
    '"limit":',
    '"holder":',
    '"US"',
    '"XX"',
    '{"limit":1}',
    '[]',
    '{}',
    '["x"]',
    '[null]',
  ],
];

const BYTES_MAX = 2048;
const NAMES = ['price', 'quantity', 'kind', 'tags', 'limit', 'holder', 'issuer', 'stray', ...Object.keys(payloads[1]!)];

function change(data: Uint8Array, random: Random): Uint8Array | undefined {
  if (random.chance(30)) return mutateText(data, random, TOKENS);
  const text = mutateJson(new TextDecoder().decode(data), random, NAMES);
  const changed = text === undefined ? undefined : new TextEncoder().encode(text);
  return changed !== undefined && changed.length <= BYTES_MAX ? changed : undefined;
}

export const target: Target = {
  name: 'json',
  fuzz,
  isText: true,
  seeds: () => payloads.map((payload) => JSON.stringify(payload)),
  dictionary: TOKENS,
  mutate: change,
  bytesMax: BYTES_MAX,
};
