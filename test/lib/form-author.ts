// Writes bundles that hold all there is, for what must decide alike in every form: those of bundle-author.ts and of index-author.ts
// by turns, and added to them a table whose hit policy comes by turn too, lists, parameters, an ensemble, a scorecard, patterns.

import type { GivenValues } from '#src/engine.js';
import { BundleAuthor } from './bundle-author.js';
import { author, lightgbmText, randomOf, xgboostDocument } from './ensemble-author.js';
import type { Random } from './expression-model.js';
import { TEXTS, worldPayload } from './expression-world.js';
import { indexBundle, indexPayload } from './index-author.js';

export const POLICIES = [
  'first',
  'unique',
  'any',
  'priority',
  'ruleOrder',
  'outputOrder',
  'collect',
  'collect sum',
  'collect min',
  'collect max',
  'collect count',
] as const;
export type FormPolicy = (typeof POLICIES)[number];
/** What a bundle may have beside rules, and some has to have had. */
export const PARTS = [
  'list',
  'parameter',
  'ensemble',
  'scorecard',
  'pattern',
  'feature',
  'nested list',
  'thresholds',
  'outputs',
  'outputs of rows',
] as const;

export interface FormBundle {
  /** Documents by path. */
  files: Record<string, string>;
  /** Entries of lists as lines, with the type that their declaration has. */
  lists: Record<string, { type: string; entries: string[] }>;
  parameters: Record<string, GivenValues>;
  policy: FormPolicy;
  /** Of PARTS. */
  parts: Set<string>;
  payload(random: Random): Record<string, unknown>;
}

/** Names that the two models have for fields of one type. */
interface Fields {
  decimal: string;
  integer: string;
}

/** Rules and rows of a bundle, by turns. */
const SIZES = [12, 40, 90, 200, 520];
export const SIZES_SMALL = [8, 30];
const OUTCOMES = ['approve', 'review', 'decline'];
const DAYS = ['1999-12-31', '2000-02-29', '2026-01-01', '2026-01-02'];
/** What may overlap and is not proven to: CONFLICT is for these. */
const OPEN_CELLS = ['value === value && flag', 'value === value && value > 1', 'value === value && value < 2'];

/** The bundle of a turn: what it is made of is given by the turn, and all of it comes in 22 turns. */
export function formBundle(random: Random, turn: number, sizes: readonly number[] = SIZES): FormBundle {
  const isWorld = turn % 2 === 0;
  const size = sizes[Math.floor(turn / 2) % sizes.length]!;
  const files = isWorld ? new BundleAuthor(random).make() : indexBundle(random, size);
  const bundle: FormBundle = {
    files,
    lists: {},
    parameters: {},
    policy: POLICIES[turn % POLICIES.length]!,
    parts: new Set(['feature', ...(Object.keys(files).some((path) => path.startsWith('scorecards/')) ? ['scorecard'] : [])]),
    payload: isWorld ? worldPayload : (indexPayload as (random: Random) => Record<string, unknown>),
  };
  if (isWorld) bundle.parts.add('nested list');
  const fields = isWorld ? { decimal: 'cash', integer: 'k' } : { decimal: 'cents', integer: 'i' };
  new Extras(random, bundle, fields).add(turn, isWorld ? size : Math.min(size, 90));
  const { payload } = bundle;
  // Beside what the table asks for.
  bundle.payload = (of) => ({ ...payload(of), ...(of.chance(70) ? { [fields.integer]: of.below(14) - 3 } : {}) });
  return bundle;
}

class Extras {
  readonly #rules: object[] = [];
  readonly #combine: string;

  constructor(
    readonly random: Random,
    readonly bundle: FormBundle,
    readonly fields: Fields,
  ) {
    this.#combine = (JSON.parse(bundle.files['bundle.yaml']!) as { decide: { combine: string } }).decide.combine;
  }

  add(turn: number, size: number): void {
    this.#table(size, turn % 22 < 11);
    if (turn % 5 === 2) this.#rule(`divide(${this.fields.decimal}, ${this.fields.decimal}, 2, "half-even") > 0.50`);
    if (turn % 3 === 0) this.#lists();
    if (turn % 3 === 1) this.#parameters();
    if (turn % 3 === 2) this.#thresholds(size);
    if (turn % 5 === 0) this.#ensemble();
    if (turn % 5 === 1) this.#patterns();
    if (turn % 7 === 3) this.#scorecard();
    if (turn % 4 !== 3) this.#outputs();
    this.bundle.files['rules/forms.yaml'] = JSON.stringify(this.#rules);
  }

  #rule(when: string): void {
    const then = { score: this.random.pick([1, 0.1, 4, -2]), reason: `X${this.#rules.length}` };
    const outcome = this.random.pick(OUTCOMES);
    this.#rules.push({ id: `x${this.#rules.length}`, when, then: this.#combine === 'score' ? then : { ...then, outcome } });
  }

