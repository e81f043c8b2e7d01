// Random expressions of the strict language over one model, each with the JavaScript that says what it means: the same text for
// booleans, numbers and texts; BigInt arithmetic for decimals, timestamps and dates. Fields are read from `p`, an object of
// src/schema/reader.ts.

import { FieldKind } from '#assembly/shared/value-type.js';
import { parseDate, parseTimestamp } from '#src/schema/time.js';
import { DAYS, generatorModel, INSTANTS, type Random, randomText } from './expression-model.js';

type Kind = 'boolean' | 'number' | 'text' | 'decimal';

export interface Generated {
  /** The expression as an author writes it. */
  source: string;
  /** JavaScript of its value over `p` and `now`; a decimal is a BigInt of `scale` digits after the point. */
  js: string;
  /** Strength of its outermost operator, for parentheses. */
  strength: number;
  scale: number;
  /** Decimals: no value is larger. */
  abs: bigint;
}

const OR = 1;
const AND = 2;
const EQUALITY = 3;
const RELATION = 4;
const SUM = 5;
const PRODUCT = 6;
const UNARY = 7;
const PRIMARY = 8;
const STRENGTHS: Record<string, number> = {
  '+': SUM,
  '-': SUM,
  '*': PRODUCT,
  '/': PRODUCT,
  '%': PRODUCT,
  '===': EQUALITY,
  '!==': EQUALITY,
};
const RELATIONS = ['<', '<=', '>', '>='] as const;
const EQUALITIES = ['===', '!=='] as const;
const WIDE_ABS = 1n << 126n;

/** A field that an expression may name: its path, and which paths may be null on the way to it (itself included). */
interface Leaf {
  path: string;
  kind: FieldKind;
  nullable: boolean;
  /** Object that has to be there. */
  inside: string | null;
  scale: number;
  abs: bigint;
  members: readonly { name: string }[];
}

const LEAVES: Leaf[] = generatorModel.fields.map((field) => {
  const bounds = field.kind === FieldKind.DECIMAL ? [field.minimum, field.maximum] : [0n];
  let abs = 0n;
  for (const bound of bounds) {
    const value = BigInt(bound ?? 1n << 63n);
    if (value > abs) abs = value;
    if (-value > abs) abs = -value;
  }
  return {
    path: field.path,
    kind: field.kind,
    nullable: field.nullable,
    inside: field.path.startsWith('o.') ? 'o' : null,
    scale: field.scale ?? 0,
    abs,
    members: field.members ?? [],
  };
});
const KINDS: Record<Kind, readonly FieldKind[]> = {
  boolean: [FieldKind.BOOL],
  number: [FieldKind.DOUBLE, FieldKind.INT, FieldKind.LONG],
  text: [FieldKind.TEXT],
  decimal: [FieldKind.DECIMAL],
};

const power = (digits: number): bigint => 10n ** BigInt(digits);

/** Generates expressions. `facts` are the paths known not to be null where the expression stands. */
export class ExpressionGenerator {
  /** How often each form was made: operator and operand kinds. */
  readonly forms = new Map<string, number>();

  constructor(readonly random: Random) {}

  /** An expression of any kind. */
  any(): Generated & { kind: Kind } {
    const kind = this.random.pick<Kind>(['boolean', 'boolean', 'boolean', 'number', 'number', 'text', 'decimal']);
    return { kind, ...this.make(kind, 1 + this.random.below(4), new Set()) };
  }

  make(kind: Kind, depth: number, facts: ReadonlySet<string>): Generated {
    if (depth === 0 || this.random.chance(12)) return this.#leaf(kind, facts);
    switch (kind) {
      case 'boolean':
        return this.#boolean(depth - 1, facts);
      case 'number':
        return this.#number(depth - 1, facts);
      case 'text':
        return this.#binary('+', 'text', this.make('text', depth - 1, facts), this.make('text', depth - 1, facts));
      case 'decimal':
        return this.#decimal(depth - 1, facts);
    }
  }

