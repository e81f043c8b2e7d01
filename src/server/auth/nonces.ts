// Nonces of signed requests that may not come again, remembered for as long as their time is accepted.

import { Problem } from '../../errors.js';

/** Whoever remembers them: this thread, or another, which answers later. */
export interface NonceBook {
  /** Throws or rejects with Problem UNAUTHENTICATED where a nonce has been used, BUSY where no more can be remembered. */
  use(nonce: string): Promise<void> | undefined;
}

/** How far the time of a signed request may lie from ours, either way. */
export const WINDOW_SECONDS = 60;
/** How many are remembered at once, unless the book is told otherwise. */
export const NONCES_MAX = 100_000;

export class Nonces implements NonceBook {
  /** Oldest first, and until when. */
  private readonly known = new Map<string, number>();

  constructor(private readonly max: number = NONCES_MAX) {}

  use(nonce: string): undefined {
    const now = Math.floor(Date.now() / 1000);
    for (const [old, until] of this.known) {
      if (until >= now) break;
      this.known.delete(old);
    }
    if (this.known.has(nonce)) throw new Problem('UNAUTHENTICATED', 'the nonce has been used');
    if (this.known.size >= this.max) throw new Problem('BUSY', 'too many signed requests within a minute');
    // Its time may lie ahead by the window, and is taken until it lies behind by it.
    this.known.set(nonce, now + 2 * WINDOW_SECONDS);
  }
}
