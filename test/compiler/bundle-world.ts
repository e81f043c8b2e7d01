// Bundles with features, tables and scorecards over one model: what is wrong with them, and what they decide.

import { compile } from '#src/compiler/compile.js';
import type { Diagnostic } from '#src/diagnostic/diagnostic.js';
import { createEngine, type Decision, type Engine } from '#src/index.js';
import { filesOf } from '../bundle/files.js';

const MODEL = `type: object
required: [n, i, amount, country, at, born, flag, s]
properties:
  n: { type: number }
  i: { type: integer, minimum: 0, maximum: 9 }
  amount: { type: number, multipleOf: 0.01, minimum: -1000, maximum: 1000 }
  country: { type: string, enum: [US, GB, DE] }
  at: { type: string, format: date-time }
  born: { type: string, format: date }
  flag: { type: boolean }
  s: { type: string, maxLength: 20 }
  maybe: { type: integer, minimum: 0, maximum: 9 }
  maybeCountry: { type: string, enum: [US, GB, DE] }
  maybeText: { type: string, maxLength: 20 }
  card:
    type: object
    required: [brand]
    properties:
      brand: { type: string, enum: [VISA, AMEX] }
      limit: { type: number }
  items: { type: array, maxItems: 3, items: { type: number } }
`;

/** A payload with every required field. */
export const PAYLOAD = {
  n: 0,
  i: 0,
  amount: 0,
  country: 'US',
  at: '2026-01-01T00:00:00Z',
  born: '2000-01-01',
  flag: false,
  s: '',
};

const HEAD = `name: world
version: 1.0.0
model: model.yaml
profile: PROFILE
onError: review
decide:
  combine: COMBINE
  reasonsMax: 20
  outcomes: [{ outcome: approve }]
`;

export interface WorldOptions {
  profile?: 'strict' | 'standard';
  combine?: 'score' | 'first' | 'collect';
}

/** The bundle of some files; a rule that hits always is added, unless they bring rules. */
export function worldFiles(texts: Readonly<Record<string, string>>, options: WorldOptions = {}): ReadonlyMap<string, Uint8Array> {
  const { profile = 'standard', combine = 'score' } = options;
  const rules = Object.keys(texts).some((path) => path.startsWith('rules/'))
    ? {}
    : { 'rules/a.yaml': '- { id: always, when: true, then: { outcome: approve } }\n' };
  const head = HEAD.replace('PROFILE', profile).replace('COMBINE', combine);
  return filesOf({ 'bundle.yaml': head, 'model.yaml': MODEL, ...rules, ...texts });
}

/** Diagnostics as `CODE@text that its span covers`, warnings with `?` after the code, by file and place. */
export function faultsOf(texts: Readonly<Record<string, string>>, options: WorldOptions = {}): string[] {
  const files = worldFiles(texts, options);
  return compile(files, { profileMax: 'standard' }).diagnostics.map((found) => shown(found, files));
}

function shown({ code, severity, span }: Diagnostic, files: ReadonlyMap<string, Uint8Array>): string {
  const text = new TextDecoder().decode(files.get(span.file)).slice(span.start, span.end);
  return `${code}${severity === 'warning' ? '?' : ''}@${text}`;
}

/** Messages and advice of all diagnostics. */
export function messagesOf(texts: Readonly<Record<string, string>>, options: WorldOptions = {}): string[] {
  const { diagnostics } = compile(worldFiles(texts, options), { profileMax: 'standard' });
  return diagnostics.map(({ message, advice }) => (advice === undefined ? message : `${message} (${advice})`));
}

let engine: Promise<Engine> | undefined;

/** Decides payloads, which are completed from PAYLOAD. Throws where the bundle has errors. */
export async function decideAll(
  texts: Readonly<Record<string, string>>,
  payloads: readonly Record<string, unknown>[],
  options: WorldOptions = {},
): Promise<Decision[]> {
  const { image, diagnostics } = compile(worldFiles(texts, options), { profileMax: 'standard' });
  if (image === undefined) throw new Error(diagnostics.map(({ code, message }) => `${code} ${message}`).join('\n'));
  engine ??= createEngine({ poolThreads: 0 });
  const ruleSet = await (await engine).load(image);
  const decisions = payloads.map((payload) => ruleSet.decide({ ...PAYLOAD, ...payload }));
  ruleSet.release();
  return decisions;
}

/** Ends the engine of the tests. */
export async function closeWorld(): Promise<void> {
  await (await engine)?.close();
  engine = undefined;
}
