import { describe, expect, it } from 'vitest';
import { Status } from '#assembly/shared/status.js';
import { monotonicMillis } from '#src/clock.js';
import { type DecideOptions, decideFrame, decidePayloads, type Settled } from '#src/decide.js';
import { decideJson } from '#src/decide-json.js';
import { frameOf } from './lib/frame.js';
import { smallModel } from './lib/small-image.js';
import { payment, type SmallTenant, tenantMaker } from './lib/small-tenant.js';

const make = tenantMaker();
const HOUR_MILLIS = 3_600_000;

/** The three ways in, with two payments each. */
const WAYS: Record<string, (tenant: SmallTenant, options: DecideOptions, settle: (settled: Settled) => void) => void> = {
  payloads: ({ live }, options, settle) => decidePayloads(live, [payment(1), payment(500)], options, settle),
  frame: ({ live }, options, settle) =>
    decideFrame(live, frameOf([payment(1), payment(500)], { bundle: 'small', model: smallModel().hash }), options, settle),
  json: ({ live }, options, settle) => decideJson(live, ['{"amount":1}', '{"amount":500}'], options, settle),
};

describe.each(Object.keys(WAYS))('a request of %s', (way) => {
  const begin = (options: Partial<DecideOptions>): Settled | string => {
    const tenant = make();
    let result: Settled | string = 'pending';
    try {
      WAYS[way]!(tenant, { now: 0n, ...options }, (settled) => (result = { ...settled, status: settled.status }));
    } catch (error) {
      result = (error as { code: string }).code;
    }
    expect(tenant.tenant.memory.ring.slots).toBe(typeof result === 'string' && result === 'pending' ? 1 : 0);
    return result;
  };

  it.each(['inline', 'pooled'] as const)('is refused where it is void before it begins: %s', (path) => {
    expect(begin({ path, deadlineMillis: monotonicMillis() })).toBe('DEADLINE_EXCEEDED');
    expect(begin({ path, cancellation: { cancelled: true } })).toBe('CANCELLED');
  });

  it('is decided where there is time', () => {
    const valid = { deadlineMillis: monotonicMillis() + HOUR_MILLIS, cancellation: { cancelled: false } };
    expect(begin({ path: 'inline', ...valid })).toMatchObject({ status: Status.OK });
  });
});

describe('a batch that is decided in parts', () => {
  it('ends where it is cancelled between two of them, and hands no decision out', async () => {
    const { live, tenant } = make({ ringBytes: 8192 });
    const cancellation = { cancelled: false };
    const settled = await new Promise<{ status: Status; count: number; code: string | undefined }>((resolve) => {
      decidePayloads(
        live,
        Array.from({ length: 500 }, (_, i) => payment(i)),
        { now: 0n, path: 'pooled', cancellation },
        ({ status, count, problem }) => resolve({ status, count, code: problem?.code }),
      );
      cancellation.cancelled = true;
    });
    expect(settled).toEqual({ status: Status.INTERNAL, count: 0, code: 'CANCELLED' });
    expect([tenant.memory.ring.slots, live.pinCount]).toEqual([0, 0]);
  });
});
