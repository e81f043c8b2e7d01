// Writes random expressions of the profile `standard` over the model of expression-world.ts: of every type, with choices, null,
// chains, templates, array literals, arrow functions inside one another, and every function.

import type { Random } from './expression-model.js';
import { KINDS, type Kind, type Names, nearest, root, rootNames, withObject, withValue } from './expression-names.js';
import { COUNTRIES, DAYS, INSTANTS, TEXTS } from './expression-world.js';

export const ZONES = [
  'UTC',
  'America/New_York',
  'Europe/Berlin',
  'Asia/Kolkata',
  'Australia/Lord_Howe',
  'America/Sao_Paulo',
  'Asia/Kathmandu',
];
const PATTERNS = [
  '^a',
  '[a-z]+@[a-z]+\\.com$',
  '^$',
  'a|É',
  '^\\d{2}-\\d+$',
  '(a.)*b',
  '\\s',
  '^[^X]*$',
  '😀',
  '\\bB\\b',
  '^.{2,3}$',
  '(?:ab?)+X',
];
const ROUNDINGS = ['half-even', 'half-up', 'down', 'up'];
const NUMERALS = ['0', '1', '2', '2.5', '0.1', '0.2', '0.3', '1e21', '5e-324', '0x10', '1_000', '.5', '7', '100'];
const NUMBERS = [...NUMERALS, '(0 / 0)', '(1 / 0)', '(-0)', '(-3)', '(-1 / 0)'];
/** Texts that write numbers, or nearly so. */
const WRITTEN_NUMBERS = ['0', '-12.50', '007', '0.0001', '9223372036854775807', '1.000000', '', '-', '1.', '.5', '+1', ' 1', '1e2'];
const DECIMALS = ['0', '1', '2', '0.5', '19.99', '0.001', '100', '(-3)', '(-0.25)', '1e2', '0.125'];
const RELATIONS = ['<', '<=', '>', '>=', '===', '!=='];
const EQUALITIES = ['===', '!=='];
/** Functions of numbers that equal V8's bit for bit. */
const EXACT = ['abs', 'ceil', 'floor', 'round', 'trunc', 'sign', 'sqrt'];

export class Author {
  #parameters = 0;
  /** False where JavaScript has another meaning, or none. */
  isScript = true;
  /** Whether it may end with the status ARITHMETIC. */
  mayFail = false;
  /** How often, of 100, a literal stands where it may: in some expressions most things are constant. */
  #literals = 30;
  /** How often, of 100, a decimal is made by what may fail. */
  #risk = 2;

  constructor(readonly random: Random) {}

  /** An expression of a random type; `risk`: one that may well fail. */
  any(depth: number, names: Names = rootNames(), risk = false): string {
    this.#literals = this.random.chance(12) ? 85 : 30;
    this.#risk = risk ? 40 : 2;
    const kind = this.random.pick<Kind>([...KINDS, 'boolean', 'boolean', 'boolean', 'number', 'decimal']);
    this.begin();
    if (kind === 'enum' || this.random.chance(10)) return this.nullable(kind, depth, names);
    return this.scalar(kind, depth, names);
  }

  begin(): void {
    this.isScript = true;
    this.mayFail = false;
  }

