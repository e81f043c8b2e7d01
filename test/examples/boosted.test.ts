import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FEATURES, featuresOf, trainModel } from '../../examples/boosted/train.js';
import { type BoostedTree, boost, type TrainingRow, treeValue } from '../../examples/boosting.js';
import { generateApplications } from '../../examples/credit/generator.js';
import { balancedAccuracy, type OpenExample, openExample } from './open-example.js';

const SEED = 1994;
const rows = [...generateApplications({ seed: SEED, count: 3000 })];
const read = (path: string): string => readFileSync(new URL(`../../examples/boosted/${path}`, import.meta.url), 'utf8');

describe('the trainer', () => {
  const options = { rounds: 8, depth: 2, rate: 0.5, regularisation: 1, weightMin: 1 };
  const sum = (trees: readonly BoostedTree[], features: readonly number[]): number =>
    trees.reduce((total, tree) => total + treeValue(tree, features), 0);

  it('learns what two features say together, and which way what is missing goes', () => {
    const training = Array.from({ length: 400 }, (_, index): TrainingRow => {
      const [a, b] = [index % 20, Math.floor(index / 20)];
      const isMissing = index % 7 === 0;
      return { features: [a, isMissing ? Number.NaN : b, 5], isPositive: a >= 8 && (isMissing || b < 11) };
    });
    const trees = boost(training, options);
    const wrong = training.filter(({ features, isPositive }) => sum(trees, features) > 0 !== isPositive);
    expect(wrong).toEqual([]);
    expect(trees.flatMap(({ feature }) => feature)).not.toContain(2);
  });

  it('splits nothing that has nothing to say', () => {
    const same = Array.from({ length: 10 }, (_, index): TrainingRow => ({ features: [1], isPositive: index < 5 }));
    expect(boost(same, options).map(({ feature }) => feature)).toEqual(Array.from({ length: 8 }, () => [-1]));
  });
});

describe('the boosted bundle', () => {
  let open: OpenExample;
  beforeAll(async () => {
    open = await openExample('boosted');
  });
  afterAll(() => open.close());

  it('has the model that its script trains', () => {
    expect(trainModel()).toBe(read('models/risk.json'));
  }, 60_000);

  it('has an up-to-date lock, and the model of applications that credit has', () => {
    expect(open.lock).toEqual(JSON.parse(read('model.lock.json')));
    expect(read('application.schema.yaml')).toBe(read('../credit/application.schema.yaml'));
  });

  it('tells good from bad better than the points card of credit, on applications that it has not seen', () => {
    expect(balancedAccuracy(open.ruleSet, rows)).toBeGreaterThan(0.69);
  });

  it('predicts what the trees of the file say, and explains it feature by feature', () => {
    const { learner } = JSON.parse(read('models/risk.json')) as {
      learner: { gradient_booster: { model: { trees: Record<string, number[]>[] } } };
    };
    const trees = learner.gradient_booster.model.trees.map(
      (tree): BoostedTree => ({
        feature: tree.left_children!.map((left, node) => (left < 0 ? -1 : tree.split_indices![node]!)),
        threshold: tree.split_conditions!,
        left: tree.left_children!,
        right: tree.right_children!,
        missingLeft: tree.default_left!.map(Boolean),
        cover: tree.sum_hessian!,
      }),
    );
    let offset: number | undefined;
    for (const { payload } of rows.slice(0, 100)) {
      const margin = trees.reduce((sum, tree) => Math.fround(sum + treeValue(tree, featuresOf(payload))), 0);
      const { values } = open.ruleSet.explain(payload);
      expect(values['risk.margin']).toBe(margin);
      expect(values['risk.score']).toBeCloseTo(1 / (1 + Math.exp(-margin)), 6);
      // Contributions add up to the margin, but for the means of the trees, which are the same for all.
      const whole = FEATURES.reduce((sum, name) => sum + (values[`risk.contributions.${name}`] as number), 0);
      offset ??= margin - whole;
      expect(margin - whole).toBeCloseTo(offset, 4);
    }
  });
});
