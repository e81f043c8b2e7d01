/* The ABI of a module that `verdict export` writes, for callers in C (through wasm2c or any WebAssembly runtime).
 *
 * Strings and decisions lie in the module's memory, at the addresses that the functions give; a decision stays until the next
 * call of verdict_decide or verdict_decide_json. One instance serves one caller at a time; make as many as you need.
 *
 *   uint32_t p = verdict_input(bytes);        // room for a payload; 0: too large
 *   memcpy(memory + p, payload, bytes);
 *   uint32_t status = verdict_decide(bytes, now_micros);
 *   uint32_t outcome = verdict_outcome();
 *
 * Names below are those of the module's exports; how a runtime spells the calls is its own affair. wasm2c gives each an instance
 * as first argument.
 */
#ifndef VERDICT_H
#define VERDICT_H

#include <stdint.h>

#define VERDICT_ABI 1

/* Status of a decision. */
enum verdict_status {
  VERDICT_OK = 0,
  VERDICT_INVALID_PAYLOAD = 1, /* not a payload of the model, or a value outside its bounds */
  VERDICT_OUTPUT_FULL = 3,
  VERDICT_INTERNAL = 5,
  VERDICT_ARITHMETIC = 6,   /* a decimal divided by zero, or a result that its type does not hold */
  VERDICT_CONFLICT = 7,     /* two rows of a table that allows one */
  VERDICT_LIST_MISSING = 8, /* a list has not been bound */
};

/* Outcome of a decision; VERDICT_NONE where the bundle says `onError: fail` and the payload could not be decided. */
enum verdict_outcome { VERDICT_NONE = 0, VERDICT_APPROVE = 1, VERDICT_REVIEW = 2, VERDICT_DECLINE = 3 };

/* Why a JSON text was not taken. */
enum verdict_fault {
  VERDICT_FAULT_NONE = 0,
  VERDICT_FAULT_SYNTAX = 1,    /* not JSON */
  VERDICT_FAULT_UTF8 = 2,      /* not UTF-8 */
  VERDICT_FAULT_DUPLICATE = 3, /* a key stands twice in one object */
  VERDICT_FAULT_TYPE = 4,      /* a value of another type than the field */
  VERDICT_FAULT_REQUIRED = 5,  /* a field that is required is absent or null */
  VERDICT_FAULT_UNKNOWN = 6,   /* a field that the model does not have, where it allows no other */
  VERDICT_FAULT_RANGE = 7,     /* a number, date or timestamp outside the field's bounds */
  VERDICT_FAULT_LENGTH = 8,    /* a text or list that is shorter or longer than the field's bounds */
  VERDICT_FAULT_ENUM = 9,      /* not a member of the enum */
  VERDICT_FAULT_FORMAT = 10,   /* not a date, timestamp or decimal */
  VERDICT_FAULT_ROOM = 11,     /* the payload is larger than a module takes */
  VERDICT_FAULT_DEPTH = 12,    /* nested too deep where the model has no field */
};

/* What verdict_list_bind returns. */
enum verdict_list_error { VERDICT_LIST_OK = 0, VERDICT_LIST_UNKNOWN = 1, VERDICT_LIST_DAMAGED = 2, VERDICT_LIST_TYPE = 3 };

/* What verdict_parameters returns. */
enum verdict_parameter_error {
  VERDICT_PARAMETERS_OK = 0,
  VERDICT_PARAMETERS_NONE = 1,    /* no rule reads a parameter */
  VERDICT_PARAMETERS_DAMAGED = 2, /* not a block of `verdict parameter build` */
  VERDICT_PARAMETERS_IMAGE = 3,   /* a block for another image */
  VERDICT_PARAMETERS_BOUNDS = 4,  /* a value outside its bounds */
};

/* Exports, by name:
 *
 * uint32_t verdict_abi(void)                       VERDICT_ABI
 * uint32_t verdict_input(uint32_t bytes)           address of room for a payload, 0 where it is too large
 * uint32_t verdict_decide(uint32_t bytes, int64_t now)
 *                                                  decides the FlatBuffers payload at the input; now: microseconds UTC
 * uint32_t verdict_decide_json(uint32_t bytes, int64_t now)
 *                                                  decides the JSON text at the input, UTF-8
 * uint32_t verdict_fault(void)                     why the last text was not taken, 0 where it was: enum verdict_fault
 * uint32_t verdict_fault_at(void)                  how many bytes into it the value begins that is wrong, or what is no JSON
 * uint32_t verdict_fault_pointer(void)             address of its JSON Pointer (RFC 6901): UTF-8 that ends with a byte 0; it stays
 *                                                  until the next call of verdict_input; 0 where nothing is wrong
 * uint32_t verdict_fault_pointer_bytes(void)       without that byte 0
 * void     verdict_decision_id(uint64_t high, uint64_t low)
 *                                                  id of the decisions that follow; 0 and 0: none
 * uint32_t verdict_output(void)                    address of the decision: a FlatBuffers buffer of schemas/decision.fbs
 * uint32_t verdict_output_bytes(void)
 * uint32_t verdict_status(void)                    enum verdict_status
 * uint32_t verdict_outcome(void)                   enum verdict_outcome
 * double   verdict_score(void)
 * uint32_t verdict_reason_count(void)
 * uint32_t verdict_reason_code(uint32_t index)     address of UTF-8 that ends with a byte 0; 0: no such reason
 * uint32_t verdict_reason_rule(uint32_t index)
 * double   verdict_reason_score(uint32_t index)
 * uint32_t verdict_list_count(void)                lists that the rules ask
 * uint32_t verdict_list(uint32_t bytes)            address of room for a list region (`verdict list build`), 0: no room
 * uint32_t verdict_list_bind(uint32_t index, uint32_t address, uint32_t bytes)
 *                                                  enum verdict_list_error
 * uint32_t verdict_parameter_count(void)           parameters that the rules read
 * uint32_t verdict_parameters(uint32_t bytes)      binds the values of the block at the input, which it overwrites (`verdict
 *                                                  parameter build`), for all decisions that follow; where they are refused,
 *                                                  those before stay: enum verdict_parameter_error
 * memory                                           the module's linear memory
 */

#endif
