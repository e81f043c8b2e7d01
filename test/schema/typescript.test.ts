import ts from 'typescript';
import { expect, test } from 'vitest';
import { emitTypeScript } from '#src/schema/typescript.js';
import { modelOf, objectSchema } from '../lib/model.js';

const model = modelOf(
  objectSchema(
    {
      amount: { type: 'number', multipleOf: 0.01, description: 'What is paid */ in EUR' },
      id: { type: 'integer', format: 'int64' },
      at: { type: 'string', format: 'date-time' },
      born: { type: 'string', format: 'date', default: '2000-01-01' },
      kind: { type: 'string', enum: ['debit', 'it"s\n', '😀'] },
      hour: { type: 'integer', minimum: 0, maximum: 23 },
      flag: { type: 'boolean' },
      constructor: { type: 'string' },
      card: objectSchema({ country: { type: ['string', 'null'] } }, { required: ['country'] }),
    },
    { title: 'payment', required: ['amount', 'card', 'kind'] },
  ),
);

/** Messages of `tsc --strict` over the types and a use of them. */
function check(use: string): string[] {
  const files = new Map([
    ['/model.ts', emitTypeScript(model)],
    ['/use.ts', `import type { Payment } from './model.js';\n${use}`],
  ]);
  const options: ts.CompilerOptions = {
    strict: true,
    exactOptionalPropertyTypes: true,
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
  const diagnostics = ts.getPreEmitDiagnostics(ts.createProgram([...files.keys()], options, host));
  return diagnostics.map((d) => ts.flattenDiagnosticMessageText(d.messageText, '\n'));
}

test('the text', () => {
  expect(
    emitTypeScript(model),
  ).toBe(`// Payloads of model Payment, hash ${model.hash}. Made by Verdict from the JSON Schema; do not edit.

export interface Payment {
  /** What is paid * / in EUR. At most 2 digits after the point. */
  amount: number | string;
  /** 64-bit integer; as a text beyond 2^53. */
  id?: number | string | null;
  /** RFC 3339 timestamp with an offset, at most 6 digits of a second. */
  at?: string | null;
  /** YYYY-MM-DD. Default: 2000-01-01. */
  born?: string | null;
  kind: "debit" | "it\\"s\\n" | "😀";
  hour?: number | null;
  flag?: boolean | null;
  constructor?: string | null;
  card: Card;
}

export interface Card {
  country?: string | null;
}
`);
});

test('compiles under strict, and holds callers to the model', () => {
  expect(check(`export const p: Payment = { amount: '19.99', kind: 'debit', card: {}, hour: null, constructor: 'x' };`)).toEqual(
    [],
  );
  expect(check(`export const p: Payment = { amount: 1, kind: 'gold', card: {}, constructor: 'x' };`).join()).toContain('"gold"');
  expect(check(`export const p: Payment = { kind: 'debit', card: {}, constructor: 'x' };`).join()).toContain("'amount'");
});
