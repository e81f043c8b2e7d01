// The profile `standard` against V8: random expressions with conditionals, null, chains, texts, lists and arrow functions, over
// random payloads. An expression is its own twin in JavaScript, but for `?.`, which gives null there and not undefined.

import { describe, expect, it } from 'vitest';
import { compileExpressions } from '#src/compiler/expressions.js';
import { PayloadEncoder } from '#src/schema/encode.js';
import { Random } from '../lib/expression-model.js';
import { EngineBox } from '../lib/image-engine.js';
import { modelOf, testSeed } from '../lib/model.js';

const IMAGES = 200;
const EXPRESSIONS_PER_IMAGE = 12;
const PAYLOADS_PER_IMAGE = 20;

const text = (maxLength: number): object => ({ type: 'string', maxLength });
const model = modelOf({
  type: 'object',
  required: ['n', 'm', 's', 't', 'flag', 'country', 'home', 'items', 'tags', 'rates'],
  properties: {
    n: { type: 'number' },
    m: { type: 'number' },
    maybe: { type: 'number' },
    s: text(12),
    t: text(12),
    note: text(12),
    flag: { type: 'boolean' },
    maybeFlag: { type: 'boolean' },
    country: { type: 'string', enum: ['US', 'GB', 'DE'] },
    home: { type: 'string', enum: ['US', 'GB', 'DE'] },
    card: {
      type: 'object',
      required: ['limit', 'tags'],
      properties: {
        limit: { type: 'number' },
        issuer: text(6),
        tags: { type: 'array', maxItems: 3, items: text(4) },
        holder: { type: 'object', required: ['age'], properties: { age: { type: 'integer' }, name: text(6) } },
      },
    },
    tags: { type: 'array', maxItems: 4, items: text(4) },
    rates: { type: 'array', maxItems: 4, items: { type: 'number' } },
    maybeTags: { type: 'array', maxItems: 4, items: text(4) },
    items: {
      type: 'array',
      maxItems: 4,
      items: {
        type: 'object',
        required: ['quantity', 'kind', 'tags'],
        properties: {
          quantity: { type: 'integer' },
          price: { type: 'number' },
          sku: text(6),
          kind: { type: 'string', enum: ['US', 'GB', 'DE'] },
          tags: { type: 'array', maxItems: 3, items: text(4) },
          card: { type: 'object', required: ['limit'], properties: { limit: { type: 'number' }, issuer: text(6) } },
        },
      },
    },
  },
});

/** An expression as it is written, and as JavaScript. */
interface Twin {
  text: string;
  js: string;
}

const twin = (both: string): Twin => ({ text: both, js: both });

/** A template of expressions: `${a} + ${b}`. */
function of(parts: TemplateStringsArray, ...holes: Twin[]): Twin {
  const put = (side: 'text' | 'js'): string => parts.map((part, index) => part + (holes[index]?.[side] ?? '')).join('');
  return { text: put('text'), js: put('js') };
}

/** A chain that may be null. */
const nullable = (written: Twin): Twin => ({ text: `(${written.text})`, js: `(${written.js} ?? null)` });

interface Names {
  numbers: string[];
  texts: string[];
  /** Parameters that are elements of `items`. */
  items: string[];
}

class Maker {
  #params = 0;

  constructor(readonly random: Random) {}

  any(depth: number, names: Names): Twin {
    return this.random.pick([() => this.number(depth, names), () => this.boolean(depth, names), () => this.text(depth, names)])();
  }

