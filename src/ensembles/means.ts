// The mean of what each node's leaves say, by the training rows that reached them: what contributions are differences of.

import { Test, type Tree } from './ensemble.js';

/**
 * Means of all nodes, leafWidth for each; a leaf's are its values. Where the file has no weights, or they are zero, both sides of a
 * node count alike. After XGBoost's `approx_contribs`, which is Saabas' method.
 */
export function meansOf(tree: Tree, leafWidth: number): Float64Array {
  const means = Float64Array.from(tree.value);
  // Children stand behind their parents.
  for (let node = tree.test.length - 1; node >= 0; node--) {
    if (tree.test[node] === Test.LEAF) continue;
    const left = tree.left[node]!;
    const right = tree.right[node]!;
    const ofLeft = tree.cover?.[left] ?? 1;
    const ofRight = tree.cover?.[right] ?? 1;
    const isWeighed = ofLeft >= 0 && ofRight >= 0 && ofLeft + ofRight > 0 && ofLeft + ofRight < Number.POSITIVE_INFINITY;
    const share = isWeighed ? ofLeft / (ofLeft + ofRight) : 0.5;
    for (let j = 0; j < leafWidth; j++)
      means[node * leafWidth + j] = means[left * leafWidth + j]! * share + means[right * leafWidth + j]! * (1 - share);
  }
  return means;
}
