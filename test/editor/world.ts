// A bundle in the editor, and places in it: `|` stands for the cursor.

import { BundleSession } from '#src/editor/session.js';

export const FILES: Readonly<Record<string, string>> = {
  'bundle.yaml': `name: demo
version: 1.0.0
model: model.yaml
profile: standard
onError: review
decide:
  combine: score
  outcomes:
    - { atLeast: 100, outcome: decline }
    - { outcome: approve }
`,
  'model.yaml': `type: object
required: [amount, country, email, items]
properties:
  amount: { type: number, multipleOf: 0.01, minimum: 0, maximum: 10000, description: What is paid. }
  country: { type: string, enum: [US, GB, DE] }
  email: { type: string, maxLength: 100 }
  note: { type: string, maxLength: 20 }
  at: { type: string, format: date-time }
  card:
    type: object
    required: [limit]
    properties:
      limit: { type: number }
      address: { $ref: '#/$defs/address' }
  home: { $ref: '#/$defs/address' }
  items:
    type: array
    maxItems: 10
    items:
      type: object
      required: [price]
      properties:
        price: { type: number }
$defs:
  address:
    type: object
    properties:
      city: { type: string, maxLength: 40 }
`,
  'features/fee.yaml': `- name: fee
  description: What it costs.
  value: amount * 0.01 + 5
- name: region
  cases:
    - { when: country === "US", value: '"us"' }
    - { value: '"other"' }
`,
  'tables/limit.yaml': `hitPolicy: first
inputs:
  - { value: amount, label: Amount }
  - country
outputs:
  - { name: rate, type: number, default: 1 }
rows:
  - { when: ['< 1000', US], then: [4] }
  - { when: { Amount: '>= fee', country: GB }, then: { rate: 3 } }
  - { when: ['-', '-'], then: [1] }
`,
  'tables/signal.csv': `id,country,amount,-> score,-> reason
far,not(US),> 100,10,FAR
near,US,-,1,NEAR
`,
  'lists/blocked.yaml': 'type: string\ndescription: Addresses that are blocked.\n',
  'parameters/limits.yaml': 'values:\n  top: { type: number, default: 5, description: The most. }\n',
  'rules/main.yaml': `- id: large
  description: Much money.
  when: amount > 5000 && country !== "US"
  then: { score: 35, reason: LARGE }
- id: listed
  when: lists.blocked.includes(email) || limit.rate > parameters.limits.top
  then: { score: 100, reason: LISTED }
- id: items
  when: items.some(item => item.price > 100) && fee > 10 && card !== null && card.limit > 3
  then: { score: 5, reason: LARGE }
- id: region
  when: region === "us"
  then: { score: 1, reason: REGION }
`,
  'tests/main.yaml': `- name: large
  payload: { amount: 6000, country: GB, email: a@b, card: { limit: 4 }, items: [{ price: 1 }] }
  expect: { reasons: [LARGE] }
`,
};

/** The bundle with other files in the place of its own. */
export function sessionOf(files: Readonly<Record<string, string>> = {}): BundleSession {
  const session = new BundleSession();
  for (const [path, text] of Object.entries({ ...FILES, ...files })) session.setText(path, text);
  session.check();
  return session;
}

export interface Marked {
  session: BundleSession;
  path: string;
  offset: number;
}

/** A session in which one file has another text, with the cursor at its `|`. A `||` is an operator. */
export function marked(path: string, text: string): Marked {
  const offset = /(?<!\|)\|(?!\|)/.exec(text)!.index;
  const session = sessionOf();
  session.setText(path, text.slice(0, offset) + text.slice(offset + 1));
  return { session, path, offset };
}

/** The place of a text in a file of the bundle: at the `|` in the text, or at its beginning. */
export function placeIn(path: string, mark: string): Marked {
  const session = sessionOf();
  const before = mark.split('|')[0]!;
  const offset = session.text(path).indexOf(mark.replace('|', ''));
  if (offset === -1) throw new Error(`${path} holds no ${mark}`);
  return { session, path, offset: offset + (mark.includes('|') ? before.length : 0) };
}

/** A condition as the only rule of the bundle. */
export function rule(condition: string): [path: string, text: string] {
  return [
    'rules/main.yaml',
    `- id: large\n  when: >\n    ${condition.split('\n').join('\n    ')}\n  then: { score: 1, reason: LARGE }\n`,
  ];
}
