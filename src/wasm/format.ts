// Numbers of the WebAssembly binary format (version 1 with SIMD, threads' shared memories and bulk memory): those that generated
// code and exported modules use, named as the specification names them.

export const MAGIC_AND_VERSION = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00] as const;

export enum Section {
  CUSTOM = 0,
  TYPE = 1,
  IMPORT = 2,
  FUNCTION = 3,
  MEMORY = 5,
  GLOBAL = 6,
  EXPORT = 7,
  CODE = 10,
  DATA = 11,
  DATA_COUNT = 12,
}

export enum ExternalKind {
  FUNCTION = 0,
  MEMORY = 2,
  GLOBAL = 3,
}

export enum ValueType {
  I32 = 0x7f,
  I64 = 0x7e,
  F64 = 0x7c,
  V128 = 0x7b,
}

/** A block without a result. */
export const BLOCK_EMPTY = 0x40;

/** Instructions without immediates, but for those that take one: their methods are in body.ts. */
export enum Op {
  BLOCK = 0x02,
  LOOP = 0x03,
  IF = 0x04,
  ELSE = 0x05,
  END = 0x0b,
  BR = 0x0c,
  BR_IF = 0x0d,
  RETURN = 0x0f,
  CALL = 0x10,
  SELECT = 0x1b,
  LOCAL_GET = 0x20,
  LOCAL_SET = 0x21,
  LOCAL_TEE = 0x22,
  GLOBAL_GET = 0x23,
  I32_LOAD = 0x28,
  I64_LOAD = 0x29,
  F64_LOAD = 0x2b,
  I32_LOAD8_U = 0x2d,
  I32_LOAD16_U = 0x2f,
  I64_LOAD8_U = 0x31,
  I64_LOAD16_U = 0x33,
  I64_LOAD32_S = 0x34,
  I64_LOAD32_U = 0x35,
  I32_STORE = 0x36,
  I64_STORE = 0x37,
  F64_STORE = 0x39,
  I32_STORE8 = 0x3a,
  I32_CONST = 0x41,
  I64_CONST = 0x42,
  F64_CONST = 0x44,
  I32_EQZ = 0x45,
  I32_EQ = 0x46,
  I32_NE = 0x47,
  I32_LT_S = 0x48,
  I32_LT_U = 0x49,
  I32_GT_U = 0x4b,
  I32_LE_U = 0x4d,
  I32_GE_U = 0x4f,
  I64_EQZ = 0x50,
  I64_EQ = 0x51,
  I64_NE = 0x52,
  I64_LT_S = 0x53,
  I64_LT_U = 0x54,
  I64_GT_S = 0x55,
  I64_GT_U = 0x56,
  I64_LE_S = 0x57,
  I64_GE_S = 0x59,
  I64_GE_U = 0x5a,
  F64_EQ = 0x61,
  F64_NE = 0x62,
  F64_LT = 0x63,
  F64_GT = 0x64,
  F64_LE = 0x65,
  F64_GE = 0x66,
  I32_CTZ = 0x68,
  I32_POPCNT = 0x69,
  I32_ADD = 0x6a,
  I32_SUB = 0x6b,
  I32_MUL = 0x6c,
  I32_AND = 0x71,
  I32_OR = 0x72,
  I32_XOR = 0x73,
  I32_SHL = 0x74,
  I32_SHR_U = 0x76,
  I64_CTZ = 0x7a,
  I64_POPCNT = 0x7b,
  I64_ADD = 0x7c,
  I64_SUB = 0x7d,
  I64_MUL = 0x7e,
  I64_AND = 0x83,
  I64_OR = 0x84,
  I64_XOR = 0x85,
  I64_SHL = 0x86,
  I64_SHR_S = 0x87,
  I64_SHR_U = 0x88,
  F64_ABS = 0x99,
  F64_NEG = 0x9a,
  F64_CEIL = 0x9b,
  F64_FLOOR = 0x9c,
  F64_TRUNC = 0x9d,
  F64_SQRT = 0x9f,
  F64_ADD = 0xa0,
  F64_SUB = 0xa1,
  F64_MUL = 0xa2,
  F64_DIV = 0xa3,
  F64_MIN = 0xa4,
  F64_MAX = 0xa5,
  F64_COPYSIGN = 0xa6,
  I32_WRAP_I64 = 0xa7,
  I64_EXTEND_I32_S = 0xac,
  I64_EXTEND_I32_U = 0xad,
  F64_CONVERT_I32_S = 0xb7,
  F64_CONVERT_I32_U = 0xb8,
  F64_CONVERT_I64_S = 0xb9,
  I64_REINTERPRET_F64 = 0xbd,
  F64_REINTERPRET_I64 = 0xbf,
  /** Prefix of memory.init, memory.copy and memory.fill. */
  BULK = 0xfc,
  /** Prefix of SIMD. */
  SIMD = 0xfd,
}

export const BULK_MEMORY_INIT = 8;
export const BULK_MEMORY_COPY = 10;
export const BULK_MEMORY_FILL = 11;
export const SIMD_V128_LOAD = 0;
export const SIMD_V128_STORE = 11;
export const SIMD_V128_CONST = 12;

/** Instructions of SIMD without immediates, but for those of one lane, whose number is one. */
export enum Simd {
  I64X2_SPLAT = 18,
  F64X2_SPLAT = 20,
  I32X4_EXTRACT_LANE = 27,
  I64X2_EXTRACT_LANE = 29,
  F64X2_REPLACE_LANE = 34,
  I8X16_EQ = 35,
  I8X16_LT_S = 37,
  I8X16_LE_U = 42,
  F64X2_EQ = 71,
  F64X2_GT = 74,
  V128_AND = 78,
  V128_OR = 80,
  I8X16_BITMASK = 100,
  I8X16_SUB = 113,
  I64X2_BITMASK = 196,
  I64X2_GT_S = 217,
  F64X2_ADD = 240,
  F64X2_MUL = 242,
  F64X2_PMIN = 246,
  F64X2_PMAX = 247,
}
