// V5xxx: limits and cost.

import type { DiagnosticCode } from '../codes.js';
import { EXAMPLE_MODEL } from './base.js';
import type { Example } from './page.js';
import { files, large, type Pages, ruleText, when } from './page.js';

const WHOLE = 'The whole bundle is held in memory and shared by all threads, so that it is bounded.';
const SMALL = when('amount > 5000');

/** A condition that is too large to show. */
function largeWhen(shown: string, condition: string, ...also: DiagnosticCode[]): Example {
  return large(shown, { 'rules/example.yaml': ruleText(condition) }, ...also);
}

/** As many of a text as are asked for, each with its number. */
function times(count: number, text: (index: number) => string, separator = ''): string {
  return Array.from({ length: count }, (_, index) => text(index)).join(separator);
}

const ELEMENTS = times(60, (i) => `${i}.5`, ', ');
const LONG_BRANCH = `vip && [${ELEMENTS}].some(a => [${ELEMENTS}].some(b => ${times(8, (i) => `risk * a + b * ${i} > hour`, ' || ')}))`;

const KINDS = '- { name: bought, each: items, as: item, values: { price: item.price, kind: item.kind } }\n';

/** Calls of `reduce` inside one another. */
function reduces(depth: number): string {
  let body = `a${depth} + i${depth}.price`;
  for (let level = depth; level > 0; level--) {
    body = `items.reduce((a${level}, i${level}) => ${body}, ${level === 1 ? '0' : `a${level - 1}`})`;
  }
  return `${body} > 5`;
}

