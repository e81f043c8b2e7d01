// What `verdict init` writes: a small bundle with its tests and some rows to try it on. The lock is made by compiling it.

/** Path -> text; `{{name}}` stands for the name of the bundle. */
export const TEMPLATE: Readonly<Record<string, string>> = {
  'bundle.yaml': `# What the bundle is called, which model its rules read, and how their hits become one outcome.
name: {{name}}
version: 0.1.0
model: payment.schema.yaml
profile: strict
# A payload that cannot be decided: decline, review, approve, or fail (no outcome).
onError: review
decide:
  # score: the scores of all hits are added, and the first threshold that is reached gives the outcome.
  combine: score
  outcomes:
    - { atLeast: 80, outcome: decline }
    - { atLeast: 40, outcome: review }
    - { outcome: approve }
`,
  'payment.schema.yaml': `# JSON Schema of a payload. Field ids are kept in model.lock.json: commit it.
$schema: https://json-schema.org/draft/2020-12/schema
title: Payment
type: object
additionalProperties: false
required: [amount, currency, country, hour]
properties:
  amount: { type: number, multipleOf: 0.01, minimum: 0, maximum: 1000000, description: Exact to the cent. }
  currency: { type: string, enum: [EUR, GBP, USD] }
  country: { type: string, minLength: 2, maxLength: 2, description: Where the merchant is. }
  hour: { type: integer, minimum: 0, maximum: 23 }
  cardCountry: { type: string, minLength: 2, maxLength: 2, description: Absent where it is not known. }
  countLastHour: { type: integer, minimum: 0, maximum: 10000, default: 0 }
  time: { type: string, format: date-time }
  cardBlockedSince: { type: string, format: date-time }
`,
  'rules/payment.yaml': `# When the condition holds, the rule hits: its score is added and its reason code goes into the decision.
- id: large-amount
  when: amount >= 2500.00
  then: { score: 40, reason: LARGE_AMOUNT }

- id: night-abroad
  description: At night, and the card is known to be from elsewhere.
  when: hour < 6 && cardCountry !== null && cardCountry !== country
  then: { score: 45, reason: NIGHT_ABROAD }

- id: many-payments
  when: countLastHour >= 5
  then: { score: 35, reason: MANY_PAYMENTS }

- id: card-blocked
  description: Declined whatever the score says.
  when: time !== null && cardBlockedSince !== null && time >= cardBlockedSince
  then: { score: 100, outcome: decline, reason: CARD_BLOCKED }
`,
  'tests/payment.yaml': `# Payloads with the decisions they must get. \`verdict test\` runs them and names the rules that none of them fires.
- name: a small payment at home is approved
  payload: { amount: 24.99, currency: EUR, country: DE, cardCountry: DE, hour: 14 }
  expect: { outcome: approve, score: 0, reasons: [] }

- name: a large one is looked at
  payload: { amount: 2500, currency: EUR, country: DE, cardCountry: DE, hour: 14 }
  expect: { outcome: review, score: 40, reasons: [LARGE_AMOUNT] }

- name: a cent less is not
  payload: { amount: 2499.99, currency: EUR, country: DE, hour: 14 }
  expect: { outcome: approve }

- name: many large ones at night abroad are declined, the weightiest reason first
  payload: { amount: 3100, currency: USD, country: US, cardCountry: DE, hour: 3, countLastHour: 6 }
  expect: { outcome: decline, score: 120, reasons: [NIGHT_ABROAD, LARGE_AMOUNT, MANY_PAYMENTS] }

- name: a blocked card is declined
  payload:
    amount: 5
    currency: EUR
    country: DE
    hour: 12
    time: '2026-03-01T12:00:00+01:00'
    cardBlockedSince: '2026-03-01T11:00:00Z'
  expect: { outcome: decline, reasons: [CARD_BLOCKED] }

- name: an amount of a third of a cent is not a payment
  payload: { amount: 0.003, currency: EUR, country: DE, hour: 12 }
  expect: { status: INVALID_PAYLOAD, outcome: review }
`,
  'sample.csv': `amount,currency,country,hour,cardCountry,countLastHour,fraud
24.99,EUR,DE,14,DE,1,0
8.50,EUR,DE,9,DE,1,0
310.00,EUR,FR,11,DE,1,0
2650.00,EUR,DE,16,DE,1,0
61.20,GBP,GB,20,GB,2,0
19.90,EUR,DE,3,DE,1,0
2999.00,USD,US,3,DE,2,1
149.00,USD,US,2,DE,7,1
75.10,USD,US,4,DE,6,1
12.00,EUR,DE,18,,1,0
4100.00,EUR,DE,1,FR,5,1
33.40,EUR,DE,13,DE,1,0
`,
};
