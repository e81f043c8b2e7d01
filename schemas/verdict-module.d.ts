// The exports of a module that `verdict export` writes. schemas/verdict.h says what each does.
//
//   const { instance } = await WebAssembly.instantiate(bytes);
//   const verdict = instance.exports as unknown as VerdictModule;

export interface VerdictModule {
  readonly memory: { readonly buffer: ArrayBuffer };
  verdict_abi(): number;
  /** Address of room for a payload of `bytes`, 0 where it is too large. Views of the memory made before may be stale. */
  verdict_input(bytes: number): number;
  /** Decides the FlatBuffers payload at the input. @param now microseconds UTC. @returns status, 0 = OK */
  verdict_decide(bytes: number, now: bigint): number;
  /** Decides the JSON text at the input, UTF-8. */
  verdict_decide_json(bytes: number, now: bigint): number;
  /** Why the last text was not taken, 0 where it was; schemas/verdict.h lists the faults. */
  verdict_fault(): number;
  /** How many bytes into the text the value begins that is wrong, or what is no JSON. */
  verdict_fault_at(): number;
  /**
   * Address of its JSON Pointer, UTF-8 that ends with a byte 0, which stays until the next call of verdict_input; 0 where nothing
   * is wrong.
   */
  verdict_fault_pointer(): number;
  /** Bytes of the pointer, without that byte 0. */
  verdict_fault_pointer_bytes(): number;
  verdict_decision_id(high: bigint, low: bigint): void;
  /** Address of the decision: a FlatBuffers buffer of schemas/decision.fbs. */
  verdict_output(): number;
  verdict_output_bytes(): number;
  verdict_status(): number;
  /** 0 none, 1 approve, 2 review, 3 decline. */
  verdict_outcome(): number;
  verdict_score(): number;
  verdict_reason_count(): number;
  /** Address of UTF-8 that ends with a byte 0; 0 where there is no such reason. */
  verdict_reason_code(index: number): number;
  verdict_reason_rule(index: number): number;
  verdict_reason_score(index: number): number;
  verdict_list_count(): number;
  verdict_list(bytes: number): number;
  /** 0, or 1 no such list, 2 damaged, 3 of another type. */
  verdict_list_bind(index: number, address: number, bytes: number): number;
  /** Parameters that the rules read. */
  verdict_parameter_count(): number;
  /**
   * Binds the values of the block at the input (`verdict parameter build`), which it overwrites, for all decisions that follow. 0,
   * or, and those before stay: 1 no rule reads a parameter, 2 damaged, 3 of another image, 4 a value outside its bounds.
   */
  verdict_parameters(bytes: number): number;
}
