/** Result of one evaluation, in the slot and in the decision. `schemas/decision.fbs` has the same numbers. */
export enum Status {
  OK = 0,
  /** The payload is not a well-formed table of the model, or a value breaks a constraint of the model. */
  INVALID_PAYLOAD = 1,
  /** The frame around the payloads is not well-formed. */
  INVALID_FRAME = 2,
  /** The output area is too small for the worst case of the image: a bug of the host. */
  OUTPUT_FULL = 3,
  /** The image is of another kind than the call. */
  WRONG_IMAGE = 4,
  /** The engine trapped or broke an invariant: our bug. Set by the host. */
  INTERNAL = 5,
  /** A decimal was divided by zero, or a declared result does not hold its value. */
  ARITHMETIC = 6,
  /** Two rows of a table that allows one match with different outputs. */
  CONFLICT = 7,
  /** A list that the image reads is not there. Set by the host. */
  LIST_MISSING = 8,
}

/** Why an image was refused. */
export enum ImageError {
  NONE = 0,
  TOO_SHORT = 1,
  BAD_MAGIC = 2,
  BAD_VERSION = 3,
  BAD_SIZE = 4,
  BAD_CHECKSUM = 5,
  BAD_SECTION = 6,
  BAD_HEADER = 7,
  BAD_TABLE = 8,
  BAD_FIELD = 9,
  BAD_REGISTER = 10,
  BAD_OPCODE = 11,
  BAD_OPERAND = 12,
  BAD_JUMP = 13,
  BAD_CONSTANT = 14,
  BAD_RULE = 15,
  BAD_REASON = 16,
  BAD_THRESHOLD = 17,
  BAD_TEMPLATE = 18,
  BAD_BLOB = 19,
  BAD_LIST = 20,
  /** It could cost more than it says. */
  BAD_COST = 21,
  BAD_PARAMETER = 22,
}

/** Why a list region was refused. */
export enum ListError {
  NONE = 0,
  TOO_SHORT = 1,
  BAD_MAGIC = 2,
  BAD_SIZE = 3,
  BAD_HEADER = 4,
  /** An entry is not inside the region, or its hash is wrong. */
  BAD_ENTRY = 5,
  /** A member would not be found, or there are more or fewer than the header says. */
  BAD_BUCKET = 6,
}

/** Why a block of bound parameters was refused. */
export enum ParameterError {
  NONE = 0,
  /** The block does not hold a binding for each parameter of the image. */
  BAD_SIZE = 1,
  BAD_VERSION = 2,
  /** A value is outside of what its parameter declares. */
  BAD_VALUE = 3,
  /** A text is not inside the block, is longer than its parameter allows, or is not UTF-8. */
  BAD_TEXT = 4,
}

/** Who owns a slot. The host writes CLAIMED and READY, a worker RUNNING and DONE, the host FREE. */
export enum SlotState {
  FREE = 0,
  CLAIMED = 1,
  READY = 2,
  RUNNING = 3,
  DONE = 4,
}
