// The bundle of the soak, and what its decisions must be: they say which versions of the list and of the parameters they were made
// with, and what stands in a version is known here.

import type { BundleFiles } from '../../src/bundle/files.js';
import type { Decision } from '../../src/schema/decision.js';

export const TENANT = 'soak';
export const BUNDLE = 'payments';
export const LIST = 'blocked';
export const PARAMETERS = 'limits';

const BLOCKED_SCORE = 10;
const LARGE_SCORE = 1;
const WAIT_MILLIS_MAX = 20_000;

export interface Payload {
  readonly email: string;
  readonly amount: number;
}

/** Text of the n-th version of the bundle. All decide alike. */
export function bundleTexts(version: number): Record<string, string> {
  return {
    'bundle.yaml': `name: ${BUNDLE}
version: 1.0.${version}
profile: standard
model: model.yaml
onError: review
decide:
  combine: score
  outcomes: [{ atLeast: ${BLOCKED_SCORE}, outcome: decline }, { outcome: approve }]
`,
    'model.yaml': `title: Payment
type: object
required: [email, amount]
properties:
  email: { type: string, maxLength: 100 }
  amount: { type: integer, minimum: 0, maximum: 1000000 }
`,
    [`lists/${LIST}.yaml`]: 'type: string\n',
    [`parameters/${PARAMETERS}.yaml`]: 'values:\n  large: { type: integer, minimum: 0, maximum: 1000000, default: 500 }\n',
    'rules/all.yaml': `- { id: blocked, when: lists.${LIST}.includes(email), then: { score: ${BLOCKED_SCORE}, reason: BLOCKED } }
- { id: large, when: amount > parameters.${PARAMETERS}.large, then: { score: ${LARGE_SCORE}, reason: LARGE } }
`,
  };
}

export function bundleFiles(version: number): BundleFiles {
  return new Map(Object.entries(bundleTexts(version)).map(([path, text]) => [path, Buffer.from(text)]));
}

/** The i-th payload: some stand in lists, some are large, by turns. */
export function payloadOf(i: number): Payload {
  return { email: `user${i % 1000}@example.com`, amount: (i * 37) % 1000 };
}

export class Truth {
  private readonly lists = new Map<string, ReadonlySet<string>>();
  private readonly limits = new Map<string, number>();

  listPut(version: string, entries: readonly string[]): void {
    this.lists.set(version, new Set(entries));
  }

  parametersPut(version: string, large: number): void {
    this.limits.set(version, large);
  }

  /** What is wrong with a decision, '' where nothing is. It may be made with a version whose PUT is not answered yet. */
  async faultOf(payload: Payload, decision: Decision): Promise<string> {
    const listVersion = decision.inputs?.lists?.find(({ name }) => name === LIST)?.version ?? '';
    const limitVersion = decision.inputs?.parameters?.find(({ name }) => name === PARAMETERS)?.version ?? '';
    const until = performance.now() + WAIT_MILLIS_MAX;
    while (!(this.lists.has(listVersion) && this.limits.has(limitVersion))) {
      if (performance.now() > until)
        return `made with the list ${listVersion} and the parameters ${limitVersion}, which nobody put`;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    const isBlocked = this.lists.get(listVersion)!.has(payload.email);
    const isLarge = payload.amount > this.limits.get(limitVersion)!;
    const score = (isBlocked ? BLOCKED_SCORE : 0) + (isLarge ? LARGE_SCORE : 0);
    const outcome = isBlocked ? 'decline' : 'approve';
    if (decision.status === 'OK' && decision.score === score && decision.outcome === outcome) return '';
    return `${decision.status} ${decision.outcome} ${decision.score} for ${JSON.stringify(payload)}, not ${outcome} ${score}`;
  }
}
