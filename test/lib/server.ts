// A small bundle, and a server with it on a free port.

import type { BundleFiles } from '#src/bundle/files.js';
import type { ServerOptions } from '#src/server/config.js';
import { type Server, startServer } from '#src/server/server.js';

export const TENANT = 'acme';
export const BUNDLE = 'payments';

const DOCUMENTS = {
  'bundle.yaml': `name: payments
version: 1.0.0
model: payment.schema.yaml
profile: strict
onError: review
decide:
  combine: score
  outcomes: [{ atLeast: 80, outcome: decline }, { atLeast: 50, outcome: review }, { outcome: approve }]
`,
  'payment.schema.yaml': `$schema: https://json-schema.org/draft/2020-12/schema
title: Payment
type: object
additionalProperties: false
required: [amount, country]
properties:
  amount: { type: number, minimum: 0, maximum: 1000000, multipleOf: 0.01 }
  country: { type: string, maxLength: 8 }
  customer:
    type: object
    properties:
      age: { type: integer, minimum: 0, maximum: 150 }
`,
  'rules/all.yaml': `- id: large
  when: amount > 1000
  then: { score: 60, reason: LARGE }
- id: abroad
  when: country !== "DE"
  then: { score: 30, reason: ABROAD }
`,
};

/** The bundle's files; `changes` replaces documents or, by null, leaves them out. */
export function bundleFiles(changes: Record<string, string | null> = {}): BundleFiles {
  const texts = Object.entries({ ...DOCUMENTS, ...changes }).filter((entry): entry is [string, string] => entry[1] !== null);
  return new Map(texts.map(([path, text]) => [path, Buffer.from(text)]));
}

/** The same as the body of PUT bundles. */
export function bundleJson(changes: Record<string, string | null> = {}): string {
  return JSON.stringify({
    files: Object.fromEntries([...bundleFiles(changes)].map(([path, bytes]) => [path, Buffer.from(bytes).toString()])),
  });
}

/** A server on a free port with the bundle published for TENANT. */
export async function startTestServer(options: ServerOptions = {}): Promise<Server> {
  const server = await startServer({ port: 0, ...options });
  await server.engine.publish(TENANT, bundleFiles());
  return server;
}
