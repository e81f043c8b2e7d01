// A run over many bundles and payloads in all forms, with counts of what was met: a form, a hit policy or a status that was never
// met is a fault of the run.

import { DECISION_STATUS } from '#assembly/shared/image.js';
import { Status } from '#assembly/shared/status.js';
import { Random } from './expression-model.js';
import { worldNow } from './expression-world.js';
import { type FormBundle, formBundle, PARTS, POLICIES } from './form-author.js';
import { type Difference, FORMS, FormEngines } from './form-engines.js';
import { type FormPayload, formPayload } from './form-payload.js';
import { JsonAuthor } from './json-author.js';

export interface RunOptions {
  seed: number;
  /** Pairs of bundle and payload at least. */
  pairs: number;
  payloadsPerBundle: number;
  /** Rules and rows of bundles, by turns. */
  sizes?: readonly number[];
  engines?: FormEngines;
  /** Told after each batch. */
  progress?: (pairs: number, bundles: number) => void;
}

export interface Found {
  /** Of a bundle and its payloads, the whole batch that was decided. */
  bundle: FormBundle;
  turn: number;
  swapped: boolean;
  payloads: readonly FormPayload[];
  now: bigint;
  difference: Difference;
}

export interface RunResult {
  pairs: number;
  bundles: number;
  counts: Readonly<Record<string, number>>;
  /** What was never met. */
  missing: string[];
  found?: Found;
}

/** Payloads that are decided with one time, and in one batch. */
const BATCH = 50;
/** Statuses that decisions have to have had. */
const STATUSES = ['OK', 'INVALID_PAYLOAD', 'ARITHMETIC', 'CONFLICT'] as const;

/** Decides until there are as many pairs, or one differs. */
export async function runForms({ seed, pairs: wanted, payloadsPerBundle, progress, ...rest }: RunOptions): Promise<RunResult> {
  const random = new Random(seed);
  const json = new JsonAuthor(random);
  const engines = rest.engines ?? (await FormEngines.open());
  const counts: Record<string, number> = {};
  const count = (what: string, by = 1): void => {
    counts[what] = (counts[what] ?? 0) + by;
  };
  let pairs = 0;
  let turn = 0;
  try {
    for (let refused = 0; pairs < wanted; ) {
      const bundle = formBundle(random, turn, rest.sizes);
      // Of 11 policies and 2 kinds of bundles, each comes with each module.
      const swapped = Math.floor(turn / 2) % 2 === 1;
      const open = await engines.openBundle(bundle, swapped);
      if (typeof open === 'string') {
        count(`refused ${open.slice(0, 5)}`);
        // Most bundles are good: else this would go on for ever.
        if (++refused > 10 * (turn + 20)) throw new Error(`seed ${seed}: too many bundles are refused, the last with ${open}`);
        continue;
      }
      turn++;
      for (const part of bundle.parts) count(`bundles with ${part}`);
      count(`bundles with policy ${bundle.policy}${open.indexed.includes('table forms') ? ' and an index' : ''}`);
      for (const what of new Set(open.indexed.map((name) => name.split(' ')[0]))) count(`bundles with an index of ${what}`);
      if (open.ranked > 0 && open.forms.has('generated code')) count('bundles with rules by ranks');
      for (const why of open.withoutCode) count(`without code: ${why.replace(/\d+/g, 'N')}`);
      const schema = JSON.parse(bundle.files['model.yaml']!);
      try {
        for (let left = payloadsPerBundle; left > 0; left -= BATCH) {
          const size = Math.min(BATCH, left);
          const now = worldNow(random);
          const payloads = Array.from({ length: size }, () =>
            formPayload(random, bundle.payload(random), schema, open.encoder, json),
          );
          const decided = open.decide(payloads, now);
          if ('difference' in decided) {
            const { difference } = decided;
            return {
              pairs,
              bundles: turn,
              counts,
              missing: [],
              found: { bundle, turn: turn - 1, swapped, payloads, now, difference },
            };
          }
          for (const each of decided.bytes) count(`status ${Status[each[DECISION_STATUS]!]}`);
          for (const each of decided.texts) count(`JSON, status ${Status[each[DECISION_STATUS]!]}`);
          count('pairs alike as bytes and as text', payloads.filter(({ alike }) => alike).length);
          pairs += size;
          progress?.(pairs, turn);
        }
        for (const [form, decisions] of open.decided) if (open.forms.has(form)) count(`decisions by ${form}`, decisions);
      } finally {
        open.release();
      }
    }
  } finally {
    if (rest.engines === undefined) await engines.close();
  }
  return { pairs, bundles: turn, counts, missing: missingOf(counts) };
}

function missingOf(counts: Readonly<Record<string, number>>): string[] {
  const wanted = [
    ...FORMS.map((form) => `decisions by ${form}`),
    ...STATUSES.flatMap((status) => [`status ${status}`, `JSON, status ${status}`]),
    ...POLICIES.map((policy) => `bundles with policy ${policy} and an index`),
    'bundles with an index of rules',
    'bundles with rules by ranks',
    ...PARTS.map((part) => `bundles with ${part}`),
    'pairs alike as bytes and as text',
  ];
  return wanted.filter((what) => counts[what] === undefined);
}
