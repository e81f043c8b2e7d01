// What tests of the import of GoRules JDM share: rows of ZEN's own tests, graphs around one expression, and deciding what came over.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { compile } from '#src/compiler/compile.js';
import type { Engine } from '#src/engine.js';
import type { Imported } from '#src/import/imported.js';
import { numberOf } from '#src/import/jdm/expression/decimal.js';
import { parseZen } from '#src/import/jdm/expression/parser.js';
import { Translation } from '#src/import/jdm/expression/translate.js';
import { importJdm } from '#src/import/jdm/jdm.js';
import { isDecimalValue, NULL, plainOf, type Sym } from '#src/import/jdm/symbol.js';

export const ZEN = path.resolve(import.meta.dirname, '../../../shared/data/zen');
export const hasZen = existsSync(ZEN);
if (!hasZen) console.log(`skipped: ${ZEN} is absent, so ZEN's own tests in it are not run`);

export type Payload = Record<string, unknown>;

const nothing = {
  name: () => NULL,
  subject: NULL,
  root: NULL,
  hoist: (value: never) => value,
  parameter: (name: string) => name,
  warn: () => undefined,
};

/** The value of an expression in which all is fixed; JSON5 as the files have it is one. */
export function constantOf(text: string): unknown {
  return jsonOf(new Translation(nothing).run(parseZen(text)));
}

/** A symbol as JSON; undefined where it depends on a payload. */
export function jsonOf(sym: Sym): unknown {
  const value = plainOf(sym);
  switch (value.kind) {
    case 'constant':
      return isDecimalValue(value.value) ? numberOf(value.value) : value.value;
    case 'items': {
      const items = value.items.map((item) => (item.when.text === 'true' ? jsonOf(item.value) : undefined));
      return items.includes(undefined) ? undefined : items;
    }
    case 'object': {
      const entries = [...value.members].map(([name, member]) => [name, jsonOf(member)] as const);
      return entries.some(([, member]) => member === undefined) ? undefined : Object.fromEntries(entries);
    }
    default:
      return undefined;
  }
}

export interface ZenRow {
  readonly line: number;
  readonly expression: string;
  readonly input: Payload;
  readonly output: unknown;
}

/** Rows of `expression;input;output`; those that do not split into three are left out. */
export function zenRows(file: string): ZenRow[] {
  if (!hasZen) return [];
  const lines = readFileSync(path.join(ZEN, 'core/expression/tests/data', file), 'utf8').split(/\r?\n/);
  return lines.flatMap((line, index): ZenRow[] => {
    if (index === 0 || line.trim() === '' || line.startsWith('#')) return [];
    const match = /^(?:"((?:[^"]|"")*)"|([^;]*));([^;]*);([^;]*)$/.exec(line);
    if (match === null) return [];
    const [, quoted, plain, input, output] = match;
    const assigned = quoted?.includes(' = ') === true ? quoted.replaceAll('""', '"') : undefined;
    return [
      {
        line: index + 1,
        expression: assigned ?? plain ?? `"${quoted}"`,
        input: input!.trim() === '' ? {} : (constantOf(input!) as Payload),
        output: constantOf(output!),
      },
    ];
  });
}

/** A graph of one node between request and response. */
export function graphOf(type: string, content: object): string {
  const node = (id: string, kind: string, more: object = {}): object => ({
    id,
    type: kind,
    name: id,
    position: { x: 0, y: 0 },
    ...more,
  });
  return JSON.stringify({
    nodes: [node('request', 'inputNode'), node('node', type, { content }), node('response', 'outputNode')],
    edges: [
      { id: 'a', sourceId: 'request', targetId: 'node' },
      { id: 'b', sourceId: 'node', targetId: 'response' },
    ],
  });
}

/** A graph that computes expressions. */
export function expressionsOf(expressions: Readonly<Record<string, string>>, more: object = {}): string {
  return graphOf('expressionNode', {
    expressions: Object.entries(expressions).map(([key, value], index) => ({ id: `x${index}`, key, value })),
    ...more,
  });
}

/** A graph of one table of one column each way; a row is a cell and a value. */
export function tableOf(
  field: string | undefined,
  rows: readonly (readonly [cell: string, value: string])[],
  more: object = {},
): string {
  return graphOf('decisionTableNode', {
    hitPolicy: 'first',
    inputs: [{ id: 'in', name: 'in', ...(field === undefined ? {} : { field }) }],
    outputs: [{ id: 'out', name: 'out', field: 'result' }],
    rules: rows.map(([cell, value], index) => ({ _id: String(index), in: cell, out: value })),
    ...more,
  });
}

export function importZen(text: string, payloads: readonly Payload[] = []): Imported {
  return importJdm({ name: 'rules.json', text }, { payloads });
}

/** Decides a payload with what was imported; undefined where nothing came over or the payload cannot be decided. */
export async function decideImported(
  engine: Engine,
  imported: Imported,
  payload: Payload,
  now?: string,
): Promise<Payload | undefined> {
  const { image, diagnostics } = compile(imported.files, { profileMax: 'standard' });
  if (imported.files.size === 0) return undefined;
  if (image === undefined) throw new Error(`does not compile: ${JSON.stringify(diagnostics)}`);
  const rules = await engine.load(image);
  const { status, outputs } = rules.decide(payload, now === undefined ? {} : { now: BigInt(Date.parse(now)) * 1000n });
  return status === 'OK' ? (outputs as Payload) : undefined;
}

export function graphFiles(): string[] {
  return hasZen ? readdirSync(path.join(ZEN, 'test-data/graphs')).sort() : [];
}

export function graphText(file: string): string {
  return readFileSync(path.join(ZEN, 'test-data', file), 'utf8');
}
