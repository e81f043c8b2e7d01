// The engine with instruments: what it has run (edges), how much (steps), and whether each load and store lies where it may. The
// binary that ships is printed by binaryen, changed as text and read again, so nothing of the engine itself is different.
//
// The instruments live in the memory below the box's scratch, which is nobody's: counters of edges, and the regions that may be
// read or written, set anew for each call. An access outside all of them is a trap that says where.

import binaryen from 'binaryen';
import { type Node, printWat, readWat } from './wat.js';

/** Memory of the instruments; EngineBox leaves everything below 65,536 free. */
export const EDGES_AT = 4096;
export const EDGES_MAX = 24576;
const REGIONS_AT = 32768;
export const REGIONS_MAX = 64;
const REGION_BYTES = 12;

/** Regions as they lie in memory: number of them; then of each start, end (exclusive), 1 where it may be written. */
export function writeRegions(view: DataView, regions: readonly { start: number; end: number; writable?: boolean }[]): void {
  if (regions.length > REGIONS_MAX) throw new Error('too many regions');
  view.setUint32(REGIONS_AT, regions.length, true);
  for (const [index, { start, end, writable }] of regions.entries()) {
    const at = REGIONS_AT + 8 + index * REGION_BYTES;
    view.setUint32(at, start, true);
    view.setUint32(at + 4, end, true);
    view.setUint32(at + 8, writable === true ? 1 : 0, true);
  }
}

const HELPERS = `
(global $fuzzSteps (mut i64) (i64.const 0))
(global $fuzzBadAt (mut i64) (i64.const 0))
(global $fuzzBadBytes (mut i32) (i32.const 0))
(export "fuzzSteps" (global $fuzzSteps))
(export "fuzzBadAt" (global $fuzzBadAt))
(export "fuzzBadBytes" (global $fuzzBadBytes))
(func $fuzzEdge (param $edge i32)
  (global.set $fuzzSteps (i64.add (global.get $fuzzSteps) (i64.const 1)))
  (i32.store8 (local.get $edge) (i32.add (i32.load8_u (local.get $edge)) (i32.const 1))))
(func $fuzzIf (param $value i32) (param $edge i32) (result i32)
  (call $fuzzEdge (i32.add (local.get $edge) (i32.ne (local.get $value) (i32.const 0))))
  (local.get $value))
(func $fuzzSwitch (param $value i32) (param $edge i32) (param $count i32) (result i32)
  (call $fuzzEdge (i32.add (local.get $edge)
    (select (local.get $value) (local.get $count) (i32.lt_u (local.get $value) (local.get $count)))))
  (local.get $value))
(func $fuzzCheck (param $from i64) (param $bytes i32) (param $writes i32)
  (local $region i32) (local $end i32)
  (local.set $region (i32.const ${REGIONS_AT + 8}))
  (local.set $end (i32.add (local.get $region) (i32.mul (i32.load (i32.const ${REGIONS_AT})) (i32.const ${REGION_BYTES}))))
  (block $bad
    (loop $next
      (br_if $bad (i32.eq (local.get $region) (local.get $end)))
      (if (i64.ge_u (local.get $from) (i64.load32_u (local.get $region))) (then
        (if (i64.le_u (i64.add (local.get $from) (i64.extend_i32_u (local.get $bytes)))
                      (i64.load32_u offset=4 (local.get $region))) (then
          (if (i32.ge_u (i32.load offset=8 (local.get $region)) (local.get $writes)) (then (return)))))))
      (local.set $region (i32.add (local.get $region) (i32.const ${REGION_BYTES})))
      (br $next)))
  (global.set $fuzzBadAt (local.get $from))
  (global.set $fuzzBadBytes (select (i32.sub (i32.const 0) (local.get $bytes)) (local.get $bytes) (local.get $writes)))
  (unreachable))
(func $fuzzLoad (param $address i32) (param $offset i32) (param $bytes i32) (result i32)
  (call $fuzzCheck (i64.add (i64.extend_i32_u (local.get $address)) (i64.extend_i32_u (local.get $offset)))
    (local.get $bytes) (i32.const 0))
  (local.get $address))
(func $fuzzStore (param $address i32) (param $offset i32) (param $bytes i32) (result i32)
  (call $fuzzCheck (i64.add (i64.extend_i32_u (local.get $address)) (i64.extend_i32_u (local.get $offset)))
    (local.get $bytes) (i32.const 1))
  (local.get $address))
(func $fuzzBulk (param $bytes i32)
  (global.set $fuzzSteps (i64.add (global.get $fuzzSteps) (i64.extend_i32_u (i32.shr_u (local.get $bytes) (i32.const 4))))))
(func $fuzzCopy (param $to i32) (param $from i32) (param $bytes i32)
  (call $fuzzBulk (local.get $bytes))
  (if (local.get $bytes) (then
    (drop (call $fuzzLoad (local.get $from) (i32.const 0) (local.get $bytes)))
    (drop (call $fuzzStore (local.get $to) (i32.const 0) (local.get $bytes)))
    (memory.copy (local.get $to) (local.get $from) (local.get $bytes)))))
(func $fuzzFill (param $to i32) (param $value i32) (param $bytes i32)
  (call $fuzzBulk (local.get $bytes))
  (if (local.get $bytes) (then
    (drop (call $fuzzStore (local.get $to) (i32.const 0) (local.get $bytes)))
    (memory.fill (local.get $to) (local.get $value) (local.get $bytes)))))
`;

