// How long a unit of an image's static cost takes. The static cost is the worst case, and most payloads need far less: slices are
// cut by what was measured, and a batch is begun inline where it is short by that (src/dispatch.ts).

/** Shorter calls say more about the clock than about the image. */
const MICROS_MIN = 20;
/** Weight of a call that was measured. */
const WEIGHT = 0.2;
/**
 * What a call counts for at most, in times of the pace until then: a thread that had to wait for its processor in the middle of a
 * call says nothing about the image, and work that has become slower is known after a few calls all the same.
 */
const TIMES_MAX = 4;

export class Pace {
  private nanos = 1;
  private isMeasured = false;

  /** Nanoseconds a unit takes; 1 until something was measured. */
  get nanosPerUnit(): number {
    return this.nanos;
  }

  /** Takes a call into account. @param units of the payloads that it decided */
  record(units: number, micros: number): void {
    if (micros < MICROS_MIN || units <= 0) return;
    const sample = (micros * 1000) / units;
    if (this.isMeasured) this.nanos += WEIGHT * (Math.min(sample, TIMES_MAX * this.nanos) - this.nanos);
    else this.nanos = sample;
    this.isMeasured = true;
  }
}
