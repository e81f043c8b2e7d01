// Scorecards: scores, reasons by points lost, faults.

import { afterAll, describe, expect, it } from 'vitest';
import { compile } from '#src/compiler/compile.js';
import { Random } from '../lib/expression-model.js';
import { closeWorld, decideAll, faultsOf, type PAYLOAD, worldFiles } from './bundle-world.js';

const SEED = Number(process.env.VERDICT_SEED ?? 20261124);

afterAll(closeWorld);

const CREDIT = `initialScore: 100
contributes: true
characteristics:
  - name: size
    input: i
    reason: SIZE
    attributes: [{ when: "< 3", points: 5 }, { when: "[3..6)", points: 20, reason: MIDDLE }, { when: ">= 6", points: 40 }]
  - name: place
    input: maybeCountry
    reason: PLACE
    attributes: [{ when: US, points: 10 }, { when: "null", points: -5, reason: NO_PLACE }, { points: 0 }]
  - name: open
    input: n * 2
    baseline: 8
    reason: OPEN
    attributes: [{ when: "> 10", points: 7 }, { points: 9 }]
`;

describe('reasons', () => {
  const decide = async (card: string, payload: object) =>
    (
      await decideAll(
        { 'scorecards/credit.yaml': card, 'rules/a.yaml': '- { id: mid, when: true, then: { score: 11, reason: MID } }\n' },
        [payload as typeof PAYLOAD],
      )
    )[0]!;

  it('are the attributes that lose points, the largest loss first, among the rules', async () => {
    const decision = await decide(CREDIT, { i: 4, n: 6 });
    expect(decision.score).toBe(100 + 20 - 5 + 7 + 11);
    expect(decision.reasons).toEqual([
      { code: 'MIDDLE', rule: 'credit/size/2', score: 20 },
      { code: 'NO_PLACE', rule: 'credit/place/2', score: 15 },
      { code: 'MID', rule: 'mid', score: 11 },
      { code: 'OPEN', rule: 'credit/open/1', score: 1 },
    ]);
  });

  it('are none where nothing is lost', async () => {
    const decision = await decide(CREDIT, { i: 9, maybeCountry: 'US', n: 0 });
    expect(decision).toMatchObject({ score: 170, reasons: [{ code: 'MID' }] });
  });

  it('pointsAbove: are the attributes with more points than the least', async () => {
    const decision = await decide(CREDIT.replace('contributes', 'reasons: pointsAbove\ncontributes'), {
      i: 9,
      maybeCountry: 'US',
      n: 0,
    });
    expect(decision.reasons).toEqual([
      { code: 'SIZE', rule: 'credit/size/3', score: 35 },
      { code: 'PLACE', rule: 'credit/place/1', score: 15 },
      { code: 'MID', rule: 'mid', score: 11 },
      { code: 'OPEN', rule: 'credit/open/2', score: 1 },
    ]);
  });

  it('and points stay out where the scorecard does not contribute', async () => {
    const decision = await decide(CREDIT.replace('contributes: true', 'contributes: false'), { i: 4, n: 6 });
    expect(decision).toMatchObject({ score: 11, reasons: [{ code: 'MID' }] });
  });

  it('of equal losses in the order written', async () => {
    const card =
      'contributes: true\ncharacteristics:\n' +
      ['c', 'a', 'b']
        .map((name) => `  - { name: ${name}, input: i, baseline: 5, reason: ${name.toUpperCase()}, attributes: [{ points: 0 }] }\n`)
        .join('');
    expect((await decide(card, {})).reasons.map(({ code }) => code)).toEqual(['MID', 'C', 'A', 'B']);
  });
});

it(`scores are sums, whatever is written (seed ${SEED})`, async () => {
  const random = new Random(SEED);
  for (let run = 0; run < 20; run++) {
    const scale = random.below(3);
    const pointsOf = (): number => (random.below(2000) - 1000) / 10 ** scale;
    const characteristics = Array.from({ length: 1 + random.below(4) }, (_, index) => {
      const bounds = [...new Set(Array.from({ length: random.below(4) }, () => random.below(10)))].sort((a, b) => a - b);
      return {
        name: `c${index}`,
        input: random.pick(['i', 'n']),
        bounds,
        points: Array.from({ length: bounds.length + 1 }, pointsOf),
      };
    });
    const initial = pointsOf();
    const card = `initialScore: ${initial}\ntype: { decimal: ${scale} }\ncharacteristics:\n${characteristics
      .map(({ name, input, bounds, points }) => {
        const attributes = [
          ...bounds.map((bound, index) => `{ when: "< ${bound}", points: ${points[index]} }`),
          `{ points: ${points[bounds.length]} }`,
        ];
        return `  - { name: ${name}, input: ${input}, attributes: [${attributes.join(', ')}] }\n`;
      })
      .join('')}`;
    const payloads = Array.from({ length: 10 }, () => ({ i: random.below(10), n: random.below(12) - 1 }));
    const expected = payloads.map((payload) => {
      const parts = characteristics.map(({ input, bounds, points }) => {
        const index = bounds.findIndex((bound) => payload[input as 'i' | 'n'] < bound);
        return points[index < 0 ? bounds.length : index]!;
      });
      return Math.round((initial + parts.reduce((a, b) => a + b, 0)) * 10 ** scale);
    });
    // The score as a number of units, bit by bit.
    const units = `features/u.yaml`;
    const bits = Array.from(
      { length: 14 },
      (_, bit) =>
        `- { id: bit-${bit}, when: 'Math.floor(units / ${2 ** bit}) % 2 === 1', then: { score: ${2 ** bit}, reason: BIT } }\n`,
    );
    const texts = {
      'scorecards/credit.yaml': card,
      [units]: `- { name: units, value: 'Math.round(toNumber(credit.score) * ${10 ** scale}) + 8000' }\n`,
      'rules/a.yaml': bits.join(''),
    };
    const decisions = await decideAll(texts, payloads);
    expect(decisions.map(({ score }) => score)).toEqual(expected.map((value) => value + 8000));
  }
});

