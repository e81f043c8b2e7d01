// V70xx: importing rules of another engine; V71xx: from JDM.

import type { Pages } from './page.js';

/** Spans are in the source that is imported. */
export const IMPORT_PAGES: Pages = {
  V7001: {
    why: 'The source says something that a bundle has no place for, or that decides nothing, such as a remark about layout; all else is carried over.',
  },
  V7002: {
    why: 'An importer writes only what means the same. Where no expression of the language does, the part is left out and named, and so is all that reads it: a decision without it is better than one that differs unseen.',
  },
  V7003: {
    why: 'The format is told by what the file holds, by its extension, or by `--from`. A source that none of the readers takes for its own is not guessed at.',
  },
  V7101: {
    why: 'ZEN refuses the expression too. In a cell of a table that only keeps its row from matching; in an expression node the decision fails, so that there is nothing to carry over.',
  },
  V7102: {
    why: 'ZEN counts bytes where this language counts UTF-16 units, takes all of Unicode in some classes of characters, and rounds quotients to 28 digits before it goes on. Where that could be seen, look whether it can happen with your data.',
  },
  V7201: {
    why: 'DMN is XML without a document type. One with `<!DOCTYPE` is refused before anything of it is read: entities may name files and addresses, or grow without end.',
  },
  V7202: {
    why: 'Expressions and cells of DMN are written in FEEL. Names may hold spaces, so a name that the model does not declare is often what cannot be read.',
  },
  V7203: {
    why: 'A decision without an expression, two elements of one name, a row with too few cells or decisions that need one another in a circle have no meaning that could be carried over.',
  },
  V7204: {
    why: 'FEEL computes in decimals of 34 digits and counts characters; a bundle computes in 64-bit floats where a field has no digits declared, and counts UTF-16 units. Where that can be seen, it is said here.',
  },
  V7301: {
    why: 'The text breaks the grammar of CEL, or what stands around it: `@var name: type` in comments, `variables` and `expressions` in YAML. The place is where reading stopped.',
  },
  V7302: {
    why: 'CEL refuses the expression as well, or evaluating it ends in an error for every payload: a division by a constant zero, an operator on types that have none, a variable that nobody declares. There is nothing to carry over.',
  },
  V7401: {
    why: 'json-rules-engine would refuse the rule when it is loaded, or when it runs: conditions without `all`, `any`, `not` or a name, a condition that nobody defines, `in` of what is no list.',
  },
  V7501: {
    why: 'A document of DMN holds what FEEL can say. Rules that decide, scorecards, trees, lists of the tenant, parameters and functions that FEEL does not have stay in the bundle, and so does what reads them.',
  },
};