  #document(path: string, content: unknown): void {
    this.bundle.files[path] = typeof content === 'string' ? content : JSON.stringify(content);
  }

  /** A table by the policy of the turn, with as many rows as an index likes. */
  #table(size: number, mayConflict: boolean): void {
    const { random } = this;
    const [hitPolicy, aggregate] = this.bundle.policy.split(' ') as [string, string | undefined];
    const isSingle = !['ruleOrder', 'outputOrder', 'collect'].includes(hitPolicy);
    const isRanked = hitPolicy === 'priority' || hitPolicy === 'outputOrder';
    const isOne = hitPolicy === 'unique' || hitPolicy === 'any';
    const isOpen = isOne && mayConflict;
    const decides = aggregate === undefined && random.chance(50);
    const kind = random.pick(['number', { decimal: 2 }]);
    const { decimal, integer } = this.fields;
    const count = isOpen ? 2 + random.below(4) : 4 + random.below(size);
    const rows = Array.from({ length: count }, (_, row) => {
      const rate = isOpen ? 1 + (row % 4) : hitPolicy === 'any' ? 1 : 1 + random.below(4);
      const outcome = this.#combine === 'score' || hitPolicy === 'any' ? 'review' : random.pick(OUTCOMES);
      const deciding = [hitPolicy === 'any' ? 2 : random.pick([1, 0.1, -3, 7]), outcome, hitPolicy === 'any' ? 'F' : `F${row % 9}`];
      return { when: this.#cells(row, hitPolicy === 'unique', isOpen), then: [rate, ...(decides ? deciding : [])] };
    });
    const hasDefault = isSingle && random.chance(50);
    const rate = {
      name: 'rate',
      type: kind,
      ...(isRanked ? { values: [3, 1, 2, 4] } : {}),
      ...(hasDefault ? { default: isRanked ? 3 : 9 } : {}),
    };
    this.#document('tables/forms.yaml', {
      hitPolicy,
      ...(aggregate === undefined ? {} : { aggregate }),
      inputs: [integer, 'n', decimal, 'country', 's', 'maybeDay'],
      outputs: [
        rate,
        ...(decides
          ? [
              { name: 'score', type: 'number' },
              { name: 'outcome', type: 'string' },
              { name: 'reason', type: 'string' },
            ]
          : []),
      ],
      rows,
    });
    if (!isSingle && aggregate === undefined) {
      this.#rule('forms.rate.length > 1');
      this.#rule('forms.rate.map(each => each * 2).some(each => each > 5) || forms.rate.includes(1)');
    } else if (hasDefault || aggregate === 'sum' || aggregate === 'count') {
      this.#rule('forms.rate > 2');
      this.#rule('forms.rate === 1 || forms.rate > 20');
    } else {
      this.#rule('forms.rate !== null && forms.rate > 1');
      this.#rule('forms.rate === null');
    }
  }

  #cells(row: number, isUnique: boolean, isOpen: boolean): string[] {
    const { random } = this;
    // The first two of what may overlap do.
    const any = (cell: () => string): string => (random.chance(50) || (isOpen && row < 2) ? '-' : cell());
    const first = row - 3;
    const integer = isUnique
      ? random.pick([`${first}`, `[${first}..${first + 1})`, `(${first - 1}..${first}]`])
      : random.pick([
          `${random.below(12) - 3}`,
          `>= ${random.below(12) - 3}`,
          `[${random.below(5) - 3}..${2 + random.below(9)}]`,
          `not(${random.below(9)})`,
        ]);
    return [
      isOpen ? '-' : isUnique ? integer : any(() => integer),
      isOpen
        ? (OPEN_CELLS[row] ?? random.pick(OPEN_CELLS))
        : any(() => random.pick(['> 0', '<= 1.5', '[0..2)', '0', '2, 7', 'not(0)', '!== 2', ...OPEN_CELLS])),
      any(() => random.pick(['> 0.5', '<= 0.25', '[0..1]', '0, 1', 'not(> 2)', 'value * 2 > 1'])),
      any(() => random.pick(['US', 'GB, DE', 'not(DE)', '!== US'])),
      any(() => random.pick(['"a"', '"", "ab"', '< "b"', 'not("a")', 'value.startsWith("a")'])),
      any(() => random.pick(['null', '>= 2000-02-29', 'not(null)', '< 2026-01-01, null', '1999-12-31, 2026-01-02'])),
    ];
  }

  #lists(): void {
    const { random, bundle } = this;
    bundle.parts.add('list');
    const some = (entries: readonly string[]): string[] => entries.filter((entry) => entry !== '' && random.chance(60));
    const all = {
      names: { type: 'string', entries: some([...TEXTS, 'abcdefg', 'b', 'abc']), ask: ['s', 'note ?? "a"', 's.toLowerCase()'] },
      sums: { type: 'decimal(2)', entries: some(['0', '0.25', '1', '-1', '5', '100']), ask: [this.fields.decimal] },
      levels: { type: 'number', entries: some(['0', '1', '2.5', '1e308', '7', '-1']), ask: ['n', `${this.fields.integer} / 2`] },
      days: { type: 'date', entries: some(DAYS), ask: ['day', 'maybeDay ?? "2026-01-01"'] },
      times: { type: 'timestamp', entries: some(['2026-01-01T00:00:00Z', '1969-12-31T23:59:59Z']), ask: ['at'] },
    };
    for (const [name, { type, entries, ask }] of Object.entries(all)) {
      this.#document(`lists/${name}.yaml`, { type: type === 'decimal(2)' ? { decimal: 2 } : type });
      bundle.lists[name] = { type, entries };
      this.#rule(`lists.${name}.includes(${random.pick(ask)})`);
    }
  }

  #parameters(): void {
    const { random, bundle, fields } = this;
    bundle.parts.add('parameter');
    this.#document('parameters/bounds.yaml', {
      values: {
        above: { type: { decimal: 2 }, minimum: -10, maximum: 1000, default: 0.5 },
        most: { type: 'number', default: 1.5 },
        level: { type: 'integer', minimum: -50, maximum: 50, default: 2 },
        isOpen: { type: 'boolean', default: true },
        start: { type: 'string', maxLength: 9, default: 'a' },
        home: { type: { enum: 'country' }, default: 'DE' },
        from: { type: 'timestamp', default: '2026-01-01T00:00:00Z' },
        since: { type: 'date', default: '2000-02-29' },
      },
    });
    if (random.chance(60)) {
      bundle.parameters.bounds = {
        above: random.pick(['0.25', '-1', '999.99']),
        most: random.pick([0, -0.5, 1e308, 2]),
        isOpen: random.chance(50),
        start: random.pick(['', 'ab', 'é', '😀']),
        home: random.pick(['US', 'GB']),
      };
    }
    const P = 'parameters.bounds';
    this.#rule(`${fields.decimal} > ${P}.above`);
    this.#rule(`n <= ${P}.most && ${fields.integer} !== ${P}.level`);
    this.#rule(`${P}.isOpen && s.startsWith(${P}.start)`);
    this.#rule(`country === ${P}.home || (maybeCountry ?? ${P}.home) === ${P}.home && flag`);
    this.#rule(`at >= ${P}.from && day > ${P}.since`);
  }

  #ensemble(): void {
    const { random, bundle, fields } = this;
    bundle.parts.add('ensemble');
    const next = randomOf(random.word() || 1);
    let made = author(next, { trees: 2 + random.below(12), depth: 1 + random.below(5), features: 4 });
    while (made.classes > 1) made = author(next, { trees: 2 + random.below(12), depth: 1 + random.below(5), features: 4 });
    const isXgboost = random.chance(50);
    const file = isXgboost ? 'models/trees.json' : 'models/trees.txt';
    this.#document(file, isXgboost ? xgboostDocument(made, 'binary:logistic') : lightgbmText(made, 'binary sigmoid:1'));
    const maybe = fields.integer === 'k' ? 'maybeN' : 'm';
    const inputs = ['n', fields.integer, `toNumber(${fields.decimal})`, maybe];
    this.#document('ensembles/trees.yaml', {
      model: file,
      inputs,
      ...(this.#combine === 'first' || random.chance(40)
        ? {}
        : {
            reasons: {
              count: 2,
              scores: [3, 1],
              codes: isXgboost ? { 0: 'TREES_N', 1: 'TREES_K' } : { Column_0: 'TREES_N', Column_1: 'TREES_K' },
            },
          }),
    });
    this.#rule('trees.score > 0.5');
    this.#rule(`trees.margin < -0.25 && ${fields.integer} > 0`);
  }

  /** Many rules that compare few fields with constants, as risk teams write them: generated code tells them by ranks. */
  #thresholds(size: number): void {
    const { random, bundle, fields } = this;
    bundle.parts.add('thresholds');
    const { decimal, integer } = fields;
    const maybe = integer === 'k' ? 'maybeN' : 'm';
    const sign = (): string => random.pick(['>', '>=', '<', '<=', '===', '!==']);
    const tests = [
      () => `n ${sign()} ${random.pick([0, 1, 2, -1, 0.5, 1.5, 7, 1e308])}`,
      () => `n >= ${random.below(3)} && n < ${2 + random.below(6)}`,
      () => `${integer} ${sign()} ${random.below(14) - 3}`,
      () => `(${integer} === ${random.below(9)} || ${integer} > ${random.below(9)})`,
      () => `${decimal} ${sign()} ${random.pick(['0', '0.25', '1', '-1', '99.99'])}`,
      () => `country ${random.pick(['===', '!=='])} "${random.pick(['US', 'GB', 'DE'])}"`,
      () => `${maybe} !== null && ${maybe} ${sign()} ${random.below(4)}`,
      () => random.pick(['flag', '!flag']),
    ];
    for (let rule = 8 + random.below(size); rule > 0; rule--)
      this.#rule(Array.from({ length: 1 + random.below(4) }, () => random.pick(tests)()).join(' && '));
  }

  #patterns(): void {
    this.bundle.parts.add('pattern');
    this.#rule('matches(s, "^[ab]+$")');
    this.#rule('matches(note ?? "x", "(a.)*b|\\\\d{2}-\\\\d+|é$")');
    this.#rule('matches(s.toUpperCase(), "^(A|B|😀)?[^X]*$") && n > 0');
  }

  /** Beside those that a bundle may have already. */
  #outputs(): void {
    const { random, bundle, fields } = this;
    bundle.parts.add('outputs');
    const { decimal, integer } = fields;
    const values = {
      rate: 'row.rate',
      'of.text': 's + "-" + (note ?? "")',
      'of.its.day': 'maybeDay',
      sum: 'row.rate === null ? null : row.rate * 2',
    };
    const isList = ['ruleOrder', 'outputOrder', 'collect'].includes(bundle.policy);
    if (isList) bundle.parts.add('outputs of rows');
    const all = [
      { name: 'money.own', value: decimal },
      { name: 'money.more', value: `${decimal} * ${decimal} * 3` },
      { name: 'x', value: random.pick([`n / ${integer}`, '0 - n', 'Math.sqrt(n)', 'n * 1e300']) },
      { name: 'whole', value: integer },
      { name: 'yes', value: 'flag && s.length > 1' },
      { name: 'land', value: random.pick(['country', 'maybeCountry', 'maybeCountry ?? country']) },
      { name: 'when.at', value: 'at' },
      { name: 'when.day', value: random.pick(['day', 'maybeDay']) },
      {
        name: 'tier',
        cases: [
          { when: 'n > 1', value: 's.toUpperCase()' },
          { when: 'flag', value: '"plain"' },
        ],
      },
      { name: 'note', value: random.pick(['note', 'note ?? s', 'note === null ? null : note + s', 's.slice(1)']) },
      { name: 'rates', value: 'forms.rate' },
      { name: 'tags.all', value: random.pick(['tags', 'tags.filter(tag => tag.length > 1)', 's.split("a")']) },
      { name: 'tags.made', value: 'tags.map(tag => tag + s + tag)' },
      { name: 'tags.each', each: 'tags.filter(tag => tag !== s)', as: 'tag', values: { 'own.it': 'tag', long: 'tag + s', n: 'n' } },
      ...(isList ? [{ name: 'rows', each: 'forms', as: 'row', values }] : []),
    ];
    this.#document(
      'outputs/forms.json',
      all.filter(({ name }) => name === 'rows' || name === 'x' || random.chance(60)),
    );
  }

  #scorecard(): void {
    const { random, bundle, fields } = this;
    bundle.parts.add('scorecard');
    const attributes = (name: string, from: number): object => ({
      name,
      input: name,
      reason: `S_${name.toUpperCase()}`,
      attributes: [
        ...Array.from({ length: 9 }, (_, at) => ({ when: `[${from + at}..${from + at + 1})`, points: random.below(40) / 4 })),
        { points: 1 },
      ],
    });
    this.#document('scorecards/standing.yaml', {
      initialScore: 2,
      ...(this.#combine === 'score' ? { contributes: true } : {}),
      reasons: random.pick(['pointsBelow', 'pointsAbove']),
      characteristics: [attributes('n', -2), attributes(fields.integer, -3)],
    });
    this.#rule('standing.score > 6');
  }
}
