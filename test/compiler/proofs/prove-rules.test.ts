import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkSource } from '#src/compiler/check-source.js';
import type { Ir } from '#src/compiler/ir.js';
import { type Environment, evaluate } from '#src/compiler/proofs/evaluate.js';
import { proveRules } from '#src/compiler/proofs/prove-rules.js';
import type { DomainValue } from '#src/compiler/proofs/table-form.js';
import { looseSource } from '#src/compiler/source.js';
import { type Diagnostic, DiagnosticBag } from '#src/diagnostic/diagnostic.js';
import { PayloadEncoder } from '#src/schema/encode.js';
import { model } from '../check.js';

const seed = Number(process.env.VERDICT_SEED ?? 20_262);

interface Proven {
  conditions: Ir[];
  items: Diagnostic[];
  /** `V4220 2`: code and number of the rule. */
  found: string[];
}

/** Proves rules with these conditions; their ids are r0, r1, ... */
function prove(texts: readonly string[], combine: 'first' | 'score' = 'first', scores: readonly number[] = []): Proven {
  const checking = new DiagnosticBag();
  const rules = texts.map((text, index) => {
    const when = looseSource(`r${index}`, text);
    const condition = checkSource(when, model, 'standard', checking);
    if (condition === undefined) throw new Error(`${text}: ${checking.items[0]?.message}`);
    const place = { idSpan: when.span, thenSpan: when.span, file: `r${index}`, line: 1, outcome: null, reason: null };
    return { rule: { id: `r${index}`, when, score: scores[index] ?? 0, ...place }, condition };
  });
  const bag = new DiagnosticBag();
  expect(proveRules(rules, { combine }, model, bag)).toEqual({ notProven: 0 });
  const found = bag.items.map(({ code, span, related }) => {
    const other = related?.[0]?.span.file;
    return `${code} ${span.file}${other === undefined || other === span.file ? '' : ` ${other}`}`;
  });
  return { conditions: rules.map(({ condition }) => condition), items: bag.items, found };
}

describe('rules that never hold', () => {
  it.each([
    ['n > 5 && n < 3', '`r0` never holds: `n > 5` and `n < 3` exclude each other'],
    ['5 < n && 3 >= n', '`r0` never holds: `5 < n` and `3 >= n` exclude each other'],
    ['flag && n > 5 && other && n <= 5', '`r0` never holds: `n > 5` and `n <= 5` exclude each other'],
    ['i > 3 && i < 4', '`r0` never holds: `i > 3` and `i < 4` exclude each other'],
    ['amount > 5 && amount < 5.01', '`r0` never holds: `amount > 5` and `amount < 5.01` exclude each other'],
    ['amount + 5 > 10 && amount < 5', '`r0` never holds: `amount + 5 > 10` and `amount < 5` exclude each other'],
    ['10 - amount > 5 && amount > 5', '`r0` never holds: `10 - amount > 5` and `amount > 5` exclude each other'],
    ['-amount > -5 && amount > 5', '`r0` never holds: `-amount > -5` and `amount > 5` exclude each other'],
    ['-n > 5 && n > -5', '`r0` never holds: `-n > 5` and `n > -5` exclude each other'],
    ['s === "a" && s === "b"', '`r0` never holds: `s === "a"` and `s === "b"` exclude each other'],
    ['s < "b" && s > "b"', '`r0` never holds: `s < "b"` and `s > "b"` exclude each other'],
    ['country === "US" && country !== "US"', '`r0` never holds: `country === "US"` and `country !== "US"` exclude each other'],
    ['country !== "US" && country !== "GB" && country !== "DE"', '`r0` never holds: no payload makes its condition true'],
    ['country === "US" && !["US", "GB"].includes(country)', undefined],
    ['flag && !flag', '`r0` never holds: `flag` and `!flag` exclude each other'],
    ['maybe === null && (maybe ?? 7) < 7', '`r0` never holds: `maybe === null` and `(maybe ?? 7) < 7` exclude each other'],
    ['maybe !== null && maybe > 5 && maybe < 2', '`r0` never holds: `maybe > 5` and `maybe < 2` exclude each other'],
    ['n > m && m > n', '`r0` never holds: `n > m` and `m > n` exclude each other'],
    ['n === m && n < m', '`r0` never holds: `n === m` and `n < m` exclude each other'],
    ['n + m > 5 && m + n < 5', '`r0` never holds: `n + m > 5` and `m + n < 5` exclude each other'],
    ['Math.abs(n) < 3 && Math.abs(n) > 4', undefined],
    ['s.startsWith("a") && !s.startsWith("a")', undefined],
    ['birthday.year() > 2000 && birthday.year() < 1990', undefined],
    ['(n > 5 || n < 1) && n > 2 && n < 4', '`r0` never holds: no payload makes its condition true'],
    ['(flag ? n > 5 : n > 7) && n < 5', '`r0` never holds: `flag ? n > 5 : n > 7` and `n < 5` exclude each other'],
    ['at > "2026-01-01T00:00:00Z" && at < "2025-01-01T00:00:00Z"', undefined],
  ])('%s', (text, message) => {
    const { found, items } = prove([text]);
    expect(found.length).toBe(1);
    expect(items[0]!.code).toBe('V4220');
    if (message !== undefined) expect(items[0]!.message).toBe(message);
  });

  it('points at the two parts', () => {
    const text = 'n > 5 && flag && n < 3';
    const { span, related } = prove([text]).items[0]!;
    expect(text.slice(span.start, span.end)).toBe('n < 3');
    expect(text.slice(related![0]!.span.start, related![0]!.span.end)).toBe('n > 5');
  });

  it.each([
    'n > 5 && n < 6',
    'n > 5 && m < 3',
    'i > 3 && i <= 4',
    'amount > 5 && amount < 5.02',
    's > "a" && s < "b"',
    'maybe === null || maybe > 3',
    // Reported where bounds are compared.
    'i > 200',
    'i > 200 && flag',
    'n !== n',
    'flag',
    'true',
    'card !== null && card.limit > 5',
    'card === null || card.limit > 5',
  ])('%s is not reported', (text) => {
    expect(prove([text]).found).toEqual([]);
  });
});

