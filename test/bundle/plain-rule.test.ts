// What is read without the YAML reader is what the YAML reader gives, with the same places.

import { describe, expect, it } from 'vitest';
import type { BundleRule } from '#src/bundle/bundle.js';
import { readDocument, readPart } from '#src/bundle/document.js';
import { PLAIN_READ } from '#src/bundle/memo.js';
import { readPlainRule } from '#src/bundle/plain-rule.js';
import { readBundle } from '#src/bundle/read-bundle.js';
import { DiagnosticBag } from '#src/diagnostic/diagnostic.js';

const SEED = Number(process.env.VERDICT_SEED ?? 20_261_123);

function randomOf(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const IDS = [
  'r1',
  'night-7',
  'true',
  'NULL',
  '12',
  '1e5',
  '"quoted"',
  "'single'",
  '"es\\tcape"',
  'a b',
  'x.y',
  'no',
  'Infinity',
  '.inf',
  '-',
  '',
];
const WHENS = [
  'amount > 500 && vip',
  '(a || b) && c === "x"',
  "'a > 5'",
  '"a > 5"',
  "'it''s'",
  'a ? b : c',
  'a === "#"',
  'a # comment',
  '!vip',
  'true',
  'a  >  5',
  'a > 5   ',
  '|\n    a > 5',
  '>-\n    a\n    && b',
  'a > 5\n    && b',
  'a:b',
  'a: b',
  '[a]',
  'x{y}',
  'a\n\n    b',
  'größer > 5',
  '"a" + b',
  '`a`',
  '*a',
  '&a b',
  '',
];
const THENS = [
  ' { score: 5, reason: A }',
  ' {score: 5}',
  ' { outcome: review , reason: B }',
  ' { score: -5 }',
  ' { score: 05 }',
  ' { score: +5 }',
  ' { score: 1.5 }',
  ' { score: 0x1F }',
  ' { score: 5, score: 6 }',
  ' { score: 5, }',
  ' { }',
  ' {}',
  ' { reason: true }',
  ' { reason: "A" }',
  ' { score: 5 } # why',
  ' { score: 5,\n    reason: A }',
  '\n    score: 5\n    reason: A',
  '\n    score: 5\n      reason: A',
  '\n   score: 5',
  '\n  score: 5',
  '\n    # why\n    score: 5\n\n    outcome: decline',
  '\n    score: 5 # why',
  '\n    score:\n      5',
  '\n    other: 5',
  ' null',
  '',
];
const EXTRAS = [
  '',
  '',
  '',
  '\n',
  '  description: some text\n',
  '  description: "a: b"\n',
  '  # inside\n',
  '# outside\n',
  '  id: again\n',
  '   \n',
  '\t\n',
  '  other: 1\n',
];

function itemOf(random: (below: number) => number): string {
  const of = (list: readonly string[], usual: number): string => list[random(3) > 0 ? random(usual) : random(list.length)]!;
  const parts = [`id: ${of(IDS, 2)}\n`, `when: ${of(WHENS, 4)}\n`, `then:${of(THENS, 3)}\n`];
  if (random(4) === 0) parts.sort(() => random(3) - 1);
  const text = `- ${parts[0]}${of(EXTRAS, 3)}  ${parts[1]}${of(EXTRAS, 3)}  ${parts[2]}${of(EXTRAS, 3)}`;
  if (random(4) > 0) return text;
  const at = 2 + random(text.length - 2);
  return (
    text.slice(0, at) +
    ['', ' ', '\n', ':', '#', ',', '{', '-', "'", '"', '\u0085', '\u2028', 'é', '!', '%', '@'][random(16)]! +
    text.slice(at + random(2))
  );
}

const shown = (rule: BundleRule): unknown => ({
  ...['id', 'idSpan', 'file', 'line', 'description', 'score', 'outcome', 'reason', 'thenSpan'].map(
    (key) => rule[key as keyof BundleRule],
  ),
  when: [rule.when.text, rule.when.span, rule.when.spanAt(1, 3), rule.when.fixAt?.(0, 1, 'zz')],
});

describe('a plain rule', () => {
  it(`is what the YAML reader gives; seed ${SEED}`, () => {
    const random = randomOf(SEED);
    let plain = 0;
    for (let i = 0; i < 3000; i++) {
      const text = itemOf(random);
      const read = readPlainRule('rules/a.yaml', text);
      if (read === undefined) continue;
      plain++;
      expect(readPart('rules/a.yaml', text)?.value, JSON.stringify(text)).toStrictEqual([read.value]);
    }
    expect(plain).toBeGreaterThan(700);
  });

  it(`has its places in the file; seed ${SEED}`, () => {
    const random = randomOf(SEED + 1);
    const head =
      'name: a\nversion: 1.0.0\nmodel: m.yaml\nonError: review\ndecide: { combine: score, outcomes: [{ outcome: approve }] }\n';
    const whole = { ...PLAIN_READ, readDocument };
    let rules = 0;
    for (let i = 0; i < 12; i++) {
      const items: string[] = [];
      while (items.length < 60) {
        const item = itemOf(random);
        // A list in which one item is no YAML is read as a whole, and has no rules.
        if (i % 3 === 0 || readPart('a', item) !== undefined) items.push(item.endsWith('\n') ? item : `${item}\n`);
      }
      const files = new Map(
        [
          ['bundle.yaml', head],
          ['rules/a.yaml', items.join('')],
        ].map(([path, text]) => [path!, new TextEncoder().encode(text)]),
      );
      const [own, other] = [new DiagnosticBag(), new DiagnosticBag()];
      const [bundle, expected] = [readBundle(files, own), readBundle(files, other, whole)];
      expect(own.items).toEqual(other.items);
      expect(bundle!.rules.map(shown)).toEqual(expected!.rules.map(shown));
      expect(bundle!.strayConditions.map(({ text, span }) => [text, span])).toEqual(
        expected!.strayConditions.map(({ text, span }) => [text, span]),
      );
      rules += bundle!.rules.length;
    }
    expect(rules).toBeGreaterThan(200);
  });

  it.each<[string, boolean]>([
    ['- id: a\n  when: b > 5\n  then: { score: 5 }\n', true],
    ['- id: a\n  description: what it is for\n  when: "b > 5"\n  then:\n    outcome: review\n    reason: R\n\n', true],
    ['- id: a\n  when: b > 5\n  then: { score: 5 }\n  when: c\n', false],
    ['- id: a\n  when: true\n  then: { score: 5 }\n', false],
    ['- id: a\n  when: b\n    && c\n  then: { score: 5 }\n', false],
    ['- id: a\n  when: b\n  then:\n', false],
    ['- id: a\n  when: b\n', false],
  ])('%j: %s', (text, isPlain) => {
    expect(readPlainRule('rules/a.yaml', text) !== undefined).toBe(isPlain);
  });
});
