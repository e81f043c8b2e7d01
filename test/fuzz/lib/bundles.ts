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
