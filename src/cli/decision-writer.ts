// Decisions on their way to a file or a pipe, one a row and in the order of the rows.
//
// ndjson: the one JSON rendering of a decision a line. csv: line, status, outcome, score, reasons, rules, then outputs.
// flatbuffers: each decision (schemas/decision.fbs) behind its length as a little-endian u32.

import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { type Decision, renderDecision } from '../schema/decision.js';
import type { OutputShape } from '../schema/output-shape.js';
import { outputCells, outputHeader } from './output-columns.js';

export type DecisionFormat = 'ndjson' | 'csv' | 'flatbuffers';

/** Bytes or characters gathered before they are written. */
const BUFFER_SIZE = 1 << 16;

export class DecisionWriter {
  readonly #stream: NodeJS.WritableStream;
  #text = '';
  #chunks: Uint8Array[] = [];
  #chunkBytes = 0;
  #failure: Error | undefined;

  /** @param path `-` is standard output; @param outputs of the bundle, for csv */
  constructor(
    path: string,
    readonly format: DecisionFormat,
    readonly outputs: readonly OutputShape[],
  ) {
    this.#stream = path === '-' ? process.stdout : createWriteStream(path);
    this.#stream.on('error', (error: Error) => {
      this.#failure = error;
    });
    if (format === 'csv') this.#text = `line,status,outcome,score,reasons,rules${outputHeader(outputs)}\n`;
  }

  /** True where a reader has gone away: there is no one left to write for. */
  get isClosed(): boolean {
    return (this.#failure as NodeJS.ErrnoException | undefined)?.code === 'EPIPE';
  }

  /** Takes a decision; the promise is only there where the stream is full. */
  write(line: number, bytes: Uint8Array, decision: Decision): Promise<void> | undefined {
    if (this.format === 'flatbuffers') {
      const chunk = new Uint8Array(4 + bytes.length);
      new DataView(chunk.buffer).setUint32(0, bytes.length, true);
      chunk.set(bytes, 4);
      this.#chunks.push(chunk);
      this.#chunkBytes += chunk.length;
    } else if (this.format === 'csv') {
      const { status, outcome, score, reasons } = decision;
      const codes = reasons.map(({ code }) => code).join(' ');
      const rules = reasons.map(({ rule }) => rule).join(' ');
      this.#text += `${line},${status},${outcome ?? ''},${score},${codes},${rules}${outputCells(decision.outputs, this.outputs)}\n`;
    } else {
      this.#text += `${renderDecision(bytes)}\n`;
    }
    return this.#text.length < BUFFER_SIZE && this.#chunkBytes < BUFFER_SIZE ? undefined : this.#flush();
  }

  async #flush(): Promise<void> {
    if (this.#failure && !this.isClosed) throw this.#failure;
    if (this.isClosed) return;
    const chunk = this.#chunks.length > 0 ? Buffer.concat(this.#chunks) : this.#text;
    this.#text = '';
    this.#chunks = [];
    this.#chunkBytes = 0;
    if (chunk.length > 0 && !this.#stream.write(chunk)) {
      await Promise.race([once(this.#stream, 'drain'), once(this.#stream, 'close')]).catch(() => undefined);
    }
  }

  /** Writes what is left. @throws the stream's error, unless its reader has gone away */
  async close(): Promise<void> {
    await this.#flush();
    if (this.#stream !== process.stdout) {
      this.#stream.end();
      await finished(this.#stream).catch((error: Error) => {
        this.#failure = error;
      });
    }
    if (this.#failure && !this.isClosed) throw this.#failure;
  }
}