  #pick(depth: number, leaves: (() => Twin)[], branches: (() => Twin)[]): Twin {
    return this.random.pick(depth <= 0 ? leaves : [...leaves.slice(0, 1), ...branches])();
  }

  number(depth: number, names: Names): Twin {
    const d = depth - 1;
    const number = (): Twin => this.number(d, names);
    const boolean = (): Twin => this.boolean(d, names);
    const texts = (): Twin => this.text(d, names);
    const list = (): Twin => this.texts(d, names);
    const operator = twin(this.random.pick(['+', '-', '*', '/', '%']));
    const unary = twin(this.random.pick(['abs', 'ceil', 'floor', 'round', 'trunc', 'sign', 'sqrt']));
    const extreme = twin(this.random.pick(['min', 'max']));
    return this.#pick(
      depth,
      [
        () => twin(this.random.pick(names.numbers)),
        () => twin(this.random.pick(['0', '-0', '1', '2.5', '-3', '1e9', '(0/0)', '(1/0)'])),
      ],
      [
        () => of`(${number()} ${operator} ${number()})`,
        () => of`(${boolean()} ? ${number()} : ${number()})`,
        () => of`(${this.nullableNumber(d, names)} ?? ${number()})`,
        () => of`(maybe === null ? ${number()} : (maybe + ${number()}))`,
        () => of`Math.${unary}(${number()})`,
        () => of`Math.${extreme}(${number()}, ${number()}, ${number()})`,
        () => of`${texts()}.length`,
        () => of`${texts()}.indexOf(${texts()})`,
        () => of`${texts()}.indexOf(${texts()}, ${number()})`,
        () => of`${list()}.length`,
        () => of`${this.objects(d, names)}.length`,
        () => this.#reduce(d, names),
        () => of`(- ${number()})`,
      ],
    );
  }

  nullableNumber(depth: number, names: Names): Twin {
    const simple = [
      'maybe',
      'card?.limit',
      'card?.holder?.age',
      'note?.length',
      'card?.issuer?.length',
      'card?.tags.length',
      'maybeTags?.length',
    ];
    for (const item of names.items)
      simple.push(`${item}.price`, `${item}.card?.limit`, `${item}.sku?.length`, `${item}.card?.issuer?.length`);
    return this.#pick(
      depth,
      [() => nullable(twin(this.random.pick(simple)))],
      [
        () => nullable(of`note?.indexOf(${this.text(depth - 1, names)})`),
        () => of`(${this.boolean(depth - 1, names)} ? ${this.nullableNumber(depth - 1, names)} : ${this.number(depth - 1, names)})`,
        () => of`(${this.boolean(depth - 1, names)} ? null : ${this.number(depth - 1, names)})`,
        () => of`(${this.nullableNumber(depth - 1, names)} ?? ${this.nullableNumber(depth - 1, names)})`,
      ],
    );
  }

  boolean(depth: number, names: Names): Twin {
    const d = depth - 1;
    const number = (): Twin => this.number(d, names);
    const boolean = (): Twin => this.boolean(d, names);
    const texts = (): Twin => this.text(d, names);
    const relation = twin(this.random.pick(['<', '<=', '>', '>=', '===', '!==']));
    const equal = twin(this.random.pick(['===', '!==']));
    const test = twin(this.random.pick(['startsWith', 'endsWith', 'includes']));
    const quantifier = twin(this.random.pick(['some', 'every']));
    const enums = ['country', 'home', ...names.items.map((item) => `${item}.kind`)];
    const choice = twin(this.random.pick(enums));
    return this.#pick(
      depth,
      [
        () => twin('flag'),
        () => twin(this.random.pick(['(country === home)', '(home !== "US")', '(maybe === null)', '(card !== null)'])),
      ],
      [
        () => of`(${number()} ${relation} ${number()})`,
        () => of`(${texts()} ${relation} ${texts()})`,
        () => of`(${boolean()} ${twin(this.random.pick(['&&', '||', '===', '!==']))} ${boolean()})`,
        () => of`(! ${boolean()})`,
        () => of`(${boolean()} ? ${boolean()} : ${boolean()})`,
        () => of`${texts()}.${test}(${texts()})`,
        () => of`(${this.nullableNumber(d, names)} ${equal} ${this.nullableNumber(d, names)})`,
        () => of`(${this.nullableNumber(d, names)} ${equal} null)`,
        () => of`(${this.nullableText(d, names)} ${equal} ${this.nullableText(d, names)})`,
        () => of`(${this.nullableText(d, names)} ${equal} ${texts()})`,
        () => of`(maybeFlag ?? ${boolean()})`,
        () => of`(note !== null && note.${test}(${texts()}))`,
        () => of`(card === null || card.limit > ${number()})`,
        () => of`(${nullable(of`note?.${test}(${texts()})`)} ?? ${boolean()})`,
        () => of`["US", "DE"].includes(${choice})`,
        () => of`(${choice} === (${boolean()} ? "GB" : home))`,
        () => of`[${number()}, ${number()}].includes(${number()})`,
        () => of`${this.texts(d, names)}.includes(${texts()})`,
        () => of`rates.includes(${number()})`,
        () =>
          this.#each(
            names,
            'texts',
            (inner, param) => of`${this.texts(d, names)}.${quantifier}(${param} => ${this.boolean(d, inner)})`,
          ),
        () => this.#each(names, 'numbers', (inner, param) => of`rates.${quantifier}(${param} => ${this.boolean(d, inner)})`),
        () =>
          this.#each(
            names,
            'items',
            (inner, param) => of`${this.objects(d, names)}.${quantifier}(${param} => ${this.boolean(d, inner)})`,
          ),
      ],
    );
  }

  text(depth: number, names: Names): Twin {
    const d = depth - 1;
    const number = (): Twin => this.number(d, names);
    const texts = (): Twin => this.text(d, names);
    const change = twin(this.random.pick(['trim', 'trimStart', 'trimEnd', 'toLowerCase', 'toUpperCase']));
    return this.#pick(
      depth,
      [() => twin(this.random.pick(names.texts)), () => twin(this.random.pick(['""', '"a"', '" b"', '"é"', '"😀"', '"ab"']))],
      [
        () => of`(${texts()} + ${texts()})`,
        () => of`\`${twin('$')}{${texts()}}-${twin('$')}{${texts()}}\``,
        () => of`(${this.boolean(d, names)} ? ${texts()} : ${texts()})`,
        () => of`(${this.nullableText(d, names)} ?? ${texts()})`,
        () => of`${texts()}.slice(${number()})`,
        () => of`${texts()}.slice(${number()}, ${number()})`,
        () => of`${texts()}.${change}()`,
      ],
    );
  }

  nullableText(depth: number, names: Names): Twin {
    const simple = ['note', 'card?.issuer', 'card?.holder?.name', 'note?.trim()', 'card?.issuer?.slice(1)'];
    for (const item of names.items) simple.push(`${item}.sku`, `${item}.card?.issuer`, `${item}.sku?.toUpperCase()`);
    return this.#pick(
      depth,
      [() => nullable(twin(this.random.pick(simple)))],
      [
        () => nullable(of`note?.slice(${this.number(depth - 1, names)}).trim()`),
        () => of`(${this.boolean(depth - 1, names)} ? ${this.nullableText(depth - 1, names)} : ${this.text(depth - 1, names)})`,
      ],
    );
  }

  /** A list of texts. */
  texts(depth: number, names: Names): Twin {
    const own = ['tags', ...names.items.map((item) => `${item}.tags`)];
    const d = depth - 1;
    return this.#pick(
      depth,
      [() => twin(this.random.pick(own))],
      [
        () =>
          this.#each(names, 'texts', (inner, param) => of`${this.texts(d, names)}.filter(${param} => ${this.boolean(d, inner)})`),
        () => this.#each(names, 'texts', (inner, param) => of`${this.texts(d, names)}.map(${param} => ${this.text(d, inner)})`),
        () => this.#each(names, 'items', (inner, param) => of`${this.objects(d, names)}.map(${param} => ${this.text(d, inner)})`),
        () => of`[${this.text(d, names)}, ${this.text(d, names)}]`,
        () => of`${this.text(d, names)}.split(${twin(this.random.pick(['""', '"a"', '" "', 's']))})`,
      ],
    );
  }

  /** A list of objects. */
  objects(depth: number, names: Names): Twin {
    return this.#pick(
      depth,
      [() => twin('items')],
      [() => this.#each(names, 'items', (inner, param) => of`items.filter(${param} => ${this.boolean(depth - 1, inner)})`)],
    );
  }

  #each(names: Names, kind: keyof Names, make: (inner: Names, param: Twin) => Twin): Twin {
    const param = `p${this.#params++}`;
    const inner = { ...names, [kind]: [...names[kind], param] };
    if (kind === 'items') inner.numbers = [...inner.numbers, `${param}.quantity`];
    return make(inner, twin(param));
  }

  #reduce(depth: number, names: Names): Twin {
    const sum = `p${this.#params++}`;
    return this.#each(names, 'items', (inner, param) => {
      const body = this.number(depth, { ...inner, numbers: [...inner.numbers, sum, sum] });
      return of`${this.objects(depth, names)}.reduce((${twin(sum)}, ${param}) => ${body}, ${this.number(0, names)})`;
    });
  }
}

