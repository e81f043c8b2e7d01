// Predictions of an ensemble by the plainest code there is: the judge of the engine's. Shares nothing with the compiler but the form
// that the readers give.

import { type Ensemble, type Link, Missing, Test, type Tree } from '#src/ensembles/ensemble.js';

const ZERO_MAX = Math.fround(1e-35);

export interface Prediction {
  margins: number[];
  scores: number[];
}

/** @param inputs a number for each feature of the file; NaN where it is missing */
export function predict(ensemble: Ensemble, inputs: ArrayLike<number>): Prediction {
  const margins = marginsOf(ensemble, inputs);
  return { margins, scores: transform(ensemble.link, margins, ensemble.isSingle) };
}

function marginsOf(ensemble: Ensemble, inputs: ArrayLike<number>): number[] {
  const { trees, leafWidth, isSingle, start, end, divisor, aggregate, outputs } = ensemble;
  const round = isSingle ? Math.fround : (value: number): number => value;
  const sums = Array.from({ length: outputs }, (_, output) => (aggregate === 'sum' ? start[output]! : Number.NaN));
  for (const tree of trees) {
    const leaf = leafOf(ensemble, tree, inputs);
    for (let j = 0; j < leafWidth; j++) {
      const output = leafWidth === 1 ? tree.output : j;
      const value = tree.value[leaf * leafWidth + j]!;
      const before = sums[output]!;
      if (aggregate === 'sum') sums[output] = round(before + value);
      else if (Number.isNaN(before)) sums[output] = value;
      else sums[output] = aggregate === 'min' ? Math.min(before, value) : Math.max(before, value);
    }
  }
  return sums.map((sum, output) => {
    const own = Number.isNaN(sum) ? 0 : sum;
    return round((divisor === 1 ? own : round(own / divisor)) + end[output]!);
  });
}

/** Number of the leaf that a tree reaches. */
export function leafOf({ isSingle, isNegativeFractionZero }: Ensemble, tree: Tree, inputs: ArrayLike<number>): number {
  let node = 0;
  while (tree.test[node] !== Test.LEAF) {
    const written = inputs[tree.feature[node]!]!;
    let value = isSingle ? Math.fround(written) : written;
    const missing = tree.missing[node];
    if (missing === Missing.NONE && Number.isNaN(value)) value = 0;
    const isMissing = Number.isNaN(value) || (missing === Missing.ZERO && value >= -ZERO_MAX && value <= ZERO_MAX);
    let goesLeft: boolean;
    if (isMissing) goesLeft = tree.missingLeft[node] === 1;
    else if (tree.test[node] === Test.LESS_EQUAL) goesLeft = value <= tree.threshold[node]!;
    else {
      const set = tree.sets.get(node)!;
      const category = tree.test[node] === Test.POINT ? value : value < 0 && !isNegativeFractionZero ? -1 : Math.trunc(value);
      goesLeft = set.some((one) => one === category);
    }
    node = goesLeft ? tree.left[node]! : tree.right[node]!;
  }
  return node;
}

export function transform(link: Link, margins: readonly number[], isSingle: boolean): number[] {
  const round = isSingle ? Math.fround : (value: number): number => value;
  switch (link.kind) {
    case 'identity':
      return [...margins];
    case 'logistic':
      return margins.map((x) => round(1 / round(1 + round(Math.exp(-link.scale * x)))));
    case 'logistic-folded':
      return margins.map((x) => {
        const upper = round(1 / round(1 + round(Math.exp(-Math.abs(x)))));
        return x < 0 ? round(1 - upper) : upper;
      });
    case 'exp':
      return margins.map((x) => round(Math.exp(x)));
    case 'log1p-exp':
      return margins.map((x) => round(Math.log1p(Math.exp(x))));
    case 'signed-square':
      return margins.map((x) => round(Math.sign(x) * x * x));
    case 'hinge':
      return margins.map((x) => (x > 0 ? 1 : 0));
    case 'softmax':
    case 'softmax-zero': {
      const most = Math.max(...margins);
      const isZero = (x: number): boolean => link.kind === 'softmax-zero' && Math.abs(x) <= 1e-7;
      const powers = margins.map((x) => (isZero(x) ? 0 : round(Math.exp(round(x - most)))));
      const sum = round(powers.reduce((a, b) => a + b, 0));
      return powers.map((power) => round(power / sum));
    }
  }
}