  /** One of some ways; the first are those without depth. */
  #pick(depth: number, leaves: readonly (() => string)[], branches: readonly (() => string)[]): string {
    return this.random.pick(depth <= 0 || this.random.chance(10) ? leaves : branches)();
  }

  #beyondScript(kind: Kind): void {
    if (kind === 'decimal' || kind === 'timestamp' || kind === 'date') this.isScript = false;
  }

  /** A value that is there; `risk`: one that may well fail. */
  scalar(kind: Kind, depth: number, names: Names, risk?: boolean): string {
    if (risk !== undefined) this.#risk = risk ? 40 : 0;
    this.#beyondScript(kind);
    const d = depth - 1;
    const isPlain = kind === 'number' || kind === 'text' || kind === 'boolean';
    if (isPlain && this.#literals > 50 && this.random.chance(30)) return this.#literal(kind);
    if (depth > 0 && this.random.chance(18)) {
      const choice = this.random.below(5);
      if (choice === 0) return `(${this.boolean(d, names)} ? ${this.scalar(kind, d, names)} : ${this.#orLiteral(kind, d, names)})`;
      if (choice === 1) return `(${this.boolean(d, names)} ? ${this.#orLiteral(kind, d, names)} : ${this.scalar(kind, d, names)})`;
      if (choice === 2) return `(${this.nullable(kind, d, names)} ?? ${this.#orLiteral(kind, d, names)})`;
      if (choice === 3) return this.#narrowed(kind, d, names);
      if (kind !== 'text') return this.#reduce(kind, d, names);
    }
    switch (kind) {
      case 'number':
        return this.#number(depth, names);
      case 'decimal':
        return this.#decimal(depth, names);
      case 'text':
        return this.#text(depth, names);
      case 'boolean':
        return this.boolean(depth, names);
      case 'timestamp':
        return this.#timestamp(depth, names);
      case 'date':
        return this.#date(depth, names);
      case 'enum':
        return this.random.pick(names.values.enum);
    }
  }

  /** A value, or a literal that takes its type from what stands beside it. */
  #orLiteral(kind: Kind, depth: number, names: Names): string {
    return this.random.chance(this.#literals) ? this.#literal(kind) : this.scalar(kind, depth, names);
  }

  #literal(kind: Kind): string {
    this.#beyondScript(kind);
    switch (kind) {
      case 'number':
        return this.random.pick(NUMBERS);
      case 'decimal':
        return this.random.pick(DECIMALS);
      case 'text':
        return JSON.stringify(this.random.pick(TEXTS));
      case 'boolean':
        return this.random.pick(['true', 'false']);
      case 'timestamp':
        return JSON.stringify(this.random.pick(INSTANTS));
      case 'date':
        return JSON.stringify(this.random.pick(DAYS));
      case 'enum':
        return JSON.stringify(this.random.pick(COUNTRIES));
    }
  }

  /** A test for null, and a value that rests on it. */
  #narrowed(kind: Kind, depth: number, names: Names): string {
    const known = this.random.pick(KINDS);
    const simple = names.nullable[known].filter((name) => !name.includes('?.'));
    const name = this.random.pick(simple.length > 0 ? simple : names.nullable[known]);
    this.#beyondScript(known);
    const inner = { ...names, values: { ...names.values, [known]: [...names.values[known], name.replaceAll('?.', '.')] } };
    const [then, otherwise] = [this.scalar(kind, depth, inner), this.scalar(kind, depth, names)];
    return this.random.pick([
      `(${name} !== null ? ${then} : ${otherwise})`,
      `(${name} === null ? ${otherwise} : ${then})`,
      `(${name} !== null && ${this.boolean(0, inner)} ? ${then} : ${otherwise})`,
      `(!(${name} !== null) || ${this.boolean(0, inner)} ? ${otherwise} : ${then})`,
    ]);
  }

  /** A value that may be null. */
  nullable(kind: Kind, depth: number, names: Names): string {
    this.#beyondScript(kind);
    const d = depth - 1;
    const field = (): string => this.random.pick(names.nullable[kind]);
    const text = (): string => this.random.pick(names.nullable.text);
    const calls: Partial<Record<Kind, () => string>> = {
      number: () => this.random.pick([`${text()}?.length`, `${text()}?.indexOf(${this.scalar('text', d, names)})`]),
      text: () =>
        this.random.pick([
          `${text()}?.slice(${this.scalar('number', d, names)}).trim()`,
          `${text()}?.toUpperCase()`,
          `${text()}?.trim()`,
        ]),
      boolean: () => `${text()}?.${this.random.pick(['startsWith', 'endsWith', 'includes'])}(${this.scalar('text', d, names)})`,
      timestamp: () => `${this.random.pick(names.nullable.timestamp)}?.startOfDay(${this.#zone()})`,
      date: () => `${this.random.pick(names.nullable.timestamp)}?.toDate(${this.#zone()})`,
    };
    return this.#pick(
      depth,
      [field],
      [
        field,
        calls[kind] ?? field,
        () => `(${this.boolean(d, names)} ? ${this.nullable(kind, d, names)} : ${this.#orLiteral(kind, d, names)})`,
        () => `(${this.boolean(d, names)} ? null : ${this.scalar(kind, d, names)})`,
        () => `(${this.boolean(d, names)} ? ${this.scalar(kind, d, names)} : null)`,
        () => `(${this.nullable(kind, d, names)} ?? ${this.nullable(kind, d, names)})`,
      ],
    );
  }

  #number(depth: number, names: Names): string {
    const d = depth - 1;
    const number = (): string => this.scalar('number', d, names);
    const text = (): string => this.scalar('text', d, names);
    const field = (): string => this.random.pick(names.values.number);
    return this.#pick(
      depth,
      [field, () => this.random.pick(NUMBERS)],
      [
        field,
        () => `(${number()} ${this.random.pick(['+', '-', '*', '/', '%'])} ${number()})`,
        () => `(${this.random.pick(NUMERALS)} ${this.random.pick(['+', '-', '*', '/', '%'])} ${number()})`,
        () => `(-${number()})`,
        () => `Math.${this.random.pick(EXACT)}(${number()})`,
        () => `Math.${this.random.pick(['min', 'max'])}(${this.#several(1, 4, number)})`,
        () => `${text()}.length`,
        () => `${text()}.indexOf(${text()})`,
        () => `${text()}.indexOf(${text()}, ${number()})`,
        () => `${this.list(this.random.pick(KINDS), d, names)}.length`,
        () => `${this.objects(d, names)[0]}.length`,
        () => this.#reduce('number', d, names),
        () => `toNumber(${this.scalar('decimal', d, names)})`,
        () => this.#timePart(d, names),
      ],
    );
  }

  #several(least: number, most: number, make: () => string): string {
    return Array.from({ length: least + this.random.below(most - least + 1) }, make).join(', ');
  }

  #zone(): string {
    this.isScript = false;
    return JSON.stringify(this.random.pick(ZONES));
  }

  #timePart(depth: number, names: Names): string {
    this.isScript = false;
    const at = this.scalar('timestamp', depth, names);
    const day = this.scalar('date', depth, names);
    const part = this.random.pick(['year', 'month', 'day', 'dayOfWeek', 'dayOfYear', 'hour', 'minute', 'second']);
    const dayPart = this.random.pick(['year', 'month', 'day', 'dayOfWeek', 'dayOfYear']);
    const since = this.random.pick(['secondsSince', 'minutesSince', 'hoursSince', 'daysSince']);
    return this.random.pick([
      () => `${at}.${part}(${this.#zone()})`,
      () => `far.${part}("UTC")`,
      () => `${at}.${since}(${this.#orLiteral('timestamp', depth, names)})`,
      () => `far.${since}(${at})`,
      () => `${day}.${dayPart}()`,
      () => `${day}.daysSince(${this.#orLiteral('date', depth, names)})`,
    ])();
  }

  #decimal(depth: number, names: Names): string {
    const d = depth - 1;
    const decimal = (): string => this.scalar('decimal', d, names);
    const literal = (): string => this.random.pick(DECIMALS);
    const field = (): string => this.random.pick(names.values.decimal);
    const rounding = (): string => JSON.stringify(this.random.pick(ROUNDINGS));
    if (depth > 0 && this.random.chance(this.#risk)) return this.#risky(d, names, rounding());
    return this.#pick(
      depth,
      [field],
      [
        field,
        () => `(${decimal()} ${this.random.pick(['+', '-'])} ${this.random.chance(40) ? literal() : decimal()})`,
        () => `(${literal()} ${this.random.pick(['+', '-', '*'])} ${decimal()})`,
        () => `(${decimal()} * ${this.random.chance(60) ? literal() : field()})`,
        () =>
          `(${decimal()} * (${this.random.pick(NUMERALS.slice(0, 7))} ${this.random.pick(['+', '-', '*'])} ${this.random.pick(['1', '0.1', '3'])}))`,
        () => `(-${decimal()})`,
        () => `(${decimal()} % ${this.random.pick(['2', '0.3', '(-7)', '1.25'])})`,
        () => `round(${decimal()}, ${this.random.below(4)}, ${rounding()})`,
        () =>
          `divide(${decimal()}, ${this.random.pick(['3', '7', '0.3', '(-1.1)', '1000'])}, ${this.random.below(6)}, ${rounding()})`,
        () => `Math.${this.random.pick(['min', 'max'])}(${decimal()}, ${this.random.chance(40) ? literal() : decimal()})`,
        () => `Math.abs(${decimal()})`,
        () =>
          `toDecimal(${this.random.pick(['k', 'tries', '0.125', '2.5', '(-1.005)', '1e15'])}, ${this.random.below(4)}, ${rounding()})`,
        () => this.#reduce('decimal', d, names),
      ],
    );
  }

  /** What may be divided by zero, or not fit. */
  #risky(depth: number, names: Names, rounding: string): string {
    this.mayFail = true;
    const [a, b] = [this.scalar('decimal', depth, names), this.scalar('decimal', depth, names)];
    return this.random.pick([
      `(${a} % ${b})`,
      `divide(${a}, ${b}, ${this.random.below(4)}, ${rounding})`,
      `toDecimal(${this.scalar('number', depth, names)}, ${this.random.below(5)}, ${rounding})`,
      `${this.scalar('text', depth, names)}.toDecimal(${this.random.below(5)})`,
      `${JSON.stringify(this.random.pick(WRITTEN_NUMBERS))}.toDecimal(${this.random.below(5)})`,
    ]);
  }

  #text(depth: number, names: Names): string {
    const d = depth - 1;
    const text = (): string => this.scalar('text', d, names);
    const number = (): string => this.scalar('number', d, names);
    const field = (): string => this.random.pick(names.values.text);
    return this.#pick(
      depth,
      [field, () => this.#literal('text')],
      [
        field,
        () => `(${text()} + ${text()})`,
        () => `\`\${${text()}}-\${${text()}}\``,
        () => `\`<\${${text()}}\\n\``,
        () => `${text()}.slice(${number()})`,
        () => `${text()}.slice(${number()}, ${number()})`,
        () => `${text()}.slice(${this.random.pick(['0', '1', '2', '(-1)', '(-2)'])}, ${this.random.pick(['1', '2', '(-1)'])})`,
        () => `${text()}.${this.random.pick(['trim', 'trimStart', 'trimEnd', 'toLowerCase', 'toUpperCase'])}()`,
      ],
    );
  }

  #timestamp(depth: number, names: Names): string {
    const field = (): string => this.random.pick(names.values.timestamp);
    return this.#pick(
      depth,
      [field],
      [
        field,
        () => `${this.scalar('timestamp', depth - 1, names)}.${this.random.pick(['startOfDay', 'endOfDay'])}(${this.#zone()})`,
        () => `${this.scalar('date', depth - 1, names)}.startOfDay(${this.#zone()})`,
      ],
    );
  }

  #date(depth: number, names: Names): string {
    const field = (): string => this.random.pick(names.values.date);
    return this.#pick(depth, [field], [field, () => `${this.scalar('timestamp', depth - 1, names)}.toDate(${this.#zone()})`]);
  }

  boolean(depth: number, names: Names): string {
    const d = depth - 1;
    const boolean = (): string => this.boolean(d, names);
    const relation = this.random.pick(RELATIONS);
    const equality = this.random.pick(EQUALITIES);
    const kind = this.random.pick<Kind>(['number', 'decimal', 'text', 'timestamp', 'date', 'number', 'decimal']);
    const any = this.random.pick(KINDS);
    const field = (): string => this.random.pick(names.values.boolean);
    return this.#pick(
      depth,
      [field, field, () => `(${this.random.pick(names.values.enum)} ${equality} ${this.#literal('enum')})`],
      [
        () => `(${this.scalar(kind, d, names)} ${relation} ${this.#orLiteral(kind, d, names)})`,
        () => `(${this.#orLiteral(kind, d, names)} ${relation} ${this.scalar(kind, d, names)})`,
        () => `(${boolean()} ${equality} ${boolean()})`,
        () => `(${boolean()} ${this.random.pick(['&&', '||'])} ${boolean()})`,
        () => `(${boolean()} ${this.random.pick(['&&', '||'])} ${boolean()})`,
        () => `(!${boolean()})`,
        () => `(${this.nullable(any, d, names)} ${equality} null)`,
        () => `(${this.nullable(any, d, names)} ${equality} ${this.#orLiteral(any, d, names)})`,
        () => `(${this.nullable(any, Math.min(d, 1), names)} ${equality} ${this.nullable(any, Math.min(d, 1), names)})`,
        () => `(${this.random.pick(names.values.enum)} ${equality} (${boolean()} ? "GB" : ${this.random.pick(names.values.enum)}))`,
        () => this.#guarded(d, names),
        () =>
          `${this.scalar('text', d, names)}.${this.random.pick(['startsWith', 'endsWith', 'includes'])}(${this.scalar('text', d, names)})`,
        () => `matches(${this.scalar('text', d, names)}, ${JSON.stringify(this.random.pick(PATTERNS))})`,
        () => `${this.list(any, d, names)}.includes(${this.#orLiteral(any, d, names)})`,
        () => `[${this.#several(1, 3, () => this.#literal('enum'))}].includes(${this.random.pick(names.values.enum)})`,
        () => this.#quantified(any, d, names),
        () => this.#quantified(any, d, names),
        () => this.#quantifiedObjects(d, names),
        () => this.#quantifiedObjects(d, names),
      ],
    );
  }

  #guarded(depth: number, names: Names): string {
    const kind = this.random.pick(KINDS);
    this.#beyondScript(kind);
    const simple = names.nullable[kind].filter((name) => !name.includes('?.'));
    if (simple.length === 0) return this.boolean(depth, names);
    const name = this.random.pick(simple);
    const inner = { ...names, values: { ...names.values, [kind]: nearest(names.values[kind], [name]) } };
    const rest = this.boolean(depth, inner);
    return this.random.pick([
      `(${name} !== null && ${rest})`,
      `(${name} === null || ${rest})`,
      `(!(${name} === null) && ${rest})`,
      `(${name} !== null ? ${rest} : ${this.boolean(depth, names)})`,
    ]);
  }

  #parameter(): string {
    return `p${this.#parameters++}`;
  }

  /** A list of values of a kind. */
  list(kind: Kind, depth: number, names: Names): string {
    this.#beyondScript(kind);
    const d = depth - 1;
    const field = (): string => this.random.pick(names.lists[kind].length > 0 ? names.lists[kind] : root.lists[kind]);
    const stages = [
      field,
      () => `[${this.#several(1, 3, () => this.scalar(kind, d, names))}]`,
      () => {
        const parameter = this.#parameter();
        return `${this.list(kind, d, names)}.filter(${parameter} => ${this.boolean(d, withValue(names, kind, parameter))})`;
      },
      () => {
        const parameter = this.#parameter();
        const from = this.random.pick(KINDS);
        return `${this.list(from, d, names)}.map(${parameter} => ${this.scalar(kind, d, withValue(names, from, parameter))})`;
      },
      () => {
        const parameter = this.#parameter();
        const [list, inner] = this.objects(d, names);
        return `${list}.map(${parameter} => ${this.scalar(kind, d, inner(parameter))})`;
      },
    ];
    if (kind === 'text') {
      stages.push(() => `${this.scalar('text', d, names)}.split(${this.random.pick(['""', '"a"', '" "', '"X"', 's', '"ab"'])})`);
    }
    return this.#pick(depth, [field], stages);
  }

  /** A list of objects, and the names inside a function that takes its elements. */
  objects(depth: number, names: Names): [string, (parameter: string) => Names] {
    const ofParts = names.items.length > 0 && this.random.chance(60);
    const list = ofParts ? `${this.random.pick(names.items)}.parts` : 'items';
    const inner = (parameter: string): Names => withObject(names, ofParts, parameter);
    if (depth <= 0 || this.random.chance(50)) return [list, inner];
    const parameter = this.#parameter();
    return [`${list}.filter(${parameter} => ${this.boolean(depth - 1, inner(parameter))})`, inner];
  }

  #quantified(kind: Kind, depth: number, names: Names): string {
    const parameter = this.#parameter();
    const test = this.boolean(depth, withValue(names, kind, parameter));
    return `${this.list(kind, depth, names)}.${this.random.pick(['some', 'every'])}(${parameter} => ${test})`;
  }

  #quantifiedObjects(depth: number, names: Names): string {
    const parameter = this.#parameter();
    const [list, inner] = this.objects(depth, names);
    return `${list}.${this.random.pick(['some', 'every'])}(${parameter} => ${this.boolean(depth, inner(parameter))})`;
  }

  #reduce(kind: Kind, depth: number, names: Names): string {
    const [sum, each] = [this.#parameter(), this.#parameter()];
    const ofObjects = this.random.chance(50);
    const from = this.random.pick(KINDS);
    const [list, inside] = ofObjects
      ? this.objects(depth, names)
      : [this.list(from, depth, names), () => withValue(names, from, each)];
    const inner = inside(each);
    // A decimal that grows by itself does not compile, and a text is not accumulated.
    const step = this.scalar(kind, depth, kind !== 'decimal' && this.random.chance(40) ? withValue(inner, kind, sum) : inner);
    const first =
      this.random.chance(50) && kind !== 'timestamp' && kind !== 'date' && kind !== 'enum'
        ? this.#literal(kind)
        : this.scalar(kind, 0, names);
    const test = this.boolean(Math.min(depth, 1), inner);
    const body = this.random.pick(
      {
        number: [
          `(${sum} + ${step})`,
          `(${sum} * 31 + ${step}) % 1009`,
          `Math.max(${sum}, ${step})`,
          `(${test} ? ${sum} : ${step})`,
        ],
        decimal: [`(${sum} + ${step})`, `(${test} ? ${sum} + ${step} : ${sum})`, `Math.min(${sum}, ${step})`, `(${step} - ${sum})`],
        boolean: [`(${sum} !== ${step})`, `(${sum} && ${step})`, `(${sum} || ${step})`],
        timestamp: [`(${step} > ${sum} ? ${step} : ${sum})`, `(${test} ? ${sum} : ${step})`],
        date: [`(${step} < ${sum} ? ${step} : ${sum})`, `(${test} ? ${sum} : ${step})`],
        enum: [`(${test} ? ${sum} : ${step})`],
        text: ['""'],
      }[kind],
    );
    return `${list}.reduce((${sum}, ${each}) => ${body}, ${first})`;
  }
}
