// Limits of one regular expression. Each has a message of its own. Those that the engine knows too stand in
// assembly/shared/pattern.ts.

/** UTF-16 units of its source. */
export const PATTERN_CHARS_MAX = 2000;
/** Groups inside one another. */
export const PATTERN_DEPTH_MAX = 64;
/** Cells of a DFA's table, 2 bytes each; where more are needed, the NFA runs. */
export const PATTERN_CELLS_MAX = 32_768;
/** Visits of instructions while a DFA is made; where more are needed, the NFA runs. */
export const PATTERN_VISITS_MAX = 2_000_000;
/** Compiled patterns that are kept. */
export const PATTERNS_KEPT_MAX = 256;
