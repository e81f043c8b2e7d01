// The examples of /openapi.json. They are one story, in the order of the table of routes: a test tells it to a server.

export const EXAMPLE_TENANT = 'acme';
export const EXAMPLE_BUNDLE = 'card-check';
export const EXAMPLE_LIST = 'blocked';
export const EXAMPLE_PARAMETERS = 'limits';

export const EXAMPLE_FILES = {
  'bundle.yaml': `name: ${EXAMPLE_BUNDLE}
version: 1.0.0
model: payment.schema.json
profile: standard
onError: review
decide:
  combine: score
  outcomes: [{ atLeast: 80, outcome: decline }, { atLeast: 50, outcome: review }, { outcome: approve }]
`,
  'payment.schema.json': {
    title: 'Payment',
    type: 'object',
    required: ['amount', 'country'],
    properties: {
      amount: { type: 'number', minimum: 0, maximum: 1_000_000, multipleOf: 0.01 },
      country: { type: 'string', maxLength: 2 },
    },
  },
  'parameters/limits.yaml': `values:
  large: { type: { decimal: 2 }, minimum: 0, maximum: 1000000, default: 1000 }
`,
  'rules/all.yaml': `- { id: large, when: amount > parameters.limits.large, then: { score: 60, reason: LARGE } }
- { id: abroad, when: country !== "DE", then: { score: 30, reason: ABROAD } }
`,
};

export const LARGE_ABROAD = { amount: 1500.5, country: 'US' };
export const SMALL = { amount: 19.99, country: 'DE' };

/** What is decided of a payload, but for what differs from call to call. */
function decision(outcome: string, score: number, reasons: readonly object[]): object {
  return { status: 'OK', outcome, score, reasons, bundle: EXAMPLE_BUNDLE, version: '1.0.0' };
}

export const DECIDED_LARGE = decision('decline', 90, [
  { code: 'LARGE', rule: 'large', score: 60 },
  { code: 'ABROAD', rule: 'abroad', score: 30 },
]);
export const DECIDED_SMALL = decision('approve', 0, []);
