// First calls of generated code, made on a thread where nobody waits for them. V8 compiles a function when it is first called, on
// the thread of the caller, and what it compiled is the module's, whatever thread calls next. Milliseconds of the first call on the
// I/O thread, without and with this, an instance made in it: 10 rules (9 KB) 0.5 and 0.15; 100 rules 0.6 and 0.1; 300 rules of
// nullable fields (52 KB) 1.3 and 0.1; 2,000 rules of arithmetic (529 KB) 9.4 and 0.3; 4,000 of nullable ones (607 KB) 20 and 0.4.
//
// V8's better code comes by itself: of 100 rules after some 130 decisions, which take four times as long till then, for all threads.

import { SLOT_HEADER_BYTES, SLOT_IMAGE } from '../../assembly/shared/layout.js';
import { PAGE_BYTES } from '../config.js';
import { readHeader } from '../image/header.js';
import { attachCode } from './generated-code.js';
import { EngineInstance, engineModule } from './instance.js';
import { TenantMemory } from './memory.js';
import { type WasmModule, wasm } from './webassembly.js';

const RING_BYTES = 4096;
/** For the fixed regions of a tenant's memory. */
const FIXED_PAGES = 16;

/**
 * Compiles a module of generated code and calls each of its functions once, in a memory of its own: with a payload and a text of no
 * bytes, a batch of none, a frame that is none.
 *
 * @param deciding what the code was generated for
 * @returns the module, which may be sent to another thread. Throws where the bytes are no valid module, or the code traps
 */
export function warmCode(bytes: Uint8Array, deciding: Uint8Array): WasmModule {
  const module = new wasm.Module(bytes);
  const { decisionBytesMax } = readHeader(deciding);
  const pagesMax = FIXED_PAGES + Math.ceil((deciding.length + decisionBytesMax) / PAGE_BYTES);
  const memory = new TenantMemory({ scratchCount: 1, ringBytes: RING_BYTES, pagesMax });
  const engine = new EngineInstance(engineModule(), memory.memory, memory.words, memory.lendScratch());
  const code = attachCode(module, engine);
  const image = memory.place(deciding);
  const output = memory.reserve(decisionBytesMax);
  // Nothing is listed in it and nothing bound to it, and the bytes behind it are nobody's.
  const slot = memory.place(new Uint8Array(2 * SLOT_HEADER_BYTES));
  const nothing = slot + SLOT_HEADER_BYTES;
  new DataView(memory.memory.buffer).setUint32(slot + SLOT_IMAGE, image, true);
  code.decidePayload(slot, image, 0, nothing, 0, output);
  code.decideText(slot, image, nothing, 0, output);
  code.decide(slot);
  code.decideJson(slot);
  code.decideFrame(slot);
  return module;
}
