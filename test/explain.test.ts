import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compile } from '#src/compiler/compile.js';
import { createEngine, type Engine } from '#src/engine.js';
import type { Explanation } from '#src/explain.js';

const NOW = 1_750_000_000_000_000n;

let engine: Engine;

beforeAll(async () => {
  engine = await createEngine({ poolThreads: 0 });
});

afterAll(async () => {
  await engine.close();
});

type Files = Map<string, Uint8Array>;

function directory(path: string): Files {
  const files: Files = new Map();
  const visit = (folder: string, prefix: string): void => {
    for (const name of readdirSync(folder)) {
      const at = join(folder, name);
      if (statSync(at).isDirectory()) visit(at, `${prefix}${name}/`);
      else files.set(prefix + name, readFileSync(at));
    }
  };
  visit(path, '');
  return files;
}

async function explain(files: Files, payload: object): Promise<Explanation> {
  const { image, diagnostics } = compile(files, { profileMax: 'standard' });
  if (image === undefined) throw new Error(JSON.stringify(diagnostics));
  const rules = await engine.load(image);
  try {
    return rules.explain(payload, { now: NOW });
  } finally {
    rules.release();
  }
}

const application = {
  appliedAt: '2026-03-02T01:00:00Z',
  amount: 30000,
  months: 60,
  purpose: 'car',
  income: 2000,
  region: 'south',
  employment: 'employee',
  employedMonths: 30,
  email: 'a@example.com',
};

describe('explanations of the profile standard', () => {
  const lending = directory('examples/lending');

  it('tell what features, tables and scorecards gave', async () => {
    const { values } = await explain(lending, application);
    expect(values).toMatchObject({
      instalment: '500.00',
      debtMonthly: 0,
      burden: 0.25,
      lateDebts: 0,
      grade: 'B',
      'limits.maximum': '25000.00',
      'limits.months': 60,
    });
  });

  it('tell the truth of each condition, with the values that it names', async () => {
    const { rules } = await explain(lending, application);
    const conditions = Object.fromEntries(rules.map((rule) => [rule.id, rule.conditions]));
    expect(conditions['over-limit']).toEqual([
      { text: 'amount > limits.maximum', truth: true, values: { amount: '30000.00', 'limits.maximum': '25000.00' } },
    ]);
    expect(conditions['at-night']).toMatchObject([
      { text: 'appliedAt.hour("Europe/Madrid") < 5', truth: true, values: { appliedAt: '2026-03-02T01:00:00.000000Z' } },
      { text: 'amount > 10000', truth: true },
    ]);
    expect(conditions['debt-for-debt']).toMatchObject([{ truth: false }, { truth: null }]);
  });

  it('agree with the decision about what hit', async () => {
    const payloads = [
      application,
      { ...application, purpose: 'debt', debts: [{ monthly: 100, late: true }] },
      {
        ...application,
        purpose: 'debt',
        debts: [
          { monthly: 100, late: true },
          { monthly: 50, late: true },
        ],
      },
      { ...application, email: undefined, appliedAt: '2026-03-02T12:00:00Z', amount: 1000 },
    ];
    for (const payload of payloads) {
      const { decision, rules } = await explain(lending, payload);
      const hits = rules.filter(({ hit }) => hit);
      expect(
        hits
          .filter(({ reason }) => reason !== null)
          .map(({ id }) => id)
          .sort(),
      ).toEqual(decision.reasons.map(({ rule }) => rule).sort());
      expect(hits.reduce((sum, { score }) => sum + score, 0)).toBe(decision.score);
    }
  });

  it('tell a row that holds from the row that counts', async () => {
    const encoder = new TextEncoder();
    const files: Files = new Map(
      Object.entries({
        'bundle.yaml': `name: rows
version: 1.0.0
model: m.yaml
profile: standard
onError: fail
decide: { combine: score, outcomes: [{ outcome: approve }] }
`,
        'm.yaml': 'type: object\nrequired: [n]\nproperties: { n: { type: number, minimum: 0, maximum: 100 } }\n',
        'tables/bands.csv': 'n,-> score,-> reason\n> 50,10,HIGH\n> 20,5,MIDDLE\n-,0,LOW\n',
      }).map(([path, text]) => [path, encoder.encode(text)]),
    );
    const { rules, decision } = await explain(files, { n: 60 });
    expect(decision.score).toBe(10);
    expect(rules.map(({ hit }) => hit)).toEqual([true, false, false]);
    expect(rules.map(({ conditions }) => conditions.map(({ truth }) => truth))).toEqual([[true], [true], [true]]);
  });
});
