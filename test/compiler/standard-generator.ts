// Random expressions of the profile `standard` over the model of standard-world.ts, as source text. Most are accepted; those that
// the checker refuses are not used.

import type { Random } from '../lib/expression-model.js';

export type Kind = 'boolean' | 'number' | 'decimal' | 'text' | 'time' | 'day';

const LEAVES: Readonly<Record<Kind, readonly string[]>> = {
  boolean: ['flag', 'true', 'false'],
  number: ['n', 'm', 'preset', '0', '1.5', '-7', 'items.length', 'rates.length', 'tags.length'],
  decimal: ['amount', 'fee', 'big', '0.5', '12.34'],
  text: ['s', 't', '"x"', '""', '","', '"😀"'],
  time: ['at', 'seen', 'now'],
  day: ['day'],
};

const NULLABLE: Readonly<Record<Kind, readonly string[]>> = {
  boolean: ['maybeFlag', 'kinds?.includes("DE")'],
  number: ['maybe', 'card?.limit', 'card?.holder?.limit', 'note?.length', 'maybeTags?.length'],
  decimal: ['maybeAmount'],
  text: ['note', 'card?.issuer', 'card?.holder?.issuer'],
  time: ['maybeAt'],
  day: ['maybeDay'],
};

/** Lists, with what stands for an element: kind, and its own leaves. */
const LISTS = [
  { list: 'rates', kind: 'number', leaves: { number: ['X'] }, nullable: {} },
  { list: 'tags', kind: 'text', leaves: { text: ['X'], number: ['X.length'] }, nullable: {} },
  { list: 's.split(",")', kind: 'text', leaves: { text: ['X', 'X.trim()'] }, nullable: {} },
  { list: '[n, m, 3]', kind: 'number', leaves: { number: ['X'] }, nullable: {} },
  { list: '["a", t]', kind: 'text', leaves: { text: ['X'] }, nullable: {} },
  {
    list: 'items',
    kind: 'object',
    leaves: {
      number: ['X.quantity', 'X.tags.length'],
      decimal: ['X.price'],
      text: ['X.sku'],
      boolean: ['X.kind === "US"', 'X.tags.includes(t)'],
    },
    nullable: {
      decimal: ['X.discount'],
      text: ['X.label', 'X.card?.issuer'],
      number: ['X.card?.limit'],
      time: ['X.sold'],
      boolean: ['X.fragile'],
    },
  },
] as const;

const ROUNDINGS = ['half-even', 'half-up', 'down', 'up'] as const;

type Names = Partial<Record<Kind, readonly string[]>>;

export class StandardGenerator {
  readonly #random: Random;
  #locals = 0;
  /** What the arrow functions around bind. */
  #leaves: Names[] = [];
  #nullables: Names[] = [];

  constructor(random: Random) {
    this.#random = random;
  }

  /** An expression that is never null. */
  of(kind: Kind, depth: number): string {
    if (depth <= 0 || this.#random.chance(10)) return this.#leaf(kind, LEAVES, this.#leaves);
    const roll = this.#random.below(10);
    if (roll === 0) return `(${this.of('boolean', depth - 1)} ? ${this.of(kind, depth - 1)} : ${this.of(kind, depth - 1)})`;
    if (roll === 1) return `(${this.nullable(kind, depth - 1)} ?? ${this.of(kind, depth - 1)})`;
    switch (kind) {
      case 'boolean':
        return this.#boolean(depth - 1);
      case 'number':
        return this.#number(depth - 1);
      case 'decimal':
        return this.#decimal(depth - 1);
      case 'text':
        return this.#text(depth - 1);
      case 'time':
        return `${this.#leaf(kind, LEAVES, this.#leaves)}.${this.#random.pick(['startOfDay', 'endOfDay'])}("UTC")`;
      case 'day':
        return `${this.of('time', depth - 1)}.toDate("${this.#random.pick(['UTC', 'Europe/Berlin'])}")`;
    }
  }

  /** An expression that may be null. */
  nullable(kind: Kind, depth: number): string {
    if (depth <= 0 || this.#random.chance(50)) return this.#leaf(kind, NULLABLE, this.#nullables);
    const roll = this.#random.below(3);
    if (roll === 0) return `(${this.of('boolean', depth - 1)} ? ${this.nullable(kind, depth - 1)} : ${this.of(kind, depth - 1)})`;
    if (roll === 1) return `(${this.of('boolean', depth - 1)} ? null : ${this.nullable(kind, depth - 1)})`;
    if (kind === 'text') {
      const change = this.#random.pick(['trim()', 'toLowerCase()', 'slice(1)', `slice(0, ${this.of('number', 0)})`]);
      return `(${this.nullable(kind, depth - 1)})?.${change}`;
    }
    return `(${this.nullable(kind, depth - 1)} ?? ${this.nullable(kind, depth - 1)})`;
  }

  #leaf(kind: Kind, fixed: Readonly<Record<Kind, readonly string[]>>, bound: readonly Names[]): string {
    const names = bound.flatMap((own) => own[kind] ?? []);
    return this.#random.pick(names.length > 0 && this.#random.chance(60) ? names : fixed[kind]);
  }

  #nullOr(kind: Kind, depth: number): string {
    return this.#random.chance(50) ? 'null' : this.of(kind, depth);
  }

