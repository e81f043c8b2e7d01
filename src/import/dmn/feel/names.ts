// Names of FEEL, which may hold spaces and signs: the longest name that is known at a place is the one that stands there.

/** Names by their first character, longest first. */
export class NameScope {
  readonly #byFirst = new Map<string, { name: string; pattern: RegExp }[]>();
  readonly #outer: NameScope | undefined;

  constructor(names: Iterable<string> = [], outer?: NameScope) {
    this.#outer = outer;
    for (const name of names) this.add(name);
  }

  add(text: string): void {
    const name = plainName(text);
    const first = name[0];
    if (first === undefined) return;
    const known = this.#byFirst.get(first) ?? [];
    if (known.some((other) => other.name === name)) return;
    const words = name.split(' ').map((word) => word.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'));
    const end = /[\p{L}\p{N}_]$/u.test(name) ? '(?![\\p{L}\\p{N}_])' : '';
    known.push({ name, pattern: new RegExp(words.join('\\s+') + end, 'uy') });
    known.sort((a, b) => b.name.length - a.name.length);
    this.#byFirst.set(first, known);
  }

  /** The longest known name at a place, and where it ends. */
  match(text: string, at: number): { name: string; end: number } | undefined {
    let found = this.#outer?.match(text, at);
    for (const { name, pattern } of this.#byFirst.get(text[at] ?? '') ?? []) {
      if (found !== undefined && found.name.length >= name.length) break;
      pattern.lastIndex = at;
      const match = pattern.exec(text);
      if (match !== null) found = { name, end: at + match[0].length };
    }
    return found;
  }
}

/** A name with single blanks between its words, as names are compared. */
export function plainName(text: string): string {
  return text.trim().replace(/\s+/g, ' ');
}
