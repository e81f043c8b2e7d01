// Random numbers of the sample generators. Only additions, multiplications and comparisons of doubles and 32-bit integers, no
// Math.log or Math.exp: equal seeds give equal data on every version of Node.

/** Deterministic source of random numbers: sfc32, seeded from one 32-bit number. */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  /** @param seed taken modulo 2^32 */
  constructor(seed: number) {
    let state = seed >>> 0;
    const next = (): number => {
      // splitmix32: spreads near seeds over the whole state
      state = (state + 0x9e3779b9) | 0;
      let x = state ^ (state >>> 16);
      x = Math.imul(x, 0x21f0aaad);
      x ^= x >>> 15;
      x = Math.imul(x, 0x735a2d97);
      return (x ^ (x >>> 15)) | 0;
    };
    this.#a = next();
    this.#b = next();
    this.#c = next();
    for (let i = 0; i < 12; i++) this.#next();
  }

  #next(): number {
    const sum = (((this.#a + this.#b) | 0) + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  /** Uniform in [0, 1). */
  real(): number {
    return this.#next() / 4294967296;
  }

  /** Uniform in [min, max). */
  between(min: number, max: number): number {
    return min + this.real() * (max - min);
  }

  /** Uniform among the integers from min to max, both included. */
  integer(min: number, max: number): number {
    return min + Math.floor(this.real() * (max - min + 1));
  }

  /** True with the given probability. */
  chance(probability: number): boolean {
    return this.real() < probability;
  }

  /** One of the items, all equally likely. */
  pick<T>(items: readonly T[]): T {
    const item = items[Math.floor(this.real() * items.length)];
    if (item === undefined) throw new RangeError('pick: no items');
    return item;
  }

  /** Index of one of the weights, with probability weight / sum of weights. */
  weighted(weights: readonly number[]): number {
    let sum = 0;
    for (const weight of weights) sum += weight;
    let rest = this.real() * sum;
    for (let i = 0; i < weights.length; i++) {
      rest -= weights[i] ?? 0;
      if (rest < 0) return i;
    }
    return weights.length - 1;
  }

  /** Exponentially distributed, mean 1 (von Neumann's method: comparisons of uniform numbers only). */
  exponential(): number {
    for (let whole = 0; ; whole++) {
      const first = this.real();
      let last = first;
      for (let length = 1; ; length++) {
        const x = this.real();
        if (x < last) {
          last = x;
          continue;
        }
        // an odd run accepts its first number as the fraction
        if (length % 2 === 1) return whole + first;
        break;
      }
    }
  }

  /** Nearly normal, mean 0, deviation 1, within -6 to 6. */
  normal(): number {
    let sum = -6;
    for (let i = 0; i < 12; i++) sum += this.real();
    return sum;
  }

  /** A factor around 1, always above 0, with a long upper tail: the shape of amounts. */
  skewed(): number {
    let factor = 1.15;
    for (let i = 0; i < 5; i++) factor *= this.between(0.5, 1.5);
    return factor;
  }
}
