// One batch in the ways in which it can be asked for, with faulty payloads among its items, and everything that is settled of it.

import type { DecideOptions, Settled } from '#src/decide.js';
import { decideFrame, decidePayloads } from '#src/decide.js';
import { decideJson } from '#src/decide-json.js';
import { frameOf } from './frame.js';
import { smallModel } from './small-image.js';
import { payment, type SmallTenant } from './small-tenant.js';

export type Begin = (made: SmallTenant, items: readonly Item[], options: DecideOptions, settle: (settled: Settled) => void) => void;

/** An amount, or what is no payload. */
export type Item = number | 'broken';

const BROKEN = Uint8Array.of(1, 2, 3);
const bytesOf = (item: Item): Uint8Array => (item === 'broken' ? BROKEN : payment(item, 'x'.repeat(item % 50)));

export const WAYS: Record<string, Begin> = {
  payloads: ({ live }, items, options, settle) => decidePayloads(live, items.map(bytesOf), options, settle),
  frame: ({ live }, items, options, settle) =>
    decideFrame(live, frameOf(items.map(bytesOf), { bundle: 'small', model: smallModel().hash }), options, settle),
  texts: ({ live }, items, options, settle) =>
    decideJson(
      live,
      items.map((item) => (item === 'broken' ? '{"amount":"much"}' : JSON.stringify({ amount: item }))),
      options,
      settle,
    ),
};

/** All that is settled of a batch but its path, which is handed to `tookPath`. */
export const decidedAs = (
  begin: Begin,
  made: SmallTenant,
  items: readonly Item[],
  options: Partial<DecideOptions>,
  tookPath: (path: Settled['path']) => void = () => {},
): Promise<unknown> =>
  new Promise((resolve) => {
    begin(made, items, { now: 5n, idHigh: 1n, idLow: 7n, ...options }, (settled) => {
      tookPath(settled.path);
      const each = Array.from({ length: settled.count }, (_, i) => [
        settled.statusOf(i),
        Buffer.from(settled.decision(i)).toString('hex'),
      ]);
      resolve({ status: settled.status, each, answer: Buffer.from(settled.answer).toString('hex') });
    });
  });
