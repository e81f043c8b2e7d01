// Flags of V8 for one of many processes that share the processors.

/** Bytes of bytecode that a function runs through before it is looked at for optimizing, three times and more; V8 has 67,584. */
const BUDGET_BYTES = 3_000;
/**
 * Bytes of WebAssembly that a function runs through before it is compiled anew by the optimizing compiler; V8 has 1,800,000. Of 53
 * processes with 380 requests a second each, some still ran the first code of the function that begins an answer after a minute.
 */
const WASM_BUDGET_BYTES = 50_000;

/**
 * Flags that let code be optimized early. A process that answers 333 requests a second would go on for a minute with code that is
 * not: measured with four such processes in the first 20 seconds of their load, a decision takes 68 us of processor time in place
 * of 90. At 10,000 requests a second it is the same with and without. None where V8 is not that of Node 20: later ones count
 * otherwise, and have a compiler between.
 */
export const EAGER_FLAGS: readonly string[] = process.versions.v8.startsWith('11.')
  ? [`--interrupt-budget=${BUDGET_BYTES}`, `--wasm-tiering-budget=${WASM_BUDGET_BYTES}`]
  : [];
