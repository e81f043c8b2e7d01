// The conformance tests of CEL through import, compiler and engine. Twice: as they are, where constants are folded, and with their
// literals as fields of the payload, where nothing is. What is refused is counted by its reason.

import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compile } from '#src/compiler/compile.js';
import { createEngine, type Engine } from '#src/engine.js';
import { importCel } from '#src/import/cel/import-cel.js';
import { parseCel } from '#src/import/cel/syntax/parse.js';
import { tokensOf } from '#src/import/cel/syntax/tokens.js';
import { renderDecision } from '#src/schema/decision.js';
import { type ConformanceCase, type ProtoType, type ProtoValue, readConformance } from './conformance-data.js';

const DATA = '../shared/data/cel/conformance-plain.jsonl';
/** Cases that are decided by one bundle. */
const BATCH = 40;

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine({ poolThreads: 0 });
});
afterAll(() => engine.close());

/** A case with the variables that it reads, and their values as JSON texts. */
interface Asked {
  readonly test: ConformanceCase;
  readonly expr: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly payload: Readonly<Record<string, string>>;
}

/** A value as a JSON text, integers with all their digits; undefined for kinds that JSON has nothing for. */
function jsonOf(proto: ProtoValue): string | undefined {
  const [kind = '', value] = Object.entries(proto)[0]!;
  switch (kind) {
    case 'int64Value':
    case 'uint64Value':
      return String(value);
    case 'doubleValue':
      // Numbers that are none are null in outputs.
      return Number.isFinite(Number(value)) ? String(Number(value) + 0) : 'null';
    case 'stringValue':
    case 'boolValue':
    case 'nullValue':
      return JSON.stringify(value);
    case 'listValue': {
      const items = ((value as { values?: ProtoValue[] }).values ?? []).map(jsonOf);
      return items.includes(undefined) ? undefined : `[${items.join(',')}]`;
    }
    case 'mapValue': {
      const { entries = [] } = value as { entries?: { key: ProtoValue; value: ProtoValue }[] };
      const members = entries.map((entry) => `${JSON.stringify(String(Object.values(entry.key)[0]))}:${jsonOf(entry.value)}`);
      return `{${members.join(',')}}`;
    }
    default:
      return undefined;
  }
}

function typeText({ primitive, listType }: ProtoType): string {
  if (listType !== undefined) return `list(${typeText(listType.elemType)})`;
  return { INT64: 'int', UINT64: 'uint', DOUBLE: 'double', STRING: 'string', BOOL: 'bool' }[primitive ?? ''] ?? 'map';
}

/** A case as it is. */
function asWritten(test: ConformanceCase): Asked {
  const typed = (test.typeEnv ?? []).filter(
    ({ name, ident }) => ident !== undefined && /^(?!true$|false$|null$)[a-z_]+$/.test(name),
  );
  const variables = Object.fromEntries(typed.map(({ name, ident }) => [name, typeText(ident!.type)]));
  const bound = Object.entries(test.bindings ?? {}).filter(([name]) => variables[name] !== undefined);
  return {
    test,
    expr: test.expr,
    variables,
    payload: Object.fromEntries(bound.map(([name, { value }]) => [name, jsonOf(value)!])),
  };
}

/** A case with its literals as variables; undefined where it has none that can be. */
function withFields(test: ConformanceCase, prefix: string): Asked | undefined {
  if (test.bindings !== undefined || 'fault' in parseCel(test.expr)) return undefined;
  const variables: Record<string, string> = {};
  const payload: Record<string, string> = {};
  const tokens = tokensOf(test.expr);
  let expr = '';
  let at = 0;
  for (const [index, token] of tokens.entries()) {
    const isArgument = tokens[index - 1]?.text === '(' && /^(timestamp|duration|matches)$/.test(tokens[index - 2]?.text ?? '');
    const literal = token.kind === 'mark' || isArgument ? undefined : literalOf(test.expr.slice(token.start, token.end));
    if (literal === undefined) continue;
    const name = `${prefix}${Object.keys(variables).length}`;
    variables[name] = literal.type;
    payload[name] = literal.json;
    expr += test.expr.slice(at, token.start) + name;
    at = token.end;
  }
  return at === 0 ? undefined : { test, expr: expr + test.expr.slice(at), variables, payload };
}

function literalOf(text: string): { type: string; json: string } | undefined {
  const parsed = parseCel(text);
  if ('fault' in parsed || parsed.node.kind !== 'literal') return undefined;
  const { value } = parsed.node;
  switch (value.kind) {
    case 'bool':
    case 'double':
    case 'int':
      return { type: value.kind, json: String(value.value) };
    case 'uint':
      return value.value < 2n ** 63n ? { type: 'uint', json: String(value.value) } : undefined;
    case 'string':
      return { type: 'string', json: JSON.stringify(value.value) };
    default:
      return undefined;
  }
}

