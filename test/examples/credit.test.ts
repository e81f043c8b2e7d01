import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generateApplications } from '../../examples/credit/generator.js';
import { balancedAccuracy, type OpenExample, openExample } from './open-example.js';

const SEED = 1994;
const rows = [...generateApplications({ seed: SEED, count: 10_000 })];

describe(`generated applications, seed ${SEED}`, () => {
  it('are the same for the same options, on every machine', () => {
    expect([...generateApplications({ seed: SEED, count: 10_000 })]).toEqual(rows);
    expect(createHash('sha256').update(JSON.stringify(rows)).digest('hex').slice(0, 16)).toMatchInlineSnapshot(
      `"1b47f363f2a60f0a"`,
    );
  });

  it('end badly three times in ten', () => {
    const share = rows.filter(({ bad }) => bad).length / rows.length;
    expect(share).toBeGreaterThan(0.25);
    expect(share).toBeLessThan(0.35);
  });

  it('ask for neither sex, age nor origin', () => {
    const schema = readFileSync(new URL('../../examples/credit/application.schema.yaml', import.meta.url), 'utf8');
    const fields = [...schema.matchAll(/^ {2}(\w+):/gm)].map((match) => match[1]!.toLowerCase());
    expect(fields.length).toBe(17);
    expect(fields.filter((field) => /sex|gender|age$|birth|foreign|national|marital|personal/.test(field))).toEqual([]);
  });

  it('refuse a count out of range', () => {
    expect(() => [...generateApplications({ seed: 1, count: 1.5 })]).toThrow(/count/);
  });
});

describe('the credit bundle', () => {
  let open: OpenExample;
  beforeAll(async () => {
    open = await openExample('credit');
  });
  afterAll(() => open.close());

  it('tells good from bad better than chance, with room to spare', () => {
    expect(balancedAccuracy(open.ruleSet, rows)).toBeGreaterThan(0.67);
  });

  it('has no rule that never fires', () => {
    const fired = new Set<string>();
    for (const { payload } of rows.slice(0, 1000)) {
      for (const { id, hit } of open.ruleSet.explain(payload).rules) if (hit) fired.add(id);
    }
    expect(open.ruleSet.manifest.rules.map(({ id }) => id).filter((id) => !fired.has(id))).toEqual([]);
  });

  it('has an up-to-date lock', () => {
    const lock = JSON.parse(readFileSync(new URL('../../examples/credit/model.lock.json', import.meta.url), 'utf8')) as object;
    expect(open.lock).toEqual(lock);
  });
});