it('stands in the manifest', () => {
  const { manifest } = compile(worldFiles({ 'scorecards/credit.yaml': CREDIT }), { profileMax: 'standard' });
  expect(manifest!.scorecards).toMatchObject([
    {
      name: 'credit',
      reasons: 'pointsBelow',
      contributes: true,
      initialScore: '100',
      characteristics: [{ name: 'size', line: 4, input: 'i' }, {}, {}],
    },
  ]);
  expect(manifest!.scorecards[0]!.characteristics[0]!.attributes[1]).toEqual({
    line: 7,
    when: '[3..6)',
    points: '20',
    reason: 'MIDDLE',
    condition: '(i >= 3 && i < 6)',
  });
  const rules = manifest!.rules.filter(({ scorecard }) => scorecard !== undefined);
  expect(rules.map(({ id, reasonScore }) => [id, reasonScore])).toEqual([
    ['credit/initial', undefined],
    ['credit/size/1', 35],
    ['credit/size/2', 20],
    ['credit/size/3', 0],
    ['credit/place/1', 0],
    ['credit/place/2', 15],
    ['credit/place/3', 10],
    ['credit/open/1', 1],
    ['credit/open/2', -1],
  ]);
});

const one = (attributes: string, head = ''): Record<string, string> => ({
  'scorecards/credit.yaml': `${head}characteristics: [{ name: c, input: i, attributes: [${attributes}] }]\n`,
});

const faults: [string, Record<string, string>, string[]][] = [
  ['inputs that no attribute takes', one('{ when: "< 5", points: 1 }'), ['V4200@c']],
  ['what cannot be proven', one('{ when: value * 2 < 50, points: 1 }'), ['V4209@c']],
  ['all inputs taken', one('{ when: "< 5", points: 1 }, { when: ">= 5", points: 2 }'), []],
  ['an attribute behind the last', one('{ points: 1 }, { when: ">= 5", points: 2 }'), ['V4153@{ points: 1 }']],
  [
    'an attribute that is never taken',
    one('{ when: "< 5", points: 1 }, { when: "[1..3]", points: 2 }, { points: 3 }'),
    ['V4202?@{ when: "[1..3]", points: 2 }'],
  ],
  [
    'twins',
    {
      'scorecards/credit.yaml': `characteristics: [{ name: c, input: i, attributes: [{ points: 1 }] }, { name: c, input: n, attributes: [{ points: 1 }] }]\n`,
    },
    ['V4150@c'],
  ],
  ['too many digits', one('{ points: 1.25 }', 'type: { decimal: 1 }\n'), ['V4152@1.25']],
  ['a cell that is none', one('{ when: "[5..1]", points: 1 }, { points: 2 }'), ['V4104@[5..1]']],
  [
    'an unknown input',
    { 'scorecards/credit.yaml': 'characteristics: [{ name: c, input: j, attributes: [{ points: 1 }] }]\n' },
    ['V3201@j'],
  ],
  ['an unknown key', one('{ points: 1 }', 'baseScore: 5\n'), ['V1005@baseScore']],
  [
    'an unknown output',
    { ...one('{ points: 1 }'), 'rules/a.yaml': '- { id: a, when: credit.scor > 5, then: { score: 1, reason: A } }\n' },
    ['V3214@scor'],
  ],
];

describe('faults', () => {
  it.each(faults)('%s', (_, texts, expected) => {
    expect(faultsOf(texts).filter((fault) => !/^(V3603|V4205)/.test(fault))).toEqual(expected);
  });

  it('contributing to what one hit decides alone', () => {
    const found = faultsOf({ ...one('{ points: 1 }', 'contributes: true\n') }, { combine: 'first' });
    expect(found.map((fault) => fault.split('@')[0])).toContain('V4154');
  });
});
