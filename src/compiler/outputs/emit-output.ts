// An output -> OUT instructions: its value, or its list from beginning to end. assembly/outputs/write.ts is what they do.

import { OUTPUTS_BYTES_MAX } from '../../../assembly/shared/limits.js';
import { Opcode } from '../../../assembly/shared/opcode.js';
import { OUT_STORES, OutputAction } from '../../../assembly/shared/outputs.js';
import { RegisterType } from '../../../assembly/shared/value-type.js';
import type { DiagnosticBag } from '../../diagnostic/diagnostic.js';
import { type ImageOutputs, longestMember, outputBytesMax, outputsBytesMax } from '../../image/outputs.js';
import { memberNumbers, type OutputShape, type OutputType } from '../../schema/output-shape.js';
import type { Label } from '../code-buffer.js';
import type { Emission } from '../emission.js';
import type { Emitter } from '../emit-bytecode.js';
import { eachElement } from '../emit-walk.js';
import { type Ir, mayBeNull, type WalkIr } from '../ir.js';
import { grouped } from '../wording.js';
import { type CheckedOutput, expressionsOfOutput, partNameOf } from './checked-output.js';

/**
 * Emits all outputs, each a part of the program; too much of them is reported.
 * @returns what the image says of them; undefined where there are none
 */
export function emitOutputs(emission: Emission, outputs: readonly CheckedOutput[], bag: DiagnosticBag): ImageOutputs | undefined {
  if (outputs.length === 0) return undefined;
  const shapes = outputs.map(({ shape }) => shape);
  const own = new OutputEmission(emission.emitter, shapes);
  for (const [number, output] of outputs.entries()) {
    emission.part('step', partNameOf(output), output.span, expressionsOfOutput(output), () => own.emit(number, output));
  }
  const result = { shapes, textMax: own.textMax };
  const bytes = outputsBytesMax(result);
  if (bytes > OUTPUTS_BYTES_MAX) {
    const largest = outputs
      .map(({ span }, index) => ({ span, bytes: outputBytesMax(result, index) }))
      .sort((a, b) => b.bytes - a.bytes)[0]!;
    const message = `the outputs of a decision take up to ${grouped(bytes)} bytes, more than ${grouped(OUTPUTS_BYTES_MAX)}`;
    const advice = `this one takes ${grouped(largest.bytes)}: give its texts a smaller \`maxLength\`, its list a smaller \`maxItems\``;
    bag.error('V5016', largest.span, message, advice);
  }
  return result;
}

/** Emits the outputs of one program. */
export class OutputEmission {
  /** By number: see ImageOutputs. */
  readonly textMax: number[] = [];
  readonly #members: readonly number[];

  constructor(
    readonly emitter: Emitter,
    shapes: readonly OutputShape[],
  ) {
    this.#members = memberNumbers(shapes);
    const count = shapes.reduce((sum, { is }) => sum + (is.kind === 'objects' ? is.members.length : 0), shapes.length);
    for (let number = 0; number < count; number++) this.textMax.push(0);
  }

  /** Emits output number `number`: nothing is stored where it is null. */
  emit(number: number, { shape: { is }, content }: Pick<CheckedOutput, 'shape' | 'content'>): void {
    const { code } = this.emitter;
    const done = code.label();
    const types = is.kind === 'objects' ? is.members.map(({ type }) => type) : [is.type];
    switch (content.kind) {
      case 'value':
        this.#store(number, types[0]!, content.value, done);
        break;
      case 'list':
        this.#list(number, types, is.kind === 'objects', content.list, done);
        break;
      case 'rows':
        this.#act(number, OutputAction.LIST);
        for (const { guard, values } of content.rows) {
          const next = code.label();
          this.emitter.branch(guard, next, false);
          this.#object(number, types, values);
          code.bind(next);
        }
        this.#act(number, OutputAction.END);
        break;
    }
    code.bind(done);
  }

  #list(number: number, types: readonly OutputType[], areObjects: boolean, list: Ir, whenNull: Label): void {
    const { emitter } = this;
    const ir = emitter.resolve(list);
    if (ir.op === 'let') {
      emitter.bound(ir, whenNull, () => this.#list(number, types, areObjects, ir.body, whenNull));
      return;
    }
    const walk = ir as WalkIr;
    const { result } = walk;
    if (walk.op !== 'walk' || result.kind !== 'collect') throw new Error('an output that is a list collects nothing');
    this.#act(number, OutputAction.LIST);
    eachElement(emitter, walk, result.local, () => {
      if (areObjects) this.#object(number, types, result.bodies);
      else this.#store(number, types[0]!, result.bodies[0]!, undefined);
    });
    this.#act(number, OutputAction.END);
  }

  #object(number: number, types: readonly OutputType[], values: readonly Ir[]): void {
    const { code } = this.emitter;
    this.#act(number, OutputAction.ELEMENT);
    for (const [index, value] of values.entries()) {
      const next = code.label();
      this.#store(this.#members[number]! + index, types[index]!, value, next);
      code.bind(next);
    }
  }

  /** Stores a value; where it is null, nothing. */
  #store(number: number, type: OutputType, value: Ir, whenNull: Label | undefined): void {
    const { emitter } = this;
    const { registers } = emitter;
    const ir = emitter.resolve(value);
    if (ir.op === 'constant' && ir.value === null) return;
    // What is null here jumps; of what never is, nothing does.
    let register = emitter.nullableValue(ir, mayBeNull(ir) ? whenNull : undefined);
    const wanted = registerFor(type);
    if (registers.typeOf(register) !== wanted) register = emitter.settle(register, registers.take({ type: wanted }));
    const longest = type.kind === 'enum' ? longestMember(type) : wanted === RegisterType.TEXT ? registers.maxOf(register) : 0;
    this.textMax[number] = Math.max(this.textMax[number]!, longest);
    emitter.emit(Opcode.OUT, register, wanted, OUT_STORES, BigInt(number));
    registers.release(register);
  }

  #act(number: number, action: OutputAction): void {
    this.emitter.emit(Opcode.OUT, 0, 0, OUT_STORES, BigInt(number) | (BigInt(action) << 32n));
  }
}

function registerFor(type: OutputType): RegisterType {
  switch (type.kind) {
    case 'boolean':
      return RegisterType.BOOL;
    case 'number':
      return RegisterType.F64;
    case 'string':
      return RegisterType.TEXT;
    case 'decimal':
      return type.wide ? RegisterType.WIDE_LOW : RegisterType.I64;
    default:
      return RegisterType.I64;
  }
}
