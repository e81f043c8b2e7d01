// Where loops whose number of steps matters count them: nowhere. Tests compile another file in place of this one and read the
// count.

/** One step of such a loop, or a few at once. */
export function countStep(_many: u32 = 1): void {}
