import { describe, expect, it } from 'vitest';
import { Breaker, BreakerState, BreakerTotals } from '#src/scheduler/breaker.js';

type Step =
  | readonly ['full', number]
  | readonly ['good' | 'bad' | 'void', number]
  | readonly ['probe', number, boolean]
  | readonly ['probe good' | 'probe bad' | 'probe void', number]
  | readonly ['asks' | 'asks, half empty', number, boolean];

/** Does the steps, each at its millisecond, and holds the breaker to what it answers and to its last state. */
function check(steps: readonly Step[], state: keyof typeof BreakerState): BreakerTotals {
  const totals = new BreakerTotals();
  const breaker = new Breaker(totals);
  for (const [what, now, answer] of steps) {
    if (what === 'full') breaker.overflowed(now);
    else if (what === 'asks' || what === 'asks, half empty')
      expect([what, now, breaker.admits(now, what !== 'asks')]).toEqual([what, now, answer]);
    else if (what === 'probe') expect([now, breaker.begin()]).toEqual([now, answer]);
    else breaker.ended(what.startsWith('probe'), what.endsWith('void') ? undefined : what.endsWith('good'), now);
  }
  expect(BreakerState[breaker.state]).toBe(state);
  expect([totals.open, totals.halfOpen]).toEqual([state === 'OPEN' ? 1 : 0, state === 'HALF_OPEN' ? 1 : 0]);
  return totals;
}

const bad = (count: number, now: number): Step[] => Array.from({ length: count }, () => ['bad', now] as const);

describe('Breaker', () => {
  it.each<[string, readonly Step[], keyof typeof BreakerState]>([
    [
      'lets all through',
      [
        ['asks', 0, true],
        ['probe', 0, false],
        ['good', 1],
      ],
      'CLOSED',
    ],
    [
      'opens where the queue is full',
      [
        ['full', 0],
        ['asks', 1, false],
        ['asks', 99, false],
      ],
      'OPEN',
    ],
    [
      'tries after a while',
      [
        ['full', 0],
        ['asks', 100, true],
      ],
      'HALF_OPEN',
    ],
    [
      'tries where half of the queue is worked off',
      [
        ['full', 0],
        ['asks', 1, false],
        ['asks, half empty', 2, true],
      ],
      'HALF_OPEN',
    ],
    [
      'closes when a probe is decided',
      [
        ['full', 0],
        ['asks', 100, true],
        ['probe', 100, true],
        ['probe good', 150],
      ],
      'CLOSED',
    ],
    [
      'waits on where a probe is void',
      [
        ['full', 0],
        ['asks', 100, true],
        ['probe', 100, true],
        ['probe void', 150],
      ],
      'HALF_OPEN',
    ],
    [
      'opens for twice as long where a probe fails',
      [
        ['full', 0],
        ['asks', 100, true],
        ['probe', 100, true],
        ['probe bad', 110],
        ['asks, half empty', 300, false],
        ['asks', 310, true],
      ],
      'HALF_OPEN',
    ],
    [
      'opens again where the queue is full again',
      [
        ['full', 0],
        ['asks', 100, true],
        ['probe', 100, true],
        ['full', 120],
        ['asks', 310, false],
        ['asks', 320, true],
      ],
      'HALF_OPEN',
    ],
    ['bears some failures', bad(4, 0), 'CLOSED'],
    ['forgets failures after a success', [...bad(4, 0), ['good', 0], ...bad(4, 0)], 'CLOSED'],
    ['opens after failures in a row, for its time', [...bad(5, 0), ['asks, half empty', 99, false]], 'OPEN'],
    ['does not mind results of what began before it opened', [['full', 0], ['good', 1], ...bad(3, 2), ['asks', 99, false]], 'OPEN'],
  ])('%s', (_, steps, state) => {
    check(steps, state);
  });

  it('lets only so many through while it is half open', () => {
    const breaker = new Breaker(new BreakerTotals());
    breaker.overflowed(0);
    let probes = 0;
    while (breaker.admits(100, false) && probes < 1000) {
      expect(breaker.begin()).toBe(true);
      probes++;
    }
    expect(probes).toBe(32);
    breaker.ended(true, undefined, 101);
    expect(breaker.admits(101, false)).toBe(true);
  });

  it('counts how often it was opened', () => {
    expect(
      check(
        [
          ['full', 0],
          ['full', 1],
          ['asks', 100, true],
          ['full', 101],
        ],
        'OPEN',
      ).opened,
    ).toBe(2);
  });
});
