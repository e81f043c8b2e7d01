// The transcoder alone: an image without rules on an engine of its own, and what it makes of a text.

import { JsonFault } from '#assembly/shared/json.js';
import * as at from '#assembly/shared/layout.js';
import { Status } from '#assembly/shared/status.js';
import { FieldKind } from '#assembly/shared/value-type.js';
import { Problem } from '#src/errors.js';
import { writeImage } from '#src/image/write-image.js';
import { PayloadEncoder } from '#src/schema/encode.js';
import type { Model } from '#src/schema/model.js';
import { type PayloadObject, readPayload } from '#src/schema/reader.js';
import { Assembler } from './image-assembler.js';
import { EngineBox } from './image-engine.js';

export interface Transcoded {
  fault: JsonFault;
  /** Bytes into the text where the fault was found. */
  at: number;
  /** What the engine's reader finds in the payload; undefined where there is none. */
  value: PayloadObject | undefined;
}

const INPUT_BYTES = 1 << 21;

/** Sizes of a box that has room for texts and, behind them, for the payload. */
export function jsonBoxSizes(areaBytes: number): { inputBytes: number; imageBytesMax: number } {
  return { inputBytes: INPUT_BYTES + areaBytes, imageBytesMax: 1 << 20 };
}

/** An image of a model that has no rules. */
export function imageWithoutRules(model: Model): Uint8Array {
  return writeImage(new Assembler(model).decision([]));
}

export class JsonBox {
  readonly box: EngineBox;
  readonly encoder: PayloadEncoder;
  readonly area: number;
  /** Set where the image's plan is not its model's. */
  planLies = false;
  /** Texts that were read into registers. */
  read = 0;

  /**
   * @param areaBytes room for the payload
   * @param box of jsonBoxSizes
   */
  constructor(
    readonly model: Model,
    readonly areaBytes = 1 << 20,
    image: Uint8Array = imageWithoutRules(model),
    box = new EngineBox(jsonBoxSizes(areaBytes)),
  ) {
    this.box = box.mustLoad(image);
    this.area = this.box.input + INPUT_BYTES;
    this.encoder = new PayloadEncoder(model);
  }

  /** Calls the engine. @param bytes of the texts, which lie from the box's input on */
  protected run(_bytes: number): Status {
    return this.box.exports.decideJson(this.box.slot);
  }

  /** Decides texts in one call; what is returned is of the last one. */
  transcode(...texts: readonly (string | Uint8Array)[]): Transcoded {
    const { box, area, areaBytes } = this;
    const bytes = texts.map((text) => (typeof text === 'string' ? new TextEncoder().encode(text) : text));
    let address = box.input;
    const placed = bytes.map((each) => {
      box.bytes.set(each, address);
      const place = { address, bytes: each.length };
      address = (address + each.length + 23) & ~7;
      return place;
    });
    box.fillSlot(placed);
    box.view.setUint32(box.slot + at.SLOT_INPUT, area, true);
    box.view.setUint32(box.slot + at.SLOT_INPUT_BYTES, areaBytes, true);
    const status = this.run(address - box.input);
    if (status !== Status.OK) throw new Error(`decideJson: ${Status[status]}`);
    if (bytes.length === 1) this.compareRead(bytes[0]!);
    const entry = box.slot + at.SLOT_HEADER_BYTES + (texts.length - 1) * at.ENTRY_BYTES;
    const fault = box.view.getUint32(entry + at.ENTRY_PAYLOAD_BYTES, true);
    const decided = box.view.getUint32(entry + at.ENTRY_DECISION_BYTES, true) >>> at.ENTRY_STATUS_SHIFT;
    const where = box.view.getUint32(entry + at.ENTRY_PAYLOAD, true);
    if (fault !== JsonFault.NONE) return { fault, at: where, value: undefined };
    if (decided !== Status.OK) throw new Error(`the loader refuses what the transcoder wrote: ${Status[decided]}`);
    const read = readPayload(this.model, box.bytes.slice(area, area + areaBytes));
    if (!read.ok) throw new Error(`the reader refuses what the transcoder wrote: ${read.message}`);
    return { fault, at: 0, value: read.value };
  }

  /**
   * Reads the text that was transcoded last into registers, without a payload. It is taken only where it was transcoded, and then
   * the registers hold what they did.
   */
  private compareRead(bytes: Uint8Array): void {
    const { box } = this;
    // Of an exported module, nothing but its ABI can be called.
    if (!('decideText' in box.exports)) return;
    const entry = box.slot + at.SLOT_HEADER_BYTES;
    const fault = box.view.getUint32(entry + at.ENTRY_PAYLOAD_BYTES, true);
    const loaded = fault === JsonFault.NONE ? this.registers() : undefined;
    const what = `: ${Buffer.from(bytes)}`;
    const read = (take: () => number): boolean => {
      box.bytes.set(bytes, box.input);
      box.view.setUint32(box.scratch + at.SCRATCH_PATIENCE, 0, true);
      const isTaken = take() !== 0;
      if (Buffer.compare(box.bytes.subarray(box.input, box.input + bytes.length), bytes) !== 0) throw new Error(`changed${what}`);
      // What a plan that lies makes of a text is nobody's, as long as it harms nobody.
      if (!isTaken || this.planLies || fault === JsonFault.ROOM) return isTaken;
      if (loaded === undefined) throw new Error(`read into registers, and refused as ${JsonFault[fault]}${what}`);
      for (const [register, value] of this.registers().entries()) {
        if (value !== loaded[register]) throw new Error(`register ${register} is ${value}, and was ${loaded[register]}${what}`);
      }
      return true;
    };
    const isTaken = read(() => box.exports.decideText(box.slot, box.image, box.input, bytes.length, box.output));
    if (isTaken) this.read++;
    // A call of its own for each plan that lies would take long, and what it is made of has been verified all the same.
    const code = this.planLies ? null : box.generated();
    if (code?.decideText === undefined) return;
    const { decideText } = code;
    if (read(() => decideText(box.slot, box.image, box.input, bytes.length, box.output)) !== isTaken) {
      throw new Error(`generated code takes it, or the engine, and not the other${what}`);
    }
  }

  /** What the registers of the fields hold: that a field is null, the bytes of a text, the bits of anything else. */
  private registers(): string[] {
    const { box } = this;
    const { bytes, view, scratch } = box;
    const fields = this.model.fields.filter(({ path }) => !path.includes('[]'));
    return fields.map(({ kind }, register) => {
      const bits = view.getBigUint64(scratch + at.SCRATCH_REGISTERS + 8 * register, true);
      if (bytes[scratch + at.SCRATCH_NULLS + register] !== 0) return `null ${bits}`;
      if (kind !== FieldKind.TEXT) return String(bits);
      const text = Number(bits & 0xffffffffn);
      return Buffer.from(bytes.subarray(text, text + Number(bits >> 32n))).toString('hex');
    });
  }

  /** What the encoder makes of the text: undefined where it refuses it. */
  encode(text: string | Uint8Array): PayloadObject | undefined {
    let bytes: Uint8Array;
    try {
      const decoded = typeof text === 'string' ? text : new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(text);
      bytes = this.encoder.encodeText(decoded).slice();
    } catch (error) {
      if (error instanceof Problem || error instanceof TypeError) return undefined;
      throw error;
    }
    const read = readPayload(this.model, bytes);
    if (!read.ok) throw new Error(`the reader refuses what the encoder wrote: ${read.message}`);
    return read.value;
  }
}