const NUMBERS = [0, -0, 1, -1, 2.5, 7, 1e300, 0.1];
const TEXTS = ['', 'a', 'ab', ' a ', 'É', 'ß', '😀a', 'a\u2028b', 'İ', 'A B'];

function payloadOf(random: Random): Record<string, unknown> {
  const some = <T>(make: () => T): T | undefined => (random.chance(60) ? make() : undefined);
  const number = (): number => random.pick(NUMBERS);
  const any = (): string => random.pick(TEXTS);
  const short = (): string => random.pick(['', 'a', 'b ', 'É']);
  const country = (): string => random.pick(['US', 'GB', 'DE']);
  const many = <T>(max: number, make: () => T): T[] => Array.from({ length: random.below(max + 1) }, make);
  const card = (): object => ({ limit: number(), issuer: some(short) });
  return {
    n: number(),
    m: number(),
    maybe: some(number),
    s: any(),
    t: any(),
    note: some(any),
    flag: random.chance(50),
    maybeFlag: some(() => random.chance(50)),
    country: country(),
    home: country(),
    card: some(() => ({ ...card(), tags: many(3, short), holder: some(() => ({ age: random.below(90), name: some(short) })) })),
    tags: many(4, short),
    rates: many(4, number),
    maybeTags: some(() => many(4, short)),
    items: many(4, () => ({
      quantity: random.below(5),
      price: some(number),
      sku: some(short),
      kind: country(),
      tags: many(3, short),
      card: some(card),
    })),
  };
}

