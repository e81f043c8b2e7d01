// Writes random bundles over the model of expression-world.ts: rules, features that read one another, tables of all hit policies in
// YAML and CSV, scorecards, outputs; every document as a text.

import { Author } from './expression-author.js';
import type { Random } from './expression-model.js';
import { KINDS, type Kind, type Names, rootNames } from './expression-names.js';
import { COUNTRIES, DAYS, worldSchema } from './expression-world.js';
import { type ListedTable, writeOutputs } from './output-author.js';

const POLICIES = ['first', 'unique', 'any', 'priority', 'ruleOrder', 'outputOrder', 'collect'] as const;
type Policy = (typeof POLICIES)[number];
const TEXTS = ['a', 'ab', 'vip', ' a ', 'x y', ''];
const OUTCOMES = ['approve', 'review', 'decline'];
/** Sums of these in different orders differ. */
const SCORES = ['10', '0.1', '0.2', '0.3', '-5', '1e9', '30', '0', '2.5', '-0.7', '20'];
const INPUTS: [string, Kind][] = [
  ['k', 'number'],
  ['tries', 'number'],
  ['n', 'number'],
  ['maybeN', 'number'],
  ['cash', 'decimal'],
  ['fee', 'decimal'],
  ['maybePrice', 'decimal'],
  ['s', 'text'],
  ['note', 'text'],
  ['flag', 'boolean'],
  ['maybeFlag', 'boolean'],
  ['country', 'enum'],
  ['maybeCountry', 'enum'],
  ['day', 'date'],
  ['maybeDay', 'date'],
  ['card?.limit', 'number'],
  ['card?.kind', 'enum'],
  ['items.length', 'number'],
];

interface Table {
  name: string;
  policy: Policy;
  aggregate: string | undefined;
  outputs: { name: string; kind: Kind; values: string[] | undefined; default: string | undefined }[];
}

export class BundleAuthor {
  readonly expressions: Author;
  #ids = 0;
  #names: Names = rootNames();
  /** Features that may fail are read by rules alone. */
  #ruleNames: Names = rootNames();
  /** Tables that give lists. */
  #listed: ListedTable[] = [];

  constructor(readonly random: Random) {
    this.expressions = new Author(random);
  }