describe('rules that always hold', () => {
  it.each([
    'i > 5 || i <= 5',
    'flag || !flag',
    'maybe === null || (maybe ?? 0) === (maybe ?? 0) || maybe !== 3',
    '(amount > 3 && flag) || amount <= 3 || !flag',
  ])('%s', (text) => {
    const expected = text.startsWith('maybe') ? [] : ['V4221 r0'];
    expect(prove([text]).found).toEqual(expected);
  });

  it.each(['n > 5 || n <= 5', 'maybe !== null || flag', 'true', 'i > 5 || i < 5'])('%s is not reported', (text) => {
    expect(prove([text]).found).toEqual([]);
  });

  it('a condition that may end in a status instead is not called true', () => {
    expect(prove(['amount % fee > 0 || amount % fee <= 0']).found).toEqual([]);
  });
});

describe('conditions that stand twice', () => {
  it.each([
    ['n > 1 && flag', 'flag && 1 < n'],
    ['n > 1', '!(n <= 1) && n === n'],
    ['i > 3', 'i >= 4'],
    ['amount > 5', 'amount > 5.001'],
    ['amount > 5', 'amount + 5 > 10'],
    ['["US", "GB"].includes(country)', 'country === "GB" || country === "US"'],
    ['country !== "DE"', 'country === "GB" || country === "US"'],
    ['n < m', 'm > n'],
    ['n + m > 5', 'm + n > 5'],
    ['s.startsWith("x") || flag', 'flag || s.startsWith("x")'],
    ['flag === true', 'flag'],
    ['flag ? n > 5 : n > 5', 'n > 5'],
  ])('%s and %s', (one, other) => {
    const expected = one === 'n > 1' ? [] : ['V4010 r1 r0'];
    expect(prove([one, other], 'score').found).toEqual(expected);
  });

  it.each([
    ['n > 1', 'n >= 1'],
    ['n > 1', 'm > 1'],
    ['n - m > 1', 'm - n > 1'],
    ['s < t', 't < s'],
    ['s.startsWith("x")', 's.startsWith("y")'],
    ['s.startsWith("x")', 's.endsWith("x")'],
    ['(s + t) === "x"', '(t + s) === "x"'],
  ])('%s and %s do not', (one, other) => {
    expect(prove([one, other], 'score').found).toEqual([]);
  });
});

describe('rules that are never first', () => {
  it.each<[string[], string[]]>([
    [['n > 5', 'n > 7 && flag'], ['V4222 r1 r0']],
    [['n > 7 && flag', 'n > 5'], []],
    [['country === "US" || country === "GB"', 'country === "GB" && n > 1'], ['V4222 r1 r0']],
    [['flag', 'n > 5', 'flag && n > 7'], ['V4222 r2 r0']],
    [['true', 'n > 5'], ['V4222 r1 r0']],
    [['n > 5 || m > 5', '(n > 6 && flag) || m > 7'], ['V4222 r1 r0']],
    [['n > 5', 'n > 6 || m > 7'], []],
    [['s !== "a"', 's === "b"'], ['V4222 r1 r0']],
    [['maybe !== null', 'maybe !== null && maybe > 3'], ['V4222 r1 r0']],
    [['s.startsWith("x")', 'flag && s.startsWith("x")'], ['V4222 r1 r0']],
  ])('%j', (texts, expected) => {
    expect(prove(texts).found).toEqual(expected);
    expect(prove(texts, 'score').found).toEqual([]);
  });

  it('the rule with the larger score comes first', () => {
    expect(prove(['n > 7', 'n > 5'], 'first', [1, 2]).found).toEqual(['V4222 r0 r1']);
    expect(prove(['n > 5', 'n > 7'], 'first', [1, 2]).found).toEqual([]);
  });

  it('shows a payload for which both hold', () => {
    const { items, conditions } = prove(['amount > 5', 'amount > 7.5 && country === "GB"']);
    const json = /for instance for (.*)$/.exec(items[0]!.message)![1]!;
    new PayloadEncoder(model).encodeText(json);
    const payload = JSON.parse(json) as Record<string, DomainValue>;
    expect(payload).toMatchObject({ amount: 8, country: 'GB' });
    const values: Record<string, DomainValue> = { amount: 800n, country: 1 };
    const environment: Environment = { featureValue: () => undefined, fieldValue: ({ path }) => values[path] ?? null };
    for (const condition of conditions) expect(evaluate(condition, environment)).toBe(true);
  });
});

