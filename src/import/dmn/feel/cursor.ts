// Words, signs and blanks of FEEL: where the parser stands in a text.

import type { Comparison } from './ast.js';
import { plainName } from './names.js';

/** What is wrong with a text, and where. */
export class FeelFault extends Error {
  constructor(
    readonly start: number,
    readonly end: number,
    message: string,
    readonly advice: string,
  ) {
    super(message);
  }
}

const WORD = /[\p{L}_?$][\p{L}\p{N}\p{M}_$]*/uy;
const BLANKS = /(?:\s|\/\/[^\n]*|\/\*[\s\S]*?\*\/)+/y;
const COMPARISONS: readonly Comparison[] = ['!=', '<=', '>=', '=', '<', '>'];

/** A text and a place in it. What a method takes stands at that place, behind blanks and comments. */
export class Cursor {
  protected at = 0;

  constructor(protected readonly text: string) {}

  /** A name that is declared here: everything up to what must follow it. */
  protected newName(end: RegExp): string {
    const from = this.skipBlanks();
    for (let at = from; at < this.text.length && at < from + 200; at++) {
      end.lastIndex = at;
      if (at > from && end.test(this.text)) {
        const name = this.text.slice(from, at);
        if (!/^[\p{L}_?][\p{L}\p{N}\p{M}_? ./'*+-]*$/u.test(name)) break;
        this.at = at;
        return plainName(name);
      }
    }
    return this.fail('a name is missing', 'write a name', from);
  }

  protected word(): string | undefined {
    WORD.lastIndex = this.at;
    const found = WORD.exec(this.text)?.[0];
    if (found !== undefined) this.at += found.length;
    return found;
  }

  protected comparison(): Comparison | undefined {
    return COMPARISONS.find((sign) => this.sign(sign));
  }

  /** Takes a sign where it stands next. */
  protected sign(sign: string): boolean {
    const from = this.skipBlanks();
    if (!this.text.startsWith(sign, from)) return false;
    this.at = from + sign.length;
    return true;
  }

  protected keyword(word: string): boolean {
    const from = this.skipBlanks();
    const after = this.text[from + word.length];
    if (!this.text.startsWith(word, from) || (after !== undefined && /[\p{L}\p{N}_]/u.test(after))) return false;
    this.at = from + word.length;
    return true;
  }

  protected expect(sign: string): void {
    if (!this.sign(sign)) this.fail(`\`${sign}\` is missing`, `write \`${sign}\``);
  }

  protected expectWord(word: string): void {
    if (!this.keyword(word)) this.fail(`\`${word}\` is missing`, `write \`${word}\``);
  }

  protected blanks(): void {
    this.at = this.skipBlanks();
  }

  protected skipBlanks(): number {
    BLANKS.lastIndex = this.at;
    return this.at + (BLANKS.exec(this.text)?.[0].length ?? 0);
  }

  protected fail(message: string, advice: string, at = this.skipBlanks()): never {
    throw new FeelFault(at, at + 1, message, advice);
  }
}
