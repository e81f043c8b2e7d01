// Limits of what is compiled. Each has a diagnostic of its own (V5xxx). Those that the engine knows too stand in
// assembly/shared/limits.ts.

/** UTF-16 units of one expression. */
export const EXPRESSION_CHARS_MAX = 16_384;
/** Nodes of one expression's syntax tree. */
export const EXPRESSION_NODES_MAX = 4096;
/** Levels of one expression; a chain of one logical operator is one level. */
export const EXPRESSION_DEPTH_MAX = 256;
/** Diagnostics that are listed for one expression; the rest is counted. */
export const EXPRESSION_FAULTS_MAX = 32;
/** Units of one rule. */
export const RULE_COST_MAX = 1_000_000;
/** Units of one feature, table or scorecard. */
export const STEP_COST_MAX = 10_000_000;
/** Units of one image where the tenant says nothing else. */
export const IMAGE_COST_MAX = 50_000_000;
/** Digits of a number literal, or of arithmetic among literals, that are kept exactly for decimals. */
export const EXACT_DIGITS_MAX = 40;
/** Instructions a branch can pass over. */
export const BRANCH_DISTANCE_MAX = 65_535;
/** Nodes that are checked for one expression; bodies of `reduce` are checked several times over. */
export const CHECK_STEPS_MAX = 131_072;
/** How often the body of an arrow function may be repeated for the elements that an expression lists. */
export const COPIES_MAX = 4096;
