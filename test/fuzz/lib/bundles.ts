// Bundles to begin with: each part of the language once, over one model.

import { parse } from 'yaml';
import { worldFiles } from '../../compiler/bundle-world.js';
import { modelOf } from '../../lib/model.js';

const TABLE = `hitPolicy: collect
inputs: [i, country]
outputs: [score, reason, outcome]
rows:
  - { when: ["< 5", "-"], then: [10, SMALL, ""] }
  - { id: us-row, when: ["-", US], then: [20, IN_US, decline] }
  - { when: ["-", "-"], then: [0.5, "", ""] }
`;

const RATES = `inputs: [{ value: i, label: Size }, country]
outputs: [{ name: rate, type: { decimal: 2 }, default: 9 }, { name: tier, type: { enum: [gold, silver] } }]
rows:
  - { when: ["< 5", US], then: [1.25, gold] }
  - { when: { Size: "5" }, then: { rate: amount, tier: silver } }
  - { when: { country: "GB, DE" }, then: { rate: 2 } }
`;

const CARD = `initialScore: 100
contributes: true
characteristics:
  - name: size
    input: i
    reason: SIZE
    attributes: [{ when: "< 3", points: 5 }, { when: "[3..6)", points: 20, reason: MIDDLE }, { when: ">= 6", points: 40 }]
  - name: open
    input: n * 2
    baseline: 8
    reason: OPEN
    attributes: [{ when: "> 10", points: 7 }, { points: 9 }]
`;

const FEATURES = `- { name: base, value: n * 2 }
- { name: late, value: t.rate + 1 }
- name: level
  cases:
    - { when: n > 10, value: '"gold"' }
    - { when: n > 5, value: '"silver"' }
`;

const RULES = `- { id: large, when: amount > 5 && !flag, then: { score: 30, reason: LARGE } }
- { id: joined, when: 's + "x" > (maybeText ?? "y")', then: { score: 1.5 } }
- { id: many, when: 'items !== null && items.filter(x => x > 1).length >= 2', then: { outcome: decline, reason: MANY } }
- { id: late, when: 'at > now || at.hour("Europe/Berlin") < 6', then: { score: -3 } }
`;

const PARAMETERS = `description: some
values:
  above: { type: { decimal: 2 }, minimum: -5, maximum: 12.5, default: 1 }
  most: { type: number, minimum: -1, maximum: 12, default: 3 }
  level: { type: integer, minimum: 0, maximum: 5, default: 2 }
  isOpen: { type: boolean, default: true }
  word: { type: string, maxLength: 3, default: x }
  home: { type: { enum: country }, default: GB }
  from: { type: timestamp, default: "2026-03-01T00:00:00Z" }
  since: { type: date, minimum: "1969-12-31", default: "1970-01-01" }
`;

const P = 'parameters.limits';
const PARAMETER_RULES = [
  `amount > ${P}.above && ${P}.isOpen`,
  `n <= ${P}.most || i === ${P}.level`,
  `s.startsWith(${P}.word) && country !== ${P}.home`,
  `at >= ${P}.from && born > ${P}.since`,
]
  .map((when, index) => `- { id: p${index}, when: '${when}', then: { score: ${10 ** index}, reason: P${index} } }\n`)
  .join('');

export const BUNDLES: readonly ReadonlyMap<string, Uint8Array>[] = [
  worldFiles({ 'rules/a.yaml': RULES }),
  worldFiles(
    { 'rules/a.yaml': '- { id: one, when: n > 1 && country === "US", then: { outcome: review, reason: ONE } }\n' },
    { profile: 'strict', combine: 'first' },
  ),
  worldFiles({ 'tables/t.yaml': TABLE }),
  worldFiles({
    'tables/t.yaml': RATES,
    'features/a.yaml': FEATURES,
    'rules/a.yaml': '- { id: hit, when: \'late > 3 && level === "gold" || base > 3\', then: { score: 1, reason: HIT } }\n',
  }),
  worldFiles({
    'tables/u.csv': 'i,-> rate: number\n< 10,1\n-,2\n',
    'rules/a.yaml': '- { id: hit, when: u.rate === 2, then: { score: 1 } }\n',
  }),
  worldFiles({ 'scorecards/credit.yaml': CARD }),
  worldFiles({ 'parameters/limits.yaml': PARAMETERS, 'rules/a.yaml': PARAMETER_RULES }),
];

const text = (files: ReadonlyMap<string, Uint8Array>, path: string): string => new TextDecoder().decode(files.get(path));

/** The model of them all. */
export const bundleModel = modelOf(parse(text(BUNDLES[0]!, 'model.yaml')));

export const bundlePayloads: readonly Record<string, unknown>[] = [
  { n: 0, i: 0, amount: 0, country: 'US', at: '2026-01-01T00:00:00Z', born: '2000-01-01', flag: false, s: '' },
  {
    ...{ n: 12, i: 5, amount: 12.5, country: 'GB', at: '2026-07-01T03:00:00Z', born: '1969-12-31', flag: true, s: 'x😀' },
    ...{ maybe: 3, maybeCountry: 'DE', maybeText: 'z', card: { brand: 'VISA', limit: 3 }, items: [1, 2, 3] },
  },
];

const SMALL_MODEL = `type: object
required: [n, s, flag]
properties:
  n: { type: number }
  s: { type: string, maxLength: 9 }
  flag: { type: boolean }
  maybe: { type: integer, minimum: 0, maximum: 9 }
  kind: { type: string, enum: [A, B] }
`;
const SMALL_PARAMETERS = `values:
  most: { type: number, minimum: -1, maximum: 12, default: 3 }
  word: { type: string, maxLength: 3, default: x }
  isOpen: { type: boolean, default: true }
`;
const SMALL_TABLE = `hitPolicy: collect
inputs: [n, maybe]
outputs: [score, reason]
rows:
  - { when: ["< 5", "-"], then: [10, LOW] }
  - { when: ["[3..9)", "null"], then: [20, NONE] }
  - { when: ["-", "3"], then: [0.5, THREE] }
  - { when: ["0", "-"], then: [1, ZERO] }
`;
const SMALL_RULES = [
  'n > 3',
  'n <= 1 && flag',
  's === "x"',
  'maybe !== null && maybe > 2',
  'kind === "A"',
  's < "b" && !flag',
  `n < ${P}.most`,
  `s.startsWith(${P}.word) && ${P}.isOpen`,
];

/** Images of a few thousand bytes, small enough to be kept: rules with an index, a table, parameters. */
export const SMALL_BUNDLES: readonly ReadonlyMap<string, Uint8Array>[] = [
  SMALL_RULES.slice(0, 6),
  SMALL_RULES.slice(4),
  SMALL_RULES,
].map((whens, at) =>
  worldFiles(
    {
      'model.yaml': SMALL_MODEL,
      ...(at === 0 ? {} : { 'parameters/limits.yaml': SMALL_PARAMETERS }),
      'rules/a.yaml': whens
        .map(
          (when, index) => `- { id: r${index}, when: '${when}', then: { score: ${index}, reason: R${index}, outcome: review } }\n`,
        )
        .join(''),
      ...(at === 2 ? { 'tables/t.yaml': SMALL_TABLE } : {}),
    },
    { combine: at === 1 ? 'first' : 'score' },
  ),
);
export const smallModel = modelOf(parse(SMALL_MODEL));
export const smallPayloads: readonly Record<string, unknown>[] = [
  { n: 0, s: '', flag: false },
  { n: 4, s: 'x', flag: true, maybe: 3, kind: 'A' },
];