  /** A bundle's documents by path. */
  make(): Record<string, string> {
    this.#ids = 0;
    this.#names = rootNames();
    this.#ruleNames = rootNames();
    this.#listed = [];
    const combine = this.random.pick(['score', 'score', 'first', 'collect']);
    const files: Record<string, string> = { 'model.yaml': JSON.stringify(worldSchema) };
    // What comes later may read what was made before; documents of another folder, or of a name before it, do not mind.
    const made = [
      ...Array.from({ length: 1 + this.random.below(4) }, () => 'feature'),
      ...Array.from({ length: 1 + this.random.below(3) }, () => 'table'),
      ...Array.from({ length: this.random.below(3) }, () => 'scorecard'),
    ].sort(() => this.random.below(3) - 1);
    const features: object[] = [];
    for (const [index, what] of made.entries()) {
      if (what === 'feature') features.push(this.#feature(`f${index}`));
      else if (what === 'table') Object.assign(files, this.#table(`t${this.random.below(90) + 10}${index}`, combine));
      else Object.assign(files, this.#scorecard(`c${index}`, combine));
    }
    files['features/a.yaml'] = JSON.stringify(this.random.chance(50) ? features : features.reverse());
    const rules = Array.from({ length: 2 + this.random.below(5) }, () => this.#rule(combine));
    files['rules/b.yaml'] = JSON.stringify(rules.slice(0, 2));
    if (rules.length > 2) files['rules/a.yaml'] = JSON.stringify(rules.slice(2));
    if (this.random.chance(60)) {
      const outputs = writeOutputs(this.expressions, this.#ruleNames, this.#listed);
      files['outputs.yaml'] = JSON.stringify(outputs.slice(0, 2));
      if (outputs.length > 2) files['outputs/a.yaml'] = JSON.stringify(outputs.slice(2));
    }
    const outcomes =
      combine === 'score'
        ? [{ atLeast: 40, outcome: 'decline' }, { atLeast: 10.3, outcome: 'review' }, { outcome: 'approve' }]
        : [{ outcome: this.random.pick(OUTCOMES) }];
    files['bundle.yaml'] = JSON.stringify({
      name: 'random',
      version: '1.0.0',
      model: 'model.yaml',
      profile: 'standard',
      onError: this.random.pick([...OUTCOMES, 'fail']),
      decide: { combine, reasonsMax: 1 + this.random.below(12), outcomes },
    });
    return files;
  }

  #learn(kind: Kind, name: string, how: 'values' | 'nullable' | 'lists', rulesOnly = false): void {
    const add = (names: Names): Names => ({
      ...names,
      [how]: { ...names[how], [kind]: [...names[how][kind], ...Array.from({ length: 8 }, () => name)] },
    });
    this.#ruleNames = add(this.#ruleNames);
    if (!rulesOnly) this.#names = add(this.#names);
  }

  #feature(name: string): object {
    const kind = this.random.pick(KINDS);
    const { expressions, random } = this;
    const risk = kind === 'decimal' && random.chance(25);
    expressions.begin();
    const value = (): string => expressions.scalar(kind, 1 + random.below(2), this.#names, risk);
    const when = (): string => expressions.boolean(1 + random.below(2), this.#names);
    const cases = Array.from({ length: 1 + random.below(3) }, () => ({ when: when(), value: value() }));
    const form = random.below(3);
    const nullable = form === 1;
    const mayFail = (): boolean => expressions.mayFail;
    const feature = form === 0 ? { name, value: value() } : { name, cases: nullable ? cases : [...cases, { value: value() }] };
    this.#learn(kind, name, nullable ? 'nullable' : 'values', mayFail());
    return feature;
  }

  #rule(combine: string): object {
    const when = this.expressions.boolean(1 + this.random.below(4), this.#ruleNames);
    const outcome = this.random.pick(OUTCOMES);
    const then = { score: Number(this.random.pick(SCORES)), reason: this.#reason() };
    return { id: `r${this.#ids++}`, when, then: combine === 'score' && this.random.chance(80) ? then : { ...then, outcome } };
  }

  #reason(): string {
    return `R_${this.#ids++}`;
  }

  /** A cell for an input of a kind. */
  #cell(kind: Kind): string {
    const { random } = this;
    if (random.chance(35)) return '-';
    const value = (): string => this.#cellValue(kind);
    const order = kind !== 'boolean' && kind !== 'enum';
    const [a, b] =
      kind === 'number' || kind === 'decimal'
        ? [value(), value()].sort((x, y) => Number(x) - Number(y))
        : [value(), value()].sort();
    const range = order && a !== b;
    const tests = [
      value(),
      `=== ${value()}`,
      `!== ${value()}`,
      `not(${value()}, ${value()})`,
      `${value()}, ${value()}`,
      ...(order ? [`< ${value()}`, `>=${value()}`, `not(> ${value()})`, `<= ${value()}, ${value()}`] : []),
      ...(range ? [`[${a}..${b}]`, `(${a}..${b}]`, `[${a}..${b})`, `(${a}..${b})`, `not([${a}..${b}))`] : []),
      ...(kind === 'text' ? ['value.startsWith("a")', 'value.length > 1, "a"', '=== t'] : []),
      ...(kind === 'number' ? ['value > m', '> k * 2', 'value === value && flag', '> tries'] : []),
      ...(kind === 'decimal' ? ['value * 2 > cash', '< fee'] : []),
      ...(kind === 'date' ? ['value.month() > 6', '> due'] : []),
      'null',
    ];
    const cell = random.pick(tests);
    return cell !== 'null' && random.chance(20) ? `${cell}, null` : cell;
  }

  #cellValue(kind: Kind): string {
    const { random } = this;
    switch (kind) {
      case 'number':
        return random.pick(['0', '1', '2', '5', '-3', '2.5', '50', '100', '0.1']);
      case 'decimal':
        return random.pick(['0', '1', '0.5', '0.0001', '9.99', '100', '-5', '0.125', '1000']);
      case 'text':
        return JSON.stringify(random.pick(TEXTS));
      case 'boolean':
        return random.pick(['true', 'false']);
      case 'enum':
        return random.pick(COUNTRIES);
      default:
        return random.pick(DAYS);
    }
  }

  #outputValue(kind: Kind, names: Names): string {
    if (kind === 'boolean') return this.random.pick(['true', 'false', 'flag']);
    if (kind === 'number' && this.random.chance(25)) return this.random.pick(['k + 1', 'Math.floor(tries / 2)', 'items.length']);
    if (kind === 'decimal' && this.random.chance(25)) return this.random.pick(['cash * 2', 'fee', 'round(cash, 1, "half-even")']);
    return this.#cellValue(kind === 'timestamp' ? 'date' : kind) || this.random.pick(names.values[kind]);
  }

  #table(name: string, combine: string): Record<string, string> {
    const { random } = this;
    const policy = random.pick(POLICIES);
    const isList = policy === 'ruleOrder' || policy === 'outputOrder' || policy === 'collect';
    const aggregate = policy === 'collect' && random.chance(60) ? random.pick(['sum', 'min', 'max', 'count']) : undefined;
    const ranked = policy === 'priority' || policy === 'outputOrder';
    const kinds: readonly Kind[] =
      aggregate === undefined ? ['number', 'decimal', 'text', 'boolean', 'enum', 'date'] : ['number', 'decimal'];
    const table: Table = {
      name,
      policy,
      aggregate,
      outputs: Array.from({ length: 1 + random.below(2) }, (_, at) => {
        const kind = random.pick(kinds);
        const values = ranked && (at === 0 || random.chance(50)) ? this.#distinct(kind) : undefined;
        return {
          name: `v${at}`,
          kind,
          values,
          default: !isList && random.chance(30) ? (values?.[0] ?? this.#cellValue(kind)) : undefined,
        };
      }),
    };
    const decides = random.chance(45);
    const features = this.#ofKinds();
    const inputs = Array.from({ length: 1 + random.below(3) }, () => random.pick([...INPUTS, ...features, ...features]));
    const distinct = inputs.filter(([source], at) => inputs.findIndex(([other]) => other === source) === at);
    const rows = Array.from({ length: 1 + random.below(6) }, (_, at) => {
      const then = table.outputs.map(({ kind, values }) =>
        values !== undefined ? random.pick(values) : random.chance(12) ? null : this.#outputValue(kind, this.#names),
      );
      const deciding = decides
        ? [random.pick(SCORES), combine === 'score' && random.chance(70) ? null : random.pick(OUTCOMES), this.#reason()]
        : [];
      const isLast = at > 0 && random.chance(10);
      return {
        ...(random.chance(30) ? { id: `row-${this.#ids++}` } : {}),
        when: distinct.map(([, kind]) => (isLast ? '-' : this.#cell(kind))),
        then: [...then, ...deciding],
      };
    });
    const outputs = [
      ...table.outputs.map(({ name: output, kind, values, default: otherwise }) => ({
        name: output,
        type: kind === 'decimal' ? { decimal: 4 } : kind === 'text' ? 'string' : kind === 'enum' ? { field: 'country' } : kind,
        ...(values === undefined ? {} : { values: values.map(native) }),
        ...(otherwise === undefined ? {} : { default: native(otherwise) }),
      })),
      ...(decides
        ? ['score', 'outcome', 'reason'].map((output) => ({ name: output, type: output === 'score' ? 'number' : 'string' }))
        : []),
    ];
    const head = {
      ...(policy === 'first' && random.chance(50) ? {} : { hitPolicy: policy }),
      ...(aggregate === undefined ? {} : { aggregate }),
      inputs: distinct.map(([source]) => source),
      outputs,
    };
    if (isList && aggregate === undefined) this.#listed.push(table);
    for (const output of table.outputs) {
      const read = `${name}.${output.name}`;
      if (isList && aggregate === undefined) this.#learn(output.kind, read, 'lists');
      else if (aggregate === 'count') this.#learn('number', read, 'values');
      else if (aggregate === 'sum') this.#learn(output.kind, read, 'values');
      else if (aggregate !== undefined || output.default === undefined || rows.some(({ then }) => then.includes(null))) {
        this.#learn(output.kind, read, 'nullable');
      } else this.#learn(output.kind, read, 'values');
    }
    if (random.chance(50)) return { [`tables/${name}.yaml`]: JSON.stringify({ ...head, rows }) };
    return { [`tables/${name}.yaml`]: JSON.stringify(head), [`tables/${name}.csv`]: csvOf(distinct, outputs, rows) };
  }

  #distinct(kind: Kind): string[] {
    return [...new Set(Array.from({ length: 4 }, () => this.#cellValue(kind)))];
  }

  /** Features and outputs that may be the input of a table. */
  #ofKinds(): [string, Kind][] {
    const kinds: Kind[] = ['number', 'decimal', 'text', 'boolean', 'enum', 'date'];
    const known = rootNames();
    return kinds.flatMap((kind) =>
      (['values', 'nullable'] as const).flatMap((how) =>
        [...new Set(this.#names[how][kind])]
          .filter((name) => !known[how][kind].includes(name))
          .map((name): [string, Kind] => [name, kind]),
      ),
    );
  }

  #scorecard(name: string, combine: string): Record<string, string> {
    const { random } = this;
    const isDecimal = random.chance(40);
    const points = (): number => (isDecimal ? random.below(2000) / 100 : Number(random.pick(SCORES)));
    const features = this.#ofKinds();
    const characteristics = Array.from({ length: 1 + random.below(3) }, (_, at) => {
      const [input, kind] = random.pick([...INPUTS, ...features]);
      const attributes = Array.from({ length: 1 + random.below(3) }, () => ({
        when: this.#cell(kind),
        points: points(),
        ...(random.chance(30) ? { reason: this.#reason() } : {}),
      }));
      return {
        name: `p${at}`,
        input,
        ...(random.chance(40) ? { baseline: points() } : {}),
        ...(random.chance(80) ? { reason: this.#reason() } : {}),
        attributes: [...attributes, { points: points() }],
      };
    });
    this.#learn(isDecimal ? 'decimal' : 'number', `${name}.score`, 'values');
    const document = {
      ...(random.chance(50) ? { initialScore: points() } : {}),
      ...(isDecimal ? { type: { decimal: 2 } } : {}),
      ...(random.chance(50) ? { reasons: random.pick(['pointsBelow', 'pointsAbove']) } : {}),
      ...(combine === 'score' && random.chance(60) ? { contributes: true } : {}),
      characteristics,
    };
    return { [`scorecards/${name}.yaml`]: JSON.stringify(document) };
  }
}

/** A literal as JSON has it. */
function native(text: string): unknown {
  if (text === 'true' || text === 'false') return text === 'true';
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}

function csvOf(
  inputs: readonly (readonly [string, Kind])[],
  outputs: readonly { name: string }[],
  rows: readonly { id?: string; when: readonly string[]; then: readonly (string | null)[] }[],
): string {
  const quoted = (cell: string): string => (/[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
  const lines = rows.map(({ id, when, then }) => [id ?? '', ...when, ...then.map((cell) => cell ?? '')]);
  const header = ['id', ...inputs.map(([source]) => source), ...outputs.map(({ name }) => `-> ${name}`)];
  return `${[header, ...lines].map((line) => line.map(quoted).join(',')).join('\n')}\n`;
}
