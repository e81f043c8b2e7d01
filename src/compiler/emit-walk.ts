// Walks: one pass over a list, over the pieces of a text, or over elements that are written down. Filters and maps are stages of
// the pass. Elements that are written down are unrolled; the other passes are the only loops of a program.
//
//   FOR cursor list ->end;  body:  ELEMENT x list cursor;  stages ->next;  what it is for;  next:  NEXT cursor list ->body;  end:

import { PAYLOAD_BYTES_MAX } from '../../assembly/shared/limits.js';
import { Opcode } from '../../assembly/shared/opcode.js';
import { FieldKind, RegisterType } from '../../assembly/shared/value-type.js';
import type { ImageRegister } from '../image/parts.js';
import { canFail } from './can-fail.js';
import type { Label } from './code-buffer.js';
import type { Emitter } from './emit-bytecode.js';
import { type Ir, type LocalRef, visit, type WalkIr, type WalkSource } from './ir.js';
import { registerTypeOf } from './registers.js';
import type { Type } from './types.js';
import { grouped, nameOf, shorterList, shorterText } from './wording.js';

/** Bytes that pieces may take of the room for texts, for each byte of the text: where a cut goes through a pair of surrogates. */
const PIECE_ROOM = 3;

/** Jumps where the walk's condition is `sense`; does nothing and returns false where the walk is no `some` or `every`. */
export function branchWalk(emitter: Emitter, walk: WalkIr, target: Label, sense: boolean): boolean {
  const { result } = walk;
  if (result.kind !== 'some' && result.kind !== 'every') return false;
  // What one element can settle: some is true with it, every false.
  const settled = result.kind === 'some';
  const skip = emitter.code.label();
  const found = sense === settled ? target : skip;
  eachElement(emitter, walk, result.local, () => emitter.branch(result.body, found, settled));
  if (sense !== settled) emitter.test(Opcode.JUMP, target);
  emitter.code.bind(skip);
  return true;
}

/** A count or a reduction in a register; undefined where the walk is a condition. */
export function walkValue(emitter: Emitter, walk: WalkIr, into?: number): number | undefined {
  const { result, source } = walk;
  if (result.kind === 'count') {
    const register = emitter.registers.take({ type: RegisterType.F64 });
    if (source.kind === 'list' && walk.stages.length === 0) {
      const list = emitter.value(source.list);
      emitter.emit(Opcode.COUNT, register, list);
      emitter.registers.release(list);
    } else {
      emitter.emit(Opcode.CONST, register, 0, 0, 0);
      eachElement(emitter, walk, undefined, () => emitter.emit(Opcode.F64_ADD_I, register, register, 0, 1));
    }
    return emitter.settle(register, into);
  }
  if (result.kind !== 'reduce') return undefined;
  // A register of its own: the body may read what the caller's holds.
  const register = emitter.takeFor(walk.type, 0);
  emitter.value(result.init, register);
  emitter.bind(result.accumulator, { register });
  eachElement(emitter, walk, result.local, () => emitter.value(result.body, register));
  emitter.unbind(result.accumulator, register);
  return emitter.settle(register, into);
}

/** Emits `body` for each element that comes through all stages; `last` names it there. */
export function eachElement(emitter: Emitter, walk: WalkIr, last: LocalRef | undefined, body: () => void): void {
  const { source } = walk;
  if (source.kind === 'elements') {
    for (const { guard, value } of source.elements) {
      const next = emitter.code.label();
      if (guard !== undefined) emitter.branch(guard, next, false);
      const known = canFail(value) ? heldValue(emitter, value) : undefined;
      oneElement(emitter, walk, last, () => known ?? heldValue(emitter, value), next, body);
      emitter.code.bind(next);
    }
  } else if (source.kind === 'list') {
    loopOverList(emitter, walk, source, last, body);
  } else {
    loopOverPieces(emitter, walk, source, last, body);
  }
}

function loopOverList(
  emitter: Emitter,
  walk: WalkIr,
  { list }: Extract<WalkSource, { kind: 'list' }>,
  last: LocalRef | undefined,
  body: () => void,
): void {
  const { registers, code } = emitter;
  const held = emitter.value(list);
  const rounds = registers.maxOf(held);
  const cursor = registers.take({ type: RegisterType.CURSOR, max: rounds });
  emitter.marked(
    `\`${wordOf(walk)}\` over up to ${grouped(rounds)} elements of ${nameOf(list, 'a list')}`,
    shorterList(list),
    () => {
      const end = code.label();
      emitter.test(Opcode.FOR, end, cursor, held);
      const start = code.count;
      emitter.inLoop(rounds, () => {
        const next = code.label();
        const element = (): Held => {
          const register = registers.take(elementRegister(registers.descriptors[held]!, list.type));
          emitter.emit(Opcode.ELEMENT, register, held, cursor);
          return { register };
        };
        oneElement(emitter, walk, last, element, next, body);
        code.bind(next);
      });
      code.next(Opcode.NEXT, start, cursor, held);
      code.bind(end);
    },
  );
  registers.release(cursor);
  registers.release(held);
}

