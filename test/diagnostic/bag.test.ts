import { expect, it } from 'vitest';
import { DIAGNOSTICS_MAX, DiagnosticBag } from '#src/diagnostic/diagnostic.js';

it('lists so many of a severity, and hides no error behind warnings', () => {
  const bag = new DiagnosticBag();
  const span = { file: 'a.yaml', start: 0, end: 0 };
  for (let i = 0; i < DIAGNOSTICS_MAX + 5; i++) bag.warning('V4006', span, 'no reason');
  expect([bag.items.length, bag.hasErrors]).toEqual([DIAGNOSTICS_MAX, false]);
  expect(bag.items.at(-1)!.message).toBe('no reason (further warnings are not listed)');
  bag.error('V3001', span, 'wrong');
  expect([bag.items.length, bag.hasErrors]).toEqual([DIAGNOSTICS_MAX + 1, true]);
});
