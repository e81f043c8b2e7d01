// The image: one position-independent binary, used in place. Offsets are bytes from its first byte, which lies at a multiple
// of 8; every section starts at a multiple of 8. docs/FORMATS.md has the same in prose.
//
//   | header 192 | tables | fields | registers | code | constants | rules | thresholds | template | reasons | blobs | lists |
//   | parameters | data |

export const IMAGE_MAGIC_VALUE = 0x54434456; // "VDCT"
export const IMAGE_FORMAT = 5;
export const IMAGE_HEADER_BYTES = 192;

export const IMAGE_MAGIC = 0; // u32
export const IMAGE_VERSION = 4; // u32
export const IMAGE_BYTES = 8; // u32, the deciding part: all of the sections, a multiple of 8
export const IMAGE_MANIFEST_BYTES = 12; // u32, head and sources that follow the deciding part in a file; never loaded here
export const IMAGE_CHECKSUM = 16; // u32, over bytes 24 to IMAGE_BYTES, see checksum32 below
export const IMAGE_KIND = 20; // u32, ImageKind
export const IMAGE_MODEL_HASH = 24; // u64
export const IMAGE_HASH = 32; // u64, first 8 bytes of sha256 over the deciding part with manifest length, checksum and this field 0
export const IMAGE_OUTPUTS = 40; // u32, number of its blob for outputs + 1; 0 = its decisions have none
export const IMAGE_TABLES = 44; // u32 offset
export const IMAGE_TABLE_COUNT = 48; // u32
export const IMAGE_FIELDS = 52; // u32 offset
export const IMAGE_FIELD_COUNT = 56; // u32
export const IMAGE_REGISTERS = 60; // u32 offset, REGISTER_BYTES a register
export const IMAGE_REGISTER_COUNT = 64; // u32
export const IMAGE_FIELD_REGISTERS = 68; // u32, registers below it are filled from the payload (and now), the rest are temporaries
export const IMAGE_CODE = 72; // u32 offset
export const IMAGE_CODE_COUNT = 76; // u32, instructions
export const IMAGE_CONSTANTS = 80; // u32 offset
export const IMAGE_CONSTANT_BYTES = 84; // u32, a multiple of 8
export const IMAGE_RULES = 88; // u32 offset
export const IMAGE_RULE_COUNT = 92; // u32
export const IMAGE_THRESHOLDS = 96; // u32 offset
export const IMAGE_THRESHOLD_COUNT = 100; // u32
export const IMAGE_TEMPLATE = 104; // u32 offset, a decision without reasons
export const IMAGE_TEMPLATE_BYTES = 108; // u32, a multiple of 8
export const IMAGE_REASONS = 112; // u32 offset
export const IMAGE_REASON_BYTES = 116; // u32
export const IMAGE_REASONS_MAX = 120; // u32
export const IMAGE_DECISION_BYTES_MAX = 124; // u32, the largest decision this image can write, a multiple of 8
export const IMAGE_COMBINE = 128; // u32, Combine
export const IMAGE_ON_ERROR = 132; // u32, Outcome; NONE = fail
export const IMAGE_OUTCOME_DEFAULT = 136; // u32, Outcome where no threshold and no hit says otherwise
export const IMAGE_NOW_REGISTER = 140; // u32, register that receives `now`, or NO_REGISTER
export const IMAGE_OUT_COUNT = 144; // u32, values an expression image writes
export const IMAGE_JSON = 148; // u32, number of its blob for JSON + 1; 0 = none, in an expression image
export const IMAGE_COST_MAX = 152; // f64, static worst case of one payload, in units of cost
export const IMAGE_BLOBS = 160; // u32 offset
export const IMAGE_BLOB_COUNT = 164; // u32
export const IMAGE_LISTS = 168; // u32 offset
export const IMAGE_LIST_COUNT = 172; // u32
export const IMAGE_DATA = 176; // u32 offset, what blobs point into
export const IMAGE_DATA_BYTES = 180; // u32, a multiple of 8
export const IMAGE_PARAMETERS = 184; // u32 offset
export const IMAGE_PARAMETER_COUNT = 188; // u32

