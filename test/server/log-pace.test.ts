import { expect, it } from 'vitest';
import { LogPace } from '#src/server/log-pace.js';

it('a pace lets so many lines through in each second', () => {
  let now = 0;
  const pace = new LogPace(2, () => now);
  const taken = [0, 10, 999, 1000, 1001, 1002, 5000].map((millis) => {
    now = millis;
    return pace.take();
  });
  expect(taken).toEqual([true, true, false, true, true, false, true]);
});
