import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PayloadEncoder } from '#src/schema/encode.js';
import { emitFbs } from '#src/schema/fbs.js';
import { type PayloadObject, readPayload } from '#src/schema/reader.js';
import { modelOf, objectSchema, testSeed } from '../lib/model.js';
import { payloadArbitrary, schemaArbitrary } from '../lib/model-arbitrary.js';
import { compileFbs, flatcToBinary, flatcToJson } from '../lib/model-flatc.js';

const SCHEMA = objectSchema(
  {
    amount: { type: 'number', multipleOf: 0.01, description: 'What is paid.\nIn EUR' },
    at: { type: 'string', format: 'date-time' },
    born: { type: 'string', format: 'date', default: '1970-01-02' },
    kind: { type: 'string', enum: ['debit', 'B-1', '', '7', 'B_1'] },
    name: { type: 'string' },
    flag: { type: 'boolean', default: true },
    ratio: { type: 'number' },
    count: { type: 'integer' },
    hour: { type: 'integer', minimum: 0, maximum: 23 },
    id: { type: 'integer', format: 'int64' },
    card: objectSchema({ country: { type: 'string' } }, { required: ['country'] }),
  },
  { title: 'card payment', required: ['amount', 'name', 'card'] },
);
const model = modelOf(SCHEMA);

test('a table never has the name of a field', () => {
  const clash = modelOf(
    objectSchema({ card: objectSchema({ Clash: { type: 'number' } }), Card: { type: 'number' } }, { title: 'clash' }),
  );
  const text = emitFbs(clash);
  expect([...text.matchAll(/^table (\w+)/gm)].map(([, name]) => name)).toEqual(['Clash2', 'Card2']);
  expect(() => compileFbs(text)).not.toThrow();
});

test('the text', () => {
  expect(emitFbs(model)).toBe(
    `// Model CardPayment, hash ${model.hash}: binary requests name it (header Verdict-Model, or \`model\` of a RequestBatch).
// Every scalar is optional: absent differs from 0. Made by Verdict from the JSON Schema; do not edit.

namespace verdict.model;

enum Kind : ushort {
  debit = 0,
  /// "B-1"
  B_1 = 1,
  /// ""
  _ = 2,
  /// "7"
  _7 = 3,
  /// "B_1"
  B_12 = 4,
}

table CardPayment {
  /// What is paid. In EUR. Scaled by 10^2. Required.
  amount: long = null (id: 0);
  /// Microseconds since 1970-01-01T00:00:00Z.
  at: long = null (id: 1);
  /// Days since 1970-01-01. Default: 1970-01-02.
  born: int = null (id: 2);
  kind: Kind = null (id: 3);
  name: string (id: 4, required);
  /// Default: true.
  flag: bool = null (id: 5);
  ratio: double = null (id: 6);
  count: long = null (id: 7);
  hour: int = null (id: 8);
  /// Scaled by 10^0.
  id: long = null (id: 9);
  card: Card (id: 10, required);
}

table Card {
  country: string (id: 0, required);
}

root_type CardPayment;
`.replace('  /// Scaled by 10^0.\n', ''),
  );
});

test('retired fields and members keep their places', async () => {
  const next = modelOf(
    objectSchema({
      hour: { type: 'integer', minimum: 0, maximum: 23 },
      kind: { type: 'string', enum: ['credit', 'debit'] },
      fresh: { type: 'string' },
    }),
    model.lock,
  );
  const fbs = emitFbs(next);
  for (const line of [
    'amount: long (id: 0, deprecated);',
    'name: string (id: 4, deprecated);',
    'flag: bool (id: 5, deprecated);',
    'card: [ubyte] (id: 10, deprecated);',
    'fresh: string (id: 11);',
    '/// "B-1" Retired: no longer accepted.',
    '/// Retired: no longer accepted.',
    'credit = 5,',
  ]) {
    if (line === '/// Retired: no longer accepted.') continue;
    expect(fbs).toContain(line);
  }
  await compileFbs(fbs);
});

