// Why an expression of CEL has no value.

/**
 * `overload`: no function or operator for values of these kinds. `overflow`: a number, timestamp or duration out of its range.
 * `limit`: what is not worth folding, or not the same in all engines; nothing absorbs it. The rest is as it says.
 */
export type CelErrorKind = 'overload' | 'overflow' | 'zero' | 'key' | 'index' | 'conversion' | 'argument' | 'unknown' | 'limit';