  #count(form: string): void {
    this.forms.set(form, (this.forms.get(form) ?? 0) + 1);
  }

  /** Fields of a kind that are there, or that may be null too. */
  #fields(kinds: readonly FieldKind[], facts: ReadonlySet<string>, nullableToo = false): Leaf[] {
    return LEAVES.filter((leaf) => {
      if (!kinds.includes(leaf.kind) || (leaf.inside !== null && !facts.has(leaf.inside))) return false;
      return nullableToo || !leaf.nullable || facts.has(leaf.path);
    });
  }

  #fieldNode(leaf: Leaf): Generated {
    return { source: leaf.path, js: `p.${leaf.path}`, strength: PRIMARY, scale: leaf.scale, abs: leaf.abs };
  }

  #leaf(kind: Kind, facts: ReadonlySet<string>): Generated {
    if (this.random.chance(70)) {
      const fields = this.#fields(KINDS[kind], facts);
      this.#count(`field ${kind}`);
      return this.#fieldNode(this.random.pick(fields));
    }
    this.#count(`literal ${kind}`);
    const plain = { strength: PRIMARY, scale: 0, abs: 0n };
    switch (kind) {
      case 'boolean': {
        const source = String(this.random.chance(50));
        return { source, js: source, ...plain };
      }
      case 'number': {
        const source = this.random.pick([
          '0',
          '1',
          '5',
          '0.1',
          '0.3',
          '2.5',
          '1e21',
          '5e-324',
          '1e308',
          '100',
          '9007199254740991',
          '.5',
        ]);
        return { source, js: source, ...plain };
      }
      case 'text': {
        const source = JSON.stringify(randomText(this.random));
        return { source, js: source, ...plain };
      }
      case 'decimal':
        // A literal takes its type from its neighbour, so that alone it would be a number.
        return this.#fieldNode(this.random.pick(this.#fields(KINDS.decimal, facts)));
    }
  }

  /** Joins two operands, with the parentheses that the text needs, and now and then some that it does not. */
  #join(operator: string, strength: number, left: Generated, right: Generated): string {
    return `${this.#wrap(left, strength)} ${operator} ${this.#wrap(right, strength + 1)}`;
  }

  #wrap(node: Generated, strength: number): string {
    return node.strength < strength || this.random.chance(5) ? `(${node.source})` : node.source;
  }

  #binary(operator: string, kind: string, left: Generated, right: Generated): Generated {
    this.#count(`${operator} ${kind}`);
    const strength = STRENGTHS[operator] ?? RELATION;
    const source = this.#join(operator, strength, left, right);
    return { source, js: `(${left.js} ${operator} ${right.js})`, strength, scale: 0, abs: 0n };
  }

  #negated(node: Generated, kind: string): Generated {
    this.#count(`unary - ${kind}`);
    const wrapped = node.strength < UNARY || node.source.startsWith('-') ? `(${node.source})` : node.source;
    return { ...node, source: `-${wrapped}`, js: `(-${node.js})`, strength: UNARY };
  }

  #number(depth: number, facts: ReadonlySet<string>): Generated {
    if (this.random.chance(15)) return this.#negated(this.make('number', depth, facts), 'number');
    const operator = this.random.pick(['+', '-', '*', '/', '%']);
    return this.#binary(operator, 'number', this.make('number', depth, facts), this.make('number', depth, facts));
  }

  #decimalLiteral(): Generated {
    const scale = this.random.below(4);
    const value = BigInt(this.random.below(2000));
    const digits = value.toString().padStart(scale + 1, '0');
    const source = scale === 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
    return { source, js: `${value}n`, strength: PRIMARY, scale, abs: value };
  }

  /** Two decimals, of which one may be a literal. */
  #decimals(depth: number, facts: ReadonlySet<string>): [Generated, Generated] {
    const pair: [Generated, Generated] = [this.make('decimal', depth, facts), this.make('decimal', depth, facts)];
    if (this.random.chance(40)) pair[this.random.below(2)] = this.#decimalLiteral();
    return pair;
  }

  #decimal(depth: number, facts: ReadonlySet<string>): Generated {
    if (this.random.chance(15)) return this.#negated(this.make('decimal', depth, facts), 'decimal');
    const [left, right] = this.#decimals(depth, facts);
    const operator = this.random.pick(['+', '-', '*']);
    const strength = STRENGTHS[operator]!;
    const scale = operator === '*' ? left.scale + right.scale : Math.max(left.scale, right.scale);
    const [a, b] = operator === '*' ? [left, right] : [rescaled(left, scale), rescaled(right, scale)];
    const abs = operator === '*' ? a.abs * b.abs : a.abs + b.abs;
    // What may not fit 128 bits does not compile.
    if (abs >= WIDE_ABS) return left.abs === 0n ? right : this.#leaf('decimal', facts);
    this.#count(`${operator} decimal`);
    return { source: this.#join(operator, strength, left, right), js: `(${a.js} ${operator} ${b.js})`, strength, scale, abs };
  }

  #boolean(depth: number, facts: ReadonlySet<string>): Generated {
    const roll = this.random.below(100);
    if (roll < 10) return this.#not(this.make('boolean', depth, facts));
    if (roll < 30) return this.#logic(depth, facts);
    if (roll < 45) return this.#guarded(depth, facts);
    if (roll < 60) return this.#nullableEquality(facts);
    if (roll < 66) return this.#nullTest(facts);
    if (roll < 74) return this.#decimalComparison(depth, facts);
    if (roll < 84) return this.#timeComparison(facts);
    const kind = this.random.pick<Kind>(['number', 'number', 'text', 'boolean']);
    const operator = this.random.pick<string>(kind === 'boolean' ? EQUALITIES : [...RELATIONS, ...EQUALITIES]);
    return this.#binary(operator, kind, this.make(kind, depth, facts), this.make(kind, depth, facts));
  }

  #not(node: Generated): Generated {
    this.#count('!');
    return { ...node, source: `!${this.#wrap(node, UNARY)}`, js: `(!${node.js})`, strength: UNARY };
  }

  #logic(depth: number, facts: ReadonlySet<string>): Generated {
    const operator = this.random.pick(['&&', '||']);
    const left = this.make('boolean', depth, facts);
    const right = this.make('boolean', depth, facts);
    return this.#logical(operator, left, right);
  }

  #logical(operator: string, left: Generated, right: Generated): Generated {
    this.#count(operator);
    const strength = operator === '&&' ? AND : OR;
    return {
      source: this.#join(operator, strength, left, right),
      js: `(${left.js} ${operator} ${right.js})`,
      strength,
      scale: 0,
      abs: 0n,
    };
  }

  /** A test for null, then an expression that relies on it: through `&&`, `||` or a `!` around either. */
  #guarded(depth: number, facts: ReadonlySet<string>): Generated {
    const candidates = LEAVES.filter(
      (leaf) => leaf.nullable && !facts.has(leaf.path) && (leaf.inside === null || facts.has(leaf.inside)),
    );
    if (candidates.length === 0) return this.#logic(depth, facts);
    const leaf = this.random.pick(candidates);
    const field = this.#fieldNode(leaf);
    const nothing: Generated = { source: 'null', js: 'null', strength: PRIMARY, scale: 0, abs: 0n };
    const isNull = this.#binary('===', 'null', field, nothing);
    const isThere = this.#binary('!==', 'null', field, nothing);
    const rest = this.make('boolean', depth, new Set([...facts, leaf.path]));
    this.#count(`guard ${FieldKind[leaf.kind]}`);
    switch (this.random.below(4)) {
      case 0:
        return this.#logical('&&', isThere, rest);
      case 1:
        return this.#logical('||', isNull, rest);
      case 2:
        return this.#logical('&&', this.#not(isNull), rest);
      default:
        return this.#logical('||', this.#not(isThere), rest);
    }
  }

  #nullTest(facts: ReadonlySet<string>): Generated {
    const all = LEAVES.filter((leaf) => leaf.nullable && !facts.has(leaf.path) && (leaf.inside === null || facts.has(leaf.inside)));
    if (all.length === 0) return this.#leaf('boolean', facts);
    const field = this.#fieldNode(this.random.pick(all));
    const nothing: Generated = { source: 'null', js: 'null', strength: PRIMARY, scale: 0, abs: 0n };
    const [left, right] = this.random.chance(80) ? [field, nothing] : [nothing, field];
    return this.#binary(this.random.pick(EQUALITIES), 'null', left, right);
  }

  /** Equality of operands that may be null, as JavaScript has it; of enums too. */
  #nullableEquality(facts: ReadonlySet<string>): Generated {
    const operator = this.random.pick(EQUALITIES);
    const roll = this.random.below(5);
    if (roll === 0) {
      const enums = this.#fields([FieldKind.ENUM], facts, true);
      const leaf = this.random.pick(enums);
      const same = enums.filter(({ members }) => members.length === leaf.members.length);
      const literal = JSON.stringify(this.random.pick(leaf.members).name);
      const right = this.random.chance(60)
        ? { source: literal, js: literal, strength: PRIMARY, scale: 0, abs: 0n }
        : this.#fieldNode(this.random.pick(same));
      const pair = [this.#fieldNode(leaf), right] as const;
      return this.random.chance(80) ? this.#binary(operator, 'enum', ...pair) : this.#binary(operator, 'enum', pair[1], pair[0]);
    }
    if (roll === 1) {
      const leaves = this.#fields([FieldKind.DECIMAL], facts, true);
      const left = this.#fieldNode(this.random.pick(leaves));
      const right = this.random.chance(50) ? this.#fieldNode(this.random.pick(leaves)) : this.#decimalLiteral();
      this.#count(`${operator} decimal or null`);
      const [a, b, scale] = [left.js, right.js, Math.max(left.scale, right.scale)];
      const equal = `(${a} === null || ${b} === null ? ${a} === ${b} : ${rescaled(left, scale).js} === ${rescaled(right, scale).js})`;
      const js = operator === '===' ? equal : `(!${equal})`;
      return { source: this.#join(operator, EQUALITY, left, right), js, strength: EQUALITY, scale: 0, abs: 0n };
    }
    const kind = this.random.pick<Kind>(['boolean', 'number', 'text']);
    const left = this.#fieldNode(this.random.pick(this.#fields(KINDS[kind], facts, true)));
    const right = this.random.chance(50)
      ? this.#fieldNode(this.random.pick(this.#fields(KINDS[kind], facts, true)))
      : this.#leaf(kind, facts);
    const pair = this.random.chance(50) ? ([left, right] as const) : ([right, left] as const);
    return this.#binary(operator, `${kind} or null`, ...pair);
  }

  #decimalComparison(depth: number, facts: ReadonlySet<string>): Generated {
    const [left, right] = this.#decimals(depth, facts);
    const operator = this.random.pick([...RELATIONS, ...EQUALITIES]);
    const scale = Math.max(left.scale, right.scale);
    const [a, b] = [rescaled(left, scale), rescaled(right, scale)];
    if (a.abs >= WIDE_ABS || b.abs >= WIDE_ABS) return this.#leaf('boolean', facts);
    this.#count(`${operator} decimal`);
    const strength = STRENGTHS[operator] ?? RELATION;
    return {
      source: this.#join(operator, strength, left, right),
      js: `(${a.js} ${operator} ${b.js})`,
      strength,
      scale: 0,
      abs: 0n,
    };
  }

  #timeComparison(facts: ReadonlySet<string>): Generated {
    const isDate = this.random.chance(40);
    const fields = this.#fields([isDate ? FieldKind.DATE : FieldKind.TIMESTAMP], facts);
    const left =
      !isDate && this.random.chance(25)
        ? { ...this.#fieldNode(fields[0]!), source: 'now', js: 'now' }
        : this.#fieldNode(this.random.pick(fields));
    const text = this.random.pick(isDate ? DAYS : INSTANTS);
    const value = BigInt((isDate ? parseDate(text) : parseTimestamp(text))!);
    const literal: Generated = { source: JSON.stringify(text), js: `${value}n`, strength: PRIMARY, scale: 0, abs: 0n };
    const right = this.random.chance(50) ? literal : this.#fieldNode(this.random.pick(fields));
    const operator = this.random.pick([...RELATIONS, ...EQUALITIES]);
    const pair = this.random.chance(70) ? ([left, right] as const) : ([right, left] as const);
    return this.#binary(operator, isDate ? 'date' : 'timestamp', ...pair);
  }
}

/** A decimal at a larger scale. */
function rescaled(node: Generated, scale: number): Generated {
  const digits = scale - node.scale;
  if (digits === 0) return node;
  return { ...node, js: `(${node.js} * ${power(digits)}n)`, scale, abs: node.abs * power(digits) };
}