export const LIMIT_PAGES: Pages = {
  V5001: {
    why: 'A condition of this length is no longer read by anyone. Split it over several rules, or give its parts names as features.',
    wrong: largeWhen('a condition of more than 16,384 characters', `country === "${'x'.repeat(17_000)}"`),
    right: SMALL,
  },
  V5002: {
    why: 'Parentheses and operators inside one another are bounded, so that no text can exhaust the compiler.',
    wrong: largeWhen('300 pairs of parentheses around a field', `${'('.repeat(300)}vip${')'.repeat(300)}`),
    right: SMALL,
  },
  V5003: {
    why: 'Names, literals and operators of one condition are bounded, so that checking it is quick. Split it, or use a table or a list.',
    wrong: largeWhen('1,200 comparisons in one condition', `vip${' || hour>2'.repeat(1200)}`),
    right: SMALL,
  },
  V5004: {
    why: 'The static worst case of the rule is above the limit of one rule: most often a long text or list is walked inside another.',
    wrong: large('a pattern on a text of up to 60,000 characters, for each of 20 items', {
      'payment.schema.yaml': EXAMPLE_MODEL.replace(
        'note: { type: string, maxLength: 200 }',
        'note: { type: string, maxLength: 60000 }',
      ),
      'rules/example.yaml': ruleText('note !== null && items.some(item => matches(note, "a.*b.*c.*d") && item.price > 5)'),
    }),
    right: when('note !== null && matches(note, "a.*b.*c.*d")'),
  },
  V5005: {
    why: "Every payload has to be decided in bounded time. The limit is the tenant's; `verdict check` lists what costs most.",
    wrong: { ...when('amount > 5000'), options: { costMax: 100 } },
    right: when('amount > 5000'),
  },
  V5006: {
    why: 'Each field that is read, each feature and each value in between has a place of its own while a payload is decided. Split the bundle.',
    wrong: large('4,200 features that rules read', {
      'features/many.yaml': times(
        4200,
        (i) => `- { name: f${i}, value: risk * ${i} }
`,
      ),
      'rules/example.yaml': times(42, (i) => {
        const names = times(100, (j) => `f${100 * i + j} * f${100 * i + j} > 5`, ' || ');
        return `- { id: r${i}, when: ${names}, then: { score: 100, reason: R } }
`;
      }),
    }),
    right: SMALL,
  },
  V5007: { why: `${WHOLE} Split it into several that are asked one after the other.` },
  V5008: {
    why: 'One operand of `&&`, `||` or `?:` is compiled to more instructions than a jump passes over. Split the condition over several rules.',
    wrong: largeWhen('two lists of 60 elements whose long arrow functions stand inside one another, behind `vip &&`', LONG_BRANCH),
    right: SMALL,
  },
  V5009: {
    why: 'Joined texts need room while a rule is decided. The room is as large as their largest lengths in the model.',
    wrong: large('two texts of up to 60,000 characters that are joined', {
      'payment.schema.yaml': EXAMPLE_MODEL.replace(
        'note: { type: string, maxLength: 200 }',
        'note: { type: string, maxLength: 60000 }',
      ),
      'rules/example.yaml': ruleText('note !== null && note + note === "x"'),
    }),
    right: when('note !== null && note + note === "x"'),
  },
  V5010: { why: `${WHOLE} Split it into several, or write a decision table or a list in the place of many alike rules.` },
  V5011: {
    why: WHOLE,
    wrong: large('4,097 files', Object.fromEntries(Array.from({ length: 4097 }, (_, i) => [`docs/${i}.md`, '']))),
    right: SMALL,
  },
  V5012: {
    why: 'The static worst case of the feature, table or scorecard is above the limit of one: most often long texts or lists are walked inside one another.',
    wrong: large(
      'a feature that looks for a pattern in a text of up to 60,000 characters, for each of 1,000 items',
      {
        'payment.schema.yaml': EXAMPLE_MODEL.replace(
          'note: { type: string, maxLength: 200 }',
          'note: { type: string, maxLength: 60000 }',
        ).replace('maxItems: 20', 'maxItems: 1000'),
        'features/slow.yaml':
          '- name: slow\n  value: note !== null && items.some(item => matches(note, "a.*b.*c.*d") && item.price > 5)\n',
        'rules/example.yaml': ruleText('slow === true'),
      },
      'V5005',
    ),
    right: files({
      'features/quick.yaml': '- name: quick\n  value: items.some(item => item.price > 5)\n',
      'rules/example.yaml': ruleText('quick'),
    }),
  },
  V5013: {
    why: WHOLE,
    wrong: large('1,025 patterns', {
      'rules/example.yaml': times(
        1025,
        (i) => `- { id: r${i}, when: 'matches(email, "a${i}b")', then: { score: 100, reason: R } }\n`,
      ),
    }),
    right: SMALL,
  },
  V5014: {
    why: WHOLE,
    wrong: large('257 lists', {
      ...Object.fromEntries(Array.from({ length: 257 }, (_, i) => [`lists/list${i}.yaml`, 'type: string\n'])),
      'rules/example.yaml': times(
        257,
        (i) => `- { id: r${i}, when: lists.list${i}.includes(email), then: { score: 100, reason: R } }\n`,
      ),
    }),
    right: SMALL,
  },
  V5015: {
    why: WHOLE,
    wrong: large('1,280 parameters', {
      ...Object.fromEntries(
        Array.from({ length: 5 }, (_, set) => [
          `parameters/set${set}.yaml`,
          `values:\n${times(256, (i) => `  p${i}: { type: number, default: ${i} }\n`)}`,
        ]),
      ),
      'rules/example.yaml': times(
        1280,
        (i) => `- { id: r${i}, when: risk > parameters.set${Math.floor(i / 256)}.p${i % 256}, then: { score: 100, reason: R } }\n`,
      ),
    }),
    right: SMALL,
  },
  V5016: {
    why: 'Every decision has room for all that its outputs may hold: of a list that is as often as it may have elements, of a text its largest length. And no bundle has more than 1,024 of them.',
    wrong: large('a list of 20 items, each with a text of up to 60,000 characters', {
      'payment.schema.yaml': EXAMPLE_MODEL.replace(
        'kind: { type: string, maxLength: 20 }',
        'kind: { type: string, maxLength: 60000 }',
      ),
      'outputs.yaml': KINDS,
    }),
    right: files({ 'outputs.yaml': KINDS }),
  },
  V5040: {
    why: 'Each loop multiplies the cost of what is inside it, so that loops inside loops are bounded.',
    wrong: largeWhen(
      'nine calls of `some` inside one another',
      `${times(9, (i) => `items.some(i${i} => `)}i0.price > 5${')'.repeat(9)}`,
    ),
    right: when('items.some(a => items.some(b => a.price > b.price))'),
  },
  V5041: {
    why: 'An arrow function over an array literal is written out for each of its elements; inside one another that multiplies.',
    wrong: largeWhen(
      'three lists of 20 elements whose arrow functions stand inside one another',
      `${times(3, (i) => `[${times(20, (j) => String(j), ', ')}].some(i${i} => `)}i0 + i1 + i2 > hour${')'.repeat(3)}`,
    ),
    right: when('[1, 2, 3].some(factor => factor * risk > 5)'),
  },
  V5042: {
    why: 'The type of what `reduce` gathers is found by checking its body several times. Inside one another that multiplies.',
    wrong: largeWhen('eight calls of `reduce` inside one another', reduces(8)),
    right: when('items.reduce((all, item) => all + item.price, 0) > 5000'),
  },
};