export enum ImageKind {
  DECISION = 0,
  EXPRESSIONS = 1,
}

/**
 * Table descriptor: its fields lie side by side in the field section. Table 0 is the root; a child's index is above its
 * parent's.
 */
export const TABLE_BYTES = 8;
export const TABLE_FIRST_FIELD = 0; // u32
export const TABLE_FIELD_COUNT = 4; // u32

export const NO_REGISTER = 65535;

/** Register descriptor: its type, and what bounds the cost and the safety of what it holds. */
export const REGISTER_BYTES = 8;
export const REGISTER_TYPE = 0; // u8, RegisterType
export const REGISTER_ELEMENT = 1; // u8, LIST: FieldKind of its elements
export const REGISTER_TABLE = 2; // u16, OBJECT: its table; LIST: table of the elements (of its one field, where they are scalars)
export const REGISTER_MAX = 4; // u32, TEXT: bytes at most; LIST: elements at most; CURSOR: rounds at most

/** Blob: data that functions of the program need, e.g. the transitions of a time zone. Its first byte lies at a multiple of 8. */
export const BLOB_BYTES = 16;
export const BLOB_KIND = 0; // u32, BlobKind
export const BLOB_OFFSET = 4; // u32, in the data section, a multiple of 8
export const BLOB_SIZE = 8; // u32
export enum BlobKind {
  NONE = 0,
  /** Transitions of a time zone, assembly/functions/zone.ts. */
  ZONE = 1,
  /** A compiled regular expression, assembly/functions/pattern.ts. */
  PATTERN = 2,
  /** A table of case mappings, assembly/functions/case.ts. */
  CASE = 3,
  /** A match index, assembly/index/. */
  INDEX = 4,
  /** An ensemble of trees, assembly/trees/. */
  ENSEMBLE = 5,
  /** How JSON text becomes a payload of the model, assembly/json/. */
  JSON = 6,
  /** How outputs are written, shared/outputs.ts. */
  OUTPUTS = 7,
}

/** A list that the program asks for membership, bound anew for each decision (SLOT_LISTS). */
export const LIST_BYTES = 8;
export const LIST_TYPE = 0; // u32, RegisterType of its members: TEXT, F64 or I64
export const LIST_VERSION_AT = 4; // u32, offset in the template of the 16 characters of its version

/**
 * A parameter that the program reads, bound anew for each decision (SLOT_PARAMETERS). Those of one set lie side by side, and have
 * one place for its version. Bounds are inclusive, and what is bound lies between them: the program is proven for no other value.
 */
export const PARAMETER_BYTES = 32;
export const PARAMETER_TYPE = 0; // u32, RegisterType: F64, I64, BOOL or TEXT
export const PARAMETER_VERSION_AT = 4; // u32, offset in the template of the 16 characters of the version of its set
export const PARAMETER_TEXT_MAX = 8; // u32, TEXT: bytes at most; else 0
export const PARAMETER_MIN = 16; // u64, F64, I64: bits of the least value; else 0
export const PARAMETER_MAX = 24; // u64

/**
 * Field descriptor. Bounds are inclusive: f64 bits for DOUBLE; i64 for the other numbers; code points for TEXT; elements for LIST.
 * A LIST's table is that of its objects, or has one field: what each element is. Fields of such tables have no register.
 */
export const FIELD_BYTES = 40;
export const FIELD_KIND = 0; // u8, FieldKind
export const FIELD_FLAGS = 1; // u8, FIELD_* of value-type.ts
export const FIELD_SLOT = 2; // u16, vtable slot: the entry is at vtable + 4 + 2 * slot
export const FIELD_REGISTER = 4; // u16, or NO_REGISTER where no rule reads it
export const FIELD_AUX = 8; // u32, OBJECT, LIST: table index; ENUM: offset in the constants of its member bitmap
export const FIELD_AUX2 = 12; // u32, ENUM: bits of the bitmap (largest number + 1); LIST: FieldKind of the elements
export const FIELD_MIN = 16; // u64
export const FIELD_MAX = 24; // u64
export const FIELD_DEFAULT = 32; // u64, register bits (F64 bits for INT, LONG, DOUBLE); TEXT: constant offset | bytes << 32

