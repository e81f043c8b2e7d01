// Limits of what a bundle may bring, before it is compiled.

/** Bytes of one document. */
export const DOCUMENT_BYTES_MAX = 33_554_432;
/** Collections, values and keys of one document that are open at a time: a level takes one or two. */
export const DOCUMENT_DEPTH_MAX = 512;
/** Uses of YAML aliases in one document, weighed by what they stand for. */
export const ALIASES_MAX = 100;
/** Files of one bundle. */
export const FILES_MAX = 4096;
/** Bytes of one archive as it is sent. */
export const ARCHIVE_BYTES_MAX = 33_554_432;
/** Bytes of all files of a bundle after unpacking. */
export const UNPACKED_BYTES_MAX = 134_217_728;
/** Characters of a path inside a bundle. */
export const PATH_CHARS_MAX = 255;
