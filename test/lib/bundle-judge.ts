// What a bundle decides, written down a second time: a plain decision-maker over its documents, as docs/LANGUAGE.md, TABLES.md and
// SCORECARDS.md say it. It reads the files, and shares nothing with the compiler.

import { type Node, parseExpressionAt } from 'acorn';
import { parse as parseYaml } from 'yaml';
import { type Cell, cellOf, operandOf } from './bundle-cells.js';
import { coerce, PlainExpression } from './expression-evaluator.js';
import { worldStatics } from './expression-judges.js';
import { joined, type Static, Statics, staticOf } from './expression-statics.js';
import { aligned, Decimal, decimalOf, Elements, type Value } from './expression-values.js';
import { COUNTRIES } from './expression-world.js';
import type { WrittenOutput } from './output-author.js';
import { OutputJudge, type Rows } from './output-judge.js';

export interface Judged {
  status: 'OK' | 'CONFLICT';
  outcome: string | null;
  score: number;
  reasons: { code: string; rule: string; score: number }[];
  outputs?: unknown;
}

/** Two rows of a table match that must not. */
class ConflictFault extends Error {}

interface Hit {
  id: string;
  score: number;
  outcome: string | null;
  reason: string | null;
  /** What it ranks by, and its reason says. */
  rank: number;
}

type Names = Map<string, Value>;

/** Something with a name that others read. */
interface Definition {
  type: Static;
  reads: Set<string>;
  /** Whether it is computed though nothing reads it. */
  decides: boolean;
  /** Its value, and which of the hits it gives. */
  run(names: Names): { value: Value; hits: number[] };
}

interface Then {
  score?: number;
  outcome?: string;
  reason?: string;
}

interface TableDocument {
  hitPolicy: string;
  aggregate?: 'sum' | 'min' | 'max' | 'count';
  inputs: string[];
  outputs: { name: string; type: string | { decimal: number } | { field: string }; values?: unknown[]; default?: unknown }[];
  rows: { id?: string; when: string[]; then: (string | null)[] }[];
}

interface ScorecardDocument {
  initialScore?: number;
  type?: 'number' | { decimal: number };
  reasons?: 'pointsBelow' | 'pointsAbove';
  contributes?: boolean;
  characteristics: {
    name: string;
    input: string;
    baseline?: number;
    reason?: string;
    attributes: { when?: string; points: number; reason?: string }[];
  }[];
}

const DECIDING = ['score', 'outcome', 'reason'];
const SEVERITY = ['approve', 'review', 'decline'];

/** Identifiers of an expression. */
function namesIn(source: string): Set<string> {
  const found = new Set<string>();
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) node.forEach(visit);
    else if (typeof node === 'object' && node !== null && 'type' in node) {
      if ((node as Node).type === 'Identifier') found.add((node as unknown as { name: string }).name);
      Object.values(node).forEach(visit);
    }
  };
  visit(parseExpressionAt(source, 0, { ecmaVersion: 2022 }));
  return found;
}

