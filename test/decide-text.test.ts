// One JSON text at a time: the same decisions as a request of one, and nothing left behind.

import { describe, expect, it } from 'vitest';
import { decideJson, type JsonText } from '#src/decide-json.js';
import { decideOne } from '#src/decide-one.js';
import { decideText } from '#src/decide-text.js';
import { Counter } from '#src/observe/counters.js';
import { payment, type SmallTenant, tenantMaker } from './lib/small-tenant.js';

const make = tenantMaker();

const one = ({ live }: SmallTenant, text: JsonText, now = 0n): Uint8Array => decideText(live, text, now).toBytes();

function asRequest({ live }: SmallTenant, text: JsonText, now: bigint): Uint8Array {
  let decision = new Uint8Array(0);
  decideJson(live, [text], { now, path: 'inline' }, (settled) => {
    decision = settled.decision(0).slice();
  });
  return decision;
}

const asPayload = ({ live }: SmallTenant, payload: Uint8Array): Uint8Array => decideOne(live, payload, 0n).toBytes();

const texts = [
  '{"amount":1}',
  ' { "amount" : 101.5 , "note" : "é\\n" } ',
  '{"note":"a note of more than 16 characters","amount":-0.5e1}',
];

describe('decideText', () => {
  it('leaves the bytes and the counts that a request leaves, of strings and of bytes', () => {
    const [tenant, other] = [make(), make()];
    for (const text of texts.flatMap((each): JsonText[] => [each, Buffer.from(each)])) {
      expect(one(tenant, text, 77n)).toEqual(asRequest(other, text, 77n));
    }
    for (const counter of [Counter.OUTCOME_APPROVE, Counter.OUTCOME_REVIEW, Counter.OUTCOME_DECLINE, Counter.REQUESTS_INLINE]) {
      expect([counter, tenant.counters.get(counter)]).toEqual([counter, other.counters.get(counter)]);
    }
    expect([tenant.tenant.memory.ring.slots, tenant.live.pinCount, tenant.counters.get(Counter.JSON_DISAGREED)]).toEqual([0, 0, 0]);
  });

  it('throws what the encoder says of a text that does not fit', () => {
    const tenant = make();
    expect(() => one(tenant, '{"amount":"x","note":1}')).toThrow(
      expect.objectContaining({
        code: 'INVALID_PAYLOAD',
        errors: [expect.objectContaining({ pointer: '/amount' }), expect.objectContaining({ pointer: '/note' })],
      }),
    );
    expect(() => one(tenant, '{"amount":1,"amount":2}')).toThrow(expect.objectContaining({ code: 'INVALID_PAYLOAD' }));
    expect(() => one(tenant, '{"amount":1,"note":"\ud800"}')).toThrow(expect.objectContaining({ code: 'INVALID_PAYLOAD' }));
    expect(() => one(tenant, Uint8Array.of(0x7b, 0xff, 0x7d))).toThrow(expect.objectContaining({ code: 'INVALID_JSON' }));
    expect(tenant.tenant.memory.ring.slots).toBe(0);
  });

  it('takes a text that the ring has no room for beside its payload by way of the encoder', () => {
    const tenant = make({ ringBytes: 4096 });
    const text = `{"amount":101${' '.repeat(4000)}}`;
    expect(one(tenant, text)).toEqual(asPayload(make(), payment(101)));
    expect(tenant.counters.get(Counter.JSON_DISAGREED)).toBe(0);
  });

  it('is refused with an image that has been released', () => {
    const tenant = make();
    tenant.live.retire();
    expect(() => one(tenant, '{"amount":1}')).toThrow(/released/);
  });
});
