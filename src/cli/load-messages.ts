// The messages of a load test: payloads of a file or drawn from the model, encoded as they go over the wire.

import { writeRequestFrame } from '../loadtest/frame.js';
import { httpMessages, type Messages, webSocketMessages } from '../loadtest/messages.js';
import type { Protocol } from '../loadtest/order.js';
import { PayloadEncoder } from '../schema/encode.js';
import { jsonValue } from '../schema/json-text.js';
import type { Model } from '../schema/model.js';
import { Refusal } from './errors.js';
import { loadInputMap } from './input-map.js';
import type { OpenedImage } from './open-image.js';
import { PayloadGenerator } from './payload-generator.js';
import { formatOf, openRows, type RowFormat } from './rows.js';

export interface PayloadOptions {
  /** File of rows; undefined: payloads are drawn from the model. */
  input?: string;
  format?: RowFormat;
  map?: string;
  label?: string;
  seed: number;
  /** Distinct payloads at most. */
  distinct: number;
}

export interface MessageOptions {
  protocol: Protocol;
  path: string;
  host: string;
  /** Payloads of a message. */
  batch: number;
  /** Whether an HTTP body is an array. */
  isArray: boolean;
}

/** A payload as text and as a FlatBuffers table of the model. */
interface Payload {
  text: string;
  bytes: Uint8Array;
}

/**
 * Payloads that fit the model, each another one as far as there are so many.
 * @throws Refusal INVALID_PAYLOAD where no row fits; UsageError for files that cannot be read
 */
async function readPayloads({ files, head }: OpenedImage, options: PayloadOptions): Promise<Payload[]> {
  const { model } = head;
  const encoder = new PayloadEncoder(model);
  const encode = (value: object): Payload => ({ text: JSON.stringify(value), bytes: encoder.encode(value).slice() });
  if (options.input === undefined) return generate(model, options, encode);
  const map = loadInputMap(files, options.map, model);
  const format = options.format ?? formatOf(options.input, map);
  const label = options.label === undefined ? {} : { label: options.label };
  const payloads: Payload[] = [];
  let refused: string | undefined;
  for await (const { line, payload, faults } of openRows(options.input, model, { format, map, ...label })) {
    if (payloads.length === options.distinct) break;
    try {
      if (payload === undefined) throw new Error(faults[0]?.message);
      const value = (typeof payload === 'string' ? jsonValue(payload) : payload) as object;
      payloads.push(encode(value));
    } catch (error) {
      refused ??= `line ${line}: ${(error as Error).message}`;
    }
  }
  if (payloads.length > 0) return payloads;
  const reason = `no row of ${options.input} fits the model: ${refused ?? 'it is empty'}`;
  throw new Refusal('INVALID_PAYLOAD', reason, '`verdict eval` shows why');
}

function generate(model: Model, { seed, distinct }: PayloadOptions, encode: (value: object) => Payload): Payload[] {
  const generator = new PayloadGenerator(model, seed);
  return Array.from({ length: distinct }, () => encode(generator.next()));
}

/** All messages, encoded. Each has `batch` payloads; the last takes from the first what it lacks. */
export async function loadMessages(image: OpenedImage, payload: PayloadOptions, message: MessageOptions): Promise<Messages> {
  const payloads = await readPayloads(image, payload);
  const { protocol, path, host, batch, isArray } = message;
  const count = Math.ceil(payloads.length / batch);
  const batches = Array.from({ length: count }, (_, i) =>
    Array.from({ length: batch }, (_unused, j) => payloads[(i * batch + j) % payloads.length] as Payload),
  );
  const { name, model } = image.head;
  if (protocol === 'ws') {
    const frames = batches.map((items) =>
      writeRequestFrame(
        model.hash,
        name,
        items.map(({ bytes }) => bytes),
      ),
    );
    return webSocketMessages(frames, batch);
  }
  const bodies = batches.map((items) => (isArray ? `[${items.map(({ text }) => text).join(',')}]` : (items[0] as Payload).text));
  return httpMessages(path, host, bodies, batch);
}
