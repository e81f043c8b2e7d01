/** Steps that a proof may take: the same for the same question on every machine. */
export class Budget {
  used = 0;

  constructor(readonly max: number) {}

  /** Takes steps; false where there are not as many left. */
  take(steps: number): boolean {
    this.used += steps;
    return this.used <= this.max;
  }

  get isSpent(): boolean {
    return this.used > this.max;
  }

  /** Runs a part of the proof with a share of what is left. */
  share(parts: number): Budget {
    return new Budget(Math.floor(Math.max(0, this.max - this.used) / parts));
  }
}