/** Decides cases by one bundle: its decision as a JSON text. */
async function decide(cases: readonly Asked[]): Promise<string> {
  const variables = Object.assign({}, ...cases.map((asked) => asked.variables)) as object;
  const expressions = Object.fromEntries(cases.map(({ expr }, index) => [`c${index}`, expr]));
  const { files } = importCel({ name: 'cases.cel.json', text: JSON.stringify({ variables, expressions }) }, {});
  const { image, diagnostics } = compile(withUnused(files, variables), { profileMax: 'standard' });
  if (image === undefined) throw new Error(diagnostics.map(({ message }) => message).join('; ') + cases[0]!.expr);
  const rules = await engine.load(image);
  const members = cases.flatMap(({ payload }) => Object.entries(payload).map(([name, json]) => `${JSON.stringify(name)}:${json}`));
  const text = renderDecision(rules.decideBytes(`{${members.join(',')}}`));
  rules.release();
  return text;
}

/** A model without a field is none. */
function withUnused(files: ReturnType<typeof importCel>['files'], variables: object): typeof files {
  if (Object.keys(variables).length > 0) return files;
  return new Map(files).set('model.yaml', new TextEncoder().encode('{ type: object, properties: { unused: { type: boolean } } }'));
}

/** The outputs of a decision as JSON texts by their names, digits and all; a map is one of them. */
function outputsOf(decision: string, count: number): (string | undefined)[] {
  const [, outputs = ''] = /"outputs":(\{.*\}),"bundle":/s.exec(decision) ?? [];
  return Array.from({ length: count }, (_, index) => {
    const key = `"c${index}":`;
    const from = outputs.indexOf(key) + key.length;
    const next = outputs.indexOf(`,"c${index + 1}":`, from);
    return outputs.slice(from, next === -1 ? outputs.length - 1 : next);
  });
}

interface Tally {
  passed: number;
  readonly wrong: string[];
  readonly refused: Map<string, number>;
}

/** Runs cases; those that end in an error are decided alone. */
async function run(cases: readonly Asked[], isAlone: boolean): Promise<Tally> {
  const tally: Tally = { passed: 0, wrong: [], refused: new Map() };
  const taken: Asked[] = [];
  for (const asked of cases) {
    const text = JSON.stringify({ variables: asked.variables, expressions: { result: asked.expr } });
    const { files, diagnostics } = importCel({ name: 'case.cel.json', text }, {});
    const fault = diagnostics.find(({ severity }) => severity === 'error');
    if (fault === undefined && files.size > 0) taken.push(asked);
    else if (asked.test.value === undefined && fault?.code === 'V7302') tally.passed++;
    else {
      const reason = fault!.message.replace(/`[^`]*`/g, (name) => (name.length > 24 ? '`...`' : name));
      tally.refused.set(reason, (tally.refused.get(reason) ?? 0) + 1);
    }
  }
  const alone = taken.filter(({ test }) => isAlone || test.value === undefined || test.bindings !== undefined);
  const together = taken.filter((asked) => !alone.includes(asked));
  const batches = Array.from({ length: Math.ceil(together.length / BATCH) }, (_, index) =>
    together.slice(index * BATCH, (index + 1) * BATCH),
  );
  for (const batch of [...batches, ...alone.map((asked) => [asked])]) {
    const decision = await decide(batch);
    const outputs = outputsOf(decision, batch.length);
    for (const [index, { test, expr }] of batch.entries()) {
      const wanted = test.value && jsonOf(test.value);
      const isRight = test.value === undefined ? decision.includes('"status":"ARITHMETIC"') : sameJson(outputs[index]!, wanted);
      if (isRight) tally.passed++;
      else tally.wrong.push(`${expr} -> ${outputs[index]}, not ${wanted ?? 'an error'} ${decision.slice(0, 60)}`);
    }
  }
  return tally;
}

/** Equal values, whatever the order of members and the spelling of numbers; integers by all of their digits. */
function sameJson(a: string, b: string | undefined): boolean {
  if (a === b) return true;
  if (b === undefined || /^-?\d{16,}$/.test(b)) return false;
  try {
    return canonical(JSON.parse(a)) === canonical(JSON.parse(b));
  } catch {
    return false;
  }
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(typeof value === 'number' ? value + 0 : value);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, item]) => `${key}:${canonical(item)}`).join()}}`;
}

function report(title: string, count: number, { passed, wrong, refused }: Tally): void {
  const reasons = [...refused].sort((a, b) => b[1] - a[1]).map(([reason, times]) => `  ${times} x ${reason}`);
  const all = [...refused.values()].reduce((sum, times) => sum + times, 0);
  console.log([`${title}: ${passed} passed, ${wrong.length} wrong, ${all} refused of ${count}`, ...reasons].join('\n'));
}

describe.skipIf(!existsSync(DATA))(`the conformance tests of CEL (${DATA})`, () => {
  const tests = existsSync(DATA) ? readConformance(readFileSync(DATA, 'utf8')) : [];

  it('pass or are refused by name, as they are written', async () => {
    const tally = await run(tests.map(asWritten), false);
    report('as written', tests.length, tally);
    expect(tally.wrong).toEqual([]);
    expect(tally.passed).toBeGreaterThanOrEqual(1400);
  }, 120_000);

  it('pass or are refused by name, with fields in the place of literals', async () => {
    const cases = tests.flatMap((test, index) => withFields(test, `v${index}_`) ?? []);
    const tally = await run(cases, false);
    report('with fields', cases.length, tally);
    expect(tally.wrong).toEqual([]);
    expect(tally.passed).toBeGreaterThanOrEqual(600);
  }, 120_000);
});
