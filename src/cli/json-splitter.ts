// Cuts a stream of bytes into the JSON texts it holds, without parsing them: the lines of NDJSON, or the elements of one array.
// What is between the cuts is judged by whoever parses the pieces.

import { StringDecoder } from 'node:string_decoder';
import { Refusal } from './errors.js';

export interface JsonPiece {
  /** Line on which the piece begins, from 1. */
  line: number;
  text: string;
}

/** Characters of one piece: far above what a payload may have, and small enough to be held. */
const PIECE_CHARS_MAX = 1 << 26;

export interface JsonSplitter {
  push(bytes: Uint8Array): JsonPiece[];
  end(): JsonPiece[];
}

/** Lines that are not blank. */
export class LineSplitter implements JsonSplitter {
  readonly #decoder = new StringDecoder('utf8');
  #rest = '';
  #line = 1;

  push(bytes: Uint8Array): JsonPiece[] {
    return this.#cut(this.#decoder.write(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)));
  }

  end(): JsonPiece[] {
    return this.#cut(`${this.#decoder.end()}\n`);
  }

  #cut(chunk: string): JsonPiece[] {
    const pieces: JsonPiece[] = [];
    const text = this.#rest + chunk;
    let start = this.#line === 1 && text.charCodeAt(0) === 0xfeff ? 1 : 0;
    for (let end = text.indexOf('\n', start); end !== -1; end = text.indexOf('\n', start)) {
      const line = text.slice(start, end).trim();
      if (line !== '') pieces.push({ line: this.#line, text: line });
      this.#line++;
      start = end + 1;
    }
    this.#rest = text.slice(start);
    if (this.#rest.length > PIECE_CHARS_MAX) throw tooLong(this.#line);
    return pieces;
  }
}

/** Elements of one array at the top; a single object counts as an array of one. */
export class JsonArraySplitter implements JsonSplitter {
  readonly #decoder = new StringDecoder('utf8');
  #state: 'start' | 'array' | 'object' | 'done' = 'start';
  #piece = '';
  #pieceLine = 0;
  #line = 1;
  #depth = 0;
  #inText = false;
  #escaped = false;

  push(bytes: Uint8Array): JsonPiece[] {
    return this.#cut(this.#decoder.write(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)));
  }

  end(): JsonPiece[] {
    const pieces = this.#cut(this.#decoder.end());
    if (this.#state !== 'done')
      throw new Refusal('INVALID_JSON', `the file ends inside its array (line ${this.#line})`, 'is it whole?');
    return pieces;
  }

  #cut(chunk: string): JsonPiece[] {
    const pieces: JsonPiece[] = [];
    let start = 0;
    for (let i = 0; i < chunk.length; i++) {
      const code = chunk.charCodeAt(i);
      if (code === 0x0a) this.#line++;
      if (this.#inText) {
        if (this.#escaped) this.#escaped = false;
        else if (code === 0x5c) this.#escaped = true;
        else if (code === 0x22) this.#inText = false;
        continue;
      }
      if (code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09 || code === 0xfeff) continue;
      if (this.#state === 'done') throw new Refusal('INVALID_JSON', `line ${this.#line}: there is more after the end of the array`);
      if (this.#state === 'start') {
        if (code !== 0x5b && code !== 0x7b) {
          throw new Refusal('INVALID_JSON', 'the file is not a JSON array', 'one payload a line is --format ndjson');
        }
        this.#state = code === 0x5b ? 'array' : 'object';
        this.#pieceLine = code === 0x5b ? 0 : this.#line;
        start = code === 0x5b ? i + 1 : i;
        this.#depth = 1;
        continue;
      }
      const separates = this.#state === 'array' && this.#depth === 1 && (code === 0x2c || code === 0x5d);
      if (separates) {
        this.#piece += chunk.slice(start, i);
        this.#take(pieces, code === 0x2c);
        start = i + 1;
      } else if (this.#pieceLine === 0) {
        this.#pieceLine = this.#line;
      }
      if (code === 0x22) this.#inText = true;
      else if (code === 0x5b || code === 0x7b) this.#depth++;
      else if (code === 0x5d || code === 0x7d) this.#depth--;
      if (this.#depth > 0) continue;
      if (this.#state === 'object') {
        this.#piece += chunk.slice(start, i + 1);
        this.#take(pieces, true);
      }
      this.#state = 'done';
      start = chunk.length;
    }
    if (this.#state !== 'done') this.#piece += chunk.slice(start);
    if (this.#piece.length > PIECE_CHARS_MAX) throw tooLong(this.#line);
    return pieces;
  }

  /** @param required false at the end of the array, which may be empty */
  #take(pieces: JsonPiece[], required: boolean): void {
    const text = this.#piece.trim();
    if (text !== '' || required) pieces.push({ line: this.#pieceLine || this.#line, text });
    this.#piece = '';
    this.#pieceLine = 0;
  }
}

function tooLong(line: number): Refusal {
  return new Refusal(
    'INVALID_JSON',
    `line ${line}: one value has more than ${PIECE_CHARS_MAX} characters`,
    'is the format right? see --format',
  );
}