describe('against every input of small spaces', () => {
  const GRID: Record<string, DomainValue[]> = {
    n: [2, 3, 4, 5, 6, 7, 8, Number.NaN],
    maybe: [null, 2, 3, 4, 5, 6, Number.NaN],
    country: [0, 1, 2],
    i: [0, 3, 4, 5, 100],
  };
  let points: Record<string, DomainValue>[] = [{}];
  for (const [name, values] of Object.entries(GRID))
    points = points.flatMap((point) => values.map((value) => ({ ...point, [name]: value })));

  const relation = fc.constantFrom('<', '<=', '>', '>=', '===', '!==');
  const atom = fc.oneof(
    fc.tuple(relation, fc.constantFrom(3, 5, 7)).map(([how, bound]) => `n ${how} ${bound}`),
    fc.tuple(relation, fc.constantFrom(3, 4)).map(([how, bound]) => `i ${how} ${bound}`),
    fc.tuple(relation, fc.constantFrom(3, 5)).map(([how, bound]) => `(maybe !== null && maybe ${how} ${bound})`),
    fc.tuple(relation, fc.constantFrom(3, 5)).map(([how, bound]) => `(maybe ?? 4) ${how} ${bound}`),
    fc.constantFrom('maybe === null', 'country === "US"', 'country !== "DE"', '["US", "DE"].includes(country)', 'country !== "GB"'),
  );
  const { condition } = fc.letrec<{ condition: string }>((tie) => ({
    condition: fc.oneof(
      { maxDepth: 3 },
      atom,
      fc.array(tie('condition'), { minLength: 2, maxLength: 3 }).map((parts) => `(${parts.join(' && ')})`),
      fc.array(tie('condition'), { minLength: 2, maxLength: 3 }).map((parts) => `(${parts.join(' || ')})`),
      tie('condition').map((part) => `!(${part})`),
    ),
  }));

  function truth(ir: Ir): string {
    let bits = '';
    for (const point of points) {
      const environment: Environment = { featureValue: () => undefined, fieldValue: ({ path }) => point[path]! };
      bits += evaluate(ir, environment) === true ? '1' : '0';
    }
    return bits;
  }

  it('all that is claimed is so, and what is never or always true is found', () => {
    let claims = 0;
    fc.assert(
      fc.property(fc.array(condition, { minLength: 4, maxLength: 4 }), (texts) => {
        const { found, conditions } = prove(texts);
        const truths = conditions.map(truth);
        const holds = (later: string, earlier: string) => [...later].every((bit, index) => bit === '0' || earlier[index] === '1');
        for (const claim of found) {
          claims++;
          const [code, rule, other] = claim.split(' ').map((part) => part.replace(/^r/, ''));
          const own = truths[Number(rule)]!;
          if (code === 'V4220') expect(own).not.toContain('1');
          else if (code === 'V4221') expect(own).not.toContain('0');
          else if (code === 'V4010') expect(own).toBe(truths[Number(other)]!);
          else expect(code === 'V4222' && holds(own, truths[Number(other)]!)).toBe(true);
        }
        for (const [index, own] of truths.entries()) {
          const { op } = conditions[index]!;
          if (op === 'constant' || op === 'compare') continue;
          if (!own.includes('1')) expect(found.some((claim) => claim.startsWith(`V4220 r${index}`))).toBe(true);
          if (!own.includes('0')) expect(found).toContain(`V4221 r${index}`);
        }
      }),
      { seed, numRuns: 300 },
    );
    expect(claims).toBeGreaterThan(200);
  });
});

describe('many rules', () => {
  const rule = (index: number): string =>
    `n > ${index} && i < ${1 + ((index * 7) % 100)} && country === "${['US', 'GB', 'DE'][index % 3]}" && s !== "${index % 50}"`;

  it('2,000 rules over the same values, each compared with those before it', () => {
    // n rises: no rule holds whenever a later one does unless its other parts are wider.
    const texts = Array.from({ length: 2000 }, (_, index) => rule(index));
    const { found } = prove(texts);
    const late = new Set(found.map((claim) => Number(/^V4222 r(\d+)/.exec(claim)![1])));
    for (let index = 0; index < texts.length; index++) {
      const parts = (at: number) => ({ i: (at * 7) % 100, country: at % 3, s: at % 50 });
      const own = parts(index);
      let isLate = false;
      for (let before = 0; before < index && !isLate; before++) {
        const other = parts(before);
        isLate = other.i >= own.i && other.country === own.country && other.s === own.s;
      }
      if (late.has(index) !== isLate) expect.fail(`rule ${index}: ${texts[index]}`);
    }
    expect(late.size).toBeGreaterThan(0);
  });
});
