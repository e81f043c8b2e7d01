import { describe, expect, it } from 'vitest';
import { Random } from '../../examples/random.js';

const COUNT = 100_000;

function mean(draw: (random: Random) => number): number {
  const random = new Random(11);
  let sum = 0;
  for (let i = 0; i < COUNT; i++) sum += draw(random);
  return sum / COUNT;
}

describe('Random', () => {
  it('repeats itself for a seed, and differs for the next', () => {
    const take = (seed: number): number[] => {
      const random = new Random(seed);
      return Array.from({ length: 8 }, () => random.real());
    };
    expect(take(5)).toEqual(take(5));
    expect(take(5)).not.toEqual(take(6));
  });

  it('gives the same numbers on every machine', () => {
    const random = new Random(1);
    expect([random.integer(0, 999_999), random.integer(0, 999_999), random.integer(0, 999_999)]).toMatchInlineSnapshot(`
      [
        563671,
        585111,
        895907,
      ]
    `);
  });

  const cases: [string, (random: Random) => number, number, number][] = [
    ['real', (random) => random.real(), 0.5, 0.005],
    ['between', (random) => random.between(10, 20), 15, 0.05],
    ['integer', (random) => random.integer(1, 6), 3.5, 0.03],
    ['chance', (random) => Number(random.chance(0.25)), 0.25, 0.006],
    ['weighted', (random) => random.weighted([1, 0, 3]), 1.5, 0.02],
    ['exponential', (random) => random.exponential(), 1, 0.015],
    ['normal', (random) => random.normal(), 0, 0.015],
    ['normal squared', (random) => random.normal() ** 2, 1, 0.02],
    ['skewed', (random) => random.skewed(), 1.15, 0.02],
  ];
  for (const [name, draw, expected, tolerance] of cases) {
    it(`${name} has mean ${expected}`, () => {
      expect(Math.abs(mean(draw) - expected)).toBeLessThan(tolerance);
    });
  }

  it('picks nothing from nothing', () => {
    expect(() => new Random(1).pick([])).toThrow(RangeError);
  });
});
