// Ensembles in a bundle: what is wrong with their definitions, and what rules, decisions and explanations make of them.

import { afterAll, describe, expect, it, test } from 'vitest';
import { compile } from '#src/compiler/compile.js';
import { createEngine } from '#src/engine.js';
import { SMALL_LIGHTGBM, SMALL_XGBOOST } from '../lib/small-models.js';
import { closeWorld, decideAll, faultsOf, messagesOf, PAYLOAD, worldFiles } from './bundle-world.js';

afterAll(closeWorld);

const MODELS = { 'models/fraud.txt': SMALL_LIGHTGBM, 'models/kinds.json': SMALL_XGBOOST };

const FRAUD = `model: models/fraud.txt
inputs:
  amount: amount
  hour: maybe
  country: { value: country, categories: [US, GB, DE] }
`;
const KINDS = 'model: models/kinds.json\ninputs: [n, maybe]\n';

function logistic(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

function bundle(definition: string, rules: string, name = 'fraud'): Record<string, string> {
  return { ...MODELS, [`ensembles/${name}.yaml`]: definition, 'rules/a.yaml': rules };
}

/** Score of the rules that hold: 1, 2, 4, ... for each of the conditions. */
async function truths(definition: string, conditions: string[], payloads: object[], name?: string): Promise<number[]> {
  const rules = conditions.map(
    (when, index) => `- { id: r${index}, when: '${when}', then: { score: ${2 ** index}, reason: R } }\n`,
  );
  const decisions = await decideAll(bundle(definition, rules.join(''), name), payloads as Record<string, unknown>[]);
  return decisions.map(({ score }) => score);
}

describe('what an ensemble gives', () => {
  it('has a score and a margin; null is missing', async () => {
    const conditions = ['fraud.margin === -1.25', 'fraud.margin === 2.25', 'fraud.margin === 0.75', 'fraud.score > 0.5'];
    const payloads = [
      { amount: 100, maybe: 1 },
      { amount: 100.01, maybe: 6, country: 'GB' },
      { amount: 200, maybe: null, country: 'GB' },
    ];
    expect(await truths(FRAUD, conditions, payloads)).toEqual([1, 2 + 8, 4 + 8]);
    const exact = logistic(2.25);
    expect(await truths(FRAUD, [`fraud.score === ${exact}`], [payloads[1]!])).toEqual([1]);
  });

  it('has scores, margins and the number of the class', async () => {
    const conditions = [
      'kinds.class === 2',
      'kinds.margins.c0 === 0.5',
      'kinds.scores.c0 + kinds.scores.c1 + kinds.scores.c2 > 0.999',
      'kinds.margins.c1 === 0.25',
    ];
    expect(await truths(KINDS, conditions, [{ n: 2, maybe: 1 }, { n: 1, maybe: null }, { n: 0 }], 'kinds')).toEqual([15, 2 + 4, 4]);
  });

  it('has the name of the class, where there are names', async () => {
    const named = `${KINDS}classes: [bird, cat, dog]\n`;
    expect(
      await truths(
        named,
        ['kinds.class === "dog"', 'kinds.class === "cat"', 'kinds.scores.dog > 0.5'],
        [{ n: 2 }, { n: 0 }],
        'kinds',
      ),
    ).toEqual([5, 2]);
  });

  it('reads features, and is read by them', async () => {
    const files = {
      ...bundle(
        FRAUD.replace('amount: amount', 'amount: twice'),
        '- { id: r, when: band === "high", then: { score: 1, reason: R } }\n',
      ),
      'features/a.yaml':
        '- { name: twice, value: toNumber(amount) * 2 }\n- { name: band, cases: [{ when: fraud.score > 0.5, value: high }, { value: low }] }\n'
          .replace('value: high', 'value: \'"high"\'')
          .replace('value: low', 'value: \'"low"\''),
    };
    const decisions = await decideAll(files, [
      { amount: 51, maybe: 0 },
      { amount: 50, maybe: 0 },
    ]);
    expect(decisions.map(({ score }) => score)).toEqual([1, 0]);
  });

  it('shows inputs and contributions to rules', async () => {
    // The means: -0.325 at the root of the first tree, 0.6875 behind amount.
    const conditions = ['fraud.inputs.amount > 100', 'fraud.contributions.amount > 1', 'fraud.contributions.hour === 1.3125'];
    expect(
      await truths(FRAUD, conditions, [
        { amount: 150, maybe: 3 },
        { amount: 1, maybe: 3 },
      ]),
    ).toEqual([7, 0]);
  });
});

describe('reasons', () => {
  const REASONS = `${FRAUD}reasons:
  count: 2
  codes: { amount: AMOUNT, hour: HOUR, country: COUNTRY }
`;
  const rules = '- { id: high, when: fraud.score > 0.8, then: { score: 100, reason: FRAUD } }\n';
  const reasonsOf = async (definition: string, payload: Record<string, unknown>): Promise<string[]> => {
    const [decision] = await decideAll(bundle(definition, rules), [payload]);
    return decision!.reasons.map(({ code, rule }) => `${code} ${rule}`);
  };

  it('come in the order of what contributed, behind those of rules', async () => {
    expect(await reasonsOf(REASONS, { amount: 150, maybe: 3, country: 'GB' })).toEqual([
      'FRAUD high',
      'HOUR fraud/1/HOUR',
      'AMOUNT fraud/2/AMOUNT',
    ]);
    expect(await reasonsOf(REASONS, { amount: 1, maybe: 3, country: 'GB' })).toEqual(['COUNTRY fraud/1/COUNTRY']);
    expect(await reasonsOf(REASONS, { amount: 1, maybe: 3, country: 'US' })).toEqual([]);
    expect(await reasonsOf(`${REASONS}  towards: low\n`, { amount: 1, country: 'US' })).toEqual([
      'AMOUNT fraud/1/AMOUNT',
      'COUNTRY fraud/2/COUNTRY',
    ]);
  });

  it('carry the scores that are written, and stand by them', async () => {
    const small = '- { id: low, when: fraud.score > 0.8, then: { score: 10, reason: SMALL } }\n';
    const given = async (scores: string): Promise<[number, ...string[]]> => {
      const payload = { amount: 150, maybe: 3, country: 'GB' };
      const [decision] = await decideAll(bundle(`${REASONS}  scores: ${scores}\n`, rules + small), [payload]);
      return [decision!.score, ...decision!.reasons.map(({ code, score }) => `${code} ${score}`)];
    };
    expect(await given('[30, 20]')).toEqual([110, 'FRAUD 100', 'HOUR 30', 'AMOUNT 20', 'SMALL 10']);
    expect(await given('[100.5]')).toEqual([110, 'HOUR 100.5', 'FRAUD 100', 'SMALL 10', 'AMOUNT 0']);
    expect(await given('[10, 10]')).toEqual([110, 'FRAUD 100', 'SMALL 10', 'HOUR 10', 'AMOUNT 10']);
  });

  it('add up the features of one code', async () => {
    const one = REASONS.replace('hour: HOUR, country: COUNTRY', 'hour: AMOUNT');
    expect(await reasonsOf(one, { amount: 150, maybe: 3, country: 'GB' })).toEqual(['FRAUD high', 'AMOUNT fraud/1/AMOUNT']);
  });

  it('share alike where they go by leaves', async () => {
    const conditions = [
      'fraud.contributions.amount > 1.1624 && fraud.contributions.amount < 1.1626',
      'fraud.contributions.amount === fraud.contributions.hour',
    ];
    expect(await truths(`${REASONS}  by: leaf\n`, conditions, [{ amount: 150, maybe: 3 }])).toEqual([3]);
  });

  it('are explained', async () => {
    const { image, diagnostics } = compile(worldFiles(bundle(REASONS, rules)), { profileMax: 'standard' });
    if (image === undefined) throw new Error(JSON.stringify(diagnostics));
    const engine = await createEngine({ poolThreads: 0 });
    const ruleSet = await engine.load(image);
    const { decision, rules: explained, values } = ruleSet.explain({ ...PAYLOAD, amount: 150, maybe: 3, country: 'GB' });
    ruleSet.release();
    await engine.close();
    expect(decision.reasons.length).toBe(3);
    expect(explained.filter(({ hit }) => hit).map(({ id }) => id)).toEqual(['high', 'fraud/1/HOUR', 'fraud/2/AMOUNT']);
    expect(values).toMatchObject({
      'fraud.score': logistic(2.25),
      'fraud.margin': 2.25,
      'fraud.inputs.amount': 150,
      'fraud.inputs.country': 1,
      'fraud.contributions.hour': 1.3125,
      'fraud.contributions.country': 0.25,
    });
  });
});

describe('what is wrong is told', () => {
  const RULE = '- { id: r, when: fraud.score > 0.5, then: { score: 1, reason: R } }\n';
  const cases: [name: string, definition: string, fault: string][] = [
    ['a missing file', FRAUD.replace('fraud.txt', 'fraud.text'), 'V1001@models/fraud.text'],
    ['a feature without input', FRAUD.replace('  hour: maybe\n', ''), 'V4401@inputs'],
    ['an input without feature', FRAUD.replace('hour:', 'hours:'), 'V4401@hours'],
    ['two inputs of a feature', `${FRAUD}  "0": n\n`, 'V4401@amount'],
    ['a text without numbers', FRAUD.replace('{ value: country, categories: [US, GB, DE] }', 's'), 'V4402@s'],
    ['a timestamp', FRAUD.replace('hour: maybe', 'hour: at'), 'V4402@at'],
    ['numbers with categories', FRAUD.replace('hour: maybe', 'hour: { value: maybe, categories: [a] }'), 'V4402@hour'],
    ['three names of two classes', `${FRAUD}classes: [a, b, c]\n`, 'V4403@classes'],
    ['a class of one output', `${FRAUD}reasons: { class: 1, codes: { amount: A } }\n`, 'V4403@1'],
    ['scores that rise', `${FRAUD}reasons: { scores: [1, 2], codes: { amount: A, hour: H } }\n`, 'V4403@[1, 2]'],
    ['more scores than reasons', `${FRAUD}reasons: { count: 1, scores: [2, 1], codes: { amount: A } }\n`, 'V4403@[2, 1]'],
    ['a code of no feature', `${FRAUD}reasons: { codes: { amounts: A } }\n`, 'V4401@amounts'],
    ['more iterations than there are', `${FRAUD}iterations: 3\n`, 'V4400@models/fraud.txt'],
    ['a path elsewhere', FRAUD.replace('models/', 'other/'), 'V1003@other/fraud.txt'],
  ];
  test.each(cases)('%s', (_name, definition, fault) => {
    expect(faultsOf(bundle(definition, RULE))).toContain(fault);
  });

  it('names of things stand in one space, and circles are found', () => {
    const files = {
      ...bundle(FRAUD.replace('hour: maybe', 'hour: again'), RULE),
      'features/a.yaml': '- { name: again, value: fraud.score }\n',
    };
    expect(faultsOf(files)).toContain('V3602@again');
    expect(faultsOf({ ...bundle(FRAUD, RULE), 'features/a.yaml': '- { name: fraud, value: n }\n' }).join()).toMatch(/V3600/);
  });

  it('unknown outputs are named', () => {
    const [message] = messagesOf(bundle(FRAUD, '- { id: r, when: fraud.scores > 0.5, then: { score: 1, reason: R } }\n'));
    expect(message).toMatch(/the ensemble `fraud` has no output `scores` \(did you mean `score`\?\)/);
  });

  it('reasons need a decision that adds up', () => {
    const files = bundle(
      `${FRAUD}reasons: { codes: { amount: A } }\n`,
      '- { id: r, when: fraud.score > 0.5, then: { outcome: decline, reason: R } }\n',
    );
    expect(faultsOf(files, { combine: 'first' })).toContain('V4404@reasons');
  });

  it('an ensemble that nothing reads costs nothing', () => {
    expect(faultsOf(bundle(FRAUD, '- { id: r, when: flag, then: { score: 1, reason: R } }\n'))[0]).toMatch(/^V3603\?/);
  });
});
