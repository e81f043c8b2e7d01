// What the author of a bundle may say about a file of a trained model.

import type { Link, LinkKind } from './ensemble.js';

export interface ReadOptions {
  /** Iterations of boosting that count: the best one where the file names it and all else (default), all, or so many. */
  iterations?: 'best' | 'all' | number;
  /** Instead of the link of the file's objective. */
  link?: LinkKind;
}

/** A link by its name; a logistic one has the scale 1. */
export function linkOf(kind: LinkKind): Link {
  return kind === 'logistic' ? { kind, scale: 1 } : { kind };
}
