// Counts the nodes of all trees of one file.

import { ENSEMBLE_NODES_MAX } from '../../assembly/shared/limits.js';
import { fault } from './fault.js';

export class NodeBudget {
  #count = 0;

  take(count: number): void {
    this.#count += count;
    if (this.#count > ENSEMBLE_NODES_MAX)
      fault(`the trees have more than ${ENSEMBLE_NODES_MAX} nodes`, 'train fewer trees, or smaller ones');
  }
}