export class BundleJudge {
  readonly #definitions = new Map<string, Definition>();
  /** Order of what is computed: each after what it reads. */
  readonly #order: string[] = [];
  /** Of tables that give lists. */
  readonly #rows = new Map<string, Rows>();
  readonly #outputs: OutputJudge | undefined;
  readonly #outputReads = new Set<string>();
  readonly #rules: { condition: PlainExpression; reads: Set<string> }[] = [];
  /** Rules, rows of tables, attributes of scorecards, in the order written. */
  readonly #hits: Hit[] = [];
  #statics: Statics = worldStatics;
  readonly #head: {
    onError: string;
    decide: { combine: string; reasonsMax: number; outcomes: { atLeast?: number; outcome: string }[] };
  };

  /** @param files texts by path */
  constructor(readonly files: Readonly<Record<string, string>>) {
    this.#head = parseYaml(files['bundle.yaml']!);
    const rules = this.#documents('rules').flatMap((text) => parseYaml(text) as { id: string; when: unknown; then: Then }[]);
    for (const { id, then } of rules) this.#addHit(id, then);
    this.#define();
    for (const { when } of rules) {
      const source = String(when);
      this.#rules.push({ condition: new PlainExpression(source, this.#statics), reads: namesIn(source) });
    }
    const outputs = ['outputs.yaml', 'outputs/a.yaml'].flatMap((path) =>
      path in files ? (parseYaml(files[path]!) as WrittenOutput[]) : [],
    );
    if (outputs.length > 0) this.#outputs = new OutputJudge(outputs, this.#statics, this.#rows);
    for (const { value, cases = [], each, values = {} } of outputs) {
      const sources = [value, each, ...cases.flatMap((one) => [one.when, one.value]), ...Object.values(values)];
      for (const source of sources)
        if (source !== undefined) for (const read of namesIn(String(source))) this.#outputReads.add(read);
    }
    this.#sort();
  }

  #documents(folder: string): string[] {
    return Object.keys(this.files)
      .filter((path) => path.startsWith(`${folder}/`))
      .sort()
      .map((path) => this.files[path]!);
  }

  #addHit(id: string, { score = 0, outcome, reason }: Then, rank = score): number {
    this.#hits.push({ id, score, outcome: outcome ?? null, reason: reason ?? null, rank });
    return this.#hits.length - 1;
  }

  /** Types first, since each definition may read any other; then hits, in the order written. */
  #define(): void {
    const features = this.#documents('features').flatMap(
      (text) => parseYaml(text) as { name: string; value?: unknown; cases?: { when?: unknown; value: unknown }[] }[],
    );
    const tables = this.#tables();
    const scorecards = Object.keys(this.files)
      .filter((path) => path.startsWith('scorecards/'))
      .sort()
      .map((path) => [/\/(\w+)\./.exec(path)![1]!, parseYaml(this.files[path]!) as ScorecardDocument] as const);
    const types = new Map<string, Static>(worldStatics.names);
    for (const [name, table] of tables) types.set(name, typeOfTable(table));
    for (const [name, { type = 'number' }] of scorecards) {
      types.set(name, { fields: { score: type === 'number' ? 'number' : 'decimal' } });
    }
    // Features may read each other: a type that is not known yet is asked for again.
    const open = [...features];
    while (open.length > 0) {
      const feature = open.shift()!;
      const sources = (feature.cases ?? [{ value: feature.value }]).map(({ value }) => String(value));
      if (sources.some((source) => [...namesIn(source)].some((name) => open.some((other) => other.name === name)))) {
        open.push(feature);
        continue;
      }
      const statics = new Statics(new Map(types));
      const type = sources.map((source) => staticOf(new PlainExpression(source, statics).tree, statics)).reduce(joined);
      types.set(feature.name, type === 'numeral' ? 'number' : type);
    }
    this.#statics = new Statics(types);
    for (const { name, value, cases } of features) this.#defineFeature(name, cases ?? [{ value }]);
    for (const [name, table] of tables) this.#defineTable(name, table);
    for (const [name, scorecard] of scorecards) this.#defineScorecard(name, scorecard);
  }

  #defineFeature(name: string, cases: readonly { when?: unknown; value: unknown }[]): void {
    const type = this.#statics.names.get(name)!;
    const reads = new Set<string>();
    const prepared = cases.map(({ when, value }) => {
      for (const source of [when, value]) if (source !== undefined) for (const read of namesIn(String(source))) reads.add(read);
      return {
        when: when === undefined ? undefined : new PlainExpression(String(when), this.#statics),
        value: new PlainExpression(String(value), this.#statics, true),
      };
    });
    const run = (names: Names): { value: Value; hits: number[] } => {
      const found = prepared.find(({ when }) => when === undefined || when.run(names) === true);
      return { value: found === undefined ? null : coerce(found.value.run(names), type), hits: [] };
    };
    this.#definitions.set(name, { type, reads, decides: false, run });
  }

  /** Tables by name; rows of a CSV beside what its YAML says. */
  #tables(): [string, TableDocument][] {
    const paths = Object.keys(this.files).filter((path) => path.startsWith('tables/'));
    const names = [...new Set(paths.map((path) => /\/(\w+)\./.exec(path)![1]!))].sort();
    return names.map((name) => {
      const yaml = this.files[`tables/${name}.yaml`];
      const csv = this.files[`tables/${name}.csv`];
      const head = parseYaml(yaml!) as TableDocument;
      const text = (cell: unknown): string | null => (cell === null || cell === undefined ? null : String(cell));
      if (csv === undefined) {
        const rows = head.rows.map((row) => ({
          ...row,
          when: row.when.map((cell) => text(cell) ?? '-'),
          then: row.then.map(text),
        }));
        return [name, { ...head, hitPolicy: head.hitPolicy ?? 'first', rows }];
      }
      const [header, ...lines] = readCsv(csv);
      const at = (title: string): number => header!.findIndex((cell) => cell.trim() === title);
      const cells = (line: readonly string[], titles: readonly string[]): string[] => titles.map((title) => line[at(title)] ?? '');
      const rows = lines.map((line) => ({
        ...(at('id') === -1 || line[at('id')] === '' ? {} : { id: line[at('id')]! }),
        when: cells(line, head.inputs),
        then: cells(
          line,
          head.outputs.map((output) => `-> ${output.name}`),
        ),
      }));
      return [name, { ...head, hitPolicy: head.hitPolicy ?? 'first', rows }];
    });
  }

  #defineTable(name: string, { hitPolicy, aggregate, inputs, outputs, rows }: TableDocument): void {
    const reads = new Set<string>();
    const note = (source: string): void => {
      for (const read of namesIn(source)) reads.add(read);
    };
    inputs.forEach(note);
    const statics = this.#statics;
    const subjects = inputs.map((source) => new PlainExpression(source, statics));
    const cells: Cell[][] = rows.map(({ when }) =>
      when.map((cell, at) => {
        for (const word of cell.match(/[A-Za-z_]\w*/g) ?? []) if (statics.names.has(word)) reads.add(word);
        return cellOf(cell, staticOf(subjects[at]!.tree, statics), statics, COUNTRIES);
      }),
    );
    const outputOf = (cell: string | null, at: number): ((names: ReadonlyMap<string, Value>) => Value) | undefined => {
      if (cell === null || cell.trim() === '' || cell.trim() === '-' || cell.trim() === 'null') return undefined;
      const type = typeOfOutput(outputs[at]!.type);
      for (const word of cell.match(/[A-Za-z_]\w*/g) ?? []) if (statics.names.has(word)) reads.add(word);
      const operand = operandOf(
        cell,
        statics,
        type === 'text' ? [...COUNTRIES, ...SEVERITY, ...(cell.match(/^[A-Z_\d]+$/) ?? [])] : [],
      );
      return (names) => coerce(operand(names), type);
    };
    const values = rows.map(({ then }) => then.map(outputOf));
    const defaults = outputs.map((output, at) =>
      outputOf(output.default === undefined || output.default === null ? null : String(output.default), at),
    );
    const deciding = DECIDING.map((column) => outputs.findIndex((output) => output.name === column));
    const hitOf = (id: string, row: readonly (string | null)[]): number | undefined => {
      const [score, outcome, reason] = deciding.map((at) => (at === -1 ? '' : (row[at] ?? '').trim()).replace(/^-$/, ''));
      if (score === '' && outcome === '' && reason === '') return undefined;
      const then = { ...(score === '' ? {} : { score: Number(score) }), ...(outcome === '' ? {} : { outcome: outcome! }) };
      return this.#addHit(id, { ...then, ...(reason === '' ? {} : { reason: reason! }) });
    };
    const hits = rows.map(({ id, then }, at) => hitOf(id ?? `${name}/${at + 1}`, then));
    const defaultHit = hitOf(
      `${name}/default`,
      outputs.map((output) => (output.default === undefined || output.default === null ? null : String(output.default))),
    );
    const order = rows.map((_, index) => index);
    if (hitPolicy === 'priority' || hitPolicy === 'outputOrder') {
      const place = (row: number, at: number): number => {
        const found = outputs[at]!.values!.findIndex((value) => String(value) === (rows[row]!.then[at] ?? '').trim());
        return found === -1 ? Number.MAX_SAFE_INTEGER : found;
      };
      const ranked = outputs.flatMap((output, at) => (output.values === undefined ? [] : [at]));
      order.sort((a, b) => ranked.map((at) => place(a, at) - place(b, at)).find((difference) => difference !== 0) ?? a - b);
    }
    const matchingOf = (names: ReadonlyMap<string, Value>): number[] => {
      const found = subjects.map((subject) => subject.run(names));
      return order.filter((row) => cells[row]!.every((cell, at) => cell(found[at]!, names)));
    };
    if (['ruleOrder', 'outputOrder', 'collect'].includes(hitPolicy) && aggregate === undefined) {
      this.#rows.set(name, {
        type: { fields: Object.fromEntries(outputs.map((output) => [output.name, typeOfOutput(output.type)])) },
        run: (names) =>
          matchingOf(names).map((row) =>
            Object.fromEntries(outputs.map((output, at) => [output.name, values[row]![at]?.(names) ?? null])),
          ),
      });
    }
    const run = (names: Names): { value: Value; hits: number[] } => {
      const matching = matchingOf(names);
      const given = matching.flatMap((row) => hits[row] ?? []);
      const all = (at: number): Value[] => matching.flatMap((row) => values[row]![at]?.(names) ?? []);
      const object = (value: (at: number) => Value): Value =>
        Object.fromEntries(outputs.map((output, at) => [output.name, value(at)]));
      if (['ruleOrder', 'outputOrder', 'collect'].includes(hitPolicy)) {
        if (aggregate === undefined) return { value: object((at) => listOf(all(at))), hits: given };
        return {
          value: object((at) => {
            const { name: output, type } = outputs[at]!;
            // These only decide.
            if (output === 'outcome' || output === 'reason') return null;
            return aggregated(all(at), aggregate, matching.length, typeOfOutput(type));
          }),
          hits: given,
        };
      }
      const [first] = matching;
      if (first === undefined) {
        return { value: object((at) => defaults[at]?.(names) ?? null), hits: defaultHit === undefined ? [] : [defaultHit] };
      }
      const same = (row: number): boolean => rows[row]!.then.join('\0') === rows[first]!.then.join('\0');
      if (hitPolicy === 'unique' && matching.length > 1) throw new ConflictFault();
      if (hitPolicy === 'any' && !matching.every(same)) throw new ConflictFault();
      return { value: object((at) => values[first]![at]?.(names) ?? null), hits: given.slice(0, 1) };
    };
    this.#definitions.set(name, { type: statics.names.get(name)!, reads, decides: deciding.some((at) => at !== -1), run });
  }

  #defineScorecard(name: string, document: ScorecardDocument): void {
    const { initialScore = 0, type = 'number', reasons = 'pointsBelow', contributes = false, characteristics } = document;
    const statics = this.#statics;
    const reads = new Set<string>();
    const initialHit = contributes && initialScore !== 0 ? this.#addHit(`${name}/initial`, { score: initialScore }) : undefined;
    const parts = characteristics.map(({ name: part, input, baseline, reason, attributes }) => {
      for (const read of namesIn(input)) reads.add(read);
      const subject = new PlainExpression(input, statics);
      const points = attributes.map((attribute) => attribute.points);
      const from = baseline ?? (reasons === 'pointsBelow' ? Math.max(...points) : Math.min(...points));
      return {
        subject,
        points,
        cells: attributes.map(({ when }) => {
          for (const word of String(when ?? '').match(/[A-Za-z_]\w*/g) ?? []) if (statics.names.has(word)) reads.add(word);
          return cellOf(String(when ?? '-'), staticOf(subject.tree, statics), statics, COUNTRIES);
        }),
        hits: attributes.map((attribute, at) => {
          const loss = reasons === 'pointsBelow' ? from - attribute.points : attribute.points - from;
          const code = loss > 0 ? (attribute.reason ?? reason) : undefined;
          if (!contributes) return undefined;
          return this.#addHit(
            `${name}/${part}/${at + 1}`,
            { score: attribute.points, ...(code === undefined ? {} : { reason: code }) },
            loss,
          );
        }),
      };
    });
    const asPoints = (value: number): Value => (type === 'number' ? value : decimalOf(String(value)));
    const run = (names: Names): { value: Value; hits: number[] } => {
      const hits = initialHit === undefined ? [] : [initialHit];
      let score = asPoints(initialScore);
      for (const { subject, points, cells, hits: own } of parts) {
        const value = subject.run(names);
        const at = cells.findIndex((cell) => cell(value, names));
        score = sum(score, asPoints(points[at]!));
        if (own[at] !== undefined) hits.push(own[at]);
      }
      return { value: { score }, hits };
    };
    this.#definitions.set(name, { type: { fields: {} }, reads, decides: contributes, run });
  }

  /** What is computed: what decides, what rules read, and what those read. */
  #sort(): void {
    const enter = (name: string): void => {
      const definition = this.#definitions.get(name);
      if (definition === undefined || this.#order.includes(name)) return;
      definition.reads.forEach(enter);
      this.#order.push(name);
    };
    for (const [name, { decides }] of this.#definitions) if (decides) enter(name);
    this.#outputReads.forEach(enter);
    for (const { reads } of this.#rules) reads.forEach(enter);
  }

  /** Decides; throws ArithmeticFault where the status is to be ARITHMETIC. */
  decide(fields: ReadonlyMap<string, Value>): Judged {
    const { combine, outcomes, reasonsMax } = this.#head.decide;
    const names: Names = new Map(fields);
    const hit = new Set<number>();
    try {
      for (const name of this.#order) {
        const { value, hits } = this.#definitions.get(name)!.run(names);
        names.set(name, value);
        for (const index of hits) hit.add(index);
      }
    } catch (error) {
      if (error instanceof ConflictFault) return { ...this.failed(), status: 'CONFLICT' };
      throw error;
    }
    const outputs = this.#outputs?.run(names);
    for (const [index, { condition }] of this.#rules.entries()) {
      if (condition.run(names) !== true) continue;
      hit.add(index);
      if (combine === 'first') break;
    }
    const written = [...hit].sort((a, b) => a - b);
    const counted = combine === 'first' ? written.slice(0, 1) : written;
    const ranked = counted.map((index) => this.#hits[index]!).sort((a, b) => b.rank - a.rank);
    const score = ranked.reduce((total, each) => total + each.score, 0);
    const worst = Math.max(-1, ...ranked.flatMap(({ outcome }) => (outcome === null ? [] : [SEVERITY.indexOf(outcome)])));
    const reached = outcomes.find(({ atLeast }) => atLeast === undefined || score >= atLeast)!.outcome;
    const least = SEVERITY.indexOf(reached);
    const outcome = combine === 'score' ? Math.max(worst, least) : worst === -1 ? least : worst;
    const reasons = ranked.flatMap(({ id, reason, rank }) => (reason === null ? [] : [{ code: reason, rule: id, score: rank }]));
    return { status: 'OK', outcome: SEVERITY[outcome]!, score, reasons: reasons.slice(0, reasonsMax), outputs };
  }

  /** What a decision is that ends with a status. */
  failed(): Omit<Judged, 'status'> {
    const { onError } = this.#head;
    return { outcome: onError === 'fail' ? null : onError, score: 0, reasons: [] };
  }
}

const listOf = (values: readonly Value[]): Elements => new Elements(() => values);

function typeOfOutput(type: TableDocument['outputs'][number]['type']): Static {
  if (typeof type === 'object') return 'decimal' in type ? 'decimal' : 'text';
  return type === 'string' ? 'text' : (type as Static);
}

function typeOfTable({ hitPolicy, aggregate, outputs }: TableDocument): Static {
  const isList = ['ruleOrder', 'outputOrder', 'collect'].includes(hitPolicy) && aggregate === undefined;
  const typed = outputs.map(({ name, type }): [string, Static] => {
    const own = aggregate === 'count' ? 'number' : typeOfOutput(type);
    return [name, isList ? { element: own } : own];
  });
  return { fields: Object.fromEntries(typed) };
}

function sum(a: Value, b: Value): Value {
  if (typeof a === 'number') return a + (b as number);
  const [x, y, scale] = aligned(a as Decimal, b as Decimal);
  return new Decimal(x + y, scale);
}

function aggregated(values: readonly Value[], how: 'sum' | 'min' | 'max' | 'count', rows: number, type: Static): Value {
  if (how === 'count') return rows;
  if (how === 'sum') return values.reduce(sum, type === 'decimal' ? new Decimal(0n, 0) : 0);
  if (values.length === 0) return null;
  if (type === 'number') return Math[how](...(values as number[]));
  return values.reduce((held, value) => {
    const [x, y] = aligned(held as Decimal, value as Decimal);
    return (how === 'min' ? y < x : y > x) ? value : held;
  });
}

/** RFC 4180: cells with commas between, quotes doubled inside quotes. */
function readCsv(text: string): string[][] {
  const lines = text.split('\n').filter((line) => line !== '');
  return lines.map((line) => {
    const cells = `${line},`.matchAll(/(?:"((?:[^"]|"")*)"|([^,]*)),/g);
    return [...cells].map(([, quoted, bare]) => quoted?.replaceAll('""', '"') ?? bare!);
  });
}
