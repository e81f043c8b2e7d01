// What proofs have not settled, of everything in a bundle that is proven.

import type { Bundle } from '../bundle/bundle.js';
import type { Definitions } from './definitions.js';
import type { RulesProof } from './proofs/prove-rules.js';
import { grouped } from './wording.js';

export interface OpenQuestions {
  /** "table `limits`", "scorecard `risk`", "rules". */
  of: string;
  /** Each with the reason why it is open. */
  questions: string[];
}

/** Lists what is open, in the order written; nothing where all is settled. */
export function openQuestions(
  { tables, scorecards }: Pick<Bundle, 'tables' | 'scorecards'>,
  { shown }: Pick<Definitions, 'shown'>,
  rules: RulesProof,
): OpenQuestions[] {
  const found: OpenQuestions[] = [
    ...tables.map(({ name }) => ({ of: `table \`${name}\``, questions: shown.tables.get(name)?.notProven ?? [] })),
    ...scorecards.map(({ name }) => ({ of: `scorecard \`${name}\``, questions: shown.scorecards.get(name)?.notProven ?? [] })),
  ];
  if (rules.notProven > 0) {
    const some = rules.notProven === 1 ? '1 rule' : `${grouped(rules.notProven)} rules`;
    found.push({ of: 'rules', questions: [`whether ${some} can be the first to hold (too many comparisons)`] });
  }
  return found.filter(({ questions }) => questions.length > 0);
}
