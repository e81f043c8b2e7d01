// Expressions of CEL as expressions of Verdict: what they become, and what is refused. That both mean the same is what
// conformance.test.ts shows.

import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { importCel } from '#src/import/cel/import-cel.js';

const VARIABLES = {
  count: 'int(0, 1000)',
  size: 'int',
  big: 'uint',
  risk: 'double',
  name: 'string(40)',
  vip: 'bool',
  at: 'timestamp',
  color: 'enum("red", "green", "light blue")',
  tags: 'list(string, 8)',
  counts: 'list(int(0, 9), 8)',
  'note?': 'string(40)',
  'limit?': 'int(0, 9)',
  remark: 'string(40) | null',
  card: '{ issuer: string(20), limit?: int(0, 5000) }',
  items: 'list({ price: double, sku?: string(20), quantity: int(0, 99) }, 20)',
};

function imported(expr: string): { text?: string; faults: string[] } {
  const text = JSON.stringify({ variables: VARIABLES, expressions: { result: expr } });
  const { files, diagnostics } = importCel({ name: 'x.cel.json', text }, {});
  const outputs = files.get('outputs.yaml');
  const faults = diagnostics.filter(({ severity }) => severity === 'error').map(({ code, message }) => `${code}: ${message}`);
  if (outputs === undefined) return { faults };
  const entries = parse(new TextDecoder().decode(outputs)) as { value?: string; each?: string }[];
  return { text: entries.map(({ value, each }) => value ?? each).join('; '), faults };
}

