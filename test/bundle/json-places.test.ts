// Places in JSON, beside those that the reader of YAML gives for the same text.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type BundleDocument, readDocument, toPointer } from '#src/bundle/document.js';
import { JsonPlaces } from '#src/bundle/json-places.js';
import { DiagnosticBag } from '#src/diagnostic/diagnostic.js';
import { testSeed } from '../lib/model.js';

function read(text: string, file: string): BundleDocument | undefined {
  return readDocument(file, new TextEncoder().encode(text), new DiagnosticBag());
}

/** Pointers to all values of a value, and to some that are not there. */
function pointersOf(value: unknown, keys: (string | number)[] = []): string[] {
  const own = toPointer(...keys);
  const inner = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  return [own, `${own}/none`, `${own}/7`, ...inner.flatMap(([key, child]) => pointersOf(child, [...keys, key]))];
}

const withoutFile = (place: object): object => ({ ...place, file: '' });

/** What both give for a text must be the same; without a key with an escape, which JSON alone would leave to the other reader. */
function check(text: string): void {
  const [json, yaml] = [read(text, 'rules/a.json'), read(text, 'rules/a.yaml')];
  if (yaml === undefined) throw new Error(`no YAML: ${text}`);
  expect(json?.value).toEqual(yaml.value);
  for (const pointer of pointersOf(yaml.value)) {
    expect(withoutFile(json!.spanOf(pointer)), pointer).toEqual(withoutFile(yaml.spanOf(pointer)));
    for (const key of ['a', 'none', '0']) {
      expect(withoutFile(json!.keySpan(pointer, key)), pointer).toEqual(withoutFile(yaml.keySpan(pointer, key)));
      expect(json!.keyFix(pointer, key, ['b', 'noe'])?.text).toEqual(yaml.keyFix(pointer, key, ['b', 'noe'])?.text);
    }
    const [one, other] = [json!.scalar(pointer), yaml.scalar(pointer)];
    expect(one?.text, pointer).toBe(other?.text);
    expect(one && withoutFile(one.spanAt(1, 3)), pointer).toEqual(other && withoutFile(other.spanAt(1, 3)));
    expect(json!.textFix(pointer, ['abcdef', 'some'])?.text).toBe(yaml.textFix(pointer, ['abcdef', 'some'])?.text);
  }
}

const KEY = fc.oneof(
  fc.constantFrom('a', 'id', 'when', 'non', '0', 'x y', '~', '/', 'é', '{', ','),
  fc.stringMatching(/^[\w:#,.[\] -]{1,8}$/),
);
const SCALAR = fc.oneof(
  fc.constantFrom(null, true, false, 0, -1.5, 1e21, 'abcdeg', 'a"b', 'a\\b', 'a\nb', '\u2028', '😀', ''),
  fc.integer(),
  fc.stringMatching(/^[\w:#,.[\]{}"'\\ é-]{0,12}$/),
);
const { value: VALUE } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    SCALAR,
    fc.array(tie('value'), { maxLength: 5 }),
    fc.dictionary(KEY, tie('value'), { maxKeys: 20 }),
  ),
}));

describe('places in JSON are those in YAML', () => {
  it.each(['{}', '[]', ' [ 1 , 2 ]\n', '{"a":{"b":[{"c":null}]}}', '"text"', '17', '{"a": "x\\u0041y", "b": [true,false,null]}'])(
    '%s',
    check,
  );

  it('of any value, however it is laid out', () => {
    fc.assert(
      fc.property(VALUE, fc.constantFrom(0, 1, 3), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        fc.pre(JsonPlaces.of(text) !== undefined);
        check(text);
      }),
      { seed: testSeed('places in JSON'), numRuns: 100 },
    );
  });
});

it.each([
  ['a key twice', '{"a":1,"b":2,"a":3}'],
  ['a key twice among many', `{${Array.from({ length: 40 }, (_, index) => `"k${index}":0`).join()},"k7":1}`],
  ['a key with an escape', '{"\\u0061":1}'],
  ['very deep', `${'['.repeat(65)}${']'.repeat(65)}`],
])('leaves to the reader of YAML: %s', (_, text) => {
  JSON.parse(text);
  expect(JsonPlaces.of(text)).toBeUndefined();
});

it('finds each of very many members and items at once', () => {
  const count = 50_000;
  const text = `{"list":[${Array.from({ length: count }, (_, index) => index)}],${Array.from({ length: count }, (_, index) => `"k${index}":${index}`)}}`;
  const document = read(text, 'rules/a.json')!;
  for (let index = 0; index < count; index += 7) {
    expect(document.scalar(`/list/${index}`)?.text).toBe(String(index));
    expect(document.scalar(`/k${index}`)?.text).toBe(String(index));
  }
});
