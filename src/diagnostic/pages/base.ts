// The bundle that the examples of the pages are parts of.

import { type Example, ruleText } from './page.js';

export const EXAMPLE_HEAD = `name: example
version: 1.0.0
model: payment.schema.yaml
profile: standard
onError: review
decide:
  combine: score
  outcomes:
    - { atLeast: 100, outcome: decline }
    - { outcome: approve }
`;

export const EXAMPLE_MODEL = `type: object
required: [amount, fee, risk, hour, country, channel, device, email, vip, at, birthday, customer, items, tags]
properties:
  amount: { type: number, multipleOf: 0.01, minimum: 0, maximum: 1000000 }
  fee: { type: number, multipleOf: 0.001, minimum: 0, maximum: 100 }
  refund: { type: number, multipleOf: 0.01, minimum: 0, maximum: 1000000 }
  risk: { type: number }
  previousRisk: { type: number }
  hour: { type: integer, minimum: 0, maximum: 23 }
  country: { type: string, maxLength: 2 }
  channel: { type: string, enum: [web, app, branch] }
  device: { type: string, enum: [phone, laptop] }
  email: { type: string, maxLength: 100 }
  note: { type: string, maxLength: 200 }
  vip: { type: boolean }
  trusted: { type: boolean }
  at: { type: string, format: date-time }
  birthday: { type: string, format: date }
  customer:
    type: object
    required: [country]
    properties: { country: { type: string, maxLength: 2 } }
  card:
    type: object
    required: [limit]
    properties: { limit: { type: number }, issuer: { type: string, maxLength: 40 } }
  items:
    type: array
    maxItems: 20
    items:
      type: object
      required: [price, kind]
      properties:
        price: { type: number, multipleOf: 0.01, minimum: 0, maximum: 10000 }
        kind: { type: string, maxLength: 20 }
  tags: { type: array, maxItems: 10, items: { type: string, maxLength: 20 } }
`;

/** All files of the bundle that an example is a part of, as texts by path. */
export function exampleFiles({ files, options }: Pick<Example, 'files' | 'options'>): Map<string, string> {
  const head = options?.profileMax === 'strict' ? EXAMPLE_HEAD.replace('profile: standard', 'profile: strict') : EXAMPLE_HEAD;
  const all = new Map([
    ['bundle.yaml', head],
    ['payment.schema.yaml', EXAMPLE_MODEL],
    ['rules/example.yaml', ruleText('amount > 5000')],
  ]);
  for (const [path, text] of Object.entries(files)) {
    if (text === null) all.delete(path);
    else all.set(path, text);
  }
  return all;
}