describe('expressions of fields', () => {
  it.each([
    ['count + 1 > 5', 'count + 1 > 5'],
    ['count / 2 == 3', 'Math.trunc(count / 2) === 3'],
    ['count % 2 == 1', 'count % 2 === 1'],
    ['size == 9007199254740993', 'size === 9007199254740993'],
    ['size > count', 'size > toDecimal(count, 0, "down")'],
    ['count - 5 < 0', 'count - 5 < 0'],
    ['risk * 2.0 >= 1.5 && vip', 'risk * 2 >= 1.5 && vip'],
    ['double(count) / 2.0', 'count / 2'],
    ['name.startsWith("a") || name.contains("b")', 'name.startsWith("a") || name.includes("b")'],
    ["name.matches('^[a-z.]+\\\\d{2,3}?.$')", 'matches(name, "^[a-z.]+\\\\d{2,3}[^\\\\n]$")'],
    ['color == "red"', 'color === "red"'],
    ['color == "black"', 'false'],
    ['color in ["red", "black"]', '["red"].includes(color)'],
    ['color.startsWith("light")', '["light blue"].includes(color)'],
    ['"vip" in tags && size(tags) < 3', 'tags.includes("vip") && tags.length < 3'],
    ['count in [1, 2, 3]', '[1, 2, 3].includes(count)'],
    ['risk in [0.5]', '[0.5].includes(risk)'],
    ['at > timestamp("2026-01-01T00:00:00Z")', 'at > "2026-01-01T00:00:00Z"'],
    ['at.getHours("-08:00") < 6', 'at.hour("Etc/GMT+8") < 6'],
    ['at.getDayOfWeek() == 0', 'at.dayOfWeek("UTC") % 7 === 0'],
    ['items.exists(i, i.price > 10.0 && i.quantity > 1)', 'items.some(i => i.price > 10 && i.quantity > 1)'],
    ['items.filter(i, has(i.sku) && i.sku == "A").size() == 1', 'items.filter(i => i.sku !== null && i.sku === "A").length === 1'],
    ['items.exists_one(i, i.price == 1.0)', 'items.filter(i => i.price === 1).length === 1'],
    ['items.map(i, i.price * 2.0)', 'items.map(i => i.price * 2)'],
    ['items.filter(i, i.price > risk).map(i, i.quantity)', 'items.filter(i => i.price > risk).map(i => i.quantity)'],
    ['counts.all(count, count < 5)', 'counts.every(count2 => count2 < 5)'],
    ['has(card.limit) && card.limit > 5', 'card.limit !== null && card.limit > 5'],
    ['!has(card.limit) || card.limit > 5', 'card.limit === null || card.limit > 5'],
    ['card.limit > 5 && has(card.limit)', 'card.limit !== null && card.limit > 5'],
    ['remark == null || remark.startsWith("a")', 'remark === null || remark.startsWith("a")'],
    ['remark != null ? remark : "-"', 'remark !== null ? remark : "-"'],
    ['remark == "x"', 'remark === "x"'],
    ['vip ? 1 : count', 'vip ? 1 : count'],
    ['cel.bind(x, count + 1, x * x) > 9', '(count + 1) * (count + 1) > 9'],
    ['true || 1 / 0 > 2', 'true'],
    ['1 + 2 * 3', '7'],
    ['"a" + name + "b"', '"a" + name + "b"'],
    ['math.greatest(count, 5) + math.least(1, 2)', 'Math.max(count, 5) + 1'],
    ['math.round(risk)', 'risk < 0 ? -Math.round(-risk) : Math.round(risk)'],
    ['{"a": 1, "b": 2}[name] > 1', '(name === "a" ? 1 : name === "b" ? 2 : toNumber(toDecimal(0 / 0, 0, "down"))) > 1'],
    ['vip == true && !(count == 5)', 'vip && count !== 5'],
    ['count == 5 ? "a" : name', 'count === 5 ? "a" : name'],
    ['size(name) > 3', '(name.length + name.split("").filter(unit => unit <= "\\ud7ff" || unit >= "\\ue000").length) / 2 > 3'],
  ])('%s', (expr, text) => {
    const found = imported(expr);
    expect(found).toEqual({ text, faults: [] });
  });

  it.each([
    ['an absent field', 'limit > 5', '(limit ?? toNumber(toDecimal(0 / 0, 0, "down"))) > 5'],
    [
      'a division that may have no value on the left',
      'size / count > 1 && vip',
      'vip && divide(size, toDecimal(count, 0, "down"), 0, "down") > 1',
    ],
    ['overflow', 'size + 1 > 5', '(size + 1 <= 9223372036854775807 ? size + 1 : toDecimal(0 / 0, 0, "down")) > 5'],
    [
      'two that may have no value',
      '10 / count > 1 || 20 / count > 1',
      '!(count === 0) && divide(10, toDecimal(count, 0, "down"), 0, "down") > 1',
    ],
    ['one element that decides', 'counts.exists(c, 10 / c > 5)', 'counts.some(c => !(c === 0)'],
  ])('%s', (_, expr, text) => {
    const found = imported(expr);
    expect(found.faults).toEqual([]);
    expect(found.text?.replaceAll('count !== 0', '!(count === 0)').replaceAll('c !== 0', '!(c === 0)')).toContain(text);
  });
});

