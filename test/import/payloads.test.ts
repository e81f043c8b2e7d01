// Payloads that are drawn from a model: they fit it, and lie where rules tell values apart.

import { describe, expect, it } from 'vitest';
import { drawPayloads } from '#src/import/payloads.js';
import { makeRandom } from '#src/loadtest/random.js';

const SCHEMA = {
  type: 'object',
  required: ['age', 'rate', 'name', 'color', 'tags', 'card', 'on', 'at', 'is'],
  properties: {
    age: { type: 'integer', minimum: -5, maximum: 150 },
    rate: { type: 'number', multipleOf: 0.01, minimum: 0, maximum: 5 },
    name: { type: 'string', maxLength: 5 },
    color: { type: 'string', enum: ['red', 'green'] },
    tags: { type: 'array', maxItems: 2, items: { type: 'string', maxLength: 8 } },
    card: { type: ['object', 'null'], properties: { limit: { type: ['number', 'null'] } } },
    on: { type: 'string', format: 'date' },
    at: { type: 'string', format: 'date-time' },
    is: { type: 'boolean' },
    note: { type: 'string' },
  },
};
const CONSTANTS = new Map<string, readonly (string | number | boolean)[]>([
  ['age', [18, 65]],
  ['name', ['Anna']],
  ['tags[]', ['vip']],
  ['card.limit', [500]],
]);
type Drawn = {
  age: number;
  rate: number;
  name: string;
  color: string;
  tags: string[];
  card: { limit?: number | null } | null;
  on: string;
  at: string;
  is: boolean;
  note?: string;
};

const drawn = (seed: number, constants = CONSTANTS): Drawn[] =>
  [...drawPayloads(SCHEMA, constants, 500, makeRandom(seed))] as unknown as Drawn[];

describe('payloads that are drawn', () => {
  const payloads = drawn(1);
  const share = (holds: (payload: Drawn) => boolean): number => payloads.filter(holds).length / payloads.length;

  it('are the same for the same seed, and others for another', () => {
    expect(drawn(1)).toEqual(payloads);
    expect(drawn(2)).not.toEqual(payloads);
  });

  it('fit the model', () => {
    for (const { age, rate, name, color, tags, card, on, at, is, note } of payloads) {
      expect(Number.isInteger(age) && age >= -5 && age <= 150).toBe(true);
      expect(rate >= 0 && rate <= 5 && Math.abs(rate * 100 - Math.round(rate * 100)) < 1e-9).toBe(true);
      expect(name.length).toBeLessThanOrEqual(5);
      expect(['red', 'green']).toContain(color);
      expect(tags.length).toBeLessThanOrEqual(2);
      for (const tag of tags) expect(tag.length).toBeLessThanOrEqual(8);
      if (card !== null && typeof card.limit !== 'number') expect(card.limit ?? null).toBe(null);
      expect(new Date(on).toISOString().slice(0, 10)).toBe(on);
      expect(new Date(at).toISOString()).toBe(at.replace('Z', '.000Z'));
      expect(typeof is).toBe('boolean');
      expect(['string', 'undefined']).toContain(typeof note);
    }
  });

  it('have what rules name, what is beside it, and more', () => {
    expect(new Set(payloads.map(({ age }) => age))).toEqual(new Set([...payloads.map(({ age }) => age), 17, 18, 19, 64, 65, 66]));
    expect(new Set(payloads.map(({ age }) => age)).size).toBeGreaterThan(20);
    expect(share(({ name }) => name === 'Anna')).toBeGreaterThan(0.4);
    expect(new Set(payloads.map(({ name }) => name))).toContain('anna');
    expect(share(({ tags }) => tags.includes('vip'))).toBeGreaterThan(0.3);
    expect(share(({ card }) => card?.limit === 500)).toBeGreaterThan(0.2);
  });

  it('leave out and empty what may be', () => {
    for (const few of [
      share(({ note }) => note === undefined),
      share(({ card }) => card === null),
      share(({ card }) => card !== null && card.limit === undefined),
      share(({ card }) => card?.limit === null),
    ]) {
      expect(few).toBeGreaterThan(0.03);
      expect(few).toBeLessThan(0.3);
    }
    expect(share(({ tags }) => tags.length === 0)).toBeGreaterThan(0.1);
  });

  it('lie between bounds where no rule names anything', () => {
    const ages = new Set(drawn(1, new Map()).map(({ age }) => age));
    expect([...ages].filter((age) => age > 0 && age < 150).length).toBeGreaterThan(80);
  });
});
