// Every named maximum that both the engine (AssemblyScript) and the host (TypeScript) know.
// A limit that only the host knows stands in src/config.ts. Units are in the name, qualifiers last.

/** Bytes of one payload: a FlatBuffers table of the tenant's model. */
export const PAYLOAD_BYTES_MAX = 1048576;
/** Payloads in one frame or one slot. */
export const SLOT_COUNT_MAX = 4096;
/** Nested objects and lists below the root table of a model. */
export const MODEL_DEPTH_MAX = 8;
/** Tables (root, nested objects, lists) of one model. */
export const MODEL_TABLES_MAX = 64;
/** Fields of one model, nested ones included. */
export const MODEL_FIELDS_MAX = 1024;
/** Members an enum may have had in its life, retired ones included. */
export const ENUM_MEMBERS_MAX = 4096;
/** Code points of a text field without `maxLength`. */
export const TEXT_CHARS_DEFAULT = 1024;
/** Code points that `maxLength` may allow. */
export const TEXT_CHARS_MAX = 65536;
/** Registers of one program: fields, then temporaries. */
export const REGISTERS_MAX = 4096;
/** Rules of one image. */
export const RULES_MAX = 65536;
/** Instructions of one image. */
export const CODE_COUNT_MAX = 4194304;
/** Outcome thresholds of one image. */
export const THRESHOLDS_MAX = 64;
/** Reasons one decision may carry; a bundle asks for `reasonsMax` within it. */
export const REASONS_MAX = 64;
/** Bytes of scratch for texts joined while one rule is evaluated. */
export const TEXT_SCRATCH_BYTES = 65536;
/** Bytes of the longest text that TEXT_KEY tells from all others. */
export const TEXT_KEY_BYTES_MAX = 7;
/** Tests of one kind that one ALL may lead. */
export const ALL_TESTS_MAX = 255;
/** Elements that `maxItems` may allow. */
export const LIST_COUNT_MAX = 65536;
/** Loops inside one another. */
export const LOOP_DEPTH_MAX = 8;
/** Blobs of one image. */
export const BLOBS_MAX = 1024;
/** Lists one image may ask. */
export const LISTS_MAX = 256;
/** Trees of one ensemble. */
export const ENSEMBLE_TREES_MAX = 65536;
/** Nodes of all trees of one ensemble. */
export const ENSEMBLE_NODES_MAX = 4194304;
/** Tests on the way from a root to a leaf. */
export const ENSEMBLE_DEPTH_MAX = 1024;
/** Features that the trees of one ensemble may read. */
export const ENSEMBLE_INPUTS_MAX = 1024;
/** Outputs (classes) of one ensemble. */
export const ENSEMBLE_OUTPUTS_MAX = 256;
/** Outputs of one bundle, members of the objects of lists included. */
export const OUTPUTS_MAX = 1024;
/** Bytes that the outputs of one decision may take. */
export const OUTPUTS_BYTES_MAX = 4194304;
/** Parameters one image may read. */
export const PARAMETERS_MAX = 1024;