describe('what is refused names what is missing', () => {
  it.each([
    ['name < note2', 'V7302: the variable `note2` has no type'],
    ['name < name', 'V7002: the order of two texts by code points has no counterpart'],
    ['bytes(name)', 'V7002: the function `bytes` of string has no counterpart'],
    ['at - at', 'V7002: the type duration is missing'],
    ['items[0].price', 'V7002: an element of a list by its index has no counterpart'],
    ['count + risk', 'V7302: `+` does not take int and double'],
    ['count == name', 'V7302: `==` does not take int and string'],
    ['name && vip', 'V7302: a bool is expected, and this is string'],
    ['card.nothing', 'V7302: the model has no field `nothing` here'],
    ['string(count)', 'V7002: the conversion `string` of int has no counterpart'],
    ['name.lowerAscii()', 'V7002: the function `lowerAscii` of string has no counterpart'],
    ['name.reversed()', 'V7302: there is no method `reversed`'],
    ['size * size - size * (size * size - size)', 'V7002: the result may need more than 128 bits'],
    ['1 / 0', 'V7302: this has no value for any payload: division by zero'],
    ['{"a": count}', 'V7002: a map that is made of fields has no counterpart'],
    ['name.matches("(?i)a")', 'V7002: `(?i)`: flags inside a pattern have no counterpart'],
    ['Point{x: count}', 'V7302: the message type `Point` is not known'],
    ['counts.map(c, 10 / c)', 'V7002: a list of values that there may be none of has no counterpart'],
    ['null', 'V7002: the type null_type is missing: the result is always null'],
    ['b"a"', 'V7002: the type bytes is missing'],
    ['optional.of(count)', 'V7002: the function `optional.of` of int has no counterpart'],
    ['count +', 'V7301: the expression ends here, where a value is expected'],
    ['vip ? 1 : "a"', 'V7302: the branches are of different types, int and string: the type dyn is missing'],
    ['color < "red"', 'V7002: the order of texts of an enum has no counterpart'],
  ])('%s', (expr, fault) => {
    const { faults } = imported(expr);
    expect(faults).toEqual([fault]);
  });
});

describe('sources', () => {
  const check = (name: string, text: string, options = {}): { files: string[]; faults: string[]; model?: unknown } => {
    const { files, diagnostics } = importCel({ name, text }, options);
    const model = files.get('model.yaml');
    return {
      files: [...files.keys()],
      faults: diagnostics.map(({ code, span }) => `${code} @${text.slice(span.start, span.end)}`),
      ...(model === undefined ? {} : { model: parse(new TextDecoder().decode(model)) }),
    };
  };

  it('of one expression say its variables in comments', () => {
    const text = '// @var amount: double\n// @var country: enum("DE", "FR")\n// @output risky\namount > 5.0 && country == "DE"\n';
    expect(check('a/b.cel', text)).toEqual({
      files: ['bundle.yaml', 'model.yaml', 'outputs.yaml'],
      faults: [],
      model: {
        type: 'object',
        required: ['amount', 'country'],
        properties: { amount: { type: 'number' }, country: { type: 'string', enum: ['DE', 'FR'] } },
      },
    });
  });

  it('without types take them from payloads', () => {
    const payloads = [{ amount: 1.5, count: 3 }, { amount: 2 }];
    expect(check('x.cel', 'amount > 1.0 && has(count) && count > 2', { payloads })).toMatchObject({
      faults: ['V7301 @count'],
    });
    expect(check('x.cel', 'amount > 1.0', { payloads })).toMatchObject({
      faults: [],
      model: { properties: { amount: { type: 'number' }, count: { type: 'integer', format: 'int64' } }, required: ['amount'] },
    });
  });

  it.each([
    ['// @var a\na', 'V7301 @a'],
    ['// @var a: thing\na', 'V7301 @thing'],
    ['// @var a: list(int\na', 'V7301 @'],
    ['// @var a: int\n// @var a: int\na', 'V7301 @a: int'],
    ['// @nothing\n1', 'V7301 @nothing'],
    ['// @output a..b\n1', 'V7301 @output a..b'],
    ['// @var now: timestamp\nnow', 'V7002 @'],
    ['a +', 'V7301 @'],
    ['// @var a: uint\na', 'V7001 @'],
  ])('%j', (text, fault) => {
    expect(check('x.cel', text).faults.map((found) => found.slice(0, fault.length))).toContain(fault);
  });

  it('that are documents have named expressions', () => {
    const text = 'variables:\n  a: int(0, 9)\nexpressions:\n  x.y: a > 1\n  z: a +\n';
    expect(check('x.cel.yaml', text)).toMatchObject({ faults: ['V7301 @'], files: ['bundle.yaml', 'model.yaml', 'outputs.yaml'] });
    expect(check('x.cel.yaml', 'a: 1').faults).toEqual(['V7003 @a: 1']);
  });
});
