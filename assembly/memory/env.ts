// What an instance is given beside its memory. The file's name is the import's module name.

/** Address of this instance's scratch (SCRATCH_BYTES): the only bytes that no other instance touches. */
export declare const scratchBase: i32;
