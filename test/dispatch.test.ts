// Which path a request takes, and that one which is begun at once and ended by a worker is decided like any other.

import { afterEach, describe, expect, it, vi } from 'vitest';
import { Path, pathOf } from '#src/dispatch.js';
import { Counter } from '#src/observe/counters.js';
import { decidedAs, type Item, WAYS } from './lib/batch-ways.js';
import { type SmallTenant, type SmallTenantOptions, tenantMaker } from './lib/small-tenant.js';

const make = tenantMaker();
afterEach(() => {
  vi.restoreAllMocks();
});

/** A tenant whose image is measured to take so many nanoseconds a unit. */
function paced(nanosPerUnit: number, options: SmallTenantOptions = {}): SmallTenant {
  const made = make(options);
  made.live.pace.record(1e9, nanosPerUnit * 1e6);
  return made;
}

const costEach = (): number => make().live.costMax;

describe('the path of a request', () => {
  it.each([
    ['up to the bound by static cost', 10, 10, 5, Path.INLINE],
    ['above it, of an image not known to be faster', 11, 10, 1, Path.POOLED],
    ['above it, expected to be over in time', 40, 10, 0.25, Path.TIMED],
    ['above it, expected to take longer', 41, 10, 0.25, Path.POOLED],
    ['of which one payload may take more than a slice', 40, 3, 0.001, Path.POOLED],
  ] as const)('%s', (_, count, costs, nanosPerUnit, expected) => {
    const { live } = paced(nanosPerUnit, { costInlineMax: costs * costEach() });
    expect(pathOf(live, count, { now: 0n })).toBe(expected);
  });

  it('is what the caller says', () => {
    const { live } = paced(0.001);
    expect(pathOf(live, 1, { now: 0n, path: 'pooled' })).toBe(Path.POOLED);
    expect(pathOf(live, 1e9, { now: 0n, path: 'inline' })).toBe(Path.INLINE);
  });
});

describe.each(Object.keys(WAYS))('%s', (way) => {
  const items: Item[] = [1, 150, 'broken', 99, 101, 7, 200, 'broken', 3, 100, 180, 64];
  /** Twelve payloads, three slices at least. */
  const timed = (): SmallTenant => paced(0.001, { costInlineMax: 4 * costEach(), ringBytes: 1 << 20 });

  it.each([
    ['while time stands still: at once', 'inline'],
    ['when time is up after the first slice: by a worker that goes on', 'pooled'],
  ] as const)('%s', async (_, expected) => {
    const made = timed();
    const whole = await decidedAs(WAYS[way]!, made, items, { path: 'inline' });
    if (expected === 'inline') vi.spyOn(performance, 'now').mockReturnValue(performance.now());
    const paths: string[] = [];
    expect(await decidedAs(WAYS[way]!, made, items, {}, (path) => paths.push(path))).toEqual(whole);
    expect(paths[0]).toBe(expected);
    expect(made.counters.get(Counter.SLICES) > 0).toBe(expected === 'pooled');
    expect([made.tenant.memory.ring.slots, made.live.pinCount]).toEqual([0, 0]);
  });

  it('learns how long its image takes', async () => {
    const made = timed();
    let now = 0;
    vi.spyOn(performance, 'now').mockImplementation(() => (now += 0.05));
    const before = made.live.pace.nanosPerUnit;
    const settled = decidedAs(WAYS[way]!, made, items, {});
    expect(made.live.pace.nanosPerUnit).toBeGreaterThan(before);
    vi.restoreAllMocks();
    await settled;
  });

  it('is refused as a whole where no worker takes the rest', async () => {
    const made = timed();
    await made.scheduler.close();
    expect(() => WAYS[way]!(made, items, { now: 0n }, () => {})).toThrow('The server is stopping');
    expect([made.tenant.memory.ring.slots, made.live.pinCount]).toEqual([0, 0]);
    expect(await decidedAs(WAYS[way]!, made, [1], {})).toMatchObject({ status: 0 });
  });
});
