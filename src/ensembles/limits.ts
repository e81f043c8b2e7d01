// Limits of a file that holds a trained model, beside those that the engine knows (assembly/shared/limits.ts).

/** Bytes of one file. */
export const MODEL_FILE_BYTES_MAX = 67_108_864;
/** Features that a file may declare; an ensemble reads fewer. */
export const MODEL_FEATURES_MAX = 1_048_576;
/** Objects, lists or messages inside one another; a dump of LightGBM nests trees as deep as they are. */
export const MODEL_NESTING_MAX = 4096;
