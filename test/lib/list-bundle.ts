// A bundle that reads lists, and what it decides.

import type { BundleFiles } from '#src/bundle/files.js';
import { decidePayloads } from '#src/decide.js';
import type { Engine } from '#src/engine.js';
import { type Decision, readDecision } from '#src/schema/decision.js';

export const LIST_TENANT = 'acme';

const DOCUMENTS = {
  'bundle.yaml': `name: NAME
version: VERSION
profile: standard
model: model.yaml
onError: review
decide:
  combine: score
  outcomes: [{ atLeast: 10, outcome: decline }, { outcome: approve }]
`,
  'model.yaml': `title: T
type: object
required: [email]
properties:
  email: { type: string, maxLength: 100 }
  amount: { type: number, multipleOf: 0.01, minimum: 0, maximum: 1000000 }
`,
  'rules/all.yaml': `- { id: blocked, when: lists.blocked.includes(email), then: { score: 10, reason: BLOCKED } }
`,
  'lists/blocked.yaml': 'type: string\n',
};

export interface ListBundle {
  name?: string;
  version?: string;
  /** Replaces documents. */
  files?: Record<string, string>;
}

/** A bundle whose one rule is that `email` is in the list `blocked`. */
export function listBundle({ name = 'mails', version = '1.0.0', files = {} }: ListBundle = {}): BundleFiles {
  const head = DOCUMENTS['bundle.yaml'].replace('NAME', name).replace('VERSION', version);
  const texts = { ...DOCUMENTS, 'bundle.yaml': head, ...files };
  return new Map(Object.entries(texts).map(([path, text]) => [path, new TextEncoder().encode(text)]));
}

/** Rules and the declaration of a list of amounts beside. */
export const AMOUNTS = {
  'lists/amounts.yaml': 'type: { decimal: 2 }\n',
  'rules/amounts.yaml': '- { id: odd, when: amount !== null && lists.amounts.includes(amount), then: { score: 1, reason: ODD } }\n',
};

/** The decision of a live bundle. */
export function decideLive(
  engine: Engine,
  payload: object,
  { bundle = 'mails', path = 'inline' as 'inline' | 'pooled', tenant = LIST_TENANT } = {},
): Promise<Decision> {
  const live = engine.live(tenant, bundle);
  if (live === undefined) return Promise.reject(new Error(`${bundle} is not live`));
  return new Promise((resolve, reject) => {
    decidePayloads(live, [live.encoder.encode(payload)], { now: 0n, path }, (settled) => {
      if (settled.count === 1) resolve(readDecision(settled.decision(0)));
      else reject(new Error(`the request ended with status ${settled.status}`));
    });
  });
}

/** Whether an email is blocked, and by which version of the list. */
export async function isBlocked(engine: Engine, email: string, bundle = 'mails'): Promise<{ hit: boolean; version: string }> {
  const { reasons, inputs } = await decideLive(engine, { email }, { bundle });
  const version = inputs.lists.find(({ name }) => name === 'blocked')?.version ?? '';
  return { hit: reasons.some(({ code }) => code === 'BLOCKED'), version };
}

/** Code of the Problem that a call ends with. */
export async function problemOf(call: Promise<unknown>): Promise<string> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason as { code?: string; message: string },
  );
  return error === undefined ? 'none' : (error.code ?? error.message);
}

/** `count` texts `PREFIX0@example.com`, each a line, in chunks. */
export async function* mailLines(count: number, prefix: string): AsyncGenerator<Uint8Array> {
  for (let first = 0; first < count; first += 10_000) {
    let text = '';
    for (let i = first; i < Math.min(count, first + 10_000); i++) text += `${prefix}${i}@example.com\n`;
    yield new TextEncoder().encode(text);
  }
}
