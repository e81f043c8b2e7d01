// The credit of one connection: how many requests the client may have unanswered.
//
//   granted    said in the Welcome; more close the connection
//   advised    what the client should keep to now: half after each request that found no room, twice after that many answers
//
// A client that is told of a smaller credit may have more on the way: only the granted one is enforced. One that has not said hello
// is told nothing, and has all that the server gives: its connection has no Credit.

/** The credit does not fall below it: two messages on their way keep a connection busy. */
const ADVISED_MIN = 2;

export class Credit {
  readonly granted: number;
  advised: number;
  /** Requests answered since it was changed. */
  private since = 0;

  /** @param wanted 0: as much as there is */
  constructor(wanted: number, max: number) {
    this.granted = wanted === 0 ? max : Math.min(wanted, max);
    this.advised = this.granted;
  }

  /** A request found no room. True where the advice has changed. */
  refused(): boolean {
    // What was sent before the last advice could be heard changes nothing more.
    if (this.since < this.advised && this.advised < this.granted) {
      this.since++;
      return false;
    }
    this.since = 0;
    const before = this.advised;
    this.advised = Math.max(Math.min(ADVISED_MIN, this.granted), this.advised >>> 1);
    return this.advised !== before;
  }

  /** Requests were answered. True where the advice has changed. */
  answered(requests: number): boolean {
    if (this.advised === this.granted) return false;
    this.since += requests;
    if (this.since < 2 * this.advised) return false;
    this.since = 0;
    this.advised = Math.min(this.granted, 2 * this.advised);
    return true;
  }
}
