// What a long run has found so far, on the terminal and in files that are whole at any time.

import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export class Journal {
  private readonly begun = performance.now();
  private lastAt = Number.NEGATIVE_INFINITY;

  /** @param folder is made where it is missing; earlier files of the same names are replaced */
  constructor(private readonly folder: string) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'log.txt'), '');
  }

  /** A line, with the seconds since the beginning. */
  say(text: string): void {
    const seconds = ((performance.now() - this.begun) / 1000).toFixed(1).padStart(6);
    console.log(`${seconds} ${text}`);
    appendFileSync(join(this.folder, 'log.txt'), `${seconds} ${text}\n`);
  }

  /** A line, but not more than one a second. */
  sayNow(text: () => string): void {
    const now = performance.now();
    if (now - this.lastAt < 1000) return;
    this.lastAt = now;
    this.say(text());
  }

  /** A file, whole. */
  write(name: string, content: string): void {
    writeFileSync(join(this.folder, name), content);
  }
}