function loopOverPieces(
  emitter: Emitter,
  walk: WalkIr,
  source: Extract<WalkSource, { kind: 'pieces' }>,
  last: LocalRef | undefined,
  body: () => void,
): void {
  const { registers, code } = emitter;
  const text = emitter.value(source.text);
  const separator = emitter.value(source.separator);
  const bytes = registers.maxOf(text);
  const cursor = registers.take({ type: RegisterType.CURSOR, max: bytes + 1 });
  const known = emitter.resolve(source.separator);
  if (known.op !== 'constant' || known.value === '') emitter.joined(PIECE_ROOM * bytes);
  const what = `\`${wordOf(walk)}\` over up to ${grouped(bytes + 1)} pieces of ${nameOf(source.text, 'a text')}`;
  emitter.marked(what, shorterText(source.text), () => {
    const end = code.label();
    code.branch(Opcode.FOR_PIECE, end, cursor, text, 0n, separator);
    const start = code.count;
    emitter.inLoop(bytes + 1, () => {
      const next = code.label();
      const element = (): Held => {
        const register = registers.take({ type: RegisterType.TEXT, max: bytes });
        emitter.emit(Opcode.PIECE, register, text, cursor);
        return { register };
      };
      oneElement(emitter, walk, last, element, next, body);
      code.bind(next);
    });
    code.next(Opcode.NEXT_PIECE, start, cursor, text, separator);
    code.bind(end);
  });
  registers.release(cursor);
  registers.release(separator);
  registers.release(text);
}

type Held = { register: number } | { ir: Ir };

/** A value in a register; a constant is emitted where it is used, so that comparisons have it in the instruction. */
function heldValue(emitter: Emitter, value: Ir): Held {
  const ir = emitter.resolve(value);
  return ir.op === 'constant' ? { ir } : { register: emitter.value(ir) };
}

/** Emits the stages and what they are for, of one element; jumps to `next` where a filter drops it. */
function oneElement(
  emitter: Emitter,
  walk: WalkIr,
  last: LocalRef | undefined,
  load: () => Held,
  next: Label,
  body: () => void,
): void {
  const used = localsOf(walk);
  const kept: number[] = [];
  const keep = (held: Held): Held => {
    if ('register' in held) {
      emitter.registers.hold(held.register);
      kept.push(held.register);
    }
    return held;
  };
  let element: Held | undefined;
  const name = (local: LocalRef): void => {
    if (!used.has(local)) return;
    element ??= keep(load());
    emitter.bind(local, element);
  };
  for (const stage of walk.stages) {
    name(stage.local);
    if (stage.kind === 'filter') emitter.branch(stage.body, next, false);
    const mapped = stage.kind === 'map' ? keep(heldValue(emitter, stage.body)) : undefined;
    emitter.unbind(stage.local);
    element = mapped ?? element;
  }
  if (last !== undefined) name(last);
  body();
  if (last !== undefined) emitter.unbind(last);
  for (const register of kept) emitter.registers.drop(register);
  for (const register of new Set(kept)) emitter.registers.release(register);
}

/** The names that a walk's own expressions read. */
function localsOf({ stages, result }: WalkIr): Set<LocalRef> {
  const used = new Set<LocalRef>();
  const bodies = stages.map(({ body }) => body);
  if (result.kind === 'collect') bodies.push(...result.bodies);
  else if (result.kind !== 'count') bodies.push(result.body);
  for (const body of bodies) {
    visit(body, (node) => {
      if (node.op === 'local') used.add(node.local);
    });
  }
  return used;
}

/** The register for a list's elements. */
function elementRegister(list: ImageRegister, type: Type): ImageRegister {
  if (list.element === FieldKind.OBJECT) return { type: RegisterType.OBJECT, table: list.table ?? 0 };
  const element = type.kind === 'list' ? type.element : type;
  if (element.kind === 'text') return { type: RegisterType.TEXT, max: Math.min(element.bytesMax, PAYLOAD_BYTES_MAX) };
  return { type: registerTypeOf(element) };
}

/** What the author wrote that goes over the list, as well as it is known. */
function wordOf({ stages, result }: WalkIr): string {
  if (result.kind === 'collect' && stages.length === 0) return 'each';
  return (result.kind === 'count' || result.kind === 'collect') && stages.length > 0
    ? stages[stages.length - 1]!.kind
    : result.kind;
}