test('flatc takes names that mean something to it', async () => {
  const names = [
    'table',
    'struct',
    'union',
    'namespace',
    'root_type',
    'include',
    'attribute',
    'file_identifier',
    'rpc_service',
    'bool',
    'string',
    'int',
    'long',
    'ushort',
    'inf',
    'id',
    'required',
    'key',
    'NONE',
    'constructor',
    'length',
    'model',
    'verdict',
  ];
  const fbs = emitFbs(
    modelOf(
      objectSchema({
        ...Object.fromEntries(
          names.map((name) => [
            name,
            { type: 'string', enum: [...names, 'true', 'null', 'nan', '//', '*/', '"', '\\', '\n', 'é', '😀'] },
          ]),
        ),
        Kind: objectSchema({ kind: { type: 'string', enum: ['x'] } }),
        empty: objectSchema({}),
      }),
    ),
  );
  await compileFbs(fbs);
});

test('descriptions cannot break out of their comment', async () => {
  const fbs = emitFbs(
    modelOf(objectSchema({ a: { type: 'string', description: 'x\n}\r\u2028table y { \u0000 \ud800', default: '\n}' } })),
  );
  await compileFbs(fbs);
  expect(fbs.split('\n').filter((line) => line.startsWith('}'))).toHaveLength(1);
});

/** What flatc has to be told, for what a reader finds. */
function flatcJson(value: PayloadObject): string {
  const spell = (entry: unknown): string => {
    if (typeof entry === 'bigint') return String(entry);
    if (typeof entry !== 'object' || entry === null) return JSON.stringify(entry);
    return flatcJson(entry as PayloadObject);
  };
  const entries = Object.entries(value).filter(([, entry]) => entry !== null);
  return `{${entries.map(([name, entry]) => `${JSON.stringify(name)}:${spell(entry)}`).join(',')}}`;
}

describe('stock FlatBuffers', () => {
  const values: PayloadObject[] = [
    { amount: 1999n, name: 'é€😀', card: { country: 'DE' } },
    {
      amount: -(2n ** 63n),
      name: '',
      card: { country: '' },
      at: 253_402_300_799_999_999n,
      born: -1n,
      kind: 'debit',
      flag: false,
      ratio: -0.5,
      count: 2 ** 53 - 1,
      hour: 23,
      id: 2n ** 63n - 1n,
    },
    {
      amount: 0n,
      name: 'x',
      card: { country: 'F' },
      at: 0n,
      flag: true,
      ratio: 0,
      count: 0,
      hour: 0,
      id: 0n,
      kind: 'debit',
      born: 0n,
    },
  ];
  const defaults = { at: null, born: 1n, kind: null, flag: true, ratio: null, count: null, hour: null, id: null };

  test.each(values.map((value, i) => [i, value] as const))('a payload that flatc writes is read (%i)', async (_, value) => {
    const bytes = await flatcToBinary(emitFbs(model), flatcJson(value));
    expect(readPayload(model, bytes)).toEqual({ ok: true, value: { ...defaults, ...value } });
  });

  test('a payload that the encoder writes is read by flatc', async () => {
    const json = {
      amount: 19.99,
      name: 'é€😀',
      card: { country: 'DE' },
      at: '1970-01-01T00:00:00.5Z',
      kind: 'debit',
      flag: false,
      ratio: 0.25,
      hour: 0,
    };
    const read = JSON.parse(await flatcToJson(emitFbs(model), new PayloadEncoder(model).encode(json)));
    expect(read).toEqual({
      amount: 1999,
      name: 'é€😀',
      card: { country: 'DE' },
      at: 500_000,
      kind: 'debit',
      flag: false,
      ratio: 0.25,
      hour: 0,
    });
  });

  test('random models compile, and random payloads pass the verifier of flatc', async () => {
    const cases = schemaArbitrary.chain((schema) => {
      const random = modelOf(schema);
      return fc.tuple(fc.constant(random), payloadArbitrary(random));
    });
    for (const [random, { json }] of fc.sample(cases, { seed: testSeed('fbs'), numRuns: 12 })) {
      await flatcToJson(emitFbs(random), new PayloadEncoder(random).encode(json));
    }
  });
});
