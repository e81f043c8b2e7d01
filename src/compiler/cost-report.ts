// What the parts of a program cost, and what would make the dearest of them cheaper.

import { INSTRUCTION_A, INSTRUCTION_BYTES, INSTRUCTION_OP, Opcode } from '../../assembly/shared/opcode.js';
import { FieldKind, fieldUnits } from '../../assembly/shared/value-type.js';
import { type CostContext, payloadUnits, unitsAt } from '../image/cost.js';
import { fieldListCount, fieldTextBytes } from '../image/registers.js';
import type { Model } from '../schema/model.js';
import type { Mark } from './emit-bytecode.js';
import { grouped } from './wording.js';

/** Parts that are listed for one entry. */
const PARTS_MAX = 5;
/** Share of an entry's units below which a part of it is not worth a line. */
const PART_SHARE_MIN = 0.05;

export interface CostPart {
  /** A construct: "`matches` on up to 4,096 bytes of `note`". */
  what: string;
  units: number;
  /** What would make it cheaper, where something would. */
  hint?: string;
}

export interface CostEntry {
  /** payload: verifying one and loading its fields; step: a feature, table or scorecard. */
  kind: 'payload' | 'step' | 'rule';
  name: string;
  /** In the worst case; see assembly/shared/cost.ts. */
  units: number;
  /** The dearest constructs, by falling units; one may lie inside another. */
  parts: CostPart[];
}

/** A stretch of code: instructions [first, end). */
export interface Stretch {
  first: number;
  end: number;
}

/** Units of each instruction, times the rounds of the loops around it. */
export function unitsOf(code: Uint8Array, context: CostContext): Float64Array {
  const view = new DataView(code.buffer, code.byteOffset, code.byteLength);
  const units = new Float64Array(code.length / INSTRUCTION_BYTES);
  const times = [1];
  for (let index = 0; index < units.length; index++) {
    const base = index * INSTRUCTION_BYTES;
    const op: Opcode = view.getUint16(base + INSTRUCTION_OP, true);
    const rounds = times[times.length - 1]!;
    units[index] = unitsAt(view, base, context) * rounds;
    if (op === Opcode.FOR || op === Opcode.FOR_PIECE) {
      times.push(rounds * (context.registers[view.getUint16(base + INSTRUCTION_A, true)]?.max ?? 0));
    } else if (op === Opcode.NEXT || op === Opcode.NEXT_PIECE) {
      times.pop();
    }
  }
  return units;
}

/** Units of a stretch. */
export function sumUnits(units: Float64Array, { first, end }: Stretch): number {
  let sum = 0;
  for (let index = first; index < end; index++) sum += units[index]!;
  return sum;
}

/** The dearest marked constructs of a stretch. @param marks those that lie in it */
export function partsOf(units: Float64Array, stretch: Stretch, marks: readonly Mark[]): CostPart[] {
  const whole = sumUnits(units, stretch);
  const byName = new Map<string, CostPart>();
  for (const mark of marks) {
    const own = sumUnits(units, mark);
    const known = byName.get(mark.what);
    if (known !== undefined) known.units += own;
    else byName.set(mark.what, { what: mark.what, units: own, ...(mark.hint === undefined ? {} : { hint: mark.hint }) });
  }
  return dearest([...byName.values()], whole);
}

function dearest(parts: readonly CostPart[], whole: number): CostPart[] {
  return parts
    .filter(({ units }) => units >= whole * PART_SHARE_MIN)
    .sort((a, b) => b.units - a.units)
    .slice(0, PARTS_MAX);
}

/** What verifying a payload costs, by its dearest fields. */
export function payloadEntry(model: Model): CostEntry {
  const units = payloadUnits(model);
  const rounds = new Map<number, number>([[0, 1]]);
  const parts: CostPart[] = [];
  for (const table of model.tables) {
    for (const field of table.fields) {
      const times = rounds.get(table.index) ?? 1;
      if (field.kind === FieldKind.OBJECT) rounds.set(field.child!, times);
      if (field.kind === FieldKind.LIST) rounds.set(field.child!, times * fieldListCount(field));
      const bytes = field.kind === FieldKind.TEXT ? fieldTextBytes(field) : 0;
      const what = `verifying \`${field.path}\``;
      if (bytes > 0) {
        const hint = `give \`${field.path}\` a smaller \`maxLength\` in the model`;
        parts.push({ what: `${what}, ${grouped(bytes)} bytes`, units: fieldUnits(field.kind, bytes) * times, hint });
      } else if (field.kind === FieldKind.LIST) {
        const hint = `give \`${field.path}\` a smaller \`maxItems\` in the model`;
        const own = listUnits(model, field.child!) * times * fieldListCount(field);
        parts.push({ what: `${what}, ${grouped(fieldListCount(field))} elements`, units: own, hint });
      }
    }
  }
  return { kind: 'payload', name: 'payload', units, parts: dearest(parts, units) };
}

/** Units of verifying one element: a table and what lies in it. */
function listUnits(model: Model, table: number): number {
  let units = 0;
  for (const field of model.tables[table]!.fields) {
    units += fieldUnits(field.kind, field.kind === FieldKind.TEXT ? fieldTextBytes(field) : 0);
    if (field.kind === FieldKind.OBJECT) units += listUnits(model, field.child!);
    if (field.kind === FieldKind.LIST) units += listUnits(model, field.child!) * fieldListCount(field);
  }
  return units;
}

/** The entries with those of one table or scorecard, which may take several steps, made one. */
export function mergeCosts(costs: readonly CostEntry[]): CostEntry[] {
  const merged: CostEntry[] = [];
  const steps = new Map<string, CostEntry>();
  for (const entry of costs) {
    const same = entry.kind === 'step' ? steps.get(entry.name) : undefined;
    if (same === undefined) {
      const copy = { ...entry };
      merged.push(copy);
      if (entry.kind === 'step') steps.set(entry.name, copy);
    } else {
      same.units += entry.units;
      same.parts = [...same.parts, ...entry.parts].sort((a, b) => b.units - a.units);
    }
  }
  return merged;
}
