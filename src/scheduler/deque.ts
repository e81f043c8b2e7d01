// A queue with two ends in one array: what is taken off its front leaves a gap that is closed when it is half of it.

export class Deque<T> {
  private items: (T | undefined)[] = [];
  private first = 0;

  get length(): number {
    return this.items.length - this.first;
  }

  push(item: T): void {
    this.items.push(item);
  }

  unshift(item: T): void {
    if (this.first > 0) this.items[--this.first] = item;
    else this.items.unshift(item);
  }

  shift(): T | undefined {
    if (this.length === 0) return undefined;
    const item = this.items[this.first];
    this.items[this.first++] = undefined;
    if (this.first > 32 && this.first * 2 > this.items.length) {
      this.items = this.items.slice(this.first);
      this.first = 0;
    }
    return item;
  }

  /** Takes out the last one for which `fits` holds. */
  takeLast(fits: (item: T) => boolean): T | undefined {
    for (let i = this.items.length - 1; i >= this.first; i--) {
      if (fits(this.items[i] as T)) return this.items.splice(i, 1)[0];
    }
    return undefined;
  }

  /** Takes out all for which `fits` holds, in order. */
  takeAll(fits: (item: T) => boolean): T[] {
    const taken: T[] = [];
    const kept: T[] = [];
    for (let i = this.first; i < this.items.length; i++) {
      const item = this.items[i] as T;
      (fits(item) ? taken : kept).push(item);
    }
    if (taken.length > 0) {
      this.items = kept;
      this.first = 0;
    }
    return taken;
  }
}