/**
 * Rule descriptor, in rank order: larger score first, then the order written. Rank is the rule's number everywhere in the
 * engine.
 */
export const RULE_BYTES = 24;
export const RULE_SCORE = 0; // f64
export const RULE_OUTCOME = 8; // u32, Outcome the hit asks for, or NONE
export const RULE_REASON = 12; // u32, offset of its reason in the reason section, a multiple of 8
export const RULE_REASON_BYTES = 16; // u32, 0 = gives no reason; a multiple of 8

/** Threshold, sorted by falling atLeast: the first one that the score reaches gives the outcome. */
export const THRESHOLD_BYTES = 16;
export const THRESHOLD_AT_LEAST = 0; // f64
export const THRESHOLD_OUTCOME = 8; // u32

/**
 * The template: the bytes of a Decision (schemas/decision.fbs) with everything in it but the reasons vector, which the engine
 * appends at the template's end, followed by the reasons. These places are the same in every template; the engine patches them.
 *
 *    0 root offset (32)    8 vtable, 22 bytes     32 table: offset to vtable
 *   36 status u8, 37 outcome u8                   40 decision id, 16 bytes
 *   56 score f64           64 image u64           72 -> reasons   76 -> bundle   80 -> version   84 -> inputs
 *   88 vtable of inputs, 8 bytes, 10 with sets of parameters
 *  100 inputs: offset to vtable   104 now i64     112 -> lists   116 -> parameters, or 0
 *  120 strings: bundle, version; padded to 8
 *
 * Of an image with outputs the vtable has 24 bytes and the table goes on to 124, around the inputs: the strings begin there.
 *
 *  120 -> outputs, a vector of bytes that holds a FlatBuffer of the bundle's own, at the template's end; the reasons follow
 */
export const DECISION_STATUS = 36;
export const DECISION_OUTCOME = 37;
export const DECISION_ID_HIGH = 40;
export const DECISION_ID_LOW = 48;
export const DECISION_SCORE = 56;
export const DECISION_IMAGE = 64;
export const DECISION_REASONS = 72;
export const DECISION_BUNDLE = 76;
export const DECISION_VERSION = 80;
export const DECISION_INPUTS_VTABLE = 88;
export const DECISION_NOW = 104;
export const DECISION_LISTS = 112;
export const DECISION_PARAMETERS = 116;
export const DECISION_OUTPUTS_ENTRY = 30; // u16, in the vtable: 0 in a decision without
export const DECISION_OUTPUTS_FIELD = 88; // what that entry is in a decision with them
export const DECISION_OUTPUTS = 120;
export const DECISION_TEMPLATE_BYTES_MIN = 120;

/** Of a list or a set of parameters in the inputs, from its table on: fields that lead to texts. */
export const VERSION_NAME = 4;
export const VERSION_TEXT = 8;

/**
 * A reason: a self-contained table of a multiple of 8 bytes, which may be copied to any multiple of 8.
 *
 *   0 vtable, 10 bytes   10 number u16, the rank of its rule: two bytes that FlatBuffers leave alone
 *  12 table: offset to vtable   16 score f64   24 -> code   28 -> rule   32 strings, padded to 8
 *
 * The number is there for who reads many decisions: it says which texts these are without reading them.
 */
export const REASON_NUMBER = 10;
export const REASON_TABLE = 12;
export const REASON_SCORE = 16;
export const REASON_CODE = 24;
export const REASON_RULE = 28;
export const REASON_TEXTS = 32;

/**
 * checksum32 over whole 32-bit words. A step takes a word w into a state h: h = imul(h ^ w, 0x9e3779b1); h ^= h >>> 15. There are
 * four states, each 0x811c9dc5 at first; word i goes into state i mod 4, and in the end the second, third and fourth state go into
 * the first, as words. A step is a bijection of h for a given w and of w for a given h, so no single changed word goes unseen. Four
 * states, since a processor takes steps that do not wait for one another at the same time: one state takes three times as long.
 */
export const CHECKSUM_SEED = 0x811c9dc5;
export const CHECKSUM_FACTOR = 0x9e3779b1;