  #boolean(depth: number): string {
    const kind = this.#random.pick(['number', 'decimal', 'text', 'time', 'day'] as const);
    const both = (own: Kind): [string, string] => [this.of(own, depth), this.of(own, depth)];
    switch (this.#random.below(9)) {
      case 0:
        return `!${this.of('boolean', depth)}`;
      case 1:
        return `(${both('boolean').join(this.#random.pick([' && ', ' || ', ' === ', ' !== ']))})`;
      case 2:
        return [`(${this.nullable(kind, depth)}`, this.#random.pick(['===', '!==']), `${this.#nullOr(kind, depth)})`].join(' ');
      case 3:
        return `(${both('text').join(`.${this.#random.pick(['startsWith', 'endsWith', 'includes'])}(`)}))`;
      case 4:
        return `matches(${this.of('text', depth)}, "${this.#random.pick(['^x', ',+', '^\\\\\\\\s*$', '[a-c]{2}'])}")`;
      case 5:
      case 6:
        return this.#walk(
          depth,
          (list, name) => `${list}.${this.#random.pick(['some', 'every'])}(${name} => ${this.of('boolean', depth - 1)})`,
        );
      default:
        return `(${both(kind).join(` ${this.#random.pick(['<', '<=', '>', '>=', '===', '!=='])} `)})`;
    }
  }

  #number(depth: number): string {
    switch (this.#random.below(7)) {
      case 0:
        return `${this.of('text', depth)}.length`;
      case 1:
        return `Math.${this.#random.pick(['min', 'max'])}(${this.of('number', depth)}, ${this.of('number', depth)})`;
      case 2:
        return `Math.${this.#random.pick(['abs', 'floor', 'ceil', 'round', 'trunc', 'sign', 'sqrt'])}(${this.of('number', depth)})`;
      case 3:
        return this.#walk(depth, (list, name) => `${list}.filter(${name} => ${this.of('boolean', depth - 1)}).length`);
      case 4:
        return this.#walk(depth, (list, name) => {
          const sum = `a${this.#locals++}`;
          const body = `${sum} ${this.#random.pick(['+', '-', '*'])} y${sum}`;
          const mapped = `${list}.map(${name} => ${this.of('number', depth - 1)})`;
          return `${mapped}.reduce((${sum}, y${sum}) => ${body}, ${this.of('number', 0)})`;
        });
      case 5:
        return `${this.of('text', depth)}.indexOf(${this.of('text', depth)})`;
      default:
        return `(${this.of('number', depth)} ${this.#random.pick(['+', '-', '*', '/', '%'])} ${this.of('number', depth)})`;
    }
  }

  #decimal(depth: number): string {
    switch (this.#random.below(6)) {
      case 0:
        return `divide(${this.of('decimal', depth)}, ${this.of('decimal', depth)}, 2, "${this.#random.pick(ROUNDINGS)}")`;
      case 1:
        return `round(${this.of('decimal', depth)}, 1, "half-even")`;
      case 2:
        return `Math.${this.#random.pick(['min', 'max'])}(${this.of('decimal', depth)}, ${this.of('decimal', depth)})`;
      case 3:
        return `Math.abs(${this.of('decimal', depth)})`;
      default:
        return `(${this.of('decimal', depth)} ${this.#random.pick(['+', '-', '*', '%'])} ${this.of('decimal', depth)})`;
    }
  }

  #text(depth: number): string {
    switch (this.#random.below(5)) {
      case 0:
        return `${this.of('text', depth)}.slice(${this.of('number', 0)}, ${this.of('number', 0)})`;
      case 1:
        return `${this.of('text', depth)}.${this.#random.pick(['trim', 'toUpperCase', 'toLowerCase', 'trimEnd'])}()`;
      case 2:
        return `\`\${${this.of('text', depth)}}-\${${this.of('text', depth)}}\``;
      default:
        return `(${this.of('text', depth)} + ${this.of('text', depth)})`;
    }
  }

  #walk(depth: number, make: (list: string, name: string) => string): string {
    const { list, leaves, nullable } = this.#random.pick(LISTS);
    const name = `x${this.#locals++}`;
    const named = (own: Names): Names =>
      Object.fromEntries(
        Object.entries(own).map(([kind, sources]) => [kind, sources.map((source) => source.replaceAll('X', name))]),
      );
    this.#leaves.push(named(leaves));
    this.#nullables.push(named(nullable));
    const result = depth > 0 ? make(list, name) : make('[n]', name);
    this.#leaves.pop();
    this.#nullables.pop();
    return result;
  }
}
