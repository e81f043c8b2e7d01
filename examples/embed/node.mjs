// Decides JSON payloads, one a line, with an exported module and nothing else: no package, no build.
//
//   verdict export examples/card-risk -o card-risk.wasm
//   node examples/embed/node.mjs card-risk.wasm < payments.ndjson
//
// With --parameters=FILE it decides by the values that `verdict parameter build` wrote there, in place of those it was exported with.
//
// Prints one decision a line; with --hex its bytes, a FlatBuffers table of schemas/decision.fbs.

import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

const OUTCOMES = [null, 'approve', 'review', 'decline'];

const [file, ...flags] = process.argv.slice(2);
const now = BigInt(flags.find((flag) => flag.startsWith('--now='))?.slice(6) ?? Date.now() * 1000);
const { instance } = await WebAssembly.instantiate(readFileSync(file));
const verdict = instance.exports;

/** A view of the memory, made anew each time: it may have grown since. */
const memory = () => new Uint8Array(verdict.memory.buffer);

function textAt(address) {
  const bytes = memory();
  return new TextDecoder().decode(bytes.subarray(address, bytes.indexOf(0, address)));
}

/** What is wrong with the last text: a number of schemas/verdict.h, the JSON Pointer of a value, and the byte where that begins. */
function faultOfText() {
  const at = verdict.verdict_fault_pointer();
  const pointer = new TextDecoder().decode(memory().subarray(at, at + verdict.verdict_fault_pointer_bytes()));
  return { code: verdict.verdict_fault(), pointer, at: verdict.verdict_fault_at() };
}

const values = flags.find((flag) => flag.startsWith('--parameters='))?.slice(13);
if (values !== undefined) {
  const block = readFileSync(values);
  const at = verdict.verdict_input(block.length);
  memory().set(block, at);
  const error = verdict.verdict_parameters(block.length);
  if (error !== 0) throw new Error(`${values} is not for this module: ${error}`);
}

for await (const line of createInterface({ input: process.stdin })) {
  const text = new TextEncoder().encode(line);
  const input = verdict.verdict_input(text.length);
  memory().set(text, input);
  const status = verdict.verdict_decide_json(text.length, now);
  if (flags.includes('--hex')) {
    const at = verdict.verdict_output();
    console.log(Buffer.from(memory().subarray(at, at + verdict.verdict_output_bytes())).toString('hex'));
    continue;
  }
  const reasons = Array.from({ length: verdict.verdict_reason_count() }, (_, i) => ({
    code: textAt(verdict.verdict_reason_code(i)),
    rule: textAt(verdict.verdict_reason_rule(i)),
    score: verdict.verdict_reason_score(i),
  }));
  const decision = { status, outcome: OUTCOMES[verdict.verdict_outcome()], score: verdict.verdict_score(), reasons };
  console.log(JSON.stringify(verdict.verdict_fault() === 0 ? decision : { ...decision, fault: faultOfText() }));
}
