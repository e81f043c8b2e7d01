// A checker that remembers finds what one that does not finds, after any edits: the same diagnostics at the same places.

import { describe, expect, it } from 'vitest';
import { createChecker } from '#src/compiler/checking.js';
import { compile } from '#src/compiler/compile.js';
import { EXAMPLE_HEAD, EXAMPLE_MODEL } from '#src/diagnostic/pages/base.js';

const SEED = Number(process.env.VERDICT_SEED ?? 20_261_122);
const OPTIONS = { profileMax: 'standard' } as const;

/** mulberry32 */
function randomOf(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

const CONDITIONS = [
  'amount > 5000',
  'hour < 6 && hour > 22',
  'limits.rate === 2',
  'items.some(item => item.price > 100)',
  'matches(email, "(a|b)+")',
  'note !== null && note.toLowerCase() === "x"',
  'total > 500 && vip',
];

const FAULTY = [
  'country == "US"',
  'ammount > 1',
  'channel === "Web"',
  'previousRisk > 0.5',
  'lists.blocked.includes(emial)',
  'amount > 2000000',
  'vip &&',
];

function ruleText(random: (below: number) => number, id: number): string {
  // One in eight has a fault, or no bundle of many would ever have a program.
  const condition = (random(8) === 0 ? FAULTY : CONDITIONS)[random(7)]!;
  const written = [
    JSON.stringify(condition),
    `'${condition.replaceAll("'", "''")}'`,
    `|\n    ${condition}`,
    `>-\n    ${condition}`,
  ];
  const when = written[random(written.length)]!;
  const then = ['{ score: 60, outcome: review, reason: A }', '{ outcome: review }', '{ scor: 5 }'][random(20) > 0 ? random(2) : 2]!;
  const end = ['', '\n', '# a comment\n', '  # inside\n'][random(4)]!;
  return `- id: ${random(30) === 0 ? 'twin' : `r${id}`}\n  when: ${when}\n  then: ${then}\n${end}`;
}

/** What a hand may do to a text: most of it breaks something. */
function edit(text: string, random: (below: number) => number, id: number): string {
  const at = random(text.length + 1);
  const lines = text.split('\n');
  const line = random(lines.length);
  switch (random(9)) {
    case 0:
      return text.slice(0, at) + text.slice(at + 1 + random(5));
    case 1:
      return (
        text.slice(0, at) +
        ['"', "'", '\n', '- ', '  ', '#', '&a ', '*a', '!!int ', '---\n', '[', '}', '\t', ': ', '|', '😀', '\r'][random(17)]! +
        text.slice(at)
      );
    case 2:
      return [...lines.slice(0, line), ...lines.slice(line + 1)].join('\n');
    case 3:
      return [...lines.slice(0, line), lines[random(lines.length)]!, ...lines.slice(line)].join('\n');
    case 4:
      return text + ruleText(random, id);
    case 5:
      return ruleText(random, id) + text;
    default: {
      const starts = [...text.matchAll(/^- /gm)].map(({ index }) => index);
      if (starts.length === 0) return ruleText(random, id);
      const which = random(starts.length);
      const end = starts[which + 1] ?? text.length;
      return text.slice(0, starts[which]) + (random(4) === 0 ? '' : ruleText(random, id)) + text.slice(end);
    }
  }
}

const encode = (texts: ReadonlyMap<string, string>): Map<string, Uint8Array> =>
  new Map([...texts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([path, text]) => [path, new TextEncoder().encode(text)]));

function startOf(random: (below: number) => number, combine: 'score' | 'first'): Map<string, string> {
  const head =
    combine === 'score' ? EXAMPLE_HEAD : EXAMPLE_HEAD.replace('combine: score', 'combine: first').replace(/ +- \{ atLeast.*\n/, '');
  const rules = (from: number, count: number): string =>
    Array.from({ length: count }, (_, i) => ruleText(random, from + i)).join('');
  return new Map([
    ['bundle.yaml', head],
    ['payment.schema.yaml', EXAMPLE_MODEL],
    ['rules/many.yaml', rules(0, 70)],
    ['rules/few.yaml', rules(100, 5)],
    ['features/money.yaml', '- name: total\n  value: amount + fee\n'],
    ['tables/limits.csv', 'hour,-> rate\n[0..11],1\n-,2\n'],
    ['lists/blocked.yaml', 'type: string\n'],
  ]);
}

describe('a checker that remembers', () => {
  it.each(['score', 'first'] as const)(`combine: %s; seed ${SEED}`, (combine) => {
    const random = randomOf(SEED + combine.length);
    const checker = createChecker(OPTIONS);
    let texts = startOf(random, combine);
    for (let step = 0; step < 150; step++) {
      const before = texts;
      texts = new Map(texts);
      const paths = [...texts.keys()];
      // Most edits are of the long list.
      const path = random(3) === 0 ? paths[random(paths.length)]! : 'rules/many.yaml';
      texts.set(path, edit(texts.get(path) ?? '', random, 1000 + step));
      if (random(25) === 0) texts.delete(paths[random(paths.length)]!);
      const files = encode(texts);
      const { diagnostics, notProven } = compile(files, OPTIONS);
      const checked = checker.check(files);
      const told = { diagnostics: checked.diagnostics, notProven: checked.notProven };
      expect(told, `step ${step}: ${path}`).toEqual({ diagnostics, notProven });
      // Broken texts are set right again, or little would ever be compiled.
      if (random(3) > 0) texts = before;
      if (step % 40 === 39) texts = startOf(random, combine);
    }
  });

  it('finds the places of what an edit has moved', () => {
    const rules = (middle: string): string =>
      Array.from(
        { length: 100 },
        (_, i) => `- id: r${i}\n  when: ${i === 50 ? middle : 'vip'}\n  then: { score: 100, reason: A }\n`,
      )
        .join('')
        .replace('r99\n  when: vip', 'r99\n  when: ammount > 5');
    const files = (middle: string): Map<string, Uint8Array> =>
      encode(
        new Map([
          ['bundle.yaml', EXAMPLE_HEAD],
          ['payment.schema.yaml', EXAMPLE_MODEL],
          ['rules/a.yaml', rules(middle)],
        ]),
      );
    const checker = createChecker(OPTIONS);
    const starts = ['vip', '|\n    vip\n    && hour > 5', 'hour > 5'].map((middle) => {
      const given = files(middle);
      const found = checker.check(given).diagnostics.find(({ code }) => code === 'V3201')!;
      const text = new TextDecoder().decode(given.get('rules/a.yaml'));
      expect(text.slice(found.span.start, found.span.end)).toBe('ammount');
      return found.span.start;
    });
    expect(new Set(starts).size).toBe(3);
  });
});
