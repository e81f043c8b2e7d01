// The messages of a load test: payloads of a file or drawn from the model, encoded as they go over the wire.

import { writeRequestFrame } from '../loadtest/frame.js';
import { httpMessages, type Messages, webSocketMessages } from '../loadtest/messages.js';
import type { Protocol } from '../loadtest/order.js';
import { PayloadEncoder } from '../schema/encode.js';
import { jsonValue } from '../schema/json-text.js';
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
  /** Payloads of a message; an HTTP body of more than one is an array. */
  batch: number;
  /** Value of the header, or how it comes of an HTTP body; '' = none. */
  authorization: string | ((body: string) => string);
}

/**
 * Payloads that fit the model, each another one as far as there are so many, as `write` makes them.
 * @throws Refusal INVALID_PAYLOAD where no row fits; UsageError for files that cannot be read
 */
async function readPayloads<T>({ files, head }: OpenedImage, options: PayloadOptions, write: (value: object) => T): Promise<T[]> {
  const { model } = head;
  if (options.input === undefined) {
    const generator = new PayloadGenerator(model, options.seed);
    return Array.from({ length: options.distinct }, () => write(generator.next()));
  }
  const map = loadInputMap(files, options.map, model);
  const format = options.format ?? formatOf(options.input, map);
  const label = options.label === undefined ? {} : { label: options.label };
  const payloads: T[] = [];
  let refused: string | undefined;
  for await (const { line, payload, faults } of openRows(options.input, model, { format, map, ...label })) {
    if (payloads.length === options.distinct) break;
    try {
      if (payload === undefined) throw new Error(faults[0]?.message);
      payloads.push(write((typeof payload === 'string' ? jsonValue(payload) : payload) as object));
    } catch (error) {
      refused ??= `line ${line}: ${(error as Error).message}`;
    }
  }
  if (payloads.length > 0) return payloads;
  const reason = `no row of ${options.input} fits the model: ${refused ?? 'it is empty'}`;
  throw new Refusal('INVALID_PAYLOAD', reason, '`verdict eval` shows why');
}

/** Payloads by `batch`; the last batch takes from the first what it lacks. */
function batchesOf<T>(payloads: readonly T[], batch: number): T[][] {
  return Array.from({ length: Math.ceil(payloads.length / batch) }, (_, i) =>
    Array.from({ length: batch }, (_unused, j) => payloads[(i * batch + j) % payloads.length] as T),
  );
}

/** All messages, encoded. Each has `batch` payloads. */
export async function loadMessages(image: OpenedImage, payload: PayloadOptions, message: MessageOptions): Promise<Messages> {
  const { protocol, path, host, batch, authorization } = message;
  const { name, model } = image.head;
  const encoder = new PayloadEncoder(model);
  if (protocol === 'ws') {
    const tables = await readPayloads(image, payload, (value) => encoder.encode(value).slice());
    const frames = batchesOf(tables, batch).map((items) => writeRequestFrame(model.hash, name, items));
    return webSocketMessages(frames, batch);
  }
  const texts = await readPayloads(image, payload, (value) => {
    encoder.encode(value); // refuses what does not fit
    return JSON.stringify(value);
  });
  const bodies = batchesOf(texts, batch).map((items) => (batch > 1 ? `[${items.join(',')}]` : (items[0] as string)));
  return httpMessages(path, host, bodies, batch, authorization);
}