/** Bytes that an access touches. @throws Error for one that is not known */
function accessBytes(op: string): number {
  const [type, name] = op.split('.') as [string, string];
  const part = /^(?:load|store)(\d+)(x(\d))?/.exec(name);
  if (part !== null) return (Number(part[1]) * Number(part[3] ?? 1)) / 8;
  const whole: Record<string, number> = { i32: 4, f32: 4, i64: 8, f64: 8, v128: 16 };
  const bytes = whole[type];
  if (bytes === undefined || !/^(load|store)$/.test(name)) throw new Error(`unknown access ${op}`);
  return bytes;
}

const constant = (value: number): Node => ['i32.const', String(value)];

/**
 * Puts the instruments into a module.
 *
 * @returns the module, and how many edges it has
 */
export function instrumentWasm(wasm: Uint8Array): { wasm: Uint8Array; edges: number } {
  const module = binaryen.readBinary(wasm);
  module.setFeatures(binaryen.Features.All);
  let text: string;
  try {
    text = module.emitText();
  } finally {
    module.dispose();
  }
  let edges = 0;
  const edge = (count: number): Node => {
    const number = EDGES_AT + edges;
    edges += count;
    return constant(number);
  };
  const change = (node: Node): Node => {
    if (typeof node === 'string') return node;
    const done = node.map(change);
    const op = done[0];
    if (typeof op !== 'string') return done;
    switch (op) {
      case 'if': {
        const at = done.findIndex((part, index) => index > 0 && Array.isArray(part) && part[0] !== 'result');
        done[at] = ['call', '$fuzzIf', done[at]!, edge(2)];
        return done;
      }
      case 'br_if':
      case 'select':
        done[done.length - 1] = ['call', '$fuzzIf', done.at(-1)!, edge(2)];
        return done;
      case 'br_table': {
        const labels = done.filter((part, index) => index > 0 && typeof part === 'string').length;
        done[done.length - 1] = ['call', '$fuzzSwitch', done.at(-1)!, edge(labels), constant(labels - 1)];
        return done;
      }
      case 'loop': {
        const at = done.findIndex((part, index) => index > 0 && Array.isArray(part) && part[0] !== 'result');
        done.splice(at, 0, ['call', '$fuzzEdge', edge(1)]);
        return done;
      }
      case 'func': {
        // One without a name is a type, one without a body what is exported.
        if (typeof done[1] !== 'string' || done.length < 3) return done;
        const heads = ['type', 'param', 'result', 'local'];
        const at = done.findIndex((part, index) => index > 0 && Array.isArray(part) && !heads.includes(part[0] as string));
        done.splice(at < 0 ? done.length : at, 0, ['call', '$fuzzEdge', edge(1)]);
        return done;
      }
      case 'memory.copy':
        return ['call', '$fuzzCopy', ...done.slice(1)];
      case 'memory.fill':
        return ['call', '$fuzzFill', ...done.slice(1)];
    }
    const access = /^(?:i32|i64|f32|f64|v128)\.(load|store)/.exec(op);
    if (access === null) return done;
    const offset = done.find((part) => typeof part === 'string' && part.startsWith('offset=')) as string | undefined;
    const at = done.findIndex((part, index) => index > 0 && Array.isArray(part));
    const helper = access[1] === 'load' ? '$fuzzLoad' : '$fuzzStore';
    done[at] = ['call', helper, done[at]!, constant(Number(offset?.slice(7) ?? 0)), constant(accessBytes(op))];
    return done;
  };
  const changed = printWat(change(readWat(text)));
  if (edges > EDGES_MAX) throw new Error(`${edges} edges, more than there is room for`);
  const instrumented = binaryen.parseText(changed.replace(/\)\s*$/, `${HELPERS})`));
  try {
    instrumented.setFeatures(binaryen.Features.All);
    if (instrumented.validate() === 0) throw new Error('the instrumented engine is not valid');
    return { wasm: instrumented.emitBinary(), edges };
  } finally {
    instrumented.dispose();
  }
}
