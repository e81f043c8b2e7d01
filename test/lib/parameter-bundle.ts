// A bundle that reads parameters of each type.

import type { BundleFiles } from '#src/bundle/files.js';

export const PARAMETER_TENANT = 'acme';

const DOCUMENTS = {
  'bundle.yaml': `name: NAME
version: VERSION
profile: standard
model: model.yaml
onError: review
decide:
  combine: score
  outcomes: [{ atLeast: 100, outcome: decline }, { outcome: approve }]
`,
  'model.yaml': `title: T
type: object
required: [amount, at]
properties:
  amount: { type: number, multipleOf: 0.01, minimum: 0, maximum: 1000000 }
  risk: { type: number }
  channel: { type: string, enum: [web, app, branch] }
  at: { type: string, format: date-time }
  email: { type: string, maxLength: 100 }
`,
  'parameters/limits.yaml': `values:
  reviewAbove: { type: { decimal: 2 }, minimum: 0, maximum: 1000000, default: 500 }
  riskMax: { type: number, minimum: 0, maximum: 1, default: 0.8 }
  isOpen: { type: boolean, default: true }
  domain: { type: string, maxLength: 20, default: "@x.com" }
  channel: { type: { enum: channel }, default: web }
  from: { type: timestamp, default: "2026-01-01T00:00:00Z" }
  unread: { type: integer, minimum: 1, default: 1 }
`,
  'rules/all.yaml': `- { id: large, when: amount > parameters.limits.reviewAbove, then: { score: 1, reason: LARGE } }
- { id: risky, when: risk !== null && risk > parameters.limits.riskMax, then: { score: 2, reason: RISKY } }
- { id: closed, when: "!parameters.limits.isOpen", then: { score: 4, reason: CLOSED } }
- { id: mail, when: email !== null && email.endsWith(parameters.limits.domain), then: { score: 8, reason: MAIL } }
- { id: channel, when: channel !== null && channel === parameters.limits.channel, then: { score: 16, reason: CHANNEL } }
- { id: early, when: at < parameters.limits.from, then: { score: 32, reason: EARLY } }
`,
};

/** Of which each rule decides by its parameter: with the defaults LARGE, RISKY, MAIL and CHANNEL hit, score 27. */
export const PARAMETER_PAYLOAD = {
  amount: 600,
  risk: 0.9,
  channel: 'web',
  at: '2026-06-01T00:00:00Z',
  email: 'a@x.com',
};
export const PARAMETER_SCORE_DEFAULT = 27;

export interface ParameterBundle {
  name?: string;
  version?: string;
  /** Replaces documents. */
  files?: Record<string, string>;
}

/** A bundle with the set `limits`. */
export function parameterBundle({ name = 'spend', version = '1.0.0', files = {} }: ParameterBundle = {}): BundleFiles {
  const head = DOCUMENTS['bundle.yaml'].replace('NAME', name).replace('VERSION', version);
  const texts = { ...DOCUMENTS, 'bundle.yaml': head, ...files };
  return new Map(Object.entries(texts).map(([path, text]) => [path, new TextEncoder().encode(text)]));
}
