// A JDM document of one table that answers with a shipping price, as `verdict import` reads it; and the rows that decide with it.

import { DECISION_OUTPUTS } from '../../assembly/shared/image.js';
import type { Imported } from '../../src/import/imported.js';
import { importJdm } from '../../src/import/jdm/jdm.js';
import type { Original } from '../../src/import/verify.js';
import type { RuleSet } from '../../src/ruleset.js';
import { sumPipelined } from '../peers/pipeline.js';
import type { Row } from '../row.js';
import { type ReadDecision, type VerdictSetup, verdictInPlace } from '../verdict-rows.js';
import { BLOCK_COUNT } from '../workload.js';
import { answerChecksum, type Order, type Shipping } from './shipping.js';

/** The bundle of a document. Throws where anything of it could not come over. */
export function importTable(name: string, text: string): Imported {
  const imported = importJdm({ name: `${name}.json`, text }, { name });
  const [problem] = imported.diagnostics;
  if (problem !== undefined) throw new Error(`${name} does not come over whole: ${problem.message}`);
  return imported;
}

/** What a rule set of the bundle answers. */
export function shippingOf(ruleSet: RuleSet, order: Order): Shipping {
  return (ruleSet.decide(order).outputs as unknown as { shipping: Shipping }).shipping;
}

/** Objects to decisions with their outputs, through RuleSet.decide. */
export function shippingObjects({ ruleSet }: VerdictSetup, orders: readonly Order[]): Row {
  return {
    name: 'Verdict, object',
    covers: 'outputs',
    decide: (first) => {
      let sum = 0;
      for (let i = first; i < first + BLOCK_COUNT; i++) sum += answerChecksum(shippingOf(ruleSet, orders[i]!));
      return sum;
    },
  };
}

/** The first output, a decimal without digits behind the point, and the last letter of the second, a text (docs/FORMATS.md). */
function readsShipping(buffer: ArrayBufferLike): ReadDecision {
  const words = new Int32Array(buffer);
  const shorts = new Uint16Array(buffer);
  const bytes = new Uint8Array(buffer);
  const follow = (address: number): number => address + words[address >>> 2]!;
  return (decision) => {
    const table = follow(follow(decision + DECISION_OUTPUTS) + 4);
    const vtable = table - words[table >>> 2]!;
    const price = table + shorts[(vtable + 6) >>> 1]!;
    const currency = follow(table + shorts[(vtable + 8) >>> 1]!);
    return words[price >>> 2]! + bytes[currency + 3 + words[currency >>> 2]!]!;
  };
}

/** Payloads that lie in the tenant's memory already, decided in place, and their outputs read there. */
export function shippingInPlace(setup: Pick<VerdictSetup, 'live'>, payloads: readonly Uint8Array[]): Row {
  return verdictInPlace(setup, payloads, { covers: 'outputs', readerOf: readsShipping });
}

/** The engine that the document was written for, with many calls in flight. */
export function zenShipping(zen: Original, orders: readonly Order[]): Row {
  const answer = async (index: number): Promise<number> =>
    answerChecksum(((await zen.answer({ ...orders[index]! })) as { shipping: Shipping }).shipping);
  return { name: 'GoRules ZEN 0.54', covers: 'outputs', decide: (first) => sumPipelined(first, answer) };
}
