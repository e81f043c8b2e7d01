// The transcoder alone: an image without rules on an engine of its own, and what it makes of a text.

import { JsonFault } from '#assembly/shared/json.js';
import * as at from '#assembly/shared/layout.js';
import { Status } from '#assembly/shared/status.js';
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
