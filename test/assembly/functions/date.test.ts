// The calendar against Date.UTC over all of its range, and beyond it against the 400 years after which it repeats.
// Set VERDICT_SEED to run another series.

import { beforeAll, expect, test } from 'vitest';
import { FunctionId } from '#assembly/shared/function.js';
import { assemblyModule } from '../../lib/assembly-module.js';
import { Random } from '../../lib/expression-model.js';
import { testSeed } from '../../lib/model.js';

let datePart: (id: FunctionId, days: bigint) => number;
beforeAll(async () => {
  const module = await assemblyModule("export * from './assembly/functions/date';");
  datePart = (module.call as unknown as { datePart: typeof datePart }).datePart;
});

const IDS = [
  FunctionId.DATE_YEAR,
  FunctionId.DATE_MONTH,
  FunctionId.DATE_DAY,
  FunctionId.DATE_DAY_OF_WEEK,
  FunctionId.DATE_DAY_OF_YEAR,
] as const;
const DAY_MS = 86_400_000;
/** Date holds a hundred million days either way. */
const DATE_DAYS_MAX = 100_000_000;

function expected(days: number): number[] {
  const date = new Date(days * DAY_MS);
  const newYear = new Date(0);
  newYear.setUTCFullYear(date.getUTCFullYear(), 0, 1);
  const dayOfYear = days - newYear.getTime() / DAY_MS + 1;
  return [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate(), date.getUTCDay() || 7, dayOfYear];
}

function check(days: number, parts: number[]): void {
  const actual = IDS.map((id) => datePart(id, BigInt(days)));
  if (actual.some((part, index) => part !== parts[index])) expect.fail(`day ${days}: ${actual}, expected ${parts}`);
}

test('every day from 1500 to 2500 is that of Date', () => {
  for (let days = Date.UTC(1500, 0, 1) / DAY_MS; days < Date.UTC(2501, 0, 1) / DAY_MS; days++) check(days, expected(days));
});

test('random days over the whole range of Date are that of Date', () => {
  const random = new Random(testSeed('date'));
  for (let round = 0; round < 300_000; round++) {
    const days = (random.word() % (2 * DATE_DAYS_MAX - 1000)) - DATE_DAYS_MAX + 1000;
    check(days, expected(days));
  }
  for (const days of [-DATE_DAYS_MAX + 366, DATE_DAYS_MAX]) check(days, expected(days));
});

test('days of i32 beyond Date repeat after 400 years', () => {
  const random = new Random(testSeed('date, far'));
  const ERA_DAYS = 146_097;
  const far = [2 ** 31 - 1, -(2 ** 31), ...Array.from({ length: 50_000 }, () => random.word() - 2 ** 31)];
  for (const days of far) {
    const eras = Math.floor(days / ERA_DAYS);
    const [year, ...rest] = expected(days - eras * ERA_DAYS);
    check(days, [year! + 400 * eras, ...rest]);
  }
});

test('no day traps, and no other function has a part', () => {
  for (const days of [2n ** 63n - 1n, -(2n ** 63n), 2n ** 62n]) {
    for (const id of IDS) expect(datePart(id, days)).not.toBeNaN();
  }
  for (const id of [FunctionId.NONE, FunctionId.DATE_START, FunctionId.DATE_SINCE, 1000 as FunctionId])
    expect(datePart(id, 1n)).toBe(0);
});