/** undefined is null, at every depth. */
function withNulls(value: unknown): unknown {
  if (value === undefined) return null;
  if (Array.isArray(value)) return value.map(withNulls);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, below]) => [key, withNulls(below)]));
}

/** What no expression is held to: they are limits of size, not of meaning. */
const LIMITS = new Set(['V5002', 'V5003', 'V5004', 'V5005', 'V5006', 'V5008', 'V5009', 'V5040', 'V5041', 'V3324', 'V3316']);

describe('the profile standard', () => {
  it('has the values of V8', () => {
    const seed = testSeed('standard');
    const random = new Random(seed);
    const maker = new Maker(random);
    const encoder = new PayloadEncoder(model);
    const fields = model.tables[0]!.fields.map(({ name }) => name);
    const names: Names = { numbers: ['n', 'm'], texts: ['s', 't'], items: [] };
    const box = new EngineBox({ imageBytesMax: 1 << 22 });
    let pairs = 0;
    let limited = 0;
    for (let round = 0; round < IMAGES; round++) {
      const twins: Twin[] = [];
      while (twins.length < EXPRESSIONS_PER_IMAGE) {
        const made = maker.any(2 + random.below(3), names);
        const errors = compileExpressions(model, [made.text], { profile: 'standard' }).diagnostics.filter(
          (d) => d.severity === 'error',
        );
        const other = errors.find(({ code }) => !LIMITS.has(code));
        if (other !== undefined) throw new Error(`VERDICT_SEED=${seed}: ${other.code} ${other.message} in ${made.text}`);
        if (errors.length === 0) twins.push(made);
        else limited++;
      }
      const { image } = compileExpressions(
        model,
        twins.map((made) => made.text),
        { profile: 'standard' },
      );
      if (image === undefined) continue;
      box.mustLoad(image);
      const runs = twins.map(({ js }) => new Function(...fields, `return ${js};`));
      for (let k = 0; k < PAYLOADS_PER_IMAGE; k++) {
        const payload = payloadOf(random);
        const { status, values } = box.evaluate(encoder.encode(payload), {
          shift: random.below(8),
        });
        expect(status).toBe(0);
        const seen = withNulls(payload) as Record<string, unknown>;
        const args = fields.map((name) => seen[name] ?? null);
        for (const [index, run] of runs.entries()) {
          pairs++;
          const want: unknown = run(...args);
          if (Object.is(values[index], want)) continue;
          throw new Error(
            `VERDICT_SEED=${seed}: ${twins[index]!.text}\nfor ${JSON.stringify(payload)}\nis ${JSON.stringify(values[index])}, and V8 says ${JSON.stringify(want)}`,
          );
        }
      }
    }
    console.log(`standard: ${pairs} pairs equal, ${limited} expressions beyond a limit`);
    expect(pairs).toBeGreaterThan(20_000);
  });
});
