// One change of a tenant at a time: a publish or a put sees what the one before has left, and ids are never extended from two
// sides.

import { Problem } from '../errors.js';

export class Turns {
  /** By tenant: the end of its last change. */
  private readonly last = new Map<string, Promise<unknown>>();
  private isClosed = false;

  /** Whether no change begins any more. */
  get closed(): boolean {
    return this.isClosed;
  }

  /** Runs a change when those of the tenant before it have ended. Throws Problem STOPPING, and what the change throws. */
  async take<Result>(tenant: string, change: () => Promise<Result>): Promise<Result> {
    if (this.isClosed) throw new Problem('STOPPING');
    const turn = (this.last.get(tenant) ?? Promise.resolve()).then(change);
    const settled = turn.catch(() => {});
    this.last.set(tenant, settled);
    try {
      return await turn;
    } finally {
      if (this.last.get(tenant) === settled) this.last.delete(tenant);
    }
  }

  /** Waits for the changes that have begun or have their turn. */
  async settled(): Promise<void> {
    await Promise.all(this.last.values());
  }

  /** Refuses further changes and waits for those that have begun. */
  async close(): Promise<void> {
    this.isClosed = true;
    await this.settled();
  }
}
