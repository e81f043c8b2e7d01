// What callers are given to read outputs with: flatc reads the engine's bytes by the .fbs, tsc and ajv take the JSON.

import { Ajv2020 } from 'ajv/dist/2020.js';
import { ByteBuffer } from 'flatbuffers';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compile } from '#src/compiler/compile.js';
import { createEngine, type Engine } from '#src/engine.js';
import { readDecision } from '#src/schema/decision.js';
import { Decision } from '#src/schema/generated/verdict/wire/decision.js';
import { emitOutputsFbs, emitOutputsTypeScript, outputsJsonSchema } from '#src/schema/output-documents.js';
import { flatcToJson } from '../lib/model-flatc.js';

const FILES = {
  'bundle.yaml': 'name: prices\nversion: 1.2.0\nmodel: model.yaml\nprofile: standard\nonError: fail\n',
  'model.yaml': `type: object
required: [amount, at, kind, items]
properties:
  amount: { type: number, multipleOf: 0.01, minimum: 0, maximum: 100000 }
  exact: { type: integer, format: int64 }
  at: { type: string, format: date-time }
  birthday: { type: string, format: date }
  kind: { type: string, enum: [food, "cash */"] }
  risk: { type: number }
  items:
    type: array
    maxItems: 3
    items:
      type: object
      required: [price]
      properties: { price: { type: number, multipleOf: 0.01, minimum: 0, maximum: 10 }, sku: { type: string, maxLength: 9 } }
`,
  'outputs.json': JSON.stringify([
    { name: 'fee.total', description: 'What it costs */ at once', value: 'amount * 1.19' },
    { name: 'fee.wide', value: 'exact === null ? null : exact * 1.5' },
    { name: 'Approval Status', value: 'amount > 10' },
    { name: 'null', value: 'risk' },
    { name: 'at', value: 'at' },
    { name: 'born', value: 'birthday' },
    { name: 'kind', value: 'kind' },
    { name: 'prices', value: 'items.map(item => item.price)' },
    { name: 'skus', value: 'items.map(item => item.sku ?? "-")' },
    {
      name: 'list.of',
      each: 'items',
      as: 'item',
      values: { price: 'item.price', 'the sku': 'item.sku', Outputs: 'item.price * 1000' },
    },
    { name: 'deep', each: 'items', as: 'item', values: { 'fee.of.sku': 'item.sku', price: 'item.price', 'fee.net': 'item.price' } },
  ]),
};
const PAYLOAD = {
  amount: 100,
  exact: '9223372036854775807',
  at: '1970-01-01T00:00:01Z',
  kind: 'cash */',
  items: [{ price: 0.25 }, { price: 9.99, sku: 'A' }],
};

let engine: Engine;
let bytes: Uint8Array;
let declared: Parameters<typeof emitOutputsFbs>[0];
beforeAll(async () => {
  engine = await createEngine({ poolThreads: 0 });
  const files = new Map(Object.entries(FILES).map(([path, text]) => [path, new TextEncoder().encode(text)]));
  const { image, manifest, diagnostics } = compile(files, { profileMax: 'standard' });
  if (image === undefined || manifest === undefined) throw new Error(JSON.stringify(diagnostics));
  declared = { name: manifest.name, version: manifest.version, outputs: manifest.outputs ?? [] };
  bytes = (await engine.load(image)).decideView(PAYLOAD).toBytes();
});
afterAll(() => engine.close());

describe('outputs.fbs', () => {
  it('is what flatc reads outputs by', async () => {
    const outputs = Decision.getRootAsDecision(new ByteBuffer(bytes)).outputsArray()!;
    const read = JSON.parse(await flatcToJson(emitOutputsFbs(declared), outputs)) as Record<string, unknown>;
    expect({ ...read, shape: undefined }).toEqual({
      shape: undefined,
      fee_total: 1190000,
      fee_wide: { low: expect.any(Number), high: 7 },
      Approval_Status: true,
      at: 1_000_000,
      kind: 'cash */',
      prices: [25, 999],
      skus: ['-', 'A'],
      list_of: [
        { price: 25, Outputs: 25000 },
        { price: 999, the_sku: 'A', Outputs: 999000 },
      ],
      deep: [
        { price: 25, fee_net: 25 },
        { fee_of_sku: 'A', price: 999, fee_net: 999 },
      ],
    });
  });

  it('says what values are, and has names of its own for tables', () => {
    const text = emitOutputsFbs(declared);
    expect(text).toContain('  /// What it costs */ at once. Scaled by 10^4.\n  fee_total: long = null (id: 1);');
    expect(text).toContain('  /// list.of. At most 3 items.\n  list_of: [ListOfItem] (id: 10);');
    expect(text).toContain('  _null: double = null (id: 4);');
    expect(text).toContain('root_type Outputs2;');
  });
});

/** Messages of `tsc --strict` over the types and a use of them. */
function checked(use: string): string[] {
  const files = new Map([
    ['/outputs.ts', emitOutputsTypeScript(declared)],
    ['/use.ts', `import type { Outputs } from './outputs.js';\n${use}`],
  ]);
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    module: ts.ModuleKind.NodeNext,
    target: ts.ScriptTarget.ES2022,
    types: [],
  };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists, readFile } = host;
  host.getSourceFile = (name, target) =>
    files.has(name) ? ts.createSourceFile(name, files.get(name)!, target) : getSourceFile.call(host, name, target);
  host.fileExists = (name) => files.has(name) || fileExists.call(host, name);
  host.readFile = (name) => files.get(name) ?? readFile.call(host, name);
  const program = ts.createProgram([...files.keys()], options, host);
  return ts.getPreEmitDiagnostics(program).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}

describe('outputs.ts', () => {
  it('takes what was decided', () => {
    expect(checked(`export const found: Outputs = ${JSON.stringify(readDecision(bytes).outputs)};`)).toEqual([]);
  });

  it('refuses what outputs are not', () => {
    expect(checked('export const text = (outputs: Outputs): string => outputs.fee.total;')).toHaveLength(1);
    expect(checked('export const sku = (outputs: Outputs): string => outputs.list.of[0]!["the sku"];')).toHaveLength(1);
    expect(checked('export const sku = (outputs: Outputs): string => outputs.deep[0]!.fee.of.sku;')).toHaveLength(1);
    expect(checked('export const sku = (outputs: Outputs): string | null => outputs.deep[0]!.fee.of.sku;')).toEqual([]);
  });
});

describe('outputs.schema.json', () => {
  it('takes what was decided, and nothing else', () => {
    const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(outputsJsonSchema(declared));
    const { outputs } = readDecision(bytes);
    expect(validate(outputs)).toBe(true);
    expect(validate({ ...outputs, more: 1 })).toBe(false);
    expect(validate({ ...outputs, kind: 'other' })).toBe(false);
    expect(validate({ ...outputs, fee: { total: null, wide: 1 } })).toBe(false);
    const deep = (fee: unknown): object => ({ ...outputs, deep: [{ fee, price: 1 }] });
    expect(validate(deep({ of: { sku: null }, net: 1 }))).toBe(true);
    expect(validate(deep({ of: { sku: 1 }, net: 1 }))).toBe(false);
    expect(validate(deep({ 'of.sku': null, net: 1 }))).toBe(false);
  });
});
