import { describe, expect, it } from 'vitest';
import { Credit } from '#src/server/stream-credit.js';

/** What is advised after each of a series: `-` a request found no room, a number: so many were answered. */
function advise(wanted: number, max: number, series: readonly ('-' | number)[]): number[] {
  const credit = new Credit(wanted, max);
  return series.map((each) => {
    const before = credit.advised;
    const changed = each === '-' ? credit.refused() : credit.answered(each);
    expect(changed).toBe(credit.advised !== before);
    return credit.advised;
  });
}

describe('the credit of a connection', () => {
  it.each([
    [0, 100],
    [50, 50],
    [1000, 100],
    [1, 1],
  ])('of %i wanted is %i of 100', (wanted, granted) => {
    const credit = new Credit(wanted, 100);
    expect([credit.granted, credit.advised]).toEqual([granted, granted]);
  });

  it.each<[string, number, readonly ('-' | number)[], readonly number[]]>([
    ['stays while there is room', 8, [1, 1, 1], [8, 8, 8]],
    ['is halved where there is none', 8, ['-'], [4]],
    ['is halved again only when that was heard', 8, ['-', '-', '-', '-', '-', '-'], [4, 4, 4, 4, 4, 2]],
    ['comes back with answers', 8, ['-', 7, 1], [4, 4, 8]],
    ['does not fall below two', 4, ['-', '-', '-', '-', 4], [2, 2, 2, 2, 4]],
    ['of one stays one', 1, ['-', 1], [1, 1]],
  ])('%s', (_, wanted, series, advised) => expect(advise(wanted, 100, series)).toEqual(advised));
});
